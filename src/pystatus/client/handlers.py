"""Which handlers can be called at all: the others are refused where they are registered."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any

from pystatus.client import features as features_of_clients
from pystatus.client.events import Event
from pystatus.declarations import modules
from pystatus.messenger import events as events_of_messengers
from pystatus.messenger import features as features_of_messengers

PACKAGE = __name__.partition(".")[0]


def all_events() -> tuple[type[Event], ...]:
    """Every kind of event, by name. Every feature is loaded for it, as each declares its own."""
    for package in (features_of_messengers, features_of_clients):
        tuple(modules(package))
    return _declared()


def _declared() -> tuple[type[Event], ...]:
    """Those of ours that are loaded. Users may have declared some, which never happen."""
    declared = sorted(events_of_messengers.EVENTS.items())
    return tuple(kind for _, kind in declared if kind.__module__.partition(".")[0] == PACKAGE)


def check_kind(kind: Any) -> None:
    """
    :raises TypeError: not the class of an event, a base of one, or a union of such.
    """
    kinds = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    for one in kinds:
        if not isinstance(one, type) or not _happens(one):
            what = "a class" if isinstance(one, type) else f"not a class, but {type(one).__name__},"
            raise TypeError(
                f"kind of Client.on() is to be the class of an event, as in @client.on(MessageReceived). This is "
                f"{what} that no event is of. The events are: {', '.join(event.__name__ for event in all_events())}."
            )


def _happens(kind: type[Any]) -> bool:
    """Whether an event is of a class. Who names one has loaded it: all are loaded only for what is none of them."""
    return any(any(issubclass(event, kind) for event in events()) for events in (_declared, all_events))


def check_handler(kind: Any, handler: Any) -> None:
    """
    :param kind: that it is for, see :func:`check_kind`.
    :raises TypeError: it cannot be called with one event, does nothing when it is called, or says that it takes others.
    """
    if not callable(handler):
        raise TypeError(f"A handler is a function that takes an event, not {type(handler).__name__}.")
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise TypeError("A handler is called, not iterated: there is a yield in this one, so it would never run.")
    try:
        signature = _signature(handler)
    except (TypeError, ValueError):  # something built in, which does not say what it takes
        return
    try:
        bound = signature.bind(None)
    except TypeError as error:
        raise TypeError(f"A handler takes one argument, the event. This one cannot be called so: {error}.") from None
    annotation = signature.parameters[next(iter(bound.arguments))].annotation
    taken = _events_of(annotation)
    if taken and taken.isdisjoint(_events_of(kind)):
        names = " or ".join(sorted(event.__name__ for event in taken))
        raise TypeError(f"This handler takes {names}, as its annotation says: register it with @client.on of that.")


def _signature(handler: Any) -> inspect.Signature:
    try:
        return inspect.signature(handler, eval_str=True)
    except Exception:  # an annotation that only type checkers can read says nothing to us
        return inspect.signature(handler)


def _events_of(kind: Any) -> frozenset[type[Any]]:
    """The events that are of a class, or of one in a union; none for anything else."""
    kinds = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    classes = tuple(one for one in kinds if isinstance(one, type) and one is not inspect.Parameter.empty)
    return frozenset(event for event in _declared() if issubclass(event, classes))
