"""A25: forged batch-acks and message responses for unknown hashes.

Expected: ignored; never flips a message to sent.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.messenger.records import MessageState
from pystatus.waku import packets
from pystatus.waku.packets import EnvelopeError, MessageResponse
from pystatus.waku.relay.events import EnvelopeConfirmed, EnvelopeRefused, EnvelopeSent
from tests.support.people import Network
from tests.waku.network import NOW, Wire, envelope, events
from tests.waku.test_confirmations import CONFIRMING, told


def test_forged_confirmations() -> None:
    """A25: for unknown batches, from peers that were not sent it, or that do not confirm."""
    wire = Wire(status=CONFIRMING)
    wire.join("other", CONFIRMING)
    wire.join("silent")
    wire.sent()
    wire.relay.post(envelope(), NOW)
    ((_, payload),) = wire.sent()
    batch = keccak256(payload)
    events(wire.relay)
    acknowledgement = packets.encode_batch_acknowledged(batch)
    wire.receive(packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(os.urandom(32)))
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(os.urandom(32)).encode())
    wire.relay.receive_packet("silent", packets.BATCH_ACKNOWLEDGED, acknowledgement, NOW)
    wire.join("late", CONFIRMING, NOW + 20)
    wire.relay.receive_packet("late", packets.BATCH_ACKNOWLEDGED, acknowledgement, NOW + 20)
    assert not any(isinstance(event, EnvelopeConfirmed) for event in events(wire.relay))
    # The peer that was sent it may confirm it, still.
    wire.receive(packets.BATCH_ACKNOWLEDGED, acknowledgement)
    assert told(wire) == [EnvelopeConfirmed(envelope().hash, "peer")]


def test_errors_about_envelopes_that_were_not_in_the_batch() -> None:
    wire = Wire(status=CONFIRMING)
    wire.relay.post(envelope(1), NOW)
    ((_, payload),) = wire.sent()
    events(wire.relay)
    foreign = tuple(EnvelopeError(os.urandom(32), 1, "no") for _ in range(1_000))
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(os.urandom(32), foreign).encode())
    assert events(wire.relay) == []
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(keccak256(payload), foreign).encode())
    assert events(wire.relay) == [EnvelopeConfirmed(envelope(1).hash, "peer")]


def test_a_flood_of_them_while_something_waits() -> None:
    wire = Wire(status=CONFIRMING)
    wire.relay.post(envelope(1), NOW)
    wire.sent()
    events(wire.relay)
    for _ in range(10_000):
        wire.receive(packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(os.urandom(32)))
    assert not any(
        isinstance(event, EnvelopeConfirmed | EnvelopeRefused | EnvelopeSent) for event in events(wire.relay)
    )


def test_of_responses_to_other_batches_nothing_but_the_hash_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of one may take a fiftieth of a second, and where nothing is ever confirmed something is always awaited."""
    wire = Wire(status=CONFIRMING)
    wire.relay.post(envelope(1), NOW)
    ((_, payload),) = wire.sent()
    events(wire.relay)
    read: list[bytes] = []
    decode = MessageResponse.decode

    def count(data: bytes) -> MessageResponse | None:
        read.append(data)
        return decode(data)

    monkeypatch.setattr(MessageResponse, "decode", count)
    large = tuple(EnvelopeError(os.urandom(32), 1) for _ in range(6_000))
    for _ in range(100):
        wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(os.urandom(32), large).encode())
    assert read == []
    answer = MessageResponse(keccak256(payload)).encode()
    wire.receive(packets.MESSAGE_RESPONSE, b"\xc2\x02\x05")  # of another version
    wire.receive(packets.MESSAGE_RESPONSE, answer)
    wire.receive(packets.MESSAGE_RESPONSE, answer)
    assert read == [answer]
    assert events(wire.relay) == [EnvelopeConfirmed(envelope(1).hash, "peer")]


def test_what_was_never_handed_over_is_not_sent(network: Network) -> None:
    """Our own node says so, by the hash of the envelope; hashes that somebody makes up mean nothing."""
    alice = network.add("alice")
    alice.join("status")
    network.holding = True
    message = alice.say("status", "hello")
    (_, posted), *_ = network.held[-1:]
    for envelope_hash in (os.urandom(32), message.id, bytes(32)):
        alice.do(lambda h=envelope_hash: alice.messenger.envelope_handed_over(h, "relay", network.now))  # type: ignore[misc]
    stored = alice.store.message(message.id)
    assert stored == replace(message, state=MessageState.SENDING)
    alice.do(lambda: alice.messenger.envelope_handed_over(posted.hash, "relay", network.now))
    assert alice.states(message) == [MessageState.SENT]
