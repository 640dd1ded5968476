"""HTTP and WebSocket on one port. This is the module that imports aiohttp."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias, cast

from aiohttp import web

from pystatus.net.http_connection import Connection, HttpLimits
from pystatus.net.http_errors import HttpError, refusal
from pystatus.net.http_front import HttpFront
from pystatus.rpc.access import Access, Refused
from pystatus.rpc.dispatcher import MAX_REQUEST_SIZE, Dispatcher
from pystatus.rpc.room import Room, Share
from pystatus.rpc.session import Session
from pystatus.rpc.web_sockets import WebSockets

Resource: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

LIMITS = HttpLimits(max_body=MAX_REQUEST_SIZE)

_CORS_METHODS = "POST, OPTIONS"
_CORS_HEADERS = "Authorization, Content-Type"


class HttpServer:
    """One listening address."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        access: Access,
        room: Room,
        limits: HttpLimits | None = None,
        resources: Mapping[str, Resource] | None = None,
    ) -> None:
        """
        :param room: what all callers share, of this and of other ways to call.
        :param resources: what else can be got, by path.
        """
        self._resources = resources or {}
        self._dispatcher = dispatcher
        self._room = room
        self._access = access
        self.front = HttpFront(self._handle, "the RPC", limits or LIMITS)
        self._sockets = WebSockets(dispatcher, room, MAX_REQUEST_SIZE, self.front.limits.close_timeout)

    async def start(self, host: str, port: int) -> None:
        """
        :raises LocalError: the port is in use, or may not be used.
        """
        await self.front.start(host, port)

    async def close(self) -> None:
        """Hang up on everybody."""
        await self._sockets.close()
        await self.front.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        refused = self._access.refuse_page(request.headers.get("Host"), origin)
        if refused is not None:
            raise _error(refused)
        share = self._room.share(_connection(request).abort)
        try:
            try:
                response = await self._answer(request, share)
            except HttpError as error:
                response = refusal(error, request)
            if origin is not None and not response.prepared:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Vary"] = "Origin"
            if share.bytes:  # it is held until it is written
                await response.prepare(request)
                await response.write_eof()
            return response
        finally:
            share.close()

    async def _answer(self, request: web.BaseRequest, share: Share) -> web.StreamResponse:
        if request.method == "OPTIONS" and "Origin" in request.headers:
            allow = {"Access-Control-Allow-Methods": _CORS_METHODS, "Access-Control-Allow-Headers": _CORS_HEADERS}
            return web.Response(status=HTTPStatus.NO_CONTENT, headers=allow)
        refused = self._access.refuse_caller(request.headers.get("Authorization"), request.path)
        if refused is not None:
            raise _error(refused)
        self.front.admit(request)
        if request.method == "POST":
            return await self._post(request, share)
        resource = self._resources.get(self._access.path_below(request.path))
        if request.method == "GET" and resource is not None:
            return await resource(request)
        socket = self._sockets.asked_for(request)
        if socket is not None:
            return await self._sockets.talk(request, socket)
        raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "send a POST, or open a WebSocket", {"Allow": "GET, POST"})

    async def _post(self, request: web.BaseRequest, share: Share) -> web.Response:
        refused = self._access.refuse_body(request.content_type)
        if refused is not None:
            raise _error(refused)
        share.hold(min(request.content_length or MAX_REQUEST_SIZE, MAX_REQUEST_SIZE))
        answer = await self._dispatcher.answer(await self.front.read(request), Session(share=share))
        if answer is None:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        share.hold(len(answer))
        return web.Response(body=answer, content_type="application/json")


def _connection(request: web.BaseRequest) -> Connection:
    return cast(Connection, request.protocol)


def _error(refused: Refused) -> HttpError:
    headers = {"WWW-Authenticate": "Bearer"} if refused.status is HTTPStatus.UNAUTHORIZED else None
    return HttpError(refused.status, refused.sentence, headers)
