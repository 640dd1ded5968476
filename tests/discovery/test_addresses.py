"""Where one node may send us to (overlay.md §10.3)."""

from __future__ import annotations

import ipaddress

import pytest

from pystatus.discovery.addresses import (
    address_from_bytes,
    is_local,
    is_loopback,
    may_dial,
    may_relay,
    parse_address,
    unmapped,
)
from tests.support.vectors import Case, cases, unhex

ROWS: list[Case] = [row for case in cases("discv5", "relay_address") for row in case["rows"]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['address']}-from-{row['sender']}")
def test_addresses_that_are_handed_on(row: Case) -> None:
    address = address_from_bytes(unhex(row["address_bytes"]))
    may = address is not None and may_relay(address, parse_address(row["sender"]))
    assert may == row["accepted"]


def test_the_hosts_of_a_provider_and_of_a_link_are_dialled_from_inside_alone() -> None:
    for text in ("100.64.1.1", "169.254.169.254"):
        address = parse_address(text)
        assert not may_dial(address, parse_address("51.1.2.3"))
        assert may_dial(address, parse_address("192.168.1.1"))
    assert may_dial(parse_address("51.1.2.4"), parse_address("51.1.2.3"))
    assert not may_dial(parse_address("127.0.0.1"), parse_address("51.1.2.3"))


def test_an_address_has_4_or_16_bytes() -> None:
    assert address_from_bytes(b"\x33\x01\x02\x03") == ipaddress.ip_address("51.1.2.3")
    assert address_from_bytes(bytes(10) + b"\xff\xff\x33\x01\x02\x03") == ipaddress.ip_address("51.1.2.3")
    assert address_from_bytes(bytes(15) + b"\x01") == ipaddress.ip_address("::1")
    for size in (0, 3, 5, 15, 17):
        assert address_from_bytes(bytes(size)) is None


@pytest.mark.parametrize(
    ("text", "loopback", "local"),
    [
        ("127.0.0.1", True, True),
        ("127.255.0.1", True, True),
        ("::1", True, True),
        ("0.1.2.3", False, True),
        ("10.0.0.1", False, True),
        ("172.16.0.1", False, True),
        ("172.31.255.255", False, True),
        ("172.32.0.0", False, False),
        ("172.15.255.255", False, False),
        ("192.168.0.1", False, True),
        ("192.169.0.1", False, False),
        ("fe80::1", False, True),
        ("febf::1", False, True),
        ("fec0::1", False, False),
        ("fdff::1", False, True),
        ("fc00::1", False, True),
        ("fbff::1", False, False),
        ("::", False, False),
        ("2a01::1", False, False),
    ],
)
def test_this_machine_and_the_local_network(text: str, loopback: bool, local: bool) -> None:
    address = unmapped(ipaddress.ip_address(text))
    assert is_loopback(address) is loopback
    assert is_local(address) is local
