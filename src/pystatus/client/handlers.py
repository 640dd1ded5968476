"""Which handlers can be called at all: the others are refused where they are registered."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any

from pystatus.client.events import Event

EVENTS: tuple[type[Any], ...] = tuple(sorted(typing.get_args(Event), key=lambda event: event.__name__))
"""Every kind of event, by name."""


def check_kind(kind: Any) -> None:
    """
    :raises TypeError: not the class of an event, a base of one, or a union of such.
    """
    kinds = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    for one in kinds:
        if not isinstance(one, type) or not any(issubclass(event, one) for event in EVENTS):
            what = "a class" if isinstance(one, type) else f"not a class, but {type(one).__name__},"
            raise TypeError(
                f"kind of Client.on() is to be the class of an event, as in @client.on(MessageReceived). This is "
                f"{what} that no event is of. The events are: {', '.join(event.__name__ for event in EVENTS)}."
            )


def check_handler(handler: Any) -> None:
    """
    :raises TypeError: it cannot be called with one event, or does nothing when it is called.
    """
    if not callable(handler):
        raise TypeError(f"A handler is a function that takes an event, not {type(handler).__name__}.")
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise TypeError("A handler is called, not iterated: there is a yield in this one, so it would never run.")
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):  # something built in, which does not say what it takes
        return
    try:
        signature.bind(None)
    except TypeError as error:
        raise TypeError(f"A handler takes one argument, the event. This one cannot be called so: {error}.") from None
