"""A20: oversized envelope, empty batch, 100,000 envelopes in one packet.

Expected: dropped or bounded per packet; the connection rules of waku.md §10.
"""

from __future__ import annotations

import pytest

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE, Envelope
from pystatus.waku.relay.admission import Refusal
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.ingest import STEP_SPLIT
from pystatus.wire import rlp
from tests.adversary.hostile import junk
from tests.support.effort import Effort
from tests.waku.network import NOW, TOPIC, Wire, envelope, events, repeat, watching
from tests.waku.test_packets import small


def test_an_oversized_envelope_is_dropped() -> None:
    """Its relay is not to blame: no option tells it our limit (A51). Rate limits bound how many there are."""
    wire = Wire(watching())
    wire.join("other")
    wire.sent()
    events(wire.relay)
    giant = Envelope.create(int(NOW) + 15, 15, TOPIC, bytes(MAX_ENVELOPE_SIZE))
    wire.give(giant)
    assert events(wire.relay) == []
    assert wire.sent(peer="other") == []
    assert wire.relay.pool.remembered == 0
    repeat(30, lambda: wire.give(giant))
    assert wire.relay.ready_peers == ["peer", "other"]
    assert wire.relay.counters.envelopes_refused == {Refusal.TOO_LARGE: 31}


def test_a_packet_above_the_limit_ends_the_connection_before_anything_is_decoded() -> None:
    wire = Wire(watching())
    packet = bytes(packets.MAX_PACKET_SIZE + 1)
    with Effort() as effort, pytest.raises(RemoteError, match="packet of"):
        wire.receive(packets.MESSAGES, packet)
    assert effort.seconds < 0.1
    assert wire.relay.ready_peers == []


def test_empty_batches_are_legal() -> None:
    wire = Wire()
    for _ in range(1000):
        wire.receive(packets.MESSAGES, b"\xc0")


ENDED = object()


def too_many() -> tuple[bytes, list[Envelope]]:
    """A packet of 100,000 envelopes, and those of them that are taken."""
    made = [junk(number, NOW, topic=TOPIC) for number in range(100_000)]
    return rlp.encode_list([each.raw for each in made]), made[: packets.MAX_ENVELOPES_IN_PACKET]


def test_of_a_packet_of_very_many_envelopes_some_are_taken() -> None:
    """A20: the work is bounded, and who passes on what somebody else made is not to blame (A51)."""
    payload, taken = too_many()
    at_once, in_steps = Wire(RelayConfig(min_pow=0.0)), Wire(RelayConfig(min_pow=0.0))
    at_once.receive(packets.MESSAGES, payload)
    steps = in_steps.relay.receive_in_steps("peer", packets.MESSAGES, payload, NOW)
    went_on = True
    while went_on:
        with Effort() as effort:
            went_on = next(steps, ENDED) is not ENDED
        assert effort.seconds < 0.5
    for wire in (at_once, in_steps):
        assert [entry.envelope for entry in wire.relay.pool.entries()] == taken
        assert wire.relay.ready_peers == ["peer"]
        assert (wire.relay.counters.packets_cut, wire.relay.counters.misbehaved) == (1, 0)


def test_they_are_cut_out_a_little_at_a_time() -> None:
    payload, _ = too_many()
    wire = Wire(RelayConfig(min_pow=0.0))
    steps = wire.relay.receive_in_steps("peer", packets.MESSAGES, payload, NOW)
    for _ in range(packets.MAX_ENVELOPES_IN_PACKET // STEP_SPLIT):
        next(steps)
        assert wire.relay.counters.packets_cut == 0
    next(steps)
    assert wire.relay.counters.packets_cut == 1


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
    with Effort() as effort:
        wire.receive(packets.MESSAGES, payload)
    assert effort.seconds < 3
    assert len(wire.relay.pool) == len(batch)
