"""A05: one flipped bit in a header MAC.

Expected: disconnect, nothing delivered.
"""

from __future__ import annotations

import pytest

from pystatus.devp2p.connection import State
from pystatus.devp2p.rlpx.frames import HEADER_SIZE
from tests.devp2p.support import RawPeer, bob, closed

MAC_SIZE = 16


@pytest.mark.parametrize("bit", range(MAC_SIZE * 8))
def test_every_bit(bit: int) -> None:
    connection = bob()
    peer = RawPeer(connection)
    peer.say_hello()
    frame = bytearray(peer.frame(17, b"payload"))
    frame[HEADER_SIZE + bit // 8] ^= 1 << bit % 8
    connection.receive_data(bytes(frame[: HEADER_SIZE + MAC_SIZE - 1]), 0.0)
    assert connection.state is State.OPEN
    connection.receive_data(bytes(frame[HEADER_SIZE + MAC_SIZE - 1 :]), 0.0)
    event = closed(connection)
    assert (event.reason, event.by_peer) == (None, False)
    assert "MAC of a frame header" in event.error
    connection.receive_data(peer.frame(17, b"the next one"), 0.0)
    assert connection.next_event() is None
    assert peer.heard() == []
