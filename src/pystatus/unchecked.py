"""Values of classes whose arguments are checked (:mod:`pystatus.arguments`), made without that."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
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
    """:func:`dataclasses.replace` of a record, without checks of its arguments; of one without such checks it takes
    half as long."""
    names, read, make = _parts(type(record))
    made: T = make(**(dict(zip(names, read(record), strict=True)) | values))
    return made


@functools.cache
def _parts(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], Callable[..., Any]]:
    """The names of the fields of a record, what reads them, and what makes such a record of them."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names), unchecked(kind)
