"""The registrar as a conversation: pings, tickets that are used, queries."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5.node import Contact, NodeId
from pystatus.discovery.discv5.packets import Pong, topic_hash
from pystatus.discovery.discv5.registrants import MAX_TICKETS, GivenTicket, Registrants
from pystatus.discovery.discv5.topic_table import TopicLimits, TopicTable
from pystatus.discovery.discv5.wait_control import WaitControl
from pystatus.discovery.discv5.wire_nodes import WireEndpoint
from pystatus.errors import RemoteError
from tests.discovery.discv5.topic_nodes import address, at, contact
from tests.support.vectors import Case, case_id, cases, unhex

NS = 1e-9
NOBODY = WireEndpoint(b"", 0, 0)


class World:
    """A registrar, and the pongs that it has sent."""

    def __init__(self, limits: TopicLimits | None = None, draw: Callable[[], float] = lambda: 1.0) -> None:
        self.table = TopicTable(bytes, limits or TopicLimits(), draw=draw)
        self.pongs: dict[bytes, Pong] = {}

    def ticket(self, node: Contact, *topics: bytes, now: float) -> bytes:
        """The node pings with these topics: the hash of the pong, which is a ticket."""
        ticket = self.table.issue(node.id, node.endpoint.address, topics, at(now))
        packet_hash = b"pong %d" % len(self.pongs)
        self.table.issued(node.id, node.endpoint.address, ticket, packet_hash, is_verified=True)
        self.pongs[packet_hash] = Pong(NOBODY, b"ping", ticket.issued, topic_hash(topics), ticket.serial, ticket.waits)
        return packet_hash

    def use(self, node: Contact, ticket: bytes, *topics: bytes, now: float, index: int = 0) -> bool:
        return self.table.use(node, topics, index, self.pongs[ticket], ticket, at(now))

    def register(self, node: Contact, topic: bytes, now: float) -> bool:
        """Ping, wait, and use the ticket; ``now`` is when it is used."""
        ticket = self.ticket(node, topic, now=now - self.table.wait_of(topic))
        return self.use(node, ticket, topic, now=now)

    def listed(self, topic: bytes, now: float) -> list[Contact]:
        return self.table.ads(topic, at(now))


@pytest.mark.parametrize("case", cases("discv5", "wait_control"), ids=case_id)
def test_waits(case: Case) -> None:
    control = WaitControl()
    for step in case["steps"]:
        now = step["at_ns"] * NS
        assert control.is_at_minimum(now) == step["at_minimum_before"]
        control.registered(now)
        assert control.wait == pytest.approx(step["wait_ns"] * NS, abs=2 * NS)
        assert int(control.wait) == step["wait_in_pong_s"]


def test_a_flood_raises_the_wait_to_an_hour_at_most() -> None:
    control = WaitControl()
    for _ in range(1000):
        control.registered(1000.0)
    assert control.wait == 3600
    assert not control.is_at_minimum(1000.0 + 600)
    assert control.is_at_minimum(1000.0 + 3600)


STOLEN = 161
"""The case in which the reference takes the ticket of another node (decisions.md, discv5 161). We do not."""


@pytest.mark.parametrize("case", cases("discv5", "topic_table"), ids=case_id)
def test_the_table_of_the_reference(case: Case) -> None:
    draws: list[float] = []
    world = World(draw=lambda: draws.pop())
    nodes = [contact(number, named=NodeId.of(unhex(xy))) for number, xy in enumerate(case["nodes"])]
    tickets: dict[tuple[int, int], bytes] = {}
    for step in case["steps"]:
        now = step["at_ns"] * NS
        if step["op"] == "ticket":
            node = nodes[step["node"]]
            packet_hash = world.ticket(node, *map(unhex, step["topics_hex"]), now=now)
            pong = world.pongs[packet_hash]
            tickets[step["node"], pong.ticket_serial] = packet_hash
            assert pong.expiration == step["pong_expiration"]
            assert pong.ticket_serial == step["serial"]
            assert pong.wait_periods == tuple(step["wait_periods"])
            assert pong.topic_hash == unhex(step["topic_hash"])
        elif step["op"] == "use":
            node = nodes[step["node"]]
            draws[:] = [struct.unpack(">d", unhex(step.get("exp_draw_bits") or "0x3ff0000000000000"))[0]]
            topics = [unhex(topic) for topic in step["topics_hex"]]
            if case["id"] == STOLEN:
                with pytest.raises(RemoteError, match="sent to another node"):
                    world.use(node, tickets[0, step["serial"]], *topics, now=now)
                assert world.listed(topics[0], now) == []
                return
            try:
                registered = world.use(node, tickets[step["node"], step["serial"]], *topics, now=now, index=step["idx"])
            except RemoteError:
                registered = False  # a ticket that is so old is not remembered
            assert registered == step["registered"]
        else:
            assert step["op"] == "entries"
            topic = step["topic"].encode()
            world.table.query(topic, address(1), at(now))
            expected = {nodes[listed] for listed in step["nodes_in_no_order"]}
            assert set(world.listed(topic, now)) == expected
        assert len(world.table) == step["total_ads"]
        assert set(world.table.topics) == {topic.encode() for topic in step["topics_after"]}
        for name, state in step["topics_after"].items():
            assert len(world.listed(name.encode(), now)) == state["ads"]
            assert world.table.wait_of(name.encode()) == pytest.approx(state["wait_ns"] * NS, abs=2 * NS)


@pytest.mark.parametrize("case", cases("discv5", "topic_query_answer"), ids=case_id)
def test_answers_of_the_reference(case: Case) -> None:
    """Without the own entry, which the node adds."""
    world = World()
    topic = case["topic"].encode()
    ads = [contact(0, parse_address(ad["ip"]), named=NodeId.of(unhex(ad["id"]))) for ad in case["ads"]]
    for number, ad in enumerate(ads):
        assert world.register(ad, topic, 1000.0 + number)
    found = world.table.query(topic, parse_address(case["asker_ip"]), at(1100.0))
    assert len(found) == case["node_count"] - case["self_is_in_it"]
    if case["nodes_in_no_order"] is None:
        assert set(found) < set(ads)
    else:
        assert {node.id.xy for node in found} == {unhex(xy) for xy in case["nodes_in_no_order"]}


WHISPER = b"whisper"
MAIL = b"whispermail"


def test_a_node_registers_and_is_found() -> None:
    world = World()
    relay = contact(1)
    ticket = world.ticket(relay, WHISPER, now=1000.0)
    assert not world.use(relay, ticket, WHISPER, now=1058.0)
    assert world.use(relay, ticket, WHISPER, now=1060.0)
    assert world.table.query(WHISPER, address(9), at(1061.0)) == [relay]
    assert world.table.query(MAIL, address(9), at(1061.0)) == []


def test_a_ticket_that_is_used_too_early_bars_no_newer_one() -> None:
    """decisions.md "Discovery": of the reference it bars them for ten minutes."""
    world = World()
    relay = contact(1)
    early = world.ticket(relay, WHISPER, now=1000.0)
    newer = world.ticket(relay, WHISPER, now=1002.0)
    assert not world.use(relay, early, WHISPER, now=1010.0)
    assert world.use(relay, newer, WHISPER, now=1062.0)
    assert not world.use(relay, early, WHISPER, now=1064.0)  # it is older than one that was used


def test_a_node_that_has_used_a_ticket_is_barred_from_newer_ones_for_a_while() -> None:
    world = World(draw=lambda: 1000.0)  # of which 100 count
    relay = contact(1)
    assert world.register(relay, WHISPER, 1000.0)
    assert not world.register(relay, WHISPER, 1000.0 + 59_999)
    assert world.register(relay, WHISPER, 1000.0 + 60_001)


def test_an_ad_stands_for_an_hour_and_no_second_longer() -> None:
    """The reference hands it out until it looks at all of them, up to a minute later (decisions.md "Discovery")."""
    world = World()
    relay = contact(1)
    assert world.register(relay, WHISPER, 1000.0)
    assert world.table.query(WHISPER, address(9), at(4599.0)) == [relay]
    assert world.table.query(WHISPER, address(9), at(4600.0)) == []
    assert world.listed(WHISPER, 4600.0) == []


def test_a_node_that_moves_is_listed_where_it_is() -> None:
    world = World()
    relay, moved = contact(1), contact(1, address(1, 77))
    assert world.register(relay, WHISPER, 1000.0)
    assert world.register(moved, WHISPER, 2000.0)
    assert world.listed(WHISPER, 2000.0) == [moved]
    elsewhere = contact(1, address(2))
    assert world.register(elsewhere, WHISPER, 3000.0)
    assert world.listed(WHISPER, 3000.0) == [elsewhere]
    assert len(world.table) == 1


def test_a_ticket_serves_one_node_at_one_address() -> None:
    world = World()
    relay = contact(1)
    ticket = world.ticket(relay, WHISPER, now=1000.0)
    for thief in (contact(2), contact(1, address(1, 2))):
        with pytest.raises(RemoteError, match="sent to another node"):
            world.use(thief, ticket, WHISPER, now=1060.0)
    world.ticket(contact(2), WHISPER, now=1000.0)  # one of its own does not help
    with pytest.raises(RemoteError, match="sent to another node"):
        world.use(contact(2), ticket, WHISPER, now=1060.0)
    assert world.use(relay, ticket, WHISPER, now=1060.0)


def test_a_ticket_serves_its_topics() -> None:
    world = World()
    relay = contact(1)
    ticket = world.ticket(relay, WHISPER, MAIL, now=1000.0)
    for topics in ((WHISPER,), (MAIL, WHISPER), (WHISPER, MAIL, b"more"), ()):
        with pytest.raises(RemoteError, match="other topics"):
            world.use(relay, ticket, *topics, now=1060.0)
    with pytest.raises(RemoteError, match="nobody can register"):
        world.use(relay, ticket, WHISPER, MAIL, now=1060.0, index=2)
    assert world.use(relay, ticket, WHISPER, MAIL, now=1060.0, index=1)


@pytest.mark.parametrize("topic", [b"", b"x" * 65, b"\xff"])
def test_a_name_that_is_no_topic_is_not_listed(topic: bytes) -> None:
    world = World()
    ticket = world.ticket(contact(1), topic, now=1000.0)
    with pytest.raises(RemoteError, match="nobody can register"):
        world.use(contact(1), ticket, topic, now=1060.0)
    assert world.table.topics == ()


def test_a_node_that_nobody_can_connect_to_is_not_listed() -> None:
    """The reference hands on TCP port 0."""
    world = World()
    relay = contact(1, tcp_port=0)
    ticket = world.ticket(relay, WHISPER, now=1000.0)
    with pytest.raises(RemoteError, match="without a TCP port"):
        world.use(relay, ticket, WHISPER, now=1060.0)


def test_of_more_than_eight_topics_there_is_no_ticket() -> None:
    """The reference answers 1,274 bytes with 3,624."""
    world = World()
    nine = [b"%d" % number for number in range(9)]
    ticket = world.table.issue(contact(1).id, address(1), nine, at(1000.0))
    assert ticket.waits == ()
    world.table.issued(contact(1).id, address(1), ticket, b"pong", is_verified=True)
    with pytest.raises(RemoteError, match="not by us"):
        world.table.use(contact(1), nine, 0, Pong(NOBODY, b"", 1000, topic_hash(nine), 1), b"pong", at(1060.0))


def test_a_second_topic_takes_the_place_of_the_first() -> None:
    """One ad of a node, as the reference keeps them (overlay.md §3.5)."""
    world = World()
    server = contact(1)
    ticket = world.ticket(server, WHISPER, MAIL, now=1000.0)
    assert world.use(server, ticket, WHISPER, MAIL, now=1060.0)
    assert world.use(server, ticket, WHISPER, MAIL, now=1060.0, index=1)
    assert world.listed(WHISPER, 1060.0) == []
    assert world.listed(MAIL, 1060.0) == [server]


def test_of_one_network_two_are_listed_under_a_topic() -> None:
    world = World()
    crowd = [contact(100 + number, address(1, number)) for number in range(5)]
    listed = [node for node in crowd if world.register(node, WHISPER, 1000.0)]
    assert listed == crowd[:2] == world.listed(WHISPER, 1000.0)
    assert world.register(crowd[0], WHISPER, 2000.0)  # whoever is listed may renew
    assert world.register(contact(2), WHISPER, 2000.0)
    assert world.register(crowd[4], MAIL, 1000.0)


def test_in_the_local_network_there_is_no_such_limit() -> None:
    world = World()
    crowd = [contact(number, parse_address(f"127.0.0.{number}")) for number in range(1, 10)]
    assert all(world.register(node, WHISPER, 1000.0) for node in crowd)
    assert world.table.query(WHISPER, address(9), at(1001.0)) == []  # and nobody outside is sent there
    assert set(world.table.query(WHISPER, parse_address("127.0.0.77"), at(1001.0))) == set(crowd)


def test_of_a_full_topic_a_network_with_two_ads_gives_way_first() -> None:
    world = World(TopicLimits(ads_of_topic=4))
    first, second = contact(1), contact(2)
    twins = [contact(103, address(3, 1)), contact(104, address(3, 2))]
    for number, node in enumerate((first, *twins, second)):
        assert world.register(node, WHISPER, 1000.0 + number)
    assert world.register(contact(5), WHISPER, 1010.0)
    assert world.listed(WHISPER, 1010.0) == [first, twins[1], second, contact(5)]
    assert world.register(contact(6), WHISPER, 1011.0)
    assert world.listed(WHISPER, 1011.0) == [twins[1], second, contact(5), contact(6)]


def test_of_a_full_table_the_topic_that_nobody_asks_for_gives_way() -> None:
    world = World(TopicLimits(ads=4))
    for number in (1, 2):
        assert world.register(contact(number), WHISPER, 1000.0)
        assert world.register(contact(number + 10), MAIL, 1000.0)
    assert world.table.query(WHISPER, address(9), at(1001.0))
    assert world.register(contact(3), WHISPER, 1002.0)
    assert world.listed(MAIL, 1002.0) == [contact(12)]
    assert len(world.listed(WHISPER, 1002.0)) == 3


def test_the_topic_of_a_new_ad_may_be_the_one_that_gives_way() -> None:
    """The reference puts the ad into a discarded topic, and fails over it later."""
    world = World(TopicLimits(ads=3))
    assert world.register(contact(1), MAIL, 1000.0)
    for number in (2, 3):
        assert world.register(contact(number), WHISPER, 1000.0)
    world.table.query(WHISPER, address(9), at(1001.0))
    assert world.register(contact(4), MAIL, 1002.0)
    assert world.listed(MAIL, 1002.0) == [contact(4)]
    assert world.register(contact(4), WHISPER, 9000.0)
    assert world.listed(MAIL, 9000.0) == []


def busy_and_empty(world: World, topic: bytes, now: float) -> None:
    """A topic whose wait has grown, and whose ads have all moved to another topic."""
    nodes = [contact(1000 + number) for number in range(10)]
    tickets = [world.ticket(node, topic, WHISPER, now=now) for node in nodes]
    for node, ticket in zip(nodes, tickets, strict=True):
        assert world.use(node, ticket, topic, WHISPER, now=now + 60)
    for node, ticket in zip(nodes, tickets, strict=True):
        assert world.use(node, ticket, topic, WHISPER, now=now + 60, index=1)
    assert world.listed(topic, now + 60) == []
    assert world.table.wait_of(topic) > 60
    assert topic in world.table.topics


def test_a_busy_topic_without_ads_does_not_stop_registrations() -> None:
    """If the topic that nobody asks for has no ads but a long wait, the next
    registration of the reference never ends."""
    world = World(TopicLimits(ads=10))
    busy_and_empty(world, MAIL, 1000.0)
    world.table.query(WHISPER, address(9), at(1061.0))
    assert world.register(contact(1), WHISPER, 1070.0)
    assert len(world.table) == 10


def test_a_busy_topic_is_forgotten_when_it_has_calmed_down() -> None:
    world = World()
    busy_and_empty(world, MAIL, 1000.0)
    world.table.query(MAIL, address(9), at(1100.0))
    assert MAIL in world.table.topics
    world.table.query(MAIL, address(9), at(1200.0))
    assert MAIL not in world.table.topics


def test_of_too_many_topics_one_without_ads_gives_way() -> None:
    world = World(TopicLimits(topics=3))
    busy_and_empty(world, MAIL, 1000.0)
    assert world.register(contact(1), b"third", 1061.0)
    assert world.register(contact(2), b"fourth", 1062.0)
    assert set(world.table.topics) == {WHISPER, b"third", b"fourth"}


def test_of_too_many_topics_those_of_whoever_brings_the_most_give_way() -> None:
    world = World(TopicLimits(topics=4))
    assert world.register(contact(1), WHISPER, 1000.0)
    crowd = [contact(200 + number, address(2, number)) for number in range(4)]
    for number in range(3):
        assert world.register(crowd[number], b"theirs %d" % number, 1001.0)
    assert not world.register(crowd[3], b"theirs 3", 1002.0)  # they would have the most then, too
    assert world.register(contact(3), MAIL, 1003.0)
    assert {WHISPER, MAIL} < set(world.table.topics)
    assert len(world.table.topics) == len(world.table) == 4
    assert world.register(contact(4), b"one more", 1004.0)
    assert not world.register(contact(5), b"another", 1005.0)  # everybody has one: those that are there stay
    assert {WHISPER, MAIL, b"one more"} < set(world.table.topics)


def test_a_topic_that_a_network_with_many_shares_with_others_stays() -> None:
    """Nobody can make a topic give way by being listed under it."""
    world = World(TopicLimits(topics=3))
    assert world.register(contact(1), WHISPER, 1000.0)
    crowd = [contact(200 + number, address(2, number)) for number in range(3)]
    assert world.register(crowd[0], WHISPER, 1001.0)
    assert world.register(crowd[1], b"theirs 1", 1001.0)
    assert world.register(crowd[2], b"theirs 2", 1001.0)
    assert world.register(contact(3), MAIL, 1003.0)
    assert {WHISPER, MAIL} < set(world.table.topics)


def test_ten_thousand_ads() -> None:
    """The reference crashes at this number."""
    world = World()
    now = 1000.0
    for number in range(10_000):
        assert world.register(contact(number), b"topic %d" % (number % 200), now)
        now += 0.02
    assert len(world.table) == 10_000
    for number in range(200):
        topic = b"topic %d" % number
        assert len(world.table.query(topic, address(70_000), at(now))) == 10
        assert world.register(contact(10_000 + number), topic, now)
        assert len(world.listed(topic, now)) == 50
    assert not world.register(contact(20_000), WHISPER, now)
    assert len(world.table) == 10_000
    assert world.register(contact(20_000), WHISPER, now + 3600)
    assert len(world.table) == len(world.table.topics) == 1


def test_registrars_remember_so_many_registrants() -> None:
    """Whoever has many nodes loses tickets of theirs, the oldest first; nobody else does."""
    registrants = Registrants(limit=10)
    alone = contact(1)
    registrants.give(alone.id, GivenTicket(b"alone", alone.endpoint.address), 1000, is_verified=True)
    for number in range(100):
        node = contact(1000 + number, address(2, number))
        registrants.give(node.id, GivenTicket(b"theirs", node.endpoint.address), 1000 + number, is_verified=True)
    assert len(registrants) == 10
    assert registrants.get(alone.id) is not None
    assert registrants.get(contact(1099).id) is not None
    assert registrants.get(contact(1000).id) is None


def test_pings_from_addresses_that_nobody_has_proven_displace_no_registrant() -> None:
    """Each claims to be of a network of its own."""
    registrants = Registrants(limit=10)
    nodes = [contact(number, address(number, 1)) for number in range(5)]
    for node in nodes:
        registrants.give(node.id, GivenTicket(b"", node.endpoint.address), 1000, is_verified=node is not nodes[0])
    registrants.verified(nodes[0].id)
    for number in range(100):
        forged = contact(1000 + number, address(100 + number, 1))
        registrants.give(forged.id, GivenTicket(b"", forged.endpoint.address), 1000, is_verified=False)
    assert len(registrants) == 10
    assert all(registrants.get(node.id) is not None for node in nodes)
    registrants.forget_idle(100_000.0)
    assert not registrants._unverified


def test_of_a_node_so_many_tickets_are_remembered() -> None:
    world = World()
    relay = contact(1)
    tickets = [world.ticket(relay, WHISPER, now=1000.0) for _ in range(MAX_TICKETS + 1)]
    with pytest.raises(RemoteError, match="too long ago"):
        world.use(relay, tickets[0], WHISPER, now=1060.0)
    assert world.use(relay, tickets[1], WHISPER, now=1060.0)


def test_serial_numbers_count_up_while_a_node_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    registrants = Registrants()
    node = contact(1)
    assert [registrants.next_serial(node.id) for _ in range(3)] == [1, 2, 3]
    registrants.forget(node.id)
    assert registrants.next_serial(node.id) == 1
    registrants.give(node.id, GivenTicket(b"", node.endpoint.address), 1000, is_verified=True)
    registrants.forget(node.id)
    assert registrants.next_serial(node.id) == 2  # an older ticket must not look newer
    registrants.forget_idle(10_000.0)
    assert len(registrants) == 0
    assert registrants.next_serial(node.id) == 3

    monkeypatch.setattr("pystatus.discovery.discv5.registrants.MAX_SERIAL", 3)
    assert registrants.next_serial(node.id) == 3
    registrants.give(node.id, GivenTicket(b"", node.endpoint.address), 1000, is_verified=True)
    assert registrants.next_serial(node.id) == 3

    monkeypatch.setattr("pystatus.discovery.discv5.registrants.MAX_SERIALS", 5)
    for number in range(20):
        registrants.next_serial(contact(number).id)
    assert registrants.counted == 5


def test_of_pings_without_topics_a_number_is_remembered() -> None:
    table = TopicTable(bytes)
    for number in range(1, 4):
        ticket = table.issue(contact(1).id, address(1), (), at(1000.0))
        table.issued(contact(1).id, address(1), ticket, b"pong", is_verified=True)
        assert (ticket.serial, ticket.waits) == (number, ())
    assert len(table._registrants) == 0
    table.forget(contact(1).id)
    assert table.issue(contact(1).id, address(1), (), at(1000.0)).serial == 1


def test_without_a_draw_of_the_test_pauses_are_by_chance() -> None:
    table = TopicTable(lambda size: b"\xff" * size)
    assert table._exponential() == 0.0
