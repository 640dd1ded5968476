"""Fleets for tests."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.fleets.fleet import Fleet
from pystatus.libp2p.multiaddr import PeerAddress
from pystatus.libp2p.peer_id import PeerId


def key(number: int) -> PrivateKey:
    """One of many keys."""
    return PrivateKey(number.to_bytes(32, "big"))


def enode(number: int, host: str = "203.0.113.5", port: int = 30303, udp_port: int | None = None) -> str:
    """The URL of a node."""
    return str(Enode(key(number).public_key, host, port, port if udp_port is None else udp_port))


def point(number: int, host: str = "203.0.113.5", network: str = "ip4", form: str = "ethv4") -> str:
    """The address of a Rendezvous node."""
    return str(PeerAddress(network, host, 9090, PeerId(key(number).public_key), form))


LIST = "enrtree://AKPYQIUQIL7PSIACI32J7FGZW56E5FKHEFCCOFHILBIMW3M6LWXS2@list.example.org"
HARBOUR = Fleet(
    name="harbour",
    relays=(enode(1),),
    mailservers=(enode(1),),
    bootnodes=(enode(2, port=30301),),
    rendezvous_nodes=(point(3),),
)
"""What ``pystatus network create`` makes."""
FULL = Fleet(
    name="Häfen der Welt",
    notice="Closed on Sundays.",
    mailserver_password="open sesame",
    relays=(enode(1), enode(2, "2001:db8::1"), enode(3, "relay.example.org", 443)),
    mailservers=(enode(3, "relay.example.org", 443), enode(1)),
    bootnodes=(enode(4, port=0, udp_port=30301), enode(1)),
    rendezvous_nodes=(
        point(5),
        point(5, "2001:db8::1", "ip6", "p2p"),
        point(6, "relay.example.org", "dns4"),
        point(7, "relay.example.org", "dns4", "p2p"),
    ),
    dns_lists=(LIST,),
)
"""Everything that a fleet can have."""
