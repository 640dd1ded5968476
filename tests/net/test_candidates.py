"""Who is dialled next, and who has to wait."""

from __future__ import annotations

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.net.addresses import is_public, parse_address
from pystatus.net.config import Backoff
from pystatus.net.dial_candidates import DialCandidates
from tests.net.support import key

BACKOFF = Backoff(initial=60.0, maximum=3600.0)


def enode(number: int, port: int = 30303) -> Enode:
    return Enode(key(number).public_key, f"192.0.2.{number}", port, port)


def anybody(_: Enode) -> bool:
    return True


def test_everybody_gets_a_turn_and_nobody_two_at_once() -> None:
    candidates = DialCandidates()
    assert candidates.next_due(anybody) is None
    candidates.add(enode(1), 0.0)
    candidates.add(enode(2), 0.0)
    assert len(candidates) == 2
    assert {candidates.take(0.0, anybody), candidates.take(0.0, anybody)} == {enode(1), enode(2)}
    assert candidates.take(0.0, anybody) is None
    assert candidates.next_due(anybody) is None


def test_whoever_failed_waits_longer_and_longer_but_at_most_an_hour() -> None:
    candidates = DialCandidates()
    candidates.add(enode(1), 0.0)
    now, pauses = 0.0, []
    for _ in range(9):
        assert candidates.take(now, anybody) == enode(1)
        candidates.failed(enode(1).node_id, now, 0.0)
        due = candidates.next_due(anybody)
        assert due is not None
        assert candidates.take(due - 0.1, anybody) is None
        pauses.append(due - now)
        now = due
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_whoever_failed_least_comes_first() -> None:
    candidates = DialCandidates()
    candidates.add(enode(1), 0.0)
    assert candidates.take(0.0, anybody) == enode(1)
    candidates.failed(enode(1).node_id, 0.0, 0.0)
    candidates.add(enode(2), 100.0)
    assert candidates.take(100.0, anybody) == enode(2)
    assert candidates.take(100.0, anybody) == enode(1)


def test_a_good_while_together_makes_up_for_failures() -> None:
    candidates = DialCandidates()
    candidates.add(enode(1), 0.0)
    for _ in range(5):
        candidates.failed(enode(1).node_id, 0.0, 0.0)
    candidates.left(enode(1).node_id, 0.0, 0.0)
    assert candidates.next_due(anybody) == 60.0


def test_who_may_not_be_dialled_is_passed_over() -> None:
    candidates = DialCandidates()
    candidates.add(enode(1), 0.0)
    candidates.add(enode(2), 0.0)
    assert candidates.take(0.0, lambda one: one != enode(1)) == enode(2)


def test_whoever_has_moved_is_dialled_there_at_once() -> None:
    candidates = DialCandidates()
    candidates.add(enode(1), 0.0)
    candidates.failed(enode(1).node_id, 0.0, 0.0)
    assert candidates.add(enode(1), 1.0)  # the same again changes nothing
    assert candidates.take(1.0, anybody) is None
    assert candidates.add(enode(1, port=2), 1.0)
    assert candidates.take(1.0, anybody) == enode(1, port=2)


@pytest.mark.requirement("WK-60")
def test_their_number_is_bounded_and_failures_make_room() -> None:
    candidates = DialCandidates(BACKOFF, limit=2)
    assert candidates.add(enode(1), 0.0)
    assert candidates.add(enode(2), 0.0)
    assert not candidates.add(enode(3), 0.0)
    candidates.failed(enode(1).node_id, 0.0, 0.0)
    assert candidates.add(enode(3), 0.0)
    assert enode(1).node_id not in candidates
    assert len(candidates) == 2


def test_whoever_is_connected_is_not_dropped() -> None:
    candidates = DialCandidates(BACKOFF, limit=1)
    candidates.add(enode(1), 0.0)
    candidates.take(0.0, anybody)
    assert not candidates.add(enode(2), 0.0)


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
