"""Protobuf from strangers: one way to parse it, with a bound on how many objects a message may become."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message

from pystatus.errors import RemoteError

MAX_FIELDS = 65_536
"""Fields of one message, nested ones included. The largest honest message, a data sync payload of 786 kB, has 33,000;
a mebibyte of empty fields would become half a million objects (A50)."""

_FEWEST_BYTES = 2
"""Of a field: its tag and its value, or its length."""
_MAX_VARINT = 10
_LAST_OF_VARINT = 0x7F
"""The highest byte that ends a number; in a higher one the upper bit says that another byte follows."""
_MAX_DEPTH = 100
"""At which protobuf itself refuses a message."""

M = TypeVar("M", bound=Message)


class NotProtobuf(RemoteError):
    """The bytes are no message of this type."""


def parse(wire: type[M], data: bytes, most: int = MAX_FIELDS) -> M:
    """The message ``wire`` read from ``data``. Unknown fields are ignored.

    :param most: fields that it may have.
    :raises NotProtobuf: cut short, nested too deeply, or a text that is not UTF-8.
    :raises RemoteError: more than ``most`` fields.
    """
    # What is shorter cannot have more of them, and nearly everything is shorter.
    if len(data) > _FEWEST_BYTES * most and _count(data, 0, len(data), _nested(wire.DESCRIPTOR), most, _MAX_DEPTH) < 0:
        raise RemoteError(f"a {wire.DESCRIPTOR.name} of more than {most} fields")
    try:
        return wire.FromString(data)
    except DecodeError as error:
        raise NotProtobuf(f"not a {wire.DESCRIPTOR.name}: {error}") from error


@cache
def _nested(descriptor: Any) -> Mapping[int, Any]:
    """The types of a message's fields that hold messages, by the fields' numbers.

    :param descriptor: protobuf's own, of the message's type, in either implementation.
    """
    return {field.number: field.message_type for field in descriptor.fields if field.message_type is not None}


def _count(data: bytes, start: int, end: int, nested: Mapping[int, Any], budget: int, depth: int) -> int:
    """What is left of the budget behind the fields between ``start`` and ``end``, negative when it was too little.
    Where they are malformed, counting ends: the parser will refuse them."""
    while start < end and depth:
        budget -= 1
        if budget < 0:
            break
        # Numbers of one byte are read here, as most are, and the tags of data sync, of three: a call for each would
        # take as long as all else.
        tag = data[start]
        start += 1
        if tag > _LAST_OF_VARINT:
            if start + 1 < end and data[start] > _LAST_OF_VARINT >= data[start + 1]:
                tag = tag & _LAST_OF_VARINT | (data[start] & _LAST_OF_VARINT) << 7 | data[start + 1] << 14
                start += 2
            else:
                tag, start = _varint(data, start - 1)
        wire_type = tag & 7
        if wire_type == 2:
            size = data[start] if start < end else 0
            start += 1
            if size > _LAST_OF_VARINT:
                size, start = _varint(data, start - 1)
            if tag >> 3 in nested:
                inner = _nested(nested[tag >> 3])
                budget = _count(data, start, min(start + size, end), inner, budget, depth - 1)
            start += size
        elif wire_type == 0:
            start += 1
            if start <= end and data[start - 1] > _LAST_OF_VARINT:
                _, start = _varint(data, start - 1)
        elif wire_type == 1:
            start += 8
        elif wire_type == 5:
            start += 4
        # The two others begin and end a group, whose fields come one by one.
    return budget


def _varint(data: bytes, start: int) -> tuple[int, int]:
    """The number at ``start`` and where it ends; cut short, it ends where the data does."""
    value = shift = 0
    for position in range(start, min(start + _MAX_VARINT, len(data))):
        byte = data[position]
        value |= (byte & _LAST_OF_VARINT) << shift
        if byte <= _LAST_OF_VARINT:
            return value, position + 1
        shift += 7
    return 0, len(data)
