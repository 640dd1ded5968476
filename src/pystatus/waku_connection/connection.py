"""A connection to one peer that speaks Waku, without I/O: bytes in, events out."""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.events import Connected, ConnectionClosed, PacketReceived
from pystatus.devp2p.events import Event as OverlayEvent
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import Session, TakePacket
from pystatus.waku.relay.events import Event as RelayEvent
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.steps import DONE, Steps
from pystatus.waku_connection.capabilities import spoken
from pystatus.waku_connection.shared_relay import SharedRelay

Event: TypeAlias = OverlayEvent | RelayEvent
"""A packet of a connection is told after the relay has taken it, the end after the relay knows of it."""


class WakuConnection:
    """An overlay connection joined with a relay, its own or one that other connections share::

        waku = WakuConnection(Connection.initiate(…), Relay())
        waku.receive_data(data, now, unix)      # and eof_received when the transport ends
        while (event := waku.next_event()) is not None: ...
        transport.write(waku.data_to_send(unix))
        # at waku.next_timer(now, unix): waku.on_timer(now, unix)

    ``now`` is in seconds on the connection's clock, which never steps; ``unix`` is in Unix seconds, which envelopes are
    dated in. Of a shared relay only the packets for this peer pass here: its events, its timer and what it has to send
    are fetched from the :class:`~pystatus.waku_connection.shared_relay.SharedRelay`, once for all connections.
    """

    __slots__ = ("_events", "_is_shared", "_relay", "_session", "_unix", "capabilities", "connection")

    capabilities: tuple[Capability, ...]
    """What is shared with the peer; nothing before both have said Hello."""

    def __init__(self, connection: Connection, relay: Relay | SharedRelay[WakuConnection]) -> None:
        self.connection = connection
        self.capabilities = ()
        self._is_shared = isinstance(relay, SharedRelay)
        self._relay = relay if isinstance(relay, SharedRelay) else SharedRelay[WakuConnection](relay)
        self._session = Session(connection, self, _no_clock)
        self._events: deque[Event] = deque()
        self._unix = 0.0

    # What the shell calls

    @property
    def state(self) -> State:
        """Of the overlay connection."""
        return self.connection.state

    def receive_data(self, data: bytes, now: float, unix: float) -> None:
        """Take bytes from the transport, cut in any way. Never raises; look at the events."""
        self._session.receive_data(data)
        self._deliver(now, unix)

    def eof_received(self, now: float, unix: float) -> None:
        """The transport has ended."""
        self.connection.eof_received()
        self._deliver(now, unix)

    def on_timer(self, now: float, unix: float) -> None:
        """Do what is due."""
        self.connection.on_timer(now)
        self._deliver(now, unix)
        if not self._is_shared:
            self._relay.relay.on_timer(unix)

    def next_timer(self, now: float, unix: float) -> float | None:
        """When to call :meth:`on_timer`, on the clock of ``now``; None: never."""
        due = self.connection.next_timer()
        relay_due = None if self._is_shared or due is None else self._relay.relay.next_timer()
        if due is None or relay_due is None:
            return due
        return min(due, now + max(0.0, relay_due - unix))

    def next_event(self) -> Event | None:
        """The next event, or None."""
        if self._events:
            return self._events.popleft()
        return None if self._is_shared else self._relay.next_event()

    def data_to_send(self, unix: float) -> bytes:
        """Everything that is to be written to the transport now."""
        if not self._is_shared:
            self._relay.queue_packets(unix)
        return self.connection.data_to_send()

    def disconnect(self, reason: DisconnectReason, error: str = "") -> None:
        """End the connection; the last event says so.

        :param error: why, for that event; empty: ``reason`` in words.
        """
        self._session.leave(reason, error)
        self._session.deliver(0.0)  # there are no bytes left that the time would matter for

    def queue(self, capability: Capability, code: int, payload: bytes) -> None:
        """Send a packet beside the relay; nothing happens if the connection is not open.

        :raises LocalError: not a shared capability, no such code, or too large a payload.
        """
        self.connection.queue(capability, code, payload)

    def _deliver(self, now: float, unix: float) -> None:
        self._unix = unix
        while self._session.deliver(now):
            pass

    # What the session brings: see SessionDelegate

    def connected(self, event: Connected) -> TakePacket:
        self.capabilities = tuple(shared.capability for shared in event.shared)
        self._events.append(event)
        self._relay.peer_connected(self, self._unix)
        return self._take_packet

    def _take_packet(self, capability: Capability, code: int, payload: bytes) -> Steps | None:
        relay = self._relay.relay
        if capability == spoken(self.capabilities):
            steps = relay.receive_in_steps(self, code, payload, self._unix)
        else:
            steps = DONE
            relay.receive_aside(self, payload, self._unix)
        self._events.append(PacketReceived(capability, code, payload))
        return None if steps is DONE else steps

    def closed(self, event: ConnectionClosed) -> None:
        if self.capabilities:
            while not self._is_shared and (happened := self._relay.next_event()) is not None:
                self._events.append(happened)  # it comes before the end
            self._relay.relay.peer_disconnected(self, self._unix)
        self._events.append(event)


def _no_clock() -> float:
    """Nobody else waits for the turn of a single connection."""
    return 0.0
