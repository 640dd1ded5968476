"""The table is filled, refreshed, and rid of those who have left."""

from __future__ import annotations

import itertools

from pystatus.discovery.discv5.limits import BUCKET_REFRESH_SECONDS, REFRESH_SECONDS, Limits
from pystatus.discovery.discv5.maintenance import (
    CHECK_SECONDS,
    FIRST_RETRY_SECONDS,
    LAST_RETRY_SECONDS,
    MAX_RECALLED,
)
from pystatus.discovery.discv5.node import Contact
from pystatus.discovery.discv5.packets import FindNodeHash, Ping, decode_body
from pystatus.discovery.discv5.states import State
from tests.discovery.discv5.conversation import TARGET, Network, Peer, Talk
from tests.discovery.discv5.small_network import Host, SmallNetwork


def test_nothing_happens_before_it_is_told_where_to_begin() -> None:
    talk = Talk()
    assert talk.node.next_timer is None
    talk.node.set_bootnodes([], talk.now)
    assert talk.node.next_timer == talk.now.monotonic


def test_it_begins_with_its_bootnodes() -> None:
    talk, one, other = Talk(), Peer(1), Peer(2)
    talk.node.set_bootnodes([one.enode, other.enode], talk.now)
    pings = talk.wait(0)
    assert talk.kinds(pings) == ["Ping", "Ping"]
    for peer, ping in zip((one, other), pings, strict=True):
        talk.hear(peer, peer.pong(ping))
    questions = [body for body in talk.bodies(talk.wait(0.5)) if isinstance(body, FindNodeHash)]
    assert {question.target for question in questions} == {talk.node.own_id.hash}
    assert len(questions) == 2


def test_while_nobody_answers_the_pauses_grow() -> None:
    talk, peer = Talk(), Peer(1)
    talk.node.set_bootnodes([peer.enode], talk.now)
    began = talk.now.monotonic
    pings: list[float] = []
    while talk.now.monotonic < began + 1_800:
        timer = talk.node.next_timer
        assert timer is not None
        if talk.wait(max(0.0, timer - talk.now.monotonic)):
            pings.append(talk.now.monotonic - began)
    attempts = pings[::2]  # each asks the bootnode twice
    pauses = [round(after - before, 1) for before, after in itertools.pairwise(attempts)]
    assert pauses[0] <= FIRST_RETRY_SECONDS + 2
    assert pauses == sorted(pauses)
    assert LAST_RETRY_SECONDS <= pauses[-1] <= LAST_RETRY_SECONDS + 2
    assert len(attempts) < 20


def test_new_bootnodes_are_tried_at_once() -> None:
    talk = Talk()
    talk.node.set_bootnodes([], talk.now)
    talk.wait(0)
    talk.node.set_bootnodes([Peer(1).enode], talk.now)
    assert talk.kinds(talk.wait(0)) == ["Ping"]
    talk.node.set_bootnodes([Peer(2).enode], talk.now)  # while it is under way
    assert talk.wait(0) == []
    for _ in range(2):  # the first one is asked twice
        talk.wait(0.5)
    assert talk.kinds(talk.wait(FIRST_RETRY_SECONDS)) == ["Ping"]


def test_without_room_for_its_bootnodes_it_goes_on() -> None:
    talk = Talk(Limits(max_nodes=1))
    talk.meet(Peer(1))
    talk.node.set_bootnodes([Peer(2).enode], talk.now)
    assert talk.kinds(talk.wait(0)) == ["FindNodeHash"]


def test_a_bucket_each_minute_and_all_of_it_each_hour() -> None:
    network = Network(6)
    network.start()
    network.run(5)
    node = network[3]
    sent = node.counters.sent
    before = sent["findnodeHash"]
    network.run(BUCKET_REFRESH_SECONDS - 10)
    assert sent["findnodeHash"] == before
    network.run(20)
    assert before < sent["findnodeHash"] <= before + 5
    before = sent["findnodeHash"]
    network.run(600)
    each = (sent["findnodeHash"] - before) / 10
    assert 4 <= each <= 6
    assert REFRESH_SECONDS == 3_600


def test_who_joined_at_the_same_time_is_found_a_minute_later() -> None:
    """The first lookup after the one at the start goes to the own place again, those after it anywhere."""
    network = SmallNetwork(4)
    node = network.hosts[2]
    targets: list[bytes] = []

    def passes(sender: Host, datagram: bytes, receiver: Host) -> bool:
        body = decode_body(datagram)
        if sender is node and isinstance(body, FindNodeHash):
            targets.append(body.target)
        return True

    network.passes = passes
    for seconds, is_own in ((5, True), (BUCKET_REFRESH_SECONDS, True), (BUCKET_REFRESH_SECONDS, False)):
        targets.clear()
        network.run(seconds)
        assert targets
        assert (set(targets) == {node.node.own_id.hash}) == is_own


def test_who_has_left_is_found_out() -> None:
    network = Network(12)
    network.start()
    network.run(5)
    assert len(network[3].table) == 11
    for number in (5, 6, 7):
        network.leave(number)
    network.run(12 * CHECK_SECONDS * 3)
    assert len(network[3].table) == 8


def test_when_all_have_left_it_begins_again() -> None:
    network = Network(4)
    network.start()
    network.run(5)
    for number in range(3):
        network.leave(number)
    network.run(180)
    assert len(network[3].table) == 0
    network.gone.clear()
    network.run(LAST_RETRY_SECONDS)
    assert len(network[3].table) == 3


def test_a_node_that_is_checked_and_answers_keeps_its_place() -> None:
    talk, peer = Talk(), Peer(1)
    talk.meet(peer)
    talk.node.set_bootnodes([], talk.now)
    talk.wait(0)
    talk.wait(1)
    (ping,) = talk.wait(CHECK_SECONDS)
    assert talk.state(peer) is State.CONTESTED
    talk.hear(peer, peer.pong(ping))
    assert talk.state(peer) is State.KNOWN


def test_a_bootnode_that_is_started_anew_is_pinged_and_comes_back_to_the_table() -> None:
    """Recorded with go-ethereum's bootnode: started anew, it knew nobody, and ignored every findnodeHash for as long as
    nobody pinged it."""
    talk, peer = Talk(), Peer(1)
    talk.node.set_bootnodes([peer.enode], talk.now)
    [ping] = talk.wait(0)
    talk.hear(peer, peer.pong(ping))
    talk.wait(0.5)
    assert len(talk.node.table) == 1
    gone_at = talk.now.monotonic
    while talk.state(peer) is not State.UNRESPONSIVE:  # it says nothing any more
        talk.wait(0.5)
    assert len(talk.node.table) == 0
    assert talk.now.monotonic - gone_at <= CHECK_SECONDS + 2
    talk.wait(20)
    back_at = talk.now.monotonic
    while not len(talk.node.table):
        assert talk.now.monotonic - back_at < 60
        for datagram in talk.wait(0.5):
            if isinstance(talk.body(datagram), Ping):  # it ignores questions
                talk.hear(peer, peer.pong(datagram))
    assert talk.state(peer) is State.KNOWN


def test_when_the_last_node_of_the_table_has_gone_its_bootnodes_are_tried_soon_and_then_once_a_minute() -> None:
    talk, peer = Talk(), Peer(1)
    talk.node.set_bootnodes([peer.enode], talk.now)
    [ping] = talk.wait(0)
    talk.hear(peer, peer.pong(ping))
    pings: list[float] = []
    began = talk.now.monotonic
    while talk.now.monotonic < began + 600:
        sent = talk.wait(0.5)
        pings += [talk.now.monotonic - began for body in talk.bodies(sent) if isinstance(body, Ping)]
    assert pings[0] <= CHECK_SECONDS + 1
    assert pings[1] <= 2 * CHECK_SECONDS + 1
    assert max(after - before for before, after in itertools.pairwise(pings)) <= BUCKET_REFRESH_SECONDS + 1
    assert len(pings) < 20


def test_a_bootnode_that_has_fallen_silent_is_pinged_each_minute_and_one_that_answers_is_not() -> None:
    talk, one, other, silent = Talk(), Peer(1), Peer(2), Peer(3)
    talk.node.set_bootnodes([one.enode, silent.enode], talk.now)
    pings: dict[int, list[float]] = {1: [], 2: [], 3: []}
    places = {(peer.address, peer.port): number for number, peer in ((1, one), (2, other), (3, silent))}
    talk.meet(other)
    began = talk.now.monotonic
    sent = talk.wait(0)
    while talk.now.monotonic < began + 10 * BUCKET_REFRESH_SECONDS:
        for datagram in sent:
            number = places[datagram.address, datagram.port]
            if isinstance(talk.body(datagram), Ping):
                pings[number].append(talk.now.monotonic - began)
                if number != 3:
                    sent += talk.hear({1: one, 2: other}[number], Peer.pong(datagram))
        sent = talk.wait(0.5)
    assert 9 <= len(pings[3]) <= 12
    assert max(after - before for before, after in itertools.pairwise(pings[3])) <= BUCKET_REFRESH_SECONDS + 5
    checks = 10 * BUCKET_REFRESH_SECONDS / CHECK_SECONDS
    assert len(pings[1]) + len(pings[2]) <= checks + 2  # as without bootnodes


def test_one_that_has_fallen_silent_is_pinged_again_each_minute() -> None:
    talk, one, silent = Talk(), Peer(1), Peer(2)
    talk.meet(one)
    talk.meet(silent)
    talk.node.set_bootnodes([], talk.now)
    began, pinged = talk.now.monotonic, 0
    sent = talk.wait(0)
    while talk.now.monotonic < began + 20 * BUCKET_REFRESH_SECONDS:
        for datagram in sent:
            if not isinstance(talk.body(datagram), Ping):
                continue
            if datagram.address == one.address:
                sent += talk.hear(one, one.pong(datagram))
            else:
                pinged += talk.now.monotonic >= began + 2 * BUCKET_REFRESH_SECONDS
        sent = talk.wait(0.5)
    assert talk.state(silent) is State.UNRESPONSIVE
    assert 17 <= pinged <= 19


def test_one_that_has_fallen_silent_and_answers_a_question_is_pinged_and_has_its_place_again() -> None:
    """Both may be silent to each other, and answer each other for ever without a ping."""
    talk, one, other = Talk(), Peer(1), Peer(2)
    talk.meet(one)
    talk.meet(other)
    remote = talk.node.sessions.nodes.get(one.id.xy)
    assert remote is not None
    talk.node.sessions.contest(remote, talk.now)
    talk.said()
    talk.wait(0.5)
    assert talk.state(one) is State.UNRESPONSIVE
    talk.node.query(one.enode, TARGET, talk.now)
    assert talk.kinds(talk.said()) == ["FindNodeHash"]
    [ping] = talk.answer(one, other.wire_node)
    assert talk.kinds([ping]) == ["Ping"]
    talk.hear(one, one.pong(ping))
    assert talk.state(one) is State.KNOWN
    assert remote in talk.node.table


def test_without_anybody_in_the_table_those_of_before_are_asked_at_most_sixteen() -> None:
    talk, bootnode = Talk(), Peer(100)
    before = [Contact(peer.id, peer.endpoint) for peer in map(Peer, range(MAX_RECALLED + 5))]
    talk.node.set_bootnodes([bootnode.enode], talk.now, before)
    pinged = {datagram.address for datagram in talk.wait(0)}
    assert pinged == {bootnode.address, *(contact.endpoint.address for contact in before[:MAX_RECALLED])}


def test_with_somebody_in_the_table_those_of_before_are_not_asked() -> None:
    talk, bootnode, one, before = Talk(), Peer(100), Peer(1), Peer(2)
    talk.meet(one)
    talk.node.set_bootnodes([bootnode.enode], talk.now, [Contact(before.id, before.endpoint)])
    assert {datagram.address for datagram in talk.wait(0)} == {bootnode.address, one.address}
