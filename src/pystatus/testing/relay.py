"""The relays' end of a client's connection: real encryption, a real relay without limits, and behind them the made-up
network, which decides what becomes of each envelope."""

from __future__ import annotations

import os

from pystatus.devp2p.connection import Connection
from pystatus.devp2p.events import ConnectionClosed
from pystatus.devp2p.local_node import LocalNode
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.network import Network as Relays
from pystatus.testing.stream import MemoryTransport
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeReceived
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import RateLimits
from pystatus.waku_connection.connection import WakuConnection


class RelayEnd:
    """One connection, from its first byte to its end. An :class:`~pystatus.simulation.endpoint.Endpoint`."""

    def __init__(self, local: LocalNode, port: int, relays: Relays[RelayEnd], clock: VirtualClock) -> None:
        self.port = port
        self.topics: frozenset[bytes] = frozenset()
        self.link: int | None = None
        self._relays = relays
        self._clock = clock
        self._relay = Relay(
            RelayConfig(watched=None, confirmations=True, packet_rates=RateLimits(), byte_rates=RateLimits())
        )
        self._waku = WakuConnection(Connection.respond(local, os.urandom, clock.now()), self._relay)
        self._transport: MemoryTransport
        self._is_over = False

    # what the client's end calls: see Dialled

    def opened(self, transport: MemoryTransport) -> None:
        """See :class:`~pystatus.testing.stream.Dialled`."""
        self._transport = transport
        self._set_timer()

    def receive_data(self, data: bytes) -> None:
        """See :class:`~pystatus.testing.stream.Dialled`."""
        if not self._is_over:
            now = self._clock.now()
            self._waku.receive_data(data, now, now)
            self._read()

    def eof_received(self) -> None:
        """See :class:`~pystatus.testing.stream.Dialled`."""
        if not self._is_over:
            now = self._clock.now()
            self._waku.eof_received(now, now)
            self._read()

    # what the network calls: see Endpoint

    def connected(self, link: int) -> None:
        """See :class:`~pystatus.simulation.endpoint.Endpoint`."""
        self.link = link

    def disconnected(self) -> None:
        """See :class:`~pystatus.simulation.endpoint.Endpoint`."""
        self.link = None

    def confirmed(self, envelope: Envelope) -> None:
        """See :class:`~pystatus.simulation.endpoint.Endpoint`. The relay of this end has told the client already."""

    def receive(self, envelope: Envelope) -> bool:
        """See :class:`~pystatus.simulation.endpoint.Endpoint`."""
        self._waku.queue(self._waku.capabilities[-1], packets.MESSAGES, packets.encode_messages([envelope]))
        self._write()
        return True

    def cut(self) -> None:
        """The connection breaks: what is on it is lost."""
        self.eof_received()

    # in and out

    def _read(self) -> None:
        while (event := self._waku.next_event()) is not None:
            if isinstance(event, EnvelopeReceived) and self.link is not None:
                self._relays.hand_over(self, event.envelope)
            elif isinstance(event, ConnectionClosed):
                self._end()
                return
        self._note_interest()
        self._write()

    def _note_interest(self) -> None:
        if not self._relay.ready_peers:
            return
        topics = self._relay.peer(self._waku).interest.topics
        assert topics is not None, "clients ask by topics here"
        if self.link is None:
            self.topics = topics
            self._relays.connect(self)
        elif topics != self.topics:
            self.topics = topics
            self._relays.interest_changed(self)

    def _write(self) -> None:
        data = self._waku.data_to_send(self._clock.now())
        if data and not self._is_over:
            self._transport.deliver(data)

    def _end(self) -> None:
        self._write()  # its farewell
        self._is_over = True
        if self.link is not None:
            self._relays.disconnect(self)
        self._transport.cut()

    # time

    def _set_timer(self) -> None:
        now = self._clock.now()
        due = self._waku.next_timer(now, now)
        if due is not None:
            self._clock.at(due, self._tick)

    def _tick(self) -> None:
        if not self._is_over:
            now = self._clock.now()
            self._waku.on_timer(now, now)
            self._read()
            self._set_timer()
