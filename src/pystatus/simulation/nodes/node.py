"""One node of the network: the real relay on the real overlay, and a shell that counts what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from pystatus.devp2p.connection import Connection
from pystatus.devp2p.events import ConnectionClosed, PacketReceived
from pystatus.devp2p.local_node import LocalNode
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.nodes.clocks import ClockWords
from pystatus.simulation.nodes.link import LinkEnd
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import ClockJudged, EnvelopeReceived, PeerFailed
from pystatus.waku.relay.relay import Relay
from pystatus.waku_connection.connection import WakuConnection
from pystatus.waku_connection.shared_relay import SharedRelay


@dataclass(slots=True)
class Usage:
    """What a node has done and used since the last :meth:`Node.measure_anew`."""

    cpu_seconds: float = 0.0
    """Of the real processor."""
    bytes_in: int = 0
    """Over its links, as they are over TCP: encrypted and compressed, with frame headers."""
    bytes_out: int = 0
    envelopes_new: int = 0
    """Received for the first time."""
    envelopes_known: int = 0
    """Received again."""


class Node:
    """A node, its links, and its timers."""

    def __init__(
        self,
        number: int,
        local: LocalNode,
        interest: Interest,
        clock: VirtualClock,
        random: Random,
        delay: float,
        *,
        stopwatch: Callable[[], float],
        on_envelope: Callable[[Node, Envelope], None],
        clock_error: float = 0.0,
    ) -> None:
        """
        :param delay: of its links, in seconds.
        :param stopwatch: seconds of processor time that this process has used.
        :param on_envelope: told of everything that arrives here for the first time.
        :param clock_error: seconds that its clock is ahead of the true time.
        """
        self.number = number
        self.local = local
        self.interest = interest
        self.relay = Relay(RelayConfig(interest=interest, watched=None))
        self._shared = SharedRelay[WakuConnection](self.relay)
        self.usage = Usage()
        self.links: dict[WakuConnection, LinkEnd] = {}
        """Those that are up, ready or not."""
        self.clock_words = ClockWords(clock_error)
        """What it says of its clock."""
        self.failures: list[str] = []
        """Why peers were sent away. They are all honest: any reason is a fault."""
        self._clock = clock
        self._random = random
        self._delay = delay
        self._stopwatch = stopwatch
        self._on_envelope = on_envelope
        self._timer_at: float | None = None

    @property
    def is_full(self) -> bool:
        return self.interest == EVERYTHING

    @property
    def now(self) -> float:
        """What its clock says, Unix seconds."""
        return self._clock.now() + self.clock_words.error

    def measure_anew(self) -> None:
        """Count from here."""
        self.usage = Usage()

    # what the network does with it

    def link_made(self, end: LinkEnd, connection: Connection) -> None:
        """A new link: talk on it."""
        end.connection = WakuConnection(connection, self._shared)
        self.links[end.connection] = end
        self._clock.at(self._clock.now(), lambda: self._timed(lambda: self._link_timer(end)))

    def link_broken(self, end: LinkEnd) -> None:
        """See :class:`~pystatus.simulation.nodes.link.LinkUser`."""
        end.connection.eof_received(self._clock.now(), self.now)
        self._timed(lambda: self._read(end))

    def bytes_arrived(self, end: LinkEnd, data: bytes) -> None:
        """See :class:`~pystatus.simulation.nodes.link.LinkUser`."""
        if end.is_up:
            self.usage.bytes_in += len(data)
            self._timed(lambda: self._receive(end, data))

    def post(self, envelope: Envelope) -> None:
        """Send an own envelope."""
        self._timed(lambda: self.relay.post(envelope, self.now))

    def _timed(self, work: Callable[[], None]) -> None:
        """Do something, then what follows from it, and count the time."""
        started = self._stopwatch()
        work()
        self._flush()
        self.usage.cpu_seconds += self._stopwatch() - started

    # in

    def _receive(self, end: LinkEnd, data: bytes) -> None:
        end.connection.receive_data(data, self._clock.now(), self.now)
        self._read(end)

    def _read(self, end: LinkEnd) -> None:
        while (event := end.connection.next_event()) is not None:
            if isinstance(event, PacketReceived):
                if event.code == packets.MESSAGES:
                    self.usage.envelopes_known += len(packets.split_messages(event.payload))
            elif isinstance(event, ConnectionClosed):
                del self.links[end.connection]
                if not event.by_peer:
                    self.failures.append(f"node {self.number} sent node {end.other.node.number} away: {event.error}")
        self._write(end)

    # out

    def _flush(self) -> None:
        written = [self.links[connection] for connection in self._shared.queue_packets(self.now)]
        for end in written:
            self._write(end)
        while (event := self._shared.next_event()) is not None:
            if isinstance(event, EnvelopeReceived):
                self.usage.envelopes_new += 1
                self.usage.envelopes_known -= 1
                self._on_envelope(self, event.envelope)
            elif isinstance(event, ClockJudged):
                self.clock_words.said(event.judgement, self._clock.now())
            elif isinstance(event, PeerFailed):
                assert isinstance(event.peer, WakuConnection)
                self._read(self.links[event.peer])
        self._set_timer()

    def _write(self, end: LinkEnd) -> None:
        data = end.connection.data_to_send(self.now)
        if end.is_up and data:
            self.usage.bytes_out += len(data)
            end.carry(data, self._clock, self._random, self._delay)

    # timers

    def _link_timer(self, end: LinkEnd) -> None:
        if not end.is_up:
            return
        now = self._clock.now()
        end.connection.on_timer(now, self.now)
        self._read(end)
        due = end.connection.next_timer(now, self.now)
        if due is not None:
            self._clock.at(due, lambda: self._timed(lambda: self._link_timer(end)))

    def _set_timer(self) -> None:
        wanted = self.relay.next_timer()
        due = None if wanted is None else wanted - self.clock_words.error
        if due is not None and (self._timer_at is None or due < self._timer_at):
            self._timer_at = due
            self._clock.at(due, lambda: self._timer(due))

    def _timer(self, due: float) -> None:
        if self._timer_at == due:  # else one that came earlier has taken its place
            self._timer_at = None
            self._timed(lambda: self.relay.on_timer(self.now))
