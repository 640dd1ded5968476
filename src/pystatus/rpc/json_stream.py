"""JSON values both ways on a stream of bytes: a Unix socket, or standard input and output."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Callable
from typing import Protocol

from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.rpc.dispatcher import MAX_REQUEST_SIZE, Dispatcher
from pystatus.rpc.framing import JsonSplitter
from pystatus.rpc.room import Room
from pystatus.rpc.session import Session
from pystatus.rpc.waiting_calls import Calls
from pystatus.rpc.write_queue import Outbox

log = get_logger(__name__)

READ_SIZE = 64 << 10
"""Bytes that are read at a time."""


class Reader(Protocol):
    """Where requests come from."""

    async def read(self, count: int, /) -> bytes: ...


class Writer(Protocol):
    """Where answers go to."""

    def write(self, data: bytes, /) -> None: ...

    async def drain(self) -> None: ...


async def talk(dispatcher: Dispatcher, room: Room, reader: Reader, writer: Writer, abort: Callable[[], None]) -> None:
    """Answer until the caller is at its end, or is hung up on.

    :param room: what all callers share, of this and of other ways to call.
    :param abort: hangs up.
    """

    def give_up() -> None:
        log.warning("a caller of the RPC sends too much, or does not read what it asked for: disconnected")
        abort()

    outbox = Outbox(room, give_up)
    session = Session(outbox.put, outbox.share, outbox.drained)
    writing = asyncio.create_task(_write(writer, outbox))
    try:
        await _answer(dispatcher, reader, outbox, session)
        session.close()
        outbox.close()
        await writing  # a caller may close its direction and wait for the answers
    except RemoteError as error:
        log.info("a caller of the RPC is hung up on: %s", error)
    except ConnectionError as error:  # it has gone
        traceback.clear_frames(error.__traceback__)  # the reader keeps the error in a cycle, with what was read
    finally:
        session.close()
        outbox.share.close()
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([writing])


async def _answer(dispatcher: Dispatcher, reader: Reader, outbox: Outbox, session: Session) -> None:
    splitter = JsonSplitter(MAX_REQUEST_SIZE)
    held = 0
    calls = Calls(dispatcher, session, outbox.put)
    try:
        while data := await reader.read(READ_SIZE):
            for request in splitter.feed(data):
                session.hold(len(request) + splitter.size - held)
                held = splitter.size
                await calls.take(request)
                session.hold(-len(request))
            session.hold(splitter.size - held)
            held = splitter.size
    finally:
        calls.close()


async def _write(writer: Writer, outbox: Outbox) -> None:
    with contextlib.suppress(ConnectionError):  # the reader finds out as well
        async for message in outbox.messages():
            writer.write(message + b"\n")
            await writer.drain()
