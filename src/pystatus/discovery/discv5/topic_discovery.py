"""The registrant and the searcher of a node (overlay.md §3.6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pystatus.crypto.random import RandomSource
from pystatus.discovery.discv5.draws import exponential
from pystatus.discovery.discv5.limits import MAX_PING_TOPICS
from pystatus.discovery.discv5.node import Contact, NodeId, Times
from pystatus.discovery.discv5.packets import Pong, TopicNodes, topic_hash
from pystatus.discovery.discv5.ports import Overlay
from pystatus.discovery.discv5.registration_loop import RegistrationLoop
from pystatus.discovery.discv5.search_loop import MAX_SEARCHES, SearchLoop
from pystatus.discovery.discv5.tickets import TicketStore
from pystatus.discovery.discv5.topic_estimate import TopicEstimate
from pystatus.discovery.discv5.topics import MAX_DISTANCE
from pystatus.errors import LocalError, RemoteError
from pystatus.wording import counted

MAX_ESTIMATES = MAX_PING_TOPICS + MAX_SEARCHES + 8
"""Topics whose radius is known: all in use, and some whose search or registration has ended and may begin again."""


class TopicDiscovery:
    """Registers topics and searches for them. A node that does neither has none of it."""

    __slots__ = ("_estimates", "_random", "_registration", "_search", "_tickets")

    def __init__(self, overlay: Overlay, random: RandomSource, node_id_of: Callable[[bytes], NodeId]) -> None:
        """
        :param node_id_of: the name of the node with an id of 64 bytes; raises RemoteError if that is no key.
        """
        self._random = random
        self._estimates: dict[bytes, TopicEstimate] = {}
        self._tickets = TicketStore(self._estimates, lambda: exponential(random))
        self._registration = RegistrationLoop(overlay, self._estimates, self._tickets)
        self._search = SearchLoop(overlay, self._estimates, node_id_of)

    def topics(self) -> tuple[bytes, ...]:
        """Those being registered, in the order in which every ping names them."""
        return self._tickets.topics

    def register(self, topic: bytes, now: Times) -> None:
        """Register ``topic`` until :meth:`unregister`.

        :raises LocalError: too many topics.
        """
        registered = self._tickets.topics
        if topic not in registered and len(registered) >= MAX_PING_TOPICS:
            raise LocalError(f"A node registers at most {MAX_PING_TOPICS} topics: end another registration first.")
        self._estimate(topic)
        self._registration.add(topic, now.monotonic)

    def unregister(self, topic: bytes) -> None:
        """End the registration. Ads stand where they are until they expire, an hour later at most."""
        self._registration.remove(topic)

    def search(self, topic: bytes, period: float | None, now: Times) -> None:
        """Search for ``topic``.

        :param period: seconds between lookups; ``None`` ends the search.
        :raises LocalError: no such interval, or too many topics.
        """
        self._search.search(topic, period, now.monotonic)
        if period is not None:
            self._estimate(topic)

    def radius(self, topic: bytes) -> float | None:
        """The radius of a topic as a share of all distances, 0 to 1. ``None``: the topic was never used."""
        estimate = self._estimates.get(topic)
        return None if estimate is None else estimate.radius.radius / MAX_DISTANCE

    def search_lookups(self, topic: bytes) -> int:
        """Lookups of a search that have found nodes to ask; 0 if it is not searched for."""
        return self._search.lookups(topic)

    def _estimate(self, topic: bytes) -> None:
        if topic in self._estimates:
            return
        if len(self._estimates) >= MAX_ESTIMATES:
            in_use = {topic, *self._tickets.topics, *self._search.topics}
            del self._estimates[next(known for known in self._estimates if known not in in_use)]
        self._estimates[topic] = TopicEstimate(topic, self._random)

    def on_timer(self, now: Times) -> None:
        """Do what is due."""
        if self._estimates:
            self._registration.on_timer(now)
            self._search.on_timer(now)

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds when :meth:`on_timer` is to be called."""
        if not self._estimates:  # most nodes neither register nor search, and are asked after every datagram
            return None
        registration, search = self._registration.next_timer, self._search.next_timer
        if registration is None or search is None:
            return search if registration is None else registration
        return min(registration, search)

    def ponged(
        self, contact: Contact, ping_hash: bytes, topics: Sequence[bytes], pong: Pong, packet: bytes, now: Times
    ) -> None:
        """A node answered our ping with these topics.

        :param packet: the whole pong, for a topicRegister.
        :raises RemoteError: the ticket in it is useless.
        """
        if len(pong.wait_periods) != len(topics):
            raise RemoteError(
                f"a pong has {counted(len(pong.wait_periods), 'wait')} for {counted(len(topics), 'topic')}"
            )
        if pong.topic_hash != topic_hash(topics):
            raise RemoteError("a pong is for other topics")
        self._tickets.ponged(contact, ping_hash, topics, pong, packet, now.monotonic)

    def answered(self, contact: Contact, answer: TopicNodes, now: Times) -> bool:
        """A node answered a topicQuery. False: it counts as a failure of that node (no such query, or late)."""
        return self._search.answered(contact, answer, now)
