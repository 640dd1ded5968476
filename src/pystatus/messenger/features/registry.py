"""All features of one messenger, and which of them takes a payload."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast, get_args

from pystatus.declarations import declared
from pystatus.messenger import features
from pystatus.messenger.dispatch import ChatCarrier, PayloadTaker
from pystatus.messenger.features.feature import Core, Feature
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.payload import Payload

AnyFeature = TypeVar("AnyFeature", bound=Feature[Any])


def by_payload(features: Iterable[Feature[Any]]) -> dict[type[Payload], PayloadTaker]:
    """The feature that takes each payload.

    :raises TypeError: two features take the same one.
    """
    taking: dict[type[Payload], PayloadTaker] = {}
    for feature in features:
        for payload in feature.PAYLOADS:
            if payload in taking:
                raise TypeError(f"{type(feature).__name__} takes what {type(taking[payload]).__name__} takes")
            taking[payload] = feature
    return taking


def by_chat_kind(features: Iterable[Feature[Any]]) -> dict[ChatKind, ChatCarrier]:
    """The feature that carries what is said in each kind of chat.

    :raises TypeError: two features carry the same kind, or one has not all that a carrier has.
    """
    carrying: dict[ChatKind, ChatCarrier] = {}
    for feature in features:
        if feature.CARRIES is None:
            continue
        if feature.CARRIES in carrying:
            other = type(carrying[feature.CARRIES]).__name__
            raise TypeError(f"{type(feature).__name__} carries chats of the kind that {other} carries")
        _check(feature, ChatCarrier)
        carrying[feature.CARRIES] = cast(ChatCarrier, feature)
    return carrying


def _check(thing: Any, port: type[Any]) -> None:
    """What is found by itself was seen by no type checker: it has the methods of its port, or nothing starts.

    :raises TypeError: it lacks some.
    """
    wanted = {name for kind in port.__mro__[:-1] for name in vars(kind) if not name.startswith("_")}
    lacking = sorted(name for name in wanted if not hasattr(thing, name))
    if lacking:
        raise TypeError(f"{type(thing).__name__} is to be a {port.__name__} and has no {', '.join(lacking)}")


def tables_of(kind: type[Feature[Any]], core: Core) -> Any:
    """What storage keeps for a feature.

    :raises TypeError: it names a port, and nothing in storage is for it; or the other way round; or what is lacks some
        of the port's methods.
    """
    tables = core.store.tables(kind)
    (port,) = get_args(vars(kind)["__orig_bases__"][0])
    if (tables is None) != (port is type(None)):
        raise TypeError(f"{kind.__name__} wants {port.__name__} of storage, which has {type(tables).__name__} for it")
    if tables is not None:
        _check(tables, port)
    return tables


class Features:
    """They live as long as the messenger is the same device."""

    def __init__(self, core: Core, now: float) -> None:
        kinds: Iterable[type[Feature[Any]]] = declared(features, Feature)
        self._all = {kind: kind(core, tables_of(kind, core), now) for kind in kinds}
        core.dispatch.fill(by_payload(self._all.values()), by_chat_kind(self._all.values()), tuple(self._all.values()))

    def of(self, kind: type[AnyFeature]) -> AnyFeature:
        """The one of this kind."""
        feature = self._all[kind]
        assert isinstance(feature, kind)
        return feature

    def started(self, now: float) -> None:
        """See :meth:`Feature.started`."""
        for feature in self._all.values():
            feature.started(now)

    def relays_changed(self, connected: bool, now: float) -> None:
        """See :meth:`Feature.relays_changed`."""
        for feature in self._all.values():
            feature.relays_changed(connected, now)

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

    def next_flush(self) -> float | None:
        """See :meth:`Feature.next_flush`."""
        due = [feature.next_flush() for feature in self._all.values()]
        return min((time for time in due if time is not None), default=None)

    def flush(self, now: float) -> None:
        """See :meth:`Feature.flush`."""
        for feature in self._all.values():
            feature.flush(now)
