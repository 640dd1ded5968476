"""The RPC server of a node: off by default, for this machine by default, and with a token (9/WAKU-RPC, A46).

async with Node(config) as node, RpcServer(node, RpcConfig(http=True, token_file=path)) as rpc:
    print(rpc.url)
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from pystatus.log_texts import get_logger
from pystatus.node import Node
from pystatus.rpc.config import NO_BRIDGE, WHISPER_MODULES, RpcConfig

if TYPE_CHECKING:
    from pystatus.rpc.dispatcher import Dispatcher
    from pystatus.rpc.room import Room

log = get_logger(__name__)


class RpcServer:
    """Everything that the settings offer. Use it as an asynchronous context manager, inside the node's."""

    def __init__(self, node: Node, config: RpcConfig) -> None:
        self.config = config
        self._node = node
        self._resources = AsyncExitStack()
        self._url: str | None = None

    @property
    def url(self) -> str | None:
        """Where HTTP is served, ``http://host:port``; WebSocket is there as well."""
        return self._url

    async def __aenter__(self) -> RpcServer:
        """
        :raises LocalError: a port, socket or token file cannot be used; nothing is left open.
        """
        if not self.config.is_enabled:
            return self
        from pystatus.rpc.admin import AdminApi
        from pystatus.rpc.dispatcher import Dispatcher
        from pystatus.rpc.room import Room
        from pystatus.rpc.waku import WakuApi

        config = self.config
        async with AsyncExitStack() as stack:
            waku = WakuApi(self._node, reference_encoding=config.reference_encoding)
            stack.callback(waku.close)
            missing = {} if self._node.config.bridge else dict.fromkeys(WHISPER_MODULES, NO_BRIDGE)
            modules = [name for name in config.modules if name not in missing]
            methods = {**waku.methods, **AdminApi(self._node, modules).methods}
            if self._node.config.bridge:
                from pystatus.rpc.whisper import WhisperApi

                methods.update(WhisperApi(self._node, waku).methods)
            offered = {name: method for name, method in methods.items() if name.partition("_")[0] in modules}
            dispatcher, room = Dispatcher(offered, missing), Room()
            if config.http:
                await self._serve_http(dispatcher, room, stack)
            if config.socket is not None:
                from pystatus.rpc.ipc import IpcServer

                ipc = IpcServer(dispatcher, room)
                stack.push_async_callback(ipc.close)
                await ipc.start(config.socket)
                log.info("RPC on %s", config.socket)
            stack.callback(waku.stop)
            self._resources = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.aclose()

    async def _serve_http(self, dispatcher: Dispatcher, room: Room, stack: AsyncExitStack) -> None:
        from pystatus.rpc.access import Access
        from pystatus.rpc.http import HttpServer
        from pystatus.rpc.tokens import server_token

        config = self.config
        http = HttpServer(dispatcher, Access(config, server_token(config)), room)
        stack.push_async_callback(http.close)
        await http.start(config.http_host, config.http_port)
        self._url = http.front.url(config.http_host)
        if not http.front.is_loopback:
            log.warning(
                "the RPC can be reached from other machines, and its token and all keys travel in clear text: put a "
                "proxy with TLS in front of it"
            )
        log.info("RPC on %s", self._url)
