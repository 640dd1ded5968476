"""Message responses and batch acknowledgements between two of ours, and forged ones (waku.md §4.7, attack A25)."""

import os

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.waku import packets
from pystatus.waku.interest import Interest
from pystatus.waku.packets import MAX_RESPONSE_SIZE, EnvelopeError, MessageResponse
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeConfirmed, EnvelopeRefused, EnvelopeReturned, EnvelopeSent, Event
from pystatus.waku.relay.ingest import MAX_REPORTED_ERRORS
from pystatus.waku.relay.peer import MAX_AWAITED_BATCHES, Misbehaviour
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Network, Wire, change, envelope, events, repeat, topics

CONFIRMING = StatusOptions(confirmations_enabled=True, pow_requirement=0.0)


def told(wire: Wire) -> list[Event]:
    return [event for event in events(wire.relay) if not isinstance(event, EnvelopeSent)]


def post(wire: Wire, number: int) -> bytes:
    """Post, send, and return the batch hash."""
    wire.relay.post(envelope(number), NOW)
    ((_, payload),) = wire.sent()
    return keccak256(payload)


@pytest.mark.requirement("WK-48", "WK-49")
def test_an_envelope_is_confirmed() -> None:
    net = Network(alice=topics(TOPIC), relay=RelayConfig(confirmations=True))
    net.connect("alice", "relay")
    net.post("alice", envelope())
    assert events(net["alice"])[1:] == [
        EnvelopeSent(envelope().hash, "relay"),
        EnvelopeConfirmed(envelope().hash, "relay"),
    ]
    codes = [code for sender, _, code, _ in net.carried if sender == "relay"]
    assert codes == [packets.STATUS, packets.MESSAGE_RESPONSE, packets.BATCH_ACKNOWLEDGED]  # in this order


def test_the_vectors_answer_their_batches() -> None:
    """What we answer to a batch is what the reference answers: first the response, then the acknowledgement."""
    wire = Wire(RelayConfig(confirmations=True))
    wire.give(envelope())
    batch_hash = keccak256(packets.encode_messages([envelope()]))
    assert wire.sent() == [
        (packets.MESSAGE_RESPONSE, bytes.fromhex(f"e401e2a0{batch_hash.hex()}c0")),
        (packets.BATCH_ACKNOWLEDGED, bytes.fromhex(f"a0{batch_hash.hex()}")),
    ]


def test_an_envelope_is_refused() -> None:
    net = Network(alice=topics(TOPIC), relay=RelayConfig(confirmations=True, interest=Interest.in_topics([TOPIC])))
    net.connect("alice", "relay")
    # The relay has changed its mind longer ago than it tolerates, and Alice has not heard of it.
    change(net["relay"], net.now - 60, interest=Interest.in_topics([OTHER_TOPIC]))
    net["relay"].on_timer(net.now)
    net.post("alice", envelope())
    (refused,) = (event for event in events(net["alice"]) if isinstance(event, EnvelopeRefused))
    assert (refused.envelope_hash, refused.peer, refused.code) == (envelope().hash, "relay", packets.OTHER_ERROR)


def test_errors_of_time_are_told_apart() -> None:
    """waku.md D8, decisions.md: very old and far ahead are reported, expired a moment ago is not."""
    wire = Wire(RelayConfig(confirmations=True))
    batch = [envelope(1, now=NOW - 60), envelope(2, now=NOW + 60), envelope(3, now=NOW - 20), envelope(4)]
    wire.give(*batch)
    response = MessageResponse.decode(wire.sent()[0][1])
    assert response is not None
    assert [(e.envelope_hash, e.code) for e in response.errors] == [(batch[0].hash, 1), (batch[1].hash, 1)]


def test_confirmations_are_off_by_default() -> None:
    wire = Wire()
    wire.give(envelope())
    assert wire.sent() == []


@pytest.mark.requirement("WU-25")
def test_confirmations_are_not_passed_on() -> None:
    wire = Wire(status=CONFIRMING)
    wire.join("other", CONFIRMING)
    batch = post(wire, 1)
    events(wire.relay)
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(batch).encode())
    wire.receive(packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(batch))
    assert told(wire) == [EnvelopeConfirmed(envelope(1).hash, "peer")]
    assert wire.relay.packets_to_send(NOW) == []


def test_the_answer_counts_once() -> None:
    wire = Wire(status=CONFIRMING)
    batch = post(wire, 1)
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(batch).encode())
    assert told(wire) == [EnvelopeConfirmed(envelope(1).hash, "peer")]
    wire.receive(packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(batch))
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(batch).encode())
    assert told(wire) == []


def test_an_acknowledgement_alone_will_do() -> None:
    wire = Wire(status=CONFIRMING)
    batch = post(wire, 1)
    wire.receive(packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(batch))
    assert told(wire) == [EnvelopeConfirmed(envelope(1).hash, "peer")]


def test_part_of_a_batch() -> None:
    wire = Wire(status=CONFIRMING)
    wire.relay.post(envelope(1), NOW)
    batch = post(wire, 2)
    error = EnvelopeError(envelope(1).hash, 21, "no")
    foreign = EnvelopeError(os.urandom(32), 1, "whatever")
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(batch, (error, foreign)).encode())
    assert told(wire) == [
        EnvelopeRefused(envelope(1).hash, "peer", 21, "no"),
        EnvelopeConfirmed(envelope(2).hash, "peer"),
    ]


def test_relayed_envelopes_are_not_tracked() -> None:
    wire = Wire(status=CONFIRMING)
    wire.join("other")
    wire.relay.receive_packet("other", packets.MESSAGES, packets.encode_messages([envelope(1)]), NOW)
    ((_, payload),) = wire.sent()
    wire.receive(packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(keccak256(payload)))
    assert [event for event in told(wire) if isinstance(event, EnvelopeConfirmed)] == []


def test_other_versions_are_ignored() -> None:
    wire = Wire(status=CONFIRMING)
    post(wire, 1)
    wire.receive(packets.MESSAGE_RESPONSE, b"\xc2\x02\x80")
    assert told(wire) == []


@pytest.mark.parametrize("code", [packets.MESSAGE_RESPONSE, packets.BATCH_ACKNOWLEDGED])
@pytest.mark.parametrize("payload", [b"", b"\xc0", b"garbage", bytes(MAX_RESPONSE_SIZE + 1)])
def test_malformed_confirmations_are_scored(code: int, payload: bytes) -> None:
    wire = Wire(status=CONFIRMING)
    wire.receive(code, payload)  # nothing is awaited: not even looked at
    post(wire, 1)
    with pytest.raises(Misbehaviour):
        repeat(10, lambda: wire.receive(code, payload))


def test_what_is_awaited_is_bounded() -> None:
    wire = Wire(status=CONFIRMING)
    batches = [post(wire, number) for number in range(MAX_AWAITED_BATCHES + 1)]
    events(wire.relay)
    for batch in batches:
        wire.receive(packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(batch))
    assert len(told(wire)) == MAX_AWAITED_BATCHES


def test_a_response_stays_small() -> None:
    """One that would not is not sent: what it leaves out would count as taken."""
    wire = Wire(RelayConfig(confirmations=True))
    late = [envelope(number, now=NOW - 60) for number in range(MAX_REPORTED_ERRORS + 1)]
    wire.give(*late[1:])
    response, _ = wire.sent()
    assert len(response[1]) < MAX_RESPONSE_SIZE
    wire.give(*late)
    assert wire.sent() == []


def returned(wire: Wire) -> list[Event]:
    return [event for event in events(wire.relay) if isinstance(event, EnvelopeReturned)]


def test_an_own_envelope_that_went_around_is_told() -> None:
    """A peer that was not there when it was posted has it from somebody else."""
    wire = Wire()
    post(wire, 1)
    wire.join("late")
    wire.relay.receive_packet("late", packets.MESSAGES, packets.encode_messages([envelope(1)]), NOW)
    assert returned(wire) == [EnvelopeReturned(envelope(1).hash, "late")]


def test_who_was_sent_an_envelope_proves_nothing_by_sending_it_back() -> None:
    wire = Wire()
    post(wire, 1)
    wire.give(envelope(1))
    wire.give(envelope(2))  # of somebody else
    wire.join("late")
    wire.relay.receive_packet("late", packets.MESSAGES, packets.encode_messages([envelope(2)]), NOW)
    assert returned(wire) == []
