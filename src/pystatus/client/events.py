"""The events of a client, and how they reach its user: handlers that are called, streams that are read."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import copy_context
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from weakref import WeakSet

from pystatus.arguments import checked
from pystatus.client.answering import AnswerRefused, answered
from pystatus.client.event_streams import MAX_QUEUED_BYTES, EventsLost, EventStream, weight
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.events import Event as Event
from pystatus.messenger.events import MessageReceived
from pystatus.outage import Outage
from pystatus.records import dataclass

if TYPE_CHECKING:
    from pystatus.waku.relay.clock_judgement import ClockJudgement

log = get_logger(__name__)

MAX_HANDLING = 10_000
"""Calls of handlers that have not come to their end, some 20 MB. Of what happens meanwhile handlers are not told."""

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


OF_THE_NETWORK = (
    PeerDialled, PeerUnreachable, PeerConnected, PeerDisconnected, DiscoveryStarted, DiscoveryStopped, HistoryProgress,
    ClockSuspected, ClockAgrees, TimeServersHeard,
)  # fmt: skip
"""Events of relays, mailservers and the clock; they belong to no chat."""


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


class EventHub:
    """Hands every event to the handlers of its kind and to every stream."""

    def __init__(self) -> None:
        self._handlers: list[tuple[type[Any], Handler]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        """Of the calls that are waiting for something."""
        self._handling = 0
        """Calls that have not come to their end."""
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
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._handling >= MAX_HANDLING or self._handled_bytes + size > MAX_QUEUED_BYTES:
            self._slow.failed(now, f"{self._handling} calls have not come to their end")
            return
        self._slow.worked(now)
        self._handling += 1
        self._handled_bytes += size
        if inspect.iscoroutinefunction(handler):
            self._run(self._call(handler, event), size)
        else:  # nothing of it has to wait, so it does without a task, which costs three times as much
            loop.call_soon(self._call_plain, handler, event, size, context=copy_context())

    def _run(self, call: Coroutine[Any, Any, None], size: int) -> None:
        task = asyncio.ensure_future(call)
        self._tasks.add(task)

        def over(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._over(size)

        task.add_done_callback(over)

    def _over(self, size: int) -> None:
        """A call has come to its end."""
        self._handling -= 1
        self._handled_bytes -= size

    async def _call(self, handler: Handler, event: Event) -> None:
        _mark(event)
        try:
            await cast(Awaitable[None], handler(event))
        except Exception as error:
            self._failed(event, error)

    def _call_plain(self, handler: Handler, event: Event, size: int) -> None:
        _mark(event)
        result = None
        try:
            result = handler(event)
        except Exception as error:
            self._failed(event, error)
        if result is not None and inspect.isawaitable(result):  # it does not say that it is asynchronous
            self._run(self._call(lambda _: result, event), size)
        else:
            self._over(size)

    def _failed(self, event: Event, error: Exception) -> None:
        """The user's code has raised ``error``: that must not stop the other handlers, nor the client."""
        name = type(event).__name__
        if isinstance(error, AnswerRefused):
            self._refused.failed(asyncio.get_running_loop().time(), error)
        elif isinstance(error, LocalError):  # its sentence says what to do; the frames between say nothing more
            log.error("a handler of %s failed: %s (%s)", name, error, _place(error))
            log.debug("the traceback of that", exc_info=error)
        else:
            log.error("a handler of %s failed", name, exc_info=error)

    async def close(self, failure: BaseException | None) -> None:
        """End all streams, with ``failure`` if there is one. Handlers are called with what was told, and stopped where
        they wait for something."""
        self._closed, self._failure = True, failure
        for stream in list(self._streams):
            stream.end()
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # also those that plain functions have begun
        handlers = self._tasks - {asyncio.current_task()}  # a handler may be what closes the client
        for task in handlers:
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


def _mark(event: Event) -> None:
    """What is sent from here on, in this context and in those that begin in it, answers the message of ``event``."""
    if isinstance(event, MessageReceived):
        answered.set(event.message)


def _place(error: BaseException) -> str:
    """Where the user's code raised an error, or called what did: ``bot.py, line 12, in echo``."""
    frames = traceback.walk_tb(error.__traceback__)
    places = [(frame.f_code, line, frame.f_globals.get("__name__", "")) for frame, line in frames]
    own = [one for one in places if one[2].partition(".")[0] not in _NOT_THEIRS]
    code, line, _ = (own or places)[-1]
    return f"{PurePath(code.co_filename).name}, line {line}, in {code.co_name}"
