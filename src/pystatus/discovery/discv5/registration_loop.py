"""The registration of topics: lookups that collect tickets, and their use when their time comes (overlay.md §3.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pystatus.discovery.discv5.limits import BUCKET_SIZE
from pystatus.discovery.discv5.node import Contact, Times
from pystatus.discovery.discv5.ports import Overlay
from pystatus.discovery.discv5.radius import Target
from pystatus.discovery.discv5.tickets import TicketStore
from pystatus.discovery.discv5.topic_estimate import TopicEstimate

FIRST_PAUSE = 0.1
"""Seconds from a topic's beginning to its first lookup (overlay.md §3.6)."""
PAUSE = 1.0
"""Seconds from one lookup to the next while they find registrars to ask. The reference makes one every 100 ms until
there are ten tickets, which in a small network is for ever (decisions.md "Discovery")."""
MAX_PAUSE = 40.0
"""Seconds from one lookup to the next at most (overlay.md §3.6). A lookup that found nobody to ask doubles the
pause."""


class RegistrationLoop:
    """Registers topics, one lookup at a time, the topics in turn.

    Implements: CL-21
    """

    __slots__ = ("_estimates", "_is_looking", "_next_lookup", "_overlay", "_pause", "_store", "_turn")

    def __init__(self, overlay: Overlay, estimates: Mapping[bytes, TopicEstimate], store: TicketStore) -> None:
        """
        :param estimates: those of all topics that are registered.
        """
        self._overlay = overlay
        self._estimates = estimates
        self._store = store
        self._is_looking = False
        self._next_lookup: float | None = None
        self._pause = PAUSE
        self._turn = 0

    def add(self, topic: bytes, now: float) -> None:
        """Register a topic. Its first lookup is soon, whatever the loop waits for."""
        self._store.add(topic)
        self._pause = PAUSE
        soon = now + FIRST_PAUSE
        self._next_lookup = soon if self._next_lookup is None else min(self._next_lookup, soon)

    def remove(self, topic: bytes) -> None:
        """Do not register a topic any more."""
        self._store.remove(topic)

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds."""
        if self._next_lookup is None and not self._store.held:
            return None
        next_use = self._store.next_use
        if self._next_lookup is None or self._is_looking:
            return next_use
        return self._next_lookup if next_use is None else min(next_use, self._next_lookup)

    def on_timer(self, now: Times) -> None:
        """Use the tickets that are due, and look for more."""
        self._use_tickets(now)
        if self._next_lookup is not None and self._next_lookup <= now.monotonic and not self._is_looking:
            self._look_up(now)

    def _use_tickets(self, now: Times) -> None:
        while (ticket := self._store.next_ticket(now.monotonic)) is not None and ticket.use_at <= now.monotonic:
            sent = self._overlay.send_register(ticket.registrar, ticket.topics, ticket.topic_index, ticket.pong, now)
            self._store.used(ticket, now.monotonic, sent=sent)
            if sent:
                self._overlay.registered(ticket.topic, ticket.registrar)

    def _look_up(self, now: Times) -> None:
        topic = self._next_topic(now.monotonic)
        if topic is None:
            return
        target = self._estimates[topic].next_target(now.monotonic)
        self._is_looking = True

        def found(nodes: Sequence[Contact], now: Times) -> None:
            self._is_looking = False
            if topic in self._store.topics:
                self._found(topic, target, nodes, now)

        self._overlay.lookup(target.hash, found, now)

    def _next_topic(self, now: float) -> bytes | None:
        """The topic whose turn it is, of those that need tickets. ``None``: the loop sleeps."""
        topics = self._store.topics
        for place in range(self._turn, self._turn + len(topics)):
            topic = topics[place % len(topics)]
            if self._store.next_lookup(topic) < now:
                self._turn = place % len(topics) + 1
                return topic
        soonest = min((self._store.next_lookup(topic) for topic in topics), default=None)
        self._next_lookup = None if soonest is None else min(max(soonest, now + PAUSE), now + MAX_PAUSE)
        return None

    def _found(self, topic: bytes, target: Target, nodes: Sequence[Contact], now: Times) -> None:
        others = [node for node in nodes if node.id != self._overlay.own_id]
        if len(others) < BUCKET_SIZE:
            self._estimates[topic].is_small()
        asked = 0
        for registrar in self._store.to_ask(topic, target, others, now.monotonic):
            ping_hash = self._overlay.ping(registrar, now)
            if ping_hash is not None:
                self._store.asked(topic, target, registrar.id, ping_hash, now.monotonic)
                asked += 1
        self._next_lookup = now.monotonic + self._pause
        self._pause = PAUSE if asked else min(MAX_PAUSE, 2 * self._pause)
