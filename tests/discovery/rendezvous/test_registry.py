"""What a server keeps, of whom, and for how long."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from pystatus.discovery.rendezvous.messages import MAX_RECORDS, Status
from pystatus.discovery.rendezvous.registry import Outcome, Registry, RegistryLimits
from tests.discovery.rendezvous.support import NOW, SECOND, ip, record

OK = Outcome(Status.OK)
TTL = 10 * SECOND


def put(
    registry: Registry, number: int, address: str, topic: bytes = b"whisper", *, seq: int = 0, now: float = NOW
) -> Outcome:
    """The node with that key registers from ``address``."""
    return registry.register(topic, record(number, address, seq), TTL, ip(address), now)


def keys(registry: Registry, topic: bytes = b"whisper", now: float = NOW) -> set[bytes]:
    return {one.node_id for one in registry.discover(topic, MAX_RECORDS, now)}


def test_a_registration_lasts_as_long_as_it_asked_for_and_half_a_second() -> None:
    registry = Registry(os.urandom)
    assert put(registry, 1, "1.2.3.4") == OK
    assert keys(registry, now=NOW + 10.5) == {record(1).node_id}
    assert keys(registry, now=NOW + 10.51) == set()
    assert (len(registry), registry.topics()) == (0, {})


def test_a_registration_that_is_repeated_lasts_longer() -> None:
    registry = Registry(os.urandom)
    put(registry, 1, "1.2.3.4")
    assert put(registry, 1, "1.2.3.4", now=NOW + 9) == OK
    assert len(registry) == 1
    assert keys(registry, now=NOW + 19) == {record(1).node_id}


def test_topics_are_apart() -> None:
    registry = Registry(os.urandom)
    put(registry, 1, "1.2.3.4")
    put(registry, 1, "1.2.3.4", b"whispermail")
    put(registry, 2, "1.2.3.5", b"whispermail")
    assert keys(registry) == {record(1).node_id}
    assert len(keys(registry, b"whispermail")) == 2
    assert keys(registry, b"whisperm") == set()
    assert registry.topics() == {b"whisper": 1, b"whispermail": 2}
    assert registry.discover(b"whisper", 0, NOW) == []


class TestWhose:
    """A record is taken from the address that it names."""

    @pytest.mark.parametrize(
        ("named", "source"),
        [
            ("1.2.3.4", "1.2.3.4"),
            ("2a02:1::1", "2a02:1::1"),
            ("", "1.2.3.4"),
            ("127.0.0.1", "127.0.0.1"),
            ("192.168.1.5", "10.0.0.1"),
            ("192.168.1.5", "127.0.0.1"),
            ("127.0.0.2", "127.0.0.1"),
        ],
    )
    def test_taken(self, named: str, source: str) -> None:
        registry = Registry(os.urandom)
        assert registry.register(b"whisper", record(1, named), TTL, ip(source), NOW) == OK

    @pytest.mark.parametrize(
        ("named", "source"),
        [
            ("1.2.3.5", "1.2.3.4"),
            ("127.0.0.1", "1.2.3.4"),
            ("192.168.1.5", "1.2.3.4"),
            ("127.0.0.1", "192.168.1.5"),
            ("1.2.3.4", "127.0.0.1"),
            ("1.2.3.4", "2a02:1::1"),
        ],
    )
    def test_refused(self, named: str, source: str) -> None:
        registry = Registry(os.urandom)
        outcome = registry.register(b"whisper", record(1, named), TTL, ip(source), NOW)
        assert outcome.status is Status.NOT_AUTHORIZED
        assert len(registry) == 0

    def test_unless_the_operator_says_so(self) -> None:
        registry = Registry(os.urandom, binds_address=False)
        assert registry.register(b"whisper", record(1, "1.2.3.4"), TTL, ip("10.0.0.1"), NOW) == OK


def test_an_older_record_is_refused_and_the_newer_one_stays() -> None:
    registry = Registry(os.urandom)
    put(registry, 1, "1.2.3.4", seq=5)
    assert put(registry, 1, "1.2.3.4", seq=4).status is Status.INVALID_RECORD
    assert [one.seq for one in registry.records(b"whisper")] == [5]
    assert put(registry, 1, "1.2.3.4", seq=6) == OK
    assert [one.seq for one in registry.records(b"whisper")] == [6]
    assert put(registry, 1, "1.2.3.4", seq=0, now=NOW + 11) == OK


def test_a_node_that_moves() -> None:
    registry = Registry(os.urandom)
    put(registry, 1, "1.2.3.4")
    assert put(registry, 1, "5.6.7.8", seq=1) == OK
    assert [str(one.address) for one in registry.records(b"whisper")] == ["5.6.7.8"]


class TestRoom:
    def test_one_address_has_so_many_registrations_and_no_more(self) -> None:
        registry = Registry(os.urandom, RegistryLimits(per_host=3))
        assert [put(registry, number, "1.2.3.4").status for number in range(1, 5)] == [0, 0, 0, 300]
        assert put(registry, 1, "1.2.3.4") == OK
        assert put(registry, 9, "1.2.3.5") == OK
        assert put(registry, 9, "1.2.3.4", seq=1).status is Status.INTERNAL_ERROR
        assert put(registry, 4, "1.2.3.4", now=NOW + 11) == OK

    def test_hosts_of_the_own_network_are_not_counted(self) -> None:
        registry = Registry(os.urandom, RegistryLimits(per_host=1))
        assert all(put(registry, number, "127.0.0.1") == OK for number in range(1, 30))

    def test_a_full_topic_takes_from_the_network_that_has_most_of_it(self) -> None:
        registry = Registry(os.urandom, RegistryLimits(per_topic=6))
        for number in range(1, 6):
            put(registry, number, f"1.2.3.{number}")
        put(registry, 10, "5.5.5.5")
        put(registry, 11, "5.5.5.5", b"whispermail")
        assert put(registry, 20, "6.6.6.6") == OK
        assert put(registry, 21, "7.7.7.7") == OK
        assert registry.topics() == {b"whisper": 6, b"whispermail": 1}
        assert {record(number).node_id for number in (10, 20, 21)} < {
            one.node_id for one in registry.records(b"whisper")
        }
        assert put(registry, 30, "1.2.3.30").status is Status.INTERNAL_ERROR

    def test_a_full_server_takes_from_the_network_that_has_most(self) -> None:
        registry = Registry(os.urandom, RegistryLimits(in_all=6))
        for number in range(1, 6):
            put(registry, number, f"1.2.3.{number}", b"topic of %d" % number)
        put(registry, 10, "5.5.5.5")
        assert put(registry, 20, "6.6.6.6") == OK
        assert len(registry) == 6
        assert len(keys(registry)) == 2
        assert put(registry, 30, "1.2.3.30").status is Status.INTERNAL_ERROR
        assert len(registry) == 6

    def test_of_networks_that_have_as_much_nobody_knows_who_gives_way(self) -> None:
        """Whoever has a network for each registration displaces those who were here first no sooner than its own."""
        registry = Registry(os.urandom, RegistryLimits(per_topic=50))
        for number in range(1, 51):
            put(registry, number, f"1.{number}.1.1")
        for number in range(1, 31):
            assert put(registry, 100 + number, f"2.{number}.1.1") == OK
        left = {one.node_id for one in registry.records(b"whisper")}
        first, last = (
            sum(record(each).node_id in left for each in each_of) for each_of in (range(1, 26), range(26, 51))
        )
        assert first
        assert last
        assert first + last < 50

    def test_a_node_that_moves_may_be_the_one_that_gives_way(self) -> None:
        registry = Registry(os.urandom, RegistryLimits(in_all=3))
        for number in range(1, 4):
            put(registry, number, f"1.2.3.{number}")
        assert all(put(registry, 1, f"{place}.1.1.1", seq=place) == OK for place in range(2, 30))
        assert 1 <= len(registry) <= 3

    def test_the_books_are_right_whatever_comes(self) -> None:
        registry = Registry(os.urandom, RegistryLimits(in_all=20, per_topic=8, per_host=4))
        now = NOW
        for step in range(3000):
            draw = os.urandom(4)
            now += draw[0] / 128
            put(
                registry,
                draw[1] % 40 + 1,
                f"1.2.{draw[2] % 6}.{draw[2] % 5}",
                b"t%d" % (draw[3] % 4),
                seq=step,
                now=now,
            )
            assert len(registry) <= 20
            assert sum(registry.topics().values()) == len(registry) == len(registry._deadlines)
            assert sum(registry._hosts.values()) == sum(map(len, registry._subnets.values())) == len(registry)
            assert max(registry._hosts.values(), default=0) <= 4
            assert max(registry.topics().values(), default=0) <= 8
            assert {size: len(found) for size, found in registry._sizes._by_size.items()} == Counter(
                map(len, registry._subnets.values())
            )
        registry.expire(now + 100)
        assert not registry._topics
        assert not registry._sizes._by_size
        assert not registry._subnets
        assert not registry._hosts
        assert len(registry) == 0


def test_who_registers_most_is_not_found_most() -> None:
    """An attacker with 200 records in one network, and 20 honest nodes in networks of their own."""
    registry = Registry(os.urandom)
    for number in range(200):
        put(registry, 1000 + number, f"6.6.6.{number}")
    honest = {record(number).node_id for number in range(1, 21)}
    for number in range(1, 21):
        put(registry, number, f"{20 + number}.1.1.1")
    found = Counter(one.node_id in honest for _ in range(100) for one in registry.discover(b"whisper", 10, NOW))
    assert found[False] <= 100  # one in each answer at most
    assert found[True] + found[False] == 1000


def test_with_few_networks_each_gives_more_than_one() -> None:
    registry = Registry(os.urandom)
    for number in range(1, 31):
        put(registry, number, f"1.1.{number % 3}.{number % 10}")
    found = registry.discover(b"whisper", 10, NOW)
    assert len({one.node_id for one in found}) == 10
    assert sorted(Counter(one.address.packed[2] for one in found if one.address).values()) == [3, 3, 4]
    assert len(registry.discover(b"whisper", 100, NOW)) == MAX_RECORDS
