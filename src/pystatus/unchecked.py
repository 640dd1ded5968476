"""Values of classes whose arguments are checked (:mod:`pystatus.arguments`), made without that."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
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
    """:func:`dataclasses.replace` of a record whose arguments are checked, without that."""
    kind = type(record)
    for name in kind.__dataclass_fields__:  # type: ignore[attr-defined]  # it is a dataclass
        if name not in values:
            values[name] = getattr(record, name)
    made: T = _maker(kind)(**values)
    return made


_maker: Callable[[Any], Callable[..., Any]] = functools.cache(unchecked)
