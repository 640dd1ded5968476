"""Typed values to protobuf and back, once for every payload.

A payload class is a frozen dataclass whose fields carry the protobuf's field names, so one routine serves them all.
Fields this version does not know are ignored (6/PAYLOADS, accretion rule: never an error); so is a known field number
with another wire type, as the reference does. Enumerations are open: an unknown number stays an ``int``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar, Self

from google.protobuf.message import Message

from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.wire.protobuf import parse

MAX_REPEATED = 4_096
"""Entries of one repeated field. Ours: a mebibyte of empty entries would otherwise become half a million objects; the
largest honest list is the event history of a group, a few hundred long."""
MAX_ENTRIES = 64
"""Entries of one list of messages that anybody may send. Ours: an empty entry takes two bytes, and some microseconds
until it is a value, so an envelope with 4,096 in each of its payloads would take seconds. An honest list has one for
each device and push server."""


_SCALARS = (int, str, bytes)
"""What fields hold beside messages and lists."""


_names: Callable[[Any], Sequence[str]] = cache(lambda kind: tuple(field.name for field in fields(kind)))
"""The names of the fields of a payload class."""
_alternatives: Callable[[Any], Sequence[Sequence[str]]] = cache(
    lambda wire: [[field.name for field in group.fields] for group in wire.DESCRIPTOR.oneofs]
)
"""The names in each group of fields of which a message of a protobuf class carries one."""


@dataclass(frozen=True, slots=True)
class WirePayload:
    """Base of every payload: :meth:`encode` and :meth:`decode` from the fields of the subclass.

    Implements: PL-19
    """

    WIRE: ClassVar[type[Message]]
    NESTED: ClassVar[Mapping[str, type[WirePayload]]] = {}
    """The payload class of each field that holds a message or a list of messages."""
    MOST_ENTRIES: ClassVar[int] = MAX_ENTRIES
    """Of each such list. More only where :data:`~pystatus.payloads.payload.Author` is ourselves."""

    def encode(self) -> bytes:
        """The protobuf bytes, the same for the same value on every run.

        :raises LocalError: a number out of its range, a text that is not Unicode, a value of the wrong type, or several
            values of which a message carries one.
        """
        return self._to_wire().SerializeToString()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """
        :raises RemoteError: not this protobuf, or a list of more entries than ``MAX_REPEATED``, or of messages than
            ``MOST_ENTRIES``.
        """
        return cls._from_wire(parse(cls.WIRE, data))

    def _to_wire(self) -> Message:
        values: dict[str, Any] = {}
        for name in _names(type(self)):
            value = getattr(self, name)
            if isinstance(value, WirePayload):
                value = value._to_wire()
            elif name in self.NESTED and value is not None:
                value = [entry._to_wire() for entry in value]
            values[name] = value
        for group in _alternatives(self.WIRE):  # protobuf would keep the last of them, and say nothing
            if sum(values.get(name) is not None for name in group) > 1:
                raise LocalError(f"A {self.WIRE.DESCRIPTOR.name} carries one {' or '.join(group)}.")
        try:
            return self.WIRE(**values)
        except (ValueError, TypeError) as error:
            raise LocalError(f"This cannot be sent as a {self.WIRE.DESCRIPTOR.name}: {error}.") from error

    @classmethod
    def _from_wire(cls, message: Message) -> Self:
        """Its fields that are not empty: an empty one is the default of a payload class, too."""
        values: dict[str, Any] = {}
        for field, value in message.ListFields():
            name = field.name
            values[name] = value if isinstance(value, _SCALARS) else cls._from_field(name, value)
        return cls(**values)

    @classmethod
    def _from_field(cls, name: str, value: Any) -> Any:
        """What a field holds that is a message or a list."""
        if isinstance(value, Message):
            return cls.NESTED[name]._from_wire(value)
        nested = cls.NESTED.get(name)
        if len(value) > (cls.MOST_ENTRIES if nested else MAX_REPEATED):
            raise RemoteError(f"{len(value)} entries in {name} of a {cls.WIRE.DESCRIPTOR.name}")
        return tuple(nested._from_wire(entry) for entry in value) if nested else tuple(value)
