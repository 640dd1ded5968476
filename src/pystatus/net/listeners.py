"""Parts of a node that hear of its peers: accounting, the dialler, the mailserver, the client of mailservers."""

from __future__ import annotations

from pystatus.net.peer import Peer
from pystatus.waku.relay.events import P2PReceived, RequestCompleted


class PeerListener:
    """What a part may want to hear; it overrides what it needs. Called from the event loop; must not block. Other
    processes of the same node are no peers here."""

    def peer_connected(self, peer: Peer) -> None:
        """Both handshakes of devp2p are done; its Status has not come yet."""

    def peer_ready(self, peer: Peer) -> None:
        """Its Status has arrived: envelopes go to it and come from it."""

    def peer_gone(self, peer: Peer) -> None:
        """It has disconnected, ready or not. The relay still knows how much it has sent."""

    def p2p_received(self, event: P2PReceived) -> None:
        """A trusted peer has sent envelopes to this node alone."""

    def request_completed(self, event: RequestCompleted) -> None:
        """A trusted peer says that a history request is answered."""
