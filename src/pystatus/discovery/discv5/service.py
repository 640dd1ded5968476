"""One node of Discovery v5, without I/O: datagrams and the time go in, datagrams and events come out.

::

    discovery.receive(datagram, source, now)        # and discovery.on_timer(now) at discovery.next_timer
    for datagram in discovery.datagrams_to_send(): ...
    for event in discovery.events(): ...

Both have to be taken after every call that has a ``now``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.discovery.discv5.admission import Admission
from pystatus.discovery.discv5.answers import Answers
from pystatus.discovery.discv5.events import Event, LookupDone, NodesAnswered, QueryFailed
from pystatus.discovery.discv5.identity import Identity, Secp256k1Identity
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.lookup import Lookup
from pystatus.discovery.discv5.lookups import Lookups
from pystatus.discovery.discv5.maintenance import Maintenance
from pystatus.discovery.discv5.node import HASH_SIZE, Contact, DiscoveredNode, Endpoint, NodeId, Times
from pystatus.discovery.discv5.node_map import NodeMap
from pystatus.discovery.discv5.outbox import TYPE_NAMES, Counters, Datagram, Outbox
from pystatus.discovery.discv5.packets import Pong
from pystatus.discovery.discv5.ports import Found
from pystatus.discovery.discv5.refusals import Reason, Refused
from pystatus.discovery.discv5.remote import Query, RemoteNode
from pystatus.discovery.discv5.sessions import Sessions
from pystatus.discovery.discv5.table import Table
from pystatus.discovery.discv5.topic_discovery import TopicDiscovery
from pystatus.discovery.discv5.topic_overlay import TopicOverlay
from pystatus.discovery.discv5.topic_table import TopicTable
from pystatus.discovery.discv5.topics import encode_topic
from pystatus.discovery.discv5.wire_nodes import wire_endpoint
from pystatus.discovery.discv5.witnesses import AddressWitnesses
from pystatus.errors import LocalError


class Discovery:
    """One node. ``identity`` replaces the key in simulations.

    Implements: CL-17
    """

    counters: Counters
    table: Table
    sessions: Sessions
    """Who is known, and how far. For tests and pictures."""
    registrar: TopicTable
    """What is registered here. For tests and pictures."""

    def __init__(
        self,
        key: PrivateKey,
        endpoint: Endpoint,
        random: RandomSource,
        now: Times,
        *,
        limits: Limits | None = None,
        identity: Identity | None = None,
        witnesses: AddressWitnesses | None = None,
    ) -> None:
        """
        :param endpoint: our socket, as others are told it.
        :param witnesses: gathers what others say of our address; ``None``: nobody wants to know it.
        """
        limits = limits or Limits()
        identity = identity or Secp256k1Identity(key)
        own = Contact(identity.node_id, endpoint)
        self.own_id: NodeId = identity.node_id
        self._named: dict[tuple[IPAddress, int], set[bytes]] = {}
        """The node ids that bootnodes have, by their addresses."""
        self.impostors: set[tuple[IPAddress, int]] = set()
        """Addresses of bootnodes from which another node has sent."""
        self.counters = Counters()
        self.table = Table(self.own_id, limits)
        self._witnesses = witnesses
        self._limits = limits
        self._identity = identity
        self._events: list[Event] = []
        self._outbox = Outbox(identity, self.counters)
        self._admission = Admission(identity, random, now, limits)
        self.registrar = TopicTable(random)
        overlay = TopicOverlay(self.own_id, self._outbox, self._begin_topic_lookup, self._tell)
        self._topics = TopicDiscovery(overlay, random, partial(identity.node_id_of, proven=False))
        nodes = NodeMap(limits.max_nodes, self.table, random)
        self.sessions = Sessions(identity, endpoint, nodes, self.table, self._outbox, self.registrar, self._topics)
        overlay.sessions = self.sessions
        self._answers = Answers(own, self.table, self._outbox, self.registrar, self._topics)
        self._lookups = Lookups(self.table, self.sessions.ask, limits, lambda: self._maintenance.is_refreshing)
        self._maintenance = Maintenance(self.own_id, self.sessions, random, self._lookups.begin)
        self._queries = 0
        """Of callers, under way."""
        self._last_id = 0

    # --- What the user calls

    def set_bootnodes(self, nodes: Sequence[Enode], now: Times, known: Sequence[Contact] = ()) -> None:
        """Where to begin. To be called once at the start also without any: the table is looked after from then on.

        :param known: nodes of an earlier run, as ``table.nodes()`` has them: the first 16 are asked as well, so that a
            node whose bootnodes are gone finds its network again.
        :raises LocalError: a node without an IP address and a UDP port.
        """
        contacts = [self._contact_of(node) for node in nodes]
        self._named.clear()
        for node, contact in zip(nodes, contacts, strict=True):
            self._named.setdefault((contact.endpoint.address, contact.endpoint.udp_port), set()).add(node.node_id)
        self.impostors.intersection_update(self._named)
        self._maintenance.set_seeds(contacts, known, now)

    def set_endpoint(self, endpoint: Endpoint) -> None:
        """Our socket, as others are told it from now on."""
        self.sessions.own = wire_endpoint(endpoint)
        self._answers.own = Contact(self.own_id, endpoint)

    def expects(self, source: tuple[IPAddress, int], now: Times) -> bool:
        """Whether we have asked something there a moment ago, so that a datagram from there is worth more than those of
        strangers."""
        return self.sessions.expected.has(source, now)

    def receive(self, datagram: bytes, source: tuple[IPAddress, int], now: Times) -> None:
        """A datagram came. Nothing that a peer sends raises; :attr:`counters` tells what was refused and why."""
        counters = self.counters
        counters.datagrams_in += 1
        counters.bytes_in += len(datagram)
        try:
            admitted = self._admission.admit(datagram, source, now)
            if admitted.sender not in self._named.get(source, (admitted.sender,)):
                self.impostors.add(source)
                raise Refused(Reason.KEY, "a bootnode with another key is named at this address")
            asker = self.sessions.receive(admitted, datagram, source, now)
            if asker is not None:
                self._answers.answer(asker, admitted.body, datagram, now)
        except Refused as refusal:
            counters.refused[refusal.reason] = counters.refused.get(refusal.reason, 0) + 1
        else:
            name = TYPE_NAMES[admitted.type]
            counters.received[name] = counters.received.get(name, 0) + 1
            if self._witnesses is not None and isinstance(admitted.body, Pong):
                self._witnesses.add(source[0], admitted.body.to.ip, now.monotonic)
        self._lookups.tidy(now)

    def on_timer(self, now: Times) -> None:
        """Whatever is due."""
        self.sessions.on_timer(now)
        self._lookups.on_timer(now)
        self._maintenance.on_timer(now)
        self._topics.on_timer(now)
        self._lookups.tidy(now)

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds when :meth:`on_timer` is to be called. ``None``: not before something else happens."""
        soonest = self.sessions.next_timer  # asked after every datagram
        for other in (self._lookups.next_timer, self._maintenance.next_timer, self._topics.next_timer):
            if other is not None and (soonest is None or other < soonest):
                soonest = other
        return soonest

    def datagrams_to_send(self) -> list[Datagram]:
        """What has to be sent now, in this order."""
        return self._outbox.take()

    def events(self) -> list[Event]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    def register(self, topic: str, now: Times) -> None:
        """Let others find us under a topic.

        :raises LocalError: no topic: it has 1 to 64 bytes.
        """
        self._topics.register(encode_topic(topic), now)

    def unregister(self, topic: str) -> None:
        """Do not renew what is registered under a topic. Ads end within an hour."""
        self._topics.unregister(encode_topic(topic))

    def search(self, topic: str, period: float | None, now: Times) -> None:
        """Find nodes under a topic: :class:`NodeFound` for each, perhaps more than once.

        :param period: seconds between lookups (3 fast, 30 slow); None ends the search.
        :raises LocalError: no topic, or no period.
        """
        self._topics.search(encode_topic(topic), period, now)

    def topic_radius(self, topic: str) -> float | None:
        """How far around a topic its ads are spread, as this node has estimated it: a share of all distances, 0 to 1.
        ``None``: it neither registers nor searches the topic."""
        return self._topics.radius(encode_topic(topic))

    def search_lookups(self, topic: str) -> int:
        """Lookups that the search of a topic has made since it began, as far as there was somebody to ask."""
        return self._topics.search_lookups(encode_topic(topic))

    def lookup(self, target: bytes, now: Times) -> int:
        """Find the nodes nearest to a hash of 32 bytes: an id for :class:`LookupDone`.

        :raises LocalError: not 32 bytes, or too many lookups under way.
        """
        _check_target(target)
        lookup_id = self._next_id()

        def done(lookup: Lookup, _: Times) -> None:
            nodes = tuple(DiscoveredNode.of(node.contact) for node in lookup.result)
            self._events.append(LookupDone(lookup_id, nodes))

        if not self._lookups.begin_in_time(target, done, now):
            raise LocalError("Too many lookups are under way: wait until one is done.")
        self._lookups.tidy(now)
        return lookup_id

    def query(self, node: Enode, target: bytes, now: Times) -> int:
        """One findnodeHash to one node, which is verified first: an id for :class:`NodesAnswered` or
        :class:`QueryFailed`. A node that is known already is asked where it is known to be.

        :raises LocalError: a node without an IP address, not 32 bytes, or too many questions under way.
        """
        _check_target(target)
        contact = self._contact_of(node)
        if self._queries >= self._limits.max_queries:
            raise LocalError("Too many questions are under way: wait until one is answered.")
        query_id = self._next_id()
        remote = self.sessions.find(contact.id, contact.endpoint, now)
        if remote is None:
            self._events.append(QueryFailed(query_id))
        else:
            self._queries += 1
            self.sessions.ask(remote, Query(target, _Question(query_id, self._question_done)), now)
        return query_id

    @property
    def lookups(self) -> int:
        """Lookups that were begun, of any purpose."""
        return self._lookups.begun

    @property
    def ad_count(self) -> int:
        """Ads of other nodes that are listed here, of all topics."""
        return len(self.registrar)

    def ads(self, topic: str, now: Times) -> list[DiscoveredNode]:
        """What is registered here."""
        return [DiscoveredNode.of(contact) for contact in self.registrar.ads(encode_topic(topic), now)]

    def _begin_topic_lookup(self, target: bytes, found: Found, now: Times) -> None:
        def done(lookup: Lookup, now: Times) -> None:
            found([node.contact for node in lookup.result], now)

        if not self._lookups.begin_in_time(target, done, now):
            found((), now)

    def _tell(self, event: Event) -> None:
        self._events.append(event)

    def _contact_of(self, node: Enode) -> Contact:
        try:
            address = parse_address(node.host or "")
        except ValueError:
            raise LocalError(
                f"{node} has no IP address, which discovery needs: write one in place of the name."
            ) from None
        if not node.udp_port:
            raise LocalError(f"{node} has no UDP port, which discovery needs: write discport= and the port behind it.")
        return Contact(
            self._identity.node_id_of(node.node_id, proven=True), Endpoint(address, node.udp_port, node.port)
        )

    def _question_done(self, event: Event) -> None:
        self._queries -= 1
        self._events.append(event)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id


class _Question:
    """A question of the user's: gathers the packets of the answer."""

    __slots__ = ("_done", "_id", "_nodes")

    def __init__(self, query_id: int, done: Callable[[Event], None]) -> None:
        self._id = query_id
        self._done = done
        self._nodes: list[DiscoveredNode] = []

    def answered(self, node: RemoteNode, nodes: Sequence[RemoteNode | None], is_all: bool, now: Times) -> None:
        self._nodes += [DiscoveredNode.of(one.contact) for one in nodes if one is not None]
        if is_all:
            self._done(NodesAnswered(self._id, tuple(self._nodes)))

    def failed(self, node: RemoteNode, now: Times) -> None:
        self._done(QueryFailed(self._id))


def _check_target(target: bytes) -> None:
    if len(target) != HASH_SIZE:
        raise LocalError(f"A target is a hash of {HASH_SIZE} bytes, not {len(target)}.")
