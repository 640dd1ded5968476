"""A13: peer that never reads (write stall).

Expected: bounded send queue, then disconnect. The relay's queue is here; what the socket holds, and the disconnect, are
in tests/net/test_slow_readers.py, with real sockets.
"""

from __future__ import annotations

import pytest

from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import EVERYTHING
from pystatus.waku.packets import LEAST_CHARGE
from pystatus.waku.relay import send_queue
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.pool_usage import ENTRY_OVERHEAD
from pystatus.waku.relay.send_queue import MAX_QUEUE_SIZE
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, Wire, envelope


def bring(wire: Wire, peer: str, envelopes: list[Envelope]) -> None:
    wire.relay.receive_packet(peer, packets.MESSAGES, packets.encode_messages(envelopes), NOW)


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
    assert len(carried) > 50


def test_tiny_envelopes_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A13, A52: sixteen mebibytes of envelopes of twenty bytes would take three hundred."""
    assert MAX_QUEUE_SIZE // LEAST_CHARGE * ENTRY_OVERHEAD < 2 * MAX_QUEUE_SIZE
    monkeypatch.setattr(send_queue, "MAX_QUEUE_SIZE", 50 * LEAST_CHARGE)
    wire = Wire(RelayConfig(min_pow=0.0))
    wire.join("slow")
    wire.sent()
    wire.relay.set_writable("slow", False)
    given = [envelope(number, size=4) for number in range(80)]
    wire.give(*given)
    wire.relay.packets_to_send(NOW)
    assert wire.relay.counters.envelopes_dropped == 30
    wire.relay.set_writable("slow", True)
    carried = [each for _, _, payload in wire.relay.packets_to_send(NOW) for each in packets.decode_messages(payload)]
    assert carried == given[30:]


def test_what_waits_for_the_next_cycle_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A13: with a transmission cycle of seconds everything waits for every peer, however well it reads."""
    monkeypatch.setattr(send_queue, "MAX_QUEUE_SIZE", 50 * LEAST_CHARGE)
    wire = Wire(RelayConfig(min_pow=0.0, flush_interval=10.0))
    wire.join("other")
    wire.sent()
    wire.give(*(envelope(number, size=4) for number in range(80)))
    wire.relay.packets_to_send(NOW)
    assert wire.relay.counters.envelopes_dropped == 30


def test_what_a_peer_sends_back_while_it_does_not_read_is_bounded_by_what_waits_for_it() -> None:
    """A13: a queue that is never empty, and every envelope twice: nothing is remembered of those that never waited."""
    wire = Wire(RelayConfig(min_pow=0.0))
    wire.join("greedy")
    wire.sent()
    wire.relay.set_writable("greedy", False)
    wire.give(*(envelope(number) for number in range(10)))
    own = [envelope(1_000 + number) for number in range(200)]
    bring(wire, "greedy", own)
    bring(wire, "greedy", own)
    peer = wire.relay._peers["greedy"]
    assert len(peer.queue.echoes) <= len(peer.queue) == 10


def test_what_left_the_queue_is_no_echo_any_more() -> None:
    """A13: what is dropped or sent of a queue is forgotten, though the queue is never empty."""
    wire = Wire(RelayConfig(min_pow=0.0))
    wire.join("slow")
    wire.sent()
    wire.relay.set_writable("slow", False)
    waiting = [envelope(number) for number in range(10)]
    wire.give(*waiting)
    bring(wire, "slow", waiting[:5])
    peer = wire.relay._peers["slow"]
    assert peer.queue.echoes == {each.hash for each in waiting[:5]}
    assert list(peer.queue.take(int(NOW), 1)) == [waiting[5]]
    assert not peer.queue.echoes
    assert list(peer.queue.take(int(NOW), peer.queue.size)) == waiting[6:]


def test_of_a_peer_that_has_left_nothing_large_is_held() -> None:
    """What others hold of it, an answer that waits for the archive, must not keep ten thousand topics alive."""
    wire = Wire(RelayConfig(min_pow=0.0))
    wire.join("gone", StatusOptions(topic_interest=tuple(number.to_bytes(4, "big") for number in range(10_000))))
    peer = wire.relay._peers["gone"]
    wire.relay.peer_disconnected("gone", NOW)
    assert (peer.interest, len(peer.queue), peer.awaited, peer.topic_accounts) == (EVERYTHING, 0, {}, None)
