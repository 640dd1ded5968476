"""One question and one answer of SNTP (RFC 5905 §7.3, §14)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import RemoteError
from pystatus.timekeeping import sntp
from pystatus.timekeeping.sntp import Answer, KissOfDeath, Unusable
from tests.support.time_servers import answer

COOKIE = b"\x01\x02\x03\x04\x05\x06\x07\x08"
SENT = 1_700_000_000.25
QUESTION = sntp.question(COOKIE)


def test_a_question_says_nothing_of_who_asks() -> None:
    assert b"\x23" + bytes(39) + COOKIE == QUESTION


def test_an_answer_as_a_server_of_the_time_gave_it() -> None:
    """RFC 5905 §8 in numbers: half a second each way, and a server that thinks for a quarter."""
    packet = answer(QUESTION, SENT + 60.75, received=SENT + 60.5)
    assert sntp.is_answer(packet, COOKIE)
    assert sntp.read(packet, SENT, SENT + 1.25) == Answer(60.0, 1.0)


@given(ahead=st.floats(-7_200, 7_200), there=st.floats(0, 1), back=st.floats(0, 1), thinking=st.floats(0, 1))
def test_the_offset_is_off_by_half_of_the_way_at_most(ahead: float, there: float, back: float, thinking: float) -> None:
    came = SENT + there + ahead
    found = sntp.read(answer(QUESTION, came + thinking, received=came), SENT, SENT + there + thinking + back + 1e-6)
    assert abs(found.offset - ahead) <= found.delay / 2 + 1e-3
    assert found.delay == pytest.approx(there + back, abs=1e-3)


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(answer(QUESTION, SENT)[:-1], id="cut"),
        pytest.param(answer(QUESTION, SENT, origin=bytes(8)), id="another cookie"),
        pytest.param(QUESTION, id="a question"),
        pytest.param(answer(QUESTION, SENT, first=4 << 3 | 5), id="a broadcast"),
    ],
)
def test_what_is_no_answer(packet: bytes) -> None:
    assert not sntp.is_answer(packet, COOKIE)


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (answer(QUESTION, SENT, first=2 << 3 | 4), "version 2"),
        (answer(QUESTION, SENT, first=7 << 3 | 4), "version 7"),
        (answer(QUESTION, SENT, first=3 << 6 | 4 << 3 | 4), "does not know"),
        (answer(QUESTION, SENT, stratum=16), "does not know"),
        (answer(QUESTION, SENT, root_delay=2.1), "more than a second"),
        (answer(QUESTION, SENT, root_dispersion=1.1), "more than a second"),
        (answer(QUESTION, SENT, transmit=bytes(8)), "no time"),
        (answer(QUESTION, SENT, received=SENT + 1), "less than no time"),
        (answer(QUESTION, SENT + 5, received=SENT), "longer"),
    ],
)
def test_an_answer_that_says_nothing(packet: bytes, why: str) -> None:
    assert sntp.is_answer(packet, COOKIE)
    with pytest.raises(Unusable, match=why):
        sntp.read(packet, SENT, SENT + 1)


@pytest.mark.parametrize(("reference", "said"), [(b"RATE", "RATE"), (b"\x1b[2J", "no reason")])
def test_a_server_that_wants_not_to_be_asked(reference: bytes, said: str) -> None:
    with pytest.raises(KissOfDeath, match=said):
        sntp.read(answer(QUESTION, SENT, stratum=0, reference=reference), SENT, SENT + 1)


@pytest.mark.parametrize(
    "first", [4 << 3 | 4, 3 << 3 | 4, 1 << 6 | 4 << 3 | 4], ids=["now", "version 3", "leap second"]
)
def test_answers_that_differ_and_are_good(first: int) -> None:
    assert sntp.read(answer(QUESTION, SENT, first=first, stratum=15), SENT, SENT).offset == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("now", [sntp.ERA_BEGIN, 2_085_978_495.5, 2_085_978_496.5, 4_102_444_800.5])
@pytest.mark.parametrize("off", [0.0, -50 * 365 * 86_400.0])
def test_the_years_after_2036_and_a_clock_of_1970(now: float, off: float) -> None:
    """The seconds of NTP begin anew in February 2036. What our own clock says has no part in it."""
    sent = now + off
    assert sntp.read(answer(QUESTION, now), sent, sent).offset == pytest.approx(-off, abs=1e-3)


@given(st.binary(min_size=sntp.PACKET_SIZE, max_size=100))
def test_any_bytes(packet: bytes) -> None:
    try:
        found = sntp.read(packet, SENT, SENT + 1)
    except RemoteError:
        return
    assert 0 <= found.delay <= 1
