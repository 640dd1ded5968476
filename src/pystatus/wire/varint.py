"""Unsigned varints (LEB128), the integers of Snappy, multicodec and protobuf."""

from pystatus.errors import LocalError, RemoteError


def encode(value: int) -> bytes:
    """The varint of an unsigned integer.

    :raises LocalError: a negative integer.
    """
    if value < 0:
        raise LocalError("A varint holds no negative integer.")
    if value < 0x80:
        return bytes((value,))
    output = bytearray()
    while value >= 0x80:
        output.append(value & 0x7F | 0x80)
        value >>= 7
    output.append(value)
    return bytes(output)


def decode(data: bytes, max_bytes: int) -> tuple[int, int]:
    """Read a varint of at most ``max_bytes`` bytes from the start of ``data``: (value, bytes read).

    :raises RemoteError: cut short, longer than ``max_bytes``, or not the shortest form.
    """
    value = 0
    for index, byte in enumerate(data[:max_bytes]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            if byte == 0 and index > 0:
                raise RemoteError("varint is not minimal")
            return value, index + 1
    raise RemoteError("varint does not end")
