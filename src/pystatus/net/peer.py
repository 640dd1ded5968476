"""A connected node, as the application sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pystatus import sanitise
from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import Work
from pystatus.discovery.addresses import IPAddress
from pystatus.peers.sources import Source


class PeerLink(Protocol):
    """What carries the packets of a peer: a TCP connection, or one between processes of a node."""

    inbound: bool
    is_within_node: bool

    @property
    def address(self) -> IPAddress:
        """The other end."""

    @property
    def is_open(self) -> bool:
        """Whether packets can be sent."""

    @property
    def pending_bytes(self) -> int:
        """Bytes that the system has not taken yet."""

    @property
    def local_address(self) -> str:
        """Our end, ``host:port``."""

    @property
    def remote_address(self) -> str:
        """The other end, ``host:port``."""

    def send(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet that leaves by itself; nothing happens if the connection has ended."""

    def queue(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet that leaves with the next :meth:`flush`."""

    def flush(self) -> int:
        """Write what is queued.

        :returns: bytes that the system has not taken yet.
        """

    def disconnect(self, reason: DisconnectReason, error: str = "") -> None:
        """End the connection."""


class Peer:
    """One connection, from both handshakes to its end. A node that returns is another ``Peer`` with the same ``id``."""

    __slots__ = (
        "_link",
        "announced",
        "capabilities",
        "client_id",
        "enode",
        "flush",
        "id",
        "inbound",
        "is_within_node",
        "queue",
        "source",
    )

    id: bytes
    """64 bytes X ‖ Y of the proven key."""
    enode: Enode
    """Where we dialled it. Of an inbound peer only the key and the host are known; the port is 0."""
    inbound: bool
    is_within_node: bool
    """Another process of this node, no peer of the network: no limit is for it, and nobody counts it."""
    source: Source | None
    """What has found it, of a peer that we have dialled; ``None``: it has dialled us, or nobody has said."""
    client_id: str
    """What it calls its software; safe to show."""
    capabilities: tuple[Capability, ...]
    """What is spoken with it."""
    announced: tuple[Capability, ...]
    """Everything that it says it speaks."""
    queue: Callable[[Capability, int, bytes], None]
    """As :meth:`send`, but the packet leaves with the next :attr:`flush`. Both are the link's own methods: all that a
    relay sends goes this way."""
    flush: Callable[[], int]
    """Write what is queued, and say how many bytes the system has not taken yet."""

    def __init__(self, link: PeerLink, enode: Enode, event: Connected) -> None:
        self._link = link
        self.queue = link.queue
        self.flush = link.flush
        self.id = event.remote_id
        self.enode = enode
        self.source = None
        self.inbound = link.inbound
        self.is_within_node = link.is_within_node
        self.client_id = event.client_id
        self.announced = event.capabilities
        self.capabilities = tuple(shared.capability for shared in event.shared)

    @property
    def address(self) -> IPAddress:
        """The other end of the connection."""
        return self._link.address

    @property
    def is_connected(self) -> bool:
        return self._link.is_open

    @property
    def pending_bytes(self) -> int:
        """Bytes that were sent and that the system has not taken yet: how far behind the peer is."""
        return self._link.pending_bytes

    @property
    def local_address(self) -> str:
        """Our end of the connection, ``host:port``."""
        return self._link.local_address

    @property
    def remote_address(self) -> str:
        """Its end of the connection, ``host:port``; an inbound peer listens on another port."""
        return self._link.remote_address

    def send(self, capability: Capability, code: int, payload: bytes) -> None:
        """Send a packet. It leaves with everything else that is sent in the same turn of the event loop. A peer that
        has gone meanwhile gets nothing: :meth:`PeerApplication.peer_disconnected` says so.

        :raises LocalError: not a shared capability, no such code, or too large a payload.
        """
        self._link.send(capability, code, payload)

    def disconnect(self, reason: DisconnectReason = DisconnectReason.REQUESTED, error: str = "") -> None:
        """End the connection. No packet of it is handed over any more.

        :param error: why, as :meth:`PeerApplication.peer_disconnected` is told; empty: ``reason`` in words.
        """
        self._link.disconnect(reason, error)

    def __repr__(self) -> str:
        name = sanitise.name(self.client_id.encode("ascii", "replace").decode())  # else a peer says how long a line is
        return f"<Peer {self.id[:8].hex()} {name!r} at {self.enode.host}>"


class PeerApplication(Protocol):
    """What is done with peers. Called from the event loop; must not block."""

    def peer_connected(self, peer: Peer) -> None:
        """Both handshakes are done."""

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> Work | None:
        """A packet came; ``code`` counts from the start of the capability's codes.

        :returns: for one that takes long, the work: a step is done in each turn of the event loop, and nothing more
            of this peer is handed over before the last.
        :raises RemoteError: the peer must not stay; it is disconnected with "subprotocol error".
        """

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        """The connection has ended; ``reason`` is a sentence for the log."""
