"""The events of a client as Server-Sent Events (HTML Living Standard): a request that is answered as long as it is
read. The id of an event is its cursor, so a reader that comes back with ``Last-Event-ID`` misses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from http import HTTPStatus
from typing import TypeAlias

import msgspec
from aiohttp import web

from pystatus.client import Client, Event, EventsLost, EventStream
from pystatus.errors import StatusError
from pystatus.net.http_errors import HttpError

KEEP_ALIVE = 15.0
"""Seconds after which a reader that gets no event gets a comment, so that neither a proxy nor itself takes the
connection for dead: what the standard recommends."""
MAX_TOGETHER = 200
"""Events that are written at once, so that each does not cost a packet."""
MAX_CURSOR_DIGITS = 18
"""Digits of a cursor: it has less than 63 bits."""

Written: TypeAlias = "Iterable[tuple[str, bytes]]"
"""Of one event: names and JSON; nothing: it has no form here."""


class ServerSentEvents:
    """One format of the events of a client."""

    def __init__(
        self,
        client: Client,
        write: Callable[[Event, EventStream], Written],
        first: Callable[[], Written] = tuple,
    ) -> None:
        """
        :param write: how an event is written.
        :param first: what comes before all events.
        """
        self._client = client
        self._write = write
        self._first = first
        self._inserted: set[asyncio.Queue[bytes]] = set()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Until the reader goes, the client is closed, or the reader is too slow.

        :raises HttpError: the cursor is none, or what came after it is not kept any more.
        """
        stream = self._stream(_cursor(request))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b":ok\n\n" + b"".join(_lines(name, data) for name, data in self._first()))
        async for chunk in self._chunks(stream):
            await response.write(chunk)
        return response

    def _stream(self, after: int | None) -> EventStream:
        try:
            return self._client.events(after)
        except EventsLost as error:
            raise HttpError(HTTPStatus.GONE, str(error)) from None
        except StatusError as error:
            raise HttpError(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from None

    def insert(self, name: str, data: bytes) -> None:
        """Tell those who read now something that is of no event. Who does not read fast enough misses it."""
        for queue in self._inserted:
            if not queue.full():
                queue.put_nowait(_lines(name, data))

    async def _chunks(self, stream: EventStream) -> AsyncIterator[bytes]:
        inserted: asyncio.Queue[bytes] = asyncio.Queue(MAX_TOGETHER)
        self._inserted.add(inserted)
        event = asyncio.ensure_future(anext(stream))
        insert = asyncio.ensure_future(inserted.get())
        try:
            while True:
                await asyncio.wait((event, insert), timeout=KEEP_ALIVE, return_when=asyncio.FIRST_COMPLETED)
                if insert.done():
                    yield insert.result()
                    insert = asyncio.ensure_future(inserted.get())
                elif event.done():
                    yield self._together(event.result(), stream)
                    event = asyncio.ensure_future(anext(stream))
                else:
                    yield b":\n\n"
        except StopAsyncIteration:
            return
        except EventsLost as error:
            yield _lines("lost", msgspec.json.encode(str(error)))
        except StatusError:  # the client has stopped, and who runs it is told why
            return
        finally:
            self._inserted.discard(inserted)
            event.cancel()
            insert.cancel()

    def _together(self, event: Event | None, stream: EventStream) -> bytes:
        """An event, and those behind it that are there already."""
        chunk = bytearray()
        count = 0
        while event is not None:
            cursor = stream.cursor if stream.is_stored else None
            for name, data in self._write(event, stream):
                chunk += _lines(name, data, cursor)
            count += 1
            event = stream.next_ready() if count < MAX_TOGETHER else None
        return bytes(chunk)


def _lines(name: str, data: bytes, cursor: int | None = None) -> bytes:
    """JSON has no line ends of its own."""
    place = b"" if cursor is None else b"id: %d\n" % cursor
    return b"%sevent: %s\ndata: %s\n\n" % (place, name.encode(), data)


def _cursor(request: web.BaseRequest) -> int | None:
    """
    :raises HttpError: it is none.
    """
    given = request.headers.get("Last-Event-ID") or request.query.get("after")
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= MAX_CURSOR_DIGITS):
        raise HttpError(HTTPStatus.BAD_REQUEST, "a cursor is the id of an event: a whole number")
    return int(given)
