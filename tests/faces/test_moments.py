"""Times and spans of time as people read them."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone

import pytest

from pystatus.faces.catalogue import texts_in
from pystatus.faces.moments import day_text, local, moment_text, shown_ms, span_text, time_text
from tests.faces.support import DAY_MS, MINUTE_MS, NOON, message

ENGLISH, GERMAN = texts_in("en"), texts_in("de")
TODAY = date(2020, 8, 26)


@pytest.mark.parametrize(
    ("days", "english", "german"),
    [
        (0, "Today", "Heute"),
        (-1, "Yesterday", "Gestern"),
        (1, "Thursday, 27 August 2020", "Donnerstag, 27. August 2020"),
        (-60, "Saturday, 27 June 2020", "Samstag, 27. Juni 2020"),
    ],
)
def test_days(days: int, english: str, german: str) -> None:
    day = TODAY + timedelta(days=days)
    assert (day_text(day, TODAY, ENGLISH), day_text(day, TODAY, GERMAN)) == (english, german)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (86_400, "24 h"),
        (172_800, "2 days"),
    ],
)
def test_spans(seconds: float, shown: str) -> None:
    assert span_text(seconds, ENGLISH) == shown


def test_a_moment_of_today_is_a_time() -> None:
    east = timezone(timedelta(hours=2))
    assert time_text(NOON, UTC) == "12:00"
    assert time_text(NOON, east) == "14:00"
    assert moment_text(NOON + 5 * MINUTE_MS, TODAY, ENGLISH, UTC) == "12:05"
    assert moment_text(NOON - DAY_MS, TODAY, ENGLISH, UTC) == "Yesterday, 12:00"
    assert moment_text(NOON - 2 * DAY_MS, TODAY, GERMAN, UTC) == "Montag, 24. August 2020, 12:00"


@pytest.mark.parametrize("nonsense", [1 << 62, -(1 << 62)])
def test_a_time_that_no_calendar_has(nonsense: int) -> None:
    assert local(nonsense, UTC).year == 1970


def test_a_message_is_never_of_later_than_it_came() -> None:
    assert shown_ms(message(1, sent_ms=NOON, received_ms=NOON + 1)) == NOON
    assert shown_ms(message(1, sent_ms=NOON + DAY_MS, received_ms=NOON)) == NOON
