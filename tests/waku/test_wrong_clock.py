"""Two nodes whose clocks are apart: what each says of it, and what becomes of own envelopes (waku.md §2.5, §4.7)."""

from __future__ import annotations

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import EnvelopeError, MessageResponse
from pystatus.waku.relay.admission import Refusal, offset_said
from pystatus.waku.relay.clock_judgement import ClockJudgement
from pystatus.waku.relay.clock_offset import FRESH_TTL, LEAST_REFUSED, ON_THE_WAY, REPEATED_SECONDS
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import ClockJudged, EnvelopeConfirmed, EnvelopeExpired, EnvelopeRefused
from pystatus.waku.relay.ingest import MAX_UNASKED_ERRORS
from pystatus.waku.relay.peer import COMPLAINT_BURST, COMPLAINT_RATE
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, Wire, envelope, events

ASKING = StatusOptions(pow_requirement=0.0)


def response(wire: Wire, now: float = NOW) -> MessageResponse | None:
    """What the relay answers to the last packet."""
    answers = [payload for code, payload in wire.sent(now) if code == packets.MESSAGE_RESPONSE]
    return MessageResponse.decode(answers[0]) if answers else None


def told(relay: Relay) -> list[object]:
    kinds = (ClockJudged, EnvelopeConfirmed, EnvelopeExpired, EnvelopeRefused)
    return [event for event in events(relay) if isinstance(event, kinds)]


@pytest.mark.parametrize("offset", [300, -300, 11, -16])
def test_who_sends_what_is_refused_for_its_time_is_told_without_having_asked(offset: int) -> None:
    wire = Wire()
    late = envelope(1, now=NOW + offset)
    wire.give(late, envelope(2))
    batch = keccak256(packets.encode_messages([late, envelope(2)]))
    answer = response(wire)
    assert answer is not None
    assert answer.batch_hash == batch
    (error,) = answer.errors
    assert (error.envelope_hash, error.code) == (late.hash, packets.TIME_NOT_SYNCED)
    assert offset_said(error.description) == offset


def test_what_is_refused_for_something_else_is_not_told() -> None:
    wire = Wire(RelayConfig(min_pow=1_000_000.0))
    wire.give(envelope(1))
    assert response(wire) is None


def test_complaints_are_bounded() -> None:
    """A relay with a wrong clock sends thousands; it does not get as many answers, nor long ones."""
    wire = Wire()
    wire.give(*(envelope(number, now=NOW + 300) for number in range(MAX_UNASKED_ERRORS + 1)))
    assert response(wire) is None
    answered = 0
    for number in range(1_000, 1_000 + 5 * COMPLAINT_BURST):
        wire.give(envelope(number, now=NOW + 300))
        answered += response(wire) is not None
    assert answered == COMPLAINT_BURST
    wire.give(envelope(9_999, now=NOW + 300), now=NOW + 1 / COMPLAINT_RATE)
    assert response(wire, NOW + 1 / COMPLAINT_RATE) is not None


def test_a_complaint_about_our_envelope_tells_how_far_the_clocks_are_apart() -> None:
    """The other one's clock is five minutes ahead: for it, what we send now was sent five minutes ago."""
    wire = Wire(status=ASKING)
    wire.relay.post(envelope(1), NOW)
    wire.relay.post(envelope(2), NOW)
    ((_, payload),) = wire.sent()
    events(wire.relay)
    error = EnvelopeError(envelope(1).hash, packets.TIME_NOT_SYNCED, Refusal.VERY_OLD.said(-300))
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(keccak256(payload), (error,)).encode())
    wire.sent()
    assert told(wire.relay) == [
        EnvelopeRefused(envelope(1).hash, "peer", packets.TIME_NOT_SYNCED, error.description),
        ClockJudged(ClockJudgement(300, 1, 0)),
    ]  # and nothing is said to be confirmed


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (packets.TIME_NOT_SYNCED, "very old envelope"),
        (packets.OTHER_ERROR, Refusal.VERY_OLD.said(-300)),
        (21, "pow is too low"),
        (packets.TIME_NOT_SYNCED, "(sent -99999999999999999999 s from now)"),
        (packets.TIME_NOT_SYNCED, ""),
    ],
)
def test_other_words_say_nothing_about_our_clock(code: int, description: str) -> None:
    wire = Wire(status=ASKING)
    wire.relay.post(envelope(1), NOW)
    ((_, payload),) = wire.sent()
    events(wire.relay)
    error = EnvelopeError(envelope(1).hash, code, description)
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(keccak256(payload), (error,)).encode())
    wire.sent()
    assert told(wire.relay) == [EnvelopeRefused(envelope(1).hash, "peer", code, description)]


def test_envelopes_that_are_all_off_are_noticed_and_so_is_the_end_of_it() -> None:
    wire = Wire(RelayConfig(watched=frozenset()))
    for number in range(LEAST_REFUSED):
        wire.give(envelope(number, now=NOW + 300))
    wire.sent(NOW + 2)
    assert told(wire.relay) == [ClockJudged(ClockJudgement(300, 1, 0))]
    wire.give(envelope(99), now=NOW + 3)
    wire.sent(NOW + 5)
    assert told(wire.relay) == [ClockJudged(ClockJudgement())]


@pytest.mark.parametrize("late", [1, ON_THE_WAY, ON_THE_WAY + 1])
def test_what_expired_on_its_way_says_nothing_about_our_clock(late: int) -> None:
    """A relay has sent all that it has to somebody who connects, and some of it was at the end of its life."""
    wire = Wire(RelayConfig(watched=frozenset()))
    wire.give(*(envelope(number, now=NOW - 15 - late, ttl=15) for number in range(LEAST_REFUSED)))
    wire.sent(NOW + 2)
    assert wire.relay.clock_offset.judgement.is_suspected == (late > ON_THE_WAY)
    assert wire.relay.counters.envelopes_refused[Refusal.EXPIRED] == LEAST_REFUSED


def test_a_suspicion_ends_when_nothing_is_heard_any_more() -> None:
    wire = Wire()
    for number in range(LEAST_REFUSED):
        wire.give(envelope(number, now=NOW + 300))
    now = NOW + 2
    wire.sent(now)
    assert wire.relay.clock_offset.judgement.is_suspected
    events(wire.relay)
    while (due := wire.relay.next_timer()) is not None and now < NOW + 3_600:
        now = max(now, due) + 0.001
        wire.relay.on_timer(now)
        wire.sent(now)
    assert [event.judgement.is_suspected for event in told(wire.relay) if isinstance(event, ClockJudged)] == [False]


def test_what_was_refused_is_judged_even_if_nothing_else_comes() -> None:
    """It came right after a judgement, and the next one has to wait a second."""
    wire = Wire()
    for number in range(LEAST_REFUSED):
        wire.sent()
        wire.give(envelope(number, now=NOW + 300))
    due = wire.relay.next_timer()
    assert due is not None
    assert due <= NOW + 1
    wire.relay.on_timer(due)
    wire.sent(due)
    assert wire.relay.clock_offset.judgement.is_suspected


def test_a_clock_that_is_set_back_gives_up_what_it_has_dated_to_the_future() -> None:
    """Else it would be under way until that time comes, and never be sent again."""
    relay = Wire(status=ASKING).relay
    ahead = NOW + 40 * 86_400
    for number, delay in ((1, 0.0), (2, 3.0)):
        relay.post(envelope(number, now=ahead), ahead, delay)
    relay.packets_to_send(ahead)
    events(relay)
    relay.clock_set(NOW)
    relay.on_timer(NOW)
    assert told(relay) == [EnvelopeExpired(envelope(number, now=ahead).hash) for number in (1, 2)]
    relay.post(envelope(3), NOW)
    relay.clock_set(NOW - 5)
    assert told(relay) == []


def test_a_clock_that_is_set_begins_to_listen_anew() -> None:
    wire = Wire()
    for number in range(LEAST_REFUSED):
        wire.give(envelope(number, now=NOW + 300))
    wire.sent(NOW + 2)
    events(wire.relay)
    wire.relay.clock_set(NOW + 302)
    wire.sent(NOW + 302)
    assert told(wire.relay) == [ClockJudged(ClockJudgement())]


@pytest.mark.parametrize(("ttl", "agrees"), [(FRESH_TTL, True), (FRESH_TTL + 1, False)])
def test_envelopes_that_live_long_agree_with_any_clock_and_do_not_count(ttl: int, agrees: bool) -> None:
    wire = Wire()
    wire.give(envelope(1, ttl=ttl))
    assert wire.relay.clock_offset.judge(NOW + 2).agreeing == agrees


def test_a_time_that_wraps_around_says_nothing_about_our_clock() -> None:
    wire = Wire()
    for number in range(LEAST_REFUSED):
        wire.give(Envelope.create(10 + number, 1_000, b"abcd", b"data", 1))
    assert not wire.relay.clock_offset.judge(NOW + 2).is_suspected


def refusal(wire: Wire, sent: Envelope, offset: int, now: float) -> None:
    """The peer says that what we have sent was sent so far from its time."""
    ((_, payload),) = [packet for packet in wire.sent(NOW) if packet[0] == packets.MESSAGES]
    error = EnvelopeError(sent.hash, packets.TIME_NOT_SYNCED, Refusal.VERY_OLD.said(offset))
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(keccak256(payload), (error,)).encode(), now)


@pytest.mark.parametrize("late", [0, 13])
def test_an_envelope_that_was_long_under_way_says_nothing_about_our_clock(late: int) -> None:
    """It had expired when it came, and was of its time when it was sent: the clocks agree."""
    wire = Wire(status=ASKING)
    wire.relay.post(envelope(1), NOW)
    refusal(wire, envelope(1), -late, NOW + late)
    assert not wire.relay.clock_offset.judge(NOW + late + 2).disagreeing


@pytest.mark.parametrize("step", [300, -300])
def test_a_complaint_that_comes_after_our_clock_was_set_says_nothing_about_it(step: int) -> None:
    wire = Wire(status=ASKING)
    wire.relay.post(envelope(1), NOW)
    ((_, payload),) = wire.sent()
    now = NOW + step
    wire.relay.clock_set(now)
    wire.relay.on_timer(now)
    error = EnvelopeError(envelope(1).hash, packets.TIME_NOT_SYNCED, Refusal.VERY_OLD.said(-step))
    wire.receive(packets.MESSAGE_RESPONSE, MessageResponse(keccak256(payload), (error,)).encode(), now)
    assert not wire.relay.clock_offset.judge(now + 2).disagreeing


@pytest.mark.parametrize(("ttl", "agreeing"), [(15, 1), (FRESH_TTL + 1, 0)])
def test_who_brings_what_we_have_agrees_with_our_clock(ttl: int, agreeing: int) -> None:
    """Else of several peers only the fastest would be heard. It is looked at every few seconds."""
    wire = Wire()
    wire.relay.post(envelope(1, ttl=ttl), NOW)
    wire.give(envelope(1, ttl=ttl))
    wire.give(envelope(1, ttl=ttl))
    assert wire.relay.clock_offset.judge(NOW + 2).agreeing == agreeing
    voices = wire.relay.clock_offset._voices.values()
    assert [len(voice.samples) for voice in voices] == [1] * agreeing
    wire.give(envelope(1, ttl=ttl), now=NOW + REPEATED_SECONDS)
    assert [len(voice.samples) for voice in voices] == [2] * agreeing


def test_who_brings_what_we_have_in_a_large_packet_agrees_likewise() -> None:
    wire = Wire()
    many = [envelope(number, size=5_000) for number in range(40)]
    wire.give(*many)
    wire.relay.clock_offset.stepped()
    wire.give(*many)
    assert wire.relay.clock_offset.judge(NOW + 2).agreeing == 1
