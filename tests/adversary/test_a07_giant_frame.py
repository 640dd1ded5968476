"""A07: frame length 2^24-1.

Expected: refused before allocation.
"""

from __future__ import annotations

import pytest

from pystatus.overlay.connection import State
from pystatus.overlay.limits import ConnectionLimits
from pystatus.overlay.rlpx.frames import HEADER_SIZE, MAX_FRAME_SIZE
from tests.adversary.hostile import Memory
from tests.overlay.support import RawPeer, bob, closed

ANNOUNCED = HEADER_SIZE + 16


@pytest.mark.parametrize("greeted", [True, False], ids=["open", "in place of Hello"])
def test_a_frame_of_16_mebibytes_is_refused_by_its_header(greeted: bool) -> None:
    connection = bob(limits=ConnectionLimits())
    peer = RawPeer(connection)
    if greeted:
        peer.say_hello()
    header = peer.frame(17, bytes(MAX_FRAME_SIZE - 1))[:ANNOUNCED]
    connection.receive_data(header[:-1], 0.0)
    assert connection.state is not State.CLOSED
    with Memory() as memory:
        connection.receive_data(header[-1:], 0.0)
    assert f"{MAX_FRAME_SIZE} bytes announced" in closed(connection).error
    assert memory.peak < 20_000
