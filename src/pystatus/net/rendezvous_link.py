"""A connection to one Rendezvous node, and the requests on it (overlay.md §4.4)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from functools import partial

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.rendezvous.client import AnswerReader
from pystatus.discovery.rendezvous.messages import PROTOCOL, MessageType
from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p.connection import Libp2pConnection
from pystatus.libp2p.events import (
    Connected,
    ConnectionClosed,
    Event,
    StreamData,
    StreamEnded,
    StreamFailed,
    StreamOpened,
)
from pystatus.libp2p.multiaddr import PeerAddress
from pystatus.log_texts import get_logger
from pystatus.net.connecting import AddressInfo
from pystatus.net.libp2p_protocol import Libp2pProtocol
from pystatus.net.route import DIRECT, Route

log = get_logger(__name__)

_FAMILIES = {"ip4": socket.AF_INET, "dns4": socket.AF_INET, "ip6": socket.AF_INET6}


async def _resolve(family: socket.AddressFamily, host: str, port: int) -> Sequence[AddressInfo]:
    """The addresses of the kind that the multiaddr names."""
    return await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)


class _Request:
    """What was asked on one stream."""

    def __init__(self, kind: MessageType, request: bytes, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.reader = AnswerReader(kind)
        self.answer: asyncio.Future[bytes] = loop.create_future()

    def failed(self, error: str) -> None:
        """There is no answer."""
        if not self.answer.done():
            self.answer.set_exception(RemoteError(error))


class RendezvousLink:
    """Asks one thing on each stream. Make one with :meth:`open`."""

    def __init__(self, identity: PrivateKey, node: PeerAddress, random: RandomSource) -> None:
        self._identity = identity
        self._node = node
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._protocol = Libp2pProtocol(self, self._loop)
        self._connection: Libp2pConnection
        self._requests: dict[int, _Request] = {}
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self.is_over = False
        """Nothing can be asked any more."""

    @classmethod
    async def open(
        cls, identity: PrivateKey, node: PeerAddress, random: RandomSource, route: Route = DIRECT
    ) -> RendezvousLink:
        """Connect. The caller limits the time.

        :param identity: who we are at this server.
        :param route: how it is reached.
        :raises OSError: it cannot be reached.
        :raises RemoteError: it is another server, or does not speak what we speak.
        """
        link = cls(identity, node, random)
        try:
            attempt = route.attempt(node.host, node.port, partial(_resolve, _FAMILIES[node.network]))
            link._protocol.beyond = attempt.beyond
            try:
                connected = await attempt.connect()
            except OSError as error:
                raise OSError(attempt.failure(error)) from error
            await link._loop.create_connection(lambda: link._protocol, sock=connected)
            await link._ready
        except BaseException:
            link.abort()
            raise
        return link

    @property
    def address(self) -> IPAddress:
        """Where the server is."""
        return self._protocol.address

    async def ask(self, kind: MessageType, request: bytes) -> bytes:
        """One request: the body of the answer. The caller limits the time.

        :param kind: of the answer.
        :raises RemoteError: the connection is over, or there was no answer, or another.
        """
        if self.is_over:
            raise RemoteError("the connection is over")
        number = self._connection.open_stream(PROTOCOL, self._loop.time())
        asked = self._requests[number] = _Request(kind, request, self._loop)
        self._protocol.pump()
        try:
            return await asked.answer
        finally:
            self._requests.pop(number, None)
            if asked.answer.cancelled():
                self._connection.reset(number, self._loop.time())
                self._protocol.pump()

    def abort(self) -> None:
        """End it at once. It may be over already."""
        self.is_over = True
        self._protocol.abort()

    async def close(self) -> None:
        """End it, and wait until the socket is closed."""
        self._connection.close("we are done")
        self._protocol.pump()
        await self._lost

    # What the connection brings: see Libp2pDelegate

    def connection_opened(self, protocol: Libp2pProtocol) -> Libp2pConnection:
        self._connection = Libp2pConnection.dial(self._identity, self._node.peer, self._random, self._loop.time())
        return self._connection

    def connection_lost(self) -> None:
        if not self._lost.done():
            self._lost.set_result(None)

    def event(self, event: Event) -> None:
        match event:
            case Connected(_, security):
                log.debug("connected to Rendezvous node %s by %s", self._node, security)
                if not self._ready.done():
                    self._ready.set_result(None)
            case StreamOpened(number):
                self._ask(number)
            case StreamData(number, data):
                self._received(number, data)
            case StreamEnded(number):
                self._failed(number, "the stream ended without an answer")
            case StreamFailed(number, error):
                self._failed(number, error)
            case ConnectionClosed(error):
                self.is_over = True
                if not self._ready.done():
                    self._ready.set_exception(RemoteError(error))
                for number in list(self._requests):
                    self._failed(number, error)

    def _ask(self, number: int) -> None:
        asked = self._requests.get(number)
        if asked is None:
            return
        try:
            self._connection.send(number, asked.request)
        except LocalError:  # it is closed again already
            self._failed(number, "the server closed the stream at once")

    def _received(self, number: int, data: bytes) -> None:
        asked = self._requests.get(number)
        if asked is None:
            return
        try:
            body = asked.reader.receive_data(data)
        except RemoteError as error:
            asked.failed(str(error))
            self._connection.reset(number, self._loop.time())
            return
        if body is not None and not asked.answer.done():
            asked.answer.set_result(body)
            self._connection.end(number, self._loop.time())

    def _failed(self, number: int, error: str) -> None:
        asked = self._requests.pop(number, None)
        if asked is not None:
            asked.failed(error)
