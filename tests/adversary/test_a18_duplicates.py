"""A18: 10^6 duplicates of one envelope.

Expected: O(1) each, relayed at most once per peer.
"""

from __future__ import annotations

import time

from pystatus.waku import packets
from pystatus.waku.relay.events import EnvelopeReceived
from tests.adversary.hostile import Memory
from tests.waku.network import NOW, Wire, envelope, events, watching

IN_A_BATCH = 10_000
SECONDS_EACH = 20e-6
"""Ten times what one costs here; a cost that grows would be far beyond it at the end."""


def test_duplicates_are_relayed_once() -> None:
    """A18."""
    wire = Wire(watching())
    wire.join("other")
    wire.sent()
    batch = packets.encode_messages([envelope()] * 100)
    for _ in range(100):
        wire.receive(packets.MESSAGES, batch)
    ((_, payload),) = wire.sent(peer="other")
    assert packets.decode_messages(payload) == [envelope()]
    assert [event for event in events(wire.relay) if isinstance(event, EnvelopeReceived)] == [
        EnvelopeReceived(envelope(), "peer")
    ]
    assert wire.relay.pool.remembered == 1


def test_a_million_duplicates_from_two_peers() -> None:
    wire = Wire(watching())
    wire.join("second")
    for number in range(3):
        wire.join(f"other {number}")
    wire.relay.packets_to_send(NOW)
    events(wire.relay)
    batch = packets.encode_messages([envelope()] * IN_A_BATCH)
    wire.give(envelope())
    delivered = [receiver for receiver, code, _ in wire.relay.packets_to_send(NOW) if code == packets.MESSAGES]
    assert sorted(map(str, delivered)) == ["other 0", "other 1", "other 2", "second"]

    wire.receive(packets.MESSAGES, batch)
    with Memory() as memory:
        wire.receive(packets.MESSAGES, batch)
    assert memory.held < 10_000
    start = time.thread_time()
    for number in range(1_000_000 // IN_A_BATCH):
        wire.relay.receive_packet("peer" if number % 2 else "second", packets.MESSAGES, batch, NOW)
    assert (time.thread_time() - start) / 1_000_000 < SECONDS_EACH
    assert wire.relay.packets_to_send(NOW) == []
    assert [event for event in events(wire.relay) if isinstance(event, EnvelopeReceived)] == [
        EnvelopeReceived(envelope(), "peer")
    ]
    assert (len(wire.relay.pool), wire.relay.pool.remembered) == (1, 1)
