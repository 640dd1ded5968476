"""Who and where a node is: ids, positions, endpoints, and the time (overlay.md §1.1, §3.2)."""

from __future__ import annotations

from dataclasses import field
from typing import NamedTuple

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey, stored_key
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress
from pystatus.records import dataclass

ID_SIZE = 64
"""Bytes X ‖ Y of a node id on the wire (overlay.md §1.1)."""
HASH_SIZE = 32
"""Bytes of Keccak-256 of a node id: what distances are measured on."""


class Times(NamedTuple):
    """What the time is."""

    monotonic: float
    """Seconds on a clock that never steps: all timers and tickets."""
    unix: float
    """Seconds since 1970: expirations in packets, and nothing else."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a node's UDP socket is, and on which port of the same host it takes RLPx connections."""

    address: IPAddress
    """IPv4-mapped addresses are IPv4 (:func:`pystatus.discovery.addresses.unmapped`)."""
    udp_port: int
    tcp_port: int
    """0: it did not say one."""


@dataclass(frozen=True, slots=True)
class NodeId:
    """The names of a node. Make it with ``Identity.node_id_of``, which may share one value among many."""

    xy: bytes
    """64 bytes X ‖ Y: the id in packets."""
    hash: bytes = field(compare=False, repr=False)
    """32 bytes, Keccak-256 of :attr:`xy`."""
    position: int = field(compare=False, repr=False)
    """:attr:`hash` as a number of 256 bits; ``position >> 192`` is the prefix that topic radiuses are measured on."""

    @classmethod
    def of(cls, xy: bytes) -> NodeId:
        digest = keccak256(xy)
        return cls(xy, digest, int.from_bytes(digest, "big"))


class Contact(NamedTuple):
    """A node and where it is: an entry of an answer, an ad."""

    id: NodeId
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class DiscoveredNode:
    """A node that discovery found, as callers get it."""

    public_key: PublicKey
    endpoint: Endpoint

    @classmethod
    def of(cls, contact: Contact) -> DiscoveredNode:
        """:param contact: its id was proven, or checked to be a key."""
        return cls(stored_key(b"\x04" + contact.id.xy), contact.endpoint)

    @property
    def enode(self) -> Enode:
        """The node as an enode URL has it."""
        endpoint = self.endpoint
        return Enode(self.public_key, str(endpoint.address), endpoint.tcp_port, endpoint.udp_port)


def log_distance(a: int, b: int) -> int:
    """Bit length of the XOR of two positions, 0 to 256: the number of the bucket (overlay.md §3.2)."""
    return (a ^ b).bit_length()
