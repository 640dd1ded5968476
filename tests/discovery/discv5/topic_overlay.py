"""A node as its topics see it: lookups that the test answers, and a record of what was sent and told."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.discovery.discv5.node import Contact, NodeId, Times
from pystatus.discovery.discv5.packets import TopicNodes
from pystatus.discovery.discv5.ports import Found
from pystatus.discovery.discv5.wire_nodes import WireNode, wire_node
from pystatus.errors import RemoteError
from tests.discovery.discv5.topic_nodes import node_id


def key_of(xy: bytes) -> NodeId:
    """Names of nodes; ids of zeros are no keys."""
    if not any(xy):
        raise RemoteError("no key")
    return NodeId.of(xy)


class FakeOverlay:
    """An ``Overlay`` in which every node is known, unless the test says that it is not."""

    def __init__(self) -> None:
        self.own_id = node_id(0)
        self.lookups: list[tuple[bytes, Found]] = []
        self.strangers: set[Contact] = set()
        self.pinging: set[Contact] = set()
        """Nodes to which a ping is under way."""
        self.pings: list[Contact] = []
        self.queries: list[tuple[Contact, bytes]] = []
        self.registers: list[tuple[Contact, tuple[bytes, ...], int]] = []
        self.told: list[tuple[bytes, Contact]] = []
        self.listing: list[tuple[bytes, Contact]] = []

    def lookup(self, target: bytes, found: Found, now: Times) -> None:
        self.lookups.append((target, found))

    def finish(self, nodes: Sequence[Contact], now: Times) -> bytes:
        """The oldest lookup ends with these nodes: its target."""
        target, found = self.lookups.pop(0)
        found(nodes, now)
        return target

    def ping(self, contact: Contact, now: Times) -> bytes | None:
        if contact in self.pinging:
            return None
        self.pings.append(contact)
        return self.ping_hash(contact)

    @staticmethod
    def ping_hash(contact: Contact) -> bytes:
        return b"ping " + contact.id.hash

    def is_known(self, contact: Contact) -> bool:
        return contact not in self.strangers

    def send_register(self, contact: Contact, topics: Sequence[bytes], index: int, pong: bytes, now: Times) -> bool:
        if contact in self.strangers:
            return False
        self.registers.append((contact, tuple(topics), index))
        return True

    def send_query(self, contact: Contact, topic: bytes, now: Times) -> bytes | None:
        self.queries.append((contact, topic))
        return None if contact in self.strangers else self.echo(topic)

    @staticmethod
    def echo(topic: bytes) -> bytes:
        """The same for all nodes, as the packets are."""
        return b"query " + topic

    def found(self, topic: bytes, contact: Contact, teller: Contact) -> None:
        self.told.append((topic, contact))

    def registered(self, topic: bytes, registrar: Contact) -> None:
        self.listing.append((topic, registrar))


def listing(echo: bytes, *nodes: Contact | WireNode) -> TopicNodes:
    """An answer to a query."""
    return TopicNodes(echo, tuple(wire_node(node) if isinstance(node, Contact) else node for node in nodes))
