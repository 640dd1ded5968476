"""Datagrams that wait for a node to have time for them: which of them goes when there are too many."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address
from random import Random

from pystatus.net.datagram_backlog import MAX_DATAGRAMS, MAX_WAIT, DatagramBacklog, Waiting

FLOODER, FRIEND = (ip_address("203.0.113.1"), 1), (ip_address("198.51.100.1"), 1)


def backlog() -> DatagramBacklog:
    return DatagramBacklog(Random(7).randbytes)


def test_the_oldest_comes_first() -> None:
    some = backlog()
    for number in range(3):
        assert some.put(Waiting(b"%d" % number, FRIEND, float(number)))
    assert [some.take().data for _ in range(3)] == [b"0", b"1", b"2"]
    assert not len(some)


def test_a_flood_leaves_others_their_share_of_the_places() -> None:
    """One in five is of a friend, at the beginning, in between and at the end: neither the oldest nor the newest go."""
    some = backlog()
    dropped = 0
    for number in range(20 * MAX_DATAGRAMS):
        dropped += not some.put(Waiting(b"", FRIEND if number % 5 == 0 else FLOODER, float(number)))
        assert len(some) <= MAX_DATAGRAMS
    assert dropped == 19 * MAX_DATAGRAMS
    kept = [some.take() for _ in range(len(some))]
    assert [one.since for one in kept] == sorted(one.since for one in kept), "in the order in which they came"
    assert MAX_DATAGRAMS / 7 < Counter(one.source for one in kept)[FRIEND] < MAX_DATAGRAMS / 3


def test_those_that_are_late_go_and_the_others_stay() -> None:
    some = backlog()
    for number in range(4):
        some.put(Waiting(b"", FRIEND, MAX_WAIT * number))
    assert some.drop_late(2.5 * MAX_WAIT) == 2
    assert len(some) == 2
    some.clear()
    assert not some.drop_late(1e9)
