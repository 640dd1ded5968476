"""All features of one messenger, and which of them takes a payload."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, get_args

from pystatus.declarations import declared
from pystatus.messenger import features
from pystatus.messenger.features.feature import Core, Feature, Incoming
from pystatus.payloads.payload import Payload

AnyFeature = TypeVar("AnyFeature", bound=Feature[Any])


def by_payload(features: Iterable[Feature[Any]]) -> dict[type[Payload], Feature[Any]]:
    """The feature that takes each payload.

    :raises TypeError: two features take the same one.
    """
    taking: dict[type[Payload], Feature[Any]] = {}
    for feature in features:
        for payload in feature.PAYLOADS:
            if payload in taking:
                raise TypeError(f"{type(feature).__name__} takes what {type(taking[payload]).__name__} takes")
            taking[payload] = feature
    return taking


def tables_of(kind: type[Feature[Any]], core: Core) -> Any:
    """What storage keeps for a feature.

    :raises TypeError: it names a port, and nothing in storage is for it; or the other way round.
    """
    tables = core.store.tables(kind)
    (port,) = get_args(vars(kind)["__orig_bases__"][0])
    if (tables is None) != (port is type(None)):
        raise TypeError(f"{kind.__name__} wants {port.__name__} of storage, which has {type(tables).__name__} for it")
    return tables


class Features:
    """They live as long as the messenger is the same device."""

    def __init__(self, core: Core, now: float) -> None:
        kinds: Iterable[type[Feature[Any]]] = declared(features, Feature)
        self._all = {kind: kind(core, tables_of(kind, core), now) for kind in kinds}
        self._by_payload = by_payload(self._all.values())

    def of(self, kind: type[AnyFeature]) -> AnyFeature:
        """The one of this kind."""
        feature = self._all[kind]
        assert isinstance(feature, kind)
        return feature

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Give a payload to the feature that takes it; one that none takes is ignored.

        :raises RemoteError: it is refused.
        """
        feature = self._by_payload.get(type(payload))
        if feature is not None:
            feature.receive(payload, incoming)

    def started(self, now: float) -> None:
        """See :meth:`Feature.started`."""
        for feature in self._all.values():
            feature.started(now)

    def device_renewed(self, now: float) -> None:
        """See :meth:`Feature.device_renewed`."""
        for feature in self._all.values():
            feature.device_renewed(now)

    def next_timer(self) -> float | None:
        """See :meth:`Feature.next_timer`."""
        due = [feature.next_timer() for feature in self._all.values()]
        return min((time for time in due if time is not None), default=None)

    def on_timer(self, now: float) -> None:
        """See :meth:`Feature.on_timer`."""
        for feature in self._all.values():
            feature.on_timer(now)
