"""The envelope, the unit that Waku passes on (6/WAKU1 "Packets", waku.md §2).

    [ expiry u32, ttl u32, topic bytes4, data bytes, nonce u64 ]

This is the relay's hot path, measured to be half of a relayed envelope's cost. Therefore an envelope is its raw bytes:
it is read where it lies, hashed once, forwarded without being encoded again, and its proof of work is looked at only
when the answer is not clear beforehand.
"""

from __future__ import annotations

import struct
from typing import Any, TypeAlias

from pystatus.crypto.hashing import keccak_state
from pystatus.errors import LocalError, RemoteError
from pystatus.waku.bloom import TOPIC_SIZE, topic_bloom
from pystatus.waku.pow import DEFAULT_MAX_HASHES, leading_zeros, pow_hash, pow_value, required_zeros, search
from pystatus.wire import rlp

HEADER_SIZE = 20
"""What the network counts for expiry, ttl, topic and nonce when it talks of an envelope's size (waku.md §2.3)."""
MAX_ENVELOPE_SIZE = 1 << 20
"""Bytes, header counted as 20: the limit of the reference and of 6/WAKU1.

Implements: WK-12
"""
DEFAULT_TTL = 50
"""Seconds that a ttl of 0 becomes when sealing: the reference's default (tests/vectors/README.md fact 12)."""

_U32 = 1 << 32
_NOT_COUNTED = -1

# Header of an envelope as everybody writes it: a list of 256 to 65,535 bytes, an expiry after 1970, then the ttl, whose
# length varies, then topic and 256 to 65,535 bytes of data. Anything else takes the general way.
_LIST_AND_EXPIRY = struct.Struct(">BHBI")
_TOPIC_AND_DATA = struct.Struct(">B4sBH")


class Envelope:
    """A well-formed envelope. Treat it as immutable; it is not a dataclass because those cost twice as much to make."""

    __slots__ = ("_data_end", "_data_start", "_zeros", "expiry", "hash", "raw", "short_length", "topic", "ttl")

    raw: bytes
    """The whole envelope in RLP, as received."""
    hash: bytes
    """Keccak-256 of :attr:`raw`: the envelope's name everywhere."""
    expiry: int
    """Unix second after which nobody passes it on."""
    ttl: int
    """Seconds between sending and expiry."""
    topic: bytes
    """Four bytes."""
    short_length: int
    """Length of the RLP list without the nonce: what the proof of work is divided by."""

    def __init__(self, raw: bytes, envelope_hash: bytes, fields: _Fields) -> None:
        """Internal: see :meth:`decode`, :meth:`create` and :meth:`mine`."""
        self.raw = raw
        self.hash = envelope_hash
        self.expiry, self.ttl, self.topic, self._data_start, self._data_end, self.short_length = fields
        self._zeros = _NOT_COUNTED

    @classmethod
    def decode(cls, raw: bytes, envelope_hash: bytes | None = None) -> Envelope:
        """Read an envelope that fills ``raw`` exactly. ``envelope_hash`` is its hash, where the caller has it already.

        :raises RemoteError: not canonical RLP, not five items, or an item that does not fit its field.
        """
        return cls(raw, envelope_hash or keccak_state(raw).digest(), _read_usual(raw) or _read_any(raw))

    @classmethod
    def create(cls, expiry: int, ttl: int, topic: bytes, data: bytes, nonce: int = 0) -> Envelope:
        """Build an envelope from its fields.

        :raises LocalError: a field out of range.
        """
        if not (0 <= expiry < _U32 and 0 <= ttl < _U32 and 0 <= nonce < 1 << 64 and len(topic) == TOPIC_SIZE):
            raise LocalError("Expiry and ttl have 32 bits, a nonce 64, and a topic 4 bytes.")
        head = rlp.encode(expiry) + rlp.encode(ttl) + rlp.encode_bytes(topic) + rlp.bytes_header(len(data), data[:1])
        tail = rlp.encode(nonce)
        return cls.decode(b"".join((rlp.list_header(len(head) + len(data) + len(tail)), head, data, tail)))

    @classmethod
    def mine(
        cls,
        now: float,
        ttl: int,
        topic: bytes,
        data: bytes,
        pow_target: float,
        max_hashes: int = DEFAULT_MAX_HASHES,
    ) -> Envelope:
        """Build an envelope sent at ``now`` (Unix seconds) whose proof of work reaches ``pow_target``.

        A target of 0 means no search and nonce 0. A ttl of 0 becomes 50 s.

        :raises LocalError: a field out of range, or no nonce found among ``max_hashes``.
        """
        ttl = ttl or DEFAULT_TTL
        envelope = cls.create(int(now) + ttl, ttl, topic, data)
        if pow_target == 0:
            return envelope
        zeros = required_zeros(pow_target, envelope.size, ttl)
        return cls.create(envelope.expiry, ttl, topic, data, search(keccak_state(envelope.short), zeros, max_hashes))

    @property
    def data(self) -> bytes:
        """The sealed contents (7/WAKU-DATA)."""
        return self.raw[self._data_start : self._data_end]

    @property
    def size(self) -> int:
        """Bytes as the network counts them for its size limit: 20 + the length of the data."""
        return HEADER_SIZE + self._data_end - self._data_start

    @property
    def sent(self) -> int:
        """Unix second of sending: expiry - ttl, modulo 2^32 as the reference has it."""
        return (self.expiry - self.ttl) % _U32

    @property
    def nonce(self) -> int:
        item = self.raw[self._data_end :]
        if len(item) == 1 and item[0] < 0x80:
            return item[0]
        return int.from_bytes(item[1:], "big")

    @property
    def short(self) -> bytes:
        """The RLP list without the nonce, with its own header; spliced, not encoded again."""
        body = self.raw[_body_start(self.raw) : self._data_end]
        return rlp.list_header(len(body)) + body

    @property
    def bloom(self) -> bytes:
        """The bloom of the topic, in the form to test with."""
        return topic_bloom(self.topic)

    def pow(self, extra_seconds: int = 0) -> float:
        """The proof of work; ``extra_seconds`` are added to the ttl of an envelope from the near future."""
        if self._zeros == _NOT_COUNTED:
            self._zeros = leading_zeros(pow_hash(keccak_state(self.short), self.nonce))
        return pow_value(self._zeros, self.short_length, self.ttl + extra_seconds)

    def reaches(self, pow_target: float, extra_seconds: int = 0) -> bool:
        """Whether the proof of work is at least ``pow_target``.

        An envelope that is short enough reaches a low target without a single zero bit, which spares the second hash:
        at the relay's usual 0.000002 that is each one with length × ttl up to 500,000.
        """
        seconds = self.ttl + extra_seconds
        # The proof of work of no zero bits, as pow_value() has it: a call for each envelope and each peer is much.
        if seconds and 1.0 / self.short_length / seconds >= pow_target:
            return True
        return self.pow(extra_seconds) >= pow_target

    def share_values(self, shared: dict[Any, Any]) -> None:
        """Let an envelope that is kept use the numbers and the topic of others that have the same: 100 bytes less."""
        share = shared.setdefault
        self.expiry = share(self.expiry, self.expiry)
        self.topic = share(self.topic, self.topic)
        self.short_length = share(self.short_length, self.short_length)
        self._data_end = share(self._data_end, self._data_end)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Envelope) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"Envelope({self.hash.hex()[:16]}, topic {self.topic.hex()}, {self.size} bytes)"


def _body_start(raw: bytes) -> int:
    prefix = raw[0]
    return 1 if prefix < 0xF8 else prefix - 0xF6


def _list_header_size(body: int) -> int:
    if body < 56:
        return 1
    return 1 + (body.bit_length() + 7) // 8


_Fields: TypeAlias = tuple[int, int, bytes, int, int, int]
"""expiry, ttl, topic, start and end of the data, length without the nonce."""


def _read_usual(raw: bytes) -> _Fields | None:
    """Read an envelope of the usual shape; ``None`` if it has another one or something is wrong with it."""
    size = len(raw)
    if size < 280:
        return None
    list_prefix, list_size, expiry_prefix, expiry = _LIST_AND_EXPIRY.unpack_from(raw)
    ttl = raw[8]
    topic_start = 9
    if ttl > 0x7F:
        topic_start += ttl - 0x80
        ttl = int.from_bytes(raw[9:topic_start], "big")
        if topic_start > 13 or ttl < 0x80 or raw[9] == 0:
            return None
    topic_prefix, topic, data_prefix, data_size = _TOPIC_AND_DATA.unpack_from(raw, topic_start)
    data_start = topic_start + 8
    data_end = data_start + data_size
    if (
        list_prefix != 0xF9
        or list_size != size - 3
        or expiry_prefix != 0x84
        or expiry < 0x1000000
        or ttl == 0
        or topic_prefix != 0x84
        or data_prefix != 0xB9
        or data_size < 256
        or data_end >= size
    ):
        return None
    if data_end + 1 != size or not 0 < raw[data_end] < 0x80:
        _check_nonce(raw, data_end)
    # Without the nonce the list still has a header of three bytes, so its length is where the nonce begins.
    return expiry, ttl, topic, data_start, data_end, data_end


def _read_any(raw: bytes) -> _Fields:
    """Read an envelope of any shape."""
    is_list, position, end = rlp.header(raw)
    if not is_list or end != len(raw):
        raise RemoteError("an envelope is an RLP list and nothing behind it")
    expiry, position = _read_u32(raw, position)
    ttl, position = _read_u32(raw, position)
    topic_is_list, topic_start, topic_end = rlp.header(raw, position)
    data_is_list, data_start, data_end = rlp.header(raw, topic_end)
    topic = raw[topic_start:topic_end]
    if topic_is_list or data_is_list or len(topic) != TOPIC_SIZE:
        raise RemoteError("an envelope has a topic of 4 bytes and data that is a byte string")
    _check_nonce(raw, data_end)
    body = data_end - _body_start(raw)
    return expiry, ttl, topic, data_start, data_end, _list_header_size(body) + body


def _read_u32(raw: bytes, position: int) -> tuple[int, int]:
    is_list, start, end = rlp.header(raw, position)
    if is_list:
        raise RemoteError("a field of an envelope is a list")
    return rlp.as_int(raw[start:end], 4), end


def _check_nonce(raw: bytes, position: int) -> None:
    nonce = raw[position:]
    is_list, start, end = rlp.header(nonce)
    if is_list or end != len(nonce):
        raise RemoteError("an envelope ends with a nonce")
    rlp.as_int(nonce[start:end], 8)
