"""A07: frame length 2^24-1, which an honest relay of the reference may send to a newcomer.

Expected: nothing is allocated for what is announced; what all peers have begun is bounded together, and honest peers go
last. A lower limit that an operator sets refuses it by its header.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.rlpx.frames import HEADER_SIZE, MAX_FRAME_SIZE
from tests.adversary.hostile import Memory
from tests.devp2p.support import TOY, RawPeer, bob, closed

ANNOUNCED = HEADER_SIZE + 16


@pytest.mark.parametrize("greeted", [True, False], ids=["open", "in place of Hello"])
def test_a_frame_above_the_limit_is_refused_by_its_header(greeted: bool) -> None:
    connection = bob(limits=ConnectionLimits(max_packet_size=8 << 20))
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


def test_nothing_is_allocated_for_a_frame_that_is_announced() -> None:
    connection = bob(limits=ConnectionLimits())
    peer = RawPeer(connection)
    peer.say_hello()
    frame = peer.frame(17, bytes(MAX_FRAME_SIZE - 1))
    with Memory() as memory:
        connection.receive_data(frame[:ANNOUNCED], 0.0)
    assert connection.state is State.OPEN
    assert memory.peak < 20_000


@pytest.mark.parametrize(
    "end",
    [
        lambda connection: connection.eof_received(),
        lambda connection: connection.disconnect(DisconnectReason.REQUESTED),
        lambda connection: connection.give_up("too slow"),
        lambda connection: connection.receive_data(bytes(64), 0.0),
    ],
    ids=["hung up", "disconnected", "given up", "wrong MAC"],
)
def test_of_a_connection_that_has_ended_no_unfinished_frame_is_held(end: Callable[[Connection], None]) -> None:
    """Connections that are over wait for the collector of garbage, for minutes: there may be thousands of them."""
    connection = bob(limits=ConnectionLimits())
    peer = RawPeer(connection)
    peer.say_hello()
    frame = peer.frame(17, bytes(4 << 20))
    with Memory() as memory:
        connection.receive_data(frame[:-20], 0.0)
        end(connection)
    assert memory.peak > 4 << 20
    assert connection.state is State.CLOSED
    assert memory.held < 20_000


def test_of_a_connection_that_has_ended_nothing_is_held_that_was_not_sent() -> None:
    connection = bob(limits=ConnectionLimits())
    RawPeer(connection).say_hello()
    with Memory() as memory:
        connection.send(TOY, 1, bytes(1 << 20))
        connection.eof_received()
    assert memory.peak > 1 << 20
    assert memory.held < 20_000
