"""What a node reports."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.devp2p.enode import Enode
from pystatus.net.dialling import DialEvent
from pystatus.net.peer import Peer
from pystatus.peers.events import PoolEvent
from pystatus.records import dataclass
from pystatus.waku.relay.events import Event as RelayEvent


@dataclass(frozen=True, slots=True)
class PeerJoined:
    """The handshake with a peer is over: envelopes go to it and come from it."""

    peer: Peer


@dataclass(frozen=True, slots=True)
class PeerGone:
    """A peer that had joined has disconnected."""

    peer: Peer
    reason: str


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """Others reach this node at another address or port from now on: its router, its network or its provider has
    changed."""

    enode: Enode


NodeEvent: TypeAlias = RelayEvent | DialEvent | PeerJoined | PeerGone | PoolEvent | AddressChanged
"""Of a peer that was dialled and is connected, but leaves before it has joined, :class:`DialFailed` is told as well."""
