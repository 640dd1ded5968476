"""A12: ping, pong and disconnect floods.

Expected: token bucket, bounded replies.
"""

from __future__ import annotations

import pytest

from pystatus.devp2p.connection import State
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.messages import DisconnectReason
from tests.devp2p.support import RawPeer, bob, closed, events, raw_disconnect

HELLO, DISCONNECT, PING, PONG = 0, 1, 2, 3
PONG_FRAME = b"\x03\xc0"
BURST = ConnectionLimits().base_message_burst


@pytest.fixture
def peer() -> RawPeer:
    peer = RawPeer(bob())
    peer.say_hello()
    return peer


def flood(peer: RawPeer, message_id: int, count: int, payload: bytes = b"\xc0") -> None:
    peer.connection.receive_data(b"".join(peer.frame(message_id, payload) for _ in range(count)), 0.0)


@pytest.mark.parametrize("message_id", [HELLO, PING, PONG, 7])
def test_a_flood_is_answered_a_little_and_ended(peer: RawPeer, message_id: int) -> None:
    flood(peer, message_id, 10_000)
    assert closed(peer.connection).reason == DisconnectReason.BREACH_OF_PROTOCOL
    assert peer.heard() == [PONG_FRAME] * (BURST if message_id == PING else 0) + [raw_disconnect(2)]


def test_a_burst_is_answered(peer: RawPeer) -> None:
    flood(peer, PING, BURST)
    assert peer.heard() == [PONG_FRAME] * BURST
    assert peer.connection.state is State.OPEN


def test_two_pings_a_second_are_fine_and_ten_are_not(peer: RawPeer) -> None:
    for half_second in range(1000):
        peer.say(PING, b"\xc0", half_second / 2)
        assert peer.heard() == [PONG_FRAME]
    answered = 0
    for tenth in range(1000):
        peer.say(PING, b"\xc0", 500 + tenth / 10)
        answered += peer.heard().count(PONG_FRAME)
        if peer.connection.state is State.CLOSED:
            break
    assert closed(peer.connection).reason == DisconnectReason.BREACH_OF_PROTOCOL
    assert answered < 2 * BURST


def test_a_large_ping_brings_no_large_pong(peer: RawPeer) -> None:
    flood(peer, PING, 1, bytes(1_000_000))
    assert peer.heard() in ([PONG_FRAME], [])


def test_disconnects_get_no_answer(peer: RawPeer) -> None:
    flood(peer, DISCONNECT, 10_000, b"\xc1\x08")
    assert closed(peer.connection).reason == 8
    assert peer.heard() == []
    assert events(peer.connection) == []
