"""Which envelopes are taken: the vectors, the edges of the window, and settings that change."""

import pytest

from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import MessageResponse
from pystatus.waku.relay.admission import Admission, Refusal
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import StatusOptions
from tests.support.vectors import Case, case_id, cases, unhex
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, envelope

TTL_ZERO = 8
YEAR_LONG_TTL = 9
ALREADY_KNOWN = 13

REPORTED = {
    "envelope from future": packets.TIME_NOT_SYNCED,
    "very old envelope": packets.TIME_NOT_SYNCED,
    "huge messages are not allowed": packets.OTHER_ERROR,
    "envelope with low PoW received": packets.OTHER_ERROR,
    "envelope does not match bloom filter": packets.OTHER_ERROR,
}
"""What we report where the reference says 21 whatever happened (tests/vectors/README.md fact 24)."""


def interest(case: Case) -> Interest:
    if case["full_node"]:
        return EVERYTHING
    if case["bloom_filter"] is not None:
        return Interest.in_bloom(unhex(case["bloom_filter"]))
    return Interest.in_topics([unhex(topic) for topic in case["topic_interest"]])


def outcome(refusal: Refusal | None) -> str:
    if refusal is None:
        return "accepted"
    return "dropped" if refusal.code is None else "error"


@pytest.mark.requirement("WK-9")
@pytest.mark.parametrize("case", cases("admission"), ids=case_id)
def test_judgement(case: Case) -> None:
    admission = Admission(interest(case), case["min_pow"], case["max_message_size"])
    received = Envelope.decode(unhex(case["envelope_rlp"]))
    assert (received.expiry, received.ttl, received.size) == (case["expiry"], case["ttl"], case["size"])
    refusal = admission.refuse(received, case["now"])
    if case["id"] == TTL_ZERO:  # decisions.md: refused
        assert refusal is Refusal.NO_LIFETIME
    else:
        assert outcome(refusal) == case["outcome"]


@pytest.mark.parametrize("case", cases("admission"), ids=case_id)
def test_a_whole_node(case: Case) -> None:
    """The same envelopes, received from a peer by a relay that confirms."""
    relay = Relay(
        RelayConfig(
            interest=interest(case),
            min_pow=case["min_pow"],
            max_envelope_size=case["max_message_size"],
            confirmations=True,
        )
    )
    now = float(case["now"])
    relay.peer_connected("peer", now)
    relay.receive_packet("peer", packets.STATUS, StatusOptions().encode(), now)
    relay.packets_to_send(now)
    received = Envelope.decode(unhex(case["envelope_rlp"]))
    batch = packets.encode_messages([received])
    for _ in range(2 if case["id"] == ALREADY_KNOWN else 1):
        relay.receive_packet("peer", packets.MESSAGES, batch, now)
    stored = case["stored"] and case["id"] != TTL_ZERO
    assert (relay.pool.get(received.hash) is not None) is stored
    if case["id"] == YEAR_LONG_TTL:  # decisions.md: how long it is kept is bounded by the pool, not by its ttl
        assert relay.pool.next_sweep() == case["expiry"] + 1
    code, payload = relay.packets_to_send(now)[-2][1:]
    response = MessageResponse.decode(payload)
    assert code == packets.MESSAGE_RESPONSE
    assert response is not None
    expected = [2] if case["id"] == TTL_ZERO else [REPORTED[case["error"]]] if "error" in case else []
    assert [error.code for error in response.errors] == expected


WINDOW = [
    (-22, Refusal.VERY_OLD),
    (-21, Refusal.VERY_OLD),
    (-20, Refusal.EXPIRED),
    (-1, Refusal.EXPIRED),
    (0, None),
    (1, None),
    (15, None),
    (25, None),
    (26, Refusal.FROM_FUTURE),
    (1000, Refusal.FROM_FUTURE),
]


@pytest.mark.parametrize(("left", "expected"), WINDOW)
def test_the_window(left: int, expected: Refusal | None) -> None:
    """``left`` seconds until expiry, of a ttl of 15: sent up to 10 s from now, expired not at all."""
    second = int(NOW)
    received = Envelope.create(second + left, 15, TOPIC, b"data")
    assert Admission().refuse(received, second) is expected


@pytest.mark.requirement("WU-3")
@pytest.mark.parametrize("ttl", [1, 10, 15])
def test_no_longer_life_is_demanded_than_the_specification_allows(ttl: int) -> None:
    """10 seconds must be enough; less is fine as well."""
    received = Envelope.create(int(NOW) + ttl, ttl, TOPIC, b"data")
    assert Admission().refuse(received, int(NOW)) is None


def test_a_future_envelope_needs_more_work() -> None:
    """The work is counted for the longer life, and a clock that is ahead is nobody's fault."""
    received = envelope(pow_target=0.002, ttl=15)
    second = int(NOW)
    assert received.pow() > received.pow(6)
    admission = Admission(min_pow=received.pow())
    assert admission.refuse(received, second) is None
    assert admission.refuse(received, second - 5) is Refusal.LOW_POW_FOR_FUTURE
    assert Refusal.LOW_POW_FOR_FUTURE.penalty == 0
    assert Admission(min_pow=received.pow(6)).refuse(received, second - 5) is None
    assert Admission(min_pow=received.pow() * 1.01).refuse(received, second - 5) is Refusal.LOW_POW


def test_a_former_interest_stays_good_for_ten_seconds() -> None:
    admission = Admission(Interest.in_topics([TOPIC]))
    admission.set_interest(Interest.in_topics([OTHER_TOPIC]), NOW)
    assert admission.wants(TOPIC)
    assert admission.wants(OTHER_TOPIC)
    assert admission.next_timer() == NOW + 10
    admission.on_timer(NOW + 9.9)
    assert admission.wants(TOPIC)
    admission.on_timer(NOW + 10)
    assert not admission.wants(TOPIC)
    assert admission.wants(OTHER_TOPIC)
    assert admission.next_timer() is None


def test_a_former_proof_of_work_stays_good_for_ten_seconds() -> None:
    admission = Admission(min_pow=0.001)
    admission.set_min_pow(0.1, NOW)
    assert admission.lowest_pow == 0.001
    admission.set_min_pow(0.01, NOW + 5)
    assert admission.lowest_pow == 0.001
    admission.on_timer(NOW + 10)
    assert admission.lowest_pow == 0.01
    admission.on_timer(NOW + 15)
    assert admission.lowest_pow == 0.01
    admission.set_min_pow(0.0001, NOW + 16)
    assert admission.lowest_pow == 0.0001


def test_former_settings_are_bounded() -> None:
    admission = Admission(Interest.in_topics([TOPIC]))
    for number in range(100):
        admission.set_interest(Interest.in_topics([number.to_bytes(4, "big")]), NOW)
        admission.set_min_pow(0.5 + number, NOW)
    assert not admission.wants(TOPIC)
    assert admission.wants((99).to_bytes(4, "big"))
    assert admission.wants((90).to_bytes(4, "big"))
    assert admission.lowest_pow > 0.5
