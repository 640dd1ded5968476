"""One TCP connection around one overlay :class:`~pystatus.devp2p.session.Session`."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected, ConnectionClosed
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import Session, TakePacket
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.net.config import NetworkConfig
from pystatus.net.link_state import (
    GONE,
    WAITING,
    WRITABLE,
    LinkInput,
    LinkState,
    Reading,
    ReadingInput,
    next_reading,
    next_state,
)
from pystatus.net.packet_memory import COUNTS_FROM, PacketMemory
from pystatus.net.peer import Peer, PeerApplication
from pystatus.net.scheduler import Scheduler

_TOO_SLOW = "the peer reads too slowly: too much waits for it"


class ConnectionDelegate(Protocol):
    """Whoever keeps the links."""

    application: PeerApplication
    config: NetworkConfig
    turns: Scheduler
    """Shared by all links that bring much."""
    packet_memory: PacketMemory
    """Shared by all links that bring large packets."""

    def is_exempt(self, peer: Peer) -> bool:
        """Whether somebody has named this peer."""

    def link_opened(self, link: RlpxProtocol) -> Connection | None:
        """TCP is connected: the overlay connection to run on it, or None to hang up."""

    def link_connected(self, link: RlpxProtocol, event: Connected) -> Peer:
        """Both handshakes are done."""

    def link_closed(self, link: RlpxProtocol, event: ConnectionClosed) -> None:
        """The overlay connection has ended. Called once for every link that was given a connection."""

    def link_lost(self, link: RlpxProtocol) -> None:
        """The socket is gone. Called once for every link that was opened."""


class RlpxProtocol(asyncio.Protocol):
    """Carries bytes and timers between a socket and a session; :mod:`~pystatus.net.link_state` is its life.

    Whatever the application sends in one turn of the event loop is written at once, so that a hundred small packets do
    not become a hundred system calls.
    """

    address: IPAddress
    """The other end."""
    beyond: tuple[IPAddress, str] | None = None
    """The other end where that is not the one of the socket: see :class:`~pystatus.net.route.Attempt`."""
    connection: Connection
    queue: Callable[[Capability, int, bytes], None]
    """As :meth:`send`, but the packet leaves with the next :meth:`flush`, or with what is sent next. It is the
    connection's own method: all that a relay sends goes this way."""
    peer: Peer | None
    is_within_node = False

    def __init__(
        self, owner: ConnectionDelegate, loop: asyncio.AbstractEventLoop, dialled: Enode | None = None
    ) -> None:
        self._owner = owner
        self._application = owner.application
        self._loop = loop
        self._config = owner.config
        self._max_unsent = owner.config.max_unsent
        self.dialled = dialled
        self.inbound = dialled is None
        self.peer = None
        self.outcome: asyncio.Future[str | None] = loop.create_future()
        """How the handshakes end: None for a peer, else what went wrong."""
        self.hung_up = False
        """Whether the other end has closed the connection before the keys were agreed."""
        self._transport: asyncio.Transport
        self._session: Session
        self._state = LinkState.DIALLING
        self._reading = Reading.ON
        self._is_pump_due = False
        self._counts = False
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._abort_timer: asyncio.TimerHandle | None = None

    # For the peer and the owner

    @property
    def is_open(self) -> bool:
        """Whether packets can be sent."""
        return self.connection.state is State.OPEN

    @property
    def pending_bytes(self) -> int:
        """Bytes that the system has not taken yet."""
        return self.connection.pending_bytes + self._transport.get_write_buffer_size()

    @property
    def local_address(self) -> str:
        """Our end, ``host:port``."""
        return self._endpoint("sockname")

    @property
    def remote_address(self) -> str:
        """The other end, ``host:port``."""
        return self._endpoint("peername") if self.beyond is None else self.beyond[1]

    def _endpoint(self, which: str) -> str:
        host, port = self._transport.get_extra_info(which)[:2]
        address = parse_address(host)
        return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"

    def send(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet that leaves with the others of this turn of the event loop; nothing happens if the connection
        has ended."""
        self.queue(capability, code, payload)
        if self.connection.pending_bytes > self._max_unsent:
            self._give_up(_TOO_SLOW)
        self._pump_soon()

    def flush(self) -> int:
        """Write what is queued, and close the socket after the last of it.

        :returns: bytes that the system has not taken yet.
        """
        if self._state not in WRITABLE or self._transport.is_closing():
            return 0
        pending = self.connection.pending_bytes
        if pending > self._max_unsent:
            self._give_up(_TOO_SLOW)
            return 0
        if pending:
            self._transport.write(self.connection.data_to_send())
        unsent = self._transport.get_write_buffer_size()
        if self._state is not LinkState.UP:
            self._close()
        elif unsent > self._max_unsent:
            self._give_up(_TOO_SLOW)
        return unsent

    def pause_reading(self) -> None:
        """Take nothing more from the socket until the connection ends, or :meth:`resume_reading`."""
        if self._state is not LinkState.CLOSING:
            self._read(ReadingInput.PAUSE)

    def resume_reading(self) -> None:
        """Take more again."""
        self._read(ReadingInput.RESUME)

    def _read(self, what: ReadingInput) -> None:
        before, self._reading = self._reading, next_reading(self._reading, what)
        reads = self._reading is Reading.ON
        if reads == (before is Reading.ON) or self._transport.is_closing():  # nothing more comes from one that closes
            return
        if reads:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def disconnect(self, reason: DisconnectReason, error: str = "") -> None:
        """End the connection in this turn of the event loop."""
        self.resume_reading()  # bytes that nobody has read would turn the end into a reset
        self._session.leave(reason, error)
        self._pump_soon()

    @property
    def is_stranger(self) -> bool:
        """See :class:`~pystatus.net.packet_memory.Holder`."""
        return self.inbound and (self.peer is None or not self._owner.is_exempt(self.peer))

    def drop_packet(self) -> None:
        """See :class:`~pystatus.net.packet_memory.Holder`."""
        self._counts = False
        self.disconnect(DisconnectReason.TOO_MANY_PEERS, "too many peers send large packets at the same time")

    def drop(self) -> None:
        """Dialling was broken off. Some loops then close a socket that was just connected without telling anybody."""
        if self._state is LinkState.DIALLING:
            self._enter(LinkInput.DROPPED)
        else:
            self._transport.abort()
            self.connection_lost(None)

    def _enter(self, what: LinkInput) -> None:
        self._state = next_state(self._state, what)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peername = transport.get_extra_info("peername")
        connection = None
        if peername is not None and self._state is LinkState.DIALLING:  # without a name it has hung up already
            self.address = parse_address(peername[0]) if self.beyond is None else self.beyond[0]
            connection = self._owner.link_opened(self)
        if connection is None:
            self.hung_up = peername is None
            self._enter(LinkInput.REFUSED)
            # In the next turn: uvloop closes the descriptor of a socket that it was given, and would leave it to the
            # socket to close it once more, which by then may be somebody else's.
            self._loop.call_soon(self._transport.abort)
            return
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport.set_write_buffer_limits(high=self._config.write_high_water)
        self.connection = connection
        self.queue = connection.queue
        self._session = Session(connection, self, time.monotonic)
        self._enter(LinkInput.ADMITTED)
        self._pump()
        self._arm_timer()

    def _arm_timer(self) -> None:
        when = self.connection.next_timer()
        if when is not None:
            self._timer = self._loop.call_at(when, self._timer_due, when)

    def _timer_due(self, when: float) -> None:
        # Loops may call a little early; then the connection would find nothing due, and ask to be called at once.
        self.connection.on_timer(max(when, self._loop.time()))
        self._pump()
        self._arm_timer()

    def data_received(self, data: bytes) -> None:
        if self._state is not LinkState.REFUSED:
            self._session.receive_data(data)
            self._pump()

    def pause_writing(self) -> None:
        self._write_timer = self._loop.call_later(
            self._config.write_timeout, self._give_up, "the peer does not read what we send"
        )

    def resume_writing(self) -> None:
        assert self._write_timer is not None, "writing was paused before"
        self._write_timer.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        before = self._state
        self._enter(LinkInput.LOST)
        if before in GONE:
            return
        for timer in (self._timer, self._write_timer, self._abort_timer):
            if timer is not None:
                timer.cancel()
        if before is LinkState.REFUSED:
            self._over()
        elif self._reading not in WAITING:  # else it said more than was heard so far
            self._end()

    def _end(self) -> None:
        """Everything was heard that came before the socket was lost."""
        self.hung_up = self.connection.state is State.KEYS
        try:
            self.connection.eof_received()
            self._deliver()
        finally:
            self._over()

    def _over(self) -> None:
        self._enter(LinkInput.DELIVERED)
        if not self.outcome.done():
            self.outcome.set_result("the connection was closed at once")
        self._owner.link_lost(self)

    # What the session brings: see SessionDelegate

    def connected(self, event: Connected) -> TakePacket:
        self.peer = peer = self._owner.link_connected(self, event)
        self.outcome.set_result(None)
        self._application.peer_connected(peer)
        return partial(self._application.packet_received, peer)

    def closed(self, event: ConnectionClosed) -> None:
        is_ours = event.reason is not None and not event.by_peer
        self._enter(LinkInput.SAID_FAREWELL if is_ours else LinkInput.ENDED)
        if not self.outcome.done():
            self.outcome.set_result(event.error)
        self._owner.link_closed(self, event)

    # The pump

    def _pump_soon(self) -> None:
        if not self._is_pump_due:
            self._is_pump_due = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Hand over the events, unless it is the others' turn, then write what came of it. The end is never put off."""
        self._is_pump_due = False
        if self._reading not in WAITING or self.connection.state is State.CLOSED:
            self._deliver()
        self.flush()

    def _deliver(self) -> None:
        """Hand over what has come; what is too much for one turn when it is its turn again."""
        is_over = self._session.deliver(self._loop.time())
        held = self._session.held
        if held >= COUNTS_FROM or self._counts:
            self._counts = held >= COUNTS_FROM
            self._owner.packet_memory.hold(self, held)
        if is_over:
            self._read(ReadingInput.HOLD)
            self._owner.turns.wait(self._take_turn)
        elif self._reading in WAITING:
            self._read(ReadingInput.RELEASE)
            if self._state is LinkState.LOST:
                self._end()

    def _take_turn(self) -> None:
        self._deliver()
        self.flush()

    def _close(self) -> None:
        """Close the socket, so that the peer can still read why.

        Closing with unread bytes on our side would reset the connection, and the reset may overtake the Disconnect. So
        only our direction ends here, and the peer closes the rest, or the timer does.
        """
        is_farewell = self._state is LinkState.FAREWELL
        self._enter(LinkInput.CLOSED)
        self._abort_timer = self._loop.call_later(self._config.disconnect_timeout, self._transport.abort)
        if is_farewell:
            self._transport.write_eof()
        else:
            self._transport.close()

    def _give_up(self, error: str) -> None:
        self._enter(LinkInput.GIVEN_UP)
        self._session.give_up(error)
        self._transport.abort()
        self._pump_soon()
