"""Large packets are gone through a little at a time, and the pool is offered so: no turn is long for anybody."""

from __future__ import annotations

import gc
import itertools

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.backfill import OFFER_BYTES
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.steps import STEP_BYTES
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, Wire, envelope

MANY = [envelope(number, size=500) for number in range(1000)]
PACKET = packets.encode_messages(MANY)


def wire(*, confirmations: bool = False) -> Wire:
    made = Wire(RelayConfig(min_pow=0.0, confirmations=confirmations))
    made.sent()
    return made


def test_a_large_packet_is_taken_in_steps() -> None:
    at_once, in_steps = wire(), wire()
    at_once.receive(packets.MESSAGES, PACKET)
    taken = []
    for _ in in_steps.relay.receive_in_steps("peer", packets.MESSAGES, PACKET, NOW):
        taken.append(len(in_steps.relay.pool))
    assert len(taken) > 2 * len(PACKET) // STEP_BYTES
    assert max(after - before for before, after in itertools.pairwise(taken)) < 200
    assert list(in_steps.relay.pool.entries()) != []
    assert [entry.envelope for entry in in_steps.relay.pool.entries()] == MANY
    assert in_steps.relay.counters.envelopes_new == at_once.relay.counters.envelopes_new == len(MANY)


def test_one_malformed_envelope_spoils_a_large_packet() -> None:
    body = b"".join(each.raw for each in MANY) + b"\xc1\x01"
    relay = wire().relay
    for _ in relay.receive_in_steps("peer", packets.MESSAGES, b"\xfa" + len(body).to_bytes(3, "big") + body, NOW):
        assert len(relay.pool) == 0
    assert len(relay.pool) == 0
    assert relay.ready_peers == ["peer"]


def test_somebody_else_brings_the_same_in_between() -> None:
    net = wire()
    net.join("other")
    steps = net.relay.receive_in_steps("peer", packets.MESSAGES, PACKET, NOW)
    while not len(net.relay.pool):
        next(steps)
    net.relay.receive_packet("other", packets.MESSAGES, packets.encode_messages(MANY[-2:]), NOW)
    for _ in steps:
        pass
    counters = net.relay.counters
    assert (counters.envelopes_new, counters.envelopes_known) == (len(MANY), 2)


def test_a_large_packet_is_confirmed_as_a_whole() -> None:
    net = wire(confirmations=True)
    for _ in net.relay.receive_in_steps("peer", packets.MESSAGES, PACKET, NOW):
        assert net.sent() == []
    assert net.sent() == [
        (packets.MESSAGE_RESPONSE, packets.MessageResponse(keccak256(PACKET)).encode()),
        (packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(keccak256(PACKET))),
    ]


def test_a_peer_that_goes_in_between() -> None:
    relay = wire().relay
    steps = relay.receive_in_steps("peer", packets.MESSAGES, PACKET, NOW)
    while not len(relay.pool):
        next(steps)
    relay.peer_disconnected("peer", NOW)
    before = len(relay.pool)
    assert list(steps) == []
    assert len(relay.pool) == before


@pytest.mark.parametrize("code", [packets.STATUS_UPDATE, packets.P2P_MESSAGE])
def test_other_packets_are_one_step(code: int) -> None:
    relay = wire().relay
    assert list(relay.receive_in_steps("peer", code, b"\xc0", NOW)) == []
    assert relay.counters.packets_received[code] == 1


def test_newcomers_are_offered_the_pool_while_live_envelopes_pass() -> None:
    """A17: whoever comes anew is given what is pooled, and nobody waits for it."""
    net = wire()
    net.receive(packets.MESSAGES, PACKET)
    for name in ("first", "second"):
        net.join(name)
    got: dict[object, list[bytes]] = {"first": [], "second": []}
    live = envelope(5000, size=500)
    net.give(live)
    turns = 0
    while net.relay.has_queued:
        turns += 1
        size = 0
        for receiver, code, payload in net.relay.packets_to_send(NOW):
            if code == packets.MESSAGES:
                size += len(payload)
                got[receiver] += [one.hash for one in packets.decode_messages(payload)]
        assert size < OFFER_BYTES + 4000
        if turns == 1:
            assert all(live.hash in hashes for hashes in got.values())
        if net.relay.has_queued:
            timer = net.relay.next_timer()
            assert timer is not None
            assert timer <= NOW
    assert turns > 2 * len(PACKET) // OFFER_BYTES
    for hashes in got.values():
        assert sorted(hashes) == sorted(one.hash for one in [*MANY, live])


def test_a_newcomer_that_does_not_read_is_offered_no_more() -> None:
    net = wire()
    net.receive(packets.MESSAGES, PACKET)
    net.join("slow")
    net.relay.packets_to_send(NOW)
    net.relay.set_writable("slow", False)
    assert net.relay.packets_to_send(NOW) == []
    assert net.relay.has_queued
    net.relay.peer_disconnected("slow", NOW)
    assert not net.relay.has_queued


def test_who_has_gone_is_forgotten() -> None:
    """Else every envelope would remember everybody who ever came."""
    net = wire()
    net.give(envelope())
    for number in range(50):
        net.join(f"visitor {number}")
        net.relay.packets_to_send(NOW)
        net.relay.peer_disconnected(f"visitor {number}", NOW)
    (entry,) = net.relay.pool.entries()
    assert len(entry.peers) <= 3


def test_who_sends_envelopes_back_and_goes_is_forgotten() -> None:
    """Visitors that want nothing are offered nothing, and all the same bring what is in the pool."""
    net = wire()
    packet = packets.encode_messages([envelope()])
    for number in range(50):
        net.join(f"visitor {number}", StatusOptions(topic_interest=(), pow_requirement=0.0))
        net.relay.receive_packet(f"visitor {number}", packets.MESSAGES, packet, NOW)
        net.relay.peer_disconnected(f"visitor {number}", NOW)
    (entry,) = net.relay.pool.entries()
    assert len(entry.peers) <= 3


def test_what_leaves_the_pool_is_not_kept_for_a_newcomer_that_does_not_read() -> None:
    """Else each of them could keep a pool of its own in memory."""
    gc.collect()  # what other tests have left behind in circles
    net = wire()
    net.receive(packets.MESSAGES, packets.encode_messages([envelope(each, OTHER_TOPIC) for each in range(100)]))
    net.join("slow")
    net.relay.set_writable("slow", False)
    net.relay.packets_to_send(NOW)
    net.relay.on_timer(NOW + 60)
    kept = [each for each in gc.get_objects() if isinstance(each, Envelope) and each.topic == OTHER_TOPIC]
    assert kept == []
    net.relay.set_writable("slow", True)
    assert net.sent(NOW + 60, "slow") == []
    assert not net.relay.has_queued
