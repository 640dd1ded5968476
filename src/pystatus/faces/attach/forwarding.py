"""Methods that ask another process, in the place of those of a client and its features.

They take the arguments of the originals, and check them likewise; they have their names and descriptions.
"""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Mapping, Set
from functools import wraps
from typing import Any, Protocol

from pystatus.arguments import checked
from pystatus.client import Client
from pystatus.client.features.feature import ClientFeature
from pystatus.errors import LocalError
from pystatus.json_values import Json
from pystatus.rpc.client_api.calls import HELD_BACK, KEPT_BACK, SIGNED_HERE, Call, calls


class Caller(Protocol):
    """What has the connection."""

    def call(self, call: Call, params: Mapping[str, Json]) -> Awaitable[Any]: ...

    def call_now(self, method: str, params: Mapping[str, Json]) -> Json: ...


def forward(client: type[Any], kept: Set[str]) -> Mapping[str, Callable[[Any], ClientFeature[Any]]]:
    """Let a subclass of :class:`Client`, which is a :class:`Caller`, forward every method and property.

    :param kept: those that are its own.
    :returns: what makes its features, by name, each for a client.
    """
    features: dict[type[Any], dict[str, Any]] = {}
    for call in calls().values():
        owner: type[Any] = Client if call.feature is None else call.feature
        if call.name in SIGNED_HERE:
            continue
        if call.feature is not None:
            features.setdefault(owner, {})[call.attribute] = _forwarded(call, lambda feature: feature._access)
        elif call.attribute not in kept:
            setattr(client, call.attribute, _forwarded(call, lambda client: client))
    for name, why in HELD_BACK.items():
        feature, _, attribute = name.partition(".")
        (kind,) = (kind for kind in features if feature == kind.NAME)
        features[kind][attribute] = _refused(attribute, why)
    return {kind.NAME: _feature(kind, methods) for kind, methods in features.items()}


def _refused(attribute: str, why: str) -> Any:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise LocalError(f"{attribute} cannot be asked of a profile that another process has open: {why}")

    return refuse


def _feature(kind: type[Any], methods: Mapping[str, Any]) -> type[Any]:
    """A subclass of a feature. Its client takes the place of what the feature has access to."""

    def init(self: Any, client: Any) -> None:
        self._access = client

    body = {"__init__": init, "__orig_bases__": kind.__dict__["__orig_bases__"], **methods}
    return types.new_class(kind.__name__, (kind,), exec_body=lambda space: space.update(body))


def _forwarded(call: Call, client_of: Callable[[Any], Caller]) -> Any:
    function = call.function

    def params(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Json]:
        given = dict(list(call.signature.bind(*args, **kwargs).arguments.items())[1:])
        converters = {one.name: one.converter for one in call.parameters}
        for name in given.keys() - converters.keys():
            if given.pop(name) is not None:
                raise LocalError(f"{name} cannot be given here: {KEPT_BACK[f'{call.attribute}.{name}']}.")
        return {name: converters[name].encode(value) for name, value in given.items()}

    @wraps(function)
    async def later(*args: Any, **kwargs: Any) -> Any:
        return await client_of(args[0]).call(call, params(args, kwargs))

    @wraps(function)
    def now(*args: Any, **kwargs: Any) -> Any:
        return call.result.decode(client_of(args[0]).call_now(call.name, params(args, kwargs)))

    if call.is_property:
        return property(now)
    return checked(later if call.is_async else now)
