"""The life of a TCP connection to a peer, as a table of states: which input leads where, and what each state allows.

    DIALLING ──> UP ──> FAREWELL or ENDED ──> CLOSING ──> LOST ──> OVER
       │         └────────────┴────────────> ABORTED ──────┘
       └──> DROPPED ──> REFUSED ────────────────────────────┘

What a table does not name is a fault of ours, and raises. Whether the socket is read is a table of its own: it has two
reasons to wait, and both may hold.
"""

from __future__ import annotations

from enum import Enum, auto


class LinkState(Enum):
    """Where the link is in its life."""

    DIALLING = auto()
    """There is no socket yet."""
    DROPPED = auto()
    """Dialling was broken off before there was a socket."""
    REFUSED = auto()
    """The socket is closed at once: nothing is read, nothing is said."""
    UP = auto()
    """A connection runs on the socket."""
    FAREWELL = auto()
    """The connection has ended with a Disconnect of ours, which is to be written."""
    ENDED = auto()
    """The connection has ended otherwise."""
    CLOSING = auto()
    """Everything is written, and our direction is closed; the peer closes the other one, or a timer does."""
    ABORTED = auto()
    """Given up: what waits in either direction is lost."""
    LOST = auto()
    """The socket is gone; what came over it before is still handed over."""
    OVER = auto()
    """Nothing happens any more."""


class LinkInput(Enum):
    """What happens to a link."""

    ADMITTED = auto()
    """The socket is there, and a connection begins on it."""
    REFUSED = auto()
    """The socket is there, and nobody wants it."""
    DROPPED = auto()
    """Dialling is broken off; there is no socket yet."""
    SAID_FAREWELL = auto()
    """The connection has ended; the last that it sends is our Disconnect."""
    ENDED = auto()
    """The connection has ended without one."""
    CLOSED = auto()
    """Everything is written, and our direction is closed."""
    GIVEN_UP = auto()
    """The peer does not read, or is too slow: the socket is reset."""
    LOST = auto()
    """The socket is gone. A loop may say so again after a dial was broken off."""
    DELIVERED = auto()
    """Everything was handed over, the end, too."""


_NEXT: dict[LinkState, dict[LinkInput, LinkState]] = {
    LinkState.DIALLING: {
        LinkInput.ADMITTED: LinkState.UP,
        LinkInput.REFUSED: LinkState.REFUSED,
        LinkInput.DROPPED: LinkState.DROPPED,
    },
    LinkState.DROPPED: {LinkInput.REFUSED: LinkState.REFUSED},
    LinkState.REFUSED: {LinkInput.LOST: LinkState.LOST},
    LinkState.UP: {
        LinkInput.SAID_FAREWELL: LinkState.FAREWELL,
        LinkInput.ENDED: LinkState.ENDED,
        LinkInput.GIVEN_UP: LinkState.ABORTED,
        LinkInput.LOST: LinkState.LOST,
    },
    LinkState.FAREWELL: {
        LinkInput.CLOSED: LinkState.CLOSING,
        LinkInput.GIVEN_UP: LinkState.ABORTED,
        LinkInput.LOST: LinkState.LOST,
    },
    LinkState.ENDED: {
        LinkInput.CLOSED: LinkState.CLOSING,
        LinkInput.GIVEN_UP: LinkState.ABORTED,
        LinkInput.LOST: LinkState.LOST,
    },
    LinkState.CLOSING: {LinkInput.GIVEN_UP: LinkState.ABORTED, LinkInput.LOST: LinkState.LOST},
    LinkState.ABORTED: {
        LinkInput.SAID_FAREWELL: LinkState.ABORTED,  # it is in vain
        LinkInput.ENDED: LinkState.ABORTED,
        LinkInput.GIVEN_UP: LinkState.ABORTED,
        LinkInput.LOST: LinkState.LOST,
    },
    LinkState.LOST: {
        LinkInput.SAID_FAREWELL: LinkState.LOST,
        LinkInput.ENDED: LinkState.LOST,
        LinkInput.GIVEN_UP: LinkState.LOST,
        LinkInput.LOST: LinkState.LOST,
        LinkInput.DELIVERED: LinkState.OVER,
    },
    LinkState.OVER: {LinkInput.LOST: LinkState.OVER},
}

WRITABLE = (LinkState.UP, LinkState.FAREWELL, LinkState.ENDED)
"""States in which bytes may be written to the socket."""
GONE = (LinkState.LOST, LinkState.OVER)
"""States in which there is no socket any more."""


class Reading(Enum):
    """Whether the socket is read, and what it waits for otherwise."""

    ON = auto()
    PAUSED = auto()
    """The application wants nothing more at present."""
    HELD = auto()
    """It is the turn of other peers: this one has brought much."""
    PAUSED_AND_HELD = auto()


class ReadingInput(Enum):
    """What starts and stops it."""

    PAUSE = auto()
    """The application has enough."""
    RESUME = auto()
    """It takes more again."""
    HOLD = auto()
    """Others have their turn."""
    RELEASE = auto()
    """Everything that had come was handed over."""


_READING: dict[Reading, dict[ReadingInput, Reading]] = {
    Reading.ON: {
        ReadingInput.PAUSE: Reading.PAUSED,
        ReadingInput.RESUME: Reading.ON,
        ReadingInput.HOLD: Reading.HELD,
        ReadingInput.RELEASE: Reading.ON,
    },
    Reading.PAUSED: {
        ReadingInput.PAUSE: Reading.PAUSED,
        ReadingInput.RESUME: Reading.ON,
        ReadingInput.HOLD: Reading.PAUSED_AND_HELD,
        ReadingInput.RELEASE: Reading.PAUSED,
    },
    Reading.HELD: {
        ReadingInput.PAUSE: Reading.PAUSED_AND_HELD,
        ReadingInput.RESUME: Reading.HELD,
        ReadingInput.HOLD: Reading.HELD,
        ReadingInput.RELEASE: Reading.ON,
    },
    Reading.PAUSED_AND_HELD: {
        ReadingInput.PAUSE: Reading.PAUSED_AND_HELD,
        ReadingInput.RESUME: Reading.HELD,
        ReadingInput.HOLD: Reading.PAUSED_AND_HELD,
        ReadingInput.RELEASE: Reading.PAUSED,
    },
}

WAITING = (Reading.HELD, Reading.PAUSED_AND_HELD)
"""States in which some of what has come waits for its turn."""


def next_state(state: LinkState, what: LinkInput) -> LinkState:
    """The state after ``what``.

    :raises AssertionError: it cannot happen in ``state``.
    """
    following = _NEXT[state].get(what)
    assert following is not None, f"{what} in {state}"
    return following


def next_reading(reading: Reading, what: ReadingInput) -> Reading:
    """Whether the socket is read after ``what``; everything may happen at any time."""
    return _READING[reading][what]
