"""A client for programs of any language: JSON-RPC, events and signals over HTTP, and over standard input and output."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from pystatus.client import Client
from pystatus.log_texts import get_logger
from pystatus.rpc.admin import AdminApi
from pystatus.rpc.client_api.api import ClientApi
from pystatus.rpc.client_api.calls import WAITING
from pystatus.rpc.client_api.openrpc import document
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import Dispatcher, Method
from pystatus.rpc.json_stream import talk
from pystatus.rpc.room import Room
from pystatus.rpc.standard_streams import Input, Output
from pystatus.rpc.waku import WakuApi
from pystatus.rpc.wakuext.api import WakuextApi
from pystatus.rpc.wakuext.signals import Signal, Signals
from pystatus.version import VERSION

if TYPE_CHECKING:
    from aiohttp import web

log = get_logger(__name__)

STDIN, STDOUT = 0, 1
"""The descriptors, whatever has become of the objects of Python."""
NODE_MODULES = ("admin", "waku", "rpc", "web3", "net")
"""Namespaces of the node that are offered, too: status-go's clients use them beside ``wakuext``."""


class ClientServer:
    """Serves one client that is open. Use it as an asynchronous context manager, inside the client's."""

    def __init__(
        self, client: Client, config: RpcConfig, *, media_folder: Path | None = None, stdio: bool = False
    ) -> None:
        """
        :param config: where, and who may call; without ``http`` nothing listens.
        :param media_folder: where the files are that callers over HTTP may name as ``imagePath`` and ``audioPath``;
            None: they may name none.
        :param stdio: answer what comes on standard input, too, until its end.
        """
        self._client = client
        self._config = config
        self._media_folder = media_folder
        self._stdio = stdio
        self._resources = AsyncExitStack()
        self._room = Room()
        self._signal: Callable[[Signal], None] = lambda signal: None
        self.url: str | None = None
        """Where HTTP is served, ``http://host:port``."""
        self.input_ended = asyncio.Event()
        """Standard input is at its end."""

    async def __aenter__(self) -> Self:
        """
        :raises LocalError: a port or a token file cannot be used; nothing is left open.
        """
        async with AsyncExitStack() as stack:
            methods = self._node_methods(stack)
            if self._config.http:
                await self._serve_http(methods, stack)
            if self._stdio:
                api = self._client_api(stack, files=True)
                await self._serve_stdio(Dispatcher({**api.methods, **methods}, waiting=WAITING), stack)
            self._resources = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.aclose()

    def _client_api(self, stack: AsyncExitStack, *, files: bool) -> ClientApi:
        api = ClientApi(self._client, files=files)
        stack.callback(api.close)
        return api

    def _node_methods(self, stack: AsyncExitStack) -> Mapping[str, Method]:
        """What status-go offers, and the description of all."""
        waku = WakuApi(self._client.node, reference_encoding=True)
        stack.callback(waku.close)
        stack.callback(waku.stop)
        wakuext = WakuextApi(self._client, self._media_folder, lambda signal: self._signal(signal))
        stack.callback(wakuext.close)
        modules = [*NODE_MODULES, "wakuext", "settings"]
        node = {**waku.methods, **AdminApi(self._client.node, modules).methods}
        offered = {name: method for name, method in node.items() if name.partition("_")[0] in NODE_MODULES}
        return {**offered, **wakuext.methods, "rpc.discover": document}

    async def _serve_http(self, methods: Mapping[str, Method], stack: AsyncExitStack) -> None:
        from pystatus.rpc.access import Access
        from pystatus.rpc.client_api.event_stream import ServerSentEvents
        from pystatus.rpc.http import HttpServer
        from pystatus.rpc.tokens import server_token

        config = self._config
        api = self._client_api(stack, files=False)
        events = ServerSentEvents(
            self._client, lambda event, stream: ((type(event).__name__, api.feed.written(event, stream)),)
        )
        signals = Signals(self._client)
        reference = ServerSentEvents(
            self._client,
            lambda event, _: _written(signals.of(event)),
            lambda: _written(signals.first()),
        )
        self._signal = lambda signal: reference.insert("signal", msgspec.json.encode(signal))

        async def stream(request: web.BaseRequest) -> web.StreamResponse:
            return await (reference if request.query.get("format") == "status-go" else events).answer(request)

        http = HttpServer(
            Dispatcher({**api.methods, **methods}, waiting=WAITING),
            Access(config, server_token(config)),
            self._room,
            resources={"/events": stream, "/check": self._check},
        )
        stack.push_async_callback(http.close)
        await http.start(config.http_host, config.http_port)
        self.url = http.front.url(config.http_host)
        if not http.front.is_loopback:
            log.warning(
                "the daemon can be reached from other machines, and its token and all messages travel in clear text: "
                "put a proxy with TLS in front of it"
            )

    async def _check(self, request: web.BaseRequest) -> web.Response:
        """Whether the profile is open: else nobody answers."""
        from aiohttp import web

        network = self._client.network()
        fields = {
            "version": VERSION,
            "profile": self._client.profile.name,
            "online": bool(network.relays),
            "relays": len(network.relays),
            "mailserver": network.has_mailserver,
            "cursor": self._client.cursor,
        }
        return web.Response(body=msgspec.json.encode(fields), content_type="application/json")

    async def _serve_stdio(self, dispatcher: Dispatcher, stack: AsyncExitStack) -> None:
        given, output = Input(STDIN), Output(STDOUT)

        def abort() -> None:
            output.abort()
            talking.cancel()

        talking = asyncio.create_task(talk(dispatcher, self._room, given, output, abort))
        talking.add_done_callback(lambda _: self.input_ended.set())

        async def end() -> None:
            talking.cancel()
            await asyncio.wait([talking])

        stack.push_async_callback(end)


def _written(signals: Iterable[Signal]) -> list[tuple[str, bytes]]:
    return [("signal", msgspec.json.encode(signal)) for signal in signals]
