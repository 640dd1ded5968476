"""A06: one flipped bit in a body MAC; truncated and glued frames.

Expected: disconnect, nothing delivered.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus.devp2p.events import PacketReceived
from pystatus.devp2p.rlpx.frames import HEADER_SIZE
from tests.devp2p.support import TOY, RawPeer, bob, closed, events

MAC_SIZE = 16
BODY = HEADER_SIZE + MAC_SIZE
PAYLOAD = b"payload"  # with its message id it fills half a block


@pytest.fixture
def peer() -> RawPeer:
    peer = RawPeer(bob())
    peer.say_hello()
    return peer


@pytest.mark.parametrize("bit", range((16 + MAC_SIZE) * 8))
def test_every_bit_of_body_and_mac(peer: RawPeer, bit: int) -> None:
    frame = bytearray(peer.frame(17, PAYLOAD))
    assert len(frame) == BODY + 16 + MAC_SIZE
    frame[BODY + bit // 8] ^= 1 << bit % 8
    peer.connection.receive_data(bytes(frame) + peer.frame(17, b"the next one"), 0.0)
    assert "MAC of a frame" in closed(peer.connection).error
    assert peer.heard() == []


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(lambda one, two: one[:-1] + two, id="last byte missing"),
        pytest.param(lambda one, two: one[:BODY] + two, id="body missing"),
        pytest.param(lambda one, two: one[BODY:] + two, id="header missing"),
        pytest.param(lambda one, two: one[: len(one) // 2] + two[len(two) // 2 :], id="two halves"),
        pytest.param(lambda one, two: two + one, id="swapped"),
        pytest.param(lambda one, two: one[:BODY] + two[BODY:], id="another body"),
    ],
)
def test_truncated_and_glued_frames(peer: RawPeer, arrange: Callable[[bytes, bytes], bytes]) -> None:
    one, two = peer.frame(17, PAYLOAD), peer.frame(17, PAYLOAD[::-1])
    peer.connection.receive_data(arrange(one, two) + bytes(100), 0.0)
    assert "MAC" in closed(peer.connection).error


def test_a_frame_that_comes_twice(peer: RawPeer) -> None:
    one = peer.frame(17, PAYLOAD)
    peer.connection.receive_data(one + one, 0.0)
    packet, end = events(peer.connection)
    assert packet == PacketReceived(TOY, 1, PAYLOAD)
    assert "MAC" in end.error  # type: ignore[union-attr]  # the end of the connection


def test_a_frame_cut_short_by_the_end_of_the_stream(peer: RawPeer) -> None:
    peer.connection.receive_data(peer.frame(17, PAYLOAD)[:-1], 0.0)
    peer.connection.eof_received()
    assert closed(peer.connection).by_peer
