"""Status options: what two peers tell each other about themselves (6/WAKU1 "Status", waku.md §4.2).

    status-options = [ [key, value], ... ]

The same list is the body of Status (code 0) and of Status Update (code 22) of waku/1; the dialects build on it.

Implements: WK-24
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.waku.bloom import BLOOM_SIZE, TOPIC_SIZE
from pystatus.wire import rlp

MAX_TOPICS = 10_000
"""Topics in a topic interest.

Implements: WK-35
"""
MAX_OPTIONS_SIZE = 65_536
"""Bytes of the whole list: room for 10,000 topics (50 kB) and for options that do not exist yet (waku.md §10)."""
MAX_OPTIONS = 256
"""Pairs in the list; seven keys are known, duplicates are legal."""

_DOUBLE = struct.Struct(">d")
_ENCODED_TOPIC_SIZE = 1 + TOPIC_SIZE
_TOPIC_PREFIX = bytes((0x80 + TOPIC_SIZE,))

OPTION_KEYS = tuple(rlp.encode(key) for key in range(7))
"""The encoded key of each option of waku/1, in the order of :class:`StatusOptions`. Of another version there may be
fewer: then the last options do not exist."""


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Packets or bytes a second that a node accepts; 0 is no limit."""

    ip: int = 0
    peer: int = 0
    topic: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions:
    """The options of one packet. ``None`` is absent: the default in a Status, unchanged in a Status Update.

    Implements: WK-25
    """

    pow_requirement: float | None = None
    """Least proof of work of envelopes that the node takes. Finite, not negative."""
    bloom_filter: bytes | None = None
    """64 bytes, or empty for everything."""
    light_node: bool | None = None
    confirmations_enabled: bool | None = None
    packet_rate_limits: RateLimits | None = None
    topic_interest: tuple[bytes, ...] | None = None
    """At most 10,000 topics, as listed; no topic at all is no interest in anything."""
    bytes_rate_limits: RateLimits | None = None

    def encode(self, keys: Sequence[bytes] = OPTION_KEYS) -> bytes:
        """The body of the packet, keys ascending.

        :raises LocalError: a value that no peer would accept.
        """
        values = (
            None if self.pow_requirement is None else encode_pow(self.pow_requirement),
            None if self.bloom_filter is None else _encode_bloom(self.bloom_filter),
            None if self.light_node is None else rlp.encode(self.light_node),
            None if self.confirmations_enabled is None else rlp.encode(self.confirmations_enabled),
            None if self.packet_rate_limits is None else encode_rates(self.packet_rate_limits),
            None if self.topic_interest is None else _encode_topics(self.topic_interest),
            None if self.bytes_rate_limits is None else encode_rates(self.bytes_rate_limits),
        )
        pairs = [(key, value) for key, value in zip(keys, values, strict=False) if value is not None]
        return rlp.encode_list([rlp.encode_list(pair) for pair in pairs])

    @classmethod
    def decode(cls, payload: bytes, keys: Sequence[bytes] = OPTION_KEYS) -> StatusOptions:
        """Read the body of a packet. Order does not matter, the last of equal keys counts, unknown keys are skipped.

        :raises RemoteError: not a list of pairs, a value of the wrong type or out of range, or far too much of it.

        Implements: WK-20, WK-26, WK-27, WK-59
        """
        found = _split(payload)
        values = [found.get(key) for key in keys]
        pow_requirement, bloom, light, confirmations, packet_rates, topics = values[:6]
        bytes_rates = values[6] if len(values) > 6 else None
        return cls(
            pow_requirement=None if pow_requirement is None else decode_pow(rlp.decode(pow_requirement)),
            bloom_filter=None if bloom is None else decode_bloom(rlp.decode(bloom)),
            light_node=None if light is None else rlp.as_bool(rlp.decode(light)),
            confirmations_enabled=None if confirmations is None else rlp.as_bool(rlp.decode(confirmations)),
            packet_rate_limits=None if packet_rates is None else decode_rates(rlp.decode(packet_rates)),
            topic_interest=None if topics is None else _decode_topics(topics),
            bytes_rate_limits=None if bytes_rates is None else decode_rates(rlp.decode(bytes_rates)),
        )


def _split(payload: bytes) -> dict[bytes, bytes]:
    """Encoded values by encoded key."""
    if len(payload) > MAX_OPTIONS_SIZE:
        raise RemoteError(f"status options of {len(payload)} bytes")
    is_list, position, end = rlp.header(payload)
    if not is_list or end != len(payload):
        raise RemoteError("status options are an RLP list and nothing behind it")
    values: dict[bytes, bytes] = {}
    count = 0
    while position < end:
        count += 1
        if count > MAX_OPTIONS:
            raise RemoteError(f"more than {MAX_OPTIONS} status options")
        is_pair, start, position = rlp.header(payload, position, end)
        key_is_list, _, key_end = rlp.header(payload, start, position) if is_pair else (True, 0, 0)
        if key_is_list:
            raise RemoteError("a status option is a pair of key and value")
        _, _, value_end = rlp.header(payload, key_end, position)
        if value_end != position:
            raise RemoteError("a status option has more than a key and a value")
        values[payload[start:key_end]] = payload[key_end:value_end]
    return values


# Values, which Whisper has, too


def encode_pow(requirement: float) -> bytes:
    """The bits of the double as an integer.

    :raises LocalError: not finite, or negative.

    Implements: WK-62
    """
    if not 0 <= requirement < math.inf:
        raise LocalError("A proof-of-work requirement is finite and not negative.")
    # Adding 0.0 turns the negative zero into the ordinary one, whose bit pattern is the integer 0.
    return rlp.encode(int.from_bytes(_DOUBLE.pack(requirement + 0.0), "big"))


def decode_pow(item: rlp.Item) -> float:
    """
    :raises RemoteError: not the bits of a double, or not finite, or negative.

    Implements: WK-62
    """
    bits = rlp.as_int(item, 8)
    (requirement,) = _DOUBLE.unpack(bits.to_bytes(8, "big"))
    if not 0 <= requirement < math.inf:
        raise RemoteError("a proof-of-work requirement is not a number, infinite or negative")
    return float(requirement)


def decode_bloom(item: rlp.Item) -> bytes:
    """64 bytes, or none.

    :raises RemoteError: another size.
    """
    bloom = rlp.as_bytes(item)
    if len(bloom) not in (0, BLOOM_SIZE):
        raise RemoteError(f"a bloom filter of {len(bloom)} bytes")
    return bloom


def encode_rates(rates: RateLimits) -> bytes:
    """``[ip, peer, topic]``."""
    return rlp.encode((rates.ip, rates.peer, rates.topic))


def decode_rates(item: rlp.Item) -> RateLimits:
    """
    :raises RemoteError: not three integers.
    """
    return RateLimits(*(rlp.as_int(rate) for rate in rlp.as_list(item, 3)))


def _encode_bloom(bloom: bytes) -> bytes:
    if len(bloom) not in (0, BLOOM_SIZE):
        raise LocalError("A bloom filter has 64 bytes, or none.")
    return rlp.encode_bytes(bloom)


def _encode_topics(topics: tuple[bytes, ...]) -> bytes:
    if len(topics) > MAX_TOPICS or any(len(topic) != TOPIC_SIZE for topic in topics):
        raise LocalError(f"A topic interest has at most {MAX_TOPICS} topics of {TOPIC_SIZE} bytes.")
    return rlp.encode_list([_TOPIC_PREFIX + topic for topic in topics])


def _decode_topics(value: bytes) -> tuple[bytes, ...]:
    """Every topic is one prefix byte and four others, so the list is read in strides: 10,000 cost a millisecond."""
    is_list, start, end = rlp.header(value)
    count, rest = divmod(end - start, _ENCODED_TOPIC_SIZE)
    if not is_list or rest or value[start::_ENCODED_TOPIC_SIZE] != _TOPIC_PREFIX * count:
        raise RemoteError("a topic interest is a list of topics of 4 bytes")
    if count > MAX_TOPICS:
        raise RemoteError(f"a topic interest of {count} topics, more than {MAX_TOPICS}")
    return tuple(value[at + 1 : at + _ENCODED_TOPIC_SIZE] for at in range(start, end, _ENCODED_TOPIC_SIZE))
