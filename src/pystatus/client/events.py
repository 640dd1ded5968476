"""The events of a client, and how they reach its user: handlers that are called, streams that are read."""

from __future__ import annotations

import asyncio
import dataclasses
import inspect
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, TypeAlias
from weakref import WeakSet

from pystatus.arguments import checked
from pystatus.client.answering import AnswerRefused, answered
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.events import Event as Event
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.records import Message
from pystatus.outage import Outage
from pystatus.waku.relay.clock_judgement import ClockJudgement

log = get_logger(__name__)

MAX_QUEUED_EVENTS = 100_000
"""Events that wait for the reader of a stream before it is told that it is too slow: some 50 MB."""
MAX_QUEUED_BYTES = 64 << 20
"""Bytes of them, as :func:`weight` counts them."""
MAX_HANDLING = 10_000
"""Calls of handlers that have not come to their end, some 20 MB. Of what happens meanwhile handlers are not told."""
EVENT_BYTES = 500
"""About what an event takes that is about no message."""
MESSAGE_BYTES = 1_300
"""About what one takes that brings a message, with its chat and its author, without what the message says."""

_NOT_THEIRS = ("pystatus", "asyncio")
"""Packages whose frames are none of the user's program."""

Handler: TypeAlias = Callable[[Any], Awaitable[None] | None]


@checked
@dataclass(frozen=True, slots=True)
class PeerDialled(Event):
    """A relay or a mailserver is being dialled. :class:`PeerConnected` or :class:`PeerUnreachable` follows."""

    node_id: str
    """128 hex digits, as in an enode URL."""
    address: str
    """``host:port``."""


@checked
@dataclass(frozen=True, slots=True)
class PeerUnreachable(Event):
    """An attempt to connect to a relay or a mailserver came to nothing. The client tries again by itself: after a
    second, later less and less often."""

    node_id: str
    address: str
    reason: str
    """Why, in words without a full stop: "Connection refused". Some of them may be the other end's."""


@checked
@dataclass(frozen=True, slots=True)
class PeerConnected(Event):
    """A relay is connected and exchanges envelopes with us. ``node_id`` is 128 hex digits, as in an enode URL."""

    node_id: str


@checked
@dataclass(frozen=True, slots=True)
class PeerDisconnected(Event):
    """A relay went away; the client reconnects by itself."""

    node_id: str
    reason: str


@checked
@dataclass(frozen=True, slots=True)
class DiscoveryStarted(Event):
    """Relays or mailservers are missing, and are looked for."""

    topics: tuple[str, ...]
    """What is searched: ``whisper`` are relays, ``whispermail`` mailservers."""


@checked
@dataclass(frozen=True, slots=True)
class DiscoveryStopped(Event):
    """Nobody is looked for any more, until one is missing or a pause is over."""

    satisfied: bool
    """Whether there are enough; else the search pauses, and goes on by itself."""


@checked
@dataclass(frozen=True, slots=True)
class HistoryProgress(Event):
    """How far the fetching of history from mailservers is; told after every page, and when something stands in its way.
    Nothing is missing when ``missing`` and ``lacking`` are 0: then all that mailservers say they have of our topics was
    received. What one mailserver alone has answered is asked for of a second one, and once more a day later."""

    missing: int
    """Seconds of history that no mailserver has answered yet and one may have, of all topics together."""
    total: int
    """The same when this look began."""
    envelopes: int
    """That came since then, known ones included."""
    problem: str | None = None
    """Why it does not go on at present, as a sentence. It goes on by itself."""
    lacking: int = 0
    """Seconds of history that every mailserver says it lacks, of all topics together. They are asked for again."""


@checked
@dataclass(frozen=True, slots=True)
class ClockSuspected(Event):
    """Relays refuse what we send because of its time, or all that they bring is of another time: most likely the clock
    of this machine is wrong. Until it is right, nothing counts as sent; then it goes out by itself."""

    offset: int
    """Seconds that the right time is ahead of the machine's clock, about; negative if that is ahead. Where it is the
    relays that are wrong, theirs are ahead of the right time by so much."""
    peers: int
    """Relays that say so. Of one alone, it may be its own clock that is wrong."""
    sentence: str
    """The same in words, without a full stop."""
    servers: int = 0
    """Time servers that say what time it is; 0: none."""
    relays_are_wrong: bool = False
    """Whether it is the clocks of the relays, as time servers say. They refuse what we send all the same."""
    advice: str = ""
    """What to do, as a sentence."""


@checked
@dataclass(frozen=True, slots=True)
class ClockAgrees(Event):
    """The suspicion is over."""


@checked
@dataclass(frozen=True, slots=True)
class TimeServersHeard(Event):
    """Time servers say that the clock of this machine is wrong. Messages are sent and received all the same: by the
    time of the servers, or by the machine's clock where relays agree with that."""

    offset: int
    """Seconds that the time of the servers is ahead of the machine's clock; negative if that is ahead."""
    servers: int
    """How many say so."""
    used: bool
    """Whether their time is used."""
    sentence: str
    """The same in words, without a full stop."""
    advice: str
    """What to do, as a sentence."""


def clock_event(judgement: ClockJudgement) -> ClockSuspected | ClockAgrees | TimeServersHeard:
    """What relays and time servers make of our clock, for the user."""
    sentence, advice, servers = str(judgement), judgement.advice, judgement.servers
    if judgement.is_suspected:
        offset = judgement.machine_offset
        return ClockSuspected(offset, judgement.disagreeing, sentence, servers, advice=advice)
    if judgement.peers_are_wrong:
        return ClockSuspected(judgement.offset, judgement.disagreeing, sentence, servers, True, advice)
    if not judgement.is_well:
        return TimeServersHeard(judgement.machine_offset, servers, judgement.is_corrected, sentence, advice)
    return ClockAgrees()


class EventsLost(LocalError):
    """The reader of an event stream was too slow for too long. Nothing is lost but the events: ask for a new stream."""


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
        """The place in the journal of what was read last: with it, ``events(after=…)`` goes on there, also in another
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


class EventHub:
    """Hands every event to the handlers of its kind and to every stream."""

    def __init__(self) -> None:
        self._handlers: list[tuple[type[Any], Handler]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._handled_bytes = 0
        self._slow = Outage(
            log, "handlers of events are too slow, and are not told of some", "handlers of events are told of all again"
        )
        self._refused = Outage(log, "answers are not sent", "answers are sent again")
        self._streams: WeakSet[EventStream] = WeakSet()
        """Of readers that are still there."""
        self._closed = False
        self._failure: BaseException | None = None

    def on(self, kind: type[Any], handler: Handler) -> None:
        """Call ``handler`` for each event of ``kind`` from now on."""
        self._handlers.append((kind, handler))

    def stream(
        self,
        check: Callable[[], None] | None = None,
        cursor: int = 0,
        past: Iterable[tuple[int, Event]] = (),
    ) -> EventStream:
        """Every event from now on, until the hub is closed; those of ``past`` before them.

        :param check: called whenever an event is read; what it raises is for the reader.
        :param cursor: see :class:`EventStream`.
        """
        stream = EventStream(self._end, check, cursor, past)
        if self._closed:
            stream.end()
        self._streams.add(stream)
        return stream

    def _end(self, stream: EventStream) -> BaseException:
        """Why there is nothing more to read."""
        self._streams.discard(stream)
        if self._failure is not None:
            return self._failure
        if not self._closed:
            return EventsLost("Events were not read fast enough and some are lost. Read them from the history.")
        return StopAsyncIteration()

    @property
    def is_read(self) -> bool:
        """Whether somebody reads a stream, who gets the failure when there is one."""
        return any(stream.is_read for stream in self._streams)

    def tell(self, event: Event, cursor: int = 0) -> None:
        """Something has happened.

        :param cursor: its place in the journal; 0: it has none.
        """
        if self._streams:
            self._put(event, cursor)
        for kind, handler in self._handlers:
            if isinstance(event, kind):
                self._handle(handler, event)

    def _put(self, event: Event, cursor: int) -> None:
        for stream in list(self._streams):
            if not stream.put(event, cursor):
                self._streams.discard(stream)
                stream.end()

    def answered(self) -> None:
        """An answer was not refused."""
        self._refused.worked(asyncio.get_running_loop().time())

    def _handle(self, handler: Handler, event: Event) -> None:
        size = weight(event)
        now = asyncio.get_running_loop().time()
        if len(self._tasks) >= MAX_HANDLING or self._handled_bytes + size > MAX_QUEUED_BYTES:
            self._slow.failed(now, f"{len(self._tasks)} calls have not come to their end")
            return
        self._slow.worked(now)
        task = asyncio.ensure_future(self._call(handler, event))
        self._tasks.add(task)
        self._handled_bytes += size

        def over(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._handled_bytes -= size

        task.add_done_callback(over)

    async def _call(self, handler: Handler, event: Event) -> None:
        if isinstance(event, MessageReceived):
            answered.set(event.message)  # for this task and what it starts
        try:
            result = handler(event)
            if inspect.isawaitable(result):
                await result
        except AnswerRefused as error:
            self._refused.failed(asyncio.get_running_loop().time(), error)
        except LocalError as error:  # its sentence says what to do; the frames between say nothing more
            log.error("a handler of %s failed: %s (%s)", type(event).__name__, error, _place(error))
            log.debug("the traceback of that", exc_info=error)
        except Exception:  # the user's code: what it raises must not stop the other handlers, nor the client
            log.exception("a handler of %s failed", type(event).__name__)

    async def close(self, failure: BaseException | None) -> None:
        """End all streams, with ``failure`` if there is one. Handlers are called with what was told, and stopped where
        they wait for something."""
        self._closed, self._failure = True, failure
        for stream in list(self._streams):
            stream.end()
        await asyncio.sleep(0)
        handlers = self._tasks - {asyncio.current_task()}  # a handler may be what closes the client
        for task in handlers:
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


def _place(error: BaseException) -> str:
    """Where the user's code raised an error, or called what did: ``bot.py, line 12, in echo``."""
    frames = traceback.walk_tb(error.__traceback__)
    places = [(frame.f_code, line, frame.f_globals.get("__name__", "")) for frame, line in frames]
    own = [one for one in places if one[2].partition(".")[0] not in _NOT_THEIRS]
    code, line, _ = (own or places)[-1]
    return f"{PurePath(code.co_filename).name}, line {line}, in {code.co_name}"
