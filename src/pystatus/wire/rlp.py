"""Strict RLP: canonical or refused, bounded in depth and size (overlay.md §0.2).

An item is ``bytes`` or a ``list`` of items. Integers are big-endian byte strings without leading zeros; 0 is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from pystatus.errors import LocalError, RemoteError

MAX_DEPTH = 16
"""Nested lists. No packet of any layer needs more than five; deeper input is an attack."""
MAX_ITEMS = 32_768
"""Items of one decoding, lists included: each becomes an object, however few bytes it has. The largest packet that is
decoded as a whole, a message response, has 8,200; envelopes are cut out of their packets without decoding (A50)."""
MAX_LENGTH_BYTES = 4
"""Bytes of a long form's length: 4 GiB, above every packet limit of the protocol."""

Item: TypeAlias = bytes | list["Item"]
Encodable: TypeAlias = bytes | bytearray | int | Sequence["Encodable"]

EMPTY_LIST = b"\xc0"


def encode_int(value: int) -> bytes:
    """The byte string of an unsigned integer: minimal, big-endian, empty for 0. Not yet an RLP item."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _header(size: int, short: int) -> bytes:
    if size < 56:
        return bytes((short + size,))
    length = encode_int(size)
    return bytes((short + 55 + len(length),)) + length


def bytes_header(size: int, first: bytes | bytearray) -> bytes:
    """What stands before a byte string of that size that begins with ``first``: nothing before one byte below 0x80.

    With this and :func:`list_header` a long item is joined once, where its parts are."""
    return b"" if size == 1 and first < b"\x80" else _header(size, 0x80)


def list_header(size: int) -> bytes:
    """What stands before the encoded items of a list, which have ``size`` bytes together."""
    return _header(size, 0xC0)


def encode_bytes(value: bytes | bytearray) -> bytes:
    """The RLP item of a byte string."""
    return bytes_header(len(value), value[:1]) + value


def encode_list(encoded_items: Sequence[bytes]) -> bytes:
    """The RLP list of items that are already encoded."""
    return b"".join((list_header(sum(map(len, encoded_items))), *encoded_items))


def encode(item: Encodable) -> bytes:
    """The RLP of bytes, unsigned integers (``True`` is 1) and nested sequences of them.

    :raises LocalError: a negative integer, or text, which has no RLP of its own.
    """
    if isinstance(item, (bytes, bytearray)):
        return encode_bytes(item)
    if isinstance(item, int):
        if item < 0:
            raise LocalError("RLP has no negative integers.")
        return encode_bytes(encode_int(item))
    if isinstance(item, str):
        raise LocalError("RLP has no text: encode it to bytes first.")
    return encode_list([encode(element) for element in item])


def header(data: bytes, start: int = 0, limit: int | None = None) -> tuple[bool, int, int]:
    """Read one item's header at ``start``: (is it a list, start of its body, end of its body).

    Nothing is copied and the body of a list is not looked at, so hot paths walk a packet with this alone.

    :raises RemoteError: not canonical, or the item does not end within ``limit`` (default: the end of ``data``).
    """
    if limit is None:
        limit = len(data)
    if start >= limit:
        raise RemoteError("RLP ends where an item was expected")
    prefix = data[start]
    body = start + 1
    if prefix < 0x80:
        return False, start, body
    is_list = prefix >= 0xC0
    size = prefix - (0xC0 if is_list else 0x80)
    if size > 55:
        length_bytes = size - 55
        size_end = body + length_bytes
        if length_bytes > MAX_LENGTH_BYTES or size_end > limit:
            raise RemoteError("RLP length is out of bounds")
        size = int.from_bytes(data[body:size_end], "big")
        if size < 56 or data[body] == 0:
            raise RemoteError("RLP length is not canonical")
        body = size_end
    elif size == 1 and not is_list and body < limit and data[body] < 0x80:
        raise RemoteError("RLP wraps a single byte that stands for itself")
    end = body + size
    if end > limit:
        raise RemoteError("RLP item is longer than its container")
    return is_list, body, end


def decode(data: bytes, *, max_depth: int = MAX_DEPTH, max_items: int = MAX_ITEMS) -> Item:
    """Decode one item that fills ``data`` exactly.

    :raises RemoteError: not canonical, too deep, too many items, or bytes are missing or left over.
    """
    item, end = decode_first(data, max_depth=max_depth, max_items=max_items)
    if end != len(data):
        raise RemoteError("bytes are left over behind the RLP item")
    return item


def decode_first(data: bytes, *, max_depth: int = MAX_DEPTH, max_items: int = MAX_ITEMS) -> tuple[Item, int]:
    """Decode the first item of ``data``: (item, where it ends). Only where EIP-8 tolerates bytes behind it.

    :raises RemoteError: not canonical, too deep, too many items, or cut short.
    """
    is_list, body, end = header(data)
    if not is_list:
        return data[body:end], end
    items, _ = _decode_list(data, body, end, max_depth, max_items)
    return items, end


def _decode_list(data: bytes, start: int, end: int, depth: int, budget: int) -> tuple[list[Item], int]:
    """The items of a list, and how many more there may be."""
    if depth <= 0:
        raise RemoteError("RLP lists are nested too deeply")
    items: list[Item] = []
    while start < end:
        budget -= 1
        if budget < 0:
            raise RemoteError("RLP has too many items")
        is_list, body, start_of_next = header(data, start, end)
        if is_list:
            nested, budget = _decode_list(data, body, start_of_next, depth - 1, budget)
            items.append(nested)
        else:
            items.append(data[body:start_of_next])
        start = start_of_next
    return items, budget


def as_bytes(item: Item, size: int | None = None) -> bytes:
    """``item`` as a byte string, of exactly ``size`` bytes where given.

    :raises RemoteError: a list, or another size.
    """
    if isinstance(item, list):
        raise RemoteError("RLP list where a byte string was expected")
    if size is not None and len(item) != size:
        raise RemoteError(f"byte string of {len(item)} bytes where {size} were expected")
    return item


def as_int(item: Item, max_bytes: int = 8) -> int:
    """``item`` as an unsigned integer of at most ``max_bytes`` bytes.

    :raises RemoteError: a list, leading zeros, or too long.
    """
    data = as_bytes(item)
    if len(data) > max_bytes:
        raise RemoteError(f"integer of {len(data)} bytes where at most {max_bytes} fit")
    if data and data[0] == 0:
        raise RemoteError("integer has leading zeros")
    return int.from_bytes(data, "big")


def as_bool(item: Item) -> bool:
    """``item`` as a boolean: 0 or 1.

    :raises RemoteError: anything else.
    """
    value = as_int(item)
    if value > 1:
        raise RemoteError("boolean is neither 0 nor 1")
    return value == 1


def as_list(item: Item, size: int | None = None) -> list[Item]:
    """``item`` as a list, of exactly ``size`` elements where given.

    :raises RemoteError: a byte string, or another number of elements.
    """
    if not isinstance(item, list):
        raise RemoteError("RLP byte string where a list was expected")
    if size is not None and len(item) != size:
        raise RemoteError(f"list of {len(item)} items where {size} were expected")
    return item
