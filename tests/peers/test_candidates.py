"""Who may be dialled, who has to wait, and who gives way."""

from __future__ import annotations

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import is_public, parse_address
from pystatus.peers.backoff import Backoff
from pystatus.peers.bad_nodes import BAD_SECONDS, MAX_BAD_NODES, MAX_BAD_SECONDS, MAX_FAILURES, BadNodes
from pystatus.peers.candidates import (
    CANDIDATE_VALIDITY,
    MAX_CANDIDATES,
    MAX_CANDIDATES_PER_SUBNET,
    OFFLINE_PAUSE,
    CandidateState,
    DialCandidates,
)
from pystatus.peers.sources import WHISPER, WHISPERMAIL, Source
from tests.peers.support import add, drawn, enode, of

BACKOFF = Backoff(initial=60.0, maximum=3600.0, jitter=0.0)


def known(*nodes: Enode, limit: int = MAX_CANDIDATES, source: Source = Source.DNS) -> DialCandidates:
    candidates = DialCandidates(drawn(), BACKOFF, limit)
    assert all(add(candidates, *nodes, source=source))
    return candidates


def fail(candidates: DialCandidates, node: Enode, times: int, now: float = 0.0) -> None:
    for _ in range(times):
        candidates.failed(of(candidates, node), now)


def due(candidates: DialCandidates, now: float) -> set[bytes]:
    return {one.enode.node_id for one in candidates.due(now)}


def test_a_node_that_was_found_may_be_dialled_at_once() -> None:
    candidates = known(enode(1), enode(2))
    assert len(candidates) == 2
    assert due(candidates, 0.0) == {enode(1).node_id, enode(2).node_id}
    assert candidates.next_due() == 0.0


@pytest.mark.parametrize("state", [CandidateState.REQUESTED, CandidateState.CONNECTED, CandidateState.DISMISSED])
def test_a_node_that_is_dialled_or_connected_is_not_due(state: CandidateState) -> None:
    candidates = known(enode(1))
    of(candidates, enode(1)).state = state
    assert candidates.due(1e6) == []
    assert candidates.next_due() is None


def test_a_node_that_failed_waits_longer_and_longer() -> None:
    candidates = known(enode(1))
    pauses = []
    for _ in range(MAX_FAILURES - 1):
        candidates.failed(of(candidates, enode(1)), 100.0)
        pause = candidates.next_due()
        assert pause is not None
        pauses.append(pause - 100.0)
    assert pauses == [60, 120, 240, 480]


@pytest.mark.requirement("CL-24")
def test_a_node_that_fails_again_and_again_is_given_up() -> None:
    """Nothing is redialled for ever, whoever names it."""
    candidates = known(enode(1))
    fail(candidates, enode(1), MAX_FAILURES)
    assert enode(1).node_id not in candidates
    assert add(candidates, enode(1), now=BAD_SECONDS - 1) == [False]
    assert add(candidates, enode(1), now=BAD_SECONDS) == [True]
    fail(candidates, enode(1), 1, now=BAD_SECONDS)  # one attempt is left
    assert enode(1).node_id not in candidates
    assert add(candidates, enode(1), now=3 * BAD_SECONDS - 1) == [False]
    assert add(candidates, enode(1), now=3 * BAD_SECONDS) == [True]


def test_a_node_without_a_connection_does_not_give_anybody_up() -> None:
    candidates = known(enode(1))
    for _ in range(20):
        candidates.failed(of(candidates, enode(1)), 0.0, is_online=False)
    assert candidates.next_due() == OFFLINE_PAUSE
    candidates.left(of(candidates, enode(1)), 0.0)
    assert of(candidates, enode(1)).failures == 1


def test_a_good_while_together_makes_up_for_failures() -> None:
    candidates = known(enode(1))
    fail(candidates, enode(1), MAX_FAILURES)
    add(candidates, enode(1), now=BAD_SECONDS)
    candidates.left(of(candidates, enode(1)), 0.0)
    assert candidates.next_due() == 60.0
    assert candidates.bad.failures(enode(1)) == 0


def test_a_node_of_which_there_were_too_many_has_done_nothing_wrong() -> None:
    candidates = known(enode(1))
    candidates.dismissed(of(candidates, enode(1)), 0.0)
    assert (of(candidates, enode(1)).failures, candidates.next_due()) == (0, 60.0)


def test_a_node_that_is_found_again_keeps_its_source_and_gains_a_topic() -> None:
    candidates = known(enode(1))
    assert candidates.add(Source.DISCV5, WHISPERMAIL, enode(1), 5.0)
    one = of(candidates, enode(1))
    assert (one.source, one.topics, one.found_at) == (Source.DNS, {WHISPER, WHISPERMAIL}, 5.0)


def test_a_failed_node_that_has_moved_is_dialled_there_at_once() -> None:
    candidates = known(enode(1))
    fail(candidates, enode(1), 1)
    assert add(candidates, enode(1), now=1.0) == [True]  # the same again changes nothing
    assert candidates.due(1.0) == []
    assert add(candidates, enode(1, port=2), now=1.0) == [True]
    (one,) = candidates.due(1.0)
    assert one.enode == enode(1, port=2)


def test_another_address_of_a_node_that_has_not_failed_is_not_believed() -> None:
    """Else whoever is asked for nodes could send us away from each of them."""
    candidates = known(enode(1))
    assert add(candidates, enode(1, "9.9.9.9"), now=1.0) == [True]
    assert of(candidates, enode(1)).enode == enode(1)


@pytest.mark.parametrize("host", ["0.0.0.0", "224.0.0.1", "node.example.org"])
def test_what_is_no_address_is_no_candidate(host: str) -> None:
    candidates = known(enode(2))
    assert add(candidates, enode(1, host)) == [False]
    assert add(candidates, Enode(enode(1).public_key)) == [False]
    fail(candidates, enode(2), 1)
    assert add(candidates, enode(2, host)) == [False]


def test_a_bad_address_of_a_node_is_not_taken_again() -> None:
    candidates = known(enode(1))
    fail(candidates, enode(1), MAX_FAILURES)
    assert add(candidates, enode(1, "9.9.9.9")) == [True]  # it may be good elsewhere
    fail(candidates, enode(1), 1)
    assert add(candidates, enode(1)) == [False]


@pytest.mark.parametrize(
    ("source", "is_there"),
    [(Source.DISCV5, False), (Source.RENDEZVOUS, False), (Source.DNS, True), (Source.CACHE, True)],
)
def test_what_a_topic_search_has_not_found_for_an_hour_is_over(source: Source, *, is_there: bool) -> None:
    candidates = known(enode(1), source=source)
    assert len(candidates.due(CANDIDATE_VALIDITY)) == 1
    assert bool(candidates.due(CANDIDATE_VALIDITY + 1)) == is_there


# Who gives way


def test_one_source_has_half_of_the_places() -> None:
    """overlay.md §10.4: whoever floods one source leaves the places of the others."""
    candidates = DialCandidates(drawn(), limit=10)
    flood = add(candidates, *(enode(number) for number in range(50)), source=Source.DISCV5)
    assert flood.count(True) == 5
    assert add(candidates, *(enode(number) for number in range(100, 105)), source=Source.DNS) == [True] * 5
    assert add(candidates, enode(200), source=Source.CACHE) == [False]


def test_their_number_is_bounded_and_failures_make_room() -> None:
    candidates = known(enode(1), enode(2), limit=4)
    add(candidates, enode(3), enode(4), source=Source.DISCV5)
    assert add(candidates, enode(5)) == [False]
    fail(candidates, enode(1), 1)
    fail(candidates, enode(2), 2)
    assert add(candidates, enode(5)) == [True]
    assert enode(2).node_id not in candidates
    assert len(candidates) == 4


def test_a_crowded_network_gives_way_to_others() -> None:
    """An attacker fills the places from its own networks, so these are what gives way."""
    attackers = [enode(number, f"9.9.9.{number}") for number in range(1, 6)]
    candidates = known(*attackers, limit=10)
    for number in range(100, 104):
        assert add(candidates, enode(number)) == [True]
    assert sum(one.enode in attackers for one in candidates) == 1
    assert add(candidates, enode(6, "9.9.9.6")) == [False]


def test_one_network_has_ten_candidates() -> None:
    candidates = DialCandidates(drawn())
    crowd = add(candidates, *(enode(number, f"9.9.9.{number}") for number in range(1, 100)))
    assert crowd.count(True) == MAX_CANDIDATES_PER_SUBNET
    near = add(candidates, *(enode(number, "127.0.0.1", number) for number in range(100, 150)))
    assert near.count(True) == 50  # many nodes may live on one machine


def test_whoever_is_connected_does_not_give_way() -> None:
    candidates = known(enode(1), limit=1)
    of(candidates, enode(1)).state = CandidateState.CONNECTED
    assert add(candidates, enode(2)) == [False]


def test_a_network_is_drawn_before_a_node() -> None:
    """A hundred nodes in one network are as likely as one node in another."""
    crowd = [enode(number, f"9.9.9.{number}") for number in range(1, 11)]
    candidates = known(*crowd, enode(200))
    drawn_nodes = [candidates.draw(candidates.due(0.0)).enode for _ in range(1000)]
    assert 400 < drawn_nodes.count(enode(200)) < 600


def test_what_was_given_up_is_bounded() -> None:
    bad = BadNodes()
    for number in range(MAX_BAD_NODES + 10):
        bad.add(Enode(enode(1).public_key, "8.8.8.8", number + 1), 0.0)
    assert len(bad) == MAX_BAD_NODES
    assert not bad.holds(Enode(enode(1).public_key, "8.8.8.8", 1), 0.0)


def test_nothing_is_given_up_for_more_than_a_day() -> None:
    bad = BadNodes()
    for _ in range(100):
        bad.add(enode(1), 0.0)
    assert bad.holds(enode(1), MAX_BAD_SECONDS - 1)
    assert not bad.holds(enode(1), MAX_BAD_SECONDS)


@pytest.mark.parametrize("address", ["8.8.8.8", "178.128.138.128", "2606:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(parse_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "fe80::1", "fd00::1",
        "ff02::1", "2001:db8::1", "2002:a00:1::",
    ],
)  # fmt: skip
def test_addresses_to_which_no_stranger_may_send_us(address: str) -> None:
    """overlay.md §10.3: a list must not make a node knock at doors behind a firewall."""
    assert not is_public(parse_address(address))
