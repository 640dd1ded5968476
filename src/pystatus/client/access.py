"""The way of a user's calls to an open profile: they fail with a sentence where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pystatus.node.life import Life
from pystatus.storage.database import explained

if TYPE_CHECKING:
    from pystatus.client.session import Session
    from pystatus.storage.descriptions import Profile

T = TypeVar("T")
F = TypeVar("F")
"""The class of a feature."""


class Access:
    """Of one client."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._session: Session | None = None
        self.features: Mapping[str, Any] = {}
        """All of the client, by their names."""

    def give(self, session: Session | None) -> None:
        """There is a session from now on, or none because it could not begin. One that has ended stays: who it was and
        why it failed can be asked all the same."""
        self._session = session

    @property
    def known(self) -> Session | None:
        """The session, whether it can be used or not."""
        return self._session

    @property
    def session(self) -> Session:
        """The session, which may have ended.

        :raises LocalError: there was none yet.
        """
        if self._session is None:
            self._life.check()
        return cast("Session", self._session)

    @property
    def profile(self) -> Profile:
        """The profile that is open. Where another process has it open, an attached client stands in the place of this,
        and knows its files as well.

        :raises LocalError: there was no session yet.
        """
        return self.session.profile

    def feature(self, kind: type[F]) -> F:
        """Another feature of the client, for one that builds on it."""
        return cast(F, self.features[getattr(kind, "NAME", "")])

    @property
    def taking(self) -> Session:
        """The session, which takes inputs of the user.

        :raises LocalError: the client is not open.
        """
        session = self._session
        if session is None or session.inputs.failure is None:  # that says more than that the client is closed since
            self._life.check()
        return self.session

    def submit(self, command: Callable[[Session], T]) -> asyncio.Future[T]:
        """Queue an input of the user. The future is done when its transaction has committed.

        :raises LocalError: the client is not open.
        """
        session = self.taking
        return session.inputs.submit(lambda: command(session))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The database is read for the user.

        :raises LocalError: the client is not open.
        :raises StorageError: the database cannot be read.
        """
        self._life.check()
        with explained():
            yield self.session
