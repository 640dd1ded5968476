"""Whether a name of ENS can be ours."""

from __future__ import annotations

from enum import Enum


class NameState(Enum):
    """Whether a name can be ours."""

    FREE = "free"
    OWNED = "owned"
    """It is ours, and leads to no chat key."""
    CONNECTED = "connected"
    """It is ours, and leads to our chat key."""
    OTHER_KEY = "other_key"
    """It is ours, and leads to another chat key."""
    TAKEN = "taken"
    REFUSED = "refused"
    """It would be taken away again."""
