"""Values of classes whose arguments are checked (:mod:`pystatus.arguments`), made without that."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def unchecked(kind: type[T]) -> Callable[..., T]:
    """Makes values of a class whose arguments are checked, without that, of what we have made or checked ourselves: a
    chat costs as much to check as to read."""
    initialise = inspect.unwrap(vars(kind)["__init__"])

    def make(*arguments: Any, **named: Any) -> T:
        made = kind.__new__(kind)
        initialise(made, *arguments, **named)
        return made

    return make


def changed(record: T, **values: Any) -> T:
    """:func:`dataclasses.replace` of a record, without checks of its arguments; of one that has no such checks it takes
    half as long."""
    names, make = _parts(type(record))
    made: T = make(**({name: getattr(record, name) for name in names} | values))
    return made


_parts: Callable[[Any], tuple[Sequence[str], Callable[..., Any]]] = functools.cache(
    lambda kind: ([field.name for field in fields(kind)], unchecked(kind))
)
"""The names of the fields of a kind of record, and what makes such records."""
