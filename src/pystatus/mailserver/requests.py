"""Requests for history (8/WAKU-MAIL "Requesting", waku.md §7.3, D5).

Sealed, the payload of an envelope holds a list in one of these forms:

    [ lower, upper, bloom, topics, limit, cursor, batch ]       the reference since 0.42: what we send
    [ lower, upper, bloom, limit, cursor, topics ]              the specification; the last two may be missing
    [ lower, upper, bloom, limit, cursor, batch ]               the reference before 0.42

Whisper clients of old sent numbers without RLP around them. Plain requests are
:class:`pystatus.waku.packets.MessagesRequest`.
"""

from __future__ import annotations

import struct

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.mailserver.cursor import DATABASE_KEY_SIZE
from pystatus.records import dataclass
from pystatus.waku.bloom import BLOOM_SIZE, FULL_BLOOM, TOPIC_SIZE
from pystatus.waku.data import SymmetricKey, seal
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MessagesRequest
from pystatus.wire import rlp

REQUEST_TOPIC = bytes(TOPIC_SIZE)
"""The topic of a sealed request; servers do not look at it."""
REQUEST_TTL = 50
"""Seconds, as in the reference's requests."""

_LIMIT_AT = 3
_TWO_TIMES = struct.Struct(">II")
_LIMIT = struct.Struct(">I")
_BINARY_SIZES = tuple(
    _TWO_TIMES.size + size
    for size in (0, BLOOM_SIZE, BLOOM_SIZE + _LIMIT.size, BLOOM_SIZE + _LIMIT.size + DATABASE_KEY_SIZE)
)
_LONGEST_BINARY_RANGE = 24 * 3600
_REFERENCE_ITEMS = 7


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """What is asked for. Decoded ones are well-formed, no more: whether they make sense is the server's rules."""

    lower: int
    """Unix second, inclusive."""
    upper: int
    """Unix second, inclusive; 0 is now."""
    bloom: bytes = b""
    """64 bytes, or empty. Ignored where there are topics."""
    topics: tuple[bytes, ...] = ()
    """4 bytes each."""
    limit: int = 0
    """Envelopes; 0 leaves it to the server."""
    cursor: bytes = b""
    """From the completion of the page before, or empty."""
    batch: bool = True
    """Whether several envelopes may come in one packet."""

    def encode(self) -> bytes:
        """The payload to seal, in the reference's form with its seven items.

        :raises LocalError: a bloom filter of another size than 0 or 64 bytes.

        Implements: WM-7, WM-11
        """
        if len(self.bloom) not in (0, BLOOM_SIZE):
            raise LocalError(f"A bloom filter has {BLOOM_SIZE} bytes, or none.")
        return rlp.encode((self.lower, self.upper, self.bloom, list(self.topics), self.limit, self.cursor, self.batch))

    @classmethod
    def decode(cls, payload: bytes) -> HistoryRequest:
        """Read an opened payload in any of its forms.

        :raises RemoteError: none of them.

        Implements: WM-7, WM-11
        """
        try:
            items = rlp.as_list(rlp.decode(payload))
        except RemoteError:
            if len(payload) in _BINARY_SIZES:
                return _decode_binary(payload)
            raise
        return _decode_items(items)

    def seal(
        self, key: SymmetricKey, signer: PrivateKey, now: float, pow_target: float, random: RandomSource
    ) -> Envelope:
        """The sealed request, whose hash is its id. The body of the packet is the envelope itself.

        :raises LocalError: malformed, or no nonce was found for ``pow_target``.

        Implements: WM-5, WM-6, WM-10
        """
        return Envelope.mine(now, REQUEST_TTL, REQUEST_TOPIC, seal(key, self.encode(), signer, random), pow_target)


def _decode_items(items: list[rlp.Item]) -> HistoryRequest:
    if not _LIMIT_AT <= len(items) <= _REFERENCE_ITEMS:
        raise RemoteError(f"a history request of {len(items)} items")
    lower, upper, bloom, *rest = items
    none: rlp.Item = []
    batched: rlp.Item = b"\x01"
    if len(items) == _REFERENCE_ITEMS or (rest and isinstance(rest[0], list)):
        topics, limit, cursor, batch = _filled(rest, none, b"", b"", batched)
    else:
        limit, cursor, last = _filled(rest, b"", b"", none)
        topics, batch = (last, batched) if isinstance(last, list) else (none, last)
    if cursor == []:  # a null, as the specification allows
        cursor = b""
    return HistoryRequest(
        rlp.as_int(lower, 4),
        rlp.as_int(upper, 4),
        _decode_bloom(bloom),
        _decode_topics(topics),
        rlp.as_int(limit, 4),
        rlp.as_bytes(cursor),
        rlp.as_bool(batch),
    )


def _filled(items: list[rlp.Item], *defaults: rlp.Item) -> list[rlp.Item]:
    return [*items, *defaults[len(items) :]]


def _decode_binary(payload: bytes) -> HistoryRequest:
    """Big-endian ``lower(4) upper(4) [bloom(64) [limit(4) [cursor(40)]]]``, for a day at most."""
    lower, upper = _TWO_TIMES.unpack_from(payload)
    if upper > lower + _LONGEST_BINARY_RANGE:
        raise RemoteError("a request in this old form reaches over a day at most")
    rest = payload[_TWO_TIMES.size :]
    bloom, limit, cursor = rest[:BLOOM_SIZE], rest[BLOOM_SIZE : BLOOM_SIZE + 4], rest[BLOOM_SIZE + 4 :]
    return HistoryRequest(lower, upper, bloom or FULL_BLOOM, (), int.from_bytes(limit, "big"), cursor)


def from_plain(request: MessagesRequest) -> HistoryRequest:
    """What a plain request asks for."""
    return HistoryRequest(request.start, request.end, request.bloom, request.topics, request.limit, request.cursor)


def _decode_bloom(item: rlp.Item) -> bytes:
    """
    :raises RemoteError: neither 0 nor 64 bytes. The reference's server dies of others.
    """
    bloom = rlp.as_bytes(item)
    if len(bloom) not in (0, BLOOM_SIZE):
        raise RemoteError(f"a bloom filter has {BLOOM_SIZE} bytes, not {len(bloom)}")
    return bloom


def _decode_topics(item: rlp.Item) -> tuple[bytes, ...]:
    """
    :raises RemoteError: not a list of topics.
    """
    return tuple(rlp.as_bytes(topic, TOPIC_SIZE) for topic in rlp.as_list(item))
