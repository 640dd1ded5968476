"""The chain behind a port of this machine: HTTP and WebSocket at the same address, as nodes have it, and a gateway of
IPFS beside them, which gives raw blocks."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import WSMsgType, web

from pystatus.devchain.methods import Methods
from pystatus.errors import LocalError
from pystatus.net.listening import system_text

LOOPBACK = "127.0.0.1"
"""Nobody else reaches it: everybody who does can spend what its accounts have, and move its time."""
MAX_BODY = 32 << 20
"""Bytes of a request."""
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


def bound(port: int = 0) -> socket.socket:
    """A port of loopback that nobody else has.

    :param port: 0 takes a free one.
    :raises LocalError: it is in use, or may not be used.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a chain that has just ended had it
        made.bind((LOOPBACK, port))
        made.listen()
    except OSError as error:
        made.close()
        raise LocalError(f"The chain cannot use port {port}: {system_text(error)}. Choose another one.") from error
    made.setblocking(False)
    return made


@asynccontextmanager
async def serving(methods: Methods, port: socket.socket) -> AsyncIterator[str]:
    """Serve the chain, and say at which address.

    :param port: as :func:`bound` gives it.
    """

    async def post(request: web.Request) -> web.Response:
        _check(request)
        return web.Response(body=methods.answer(await request.read()), content_type="application/json")

    async def talk(request: web.Request) -> web.WebSocketResponse:
        _check(request)
        opened = web.WebSocketResponse(max_msg_size=MAX_BODY)
        await opened.prepare(request)
        async for message in opened:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                asked = message.data.encode() if isinstance(message.data, str) else message.data
                await opened.send_str(methods.answer(asked).decode())
        return opened

    async def block(request: web.Request) -> web.Response:
        _check(request)
        found = methods.chain.files.get(request.match_info["cid"])
        if found is None:
            raise web.HTTPNotFound
        if request.query.get("format") != "raw":
            raise web.HTTPNotAcceptable(text="this gateway gives raw blocks alone: ?format=raw\n")
        return web.Response(body=found, content_type="application/vnd.ipld.raw")

    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_post("/", post)
    app.router.add_get("/", talk)
    app.router.add_get("/ipfs/{cid}", block)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.SockSite(runner, port).start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _check(request: web.Request) -> None:
    """Refuse pages of the web that a browser on this machine shows: they may come here by a name of their own, and
    would find money that is worth nothing, and a person who believes what the page then shows."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    origin = request.headers.get("Origin", "")
    if host not in _LOCAL_HOSTS or (origin and not _is_local(origin)):
        raise web.HTTPForbidden(text=f"{HTTPStatus.FORBIDDEN.phrase}: this chain is for programs on this machine\n")


def _is_local(origin: str) -> bool:
    return origin.split("://")[-1].rpartition(":")[0] in _LOCAL_HOSTS or origin.split("://")[-1] in _LOCAL_HOSTS
