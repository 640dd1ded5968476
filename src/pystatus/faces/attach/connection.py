"""Connections to the process that holds a profile: one for calls that wait, one for those that do not."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pystatus.client import AnswerRefused, EventsLost, SendFailed
from pystatus.errors import LocalError, Refused, RemoteError, StatusError
from pystatus.faces.attach.long_wait import LONG_WAIT
from pystatus.faces.attach.place import usable
from pystatus.json_values import Json
from pystatus.links.values import NotALink
from pystatus.log_texts import get_logger
from pystatus.rpc.client import MAX_ANSWER_SIZE
from pystatus.rpc.dispatcher import MAX_REQUEST_SIZE
from pystatus.rpc.framing import JsonSplitter
from pystatus.rpc.waiting_calls import CANCEL
from pystatus.storage.errors import StorageError

log = get_logger(__name__)

READ_SIZE = 256 << 10
"""Bytes that are read at a time."""
PATIENCE = 10.0
"""Seconds for an answer that needs no network. Ours: a thousand times as long as it takes."""

SLICE = 0.1
"""Seconds after which who waits for such an answer looks whether it is to end. Ours."""
CLOSE_SECONDS = 1.0
"""Seconds for what is on its way when a connection is closed. Ours: who has the profile open may hang."""

T = TypeVar("T")

_ERRORS: Mapping[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (TimeoutError, SendFailed, AnswerRefused, EventsLost, NotALink, Refused, RemoteError, StorageError)
}
"""What is raised here as it was there. All others are a :class:`LocalError` with the same sentence."""


class HolderGone(LocalError):
    """The process that held the profile has ended, or hangs."""


class TooManyAttached(HolderGone):
    """The process that holds the profile has no place for one more."""


class HolderHangs(HolderGone):
    """The process that holds the profile does not answer, and somebody does not want to wait any longer."""


class _Error(msgspec.Struct):
    message: str
    data: dict[str, Any] | None = None


class _Incoming(msgspec.Struct):
    """An answer, or a notification, which has a method."""

    id: int | None = None
    result: Json = None
    error: _Error | None = None
    method: str = ""
    params: dict[str, Any] = {}


def _result(answer: _Incoming) -> Json:
    if answer.error is None:
        return answer.result
    kind = (answer.error.data or {}).get("kind", "")
    raise _ERRORS.get(kind, LocalError)(answer.error.message)


def _request(number: int, method: str, params: Mapping[str, Json]) -> bytes:
    """
    :raises LocalError: it is larger than a request may be.
    """
    written = msgspec.json.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + b"\n"
    if len(written) > MAX_REQUEST_SIZE:
        raise LocalError(
            f"This is too large to be handed to the pystatus that has the profile open: {MAX_REQUEST_SIZE >> 20} MB at "
            "most. Give the path of a file, or less."
        )
    return written


def _taking_back(number: int) -> bytes:
    """That nobody waits for a call any more."""
    return msgspec.json.encode({"jsonrpc": "2.0", "method": CANCEL, "params": {"id": number}}) + b"\n"


_decode = msgspec.json.Decoder(_Incoming).decode


def _crowded(error: _Error) -> TooManyAttached:
    """Who is turned away is told so before they ask anything."""
    return TooManyAttached(
        "As many commands and programs as there is room for are attached to the pystatus that has the profile open "
        f"({error.message}). End one of them, and try again."
    )


def gone(why: object) -> HolderGone:
    """The error of who finds nobody there any more."""
    return HolderGone(
        f"The pystatus that has the profile open does not answer any more ({why}). What it had confirmed is stored. "
        "Run the command again: it opens the profile itself, or attaches to another one."
    )


def hanging() -> HolderHangs:
    """The error of who does not wait any longer."""
    return HolderHangs(
        "The pystatus that has the profile open does not answer: it hangs. What it had confirmed is stored. End that "
        "one, and run the command again: it opens the profile itself."
    )


class BlockingConnection:
    """Calls of which the answer is read at once, as of a database: each takes about a millisecond."""

    def __init__(self, path: Path) -> None:
        """
        :raises HolderGone: nobody listens there.
        """
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(SLICE)
        self._numbers = count(1)
        self._splitter = JsonSplitter(MAX_ANSWER_SIZE)
        try:
            with usable(path) as short:
                self._socket.connect(str(short))
        except OSError as error:
            self._socket.close()
            raise gone(error.strerror or error) from None

    def call(self, method: str, params: Mapping[str, Json]) -> Json:
        """
        :raises HolderGone: there is no answer.
        :raises HolderHangs: nobody wants to wait for it any longer, see :class:`LongWait`.
        :raises StatusError: the call was refused there.
        :raises CancelledError: who called is to end, as somebody has pressed Ctrl-C.
        """
        number = next(self._numbers)
        rest = memoryview(_request(number, method, params))
        end = time.monotonic() + PATIENCE
        LONG_WAIT.began()
        try:
            while rest:
                rest = rest[self._patiently(partial(self._socket.send, rest), end) :]
            while True:
                data = self._patiently(partial(self._socket.recv, READ_SIZE), end)
                if not data:
                    raise gone("it has hung up")
                for written in self._splitter.feed(data):
                    answer = _decode(written)
                    if answer.id == number:
                        return _result(answer)
                    if answer.id is None and answer.error is not None:
                        self.close()
                        raise _crowded(answer.error)
        except OSError as error:
            self.close()
            raise gone(error.strerror or "it takes too long") from None
        finally:
            LONG_WAIT.ended()

    def _patiently(self, step: Callable[[], T], end: float) -> T:
        """Do a step that may take until ``end``. asyncio cancels the task when somebody presses Ctrl-C, and does not
        interrupt what the task waits for here."""
        while True:
            try:
                return step()
            except TimeoutError:
                if time.monotonic() >= end:
                    raise
                if _is_cancelled():
                    LONG_WAIT.was_given_up = True
                    self.close()
                    raise asyncio.CancelledError from None
                if not LONG_WAIT.goes_on():
                    self.close()
                    raise hanging() from None

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _is_cancelled() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs here, and Ctrl-C interrupts whatever waits
        return False
    return task is not None and task.cancelling() > 0


class Connection:
    """Calls of which the answer may take a while, and notifications."""

    def __init__(self, notified: Callable[[Mapping[str, Any]], None], ended: Callable[[HolderGone], None]) -> None:
        """
        :param notified: called with each notification's parameters.
        :param ended: called when the other end is gone, unless :meth:`close` was called before.
        """
        self._notified = notified
        self._ended = ended
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._failure: HolderGone | None = None

    async def open(self, path: Path) -> None:
        """
        :raises HolderGone: nobody listens there.
        """
        try:
            with usable(path) as short:
                reader, self._writer = await asyncio.open_unix_connection(short)
        except OSError as error:
            raise gone(error.strerror or error) from None
        self._reading = asyncio.create_task(self._read(reader))

    async def call(self, method: str, params: Mapping[str, Json]) -> Json:
        """
        :raises HolderGone: the other end went away before it answered.
        :raises StatusError: the call was refused there.
        """
        if self._failure is not None:
            raise self._failure
        assert self._writer is not None
        number = next(self._numbers)
        request = _request(number, method, params)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._writer.write(request)
            await self._writer.drain()
            return await answer
        except asyncio.CancelledError:
            self._writer.write(_taking_back(number))  # who waits there would wait until the connection ends
            raise
        except ConnectionError:
            raise gone("it has hung up") from None
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Hang up. Nobody is told but who waits for an answer."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        self._failure = self._failure or gone("this client was closed")
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(self._failure)
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._writer.wait_closed()
            self._writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        splitter = JsonSplitter(MAX_ANSWER_SIZE)
        why = "it has hung up"
        try:
            while data := await reader.read(READ_SIZE):
                for written in splitter.feed(data):
                    self._take(_decode(written))
        except (ConnectionError, RemoteError, msgspec.MsgspecError) as error:
            why = str(error)
        except TooManyAttached as failure:
            self._fail(failure)
            return
        except Exception:  # an event that this version cannot read: who waits is not left waiting
            log.exception("what the pystatus that has the profile open says cannot be read")
            why = "what it says cannot be read"
        self._fail(gone(why))

    def _take(self, incoming: _Incoming) -> None:
        if incoming.method:
            self._notified(incoming.params)
            return
        if incoming.id is None and incoming.error is not None:
            raise _crowded(incoming.error)
        future = self._waiting.get(incoming.id or 0)
        if future is None or future.done():
            return
        try:
            future.set_result(_result(incoming))
        except (StatusError, TimeoutError) as error:
            future.set_exception(error)

    def _fail(self, failure: HolderGone) -> None:
        self._failure = failure
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(failure)
        self._ended(failure)
