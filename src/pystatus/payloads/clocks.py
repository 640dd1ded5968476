"""The Lamport clock of a chat (payloads.md §5): all integers are milliseconds."""

from __future__ import annotations

from typing import NamedTuple


class ClockAndTimestamp(NamedTuple):
    clock: int
    timestamp: int


def next_clock(last_clock: int, now_ms: int) -> ClockAndTimestamp:
    """Clock and timestamp of the next payload in a chat whose last clock is ``last_clock`` (0: none yet).

    The clock is the present time unless the chat is already there or ahead: then one more than its last.

    Implements: PL-9, PL-10
    """
    clock = now_ms if last_clock == 0 or last_clock < now_ms else last_clock + 1
    return ClockAndTimestamp(clock, now_ms)


def advance(last_clock: int, clock: int) -> int:
    """The chat's last clock after a payload with ``clock`` was sent, or received and found valid."""
    return max(last_clock, clock)


def ordering_key(clock: int, message_id: bytes) -> tuple[int, bytes]:
    """Sorts messages in the one order that everybody sees: by clock, ties by id (payloads.md §5, decisions.md "Secure
    transport and data sync"). Never by time.

    Implements: PL-9, PL-10
    """
    return clock, message_id
