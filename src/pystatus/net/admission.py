"""Who may be a peer: limits by number, by network and by time, bans, and those for whom no limit is (overlay.md §2.8,
§6.3)."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from typing import Protocol

from pystatus.devp2p.enode import Enode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.discovery.addresses import IPAddress, is_local, parse_address, subnet_key
from pystatus.log_texts import get_logger
from pystatus.net.config import NetworkConfig
from pystatus.net.peer import Peer
from pystatus.peers.bans import BAN_SECONDS, Ban, Bans
from pystatus.peers.inbound_limiter import InboundLimiter

log = get_logger(__name__)


class Candidate(Protocol):
    """A connection, or what may become one."""

    inbound: bool

    @property
    def address(self) -> IPAddress:
        """The other end."""


class PeerAdmission:
    """Decides who may connect and who may stay. ``now`` is the clock of the event loop."""

    def __init__(self, config: NetworkConfig, connected: Mapping[bytes, Candidate], static: Container[bytes]) -> None:
        """
        :param connected: by node id, those whose handshakes are over; the caller changes it.
        :param static: ids of the nodes that are always welcome; the caller changes it.
        """
        self.config = config
        """May be set at any time. Those who are connected may stay."""
        self._connected = connected
        self._static = static
        self._inbound = InboundLimiter(config)
        self._bans = Bans()

    # Bans

    def bans(self, now: float) -> tuple[Ban, ...]:
        """Who may not connect now, and until when."""
        self._bans.forget(now)
        return tuple(self._bans)

    def ban(self, peer: Peer, reason: str, now: float) -> None:
        """See :meth:`pystatus.net.manager.PeerManager.ban`."""
        if self.is_exempt(peer):
            return
        self._bans.add(peer.id, peer.address, reason, now)
        where = f" and {peer.address}" if self._bans.holds_address(peer.address, now) else ""
        log.info("banned for %d minutes: %r%s: %s", BAN_SECONDS // 60, peer, where, reason)

    def is_banned(self, node_id: bytes, now: float) -> bool:
        """Whether a node is banned by its id."""
        return self._bans.holds_node(node_id, now)

    def lift_ban(self, node_id: bytes) -> bool:
        """Let a node and its address in again. Whether it was banned."""
        return self._bans.lift(node_id)

    def is_exempt(self, peer: Peer) -> bool:
        """Whether this peer is static, whitelisted, or a process of this node: limits and bans are not for it."""
        return peer.is_within_node or peer.id in self._static or self.config.whitelist.holds(peer.id, peer.address)

    # Connections

    def refuse_inbound(self, address: IPAddress, links: int, now: float) -> str | None:
        """Why to hang up on somebody who dials from here; None: the handshake may begin, and :meth:`inbound_over` ends
        it.

        :param links: sockets that there are, whatever their state.
        """
        return self._refuse_crowd(links) or self._refuse_address(address, now) or self._inbound.enter(address, now)

    def inbound_over(self, address: IPAddress) -> None:
        """The handshake of somebody who has dialled us from here is over, whatever came of it."""
        self._inbound.leave(address)

    @property
    def half_open(self) -> int:
        """How many such handshakes there are."""
        return self._inbound.half_open

    def admit(self, link: Candidate, remote_id: bytes, now: float) -> DisconnectReason | None:
        """The peer checks of overlay.md §2.8, in the reference's order; a reason means no."""
        if remote_id not in self._static:
            if self._bans.holds_node(remote_id, now):
                return DisconnectReason.USELESS_PEER
            if self.is_full(link):
                return DisconnectReason.TOO_MANY_PEERS
        if remote_id in self._connected:
            return DisconnectReason.ALREADY_CONNECTED
        return None

    def may_dial(self, enode: Enode, now: float) -> bool:
        """Whether it is worth a try to dial a node that is an IP address: neither connected, static nor banned."""
        node_id = enode.node_id
        return not (
            node_id in self._connected
            or node_id in self._static
            or self._bans.holds_node(node_id, now)
            or (enode.host is not None and self._refuse_address(parse_address(enode.host), now) is not None)
        )

    @property
    def free_places(self) -> int:
        """How many more may be connected, not counting static peers."""
        return max(0, self.config.max_peers - len(self._ordinary()))

    def is_full(self, link: Candidate) -> bool:
        """Whether there is no place left for a connection of this kind, unless it is static."""
        config = self.config
        ordinary = self._ordinary()
        if len(ordinary) >= config.max_peers:
            return True
        if not link.inbound:
            return False
        inbound = [other.address for other in ordinary if other.inbound]
        return len(inbound) >= config.max_inbound_peers or self._is_subnet_full(link.address, inbound)

    def _ordinary(self) -> list[Candidate]:
        return [link for node_id, link in self._connected.items() if node_id not in self._static]

    def _is_subnet_full(self, address: IPAddress, inbound: Collection[IPAddress]) -> bool:
        if is_local(address):
            return False
        subnet = subnet_key(address)
        return sum(subnet_key(other) == subnet for other in inbound) >= self.config.max_inbound_per_subnet

    def _refuse_crowd(self, links: int) -> str | None:
        """Not all sockets belong to peers and handshakes: those of connections that have ended are still there."""
        ending = links - len(self._connected) - self._inbound.half_open - self.config.max_dials
        return "too many connections are ending" if ending >= self.config.max_ending else None

    def _refuse_address(self, address: IPAddress, now: float) -> str | None:
        if self._bans.holds_address(address, now) and not self.config.whitelist.holds_address(address):
            return "that address is banned"
        return None
