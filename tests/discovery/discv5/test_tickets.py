"""The tickets of a registrant, as a conversation with registrars."""

from __future__ import annotations

import math

import pytest

from pystatus.discovery.discv5.node import Contact, NodeId
from pystatus.discovery.discv5.packets import Pong, topic_hash
from pystatus.discovery.discv5.radius import Target
from pystatus.discovery.discv5.tickets import TicketStore
from pystatus.discovery.discv5.topic_estimate import TopicEstimate
from pystatus.discovery.discv5.wire_nodes import WireEndpoint
from tests.discovery.discv5.topic_nodes import contact
from tests.support.vectors import Case, case_id, cases, unhex

NS = 1e-9
NOBODY = WireEndpoint(b"", 0, 0)
WHISPER = b"whisper"
MAIL = b"whispermail"
SOMEWHERE = Target(bytes(32), False)
AT_THE_EDGE = Target(bytes(32), True)


class Registrant:
    """A ticket store and what it is told."""

    def __init__(self, *topics: bytes) -> None:
        self.drawn = 1.0
        self.estimates: dict[bytes, TopicEstimate] = {}
        self.store = TicketStore(self.estimates, lambda: self.drawn)
        for topic in topics:
            self.add(topic)
        self.pings = 0

    def add(self, topic: bytes) -> None:
        self.estimates[topic] = TopicEstimate(topic, bytes)
        self.store.add(topic)

    def lookup(self, topic: bytes, found: list[Contact], now: float, target: Target = SOMEWHERE) -> list[Contact]:
        """A lookup found nodes: those that were pinged."""
        asked = self.store.to_ask(topic, target, found, now)
        for registrar in asked:
            self.store.asked(topic, target, registrar.id, self.hash_for(registrar), now)
        return asked

    @staticmethod
    def hash_for(registrar: Contact) -> bytes:
        return b"ping " + registrar.id.hash

    def pong(self, registrar: Contact, *waits: int, now: float, ping_hash: bytes | None = None) -> bool:
        topics = self.store.topics
        pong = Pong(NOBODY, b"", 0, topic_hash(topics), 1, waits)
        return self.store.ponged(registrar, ping_hash or self.hash_for(registrar), topics, pong, b"pong", now)

    def use(self, now: float, *, sent: bool = True) -> tuple[Contact, bytes] | None:
        """Use what is due."""
        ticket = self.store.next_ticket(now)
        if ticket is None or ticket.use_at > now:
            return None
        self.store.used(ticket, now, sent=sent)
        return ticket.registrar, ticket.topic


OVERDUE = -1_240_000_000_000
"""The ticket that the reference uses 20 minutes late, after a sleep of the machine; its registrar drops it
(decisions.md, discv5 163). We drop it."""


@pytest.mark.parametrize("case", [c for c in cases("discv5", "ticket_store") if "found_queue" not in c], ids=case_id)
def test_the_ticket_store_of_the_reference(case: Case) -> None:
    topic = case["topic"].encode()
    nodes = [contact(number, named=NodeId.of(unhex(node["id"]))) for number, node in enumerate(case["nodes"])]
    assert [node.id.hash for node in nodes] == [unhex(node["hash"]) for node in case["nodes"]]
    ours = Registrant()
    was_overdue = False
    for step in case["steps"]:
        now = step["at_ns"] * NS
        if step["op"] == "add_topic":
            ours.add(topic)
        elif step["op"] == "remove_topic":
            ours.store.remove(topic)
            assert not ours.store.topics
            assert not ours.store.held
            continue
        elif step["op"] == "register_lookup_done":
            ours.estimates[topic].radius.min_radius = int(step["min_radius"], 16)
            target = Target(unhex(step["target"]), step["radius_lookup"])
            asked = ours.lookup(topic, [nodes[node] for node in step["result_nodes"]], now, target)
            assert asked == [nodes[node] for node in step["pinged"]]
        elif step["op"] == "pong":
            ours.drawn = step["exp_draw"]
            node = nodes[step["node"]]
            assert (node.id in {ticket.registrar.id for ticket in ours.store.held}) == step["already_held"]
            ping_hash = ours.hash_for(node) if step["answers_ping_of_lookup"] else b"another ping"
            assert ours.pong(node, step["wait_period"], now=now, ping_hash=ping_hash) == step["kept"]
        elif step["op"] == "registered":
            assert ours.use(now) == (nodes[step["node"]], topic)
        else:
            assert step["op"] == "next_ticket"
            ticket = ours.store.next_ticket(now)
            if step["node"] is None or step["in_ns"] == OVERDUE:
                assert ticket is None
                was_overdue |= step["node"] is not None
            else:
                assert ticket is not None
                assert ticket.registrar == nodes[step["node"]]
                assert ticket.use_at - now == pytest.approx(step["in_ns"] * NS, abs=2 * NS)
        compare(ours, topic, step["state_after"][case["topic"]], nodes, nothing_is_held=was_overdue)
    assert was_overdue


def compare(ours: Registrant, topic: bytes, state: Case | None, nodes: list[Contact], *, nothing_is_held: bool) -> None:
    if state is None:
        assert not ours.store.topics
        assert not ours.store.held
        return
    minutes: dict[str, list[int]] = {}
    for ticket in ours.store.held:
        minutes.setdefault(str(math.floor(ticket.use_at / 60)), []).append(nodes.index(ticket.registrar))
    assert minutes == ({} if nothing_is_held else state["minute_buckets"])
    assert ours.store.next_lookup(topic) == pytest.approx(state["next_lookup_ns"] * NS, abs=2 * NS)
    assert ours.store.next_registration(topic) == pytest.approx(state["next_reg_ns"] * NS, abs=2 * NS)


def test_a_wait_of_more_than_an_hour_counts_for_nothing() -> None:
    ours = Registrant(WHISPER)
    ours.drawn = 1000.0
    registrar = contact(1)
    ours.lookup(WHISPER, [registrar], 1000.0)
    assert not ours.pong(registrar, 3601, now=1000.1)
    assert ours.store.next_ticket(1000.1) is None
    assert not ours.estimates[WHISPER]._voted
    ours.lookup(WHISPER, [registrar], 1001.0)
    assert not ours.pong(registrar, 3600, now=1001.1)  # one to wait for would be below
    assert ours.estimates[WHISPER]._voted


def test_a_registrar_has_one_vote_whatever_it_says_of_all_topics() -> None:
    """decisions.md "Discovery": the reference takes a pong as evidence for all topics of the ping."""
    ours = Registrant(WHISPER, MAIL)
    for estimate in ours.estimates.values():
        estimate.radius.next_target(1000.0)
    registrar = contact(1)
    now = 1000.0
    for _ in range(50):
        ours.lookup(WHISPER, [registrar], now)
        ours.pong(registrar, 3000, 3000, now=now)
        now += 10.0
    votes = [
        sum(bucket.inside + bucket.outside for bucket in ours.estimates[topic].radius.buckets)
        for topic in (WHISPER, MAIL)
    ]
    assert votes[0] <= 1.0 + 1e-6
    assert votes[1] == 0.0


def test_a_pong_counts_once() -> None:
    ours = Registrant(WHISPER)
    ours.lookup(WHISPER, [contact(1)], 1000.0)
    assert ours.pong(contact(1), 60, now=1000.1)
    ours.use(1060.1)
    assert not ours.pong(contact(1), 60, now=1060.2)
    ours.lookup(WHISPER, [contact(2)], 1100.0, AT_THE_EDGE)
    assert not ours.pong(contact(2), 60, now=1100.1)
    ours.estimates[WHISPER]._voted.clear()
    assert not ours.pong(contact(2), 60, now=1100.2)
    assert not ours.estimates[WHISPER]._voted


def test_a_pong_of_a_ping_without_that_topic() -> None:
    ours = Registrant(WHISPER)
    ours.lookup(WHISPER, [contact(1)], 1000.0)
    pong = Pong(NOBODY, b"", 0, topic_hash([MAIL]), 1, (60,))
    assert not ours.store.ponged(contact(1), ours.hash_for(contact(1)), [MAIL], pong, b"pong", 1000.1)
    ours.store.remove(WHISPER)
    pong = Pong(NOBODY, b"", 0, topic_hash([WHISPER]), 1, (60,))
    assert not ours.store.ponged(contact(1), ours.hash_for(contact(1)), [WHISPER], pong, b"pong", 1000.1)


def test_the_rate_of_registrations() -> None:
    """One a minute, five at once after a pause; a ticket whose turn would be later is dropped."""
    ours = Registrant(WHISPER)
    registrars = [contact(number) for number in range(1, 11)]
    ours.lookup(WHISPER, registrars, 100_000.0)
    for registrar in registrars:
        assert ours.pong(registrar, 60, now=100_000.0)
    used = [ours.use(100_060.0) for _ in range(10)]
    assert [one is not None for one in used] == [True] * 6 + [False] * 4
    assert not ours.store.held


def test_a_registrar_that_is_gone_costs_no_turn() -> None:
    ours = Registrant(WHISPER)
    ours.lookup(WHISPER, [contact(1)], 1000.0)
    assert ours.pong(contact(1), 60, now=1000.0)
    assert ours.use(1060.0, sent=False) == (contact(1), WHISPER)
    assert ours.store.next_registration(WHISPER) == 0.0
    assert ours.lookup(WHISPER, [contact(1)], 1061.0) == [contact(1)]


def test_a_registrar_that_lists_us_is_asked_again_after_twenty_minutes() -> None:
    ours = Registrant(WHISPER)
    ours.lookup(WHISPER, [contact(1)], 1000.0)
    assert ours.pong(contact(1), 60, now=1000.0)
    assert ours.use(1060.0)
    assert ours.lookup(WHISPER, [contact(1)], 1060.0) == []
    assert ours.lookup(WHISPER, [contact(1)], 2259.0) == []
    assert ours.lookup(WHISPER, [contact(1)], 2260.0) == [contact(1)]


def register_everywhere(ours: Registrant, registrars: list[Contact], now: float) -> dict[bytes, list[Contact]]:
    """Lookups for all topics, pongs, and the use of the tickets: where each topic is now listed."""
    listed: dict[bytes, list[Contact]] = {topic: [] for topic in ours.store.topics}
    for topic in ours.store.topics:
        for registrar in ours.lookup(topic, registrars, now):
            ours.pong(registrar, *[60] * len(listed), now=now)
    while (used := ours.use(now + 60)) is not None:
        registrar, topic = used
        listed[topic].append(registrar)
    return listed


@pytest.mark.requirement("CL-22")
@pytest.mark.parametrize(("number", "shares"), [(2, [1, 1]), (3, [2, 1]), (9, [5, 4])])
def test_two_topics_share_the_registrars(number: int, shares: list[int]) -> None:
    """A registrar lists a node under the topic that it registered last (overlay.md §3.5): a mailserver stays findable
    under both."""
    ours = Registrant(WHISPER, MAIL)
    registrars = [contact(n) for n in range(1, number + 1)]
    listed = register_everywhere(ours, registrars, 10_000.0)
    assert [len(registrars) for registrars in listed.values()] == shares
    assert set(listed[WHISPER]).isdisjoint(listed[MAIL])


@pytest.mark.parametrize("topics", [(WHISPER, MAIL), (MAIL, WHISPER)])
def test_at_a_single_registrar_the_first_topic_stays(topics: tuple[bytes, bytes]) -> None:
    """Whichever was looked for first. Who knows this registrar alone, and one topic, always finds us."""
    ours = Registrant(*topics)
    for turn in range(4):
        listed = register_everywhere(ours, [contact(1)], 10_000.0 + turn * 1300.0)
        assert [topic for topic, registrars in listed.items() if registrars] == [topics[0]]


def test_where_there_are_two_registrars_each_topic_keeps_its_own() -> None:
    ours = Registrant(WHISPER, MAIL)
    first = register_everywhere(ours, [contact(1), contact(2)], 10_000.0)
    for turn in range(1, 4):
        assert register_everywhere(ours, [contact(1), contact(2)], 10_000.0 + turn * 1300.0) == first


def test_a_registrar_far_from_a_topic_is_not_used_for_it() -> None:
    ours = Registrant(WHISPER, MAIL)
    ours.estimates[MAIL].radius.radius = 1
    listed = register_everywhere(ours, [contact(1), contact(2)], 10_000.0)
    assert (len(listed[WHISPER]), listed[MAIL]) == (2, [])


def test_a_topic_that_ends_leaves_nothing() -> None:
    ours = Registrant(WHISPER, MAIL)
    register_everywhere(ours, [contact(1), contact(2)], 10_000.0)
    ours.lookup(MAIL, [contact(3), contact(4)], 10_100.0)
    for number in (3, 4):
        ours.pong(contact(number), 60, 60, now=10_100.0)
    assert [ticket.topic for ticket in ours.store.held] == [MAIL, WHISPER]
    ours.store.remove(MAIL)
    ours.store.remove(MAIL)
    assert ours.store.topics == (WHISPER,)
    assert {ticket.topic for ticket in ours.store.held} == {WHISPER}
    assert {ad.topic for ad in ours.store._ads.values()} == {WHISPER}


def test_the_ticket_that_is_due_first_is_known() -> None:
    ours = Registrant(WHISPER, MAIL)
    ours.lookup(WHISPER, [contact(1)], 1000.0)
    ours.pong(contact(1), 90, 90, now=1000.0)
    ours.lookup(MAIL, [contact(2)], 1000.0)
    ours.pong(contact(2), 60, 60, now=1000.0)
    ours.lookup(WHISPER, [contact(3)], 1000.0)
    ours.pong(contact(3), 70, 70, now=1000.0)
    assert [ticket.topic for ticket in ours.store.held] == [WHISPER, MAIL, WHISPER]
    assert ours.store.next_use == 1060.0
    ours.store.remove(WHISPER)
    assert ours.store.next_use == 1060.0
    ours.store.remove(MAIL)
    assert ours.store.next_use is None


def test_ads_that_have_expired_are_not_counted() -> None:
    ours = Registrant(WHISPER, MAIL)
    register_everywhere(ours, [contact(1), contact(2)], 10_000.0)
    listed = register_everywhere(ours, [contact(3), contact(4)], 20_000.0)
    assert [len(registrars) for registrars in listed.values()] == [1, 1]
    assert set(ours.store._ads) == {contact(3).id, contact(4).id}


def test_what_is_remembered_of_registrars_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.discovery.discv5.tickets.MAX_ASKED", 10)
    ours = Registrant(WHISPER)
    ours.lookup(WHISPER, [contact(number) for number in range(1, 30)], 1000.0)
    assert len(ours.store._asked) == 10
