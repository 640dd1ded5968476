"""One connection and what is done with its packets, without I/O: bytes go in, packets are handed over in turns.

A peer may bring more at once than others should wait for. So a call of :meth:`Session.deliver` hands over a bounded
amount, and decrypts as little as possible besides. The shell calls it again when the others had their turn, and reads
nothing more of this peer until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.events import Connected, ConnectionClosed, Event, PacketReceived
from pystatus.devp2p.messages import DisconnectReason
from pystatus.errors import RemoteError

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

Work: TypeAlias = Iterator[None]
"""What is still to be done with a packet, a millisecond or so at each step. Each may raise RemoteError."""
TakePacket: TypeAlias = Callable[[Capability, int, bytes], Work | None]
"""Takes a packet: capability, code from the start of its codes, payload. What takes long is given back as work, which
is done before the next packet is taken. RemoteError: the peer must not stay."""


class SessionDelegate(Protocol):
    """Hears what becomes of the connection."""

    def connected(self, event: Connected) -> TakePacket:
        """Both handshakes are done: what takes the packets.

        :raises RemoteError: the peer must not stay.
        """

    def closed(self, event: ConnectionClosed) -> None:
        """The connection has ended. Called once."""


class Session:
    """Hands over what a connection brings, in order. Everything else is done with :attr:`connection` itself."""

    __slots__ = ("_clock", "_delegate", "_take_packet", "_unread", "_work", "_work_bytes", "connection")

    _take_packet: TakePacket

    def __init__(self, connection: Connection, delegate: SessionDelegate, clock: Callable[[], float]) -> None:
        """
        :param clock: seconds that tell how long a turn takes already.
        """
        self.connection = connection
        self._delegate = delegate
        self._clock = clock
        self._unread: bytes | memoryview = b""
        self._work: Work | None = None
        self._work_bytes = 0

    @property
    def held(self) -> int:
        """Bytes of the packet that is coming, and of the one that is gone through: that work has a copy of each
        part."""
        return self.connection.unfinished + 2 * self._work_bytes

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the transport, cut in any way; :meth:`deliver` looks at them."""
        self._unread = bytes(self._unread) + data if self._unread else data

    def leave(self, reason: DisconnectReason, error: str) -> None:
        """End the connection, and hand over nothing more but its end."""
        self._forget()
        self.connection.disconnect(reason, error)

    def give_up(self, error: str) -> None:
        """The same without a word to the peer, because it would not arrive."""
        self._forget()
        self.connection.give_up(error)

    def _forget(self) -> None:
        self._unread = b""
        self._work = None
        self._work_bytes = 0

    def deliver(self, now: float) -> bool:
        """Hand over what has come, until :data:`TURN_BYTES` or :data:`TURN_SECONDS` are spent. The end of a connection
        is never put off.

        :param now: of the connection's clock.
        :returns: whether the turn is over before everything was handed over.
        """
        connection = self.connection
        clock = self._clock
        end = clock() + TURN_SECONDS
        spent = 0
        while True:
            work = self._work
            if work is None:
                event = connection.next_event()
                if event is None:
                    event = self._decrypt(now)
                    if event is None:
                        return False
            try:
                if work is not None:
                    spent = TURN_BYTES
                    self._step(work)
                elif type(event) is PacketReceived:
                    spent += len(event.payload) + PACKET_COST
                    self._work = work = self._take_packet(event.capability, event.code, event.payload)
                    if work is not None:
                        self._work_bytes = len(event.payload)
                elif isinstance(event, Connected):
                    self._take_packet = self._delegate.connected(event)
                elif isinstance(event, ConnectionClosed):
                    self._delegate.closed(event)
            except RemoteError as error:
                self.leave(DisconnectReason.SUBPROTOCOL_ERROR, str(error))
            is_over = spent >= TURN_BYTES or self._work is not None or clock() > end
            if is_over and connection.state is State.OPEN:
                return True

    def _decrypt(self, now: float) -> Event | None:
        """The next event, for which as little as possible is decrypted of what the transport has brought."""
        connection = self.connection
        event = None
        while event is None and (unread := self._unread):
            if len(unread) > SLICE_BYTES:
                unread, self._unread = unread[:SLICE_BYTES], memoryview(unread)[SLICE_BYTES:]
            else:
                self._unread = b""
            connection.receive_data(bytes(unread), now)
            event = connection.next_event()
        return event

    def _step(self, work: Work) -> None:
        for _ in work:
            return
        self._work = None
        self._work_bytes = 0
