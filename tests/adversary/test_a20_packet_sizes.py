"""A20: oversized envelope, empty batch, 100,000 envelopes in one packet.

Expected: dropped or bounded per packet; the connection rules of protocol/waku.md.
"""

from __future__ import annotations

import time

import pytest

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.config import RelayConfig
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE, Envelope
from pystatus.waku.intake import STEP_SPLIT
from pystatus.waku.peer import Misbehaviour
from pystatus.wire import rlp
from tests.waku.network import NOW, TOPIC, Wire, envelope, events, repeat, watching
from tests.waku.test_packets import small


def test_an_oversized_envelope_is_dropped_and_scored() -> None:
    wire = Wire(watching())
    wire.join("other")
    wire.sent()
    events(wire.relay)
    giant = Envelope.create(int(NOW) + 15, 15, TOPIC, bytes(MAX_ENVELOPE_SIZE))
    wire.give(giant)
    assert events(wire.relay) == []
    assert wire.sent(peer="other") == []
    assert wire.relay.pool.remembered == 0
    assert wire.relay.ready_peers == ["peer", "other"]  # one is forgiven
    with pytest.raises(Misbehaviour):
        repeat(30, lambda: wire.give(giant))


def test_a_packet_above_the_limit_ends_the_connection_before_anything_is_decoded() -> None:
    wire = Wire(watching())
    packet = bytes(packets.MAX_PACKET_SIZE + 1)
    start = time.thread_time()
    with pytest.raises(RemoteError, match="packet of"):
        wire.receive(packets.MESSAGES, packet)
    assert time.thread_time() - start < 0.1
    assert wire.relay.ready_peers == []


def test_empty_batches_are_legal() -> None:
    wire = Wire()
    for _ in range(1000):
        wire.receive(packets.MESSAGES, b"\xc0")


def test_a_packet_of_very_many_envelopes() -> None:
    """A20: counted before anything else is done with them, once: no honest peer sends so many."""
    tiny = Envelope.create(int(NOW) + 15, 15, TOPIC, b"").raw
    wire = Wire(watching())
    events(wire.relay)
    with pytest.raises(Misbehaviour):
        wire.receive(packets.MESSAGES, b"\xfa" + (len(tiny) * 100_000).to_bytes(3, "big") + tiny * 100_000)
    assert events(wire.relay) == []
    assert wire.relay.ready_peers == []


def test_such_a_packet_is_counted_a_little_at_a_time() -> None:
    tiny = Envelope.create(int(NOW) + 15, 15, TOPIC, b"").raw
    wire = Wire(watching())
    payload = b"\xfa" + (len(tiny) * 100_000).to_bytes(3, "big") + tiny * 100_000
    steps = wire.relay.receive_in_steps("peer", packets.MESSAGES, payload, NOW)
    for _ in range(packets.MAX_ENVELOPES_IN_PACKET // STEP_SPLIT - 1):
        next(steps)
    with pytest.raises(Misbehaviour):
        next(steps)
    assert wire.relay.counters.misbehaved == 1


def test_a_batch_of_many() -> None:
    """A20."""
    raw = small(1).raw
    limit = packets.MAX_ENVELOPES_IN_PACKET
    assert len(packets.split_messages(rlp.encode_list([raw] * limit))) == limit
    with pytest.raises(RemoteError):
        packets.split_messages(rlp.encode_list([raw] * (limit + 1)))


def test_as_many_envelopes_as_a_packet_may_hold() -> None:
    """Bounded work, at most what an honest burst of the same size costs."""
    wire = Wire(RelayConfig(min_pow=0.0))
    batch = [envelope(number, size=4) for number in range(packets.MAX_ENVELOPES_IN_PACKET)]
    payload = packets.encode_messages(batch)
    start = time.thread_time()
    wire.receive(packets.MESSAGES, payload)
    assert time.thread_time() - start < 3
    assert len(wire.relay.pool) == len(batch)
