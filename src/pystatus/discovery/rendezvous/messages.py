"""The messages of Rendezvous: RLP items back to back, a type and then a body (overlay.md §4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.wire import rlp

PROTOCOL = "/rend/0.1.0"
"""Of the streams."""
MAX_TOPIC_SIZE = 50
"""Bytes of a topic (overlay.md §4.2)."""
MAX_TTL = 20_000_000_000
"""Nanoseconds for which a server keeps a registration (overlay.md §4.3)."""
MAX_RECORDS = 10
"""Records of one answer (overlay.md §4.3)."""
MAX_ITEM_SIZE = 4096
"""Bytes of one item, its header included. An answer of ten records of 300 bytes has 3,063 and a text besides, which of
the reference is empty."""

_MAX_LENGTH_BYTES = 2


class MessageType(IntEnum):
    REGISTER = 1
    REGISTER_RESPONSE = 2
    DISCOVER = 3
    DISCOVER_RESPONSE = 4
    REMOTE_IP = 5
    """Servers know it since September 2021; those of v0.64.0 reset the stream."""
    REMOTE_IP_RESPONSE = 6


class Status(IntEnum):
    """What a server answers (overlay.md §4.2)."""

    OK = 0
    INVALID_TOPIC = 100
    INVALID_RECORD = 101
    INVALID_TTL = 102
    INVALID_LIMIT = 103
    INVALID_CONTENT = 104
    NOT_AUTHORIZED = 200
    INTERNAL_ERROR = 300


class ItemReader:
    """Cuts a stream into RLP items. No more is kept than one item may have, and what came with its last bytes."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def __len__(self) -> int:
        """Bytes that are kept."""
        return len(self._buffer)

    def receive_data(self, data: bytes) -> None:
        """Take bytes, cut in any way."""
        self._buffer += data

    def next_item(self) -> bytes | None:
        """The next item with its header; None if it is not complete. What is inside was not looked at.

        :raises RemoteError: its header is not canonical, or announces more than :data:`MAX_ITEM_SIZE`.
        """
        buffer = self._buffer
        if not buffer:
            return None
        size = _announced(buffer)
        if size is None or len(buffer) < size:
            return None
        item = bytes(buffer[:size])
        del buffer[:size]
        rlp.header(item)
        return item


def _announced(data: bytearray) -> int | None:
    """Bytes of the item that begins here, its header included; None: too few of them are there to know it."""
    prefix = data[0]
    if prefix < 0x80:
        return 1
    size = prefix - (0xC0 if prefix >= 0xC0 else 0x80)
    if size <= 55:
        return 1 + size
    length_bytes = size - 55
    if length_bytes > _MAX_LENGTH_BYTES:
        raise RemoteError("item of Rendezvous announces a length that no message has")
    start = 1 + length_bytes
    if len(data) < start:
        return None
    total = start + int.from_bytes(data[1:start], "big")
    if total > MAX_ITEM_SIZE:
        raise RemoteError(f"item of Rendezvous announces {total} bytes: {MAX_ITEM_SIZE} are allowed")
    return total


def read_type(item: bytes) -> int:
    """The type of a message.

    :raises RemoteError: not a canonical integer of 64 bits.
    """
    return rlp.as_int(rlp.decode(item))


def _message(kind: MessageType, body: Sequence[bytes]) -> bytes:
    return rlp.encode(kind) + rlp.encode_list(body)


def _elements(body: bytes, count: int) -> list[bytes]:
    """The elements of a body, each with its header.

    :raises RemoteError: no list, or another number of elements.
    """
    is_list, start, end = rlp.header(body)
    if not is_list:
        raise RemoteError("body of a Rendezvous message is no list")
    elements = []
    while start < end:
        _, _, following = rlp.header(body, start, end)
        elements.append(body[start:following])
        if len(elements) > count:
            break
        start = following
    if len(elements) != count:
        raise RemoteError(f"body of a Rendezvous message has not the {count} elements that it should have")
    return elements


def _bytes(element: bytes) -> bytes:
    return rlp.as_bytes(rlp.decode(element))


def _int(element: bytes) -> int:
    return rlp.as_int(rlp.decode(element))


def _text(element: bytes) -> str:
    return _bytes(element).decode(errors="replace")


def _record(element: bytes) -> bytes:
    if not rlp.header(element)[0]:
        raise RemoteError("node record in a Rendezvous message is no list")
    return element


@dataclass(frozen=True, slots=True)
class Register:
    """Keep my record under a topic."""

    topic: bytes
    record: bytes
    """The RLP of a node record; nothing of it was looked at."""
    ttl: int
    """Nanoseconds."""

    def encode(self) -> bytes:
        """Type and body."""
        return _message(MessageType.REGISTER, (rlp.encode(self.topic), self.record, rlp.encode(self.ttl)))

    @classmethod
    def decode(cls, body: bytes) -> Register:
        """
        :raises RemoteError: malformed.
        """
        topic, record, ttl = _elements(body, 3)
        return cls(_bytes(topic), _record(record), _int(ttl))


@dataclass(frozen=True, slots=True)
class RegisterResponse:
    """What became of it."""

    status: int
    message: str = ""

    def encode(self) -> bytes:
        """Type and body."""
        body = (rlp.encode(self.status), rlp.encode(self.message.encode()))
        return _message(MessageType.REGISTER_RESPONSE, body)

    @classmethod
    def decode(cls, body: bytes) -> RegisterResponse:
        """
        :raises RemoteError: malformed.
        """
        status, message = _elements(body, 2)
        return cls(_int(status), _text(message))


@dataclass(frozen=True, slots=True)
class Discover:
    """Give me records of a topic."""

    topic: bytes
    limit: int = MAX_RECORDS

    def encode(self) -> bytes:
        """Type and body; there the limit comes first."""
        return _message(MessageType.DISCOVER, (rlp.encode(self.limit), rlp.encode(self.topic)))

    @classmethod
    def decode(cls, body: bytes) -> Discover:
        """
        :raises RemoteError: malformed.
        """
        limit, topic = _elements(body, 2)
        return cls(_bytes(topic), _int(limit))


@dataclass(frozen=True, slots=True)
class DiscoverResponse:
    """Records of a topic."""

    status: int
    message: str = ""
    records: tuple[bytes, ...] = ()
    """The RLP of node records; nothing of it was looked at."""

    def encode(self) -> bytes:
        """Type and body."""
        body = (rlp.encode(self.status), rlp.encode(self.message.encode()), rlp.encode_list(self.records))
        return _message(MessageType.DISCOVER_RESPONSE, body)

    @classmethod
    def decode(cls, body: bytes) -> DiscoverResponse:
        """
        :raises RemoteError: malformed. What is wrong with a record is not seen here.
        """
        status, message, records = _elements(body, 3)
        is_list, start, end = rlp.header(records)
        if not is_list:
            raise RemoteError("node records in a Rendezvous message are no list")
        found = []
        while start < end:
            _, _, following = rlp.header(records, start, end)
            found.append(records[start:following])
            start = following
        return cls(_int(status), _text(message), tuple(found))


@dataclass(frozen=True, slots=True)
class RemoteIp:
    """Which address do I come from? A type without a body."""

    def encode(self) -> bytes:
        """The type."""
        return rlp.encode(MessageType.REMOTE_IP)


@dataclass(frozen=True, slots=True)
class RemoteIpResponse:
    """The address of whoever asks."""

    status: int
    address: str

    def encode(self) -> bytes:
        """Type and body."""
        body = (rlp.encode(self.status), rlp.encode(self.address.encode()))
        return _message(MessageType.REMOTE_IP_RESPONSE, body)

    @classmethod
    def decode(cls, body: bytes) -> RemoteIpResponse:
        """
        :raises RemoteError: malformed.
        """
        status, address = _elements(body, 2)
        return cls(_int(status), _text(address))
