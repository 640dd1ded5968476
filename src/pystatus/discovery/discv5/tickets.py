"""The tickets of a registrant: which registrars are asked for them, and when each is used (overlay.md §3.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pystatus.discovery.discv5.node import Contact, NodeId
from pystatus.discovery.discv5.packets import Pong
from pystatus.discovery.discv5.radius import RADIUS_TIME, Target, wait_evidence
from pystatus.discovery.discv5.registrants import WINDOW
from pystatus.discovery.discv5.topic_estimate import TopicEstimate
from pystatus.discovery.discv5.topic_table import AD_LIFETIME
from pystatus.discovery.discv5.wait_control import MAX_WAIT

COLLECT_INTERVAL = 30.0
"""Seconds between two tickets of a topic, on average (overlay.md §3.6)."""
MAX_COLLECT_DEBT = 10
"""Tickets that a topic may have missed and still collect at once (overlay.md §3.6)."""
REGISTER_INTERVAL = 60.0
"""Seconds between two registrations of a topic, on average (overlay.md §3.6)."""
MAX_REGISTER_DEBT = 5
"""Registrations that a topic may have missed and still make at once (overlay.md §3.6)."""
KEPT_WAIT = 600.0
"""Seconds of wait up to which a ticket is kept in any case (overlay.md §3.6)."""
KEPT_WAIT_MEAN = 300.0
"""Seconds more, times a draw of the exponential distribution (overlay.md §3.6)."""
MAX_KEPT_DRAW = 10.0
"""The largest such draw (overlay.md §3.6)."""
RENEWAL = 1200.0
"""Seconds after which a registrar is asked again: twice the mean pause that it makes us take, and a third of the time
that the ad stands, so that two datagrams may be lost."""
MAX_ASKED = 4_096
"""Registrars whose last ping is remembered, about 300 bytes each. We ask 16 a second at most, and each again after 20
minutes."""


class HeldTicket(NamedTuple):
    """A ticket that waits for its time."""

    registrar: Contact
    topic: bytes
    """What it will be used for."""
    topics: tuple[bytes, ...]
    """Of the ping."""
    pong: bytes
    """The whole packet."""
    use_at: float
    """Monotonic seconds."""

    @property
    def topic_index(self) -> int:
        """Which of the topics of the ping it is."""
        return self.topics.index(self.topic)


class _Asked(NamedTuple):
    ping_hash: bytes
    topic: bytes
    target: Target
    at: float


class _Ad(NamedTuple):
    topic: bytes
    at: float


class _Registration:
    """One topic that is being registered."""

    __slots__ = ("next_lookup", "next_registration")

    def __init__(self) -> None:
        self.next_lookup = 0.0
        """Monotonic seconds until which there are tickets enough."""
        self.next_registration = 0.0
        """Monotonic seconds before which none is used."""


class TicketStore:
    """Collects tickets for the topics that are registered.

    A registrar keeps one ad of a node. So that all our topics stay findable, they share the registrars: a ticket is
    used for the topic that has the fewest of them, among those inside of whose radius the registrar lies; where a topic
    has none, for the first of these, so that at a single registrar the first topic stays (decisions.md "Discovery").

    Implements: CL-22
    """

    __slots__ = ("_ads", "_asked", "_draw", "_estimates", "_first", "_held", "_topics")

    def __init__(self, estimates: Mapping[bytes, TopicEstimate], draw: Callable[[], float]) -> None:
        """
        :param estimates: those of all topics that are registered.
        :param draw: numbers of the exponential distribution with mean 1.
        """
        self._estimates = estimates
        self._draw = draw
        self._topics: dict[bytes, _Registration] = {}
        self._asked: dict[NodeId, _Asked] = {}
        self._held: dict[NodeId, HeldTicket] = {}
        self._first: HeldTicket | None = None
        """The held one whose time comes first: asked for after every datagram."""
        self._ads: dict[NodeId, _Ad] = {}

    @property
    def topics(self) -> tuple[bytes, ...]:
        """Those being registered, in the order in which every ping names them."""
        return tuple(self._topics)

    @property
    def next_use(self) -> float | None:
        """Monotonic seconds when the first ticket is due."""
        return None if self._first is None else self._first.use_at

    @property
    def held(self) -> tuple[HeldTicket, ...]:
        """The tickets that wait."""
        return tuple(self._held.values())

    def add(self, topic: bytes) -> None:
        """Register that topic from now on."""
        self._topics.setdefault(topic, _Registration())

    def remove(self, topic: bytes) -> None:
        """Do not register it any more. Its ads stand until they expire."""
        self._topics.pop(topic, None)
        for ticket in [ticket for ticket in self._held.values() if ticket.topic == topic]:
            self._drop(ticket)
        self._ads = {registrar: ad for registrar, ad in self._ads.items() if ad.topic != topic}

    def next_lookup(self, topic: bytes) -> float:
        """Monotonic seconds until which that topic has tickets enough."""
        return self._topics[topic].next_lookup

    def next_registration(self, topic: bytes) -> float:
        """Monotonic seconds before which no ticket of that topic is used."""
        return self._topics[topic].next_registration

    def to_ask(self, topic: bytes, target: Target, found: Sequence[Contact], now: float) -> list[Contact]:
        """Which nodes of a lookup's result are pinged, so that their pongs are tickets.

        :param found: nearest first.
        """
        estimate = self._estimates[topic]
        return [
            contact
            for place, contact in enumerate(found)
            if (place == 0 or estimate.is_near(contact.id, target.hash))
            and (self._is_news(contact.id, now) if target.is_radius_lookup else self._has_use(contact.id, now))
        ]

    def _is_news(self, registrar: NodeId, now: float) -> bool:
        asked = self._asked.get(registrar)
        return asked is None or now - asked.at > RADIUS_TIME

    def _has_use(self, registrar: NodeId, now: float) -> bool:
        ad = self._ads.get(registrar)
        return registrar not in self._held and (ad is None or now - ad.at >= RENEWAL)

    def asked(self, topic: bytes, target: Target, registrar: NodeId, ping_hash: bytes, now: float) -> None:
        """A registrar was pinged."""
        self._asked.pop(registrar, None)
        if len(self._asked) >= MAX_ASKED:
            del self._asked[next(iter(self._asked))]
        self._asked[registrar] = _Asked(ping_hash, topic, target, now)

    def ponged(
        self, registrar: Contact, ping_hash: bytes, topics: Sequence[bytes], pong: Pong, packet: bytes, now: float
    ) -> bool:
        """A node answered a ping: is its ticket kept? It counts as one vote for the radius of the topic whose lookup
        led to the node, whatever it says of the others.

        :param topics: of the ping; there are as many waits.
        """
        asked = self._asked.get(registrar.id)
        if asked is None or asked.ping_hash != ping_hash or asked.topic not in topics:
            return False
        if asked.topic not in self._topics:
            return False
        wait = pong.wait_periods[topics.index(asked.topic)]
        if wait > MAX_WAIT:
            return False
        self._asked[registrar.id] = asked._replace(ping_hash=b"")  # once
        self._estimates[asked.topic].vote(registrar.id, asked.target.hash, wait_evidence(wait), now)
        if asked.target.is_radius_lookup or registrar.id in self._held:
            return False
        topic = self._choose_topic(asked.topic, registrar.id, topics, now)
        wait = pong.wait_periods[topics.index(topic)]
        if wait >= min(MAX_WAIT, KEPT_WAIT + KEPT_WAIT_MEAN * min(MAX_KEPT_DRAW, self._draw())):
            return False
        ticket = HeldTicket(registrar, topic, tuple(topics), packet, now + wait)
        self._held[registrar.id] = ticket
        if self._first is None or ticket.use_at < self._first.use_at:
            self._first = ticket
        registration = self._topics[topic]
        earliest = now - COLLECT_INTERVAL * MAX_COLLECT_DEBT
        registration.next_lookup = max(registration.next_lookup, earliest) + COLLECT_INTERVAL
        return True

    def _choose_topic(self, asked: bytes, registrar: NodeId, topics: Sequence[bytes], now: float) -> bytes:
        """What a ticket is used for: a topic that no other registrar lists us for, the first of ours before the others;
        else one that few list us for, and ``asked``, if nothing speaks for another topic.

        So a node that knows one registrar alone, as in the smallest networks, is found by its first topic, ``whisper``,
        also by those who know no other (status-go): a registrar has one ad of a node (overlay.md §3.5)."""
        if len(self._topics) == 1:
            return asked
        self._forget_ads(now)
        listed = self._ads.pop(registrar, None)
        registrars = Counter(ad.topic for ad in self._ads.values())
        registrars.update(ticket.topic for ticket in self._held.values())
        if listed is not None:
            self._ads[registrar] = listed
        ours = list(self._topics)

        def rank(topic: bytes) -> tuple[int, int, bool]:
            if not registrars[topic]:
                return 0, ours.index(topic), False
            return registrars[topic], int(listed is not None and listed.topic == topic), topic != asked

        return min((topic for topic in topics if topic == asked or self._may_be_used_for(topic, registrar)), key=rank)

    def _may_be_used_for(self, topic: bytes, registrar: NodeId) -> bool:
        return topic in self._topics and self._estimates[topic].is_inside(registrar)

    def next_ticket(self, now: float) -> HeldTicket | None:
        """The ticket that is used next, when its time comes. Those that are not used any more are dropped: whose window
        is over, for example because the machine slept, and those before whose time the topic has had enough."""
        while (ticket := self._first) is not None:
            if ticket.use_at >= now - WINDOW and ticket.use_at >= self._topics[ticket.topic].next_registration:
                return ticket
            self._drop(ticket)
        return None

    def used(self, ticket: HeldTicket, now: float, *, sent: bool) -> None:
        """A ticket was used.

        :param sent: its registrar was there to be sent to.
        """
        self._drop(ticket)
        if not sent:
            return
        registration = self._topics[ticket.topic]
        earliest = now - REGISTER_INTERVAL * MAX_REGISTER_DEBT
        registration.next_registration = max(registration.next_registration, earliest) + REGISTER_INTERVAL
        self._forget_ads(now)
        self._ads[ticket.registrar.id] = _Ad(ticket.topic, now)

    def _forget_ads(self, now: float) -> None:
        expired = [registrar for registrar, ad in self._ads.items() if now - ad.at >= AD_LIFETIME]
        for registrar in expired:
            del self._ads[registrar]

    def _drop(self, ticket: HeldTicket) -> None:
        del self._held[ticket.registrar.id]
        if ticket is self._first:
            self._first = min(self._held.values(), key=lambda held: held.use_at, default=None)
        self._asked.pop(ticket.registrar.id, None)
