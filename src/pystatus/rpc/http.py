"""HTTP and WebSocket on one port. This is the module that imports aiohttp."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from aiohttp import WSMsgType, web

from pystatus.log_texts import get_logger
from pystatus.net.http_errors import HttpError, refusal
from pystatus.net.http_front import HttpFront, HttpLimits
from pystatus.rpc.access import Access, Refused
from pystatus.rpc.dispatcher import MAX_REQUEST_SIZE, Dispatcher
from pystatus.rpc.outbox import Outbox
from pystatus.rpc.session import Session

log = get_logger(__name__)

HEARTBEAT = 30.0
"""Seconds between pings on a WebSocket: who does not answer is gone."""

LIMITS = HttpLimits(max_body=MAX_REQUEST_SIZE)

_CORS_METHODS = "POST, OPTIONS"
_CORS_HEADERS = "Authorization, Content-Type"


class HttpServer:
    """One listening address."""

    def __init__(self, dispatcher: Dispatcher, access: Access, limits: HttpLimits | None = None) -> None:
        self._dispatcher = dispatcher
        self._access = access
        self.front = HttpFront(self._handle, "the RPC", limits or LIMITS)
        self._sockets: set[web.WebSocketResponse] = set()

    async def start(self, host: str, port: int) -> None:
        """
        :raises LocalError: the port is in use, or may not be used.
        """
        await self.front.start(host, port)

    async def close(self) -> None:
        """Hang up on everybody."""
        await asyncio.gather(*(socket.close(code=1001) for socket in list(self._sockets)))
        await self.front.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        refused = self._access.refuse_page(request.headers.get("Host"), origin)
        if refused is not None:
            raise _error(refused)
        try:
            response = await self._answer(request)
        except HttpError as error:
            response = refusal(error, request)
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
            raise _error(refused)
        self.front.admit(request)
        if request.method == "POST":
            return await self._post(request)
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT,
            max_msg_size=MAX_REQUEST_SIZE,
            timeout=self.front.limits.close_timeout,
            compress=False,
        )
        if request.method == "GET" and socket.can_prepare(request).ok:
            return await self._talk(request, socket)
        raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "send a POST, or open a WebSocket", {"Allow": "GET, POST"})

    async def _post(self, request: web.BaseRequest) -> web.Response:
        refused = self._access.refuse_body(request.content_type)
        if refused is not None:
            raise _error(refused)
        answer = await self._dispatcher.answer(await self.front.read(request), Session())
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


def _error(refused: Refused) -> HttpError:
    headers = {"WWW-Authenticate": "Bearer"} if refused.status is HTTPStatus.UNAUTHORIZED else None
    return HttpError(refused.status, refused.sentence, headers)
