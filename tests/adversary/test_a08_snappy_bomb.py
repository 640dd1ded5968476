"""A08: Snappy bomb: declared size far above the limit, overlong varint.

Expected: refused before inflating.
"""

from __future__ import annotations

import pytest

from pystatus.devp2p.compression import compress
from pystatus.wire import varint
from tests.adversary.hostile import Memory
from tests.devp2p.support import RawPeer, bob, closed, events

MEBIBYTE = 1 << 20

BOMBS = {
    "4 GiB declared, nothing in it": varint.encode(2**32 - 1) + b"\x00a",
    "64 MiB that would really come": compress(bytes(64 * MEBIBYTE)),
    "one byte above the limit": compress(bytes(16 * MEBIBYTE)),
    "a length of six bytes": b"\xff\xff\xff\xff\xff\x01",
    "a length that is longer than it must be": b"\x80\x00",
    "a length that never ends": b"\xff" * 1000,
    "more than the block can hold": varint.encode(8 * MEBIBYTE) + bytes(1000),
    "nothing": b"",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_packet_that_would_inflate(bomb: bytes) -> None:
    connection = bob()
    peer = RawPeer(connection)
    peer.say(0, peer.hello(version=5))
    events(connection)
    peer.heard()
    frame = peer.frame(17, bomb)
    with Memory() as memory:
        connection.receive_data(frame, 0.0)
    event = closed(connection)
    assert (event.reason, event.by_peer) == (None, False)
    assert memory.peak < 6 * len(frame) + 100_000  # copies of what came in, nothing of what would come out
    assert peer.heard() == []
