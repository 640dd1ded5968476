"""Whether a value is the message of a journey in one of its forms.

The message changes its form on its way: bytes of a packet, an envelope, a payload, a record, an event. It is made
long, and so a form is known by its size: text or bytes of at least ``least``, or a value (a dataclass, an envelope, a
tuple, a function that was made to be called later) that holds such. A value that is returned by a function that was
given a form is a form as well: a request that was decoded from the bytes is shorter than they are.

Objects that live longer than a message (the relay, the pool, a connection) are no forms, whatever they hold.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from itertools import islice
from types import FunctionType

DEPTH = 3
"""Values in values that are looked into: an effect holds an event, which holds a message, which holds a text."""
WIDTH = 20
"""Items of a sequence that are looked at."""


class Forms:
    """The forms of one message."""

    def __init__(self, least: int) -> None:
        """
        :param least: bytes or characters of the shortest form that is known by its size.
        """
        self._least = least
        self._made: dict[int, object] = {}
        """Values that functions made of a form, by identity; kept, so that no identity comes twice."""

    def forget(self) -> None:
        """A new journey begins."""
        self._made.clear()

    def made(self, value: object) -> None:
        """A function that was given a form returned this."""
        if is_value(value):
            self._made[id(value)] = value

    def includes(self, value: object, depth: int = 0) -> bool:
        """Whether this is the message in one of its forms."""
        if isinstance(value, bytes | bytearray | memoryview | str):
            return len(value) >= self._least
        if id(value) in self._made:
            return True
        if type(value).__module__.endswith("_pb2"):
            return bool(value.ByteSize() >= self._least)  # type: ignore[attr-defined]  # a message of protobuf
        return depth < DEPTH and any(self.includes(part, depth + 1) for part in parts(value))

    def is_of(self, owner: object) -> bool:
        """Whether a method of the message itself is called."""
        return is_value(owner) and (id(owner) in self._made or any(self.includes(part, DEPTH) for part in parts(owner)))


def is_ours(value: object) -> bool:
    return type(value).__module__.startswith("pystatus.")


def is_envelope(value: object) -> bool:
    return type(value).__name__ == "Envelope" and is_ours(value)


def is_value(value: object) -> bool:
    """Whether it is made once and never changed."""
    return (isinstance(value, tuple) and bool(value)) or (
        is_ours(value) and (hasattr(type(value), "__dataclass_params__") or is_envelope(value))
    )


def parts(value: object) -> Iterable[object]:
    """What a value holds."""
    if isinstance(value, tuple | list):
        return value[:WIDTH]
    if isinstance(value, dict):
        return islice(value.values(), WIDTH)
    if isinstance(value, functools.partial):
        return (*value.args, *value.keywords.values())
    if isinstance(value, FunctionType):
        return _captured(value)
    if is_value(value):
        return _fields(value)
    return ()


def _captured(function: FunctionType) -> Iterator[object]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a name that the function around it has not bound yet
            continue


def _fields(value: object) -> Iterator[object]:
    yield from getattr(value, "__dict__", {}).values()
    for kind in type(value).__mro__:
        for slot in getattr(kind, "__slots__", ()):
            if hasattr(value, slot):
                yield getattr(value, slot)
