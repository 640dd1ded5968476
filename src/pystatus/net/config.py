"""Every limit of the TCP side, with its unit, its source and its reason."""

import logging
from dataclasses import field

from pystatus.devp2p.limits import MEBIBYTE, ConnectionLimits
from pystatus.net.route import DIRECT, Route
from pystatus.peers.backoff import Backoff
from pystatus.peers.limits import DEFAULT_MAX_INBOUND_PER_SUBNET
from pystatus.peers.whitelist import Whitelist
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Times in seconds, sizes in bytes."""

    listen_hosts: tuple[str, ...] = ()
    """Addresses to listen on; none: nobody can dial us."""
    listen_port: int = 0
    """TCP port; 0 takes a free one."""
    accepts_at: tuple[str, int] | None = None
    """The address and port at which another process listens for us and hands over what it accepts."""
    advertised_host: str | None = None
    """The host in our enode, where it differs from what we listen on."""

    max_peers: int = 25
    """Connections, not counting static peers (overlay.md §6.2)."""
    max_inbound_peers: int = 17
    """Those among them that dialled us. A third of the places stays for peers of our choice (overlay.md §10.1)."""
    max_inbound_per_subnet: int = DEFAULT_MAX_INBOUND_PER_SUBNET
    """Inbound peers from one /24 (IPv4) or /48 (IPv6), not counting this machine and the local network (overlay.md
    §10.1)."""

    whitelist: Whitelist = field(default_factory=Whitelist)
    """Peers that are never banned (WK-38); static ones never are."""

    max_half_open: int = 50
    """Inbound handshakes at a time (overlay.md §6.3)."""
    max_half_open_per_subnet: int = 3
    """Inbound handshakes at a time from one /24 or /48 (overlay.md §10.1)."""
    max_half_open_local: int = 16
    """The same for one address of this machine or the local network, where many nodes may live."""
    max_ending: int = 100
    """Connections that have ended, and whose sockets live on for the moment that a Disconnect takes to be read. With
    more of them nobody is let in: each takes a file descriptor, and whoever is refused comes again at once."""
    inbound_throttle: float = 30.0
    """One accepted attempt per address (IPv6: per /64) in this time, not counting this machine and the local network
    (overlay.md §6.3). Refused attempts do not extend it."""

    route: Route = DIRECT
    """How others are dialled."""
    static_level: int = logging.INFO
    """At which level the log says that a static peer cannot be connected: what tells of dials otherwise needs it not.
    """
    dial_timeout: float = 15.0
    """For a TCP connection (overlay.md §2.8)."""
    max_dials: int = 16
    """Dials at a time (overlay.md §6.3)."""
    backoff: Backoff = field(default_factory=Backoff)
    stable_after: float = 30.0
    """A connection that lasted this long proves that dialling is welcome: the back-off begins anew."""

    write_high_water: int = MEBIBYTE
    """More unsent bytes than this mean that the peer reads too slowly."""
    write_timeout: float = 20.0
    """How long it may be like that (overlay.md §2.8)."""
    max_unsent: int = 32 * MEBIBYTE
    """Unsent bytes at which a peer is given up at once: two of the largest packets there are."""
    mesh_patience: float = 10.0
    """How long nothing more is read from peers because another process of this node is behind. A peer that is not read
    for 30 seconds would count as silent, and one process must not stop the others for ever."""
    disconnect_timeout: float = 1.0
    """How long a Disconnect may take to be written and read (overlay.md §2.8)."""

    connection: ConnectionLimits = field(default_factory=ConnectionLimits)
