"""Relays that cannot be reached, each in a way of its own: real sockets of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import cast

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.node import WAKU_1, Node, NodeConfig
from pystatus.waku import packets
from tests.net.support import CONFIG, Application, SilentServer, configured
from tests.support.unanswering import unanswering

KEY = PrivateKey(bytes([7]) * 32)
"""Of the relay that is looked for."""
OTHER_KEY = PrivateKey(bytes([8]) * 32)
HOST = "127.0.0.1"

Unreachable = Callable[[], AbstractAsyncContextManager[Enode]]


def _at(port: int, host: str = HOST) -> Enode:
    return Enode(KEY.public_key, host, port, port)


@contextlib.asynccontextmanager
async def refusing() -> AsyncIterator[Enode]:
    with socket.socket() as reserved:
        reserved.bind((HOST, 0))  # bound and not listening
        yield _at(reserved.getsockname()[1])


@contextlib.asynccontextmanager
async def unknown_name() -> AsyncIterator[Enode]:
    yield _at(30303, "no-such-relay.invalid")


@contextlib.asynccontextmanager
async def not_answering() -> AsyncIterator[Enode]:
    with unanswering("127.0.0.3") as port:
        yield _at(port, "127.0.0.3")


@contextlib.asynccontextmanager
async def accepting_and_silent() -> AsyncIterator[Enode]:
    async with SilentServer() as server:
        yield server.enode(7)


class _Greeting(asyncio.Protocol):
    """Another program: it says what it says, or hangs up at once."""

    def __init__(self, words: bytes | None) -> None:
        self._words = words

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connected = cast(asyncio.Transport, transport)
        if self._words is not None:
            connected.write(self._words)
        connected.close()


def greeting(words: bytes | None) -> Unreachable:
    @contextlib.asynccontextmanager
    async def served() -> AsyncIterator[Enode]:
        server = await asyncio.get_running_loop().create_server(lambda: _Greeting(words), HOST, 0)
        async with server:
            yield _at(server.sockets[0].getsockname()[1])

    return served


@contextlib.asynccontextmanager
async def with_another_key() -> AsyncIterator[Enode]:
    async with Node(NodeConfig(listen=f"{HOST}:0", key=OTHER_KEY)) as node:
        yield _at(node.enode.port)


@contextlib.asynccontextmanager
async def _network(
    application: Application, capability: Subprotocol = WAKU_1, **changes: object
) -> AsyncIterator[Enode]:
    async with PeerManager(LocalNode(KEY, "a relay", (capability,)), application, configured(**changes)) as network:  # type: ignore[arg-type]  # any field
        yield network.enode


def full() -> AbstractAsyncContextManager[Enode]:
    return _network(Application(), max_inbound_peers=0)


def of_another_network() -> AbstractAsyncContextManager[Enode]:
    """Whoever hears the other's Hello first leaves; it is said there for both."""
    return _network(Application(), Subprotocol(Capability("eth", 66), 17), disconnect_timeout=CONFIG.disconnect_timeout)


def leaving_after_hello() -> AbstractAsyncContextManager[Enode]:
    application = Application()
    application.on_connected = lambda peer: peer.disconnect(DisconnectReason.TOO_MANY_PEERS)
    return _network(application)


def with_a_status_of_nonsense() -> AbstractAsyncContextManager[Enode]:
    application = Application()

    def greet(peer: Peer) -> None:
        peer.send(WAKU_1.capability, packets.STATUS, b"\x01")

    application.on_connected = greet
    return _network(application)


def without_status() -> AbstractAsyncContextManager[Enode]:
    return _network(Application())


UNREACHABLE: dict[str, tuple[Unreachable, str]] = {
    "refused": (refusing, "Connection refused"),
    "no such name": (unknown_name, "there is no such name (no-such-relay.invalid: Name or service not known)"),
    "no answer": (not_answering, "no answer within 0.2 seconds"),
    "silent": (
        accepting_and_silent,
        "it accepts connections and says nothing within 0.2 seconds; another program may listen there",
    ),
    "hangs up": (
        greeting(None),
        "the peer closed the connection during the encryption handshake; it may be another node than its enode or the"
        " invitation says (ask for that again), or takes nobody from here at present",
    ),
    "wrong key": (
        with_another_key,
        "the peer closed the connection during the encryption handshake; it may be another node than its enode or the"
        " invitation says (ask for that again), or takes nobody from here at present",
    ),
    "web server": (
        greeting(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
        'what answers there is no relay (it says "HTTP/1.1 400 Bad Request")',
    ),
    "secure shell": (
        greeting(b"SSH-2.0-Other_1.0\r\n"),
        'what answers there is no relay (it says "SSH-2.0-Other_1.0")',
    ),
    "bytes": (greeting(b"\xff" * 300), "what answers there is no relay: handshake packet announces 65535 bytes"),
    "full": (full, "the peer disconnected: too many peers"),
    "other network": (of_another_network, "it is a node of another network: it speaks eth/66, and not waku/1, waku/0"),
    "leaves after Hello": (leaving_after_hello, "the peer disconnected: too many peers"),
    "nonsense": (with_a_status_of_nonsense, "status options are an RLP list and nothing behind it"),
    "no Status": (without_status, "no Status in time"),
}
"""By name: what is there, and what the person reads of it."""
