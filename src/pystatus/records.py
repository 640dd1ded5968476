"""Dataclasses that are never changed, in a third of the memory.

The standard library writes six methods for each frozen dataclass, and compiles each of them by itself. Here all such
classes share five of the six, which look up the fields of the class when they are called: only ``__init__`` is written
for each. There are some five hundred of them in a client, and each is 8 kB smaller and made twice as fast. In all else
they are dataclasses: what :mod:`dataclasses` offers works on them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeAlias

Values: TypeAlias = Callable[[Any], tuple[Any, ...]]
"""What a record is told from others by."""

if TYPE_CHECKING:  # for type checkers it is what it is called
    from dataclasses import dataclass as dataclass
else:

    def dataclass(made=None, /, *, frozen=False, order=False, eq=True, repr=True, **others):  # noqa: A002 - as there
        """See :func:`dataclasses.dataclass`, which makes the class if it may be changed or has an order."""

        def decorate(kind):
            if order or not frozen:
                return dataclasses.dataclass(kind, frozen=frozen, order=order, eq=eq, repr=repr, **others)
            written = vars(kind)
            shared = {"__setattr__": _keep, "__delattr__": _keep}
            if repr and "__repr__" not in written:
                shared["__repr__"] = _text
            if eq and "__eq__" not in written:
                shared["__eq__"] = _equal
            if eq and written.get("__hash__") is None:
                shared["__hash__"] = _hash
            made = dataclasses.dataclass(kind, frozen=True, eq=False, repr=False, **others)
            for name, method in shared.items():
                setattr(made, name, method)
            return made

        return decorate if made is None else decorate(made)


def _keep(record: Any, name: str, *_value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot change field {name!r}")


@recursive_repr()
def _text(record: Any) -> str:
    shown = (f"{each.name}={getattr(record, each.name)!r}" for each in dataclasses.fields(record) if each.repr)
    return f"{type(record).__qualname__}({', '.join(shown)})"


def _equal(record: Any, other: object) -> Any:
    if type(other) is not type(record):
        return NotImplemented
    values = _compared(type(record))
    return values(record) == values(other)


def _hash(record: Any) -> int:
    return hash(_hashed(type(record))(record))


def _compared_by(kind: Any) -> Values:
    return _values([each.name for each in dataclasses.fields(kind) if each.compare])


def _hashed_by(kind: Any) -> Values:
    fields = dataclasses.fields(kind)
    return _values([each.name for each in fields if (each.compare if each.hash is None else each.hash)])


def _values(names: list[str]) -> Values:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


_compared: Callable[[Any], Values] = cache(_compared_by)
_hashed: Callable[[Any], Values] = cache(_hashed_by)
