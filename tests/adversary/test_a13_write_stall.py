"""A13: peer that never reads (write stall).

Expected: bounded send queue, then disconnect. The relay's queue is here; what the socket holds, and the disconnect, are
in tests/net/test_slow_readers.py, with real sockets.
"""

from __future__ import annotations

from pystatus.waku import packets
from pystatus.waku.config import RelayConfig
from pystatus.waku.envelope import Envelope
from pystatus.waku.outgoing import MAX_QUEUE_SIZE
from tests.waku.network import NOW, Wire, envelope


def test_a_connection_that_takes_nothing() -> None:
    """A13: what waits is bounded, and the others do not wait for it."""
    wire = Wire(RelayConfig(min_pow=0.0))
    wire.join("slow")
    wire.join("fast")
    wire.sent()
    wire.relay.set_writable("slow", False)
    batches = [[envelope(100 * number + i, size=100_000) for i in range(60)] for number in range(4)]
    for batch in batches:
        wire.give(*batch)
        output = wire.relay.packets_to_send(NOW)
        assert {receiver for receiver, _, _ in output} == {"fast"}
        wire.relay.packets_to_send(NOW)
    assert wire.relay.next_timer() != NOW
    wire.relay.set_writable("slow", True)
    carried: list[Envelope] = []
    while output := wire.relay.packets_to_send(NOW):
        carried += [each for _, _, payload in output for each in packets.decode_messages(payload)]
    assert sum(len(each.raw) for each in carried) <= MAX_QUEUE_SIZE
    assert carried == [each for batch in batches for each in batch][-len(carried) :]
    assert len(carried) > 100
