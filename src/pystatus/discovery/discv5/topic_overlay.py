"""What the registrant and the searcher of a node ask of it (:class:`~pystatus.discovery.discv5.ports.Overlay`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pystatus.discovery.addresses import may_dial
from pystatus.discovery.discv5.events import Event, NodeFound, Registered
from pystatus.discovery.discv5.limits import EXPIRATION
from pystatus.discovery.discv5.node import Contact, DiscoveredNode, NodeId, Times
from pystatus.discovery.discv5.outbox import Outbox
from pystatus.discovery.discv5.packets import TopicQuery, TopicRegister, packet_hash
from pystatus.discovery.discv5.ports import Found
from pystatus.discovery.discv5.remote import RemoteNode
from pystatus.discovery.discv5.sessions import Sessions
from pystatus.discovery.discv5.states import PROVEN


class TopicOverlay:
    """Lookups, pings and packets for topics."""

    __slots__ = ("_outbox", "_start_lookup", "_tell", "own_id", "sessions")

    sessions: Sessions
    """To be set before anything is asked: it needs the registrant and searcher, which need this."""

    def __init__(
        self,
        own_id: NodeId,
        outbox: Outbox,
        start_lookup: Callable[[bytes, Found, Times], None],
        tell: Callable[[Event], None],
    ) -> None:
        self.own_id = own_id
        self._outbox = outbox
        self._start_lookup = start_lookup
        self._tell = tell

    def lookup(self, target: bytes, found: Found, now: Times) -> None:
        self._start_lookup(target, found, now)

    def ping(self, contact: Contact, now: Times) -> bytes | None:
        node = self.sessions.find(contact.id, contact.endpoint, now)
        if node is None or not node.is_at(contact):
            return None
        if node.state in PROVEN:
            return self.sessions.ping(node, now)
        had_ping = node.ping_hash is not None
        self.sessions.verify(node, now)
        return None if had_ping else node.ping_hash

    def is_known(self, contact: Contact) -> bool:
        return self._proven(contact) is not None

    def send_register(self, contact: Contact, topics: Sequence[bytes], index: int, pong: bytes, now: Times) -> bool:
        node = self._proven(contact)
        if node is None:
            return False
        self._outbox.send(TopicRegister(tuple(topics), index, pong), node.endpoint)
        return True

    def send_query(self, contact: Contact, topic: bytes, now: Times) -> bytes | None:
        node = self._proven(contact)
        if node is None:
            return None
        self.sessions.expected.add(node.endpoint, now)
        return packet_hash(self._outbox.send(TopicQuery(topic, int(now.unix) + EXPIRATION), node.endpoint))

    def found(self, topic: bytes, contact: Contact, teller: Contact) -> None:
        if may_dial(contact.endpoint.address, teller.endpoint.address):
            self._tell(NodeFound(topic.decode(), DiscoveredNode.of(contact), DiscoveredNode.of(teller)))

    def registered(self, topic: bytes, registrar: Contact) -> None:
        self._tell(Registered(topic.decode(), DiscoveredNode.of(registrar)))

    def _proven(self, contact: Contact) -> RemoteNode | None:
        node = self.sessions.nodes.get(contact.id.xy)
        return node if node is not None and node.state in PROVEN and node.is_at(contact) else None
