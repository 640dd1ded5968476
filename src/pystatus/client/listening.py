"""What happens on a client, as it is told: to handlers that are called, and to streams that are read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pystatus.arguments import checked
from pystatus.client.event_streams import EventsLost, EventStream
from pystatus.client.events import HistoryProgress
from pystatus.client.fetching import Fetching
from pystatus.client.handlers import check_handler, check_kind

T = TypeVar("T")


@checked
class Listening(Fetching):
    """What :class:`pystatus.Client` tells."""

    @property
    def cursor(self) -> int:
        """The place in the journal of the last event: what comes after it is ``events(after=client.cursor)``, also when
        a program was away meanwhile."""
        with self._access.reading() as session:
            return session.journal.newest

    def events(self, after: int | None = None) -> EventStream:
        """Everything that happens from this call on, until the client is closed. It may be called before the client is
        started, and read from then on. A reader that gives up waiting may read on later.

        :param after: begin with what came after this :attr:`EventStream.cursor`, though nobody was listening. Then the
            client has to be started.
        :raises LocalError: while iterating: the client was not started, or this is another event loop or thread.
        :raises StorageError: while iterating: the disk refused, and the client has stopped.
        :raises EventsLost: events after ``after`` are not kept any more; while iterating: more than
            :data:`MAX_QUEUED_EVENTS` were waiting to be read.
        """
        if after is None:
            return self._hub.stream(self._check_readable)
        with self._access.reading() as session:
            if not session.journal.reaches(after):
                raise EventsLost(
                    f"Not all events after {after} are kept: read chats and messages anew, and events from "
                    "client.cursor on."
                )
            return self._hub.stream(self._check_readable, after, session.journal.read(after, session.journal.newest))

    def _check_readable(self) -> None:
        """
        :raises LocalError: nothing would ever come: the client was not started, or in another event loop or thread.
        """
        if not self._life.is_closed:
            self._life.check_begun()
            self._life.check_here()

    def on(
        self, kind: type[T]
    ) -> Callable[[Callable[[T], Awaitable[None] | None]], Callable[[T], Awaitable[None] | None]]:
        """Decorator: call a function, plain or asynchronous, for each event of ``kind``. Closing the client stops it
        where it waits for something.

        :raises TypeError: nothing that happens is of this kind, or what is decorated cannot be called with one event.
        :raises LocalError: the client is closed; or it is :class:`HistoryProgress`, and no mailserver was given to
            :meth:`open`, nor what finds one.
        """
        self._life.check_not_closed()
        check_kind(kind)
        if kind is HistoryProgress:
            self._check_mailserver()

        def register(handler: Callable[[T], Awaitable[None] | None]) -> Callable[[T], Awaitable[None] | None]:
            self._life.check_not_closed()
            check_handler(kind, handler)
            self._hub.on(kind, handler)
            return handler

        return register
