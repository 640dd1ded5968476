"""HTTP and WebSocket on one port. This is the module that imports aiohttp."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any

from aiohttp import WSMsgType, web

from pystatus.errors import LocalError
from pystatus.net.addresses import parse_address
from pystatus.rpc.access import Access, Refused
from pystatus.rpc.dispatcher import MAX_REQUEST_SIZE, Dispatcher
from pystatus.rpc.outbox import Outbox
from pystatus.rpc.session import Session

log = logging.getLogger(__name__)
_parser_log = logging.getLogger(f"{__name__}.parser")
# aiohttp logs what it cannot parse, as errors and in full: a header that is a bit wrong may hold a token, and anybody
# could fill the log. The caller is told; faults of ours are logged below.
_parser_log.setLevel(logging.CRITICAL)

MAX_CONNECTIONS = 200
"""Connections at a time, let in or not; more are hung up on."""
FIRST_REQUEST_TIMEOUT = 10.0
"""Seconds from connecting to the end of the first request's header."""
BODY_TIMEOUT = 30.0
"""Seconds for a body."""
KEEP_ALIVE = 30.0
"""Seconds that a connection may be idle between requests."""
HEARTBEAT = 30.0
"""Seconds between pings on a WebSocket: who does not answer is gone."""
CLOSE_TIMEOUT = 2.0
"""Seconds that callers have to say goodbye when the server stops."""

_CORS_METHODS = "POST, OPTIONS"
_CORS_HEADERS = "Authorization, Content-Type"


class HttpServer:
    """One listening address."""

    def __init__(self, dispatcher: Dispatcher, access: Access) -> None:
        self._dispatcher = dispatcher
        self._access = access
        self._web = web.Server(
            self._handle,
            request_factory=self._make_request,
            access_log=None,  # paths and addresses are nobody's business
            logger=_parser_log,
            keepalive_timeout=KEEP_ALIVE,
        )
        self._server: asyncio.Server | None = None
        self._sockets: set[web.WebSocketResponse] = set()
        self._silent: dict[asyncio.BaseProtocol, asyncio.TimerHandle] = {}

    async def start(self, host: str, port: int) -> None:
        """
        :raises LocalError: the port is in use, or may not be used.
        """
        try:
            self._server = await asyncio.get_running_loop().create_server(self._make_protocol, host or None, port)
        except OSError as error:
            raise LocalError(
                f"the RPC cannot listen on {host} port {port}: stop the program that uses it, or choose another port"
            ) from error

    @property
    def port(self) -> int:
        """The port that was taken."""
        assert self._server is not None, "start it first"
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        assert self._server is not None, "start it first"
        addresses = [parse_address(socket.getsockname()[0]) for socket in self._server.sockets]
        return all(address.is_loopback for address in addresses)

    async def close(self) -> None:
        """Hang up on everybody."""
        if self._server is None:
            return
        self._server.close()
        for timer in self._silent.values():
            timer.cancel()
        await asyncio.gather(*(socket.close(code=1001) for socket in list(self._sockets)))
        await self._web.shutdown(CLOSE_TIMEOUT)
        await self._server.wait_closed()

    # Connections

    def _make_protocol(self) -> asyncio.BaseProtocol:
        if len(self._web.connections) >= MAX_CONNECTIONS:
            log.warning("more than %d connections to the RPC: hung up on one", MAX_CONNECTIONS)
            return _HangUp()
        protocol = self._web()
        loop = asyncio.get_running_loop()
        self._silent[protocol] = loop.call_later(FIRST_REQUEST_TIMEOUT, self._hang_up, protocol)
        return protocol

    def _hang_up(self, protocol: web.RequestHandler) -> None:
        del self._silent[protocol]
        protocol.force_close()

    def _make_request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_REQUEST_SIZE)

    # Requests

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        timer = self._silent.pop(request.protocol, None)
        if timer is not None:
            timer.cancel()
        headers = request.headers
        origin = headers.get("Origin")
        refused = self._access.refuse_page(headers.get("Host"), origin)
        if refused is not None:
            return _refusal(refused)
        try:
            response = await self._answer(request)
        except ConnectionError:
            raise  # the caller has gone, and aiohttp knows what to do
        except Exception:
            log.exception("a request has failed because of a fault in pystatus")
            raise
        if origin is not None and not response.prepared:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Vary"] = "Origin"
        return response

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "OPTIONS" and "Origin" in request.headers:
            allow = {"Access-Control-Allow-Methods": _CORS_METHODS, "Access-Control-Allow-Headers": _CORS_HEADERS}
            return web.Response(status=HTTPStatus.NO_CONTENT, headers=allow)
        refused = self._access.refuse_caller(request.headers.get("Authorization"))
        if refused is not None:
            return _refusal(refused)
        if request.method == "POST":
            return await self._post(request)
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=MAX_REQUEST_SIZE, timeout=CLOSE_TIMEOUT, compress=False
        )
        if request.method == "GET" and socket.can_prepare(request).ok:
            return await self._talk(request, socket)
        return _refusal(Refused(HTTPStatus.METHOD_NOT_ALLOWED, "send a POST, or open a WebSocket"))

    async def _post(self, request: web.BaseRequest) -> web.Response:
        refused = self._access.refuse_body(request.content_type)
        if refused is not None:
            return _refusal(refused)
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            too_large = f"a request has at most {MAX_REQUEST_SIZE} bytes"
            return _refusal(Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_large))
        except web.RequestPayloadError:
            return _refusal(Refused(HTTPStatus.BAD_REQUEST, "the body is not encoded as its header says"))
        except TimeoutError:
            return _refusal(Refused(HTTPStatus.REQUEST_TIMEOUT, f"the body took longer than {BODY_TIMEOUT:g} seconds"))
        answer = await self._dispatcher.answer(body, Session())
        if answer is None:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return web.Response(body=answer, content_type="application/json")

    async def _talk(self, request: web.BaseRequest, socket: web.WebSocketResponse) -> web.WebSocketResponse:
        await socket.prepare(request)
        self._sockets.add(socket)
        outbox = Outbox()
        session = Session(outbox.put)
        writer = asyncio.create_task(_write(socket, outbox))
        try:
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                data = message.data.encode(errors="replace") if message.type is WSMsgType.TEXT else message.data
                answer = await self._dispatcher.answer(data, session)
                if answer is not None:
                    outbox.put(answer)
                session.answered()
        finally:
            session.close()
            outbox.close()
            self._sockets.discard(socket)
            writer.cancel()
            await asyncio.wait([writer])
        return socket


async def _write(socket: web.WebSocketResponse, outbox: Outbox) -> None:
    try:
        async for message in outbox.messages():
            await socket.send_str(message.decode())
    except ConnectionError:
        return  # the reader finds out as well
    if outbox.is_overfull:
        log.warning("a caller of the RPC does not read what it subscribed to: disconnected")
        await socket.close(code=1008, message=b"you read too slowly")


class _HangUp(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def _refusal(refused: Refused) -> web.Response:
    headers = {"WWW-Authenticate": "Bearer"} if refused.status is HTTPStatus.UNAUTHORIZED else None
    return web.Response(status=refused.status, text=refused.sentence + "\n", headers=headers)
