"""The registrar: ads of topics, tickets for them, answers to queries (overlay.md §3.5, §10.2). Every node is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address

from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress, Key, is_local, may_relay, subnet_key
from pystatus.discovery.discv5.draws import below, exponential
from pystatus.discovery.discv5.limits import MAX_PING_TOPICS, MAX_TOPIC_NODES
from pystatus.discovery.discv5.node import Contact, NodeId, Times
from pystatus.discovery.discv5.packets import Pong, topic_hash
from pystatus.discovery.discv5.ports import Ticket
from pystatus.discovery.discv5.registrants import MAX_REGISTRANTS, WINDOW, GivenTicket, Registrant, Registrants
from pystatus.discovery.discv5.topics import is_topic
from pystatus.discovery.discv5.wait_control import MIN_WAIT, WaitControl
from pystatus.errors import RemoteError
from pystatus.records import dataclass

AD_LIFETIME = 3600.0
"""Seconds from a registration until its ad is not handed out any more (overlay.md §3.5)."""
COLLECTION_INTERVAL = 60.0
"""Seconds between two looks at all ads and registrants, so that a query costs no more than its topic."""
MEAN_PAUSE = 600.0
"""Seconds that a node is barred from using a newer ticket, on average (overlay.md §3.5)."""
MAX_PAUSE_DRAW = 100.0
"""Times :data:`MEAN_PAUSE` at most (overlay.md §3.5)."""


_FAR_AWAY = ip_address("1.1.1.1")
"""An address of the Internet, for the rule of what everybody may be told."""


@dataclass(frozen=True, slots=True)
class TopicLimits:
    """How much a registrar keeps."""

    ads: int = 10_000
    """In all (overlay.md §3.5), about 500 bytes each."""
    ads_of_topic: int = 50
    """Of one topic (overlay.md §3.5)."""
    ads_of_network: int = 2
    """Of one topic and one /24 or /48 (overlay.md §10.2). The local network has no such limit."""
    topics: int = 200
    """Topics that have ads, or a wait above the minimum (overlay.md §10.2)."""
    registrants: int = MAX_REGISTRANTS


_LIMITS = TopicLimits()


class _Ad:
    __slots__ = ("expires", "is_public", "network", "node", "topic")

    def __init__(self, node: Contact, topic: bytes, network: Key | None, expires: float) -> None:
        self.renew(node, expires)
        self.topic = topic
        self.network = network
        """``None``: the local network."""

    def renew(self, node: Contact, expires: float) -> None:
        self.node = node
        self.expires = expires
        self.is_public = may_relay(node.endpoint.address, _FAR_AWAY)
        """Whether everybody may be sent there: found once, because each query would ask for ten of them."""


class _Topic:
    __slots__ = ("ads", "asked", "wait_control")

    def __init__(self, asked: int) -> None:
        self.ads: dict[NodeId, _Ad] = {}
        """The oldest first. Renewing does not make an ad younger."""
        self.asked = asked
        """Which query of all asked for it last."""
        self.wait_control = WaitControl()


class TopicTable:
    """The ads that others have registered here.

    A node has one ad, of the topic that it registered last, as in the reference. Who gives way where there is no
    room: of a topic an ad of a network that has more than the others, the oldest first; of all ads the oldest of the
    topic that was queried longest ago; of all topics one without ads, then one whose networks all have more topics
    here than the newcomer's.
    """

    __slots__ = ("_ads", "_collected", "_exponential", "_limits", "_queries", "_random", "_registrants", "_topics")

    def __init__(
        self,
        random: RandomSource,
        limits: TopicLimits = _LIMITS,
        *,
        draw: Callable[[], float] | None = None,
    ) -> None:
        """
        :param draw: numbers of the exponential distribution with mean 1; by default from ``random``.
        """
        self._random = random
        self._limits = limits
        self._exponential = draw or (lambda: exponential(random))
        self._registrants = Registrants(limits.registrants)
        self._ads: dict[NodeId, _Ad] = {}
        self._topics: dict[bytes, _Topic] = {}
        self._queries = 0
        self._collected = 0.0

    def __len__(self) -> int:
        """Ads in all."""
        return len(self._ads)

    @property
    def topics(self) -> tuple[bytes, ...]:
        """Topics that have ads, or a wait above the minimum."""
        return tuple(self._topics)

    def wait_of(self, topic: bytes) -> float:
        """Seconds that a ticket for it would say."""
        known = self._topics.get(topic)
        return MIN_WAIT if known is None else known.wait_control.wait

    def issue(self, node: NodeId, address: IPAddress, topics: Sequence[bytes], now: Times) -> Ticket:
        """The ticket for a pong. Of more than 8 topics none is made: the pong says no waits then."""
        self._collect(now.monotonic)
        waits = () if len(topics) > MAX_PING_TOPICS else tuple(int(self.wait_of(topic)) for topic in topics)
        return Ticket(int(now.monotonic), self._registrants.next_serial(node), waits)

    def issued(
        self, node: NodeId, address: IPAddress, ticket: Ticket, packet_hash: bytes, *, is_verified: bool
    ) -> None:
        """The pong with that ticket is on its way. It serves that node alone, and only from that address."""
        if ticket.waits:
            self._registrants.give(node, GivenTicket(packet_hash, address), ticket.issued, is_verified=is_verified)

    def verified(self, node: NodeId) -> None:
        """The node has proven its address: its tickets do not give way to those of nodes that have not."""
        self._registrants.verified(node)

    def use(
        self, contact: Contact, topics: Sequence[bytes], index: int, pong: Pong, packet_hash: bytes, now: Times
    ) -> bool:
        """A node presents a ticket and wants to be listed under one of its topics.

        :param contact: where its packet came from.
        :param pong: what is in the packet of the ticket.
        :returns: whether it is listed now. False: outside of the window, where nothing has changed and the ticket may
            be used in its time; barred; older than one that was used; or the topic has no room for this network.
        :raises RemoteError: the ticket is not one that we sent to this node at this address, or it is for other
            topics, or the topic is none that we keep ads of; or nobody could connect to the node.
        """
        self._collect(now.monotonic)
        registrant = self._registrants.get(contact.id)
        if registrant is None or GivenTicket(packet_hash, contact.endpoint.address) not in registrant.tickets:
            raise RemoteError("a ticket was sent to another node, or not by us, or too long ago")
        if topic_hash(topics) != pong.topic_hash:
            raise RemoteError("a ticket is for other topics")
        if index >= len(topics) or not is_topic(topics[index]):
            raise RemoteError("a ticket is used for a topic that nobody can register")
        if not contact.endpoint.tcp_port:
            raise RemoteError("a node without a TCP port registers a topic")
        elapsed = int(now.monotonic) - (pong.expiration + pong.wait_periods[index])
        if not -1 <= elapsed <= WINDOW or _is_barred(registrant, pong.ticket_serial, now.monotonic):
            return False
        topic = topics[index]
        if not self._renew(contact, topic, now.monotonic) and not self._add(contact, topic, now.monotonic):
            return False
        if pong.ticket_serial != registrant.last_used:
            registrant.last_used = pong.ticket_serial
            registrant.barred_until = now.monotonic + MEAN_PAUSE * min(MAX_PAUSE_DRAW, self._exponential())
        return True

    def _renew(self, node: Contact, topic: bytes, now: float) -> bool:
        """Whether that ad stands already, and now for an hour more. It does not become younger by it."""
        ad = self._ads.get(node.id)
        if ad is None or ad.topic != topic or ad.network != _network(node.endpoint.address):
            return False
        ad.renew(node, now + AD_LIFETIME)
        return True

    def _add(self, node: Contact, topic: bytes, now: float) -> bool:
        network = _network(node.endpoint.address)
        if not self._has_room(node.id, topic, network, now):
            return False
        earlier = self._ads.get(node.id)
        if earlier is not None:
            self._remove(earlier, now)
        listed = self._topics.get(topic)
        if listed is not None and len(listed.ads) >= self._limits.ads_of_topic:
            self._remove(_surplus(listed), now)
        if len(self._ads) >= self._limits.ads:
            with_ads = (entry for entry in self._topics.values() if entry.ads)
            self._remove(_surplus(min(with_ads, key=lambda entry: entry.asked)), now)
        listed = self._topics.setdefault(topic, _Topic(self._queries))  # what was removed may have been its last ad
        ad = _Ad(node, topic, network, now + AD_LIFETIME)
        self._ads[node.id] = listed.ads[node.id] = ad
        listed.wait_control.registered(now)
        return True

    def _has_room(self, node: NodeId, topic: bytes, network: Key | None, now: float) -> bool:
        listed = self._topics.get(topic)
        if listed is None:
            return len(self._topics) < self._limits.topics or self._drop_topic(network, now)
        if network is None:
            return True
        same = sum(ad.network == network and ad.node.id != node for ad in listed.ads.values())
        return same < self._limits.ads_of_network

    def _drop_topic(self, network: Key | None, now: float) -> bool:
        """Make room for a topic that a node of ``network`` brings. False: none may be dropped for it."""
        empty = [topic for topic, listed in self._topics.items() if not listed.ads]
        if empty:
            del self._topics[min(empty, key=lambda topic: self._topics[topic].asked)]
            return True
        topics_of = Counter(
            of_topic for listed in self._topics.values() for of_topic in {ad.network for ad in listed.ads.values()}
        )

        def claim(topic: bytes) -> tuple[int, int, int]:
            ads = self._topics[topic].ads.values()
            return min(topics_of[ad.network] for ad in ads), -len(ads), -self._topics[topic].asked

        victim = max(self._topics, key=claim)
        if claim(victim)[0] <= topics_of[network] + 1:
            return False
        for ad in list(self._topics[victim].ads.values()):
            del self._ads[ad.node.id]
        del self._topics[victim]
        return True

    def query(self, topic: bytes, asker: IPAddress, now: Times) -> list[Contact]:
        """The ads of a topic that this asker may be sent to, at most 10, in random order."""
        self._collect(now.monotonic)
        listed = self._topics.get(topic)
        nodes: list[Contact] = []
        if listed is None:
            return nodes
        self._queries += 1
        listed.asked = self._queries
        for ad in self._shuffled([ad for ad in listed.ads.values() if ad.expires > now.monotonic]):
            if ad.is_public or may_relay(ad.node.endpoint.address, asker):
                nodes.append(ad.node)
            if len(nodes) == MAX_TOPIC_NODES:
                break
        return nodes

    def ads(self, topic: bytes, now: Times) -> list[Contact]:
        """Who is listed under a topic, the oldest first."""
        listed = self._topics.get(topic)
        return [] if listed is None else [ad.node for ad in listed.ads.values() if ad.expires > now.monotonic]

    def forget(self, node: NodeId) -> None:
        """The node is not remembered any more. Its ad and its tickets stand until they expire."""
        self._registrants.forget(node)

    def _shuffled(self, ads: list[_Ad]) -> Iterator[_Ad]:
        while ads:
            chosen = below(self._random, len(ads))
            ads[chosen], ads[-1] = ads[-1], ads[chosen]
            yield ads.pop()

    def _remove(self, ad: _Ad, now: float) -> None:
        del self._ads[ad.node.id]
        listed = self._topics[ad.topic]
        del listed.ads[ad.node.id]
        self._forget_topic(ad.topic, now)

    def _forget_topic(self, topic: bytes, now: float) -> None:
        """If it has no ads, and nobody waits longer than for an unknown one."""
        listed = self._topics[topic]
        if not listed.ads and listed.wait_control.is_at_minimum(now):
            del self._topics[topic]

    def _collect(self, now: float) -> None:
        """Once in a minute, forget what has expired."""
        if now - self._collected < COLLECTION_INTERVAL:
            return
        self._collected = now
        for ad in [ad for ad in self._ads.values() if ad.expires <= now]:
            self._remove(ad, now)
        for topic in list(self._topics):
            self._forget_topic(topic, now)
        self._registrants.forget_idle(now)


def _is_barred(registrant: Registrant, serial: int, now: float) -> bool:
    """Whether it has used a newer ticket, or an older one a moment ago. The same one may be used for other topics."""
    if serial == registrant.last_used:
        return False
    return serial < registrant.last_used or now < registrant.barred_until


def _network(address: IPAddress) -> Key | None:
    return None if is_local(address) else subnet_key(address)


def _surplus(topic: _Topic) -> _Ad:
    """Which of its ads gives way: the oldest of a network that has more than the others."""
    ads_of = Counter(ad.network for ad in topic.ads.values() if ad.network is not None)
    most = max(ads_of.values(), default=0)
    return next(ad for ad in topic.ads.values() if ad.network is None or ads_of[ad.network] == most)
