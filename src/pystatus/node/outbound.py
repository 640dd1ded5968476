"""The peers of a node's own choice: those that it stays connected to, and those that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.log_texts import about, get_logger
from pystatus.node.cautions import by_proxy
from pystatus.node.config import NodeConfig, complete_enode
from pystatus.node.waku_service import WakuService

if TYPE_CHECKING:
    from pystatus.node.finding import Finding

log = get_logger(__name__)


class OutboundPeers:
    """Whom a node dials. A :class:`~pystatus.node.services.Service`, to be started after the connections.

    Implements: CL-15, CL-29
    """

    def __init__(self, service: WakuService, config: NodeConfig, finding: Finding | None) -> None:
        """
        :param config: the settings that the node is made with.
        :param finding: what looks for peers; ``None``: nothing does.
        """
        self._service = service
        self._peers = config.peers
        self._cautions = by_proxy(config)
        self._is_started = False
        self._finding = finding

    async def start(self) -> None:
        """Begin to dial.

        :raises LocalError: one of the peers is this node itself; what others find it by cannot start.
        """
        self._is_started = True
        for caution in self._cautions:
            log.warning("%s", caution, extra=about("proxy"))
        for peer in self._peers:
            self._service.network.add_static(complete_enode(peer))
        if self._finding is not None:
            await self._finding.start()

    async def close(self) -> None:
        """Look for no more peers."""
        self._is_started = False
        if self._finding is not None:
            await self._finding.close()

    @property
    def lists_problem(self) -> str | None:
        """See :attr:`pystatus.node.Node.lists_problem`."""
        return None if self._finding is None else self._finding.lists_problem

    @property
    def peers(self) -> tuple[str, ...]:
        """Those of the settings, as long as they are not removed."""
        return self._peers

    def add(self, enode: str, now: float) -> None:
        """Stay connected to one more peer, for which there are no rate limits.

        :raises LocalError: malformed, without an address, or our own.
        """
        network = self._service.network
        static = network.add_static(complete_enode(enode))
        for peer in network.peers:
            if peer.id == static.enode.node_id:
                self._service.relay.set_unlimited(peer, True, now)
                self._service.flush_soon()

    def remove(self, enode: str, why: str = "") -> None:
        """Stay connected to this peer no more, and disconnect it if it is connected.

        :param why: what :class:`PeerGone` says; empty: that we disconnected. The peer does not learn it.
        :raises LocalError: malformed.
        """
        node_id = Enode.parse(enode).node_id
        self._peers = tuple(peer for peer in self._peers if Enode.parse(peer).node_id != node_id)
        self._service.network.remove_static(node_id, why)
        for peer in self._service.network.peers:
            if peer.id == node_id:
                peer.disconnect(error=why)

    def check(self, peers: tuple[str, ...]) -> None:
        """
        :raises LocalError: one of them is this node itself.
        """
        if self._service.network.enode.public_key in [Enode.parse(peer).public_key for peer in peers]:
            raise LocalError("One of the peers is this node itself: take it out, or give this node another key.")

    def configure(self, peers: tuple[str, ...], now: float) -> None:
        """Stay connected to these in place of :attr:`peers`. They are well-formed, and :meth:`check` has passed."""
        if self._is_started:
            kept = {Enode.parse(peer).node_id for peer in peers}
            for peer in self._peers:
                if Enode.parse(peer).node_id not in kept:
                    self.remove(peer)
            for peer in peers:
                self.add(peer, now)
        self._peers = peers
