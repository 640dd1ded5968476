"""What peers and we tell each other about ourselves: a Status first, then Status Updates (waku.md §4.3, §4.4)."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.relay.backfill import Backfill
from pystatus.waku.relay.events import PeerId, PeerReady
from pystatus.waku.relay.local_status import LocalStatus
from pystatus.waku.relay.peer import MALFORMED_PENALTY, Peer
from pystatus.waku.relay.routing import RecipientsByTopic
from pystatus.waku.relay.send_queue import SendQueue

TWO_LIGHT_NODES = "two light nodes have nothing to say to each other"
"""Why a peer is given up: neither would pass anything on (WK-52)."""


class StatusExchange:
    """The handshakes of all peers, and the changes after them."""

    def __init__(
        self,
        local: LocalStatus,
        timeout: float,
        takers: RecipientsByTopic,
        outgoing: SendQueue,
        offers: Backfill,
        tell: Callable[[PeerReady], None],
    ) -> None:
        """
        :param timeout: seconds that a peer has for its Status.
        """
        self._local = local
        self._timeout = timeout
        self._takers = takers
        self._outgoing = outgoing
        self._offers = offers
        self._tell = tell
        self._waiting: dict[PeerId, tuple[Peer, float]] = {}  # in the order of their deadlines
        self.next_time: float | None = None
        """When the first Status is overdue."""

    def begin(self, peer: Peer, now: float) -> None:
        """Send our Status to a peer that has just connected, and wait for its own.

        Implements: WK-16, WK-17, WK-41, WU-4
        """
        self._waiting[peer.id] = peer, now + self._timeout
        self._find_next_time()
        self._outgoing.add_packet(peer, packets.STATUS, peer.dialect.encode_status(peer.announced))

    def gone(self, peer: Peer) -> None:
        """No Status is awaited from this peer any more."""
        if self._waiting.pop(peer.id, None) is not None:
            self._find_next_time()

    def receive(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        """Its first packet has to be the Status; nothing else is looked at.

        :raises RemoteError: disconnect this peer.

        Implements: WK-16, WK-18, WK-20, WK-21, WK-22
        """
        if code != packets.STATUS:
            raise RemoteError(f"packet {code} before the Status")
        peer.greet(peer.dialect.decode_status(payload), now)
        self._check_light(peer)
        self.gone(peer)
        self._takers.clear()
        self._tell(PeerReady(peer.id))
        self.announce(peer)
        self._offers.begin(peer, now)

    def receive_update(self, peer: Peer, code: int, payload: bytes, now: float) -> None:
        """A Status Update, or what the dialect has in its place.

        :raises RemoteError: disconnect this peer.
        """
        try:
            if not peer.may_update(len(payload), now):
                raise RemoteError("too many Status Updates")
            options = peer.dialect.decode_update(code, payload)
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return
        changed = peer.apply(options, now)
        self._check_light(peer)
        self._takers.clear()
        if changed:
            self._offers.begin(peer, now)

    def announce(self, peer: Peer) -> None:
        """Tell a peer what has changed of our settings since it was told last."""
        changes = peer.announce(self._local.options)
        if changes is not None:
            for code, payload in peer.dialect.encode_update(changes):
                self._outgoing.add_packet(peer, code, payload)

    def overdue(self, now: float) -> list[Peer]:
        """The peers that have sent no Status in time.

        Implements: WK-19
        """
        return [peer for peer, deadline in self._waiting.values() if deadline <= now]

    def _find_next_time(self) -> None:
        self.next_time = next(iter(self._waiting.values()))[1] if self._waiting else None

    def _check_light(self, peer: Peer) -> None:
        """Of two light nodes neither would pass anything on.

        Implements: WK-52
        """
        if peer.light and self._local.config.light:
            raise RemoteError(TWO_LIGHT_NODES)
