"""A04: a replayed auth packet.

Expected: dies at the first frame MAC; no application event.
"""

from __future__ import annotations

from pystatus.devp2p.connection import Connection
from tests.devp2p.support import BOB, SeededRandom, alice, bob, closed, node


def test_a_replayed_auth_dies_at_the_first_frame() -> None:
    a = alice()
    auth = a.data_to_send()
    first = bob()
    first.receive_data(auth, 0.0)
    a.receive_data(first.data_to_send(), 0.0)
    recorded = auth + a.data_to_send()
    replayed_to = Connection.respond(node(BOB), SeededRandom(b"another connection"), 0.0)
    replayed_to.receive_data(recorded, 0.0)
    assert closed(replayed_to).error == "MAC of a frame header does not match"


def test_without_its_frames_it_is_only_a_silent_peer() -> None:
    auth = alice().data_to_send()
    for attempt in range(3):
        connection = Connection.respond(node(BOB), SeededRandom(b"%d" % attempt), 0.0)
        connection.receive_data(auth, 0.0)
        connection.on_timer(5.0)
        assert closed(connection).reason is None
