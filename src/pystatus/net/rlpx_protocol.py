"""One TCP connection around one overlay :class:`~pystatus.overlay.connection.Connection`."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Protocol, cast

from pystatus.errors import RemoteError
from pystatus.net.addresses import IPAddress, parse_address
from pystatus.net.config import NetworkConfig
from pystatus.net.packet_memory import COUNTS_FROM, PacketMemory
from pystatus.net.peer import Peer, PeerApplication, Work
from pystatus.net.scheduler import Scheduler
from pystatus.overlay.connection import Connection, State
from pystatus.overlay.devp2p.capabilities import Capability
from pystatus.overlay.devp2p.messages import DisconnectReason
from pystatus.overlay.enode import Enode
from pystatus.overlay.events import Connected, ConnectionClosed, Event, PacketReceived

TURN_BYTES = 64 << 10
"""Bytes of packets that one peer may bring in one turn of the event loop, and one packet more: a millisecond or two of
work. Else everybody would wait for a peer that sends without a pause (A18). It waits for the next turn itself, and is
not read until then."""
TURN_SECONDS = 0.002
"""The same in time, as bytes do not always cost the same: those of tiny envelopes cost ten times as much (A52)."""
PACKET_COST = 1024
"""Bytes that a packet counts for besides its own: what an empty one costs, compared with a full one."""
SLICE_BYTES = 4 << 10
"""Bytes from the socket that are decrypted at a time, so that what is in them can be handed over before the next are:
one read brings 256 KiB, which may be five thousand packets, or inflate to 5 MiB."""

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
    """Carries bytes, events and timers between a socket and a connection.

    Whatever the application sends in one turn of the event loop is written at once, so that a hundred small packets do
    not become a hundred system calls.
    """

    address: IPAddress
    """The other end."""
    connection: Connection
    peer: Peer | None
    is_within_node = False

    def __init__(
        self, owner: ConnectionDelegate, loop: asyncio.AbstractEventLoop, dialled: Enode | None = None
    ) -> None:
        self._owner = owner
        self._application = owner.application
        self._loop = loop
        self._config = owner.config
        self.dialled = dialled
        self.inbound = dialled is None
        self.peer = None
        self.outcome: asyncio.Future[str | None] = loop.create_future()
        """How the handshakes end: None for a peer, else what went wrong."""
        self._transport: asyncio.Transport
        self._is_refused = False
        self._is_dropped = False
        self._is_lost = False
        self._is_closing = False
        self._says_goodbye = False
        self._is_pump_due = False
        self._is_paused = False
        self._is_held = False
        self._unread: bytes | memoryview = b""
        self._work: Work | None = None
        self._work_bytes = 0
        self._counts = False
        self._reads = True
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
        return self._endpoint("peername")

    def _endpoint(self, which: str) -> str:
        host, port = self._transport.get_extra_info(which)[:2]
        address = parse_address(host)
        return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"

    def send(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet; nothing happens if the connection has ended."""
        connection = self.connection
        if connection.state is not State.OPEN:
            return
        connection.send(capability, code, payload)
        if connection.pending_bytes > self._config.max_unsent:
            self._give_up(_TOO_SLOW)
        self._pump_soon()

    def pause_reading(self) -> None:
        """Take nothing more from the socket until the connection ends, or :meth:`resume_reading`."""
        if not self._is_closing:
            self._is_paused = True
            self._read_or_wait()

    def resume_reading(self) -> None:
        """Take more again."""
        self._is_paused = False
        self._read_or_wait()

    def _read_or_wait(self) -> None:
        """Read from the socket, unless the application or this turn of the event loop has had enough."""
        reads = not (self._is_paused or self._is_held)
        if reads == self._reads:
            return
        self._reads = reads
        if self._transport.is_closing():  # there is nothing more to take from one that is given up
            return
        if reads:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def disconnect(self, reason: DisconnectReason, error: str = "") -> None:
        """End the connection in this turn of the event loop."""
        self.resume_reading()  # bytes that nobody has read would turn the end into a reset
        self._leave(reason, error)
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
        self._is_dropped = True
        if hasattr(self, "_transport"):
            self._transport.abort()
            self.connection_lost(None)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peername = transport.get_extra_info("peername")
        connection = None
        if peername is not None and not self._is_dropped:  # without a name it has hung up already
            self.address = parse_address(peername[0])
            connection = self._owner.link_opened(self)
        if connection is None:
            self._is_refused = True
            # In the next turn: uvloop closes the descriptor of a socket that it was given, and would leave it to the
            # socket to close it once more, which by then may be somebody else's.
            self._loop.call_soon(self._transport.abort)
            return
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport.set_write_buffer_limits(high=self._config.write_high_water)
        self.connection = connection
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
        if self._is_refused:
            return
        self._unread = bytes(self._unread) + data if self._unread else data
        self._pump()

    def pause_writing(self) -> None:
        self._write_timer = self._loop.call_later(
            self._config.write_timeout, self._give_up, "the peer does not read what we send"
        )

    def resume_writing(self) -> None:
        assert self._write_timer is not None, "writing was paused before"
        self._write_timer.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_lost:
            return
        self._is_lost = True
        for timer in (self._timer, self._write_timer, self._abort_timer):
            if timer is not None:
                timer.cancel()
        if not self._is_held:  # else it said more than was heard so far
            self._end()

    def _end(self) -> None:
        """Everything was heard that came before the socket was lost."""
        try:
            if not self._is_refused:
                self.connection.eof_received()
                self._deliver()
        finally:
            if not self.outcome.done():
                self.outcome.set_result("the connection was closed at once")
            self._owner.link_lost(self)

    # The pump

    def _pump_soon(self) -> None:
        if not self._is_pump_due:
            self._is_pump_due = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Hand over the events, unless it is the others' turn, then write what came of it. The end is never put off."""
        self._is_pump_due = False
        if not self._is_held or self.connection.state is State.CLOSED:
            self._deliver()
        self._write()

    def _take_turn(self) -> None:
        self._deliver()
        self._write()

    def _write(self) -> None:
        if self._is_lost or self._is_closing or self._transport.is_closing():
            return
        if self.connection.pending_bytes:
            self._transport.write(self.connection.data_to_send())
        if self.connection.state is State.CLOSED:
            self._close()
        elif self._transport.get_write_buffer_size() > self._config.max_unsent:
            self._give_up(_TOO_SLOW)

    def _close(self) -> None:
        """Close the socket, so that the peer can still read why.

        Closing with unread bytes on our side would reset the connection, and the reset may overtake the Disconnect. So
        only our direction ends here, and the peer closes the rest, or the timer does.
        """
        self._is_closing = True
        self._abort_timer = self._loop.call_later(self._config.disconnect_timeout, self._transport.abort)
        if self._says_goodbye:
            self._transport.write_eof()
        else:
            self._transport.close()

    def _deliver(self) -> None:
        """Hand over what has come, and what is above :data:`TURN_BYTES` or :data:`TURN_SECONDS` when it is its turn."""
        spent = 0
        end = time.monotonic() + TURN_SECONDS
        while self._work is not None or (event := self._next_event()) is not None:
            try:
                if self._work is not None:
                    spent = TURN_BYTES
                    self._step(self._work)
                elif isinstance(event, PacketReceived):
                    assert self.peer is not None
                    spent += len(event.payload) + PACKET_COST
                    self._work = self._application.packet_received(
                        self.peer, event.capability, event.code, event.payload
                    )
                    # Whoever goes through it has a copy of each part.
                    self._work_bytes = 0 if self._work is None else 2 * len(event.payload)
                    self._count_held()
                elif isinstance(event, Connected):
                    self.peer = self._owner.link_connected(self, event)
                    self.outcome.set_result(None)
                    self._application.peer_connected(self.peer)
                elif isinstance(event, ConnectionClosed):
                    self._ended(event)
            except RemoteError as error:
                self._leave(DisconnectReason.SUBPROTOCOL_ERROR, str(error))
            is_over = spent >= TURN_BYTES or self._work is not None or time.monotonic() > end
            if is_over and self.connection.state is State.OPEN:
                self._hold()
                return
        if self._is_held:
            self._is_held = False
            self._read_or_wait()
            if self._is_lost:
                self._end()

    def _step(self, work: Work) -> None:
        for _ in work:
            return
        self._work = None
        self._work_bytes = 0
        self._count_held()

    def _count_held(self) -> None:
        held = self.connection.unfinished + self._work_bytes
        if held >= COUNTS_FROM or self._counts:
            self._counts = held >= COUNTS_FROM
            self._owner.packet_memory.hold(self, held)

    def _next_event(self) -> Event | None:
        """What comes next, for which as little as possible is decrypted of what the socket has brought."""
        connection = self.connection
        while (event := connection.next_event()) is None and (unread := self._unread):
            if len(unread) > SLICE_BYTES:
                unread, self._unread = bytes(unread[:SLICE_BYTES]), memoryview(unread)[SLICE_BYTES:]
            else:
                self._unread = b""
            connection.receive_data(bytes(unread), self._loop.time())
            self._count_held()
        return event

    def _leave(self, reason: DisconnectReason, error: str) -> None:
        """We want to hear no more."""
        self._forget()
        self.connection.disconnect(reason, error)

    def _forget(self) -> None:
        self._unread = b""
        self._work = None
        self._work_bytes = 0

    def _hold(self) -> None:
        """It is the others' turn."""
        self._is_held = True
        self._read_or_wait()
        self._owner.turns.wait(self._take_turn)

    def _ended(self, event: ConnectionClosed) -> None:
        self._count_held()
        self._says_goodbye = event.reason is not None and not event.by_peer
        if not self.outcome.done():
            self.outcome.set_result(event.error)
        self._owner.link_closed(self, event)

    def _give_up(self, error: str) -> None:
        self._forget()
        self.connection.give_up(error)
        self._transport.abort()
        self._pump_soon()
