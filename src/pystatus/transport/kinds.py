"""The kinds of channels (waku.md §8.1): apart from the channels, which are loaded where something is sent or heard."""

from __future__ import annotations

from enum import Enum


class ChannelKind(Enum):
    PUBLIC = "public"
    """A public chat: whoever knows its name reads and writes."""
    CONTACT_CODE = "contact code"
    """One writes, whoever knows the public key reads."""
    PARTITIONED = "partitioned"
    """Anybody writes to one recipient."""
    PERSONAL_DISCOVERY = "personal discovery"
    """The same on the topic of old clients: to listen only."""
    NEGOTIATED = "negotiated"
    """Two people write to each other."""
