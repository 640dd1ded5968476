"""What a node is to us: the states of overlay.md §3.3 as a table of transitions.

A packet other than a ping counts only if it comes from the address and port that the state was reached with; a ping
from elsewhere takes the node back to UNKNOWN first (overlay.md §10.2).
"""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Where a node is between stranger and neighbour. The names are those of go-ethereum."""

    UNKNOWN = auto()
    """Nothing is proven. A node that stays here is forgotten."""
    VERIFYINIT = auto()
    """We pinged it."""
    VERIFYWAIT = auto()
    """It pinged us, and we pinged it back."""
    REMOTEVERIFYWAIT = auto()
    """It answered, and may still be waiting for our answer."""
    KNOWN = auto()
    """It answered from where it is. It may be in the table."""
    CONTESTED = auto()
    """Its place is wanted, or it did not answer questions: it is pinged once more. Also one that was unresponsive: a
    node that was started anew ignores the questions of those whom it has not verified, and answers pings."""
    UNRESPONSIVE = auto()
    """It was known, and did not answer a ping."""


class Cause(Enum):
    """What changes a state."""

    VERIFY = auto()
    """We want to ask it something."""
    PING = auto()
    PONG = auto()
    """With the token of our last ping."""
    PONG_TIMEOUT = auto()
    PING_TIMEOUT = auto()
    """It had time to send its ping and to get our answer."""
    CONTEST = auto()
    MOVED = auto()
    """A ping came from another address or port."""


TRANSITIONS: dict[tuple[State, Cause], State] = {
    (State.UNKNOWN, Cause.VERIFY): State.VERIFYINIT,
    (State.UNKNOWN, Cause.PING): State.VERIFYWAIT,
    (State.VERIFYINIT, Cause.PING): State.VERIFYWAIT,
    (State.VERIFYINIT, Cause.PONG): State.REMOTEVERIFYWAIT,
    (State.VERIFYINIT, Cause.PONG_TIMEOUT): State.UNKNOWN,
    (State.VERIFYINIT, Cause.MOVED): State.UNKNOWN,
    (State.VERIFYWAIT, Cause.PONG): State.KNOWN,
    (State.VERIFYWAIT, Cause.PONG_TIMEOUT): State.UNKNOWN,
    (State.VERIFYWAIT, Cause.MOVED): State.UNKNOWN,
    (State.REMOTEVERIFYWAIT, Cause.PING_TIMEOUT): State.KNOWN,
    (State.REMOTEVERIFYWAIT, Cause.MOVED): State.UNKNOWN,
    (State.KNOWN, Cause.CONTEST): State.CONTESTED,
    (State.KNOWN, Cause.MOVED): State.UNKNOWN,
    (State.CONTESTED, Cause.PONG): State.KNOWN,
    (State.CONTESTED, Cause.PONG_TIMEOUT): State.UNRESPONSIVE,
    (State.CONTESTED, Cause.MOVED): State.UNKNOWN,
    (State.UNRESPONSIVE, Cause.CONTEST): State.CONTESTED,
    (State.UNRESPONSIVE, Cause.PING): State.KNOWN,
    (State.UNRESPONSIVE, Cause.PONG): State.KNOWN,
    (State.UNRESPONSIVE, Cause.MOVED): State.UNKNOWN,
}
"""Every other pair changes nothing."""

PROVEN = frozenset({State.KNOWN, State.CONTESTED, State.UNRESPONSIVE})
"""The node answered from its address: it gets answers, and may be asked."""
