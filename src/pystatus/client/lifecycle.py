"""The life of a client: its profile is unlocked, used and closed again."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pystatus.client.access import Access
from pystatus.client.events import EventHub
from pystatus.errors import StatusError
from pystatus.log_texts import get_logger
from pystatus.net.clock import Clock
from pystatus.node.life import Life
from pystatus.storage.profiles import Profiles

if TYPE_CHECKING:
    from pystatus.client.session import Session
    from pystatus.client.settings import ClientSettings
    from pystatus.node import Node

log = get_logger(__name__)


class Lifecycle:
    """What :class:`pystatus.Client` is before anything is said."""

    def __init__(self, profiles: Profiles, profile: str, password: str, settings: ClientSettings, clock: Clock) -> None:
        from pystatus.node.timing import corrected  # who is attached to another process loads nothing of it

        self._profiles = profiles
        self._selector = profile
        self._password = password
        self._settings = settings
        self._clock = corrected(clock, settings.node.usable_time_servers)
        self._resources = ExitStack()
        self._hub = EventHub()
        self._life = Life("client", "async with client: …, or: await client.start()", "Client.open(…)")
        self._access = Access(self._life)
        self._changing = asyncio.Lock()
        """Held while the client is being started."""
        self._closed = asyncio.Event()
        self._watchers = 0
        """Calls of :meth:`run_forever` that wait: they get what the client stops of."""
        self._ended = asyncio.Event()
        self._closing: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<Client {self._selector!r}, {self._life.word}>"

    @property
    def now(self) -> float:
        """The time in Unix seconds, on the clock of this client: in a test that of the test."""
        return self._clock.now()

    @property
    def node(self) -> Node:
        """The node that connects this client to the network."""
        return self._access.session.node

    async def start(self) -> Self:
        """Unlock the profile and connect: what entering the client does, for where there is no block to enter, as in a
        notebook. Call :meth:`close` at the end. Returns the client.

        :raises UnknownProfile, WrongPassword, ProfileInUse, StorageError: with a sentence; nothing was changed.
        :raises LocalError: the port to listen on is in use; or the client was started, or closed, before.
        """
        self._life.begin()
        async with self._changing:
            try:
                await self._start()
            except BaseException:
                self._life.did_not_begin()
                raise
        self._password = ""
        return self

    async def _start(self) -> None:
        from pystatus.client.session import Session  # who is attached to another process loads nothing of it

        profile = self._profiles.find(self._selector)
        with ExitStack() as stack:
            unlocked = stack.enter_context(self._profiles.unlock(profile, self._password, now=self._clock.now()))
            session = Session(unlocked, self._settings, self._clock, self._hub, self._stop)
            self._access.give(session)
            stack.callback(session.finish)
            try:
                self._life.opened()
                await session.connect()
            except BaseException:
                self._access.give(None)
                raise
            self._resources = stack.pop_all()

    def _stop(self) -> None:
        self._closing = asyncio.ensure_future(self.close())

    async def __aenter__(self) -> Self:
        """See :meth:`start`."""
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if self._failure is not None and error is None:
            raise self._failure

    async def close(self) -> None:
        """Store what was asked for, give the relays that are connected what waits for them, say goodbye and close the
        database. Handlers that wait for something are stopped there; :meth:`events` still gives what came before.
        Closing again changes nothing, nor does closing a client that was never started.

        :raises LocalError: it was started in another event loop or thread: close it there.
        """
        if not self._ended.is_set():
            self._life.check_here()
        async with self._changing:
            if not self._closed.is_set():
                await self._close()
        await self._ended.wait()

    async def _close(self) -> None:
        session = self._access.known
        try:
            if session is not None and self._failure is None:
                await session.flush()
        finally:
            await self._end(session)

    async def _end(self, session: Session | None) -> None:
        if session is not None:
            session.finish()
        self._life.close(self._failure)
        if isinstance(self._failure, StatusError) and not (self._watchers or self._hub.is_read):
            log.error("the client has stopped: %s", self._failure)  # nobody waits who would get it
        self._closed.set()
        try:
            await (self._hub.close(None) if session is None else session.close())
        finally:
            self._resources.close()
            self._ended.set()

    @property
    def _failure(self) -> BaseException | None:
        """Why the client has stopped; ``None``: somebody closed it, or nobody has."""
        session = self._access.known
        return None if session is None else session.inputs.failure

    async def run_forever(self) -> None:
        """Wait until the client is closed, or fails. If it knows no relay, the log says so.

        :raises StorageError: the disk refused; the client has stopped.
        :raises LocalError: it was not started, or in another event loop or thread.
        """
        self._life.check_started()
        if not self._closed.is_set():
            self._life.check_here()
        config = self._settings.node
        can_connect = self._settings.inbox or config.peers or config.is_looking or config.listen
        if not self._life.is_closed and not can_connect:
            log.warning("no relay is named, so nothing is sent or received: Client.open(…, peers=[…])")
        self._watchers += 1
        try:
            await self._closed.wait()
        finally:
            self._watchers -= 1
        if self._failure is not None:
            raise self._failure
