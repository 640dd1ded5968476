"""Events that wait for one reader, bounded in count and bytes; those that came before are read from the journal."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterable

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.events import Event, MessageReceived
from pystatus.messenger.journal import EventsLost as EventsLost
from pystatus.messenger.records import Message

MAX_QUEUED_EVENTS = 100_000
"""Events that wait for the reader of a stream before it is told that it is too slow: some 50 MB."""
MAX_QUEUED_BYTES = 64 << 20
"""Bytes of them, as :func:`weight` counts them."""
EVENT_BYTES = 500
"""About what an event takes that is about no message."""
MESSAGE_BYTES = 1_300
"""About what one takes that brings a message, with its chat and its author, without what the message says."""


def weight(event: Event) -> int:
    """About how many bytes an event takes. Anybody can write what is in a message, in the news of a group, or with a
    request."""
    if isinstance(event, MessageReceived):
        return _weight_of(event.message)
    return EVENT_BYTES + _weight_of(event)


def _weight_of(value: object) -> int:
    """What others choose the size of: texts, contents and lists, wherever they are in a value."""
    match value:
        case Message():
            return MESSAGE_BYTES + len(value.payload) + 4 * len(value.text)
        case str():
            return 4 * len(value)
        case bytes():
            return len(value)
        case tuple() | list() | frozenset():
            return sum(map(_weight_of, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, PublicKey):
        return sum(_weight_of(getattr(value, field.name)) for field in dataclasses.fields(value))
    return 0


class EventStream(AsyncIterator[Event]):
    """What waits for one reader. No generator: that would be at its end when a reader gives up waiting, as with a
    timeout, and say nothing of it."""

    def __init__(
        self,
        end: Callable[[EventStream], BaseException],
        check: Callable[[], None] | None,
        cursor: int = 0,
        past: Iterable[tuple[int, Event]] = (),
    ) -> None:
        """
        :param end: called when there is nothing more; what it returns is raised.
        :param check: called for each event; what it raises is for the reader.
        :param cursor: of the last event that is not to come any more.
        :param past: what came since, read as it is asked for.
        """
        self.cursor = cursor
        """The place in the journal of what was read last: with it, ``events(after=…)`` reads on there, also in another
        process. What is of this moment alone, as a relay that is connected, has no place of its own."""
        self.is_stored = False
        """Whether the event that was read last is in the journal, at :attr:`cursor`."""
        self.is_read = False
        self._events: asyncio.Queue[tuple[int, Event] | None] = asyncio.Queue(MAX_QUEUED_EVENTS)
        self._past = iter(past)
        self._end = end
        self._check = check
        self._bytes = 0

    def put(self, event: Event, cursor: int) -> bool:
        """Whether there was room."""
        if self._events.full() or self._bytes + weight(event) > MAX_QUEUED_BYTES:
            return False
        self._events.put_nowait((cursor, event))
        self._bytes += weight(event)
        return True

    async def __anext__(self) -> Event:
        if self._check is not None:
            self._check()
        self.is_read = True
        past = self.next_past()
        if past is not None:
            return past
        while True:
            event = self._taken(await self._events.get())
            if event is not None:
                return event

    def next_ready(self) -> Event | None:
        """The next event, if it can be had without waiting; None: it cannot, or there is nothing more."""
        past = self.next_past()
        while past is None and not self._events.empty():
            given = self._events.get_nowait()
            if given is None:
                self._events.put_nowait(None)
                return None
            past = self._taken(given)
        return past

    def _taken(self, given: tuple[int, Event] | None) -> Event | None:
        """An event that came; None: it was among the past ones."""
        if given is None:
            self._events.put_nowait(None)  # for another reader, or if this one asks again
            raise self._end(self)
        cursor, event = given
        self._bytes -= weight(event)
        self.is_stored = cursor > 0
        if self.is_stored and cursor <= self.cursor:
            return None
        self.cursor = max(self.cursor, cursor)
        return event

    def next_past(self) -> Event | None:
        """The next event of those that came before the stream was asked for; None: all were read, or none was asked
        for."""
        for cursor, event in self._past:
            self.cursor, self.is_stored = cursor, True
            return event
        return None

    def end(self) -> None:
        """Let the reader stop after what is there; a full queue gives up its last event for that."""
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(None)
