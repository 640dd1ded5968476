"""Our address by what other nodes say (overlay.md §6.1): many networks have to agree, and one can do nothing."""

from __future__ import annotations

import ipaddress
import random

import pytest

from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.packets import packet_hash
from pystatus.discovery.discv5.service import Discovery
from pystatus.discovery.discv5.wire_nodes import WireEndpoint
from pystatus.discovery.discv5.witnesses import MAX_STATEMENTS, MIN_WITNESSES, WINDOW, AddressWitnesses
from tests.discovery.discv5.conversation import UNIX, Peer, key_of, seeded

US = ipaddress.ip_address("45.9.0.1").packed
ELSEWHERE = ipaddress.ip_address("45.77.0.9").packed


def said(witnesses: AddressWitnesses, count: int, address: bytes, now: float = 0.0, first: int = 0) -> None:
    """By so many nodes, each of a network of its own."""
    for number in range(first, first + count):
        witnesses.add(parse_address(f"51.{number // 250}.{number % 250}.9"), address, now)


def test_ten_networks_that_agree_are_believed() -> None:
    witnesses = AddressWitnesses()
    said(witnesses, MIN_WITNESSES - 1, US)
    assert witnesses.address(4) is None
    said(witnesses, 1, US, first=MIN_WITNESSES)
    assert str(witnesses.address(4)) == "45.9.0.1"
    assert witnesses.address(6) is None


def test_a_network_has_one_voice_whatever_it_sends() -> None:
    witnesses = AddressWitnesses()
    said(witnesses, MIN_WITNESSES, US)
    for host in range(256):
        witnesses.add(parse_address(f"62.1.1.{host}"), ELSEWHERE, 1.0)
    assert str(witnesses.address(4)) == "45.9.0.1"
    alone = AddressWitnesses()
    for host in range(256):
        alone.add(parse_address(f"62.1.1.{host}"), ELSEWHERE, 1.0)
    assert alone.address(4) is None


def test_who_moves_to_another_address_is_told_when_more_than_half_say_so() -> None:
    witnesses = AddressWitnesses()
    said(witnesses, 20, US)
    said(witnesses, 10, ELSEWHERE, 10.0)
    assert witnesses.address(4) is None, "ten say this, ten say that"
    said(witnesses, 1, ELSEWHERE, 20.0, first=10)
    assert str(witnesses.address(4)) == "45.77.0.9"


def test_a_statement_counts_for_five_minutes() -> None:
    witnesses = AddressWitnesses()
    said(witnesses, MIN_WITNESSES, US, 0.0)
    said(witnesses, 1, US, WINDOW, first=50)
    assert str(witnesses.address(4)) == "45.9.0.1"
    said(witnesses, 1, US, WINDOW + 1.0, first=51)
    assert witnesses.address(4) is None, "two are left"


def test_few_are_remembered() -> None:
    witnesses = AddressWitnesses()
    said(witnesses, MAX_STATEMENTS + 50, US)
    assert len(witnesses._families[4]._latest) == MAX_STATEMENTS
    assert sum(witnesses._families[4]._count.values()) == MAX_STATEMENTS


@pytest.mark.parametrize(
    "address",
    [b"", b"\x2d\x09\x00", bytes(4), bytes(16), bytes(70_000), *(
        ipaddress.ip_address(text).packed
        for text in ("127.0.0.1", "10.0.0.1", "192.168.1.2", "224.0.0.1", "255.255.255.255", "203.0.113.1",
                     "2a00:1450::1")
    )],
)  # fmt: skip
def test_what_cannot_be_our_address_counts_for_nothing(address: bytes) -> None:
    witnesses = AddressWitnesses()
    said(witnesses, 2 * MIN_WITNESSES, address)
    assert witnesses._families[4]._latest == {} == witnesses._families[6]._latest


def test_ipv6_in_either_form() -> None:
    witnesses = AddressWitnesses()
    for number in range(MIN_WITNESSES):
        witnesses.add(parse_address(f"2a00:{number:x}::1"), ipaddress.ip_address("2a02:908::5").packed, 0.0)
        witnesses.add(parse_address(f"51.1.{number}.1"), ipaddress.ip_address("::ffff:45.9.0.1").packed, 0.0)
    assert (str(witnesses.address(6)), str(witnesses.address(4))) == ("2a02:908::5", "45.9.0.1")


def test_the_local_network_says_nothing_of_the_internet() -> None:
    witnesses = AddressWitnesses()
    for number in range(50):
        witnesses.add(parse_address(f"192.168.{number}.1"), US, 0.0)
    assert witnesses.address(4) is None


@pytest.mark.parametrize("liars", [0, 1, 9, 10, 11])
def test_liars_in_fewer_networks_than_others_move_nothing(liars: int) -> None:
    """They answer as often as they like, in any order."""
    chance = random.Random(liars)
    witnesses = AddressWitnesses()
    voices = [(f"51.1.{number}.1", US) for number in range(12)] + [(f"62.1.{n}.1", ELSEWHERE) for n in range(liars)]
    for now in range(100):
        for address, what in chance.sample(voices, len(voices)):
            witnesses.add(parse_address(address), what, now / 2)
        for _ in range(20 if liars else 0):
            witnesses.add(parse_address(f"62.1.{chance.randrange(liars)}.{chance.randrange(256)}"), ELSEWHERE, now / 2)
    assert str(witnesses.address(4)) == "45.9.0.1"


def test_pongs_are_what_says_it() -> None:
    """Those that answer pings of ours, and no others."""
    witnesses, now = AddressWitnesses(), Times(100.0, UNIX)
    node = Discovery(
        key_of(1), Endpoint(parse_address("192.168.1.5"), 30303, 30303), seeded(1), now, witnesses=witnesses
    )
    peers = [Peer(250 * number) for number in range(MIN_WITNESSES)]
    for peer in peers:
        assert witnesses.address(4) is None
        node.query(peer.enode, bytes(32), now)
        (ping,) = [one for one in node.datagrams_to_send() if one.port == peer.port and one.address == peer.address]
        pong = peer.pong(ping)._replace(to=WireEndpoint(US, 30303, 30303))
        unasked = pong._replace(reply_token=packet_hash(b"something else"), to=WireEndpoint(ELSEWHERE, 1, 1))
        node.receive(peer.packet(unasked), (peer.address, peer.port), now)
        node.receive(peer.packet(pong), (peer.address, peer.port), now)
        node.datagrams_to_send()
    assert str(witnesses.address(4)) == "45.9.0.1"
    assert len(witnesses._families[4]._latest) == MIN_WITNESSES
