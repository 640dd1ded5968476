"""Who may begin a handshake (A01, A14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.discovery.addresses import host_key, is_local, parse_address, subnet_key
from pystatus.net.config import NetworkConfig
from pystatus.peers import inbound_limiter as gate_module
from pystatus.peers.inbound_limiter import InboundLimiter


def enter(gate: InboundLimiter, address: str, now: float = 0.0) -> bool:
    return gate.enter(parse_address(address), now) is None


def leave(gate: InboundLimiter, address: str) -> None:
    gate.leave(parse_address(address))


def test_one_attempt_per_address_in_half_a_minute() -> None:
    gate = InboundLimiter(NetworkConfig())
    assert enter(gate, "8.8.8.8", 0.0)
    leave(gate, "8.8.8.8")
    assert not enter(gate, "8.8.8.8", 1.0)
    assert enter(gate, "8.8.9.8", 1.0)
    assert not enter(gate, "8.8.8.8", 29.9)  # and refused attempts do not extend it
    assert enter(gate, "8.8.8.8", 30.0)


def test_an_ipv6_host_is_its_64() -> None:
    gate = InboundLimiter(NetworkConfig())
    assert enter(gate, "2a01::1")
    assert not enter(gate, "2a01::2")
    assert enter(gate, "2a01:0:0:1::1")


def test_handshakes_from_one_subnet() -> None:
    gate = InboundLimiter(NetworkConfig())
    assert [enter(gate, f"8.8.8.{host}") for host in range(5)] == [True, True, True, False, False]
    assert enter(gate, "8.8.9.1")
    leave(gate, "8.8.8.0")
    assert enter(gate, "8.8.8.5")
    assert [enter(gate, f"2a01:0:0:{network:x}::1") for network in range(4)] == [True, True, True, False]


def test_handshakes_in_all() -> None:
    gate = InboundLimiter(NetworkConfig(max_half_open=10))
    assert all(enter(gate, f"8.8.{subnet}.1") for subnet in range(10))
    assert not enter(gate, "9.9.9.9")
    assert not enter(gate, "127.0.0.1")
    leave(gate, "8.8.0.1")
    assert enter(gate, "127.0.0.1")


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.7", "10.1.2.3", "fe80::1", "::1", "::ffff:172.16.0.1"])
def test_neighbours_are_not_throttled_but_counted(address: str) -> None:
    gate = InboundLimiter(NetworkConfig(max_half_open_local=4))
    for _ in range(100):
        assert enter(gate, address)
        leave(gate, address)
    assert [enter(gate, address) for _ in range(5)] == [True] * 4 + [False]
    assert gate.half_open == 4


def test_the_memory_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "MAX_THROTTLED_HOSTS", 3)
    gate = InboundLimiter(NetworkConfig())
    for subnet in range(5):
        assert enter(gate, f"8.8.{subnet}.1", float(subnet))
        leave(gate, f"8.8.{subnet}.1")
    assert len(gate._throttled_until) == 3
    assert enter(gate, "8.8.0.1", 6.0)
    assert not enter(gate, "8.8.4.1", 6.0)


def test_churn_from_one_subnet_leaves_room_for_others() -> None:
    gate = InboundLimiter(NetworkConfig())
    for second in range(300):
        for host in range(256):
            enter(gate, f"8.8.8.{host}", float(second))
        assert gate.half_open <= 3
        honest = f"9.{second % 200}.1.1"
        assert enter(gate, honest, float(second))
        leave(gate, honest)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("0.0.0.1", True),
        ("10.255.255.255", True),
        ("127.8.8.8", True),
        ("172.16.0.0", True),
        ("172.32.0.0", False),
        ("192.168.255.255", True),
        ("169.254.0.1", False),
        ("100.64.0.1", False),
        ("8.8.8.8", False),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("2a01::1", False),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_local_addresses(address: str, expected: bool) -> None:
    assert is_local(parse_address(address)) == expected


@given(st.ip_addresses())
def test_keys_name_the_leading_bits(address: object) -> None:
    parsed = parse_address(str(address))
    version, bits = subnet_key(parsed)
    assert version == parsed.version
    assert host_key(parsed)[1] >> (8 if version == 4 else 16) == bits
