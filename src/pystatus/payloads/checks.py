"""What payloads are refused for, before one does anything (payloads.md §4).

Where the reference checks nothing, sizes and times are bounded here so that no peer can fill a database or name a
number that it cannot hold.

Implements: PL-20
"""

from __future__ import annotations

import math
import re

from pystatus.errors import RemoteError
from pystatus.payloads.white_space import is_blank

MAX_CLOCK_AHEAD_MS = 120_000
"""How far a clock may be ahead of its reference (6/PAYLOADS). The past is free: data sync repeats old messages."""
MAX_CLOCK_BEHIND_MS = 120_000
"""How far a clock may be behind its envelope's time before the message is marked as late (6/PAYLOADS)."""
MAX_TEXT = 4_096
"""Code points of a message (payloads.md §4)."""
MAX_LINE = 255
"""Code points of a name, an id or another text of one line. Ours: the longest honest one is a group's id, 169."""
MAX_PROFILE_IMAGE = 131_072
"""Characters of a profile picture's data URI. Ours: clients send about 10,000."""
MAX_TIME_MS = 253_402_300_799_999
"""The last millisecond of the year 9999. Ours: later times fit neither a calendar nor a signed database column."""
MAX_PACK = 2**31 - 1
"""The highest number of a pack of stickers: the field is an int32."""
MAX_AUDIO_MS = 86_400_000
"""A day of sound. Ours: clients record at most two minutes, and a mebibyte holds a few."""

_NUMBER = re.compile(r"\+?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")


class InvalidPayload(RemoteError):
    """The payload decodes but breaks a rule of payloads.md §4; it is discarded."""


def clock_ok(clock: int, reference_ms: int) -> bool:
    """Whether a clock is acceptable next to ``reference_ms``: not 0 and not too far in the future.

    Implements: DS-30, PL-11
    """
    return 0 < clock <= reference_ms + MAX_CLOCK_AHEAD_MS


def is_late(clock: int, envelope_ms: int) -> bool:
    """Whether a clock is far behind the time of the envelope that brought it: the message was repeated, or dated back.

    Implements: PL-12
    """
    return clock < envelope_ms - MAX_CLOCK_BEHIND_MS


def check(condition: bool, reason: str) -> None:
    """
    :raises InvalidPayload: for ``reason``, unless ``condition`` holds.
    """
    if not condition:
        raise InvalidPayload(reason)


def check_clock(clock: int, reference_ms: int) -> None:
    """A clock next to a reference (Unix milliseconds); see :func:`clock_ok`."""
    check(clock_ok(clock, reference_ms), "clock is 0 or too far ahead")


def check_not_future(clock: int, reference_ms: int) -> None:
    """For payloads which the reference accepts with a clock of 0; they are never newer than what is stored."""
    check(clock == 0 or clock_ok(clock, reference_ms), "clock is too far ahead")


def check_present(name: str, text: str) -> None:
    """A text that is not blank."""
    check(not is_blank(text), f"{name} is blank")


def check_short(text: str) -> None:
    """A text of :data:`MAX_LINE` code points at most."""
    check(len(text) <= MAX_LINE, f"text longer than {MAX_LINE} characters")


def check_line(name: str, text: str) -> None:
    """A text that is neither blank nor long."""
    check_present(name, text)
    check_short(text)


def check_picture(image: str) -> None:
    """The data URI of a profile picture."""
    check(len(image) <= MAX_PROFILE_IMAGE, "profile picture is too large")


def check_amount(value: str) -> None:
    """A decimal number that is no larger than a float: an exponent of a million would exhaust whoever expands it."""
    check_line("value", value)
    check(bool(_NUMBER.fullmatch(value)) and math.isfinite(float(value)), "value is not a number")
