"""A14: connection churn from one IP and from a /24.

Expected: inbound throttle, honest peers keep their slots.
"""

from __future__ import annotations

import ipaddress

from pystatus.devp2p.messages import DisconnectReason
from pystatus.discovery.addresses import IPAddress
from pystatus.net.admission import PeerAdmission
from pystatus.net.config import NetworkConfig
from pystatus.peers.inbound_limiter import MAX_THROTTLED_HOSTS, InboundLimiter
from tests.adversary.hostile import Memory


def address(text: str) -> IPAddress:
    return ipaddress.ip_address(text)


def churn(gate: InboundLimiter, addresses: list[IPAddress], seconds: int, rate: int) -> int:
    """Everybody dials, shakes hands or not, and is gone at once, ``rate`` times a second; how often they got in."""
    entered = 0
    for step in range(seconds * rate):
        for one in addresses:
            if gate.enter(one, step / rate) is None:
                entered += 1
                gate.leave(one)
    return entered


def test_one_address_gets_in_every_thirty_seconds() -> None:
    assert churn(InboundLimiter(NetworkConfig()), [address("203.0.113.7")], seconds=120, rate=10) == 4


def test_one_household_is_one_address() -> None:
    """An IPv6 host has a /64 to itself."""
    addresses = [address(f"2001:db8::{number:x}") for number in range(1, 200)]
    assert churn(InboundLimiter(NetworkConfig()), addresses, seconds=60, rate=1) == 2


def test_an_honest_node_gets_in_while_a_network_churns() -> None:
    gate = InboundLimiter(NetworkConfig())
    attackers = [address(f"203.0.113.{number}") for number in range(256)]
    for second in range(60):
        for one in attackers:
            gate.enter(one, float(second))  # and never finishes its handshake
    assert gate.half_open == NetworkConfig().max_half_open_per_subnet
    for number in range(40):
        assert gate.enter(address(f"198.51.{number}.1"), 60.0) is None


def test_what_the_throttle_remembers_is_bounded() -> None:
    gate = InboundLimiter(NetworkConfig())
    crowd = [ipaddress.IPv4Address(0x0B000000 + 256 * number) for number in range(2 * MAX_THROTTLED_HOSTS)]
    with Memory() as memory:
        for one in crowd:
            if gate.enter(one, 0.0) is None:
                gate.leave(one)
    assert memory.held < 4_000_000
    assert gate.half_open == 0


class Link:
    """What the limits look at."""

    def __init__(self, text: str, *, inbound: bool = True) -> None:
        self.address = address(text)
        self.inbound = inbound


def test_connected_peers_keep_their_places() -> None:
    """A /24 gets two of them, and those who dialled us never all."""
    config = NetworkConfig()
    connected: dict[bytes, Link] = {}
    admission = PeerAdmission(config, connected, ())

    def dials(link: Link, number: int) -> DisconnectReason | None:
        node_id = number.to_bytes(64, "big")
        refusal = admission.admit(link, node_id, 0.0)
        if refusal is None:
            connected[node_id] = link
        return refusal

    honest = {number: Link(f"198.51.{number}.1") for number in range(5)}
    assert [dials(link, number) for number, link in honest.items()] == [None] * 5
    attack = [dials(Link(f"203.0.113.{number}"), 1000 + number) for number in range(256)]
    assert attack.count(None) == config.max_inbound_per_subnet
    assert set(attack) == {None, DisconnectReason.TOO_MANY_PEERS}
    for number in range(256):
        dials(Link(f"100.64.{number}.1"), 2000 + number)
    assert len(connected) == config.max_inbound_peers < config.max_peers
    assert all(connected[number.to_bytes(64, "big")] is link for number, link in honest.items())
    ours = [dials(Link(f"192.0.{number}.1", inbound=False), 3000 + number) for number in range(20)]
    assert ours.count(None) == config.max_peers - config.max_inbound_peers
