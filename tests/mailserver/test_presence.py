"""What a mailserver may say that it has heard: from when, until when, and what breaks it off."""

from __future__ import annotations

import pytest

from pystatus.mailserver.server.uptime import Uptime
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.mailserver.timing import BEGINNING, LONGEST_PAUSE, LOOK_SECONDS, SETTLING
from tests.waku.network import NOW

BEGIN = int(NOW)
FIRST = BEGIN + BEGINNING
"""The first second that may be counted when one began to listen at BEGIN."""


class Listener:
    """A mailserver that is looked at every five seconds."""

    def __init__(self) -> None:
        self.presence = Uptime()
        self.now = NOW
        self.relays: list[object] = ["a relay"]
        self.lost = 0
        self.heard = self.presence.look(self.now, self.relays, self.lost)

    def listens(self, seconds: float, step: float = LOOK_SECONDS) -> TimeRange | None:
        for _ in range(int(seconds / step)):
            self.now += step
            self.heard = self.presence.look(self.now, self.relays, self.lost)
        return self.heard


def test_the_last_two_minutes_are_never_counted() -> None:
    listener = Listener()
    assert listener.listens(SETTLING + BEGINNING) is None
    assert listener.listens(5) == TimeRange(FIRST, FIRST + 5)
    assert listener.listens(600) == TimeRange(FIRST, FIRST + 605)


def test_nobody_hears_anything_without_a_relay() -> None:
    listener = Listener()
    listener.relays = []
    assert listener.listens(3_600) is None


def test_hearing_begins_with_the_first_relay_and_ends_with_the_last() -> None:
    listener = Listener()
    listener.listens(600)
    listener.relays = ["another relay", "a relay"]
    assert listener.listens(300) == TimeRange(FIRST, BEGIN + 900 - SETTLING)
    listener.relays = ["another relay"]  # one of them stayed all the time
    assert listener.listens(300) == TimeRange(FIRST, BEGIN + 1_200 - SETTLING)
    listener.relays = []
    assert listener.listens(300) is None
    listener.relays = ["another relay"]
    assert listener.listens(300) == TimeRange(BEGIN + 1_505 + BEGINNING, BEGIN + 1_800 - SETTLING)


def test_a_relay_that_was_replaced_between_two_looks_was_not_there_all_the_time() -> None:
    listener = Listener()
    listener.listens(600)
    listener.relays = ["the same relay, connected again"]
    assert listener.listens(300) == TimeRange(BEGIN + 605 + BEGINNING, BEGIN + 900 - SETTLING)


def test_what_could_not_be_archived_was_not_heard() -> None:
    listener = Listener()
    listener.listens(600)
    listener.lost = 3
    assert listener.listens(5) is None
    assert listener.listens(295) == TimeRange(BEGIN + 605 + BEGINNING, BEGIN + 900 - SETTLING)


@pytest.mark.parametrize("pause", [LONGEST_PAUSE + 1, 3_600, -1, -3_600])
def test_a_machine_that_slept_or_a_clock_that_was_set_begins_anew(pause: float) -> None:
    listener = Listener()
    listener.listens(600)
    assert listener.listens(LONGEST_PAUSE, step=LONGEST_PAUSE) == TimeRange(
        FIRST, BEGIN + 600 + LONGEST_PAUSE - SETTLING
    )
    listener.now += pause
    assert listener.presence.look(listener.now, listener.relays, 0) is None
    again = int(listener.now)
    assert listener.listens(300) == TimeRange(again + BEGINNING, again + 300 - SETTLING)


@pytest.mark.parametrize("every", [5, 60, 145, 150, 600])
def test_who_comes_and_goes_makes_a_span_in_two_minutes_at_most(every: int) -> None:
    listener = Listener()
    heard = TimeRanges()
    for number in range(4 * 3_600 // every):
        listener.relays = [f"relay {number}"]
        span = listener.listens(every)
        heard |= TimeRanges([span] if span is not None else [])
    assert len(heard) <= 4 * 3_600 // SETTLING
    assert bool(heard) is (every > SETTLING + BEGINNING + LOOK_SECONDS)
