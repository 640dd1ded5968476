"""Bytes to a node of Ethereum and back: over HTTP, or over a WebSocket. aiohttp speaks both, and opens no connection of
its own: all go by the route that everything takes, so that none passes by a proxy."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any, Protocol

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import BaseConnector

from pystatus.chain.endpoint_url import EndpointUrl
from pystatus.chain.failures import EndpointFailed, Nonsense, Overloaded, Refusing, TooLarge, Unreachable
from pystatus.net.listening import system_text
from pystatus.net.route import Route

MAX_ANSWER = 32 << 20
"""Bytes of an answer. Ours: ten full blocks of mainnet have some ten million."""
READ_SIZE = 64 << 10
"""Bytes that are read at a time."""
CONNECT_SECONDS = 10.0
"""Seconds for a connection. Ours."""
_OVERLOADED = frozenset({429, 500, 502, 503, 504})
_WS_CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED)


class Transport(Protocol):
    """Carries questions to one node."""

    async def exchange(self, body: bytes) -> bytes:
        """What a node answers to a request. A timeout of the caller may break it off.

        :raises EndpointFailed: there is no connection, or no answer that could be one.
        """

    async def close(self) -> None:
        """Hang up."""


def transport_to(url: EndpointUrl, route: Route) -> Transport:
    """What carries questions to an address."""
    return WebSocketTransport(url, route) if url.is_web_socket else HttpTransport(url, route)


class RouteConnector(BaseConnector):
    """Opens the connections of aiohttp by a route."""

    allowed_protocol_schema_set = BaseConnector.allowed_protocol_schema_set | frozenset({"ws", "wss"})

    def __init__(self, url: EndpointUrl, route: Route) -> None:
        super().__init__(limit=0)  # how many there are, the endpoint says
        self._url = url
        self._route = route

    async def _create_connection(self, req: Any, traces: Sequence[Any], timeout: Any) -> ResponseHandler:
        url = self._url
        attempt = self._route.attempt(url.host, url.port)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                connected = await attempt.connect()
        except OSError as error:  # a timeout is one, too
            raise Unreachable(url, attempt.failure(error, CONNECT_SECONDS)) from error
        tls = ssl.create_default_context() if url.scheme in ("https", "wss") else None
        try:
            _, protocol = await self._loop.create_connection(
                self._factory, sock=connected, ssl=tls, server_hostname=None if tls is None else url.host
            )
        except OSError as error:
            why = getattr(error, "verify_message", None) or system_text(error)
            raise Unreachable(url, f"its certificate cannot be trusted, or it speaks no TLS ({why})") from error
        assert isinstance(protocol, ResponseHandler)
        return protocol


class HttpTransport:
    """A request for each batch of questions, on connections that are kept."""

    def __init__(self, url: EndpointUrl, route: Route) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(
            connector=RouteConnector(url, route),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # a kilobyte may inflate to a gigabyte
            headers={"User-Agent": "pystatus", "Accept-Encoding": "identity"},
        )

    async def exchange(self, body: bytes) -> bytes:
        """See :class:`Transport`. Redirections are not followed: the address holds a key."""
        headers = {"Content-Type": "application/json"}
        try:
            async with self._session.post(
                self._url.whole, data=body, headers=headers, allow_redirects=False
            ) as response:
                answer = await self._read(response)
        except EndpointFailed:
            raise
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(self._url, f"it has broken the connection ({type(error).__name__})") from error
        if response.status in _OVERLOADED and answer.lstrip()[:1] not in (b"{", b"["):
            raise Overloaded(self._url, response.status)
        if response.status in (401, 402, 403) or 300 <= response.status < 400:
            raise Refusing(self._url, response.status)
        return answer

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        parts, size = [], 0
        async for part in response.content.iter_chunked(READ_SIZE):
            size += len(part)
            if size > MAX_ANSWER:
                response.close()
                raise TooLarge(self._url, MAX_ANSWER)
            parts.append(part)
        return b"".join(parts)

    async def close(self) -> None:
        """See :class:`Transport`."""
        await self._session.close()


class WebSocketTransport:
    """One connection, one request at a time. After one that was broken off it is opened anew, so that no answer is
    taken for that to another question."""

    def __init__(self, url: EndpointUrl, route: Route) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(
            connector=RouteConnector(url, route),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "pystatus"},
        )
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._turn = asyncio.Lock()

    async def exchange(self, body: bytes) -> bytes:
        """See :class:`Transport`."""
        async with self._turn:
            is_done = False
            try:
                answer = await self._exchange(body)
                is_done = True
                return answer
            except EndpointFailed:
                raise
            except aiohttp.WSServerHandshakeError as error:
                raise Refusing(self._url, error.status) from error
            except (aiohttp.ClientError, OSError) as error:
                raise Unreachable(self._url, f"it has broken the connection ({type(error).__name__})") from error
            finally:
                if not is_done:
                    self._drop()

    async def _exchange(self, body: bytes) -> bytes:
        if self._socket is None or self._socket.closed:
            self._socket = await self._session.ws_connect(self._url.whole, max_msg_size=MAX_ANSWER, autoping=True)
        await self._socket.send_str(body.decode())
        while True:
            message = await self._socket.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                answer: bytes = message.data.encode()
                return answer
            if getattr(message.data, "code", None) == aiohttp.WSCloseCode.INVALID_TEXT:
                raise Nonsense(self._url, "what it says is no text")
            if (
                message.type is aiohttp.WSMsgType.ERROR
                or self._socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
            ):
                raise TooLarge(self._url, MAX_ANSWER)
            if message.type in _WS_CLOSED:
                raise Unreachable(self._url, "it has closed the connection")

    def _drop(self) -> None:
        """Give up the connection; nobody waits for its end."""
        socket, self._socket = self._socket, None
        if socket is not None and (response := socket._response) is not None:
            response.close()

    async def close(self) -> None:
        """See :class:`Transport`."""
        await self._session.close()
