"""What the nodes of a discovery simulation live in: time, and a UDP network."""

from __future__ import annotations

from ipaddress import IPv4Address
from random import Random

import pytest

from pystatus.simulation.discovery.addresses import honest_addresses, hostile_addresses
from pystatus.simulation.discovery.event_queue import SLOT, EventQueue
from pystatus.simulation.discovery.settings import Links
from pystatus.simulation.discovery.udp import TYPE, Place, Port, UdpNetwork


def test_what_is_due_happens_in_its_order_and_never_early() -> None:
    queue = EventQueue()
    happened: list[tuple[str, float]] = []

    def note(what: str) -> None:
        happened.append((what, queue.now))

    queue.at(2.0, note, "second")
    queue.at(0.3001, note, "first")
    queue.at(0.3002, note, "first, entered later")
    queue.after(10.0, note, "never")
    queue.run_until(5.0)
    assert [what for what, _ in happened] == ["first", "first, entered later", "second"]
    assert all(0 <= time - due < SLOT for (_, time), due in zip(happened, (0.3001, 0.3002, 2.0), strict=True))
    assert queue.now == 5.0


def test_an_event_may_bring_others_in_the_same_moment_and_later() -> None:
    queue = EventQueue()
    happened: list[float] = []

    def again(count: int) -> None:
        happened.append(queue.now)
        if count:
            queue.after(0.0 if count % 2 else 1.0, again, count - 1)

    queue.at(1.0, again, 4)
    queue.run_until(1.5)
    assert happened == [1.0]
    queue.run_until(3.0)
    assert happened == [1.0, 2.0, 2.0, 3.0, 3.0]
    queue.at(0.5, again, 0)  # that has passed: it happens now
    queue.run_until(3.0)
    assert happened[-1] == 3.0


class Wire:
    """Two ends, and what arrived at each."""

    def __init__(self, links: Links) -> None:
        self.queue = EventQueue()
        self.udp = UdpNetwork(self.queue, links, Random(1))
        self.arrived: list[tuple[bytes, Place, float]] = []
        self.one = self.open(1)
        self.other = self.open(2)

    def open(self, number: int) -> Port:
        place = (IPv4Address(f"8.8.8.{number}"), 30303)
        return self.udp.open(place, lambda data, source: self.arrived.append((data, source, self.queue.now)))


def packet(kind: int, size: int = 100) -> bytes:
    return bytes(TYPE) + bytes([kind]) + bytes(size - TYPE - 1)


def test_a_datagram_arrives_as_it_is_from_where_it_came() -> None:
    wire = Wire(Links(delay=0.1, loss=0.0))
    sent = packet(1)
    wire.udp.send(wire.one, sent, wire.other.place)
    wire.queue.run_until(1.0)
    ((data, source, time),) = wire.arrived
    assert data is sent
    assert source == wire.one.place
    assert 0.4 * 0.1 * 0.8 <= time <= 1.6 * 0.1 * 1.2 + SLOT
    assert (wire.udp.traffic.datagrams[1], wire.udp.traffic.bytes[1]) == (1, 100)


def test_some_are_lost_and_all_are_counted() -> None:
    wire = Wire(Links(loss=0.25))
    for number in range(1_000):
        wire.udp.send(wire.one, packet(4, 200), wire.other.place)
        wire.udp.send(wire.one, packet(200 if number % 2 else 0)[: TYPE + number % 2], wire.other.place)  # no packets
    wire.queue.run_until(1.0)
    traffic = wire.udp.traffic
    assert (traffic.datagrams[4], traffic.bytes[4], traffic.datagrams[0]) == (1_000, 200_000, 1_000)
    assert len(wire.arrived) == 2_000 - traffic.lost
    assert 400 < traffic.lost < 600


def test_who_has_left_gets_nothing() -> None:
    wire = Wire(Links(loss=0.0))
    wire.udp.send(wire.one, packet(1), wire.other.place)
    wire.udp.close(wire.other)
    wire.udp.send(wire.one, packet(1), wire.other.place)
    again = wire.open(2)  # somebody else at the same address gets nothing of it either
    wire.queue.run_until(1.0)
    assert wire.arrived == []
    assert wire.udp.traffic.nowhere == 2
    wire.udp.send(wire.one, packet(1), again.place)
    wire.queue.run_until(2.0)
    assert len(wire.arrived) == 1


def test_addresses_are_public_and_nobody_has_two() -> None:
    drawn = honest_addresses(Random(1))
    places = [next(drawn) for _ in range(5_000)]
    assert len(set(places)) == 5_000
    assert all(address.is_global and not address.is_multicast for address, _ in places)


@pytest.mark.parametrize("networks", [1, 8])
def test_attackers_share_networks(networks: int) -> None:
    places = list(hostile_addresses(networks, Random(1)))
    assert len(set(places)) == networks * 254
    blocks = [int(address) >> 8 for address, _ in places]
    assert len(set(blocks)) == len(set(blocks[:networks])) == networks  # one network after the other
