"""The search of topics: lookups at intervals, and a topicQuery to the nodes that they find (overlay.md §3.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pystatus.discovery.discv5.limits import BUCKET_SIZE
from pystatus.discovery.discv5.node import Contact, NodeId, Times
from pystatus.discovery.discv5.packets import TopicNodes
from pystatus.discovery.discv5.ports import Overlay
from pystatus.discovery.discv5.radius import Target
from pystatus.discovery.discv5.topic_estimate import TopicEstimate
from pystatus.discovery.discv5.topic_queries import Query, Quotas, TopicQueries, listed_nodes
from pystatus.errors import LocalError

MAX_SEARCHES = 16
"""Topics that are searched for at a time. Status has three (overlay.md §3.7)."""
MAX_ACTIVE = 5
"""Lookups of searches at a time (overlay.md §3.6)."""
FIRST_RETRY = 0.5
"""Seconds until the next lookup when there was no node to ask: at the start the first ones are just being verified. It
doubles with each such lookup, up to the period of the search."""


class _Search:
    __slots__ = ("lookups", "next_at", "period", "retry")

    def __init__(self, period: float, now: float) -> None:
        self.period = period
        self.next_at = now
        self.retry = FIRST_RETRY
        self.lookups = 0


class SearchLoop:
    """Looks for the nodes of topics, each at its own interval.

    Implements: CL-20
    """

    __slots__ = ("_active", "_estimates", "_node_id_of", "_overlay", "_queries", "_quotas", "_searches")

    def __init__(
        self, overlay: Overlay, estimates: Mapping[bytes, TopicEstimate], node_id_of: Callable[[bytes], NodeId]
    ) -> None:
        """
        :param estimates: those of all topics that are searched for.
        :param node_id_of: the name of the node with an id of 64 bytes; raises RemoteError if that is no key.
        """
        self._overlay = overlay
        self._estimates = estimates
        self._node_id_of = node_id_of
        self._queries = TopicQueries()
        self._quotas = Quotas()
        self._searches: dict[bytes, _Search] = {}
        self._active = 0

    @property
    def topics(self) -> tuple[bytes, ...]:
        """Those that are searched for."""
        return tuple(self._searches)

    def lookups(self, topic: bytes) -> int:
        """Lookups of a search that have found nodes to ask; 0 if it is not searched for."""
        search = self._searches.get(topic)
        return 0 if search is None else search.lookups

    def search(self, topic: bytes, period: float | None, now: float) -> None:
        """Begin, end, or change the interval.

        :param period: seconds between two lookups; ``None`` ends the search.
        :raises LocalError: no such interval, or too many searches.
        """
        if period is None:
            self._searches.pop(topic, None)
            return
        if not 0 < period < float("inf"):
            raise LocalError(f"A search makes a lookup every so many seconds, and {period} is no such number.")
        search = self._searches.get(topic)
        if search is not None:
            search.period = period
            search.next_at = min(search.next_at, now + period)
            return
        if len(self._searches) >= MAX_SEARCHES:
            raise LocalError(f"At most {MAX_SEARCHES} topics are searched for at a time: end another search first.")
        self._searches[topic] = _Search(period, now)

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds."""
        searches = self._searches
        return min(search.next_at for search in searches.values()) if searches else None

    def on_timer(self, now: Times) -> None:
        """Make the lookups that are due. Where there are too many already, a search waits for its next turn."""
        for topic, search in list(self._searches.items()):
            if search.next_at > now.monotonic:
                continue
            search.next_at = now.monotonic + search.period
            if self._active < MAX_ACTIVE:
                self._look_up(topic, now)

    def _look_up(self, topic: bytes, now: Times) -> None:
        target = self._estimates[topic].next_target(now.monotonic)
        self._active += 1

        def found(nodes: Sequence[Contact], now: Times) -> None:
            self._active -= 1
            search = self._searches.get(topic)
            if search is not None:
                self._found(topic, search, target, nodes, now)

        self._overlay.lookup(target.hash, found, now)

    def _found(self, topic: bytes, search: _Search, target: Target, nodes: Sequence[Contact], now: Times) -> None:
        others = [node for node in nodes if node.id != self._overlay.own_id]
        if not others:
            search.next_at = min(search.next_at, now.monotonic + search.retry)
            search.retry = min(search.period, 2 * search.retry)
            return
        search.retry = FIRST_RETRY
        search.lookups += 1
        estimate = self._estimates[topic]
        if len(others) < BUCKET_SIZE:
            estimate.is_small()
        for place, node in enumerate(others):
            if place == 0 or estimate.is_near(node.id, target.hash):
                self._ask(topic, target, node, now)

    def _ask(self, topic: bytes, target: Target, node: Contact, now: Times) -> None:
        if not self._queries.may_ask(node.id, topic, now.monotonic):
            return
        if not self._overlay.is_known(node):
            self._overlay.ping(node, now)  # the next lookup may find it verified
            return
        echo = self._overlay.send_query(node, topic, now)
        if echo is not None:
            self._queries.sent(echo, Query(node.id, topic, target, now.monotonic))

    def answered(self, contact: Contact, answer: TopicNodes, now: Times) -> bool:
        """A node answered. False: no query of ours, or it is too late, or it has answered already."""
        query = self._queries.answered(contact.id, answer.echo, now.monotonic)
        if query is None:
            return False
        if query.topic not in self._searches:
            return True
        found = listed_nodes(answer.nodes, contact, self._overlay.own_id, self._node_id_of)
        self._estimates[query.topic].vote(contact.id, query.target.hash, 1.0 if found else 0.0, now.monotonic)
        for node in self._quotas.within(query.topic, contact, found, now.monotonic):
            self._overlay.found(query.topic, node, contact)
        return True
