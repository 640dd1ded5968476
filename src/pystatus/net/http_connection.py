"""One connection to an HTTP port: its time, its bytes, and what is answered to what is no HTTP. aiohttp serves it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol, cast

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from pystatus.discovery.addresses import IPAddress, Key, host_key, parse_address
from pystatus.net.http_errors import (
    MAX_FIELD,
    MAX_FIELDS,
    MAX_HEADER,
    MAX_REQUEST_LINE,
    HttpError,
    error_of,
    refusal,
)
from pystatus.net.overheard import Overheard
from pystatus.records import dataclass

MAX_UNANSWERED = 16
"""Requests of one connection that wait while one is answered. Who sends more at once is hung up on: each takes some
kilobytes, and a few bytes of the wire."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one port takes. Times in seconds, sizes in bytes."""

    max_strangers: int = 64
    """Connections of whom nobody knows whether it may be here."""
    max_admitted: int = 200
    """Connections that :meth:`pystatus.net.http_front.HttpFront.admit` was called for."""
    max_per_address: int = 16
    """Strangers of one address (IPv6: a /64), this machine excepted: behind it may be a proxy."""
    max_body: int = 64 << 10
    header_timeout: float = 10.0
    """From connecting to the end of the first header."""
    idle_timeout: float = 30.0
    """From an answer to the end of the next header."""
    body_timeout: float = 30.0
    write_timeout: float = 20.0
    """In which nothing of what waits for a peer is read by it."""
    close_timeout: float = 2.0
    """That peers have for the rest when we hang up."""


class ConnectionOwner(Protocol):
    """Has the connections of one port."""

    @property
    def limits(self) -> HttpLimits:
        """What a connection may take."""

    def opened(self, connection: Connection) -> HttpError | None:
        """A connection was accepted. Why there is no place for it."""

    def closed(self, connection: Connection) -> None:
        """A connection is gone."""


class Connection(web.RequestHandler):
    """One connection, as aiohttp serves it, with an eye on its time and its bytes."""

    address: IPAddress
    host: Key

    def __init__(self, owner: ConnectionOwner, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # paths and addresses are nobody's business
            keepalive_timeout=owner.limits.idle_timeout,
            lingering_time=owner.limits.close_timeout,
            max_line_size=MAX_REQUEST_LINE,
            max_field_size=MAX_FIELD,
            max_headers=MAX_FIELDS,
            auto_decompress=False,  # a quarter of a megabyte may inflate to 256
        )
        self._owner = owner
        self._socket: asyncio.Transport | None = None
        self._header_until = math.inf
        self._write_until = math.inf
        self._close_until = math.inf
        self._header_bytes = 0
        self._answered = 0
        self.is_busy = False
        """Whether a request is being answered."""
        self.is_admitted = False
        self.heard: Callable[[bytes], None] | None = None
        """Told what a WebSocket brings, before it is looked at; to be set before the WebSocket is prepared, as the
        first of it may have come with the request."""
        self.lost: Callable[[], object] | None = None
        """Called when the peer has hung up."""

    @property
    def unwritten(self) -> int:
        """Bytes that the peer has not read."""
        return 0 if self._socket is None else self._socket.get_write_buffer_size()

    def begin(self) -> None:
        """A request has come."""
        self.is_busy = True
        self._header_until = math.inf

    def end(self) -> None:
        """It is answered, but for what has to be written."""
        self.is_busy = False
        self._answered += 1

    def abort(self) -> None:
        """Hang up at once."""
        if self._socket is not None:
            self._socket.abort()

    def look(self, now: float) -> None:
        """Hang up if something has taken too long."""
        assert self._socket is not None
        limits = self._owner.limits
        if self._close_until == math.inf and self._socket.is_closing():
            self._close_until = now + limits.close_timeout
        if now >= min(self._close_until, self._write_until):
            self.abort()
        elif now >= self._header_until:
            self._header_until = math.inf
            self._refuse(error_of(HTTPStatus.REQUEST_TIMEOUT) if self._header_bytes else None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast(asyncio.Transport, transport)
        super().connection_made(transport)
        peername = transport.get_extra_info("peername")
        if peername is None:  # it has hung up already
            self.abort()
            return
        self.address = parse_address(peername[0])
        self.host = host_key(self.address)
        self._header_until = self._loop.time() + self._owner.limits.header_timeout
        refused = self._owner.opened(self)
        if refused is not None:
            self._refuse(refused)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._owner.closed(self)
        super().connection_lost(exc)
        if self.lost is not None:
            self.lost()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._request_count - self._answered > MAX_UNANSWERED:
            self.abort()
            return
        if self._request_count > self._answered:  # what came belongs to a request whose header is complete
            self._header_bytes = 0
            return
        self._header_bytes += len(data)
        if self._header_bytes > MAX_HEADER:
            self._refuse(error_of(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE))

    def set_parser(self, parser: Any, *args: Any, **kw: Any) -> None:
        super().set_parser(parser if self.heard is None else Overheard(parser, self.heard), *args, **kw)  # type: ignore[arg-type]  # it reads as one

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_until = self._loop.time() + self._owner.limits.write_timeout

    def resume_writing(self) -> None:
        super().resume_writing()
        self._write_until = math.inf

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is answered to what cannot be parsed, and to what fails because of a fault of ours. What aiohttp does by
        itself logs what it cannot parse, as errors and in full, and repeats it to the peer."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way, and cannot become another one")
        if isinstance(exc, LineTooLong):
            is_path = MAX_REQUEST_LINE in exc.args
            status = HTTPStatus.REQUEST_URI_TOO_LONG if is_path else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        elif status == HTTPStatus.BAD_REQUEST and "many headers" in (message or ""):
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        response = refusal(error_of(HTTPStatus(status)), request)
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """A body that cannot be decoded is its sender's fault, which is told to it, and is not logged; nor is what
        aiohttp meets when a peer hangs up in the middle of one. Faults of ours are logged where requests are answered
        (:class:`~pystatus.net.http_front.HttpFront`)."""
        if self.transport is not None and not isinstance(kw.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*args, **kw)

    def _refuse(self, error: HttpError | None) -> None:
        """Answer without a request, and hang up."""
        transport = self._socket
        if transport is None or transport.is_closing():
            return
        if error is not None:
            body = f"{error.sentence}\n".encode()
            head = f"HTTP/1.1 {error.status.value} {error.status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            transport.write(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        self.force_close()
