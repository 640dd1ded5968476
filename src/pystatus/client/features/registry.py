"""All that a client offers of features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from pystatus.client import features
from pystatus.client.features.feature import ClientFeature
from pystatus.declarations import declared_in, modules, names

_NO_FEATURES = ("feature", "registry")
"""Modules beside those of features."""


def feature_names() -> Sequence[str]:
    """The attributes of a client that are features: the names of the modules of this package. Each is loaded when it is
    asked for."""
    return [name for name in names(features) if name not in _NO_FEATURES]


def client_feature(name: str) -> type[ClientFeature[Any]]:
    """The one of :func:`feature_names`."""
    (kind,) = (kind for kind in declared_in(import_module(f"{features.__name__}.{name}"), ClientFeature))
    assert name == kind.NAME, f"{kind.__name__} is to be {name}, as its module is"
    return kind


def client_features() -> Sequence[type[ClientFeature[Any]]]:
    """All of them, each loaded."""
    return tuple(map(client_feature, feature_names()))


def check_kind(kind: Any) -> None:
    """The others are loaded only to be named.

    :raises TypeError: not the class of a feature.
    """
    name = getattr(kind, "NAME", "")
    if name not in feature_names() or kind is not client_feature(name):
        names = ", ".join(one.__name__ for one in client_features())
        raise TypeError(f"kind of Client.feature() is to be the class of a feature. They are: {names}.")


def check(kinds: Iterable[type[ClientFeature[Any]]], client: type[Any]) -> None:
    """
    :raises TypeError: two of them have one name, are of one feature, or have the name of something else that a
        ``client`` has.
    """
    owners: dict[object, type[ClientFeature[Any]]] = {}
    for kind in kinds:
        if not kind.NAME.isidentifier() or kind.NAME.startswith("_") or hasattr(client, kind.NAME):
            raise TypeError(f"{kind.__name__} cannot be the attribute {kind.NAME} of {client.__name__}")
        for claim in (kind.NAME, kind.FEATURE):
            if claim in owners:
                what = claim if isinstance(claim, str) else kind.FEATURE.__name__
                raise TypeError(f"{kind.__name__} is {what} of a client, as {owners[claim].__name__} is")
            owners[claim] = kind


@cache
def exported() -> Mapping[str, Any]:
    """What can be imported from :mod:`pystatus` of features: what stands in the ``__all__`` of their modules.

    :raises TypeError: two modules mean different things by one name.
    """
    found: dict[str, Any] = {}
    for module in modules(features):
        for name in getattr(module, "__all__", ()):
            if found.setdefault(name, getattr(module, name)) is not getattr(module, name):
                raise TypeError(f"{module.__name__} exports another {name} than a module before it")
    return found
