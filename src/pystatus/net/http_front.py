"""The front of every HTTP port of a node: who may hold a connection, for how long, and with how many bytes (A55, A57).

What parses HTTP is aiohttp, which is imported with this module, so only by a node that serves something. Around it:

* Places. Connections whose owner has not shown that it may be here are strangers. They have places of their own, and
  when these are short, one of the address with the most connections gives way: the oldest that is not being answered.
* Time. Everything that a peer can delay has a timeout: headers, bodies, reading what we send, the end.
* Bytes. Of headers and bodies, before they are kept.
* Words. What a peer sends is neither logged nor repeated; what is wrong is told to it in a sentence.
"""

from __future__ import annotations

import asyncio
import math
import os
import socket
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any, cast

from aiohttp import web

from pystatus.discovery.addresses import parse_address
from pystatus.log_texts import get_logger
from pystatus.net.http_connection import Connection, HttpLimits
from pystatus.net.http_errors import MAX_HEADER, HttpError, error_of, refusal
from pystatus.net.listening import BACKLOG, ListeningServer, listening_server
from pystatus.outage import Outage

log = get_logger(__name__)

ACCEPTED_AT_ONCE = 16
"""Connections that are accepted until the loop has had its turn: few enough that whoever sends its request at once is
heard before it would have to give way. The system holds more (:data:`~pystatus.net.listening.BACKLOG`)."""
LOOK_SECONDS = 0.5
"""Between two looks at who has had its time."""
FAULT_SECONDS = 1.0
"""Between two tracebacks of requests that fail because of a fault of ours."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class HttpFront:
    """One port. Use :meth:`start` and :meth:`close`."""

    def __init__(self, answer: Answer, name: str, limits: HttpLimits | None = None) -> None:
        """
        :param answer: called with every request; may raise :class:`HttpError`.
        :param name: what is served, for the log: "the RPC".
        """
        self.limits = limits or HttpLimits()
        self._answer = answer
        self._web = web.Server(self._handle, request_factory=self._make_request)
        self._server: ListeningServer | None = None
        self._connections: dict[Connection, None] = {}  # in the order in which they came
        self._crowd = Outage(
            log, f"too many connections to {name}", f"there are places for connections to {name} again"
        )
        self._looking: asyncio.TimerHandle | None = None
        self._fault_at = -math.inf

    async def start(self, host: str, port: int) -> None:
        """Listen.

        :param host: a name or an IP address; empty: everywhere.
        :param port: 0 takes a free one.
        :raises LocalError: the port is in use, or may not be used.
        """
        loop = asyncio.get_running_loop()
        self._server = await listening_server(
            lambda: Connection(self, self._web, loop), (host,), port, backlog=ACCEPTED_AT_ONCE
        )
        for listener in self._server.sockets:
            with socket.socket(fileno=os.dup(listener.fileno())) as same:
                same.listen(BACKLOG)

    async def close(self) -> None:
        """Hang up on everybody."""
        if self._server is None:
            return
        await self._server.stop()
        await self._web.shutdown(self.limits.close_timeout)
        for connection in list(self._connections):
            connection.abort()
        if self._looking is not None:
            self._looking.cancel()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """The port that was taken."""
        return self._addresses[0][1]

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return all(parse_address(address).is_loopback for address, _ in self._addresses)

    def url(self, host: str) -> str:
        """The address for programs, without a path; ``host`` is what was given to :meth:`start`."""
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def _addresses(self) -> list[tuple[str, int]]:
        assert self._server is not None, "start it first"
        return [listener.getsockname()[:2] for listener in self._server.sockets]

    # For whoever answers

    def admit(self, request: web.BaseRequest) -> None:
        """The connection of this request belongs to somebody who may be here: it gives way to no stranger.

        :raises HttpError: all such places are taken by connections that are being answered.
        """
        connection = cast(Connection, request.protocol)
        if connection.is_admitted:
            return
        admitted = [one for one in self._connections if one.is_admitted]
        if len(admitted) >= self.limits.max_admitted and not self._give_way(admitted):
            raise error_of(HTTPStatus.SERVICE_UNAVAILABLE)
        connection.is_admitted = True

    async def read(self, request: web.BaseRequest) -> bytes:
        """The body of a request. A peer that waits to be told so is told to send it.

        :raises HttpError: it is too large, takes too long, or is none.
        """
        limit = self.limits.max_body
        if request.content_length is None and "Transfer-Encoding" not in request.headers:
            raise HttpError(HTTPStatus.LENGTH_REQUIRED, "the length of the body is missing: send Content-Length")
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as it is, without a Content-Encoding")
        too_large = HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {limit} bytes")
        if (request.content_length or 0) > limit:
            raise too_large
        expected = request.headers.get("Expect")
        if expected is not None and request.version >= (1, 1):
            if expected.lower() != "100-continue":
                raise HttpError(HTTPStatus.EXPECTATION_FAILED, "nothing but 100-continue can be expected")
            if request.transport is not None:
                request.transport.write(_CONTINUE)
        try:
            async with asyncio.timeout(self.limits.body_timeout):
                return await _body(request)
        except web.HTTPRequestEntityTooLarge:
            raise too_large from None
        except web.RequestPayloadError:
            raise HttpError(HTTPStatus.BAD_REQUEST, "the body is not encoded as its header says") from None
        except TimeoutError:
            seconds = f"{self.limits.body_timeout:g}"
            raise HttpError(HTTPStatus.REQUEST_TIMEOUT, f"the body took longer than {seconds} seconds") from None

    def _make_request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=self.limits.max_body)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = cast(Connection, request.protocol)
        connection.begin()
        try:
            if sum(len(name) + len(value) for name, value in request.raw_headers) > MAX_HEADER:
                raise error_of(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return await self._answer(request)
        except HttpError as error:
            return refusal(error, request)
        except ConnectionError:
            raise  # the peer has gone, and aiohttp knows what to do
        except Exception:  # a fault of ours in one answer: it is told, and the server stands
            now = asyncio.get_running_loop().time()
            if now - self._fault_at >= FAULT_SECONDS:
                self._fault_at = now
                log.exception("a request has failed because of a fault in pystatus")
            raise
        finally:
            connection.end()

    # For connections

    def opened(self, connection: Connection) -> HttpError | None:
        """A connection was accepted: find it a place. Why there is none."""
        self._connections[connection] = None
        strangers = [one for one in self._connections if not one.is_admitted]
        crowd: list[Connection] = []
        if not connection.address.is_loopback:
            of_address = [one for one in strangers if one.host == connection.host]
            crowd = of_address if len(of_address) > self.limits.max_per_address else []
        if not crowd and len(strangers) > self.limits.max_strangers:
            crowd = strangers
        self._look_soon()
        if not crowd:
            return None
        why = f"more than {len(crowd) - 1} from peers that nobody knows; the oldest idle ones are closed"
        self._crowd.failed(asyncio.get_running_loop().time(), why)
        return None if self._give_way(crowd, connection) else error_of(HTTPStatus.SERVICE_UNAVAILABLE)

    def closed(self, connection: Connection) -> None:
        """A connection is gone."""
        self._connections.pop(connection, None)

    @staticmethod
    def _give_way(crowd: Iterable[Connection], newest: Connection | None = None) -> bool:
        """Hang up on the oldest that is not being answered, of the address that has the most of them."""
        idle = [one for one in crowd if not one.is_busy and one is not newest]
        if not idle:
            return False
        count = Counter(one.host for one in idle)
        min(idle, key=lambda one: -count[one.host]).abort()  # the first of equals is the oldest
        return True

    def _look_soon(self) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """End what has had its time."""
        self._looking = None
        now = asyncio.get_running_loop().time()
        for connection in list(self._connections):
            connection.look(now)
        if sum(not one.is_admitted for one in self._connections) < self.limits.max_strangers:
            self._crowd.worked(now)
        if self._connections:
            self._look_soon()


async def _body(request: web.BaseRequest) -> bytes:
    try:
        return await request.read()
    except BaseException as error:
        traceback.clear_frames(error.__traceback__)  # aiohttp keeps the error in a cycle, with what was read
        raise
