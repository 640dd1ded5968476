"""One relay and the connections that share it: what peers bring becomes calls of the relay, and what it has for them
becomes packets on their connections."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, Protocol, TypeVar, cast

from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.messages import DisconnectReason
from pystatus.waku import packets
from pystatus.waku.dialects import shh_6
from pystatus.waku.relay.events import Event, PeerFailed
from pystatus.waku.relay.rate_limits import Source
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.steps import DONE, Steps
from pystatus.waku_connection.capabilities import DIALECTS, spoken


class WakuPeer(Protocol):
    """The peer at the other end of a connection. It is its own id in the relay."""

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """What is shared with it, sorted."""

    def queue(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet; nothing happens if the connection has ended."""

    def disconnect(self, reason: DisconnectReason, error: str) -> None:
        """End the connection."""

    def __hash__(self) -> int:
        """Each is another, even of the same node."""


P = TypeVar("P", bound=WakuPeer)


class SharedRelay(Generic[P]):
    """Between one relay and its connections. Times are Unix seconds, as the relay has them.

    After each batch of inputs the shell calls :meth:`queue_packets` and writes to the peers that it names, then
    :meth:`next_event` until it is None; at :meth:`Relay.next_timer`, :meth:`Relay.on_timer` and the same again.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    # What connections bring

    def peer_connected(
        self, peer: P, now: float, source: Source | None = None, *, unlimited: bool = False, trusted: bool = False
    ) -> None:
        """Both handshakes of devp2p are done.

        :param source: where the peer is; ``None``: no limit of addresses concerns it.
        :param unlimited: no limit at all concerns it (WK-38).
        :param trusted: its P2P packets are read.
        """
        chosen = spoken(peer.capabilities)
        self.relay.peer_connected(peer, now, source, unlimited=unlimited, dialect=DIALECTS[chosen])
        self.relay.set_trusted(peer, trusted)
        for capability in peer.capabilities:
            if capability != chosen:  # Whisper, while Waku is spoken with it: it may wait for an answer there, too
                peer.queue(capability, packets.STATUS, shh_6.NOTHING)

    def packet_received(self, peer: P, capability: Capability, code: int, payload: bytes, now: float) -> Steps:
        """A packet came; ``code`` counts from the start of the capability's codes.

        :returns: the rest of the work, see :meth:`Relay.receive_in_steps`; :data:`~pystatus.waku.relay.steps.DONE` if
            nothing is left.
        :raises RemoteError: the peer must not stay.
        """
        if capability == peer.capabilities[-1]:  # see spoken
            return self.relay.receive_in_steps(peer, code, payload, now)
        self.relay.receive_aside(peer, payload, now)
        return DONE

    def peer_disconnected(self, peer: P, now: float) -> None:
        """The connection has ended. Called once for each that was connected."""
        self.relay.peer_disconnected(peer, now)

    # What the relay has for them

    def queue_packets(self, now: float) -> Collection[P]:
        """Queue everything that is to be sent now, each packet on its connection, and say on which ones: they are to be
        written."""
        written: dict[P, None] = {}
        for peer, code, payload in cast("list[tuple[P, int, bytes]]", self.relay.packets_to_send(now)):
            peer.queue(peer.capabilities[-1], code, payload)
            written[peer] = None
        return written

    def next_event(self) -> Event | None:
        """The next event of the relay, or None. A peer that has failed is disconnected already."""
        event = self.relay.next_event()
        if type(event) is PeerFailed:
            cast(P, event.peer).disconnect(DisconnectReason.SUBPROTOCOL_ERROR, event.reason)
        return event
