"""A01: slow auth, one byte a second.

Expected: handshake deadline 5 s, at most 4 KiB held, a cap on half-open connections per IP.
"""

from __future__ import annotations

import ipaddress

import pytest

from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.events import ConnectionClosed
from pystatus.net.config import NetworkConfig
from pystatus.peers.inbound_limiter import InboundLimiter
from tests.adversary.hostile import Memory
from tests.devp2p.support import BOB, RawPeer, SeededRandom, alice, bob, closed, events, node

TOO_SLOW = ConnectionClosed(None, False, "the handshake took too long")
SILENT = ConnectionClosed(
    None, False, "it accepts connections and says nothing within 5 seconds; another program may listen there"
)


def trickle(connection: Connection, data: bytes, seconds: int) -> None:
    """One byte a second, and the timer whenever it is due."""
    for second, byte in enumerate(data[:seconds]):
        while (timer := connection.next_timer()) is not None and timer <= second:
            connection.on_timer(timer)
        connection.receive_data(bytes([byte]), float(second))


def test_an_auth_packet_of_one_byte_a_second() -> None:
    connection = bob()
    trickle(connection, alice().data_to_send(), 5)
    assert connection.next_timer() == 5.0
    connection.on_timer(4.999)
    assert connection.state is State.KEYS
    connection.on_timer(5.0)
    assert closed(connection) == TOO_SLOW
    assert connection.data_to_send() == b""


def test_a_hello_of_one_byte_a_second() -> None:
    """Both handshakes share the deadline."""
    connection = bob()
    peer = RawPeer(connection)
    hello = peer.frame(0, peer.hello())
    trickle(connection, hello, 5)
    connection.on_timer(5.0)
    assert closed(connection) == TOO_SLOW


def test_an_ack_of_one_byte_a_second() -> None:
    connection, responder = alice(), bob()
    responder.receive_data(connection.data_to_send(), 0.0)
    trickle(connection, responder.data_to_send(), 5)
    connection.on_timer(5.0)
    assert closed(connection) == SILENT


@pytest.mark.parametrize("prefix", [b"\x08\x00", b"\x01\xb4", b"\x04\x00"], ids=["2048", "436", "either form"])
def test_what_is_held_of_an_unfinished_handshake_is_bounded(prefix: bytes) -> None:
    """The largest packet that a size prefix may announce has 2 KiB; then it is opened or refused."""
    count = 30
    connections = [Connection.respond(node(BOB), SeededRandom(b"%d" % number), 0.0) for number in range(count)]
    size = int.from_bytes(prefix, "big")
    with Memory() as memory:
        for connection in connections:
            connection.receive_data(prefix, 0.0)
            for _ in range(size - 1):
                connection.receive_data(b"\x04", 0.0)
    assert memory.held / count <= 4096
    for connection in connections:
        connection.receive_data(b"\x04", 0.0)
        assert isinstance(closed(connection), ConnectionClosed)
        connection.receive_data(bytes(100_000), 0.0)
        assert events(connection) == []


def test_half_open_connections_are_capped_by_address_by_network_and_in_all() -> None:
    config = NetworkConfig()
    gate = InboundLimiter(config)
    attacker = ipaddress.ip_address("203.0.113.1")
    assert gate.enter(attacker, 0.0) is None
    assert all(gate.enter(attacker, second / 10) is not None for second in range(250))
    assert gate.half_open == 1

    neighbours = [ipaddress.ip_address(f"203.0.113.{number}") for number in range(2, 255)]
    let_in = [address for address in neighbours if gate.enter(address, 25.0) is None]
    assert 1 + len(let_in) == config.max_half_open_per_subnet
    one_household = [ipaddress.ip_address(f"2001:db8:1:1::{number:x}") for number in range(1, 100)]
    assert sum(gate.enter(address, 25.0) is None for address in one_household) == 1

    crowd = [ipaddress.ip_address(f"198.{number}.0.1") for number in range(200)]
    for address in crowd:
        gate.enter(address, 25.0)
    assert gate.half_open == config.max_half_open

    for address in let_in:
        gate.leave(address)
    assert gate.enter(ipaddress.ip_address("192.0.2.1"), 26.0) is None
