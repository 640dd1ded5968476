"""Status options: what two peers tell each other about themselves (6/WAKU1 "Status", waku.md §4.2).

    status-options = [ [key, value], ... ]

The same list is the body of Status (code 0) and of Status Update (code 22).
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from pystatus.errors import LocalError, RemoteError
from pystatus.waku.bloom import BLOOM_SIZE, TOPIC_SIZE
from pystatus.wire import rlp

MAX_TOPICS = 10_000
"""Topics in a topic interest (WK-35)."""
MAX_OPTIONS_SIZE = 65_536
"""Bytes of the whole list: room for 10,000 topics (50 kB) and for options that do not exist yet (waku.md §10)."""
MAX_OPTIONS = 256
"""Pairs in the list; seven keys are known, duplicates are legal."""

_DOUBLE = struct.Struct(">d")
_ENCODED_TOPIC_SIZE = 1 + TOPIC_SIZE
_TOPIC_PREFIX = bytes((0x80 + TOPIC_SIZE,))

_POW, _BLOOM, _LIGHT, _CONFIRMATIONS, _PACKET_RATES, _TOPICS, _BYTES_RATES = (rlp.encode_int(key) for key in range(7))


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Packets or bytes a second that a node accepts; 0 is no limit."""

    ip: int = 0
    peer: int = 0
    topic: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions:
    """The options of one packet. ``None`` is absent: the default in a Status, unchanged in a Status Update."""

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

    def encode(self) -> bytes:
        """The body of the packet, keys ascending.

        :raises LocalError: a value that no peer would accept.
        """
        pairs: list[tuple[bytes, bytes]] = []
        if self.pow_requirement is not None:
            if not 0 <= self.pow_requirement < math.inf:
                raise LocalError("a proof-of-work requirement is finite and not negative")
            # Adding 0.0 turns the negative zero into the ordinary one, whose bit pattern is the integer 0.
            bits = int.from_bytes(_DOUBLE.pack(self.pow_requirement + 0.0), "big")
            pairs.append((_POW, rlp.encode(bits)))
        if self.bloom_filter is not None:
            if len(self.bloom_filter) not in (0, BLOOM_SIZE):
                raise LocalError("a bloom filter has 64 bytes, or none")
            pairs.append((_BLOOM, rlp.encode_bytes(self.bloom_filter)))
        if self.light_node is not None:
            pairs.append((_LIGHT, rlp.encode(self.light_node)))
        if self.confirmations_enabled is not None:
            pairs.append((_CONFIRMATIONS, rlp.encode(self.confirmations_enabled)))
        if self.packet_rate_limits is not None:
            pairs.append((_PACKET_RATES, _encode_rates(self.packet_rate_limits)))
        if self.topic_interest is not None:
            pairs.append((_TOPICS, _encode_topics(self.topic_interest)))
        if self.bytes_rate_limits is not None:
            pairs.append((_BYTES_RATES, _encode_rates(self.bytes_rate_limits)))
        return rlp.encode_list([rlp.encode_list((rlp.encode_bytes(key), value)) for key, value in pairs])

    @classmethod
    def decode(cls, payload: bytes) -> StatusOptions:
        """Read the body of a packet. Order does not matter, the last of equal keys counts, unknown keys are skipped.

        :raises RemoteError: not a list of pairs, a value of the wrong type or out of range, or far too much of it.
        """
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
            key_is_list, key_start, key_end = rlp.header(payload, start, position) if is_pair else (True, 0, 0)
            if key_is_list:
                raise RemoteError("a status option is a pair of key and value")
            _, _, value_end = rlp.header(payload, key_end, position)
            if value_end != position:
                raise RemoteError("a status option has more than a key and a value")
            values[payload[key_start:key_end]] = payload[key_end:value_end]
        return cls(
            pow_requirement=_decode_pow(values[_POW]) if _POW in values else None,
            bloom_filter=_decode_bloom(values[_BLOOM]) if _BLOOM in values else None,
            light_node=rlp.as_bool(rlp.decode(values[_LIGHT])) if _LIGHT in values else None,
            confirmations_enabled=rlp.as_bool(rlp.decode(values[_CONFIRMATIONS])) if _CONFIRMATIONS in values else None,
            packet_rate_limits=_decode_rates(values[_PACKET_RATES]) if _PACKET_RATES in values else None,
            topic_interest=_decode_topics(values[_TOPICS]) if _TOPICS in values else None,
            bytes_rate_limits=_decode_rates(values[_BYTES_RATES]) if _BYTES_RATES in values else None,
        )


def _encode_rates(rates: RateLimits) -> bytes:
    return rlp.encode((rates.ip, rates.peer, rates.topic))


def _encode_topics(topics: tuple[bytes, ...]) -> bytes:
    if len(topics) > MAX_TOPICS or any(len(topic) != TOPIC_SIZE for topic in topics):
        raise LocalError(f"a topic interest has at most {MAX_TOPICS} topics of {TOPIC_SIZE} bytes")
    return rlp.encode_list([_TOPIC_PREFIX + topic for topic in topics])


def _decode_pow(value: bytes) -> float:
    bits = rlp.as_int(rlp.decode(value), 8)
    (requirement,) = _DOUBLE.unpack(bits.to_bytes(8, "big"))
    if not 0 <= requirement < math.inf:
        raise RemoteError("a proof-of-work requirement is not a number, infinite or negative")
    return float(requirement)


def _decode_bloom(value: bytes) -> bytes:
    bloom = rlp.as_bytes(rlp.decode(value))
    if len(bloom) not in (0, BLOOM_SIZE):
        raise RemoteError(f"a bloom filter of {len(bloom)} bytes")
    return bloom


def _decode_rates(value: bytes) -> RateLimits:
    ip, peer, topic = (rlp.as_int(rate) for rate in rlp.as_list(rlp.decode(value), 3))
    return RateLimits(ip, peer, topic)


def _decode_topics(value: bytes) -> tuple[bytes, ...]:
    """Every topic is one prefix byte and four others, so the list is read in strides: 10,000 cost a millisecond."""
    is_list, start, end = rlp.header(value)
    count, rest = divmod(end - start, _ENCODED_TOPIC_SIZE)
    if not is_list or rest or value[start::_ENCODED_TOPIC_SIZE] != _TOPIC_PREFIX * count:
        raise RemoteError("a topic interest is a list of topics of 4 bytes")
    if count > MAX_TOPICS:
        raise RemoteError(f"a topic interest of {count} topics, more than {MAX_TOPICS}")
    return tuple(value[at + 1 : at + _ENCODED_TOPIC_SIZE] for at in range(start, end, _ENCODED_TOPIC_SIZE))
