"""The packets of a simple NTP client (RFC 5905 §7.3, §14): one question, one answer, and what of it is believed.

A question says nothing about who asks: all fields but the mode and the transmit timestamp are 0, and that timestamp is
random, as draft-ietf-ntp-data-minimization asks. A server repeats it, so whoever cannot read the question cannot answer
it. (Of the libraries on PyPI ntplib 0.4.0 is the one that is used much. It blocks, and takes any answer to its port:
it neither compares the timestamp nor looks at what the server says of itself.)
"""

from __future__ import annotations

import math
import struct

from pystatus.errors import RemoteError
from pystatus.records import dataclass

PACKET_SIZE = 48
"""Bytes of a packet without extensions and authentication, which may follow in an answer (RFC 5905 §7.3)."""
COOKIE_SIZE = 8
"""Random bytes of a question: its transmit timestamp."""
VERSION = 4
_OLDEST_VERSION = 3
"""RFC 1305: the same fields."""
_CLIENT, _SERVER = 3, 4
_UNSYNCHRONISED = 3
"""The leap indicator of a server that does not know the time itself."""
MAX_STRATUM = 15
"""RFC 5905 §7.3: 0 is a kiss-o'-death, 16 a server without a source."""
MAX_ROOT_DISTANCE = 1.0
"""Seconds by which a server may be wrong by its own word: half of the way to its source, and its dispersion (RFC 5905
§7.2: MAXDIST)."""
ERA_BEGIN = 1_500_000_000
"""Unix second of July 2017. A timestamp has 32 bits of seconds, so it comes again after 136 years (next in 2036); the
one that is meant is the first after this, whatever our own clock says."""
_UNIX = 2_208_988_800
"""Seconds from 1900, where NTP begins, to 1970."""
_ERA = 1 << 32
_PACKET = struct.Struct(">BBbbII4s8s8s8s8s")


class Unusable(RemoteError):
    """An answer that says nothing about the time."""


class KissOfDeath(Unusable):
    """The server wants not to be asked (RFC 5905 §7.4)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says about our clock."""

    offset: float
    """Seconds that its clock is ahead of ours."""
    delay: float
    """Seconds that question and answer were under way: the offset is wrong by half of it at most, if it is honest."""


def question(cookie: bytes) -> bytes:
    """The packet that asks for the time.

    :param cookie: :data:`COOKIE_SIZE` random bytes, new ones for each question.
    """
    assert len(cookie) == COOKIE_SIZE, "a timestamp"
    return bytes([VERSION << 3 | _CLIENT]) + bytes(PACKET_SIZE - 1 - COOKIE_SIZE) + cookie


def is_answer(packet: bytes, cookie: bytes) -> bool:
    """Whether a datagram is an answer to the question with ``cookie``: another one may still come if it is not."""
    return len(packet) >= PACKET_SIZE and packet[0] & 7 == _SERVER and packet[24:32] == cookie


def read(packet: bytes, sent: float, received: float) -> Answer:
    """What an answer says.

    :param packet: one for which :func:`is_answer` holds.
    :param sent: Unix seconds of our clock at which the question left.
    :param received: the same when the answer came, on a clock that was not set between.
    :raises Unusable: the server does not know the time itself, or says what cannot be.
    """
    first, stratum, _, _, root_delay, root_dispersion, reference, _, _, asked, answered = _PACKET.unpack_from(packet)
    if not _OLDEST_VERSION <= first >> 3 & 7 <= VERSION:
        raise Unusable(f"it answers in version {first >> 3 & 7} of NTP")
    if stratum == 0:
        raise KissOfDeath(f"it wants not to be asked ({_code(reference)})")
    if first >> 6 == _UNSYNCHRONISED or stratum > MAX_STRATUM:
        raise Unusable("it does not know the time itself")
    if (root_delay / 2 + root_dispersion) / 65_536 > MAX_ROOT_DISTANCE:
        raise Unusable("it may be wrong by more than a second, by its own word")
    if not any(answered):
        raise Unusable("it says no time")
    at_server = _unix(answered) - _unix(asked)
    delay = received - sent - at_server
    if at_server < 0 or delay < 0:
        raise Unusable("it had the question for longer than that was under way, or for less than no time")
    return Answer((_unix(asked) - sent + _unix(answered) - received) / 2, delay)


def timestamp(unix: float) -> bytes:
    """A time as NTP has it, 8 bytes."""
    seconds = math.floor(unix)
    return struct.pack(">II", (seconds + _UNIX) % _ERA, int((unix - seconds) * _ERA))


def _unix(field: bytes) -> float:
    """The first time after :data:`ERA_BEGIN` that a timestamp may mean, Unix seconds."""
    seconds, fraction = struct.unpack(">II", field)
    return float((seconds - _UNIX - ERA_BEGIN) % _ERA + ERA_BEGIN + fraction / _ERA)


def _code(reference: bytes) -> str:
    """The four letters that say why; anything else is not repeated."""
    return reference.decode() if reference.isalnum() and reference.isascii() else "no reason"
