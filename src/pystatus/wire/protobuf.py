"""Protobuf from strangers: one way to parse it, with a bound on how many objects a message may become."""

from __future__ import annotations

from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message

from pystatus.errors import RemoteError

MAX_FIELDS = 65_536
"""Fields of one message, nested ones included. The largest honest message, a data sync payload of 786 kB, has 33,000;
a mebibyte of empty fields would become half a million objects (A50)."""

_FEWEST_BYTES = 2
"""Of a field: its tag and its value, or its length."""
_MAX_VARINT = 10
_MAX_DEPTH = 100
"""At which protobuf itself refuses a message."""

M = TypeVar("M", bound=Message)


class NotProtobuf(RemoteError):
    """The bytes are no message of this type."""


def parse(wire: type[M], data: bytes) -> M:
    """The message ``wire`` read from ``data``. Unknown fields are ignored.

    :raises NotProtobuf: cut short, nested too deeply, or a text that is not UTF-8.
    :raises RemoteError: more than :data:`MAX_FIELDS` fields.
    """
    # What is shorter cannot have more of them, and nearly everything is shorter.
    if len(data) > _FEWEST_BYTES * MAX_FIELDS:
        _count(data, 0, len(data), wire.DESCRIPTOR, MAX_FIELDS, _MAX_DEPTH)
    try:
        return wire.FromString(data)
    except DecodeError as error:
        raise NotProtobuf(f"not a {wire.DESCRIPTOR.name}: {error}") from error


def _count(data: bytes, start: int, end: int, descriptor: Any, budget: int, depth: int) -> int:
    """What is left of the budget behind the fields between ``start`` and ``end``. Where they are malformed, counting
    ends: the parser will refuse them.

    :param descriptor: protobuf's own, of the message's type, in either implementation.
    :raises RemoteError: the budget is spent.
    """
    known = descriptor.fields_by_number
    while start < end and depth:
        budget -= 1
        if budget < 0:
            raise RemoteError(f"a {descriptor.name} of more than {MAX_FIELDS} fields")
        tag, start = _varint(data, start)
        wire_type = tag & 7
        if wire_type == 0:
            _, start = _varint(data, start)
        elif wire_type == 1:
            start += 8
        elif wire_type == 2:
            size, start = _varint(data, start)
            field = known.get(tag >> 3)
            if field is not None and field.message_type is not None:
                budget = _count(data, start, min(start + size, end), field.message_type, budget, depth - 1)
            start += size
        elif wire_type == 5:
            start += 4
        # The two others begin and end a group, whose fields come one by one.
    return budget


def _varint(data: bytes, start: int) -> tuple[int, int]:
    """The number at ``start`` and where it ends; cut short, it ends where the data does."""
    value = shift = 0
    for position in range(start, min(start + _MAX_VARINT, len(data))):
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position + 1
        shift += 7
    return 0, len(data)
