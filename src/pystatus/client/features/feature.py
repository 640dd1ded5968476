"""The base of what a client offers of a feature."""

from __future__ import annotations

import asyncio
import typing
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pystatus.arguments import checked
from pystatus.client.access import Access
from pystatus.client.chats import find_chat
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.records import Chat

T = TypeVar("T")
OfMessenger = TypeVar("OfMessenger", bound=Feature[Any])
"""The feature of the messenger."""


@checked
class ClientFeature(Generic[OfMessenger]):
    """The methods of one feature, on one client. The arguments of public methods are checked against their annotations.

    A subclass names the feature of the messenger between the brackets: ``class Groups(ClientFeature[GroupsFeature])``.
    """

    NAME: ClassVar[str]
    """The attribute of a client that it is."""
    FEATURE: ClassVar[type[Feature[Any]]]
    """What stands between the brackets."""
    LATE: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Names in annotations of its methods that are imported for type checkers only, with their modules: loaded when a
    method is called that takes or gives them."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        (base,) = (one for one in cls.__dict__["__orig_bases__"] if typing.get_origin(one) is ClientFeature)
        (cls.FEATURE,) = typing.get_args(base)
        checked(cls, late=cls.LATE)

    def __init__(self, access: Access) -> None:
        self._access = access

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of a client>"

    def _do(self, command: Callable[[OfMessenger, float], T]) -> asyncio.Future[T]:
        """Let the feature do something, with the time (Unix seconds); the future is done when that is stored.

        :raises LocalError: the client is not open.
        """
        return self._access.submit(lambda session: command(session.messenger.feature(self._feature), session.now))

    def _read(self, question: Callable[[OfMessenger], T]) -> T:
        """What the feature knows.

        :raises LocalError: the client is not open.
        """
        with self._access.reading() as session:
            return question(session.messenger.feature(self._feature))

    def _find_chat(self, chat: Chat | str) -> Chat:
        """See :meth:`pystatus.Client.find_chat`."""
        with self._access.reading() as session:
            return find_chat(session.store, chat)

    @property
    def _feature(self) -> type[OfMessenger]:
        return typing.cast(type[OfMessenger], self.FEATURE)


class NamedFeature(ClientFeature[Feature[Any]]):
    """A feature that was asked for by its name. Type checkers do not know which one it is: they take any attribute of
    it, and do not let it be called. They know what :meth:`pystatus.Client.feature` returns."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
