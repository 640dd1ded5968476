"""A02: the EIP-8 size prefix lies (0xFFFF, below the minimum).

Expected: refused before buffering.
"""

from __future__ import annotations

import pytest

from pystatus.devp2p.connection import State
from tests.devp2p.support import alice, bob, closed

LIES = [0, 1, 306, 2049, 0x0CFF, 0xFFFF]


@pytest.mark.parametrize("size", LIES, ids=hex)
def test_in_an_auth_packet(size: int) -> None:
    connection = bob()
    prefix = size.to_bytes(2, "big")
    connection.receive_data(prefix[:1], 0.0)
    assert connection.state is State.KEYS
    connection.receive_data(prefix[1:], 0.0)
    event = closed(connection)
    assert (event.reason, event.by_peer) == (None, False)
    assert "announces" in event.error
    assert connection.data_to_send() == b""


@pytest.mark.parametrize("size", [0, 1, 209, 2049, 0x0CFF, 0xFFFF], ids=hex)
def test_in_an_ack_packet(size: int) -> None:
    connection = alice()
    connection.data_to_send()
    connection.receive_data(size.to_bytes(2, "big"), 0.0)
    assert "announces" in closed(connection).error
    assert connection.data_to_send() == b""
