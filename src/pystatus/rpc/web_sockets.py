"""JSON-RPC over the WebSockets of one port: what comes is answered in its order, and what is held of it is counted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeAlias, cast

from aiohttp import WSMsgType, web

from pystatus.log_texts import get_logger
from pystatus.net.http_connection import Connection
from pystatus.rpc.frame_content import ContentCounter
from pystatus.rpc.json_stream import MAX_WAITING_CALLS
from pystatus.rpc.room import Room, Share
from pystatus.rpc.session import Session
from pystatus.rpc.write_queue import Outbox

log = get_logger(__name__)

HEARTBEAT = 30.0
"""Seconds between pings on a WebSocket: who does not answer is gone."""
GOODBYE_BYTES = 64 << 10
"""Bytes of a request that may be kept while a caller that is hung up on is told why."""


class Answers(Protocol):
    """Answers requests: a :class:`~pystatus.rpc.dispatcher.Dispatcher`."""

    async def answer(self, data: bytes, session: Session) -> bytes | None: ...

    def waits(self, data: bytes) -> bool: ...


class Line:
    """One WebSocket, for who decides who it is."""

    def __init__(self, session: Session, outbox: Outbox) -> None:
        self.session = session
        self._outbox = outbox
        self.code: int | None = None
        """With which it ends; ``None``: as the caller likes."""

    def end(self, code: int) -> None:
        """Hang up once everything that waits is written, with a code that says why."""
        if self.code is None:
            self.code = code
            self._outbox.close()


Greet: TypeAlias = Callable[[bytes | None, Line], Awaitable[AbstractContextManager[object] | None]]
"""Called with the first message of a WebSocket; ``None``: none came in time. What it returns is entered as long as the
caller is answered; with ``None`` the line is to be ended."""
GREETING_SECONDS = 5.0
"""For the first message, where one is waited for. Ours."""


class WebSockets:
    """Those of one port."""

    def __init__(self, answers: Answers, room: Room, max_message: int, close_timeout: float) -> None:
        """
        :param room: what all callers share, of this and of other ways to call.
        :param max_message: bytes of a message that callers send.
        :param close_timeout: seconds that callers have for the rest when we hang up.
        """
        self._answers = answers
        self._room = room
        self._max_message = max_message
        self._close_timeout = close_timeout
        self._open: set[web.WebSocketResponse] = set()

    def asked_for(self, request: web.BaseRequest) -> web.WebSocketResponse | None:
        """The WebSocket that a request asks for; ``None``: it asks for none. Give it to :meth:`talk`."""
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT,
            max_msg_size=self._max_message,
            timeout=self._close_timeout,
            autoping=False,  # what nobody hears of would stay counted
            compress=False,
        )
        return socket if request.method == "GET" and socket.can_prepare(request).ok else None

    async def close(self) -> None:
        """Hang up on everybody."""
        await asyncio.gather(*(socket.close(code=1001) for socket in list(self._open)))

    async def talk(
        self, request: web.BaseRequest, socket: web.WebSocketResponse, greet: Greet | None = None
    ) -> web.WebSocketResponse:
        """Answer until the caller is at its end, or is hung up on.

        :param greet: what becomes of the first message, which says who it is; ``None``: it is a request as any other.
        """
        connection = cast(Connection, request.protocol)

        def give_up() -> None:
            log.warning("a caller of the RPC sends too much, or does not read what it asked for: disconnected")
            if connection.unwritten or incoming.bytes > GOODBYE_BYTES:
                connection.abort()

        outbox = Outbox(self._room, give_up)
        incoming = Incoming(outbox.share)
        connection.heard = incoming.came
        session = Session(outbox.put, outbox.share, outbox.drained)
        line = Line(session, outbox)
        try:
            await socket.prepare(request)
        except BaseException:
            outbox.share.close()
            raise
        self._open.add(socket)
        writer = asyncio.create_task(_write(socket, outbox, line))
        try:
            begun = nullcontext() if greet is None else await self._greeted(greet, socket, line, incoming)
            if begun is not None:
                with begun:
                    await self._answer(socket, session, outbox, incoming)
        finally:
            session.close()
            outbox.close()
            outbox.share.close()
            if line.code is not None:  # it is said why
                await asyncio.wait([writer], timeout=self._close_timeout)
            self._open.discard(socket)
            writer.cancel()
            await asyncio.wait([writer])
        return socket

    @staticmethod
    async def _greeted(
        greet: Greet, socket: web.WebSocketResponse, line: Line, incoming: Incoming
    ) -> AbstractContextManager[object] | None:
        first: bytes | None = None
        with contextlib.suppress(TimeoutError):
            message = await socket.receive(timeout=GREETING_SECONDS)
            if message.type is WSMsgType.TEXT:
                first = message.data.encode(errors="replace")
                incoming.done(len(first))
        return await greet(first, line)

    async def _answer(
        self, socket: web.WebSocketResponse, session: Session, outbox: Outbox, incoming: Incoming
    ) -> None:
        waiting: set[asyncio.Task[None]] = set()

        async def answer(data: bytes) -> None:
            answered = await self._answers.answer(data, session)
            if answered is not None:
                outbox.put(answered)
            incoming.done(len(data))

        try:
            async for message in socket:
                if message.type in (WSMsgType.PING, WSMsgType.PONG):
                    if message.type is WSMsgType.PING:
                        await socket.pong(message.data)
                    incoming.done(len(message.data))
                    continue
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                data = message.data.encode(errors="replace") if message.type is WSMsgType.TEXT else message.data
                if len(waiting) < MAX_WAITING_CALLS and self._answers.waits(data):
                    task = asyncio.create_task(answer(data))
                    waiting.add(task)
                    task.add_done_callback(waiting.discard)
                    continue
                await answer(data)
                session.answered()
        finally:  # nobody waits for them any more
            for task in waiting:
                task.cancel()


class Incoming:
    """What a WebSocket has brought of messages that are not answered yet, without the headers of their frames."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._counter = ContentCounter()
        self.bytes = 0

    def came(self, data: bytes) -> None:
        """This has been read."""
        more = self._counter.count(data)
        self.bytes += more
        self._share.hold(more)

    def done(self, count: int) -> None:
        """A message of so many bytes is answered."""
        self.bytes -= count
        self._share.hold(-count)


async def _write(socket: web.WebSocketResponse, outbox: Outbox, line: Line) -> None:
    try:
        async for message in outbox.messages():
            await socket.send_str(message.decode())
    except ConnectionError:
        return  # the reader finds out as well
    if outbox.is_overfull:
        await socket.close(code=1008, message=b"you read too slowly")
    elif line.code is not None:
        await socket.close(code=line.code)
