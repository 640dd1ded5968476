"""One TCP connection around one :class:`~pystatus.libp2p.connection.Libp2pConnection`."""

from __future__ import annotations

import asyncio
import socket
from typing import Protocol, cast

from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.libp2p.connection import Libp2pConnection, State
from pystatus.libp2p.events import Event

MAX_UNSENT = 64 << 10
"""Bytes that wait for a peer that does not read. An answer of Rendezvous has 3 KiB, and sixteen streams may wait for
one."""
CLOSE_TIMEOUT = 1.0
"""Seconds in which what was written last has to leave."""


class Libp2pDelegate(Protocol):
    """Who has a connection."""

    def connection_opened(self, protocol: Libp2pProtocol) -> Libp2pConnection | None:
        """TCP is connected: the connection to run on it, or None to hang up."""

    def event(self, event: Event) -> None:
        """Something happened. The last is :class:`~pystatus.libp2p.events.ConnectionClosed`."""

    def connection_lost(self) -> None:
        """The socket is gone, and :meth:`event` is not called any more. Called once for each that was opened."""


class Libp2pProtocol(asyncio.Protocol):
    """Carries bytes and timers between a socket and a connection. Call :meth:`pump` after each use of the latter."""

    address: IPAddress
    """The other end."""
    beyond: tuple[IPAddress, str] | None = None
    """The other end where that is not the one of the socket: see :class:`~pystatus.net.route.Attempt`."""

    def __init__(self, delegate: Libp2pDelegate, loop: asyncio.AbstractEventLoop) -> None:
        self._delegate = delegate
        self._loop = loop
        self._connection: Libp2pConnection | None = None
        self._transport: asyncio.Transport | None = None
        self._is_dropped = False
        self._timer: asyncio.TimerHandle | None = None
        self._abort_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peername = transport.get_extra_info("peername")
        connection = None
        if peername is not None and not self._is_dropped:  # without a name it has hung up already
            self.address = parse_address(peername[0]) if self.beyond is None else self.beyond[0]
            connection = self._delegate.connection_opened(self)
        if connection is None:
            self._loop.call_soon(self._transport.abort)
            return
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        self.pump()

    def data_received(self, data: bytes) -> None:
        if self._connection is not None:
            self._connection.receive_data(data, self._loop.time())
            self.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        for timer in (self._timer, self._abort_timer):
            if timer is not None:
                timer.cancel()
        connection.eof_received()
        while (event := connection.next_event()) is not None:
            self._delegate.event(event)
        self._delegate.connection_lost()

    def abort(self) -> None:
        """Give the socket up at once, or as soon as there is one; nothing that waits is written. What is to be heard of
        it comes in the next turn of the event loop."""
        self._is_dropped = True
        if self._transport is not None:
            self._transport.abort()

    def pump(self) -> None:
        """Hand over the events, write what came of them, and see to the timers."""
        connection, transport = self._connection, self._transport
        if connection is None or transport is None or self._abort_timer is not None:
            return
        while (event := connection.next_event()) is not None:
            self._delegate.event(event)
        if connection.pending_bytes:
            transport.write(connection.data_to_send())
        if connection.state is State.CLOSED:
            self._abort_timer = self._loop.call_later(CLOSE_TIMEOUT, transport.abort)
            transport.close()
        elif transport.get_write_buffer_size() > MAX_UNSENT:
            transport.abort()
        else:
            self._arm(connection)

    def _arm(self, connection: Libp2pConnection) -> None:
        when = connection.next_timer()
        timer = self._timer
        if when is None or (timer is not None and timer.when() <= when):  # traffic moves it later: seen when it is due
            return
        if timer is not None:
            timer.cancel()
        self._timer = self._loop.call_at(when, self._timer_due, when)

    def _timer_due(self, when: float) -> None:
        self._timer = None
        if self._connection is not None:
            # Loops may call a little early; then the connection would find nothing due, and ask to be called at once.
            self._connection.on_timer(max(when, self._loop.time()))
            self.pump()
