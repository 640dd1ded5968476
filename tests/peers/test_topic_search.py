"""overlay.md §7.3, row by row: when a topic is searched, and how fast."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.peers.limits import MAX_TOPIC_PEERS, TopicLimits
from pystatus.peers.topic_search import FAST_PERIOD, MAX_FAST_SECONDS, SLOW_PERIOD, STOP_DELAY, Mode, TopicSearch


def search(least: int = 2, most: int = 3) -> TopicSearch:
    return TopicSearch(TopicLimits(least, most))


@pytest.mark.parametrize(
    ("count", "mode"), [(0, Mode.FAST), (1, Mode.FAST), (2, Mode.SLOW), (3, Mode.STOPPED), (4, Mode.STOPPED)]
)
def test_it_begins_fast_below_the_least_number_slowly_above_and_not_at_all_with_enough(count: int, mode: Mode) -> None:
    topic = search()
    topic.start(count, 0.0)
    assert topic.mode is mode
    assert topic.is_running == (mode is not Mode.STOPPED)


def test_the_periods_are_those_of_the_reference() -> None:
    assert (
        (Mode.FAST.value, Mode.SLOW.value, Mode.STOPPED.value) == (FAST_PERIOD, SLOW_PERIOD, None) == (3.0, 30.0, None)
    )


def test_starting_again_changes_nothing() -> None:
    topic = search()
    topic.start(0, 0.0)
    topic.start(0, 20.0)
    assert topic.next_timer == MAX_FAST_SECONDS


def test_it_is_fast_for_half_a_minute_at_most() -> None:
    topic = search()
    topic.start(0, 0.0)
    topic.on_timer(MAX_FAST_SECONDS - 1)
    assert topic.mode is Mode.FAST
    topic.on_timer(MAX_FAST_SECONDS)
    assert (topic.mode, topic.next_timer) == (Mode.SLOW, None)


def test_a_peer_that_is_enough_slows_it_down_and_its_loss_hurries_it() -> None:
    topic = search()
    topic.start(1, 0.0)
    topic.recount(2, 5.0)
    assert (topic.mode, topic.next_timer) == (Mode.SLOW, None)
    topic.recount(1, 6.0)
    assert (topic.mode, topic.next_timer) == (Mode.FAST, 6.0 + MAX_FAST_SECONDS)


def test_with_all_peers_it_ends_after_ten_seconds() -> None:
    topic = search()
    topic.start(2, 0.0)
    topic.recount(3, 5.0)
    topic.recount(4, 6.0)  # the time counts from the first
    assert topic.next_timer == 5.0 + STOP_DELAY
    topic.on_timer(5.0 + STOP_DELAY - 0.1)
    assert topic.is_running
    topic.on_timer(5.0 + STOP_DELAY)
    assert not topic.is_running
    assert topic.next_timer is None


def test_a_peer_that_leaves_within_the_ten_seconds_is_missed() -> None:
    """The reference ends the search nevertheless."""
    topic = search()
    topic.start(2, 0.0)
    topic.recount(3, 5.0)
    topic.recount(2, 6.0)
    topic.on_timer(100.0)
    assert topic.is_running


def test_one_that_is_stopped_stays_so_whatever_is_counted() -> None:
    topic = search()
    topic.start(0, 0.0)
    topic.stop()
    topic.recount(0, 1.0)
    topic.on_timer(1000.0)
    assert (topic.mode, topic.next_timer) == (Mode.STOPPED, None)


@pytest.mark.parametrize(("least", "most"), [(3, 2), (-1, 2), (0, MAX_TOPIC_PEERS + 1)])
def test_limits_that_make_no_sense(least: int, most: int) -> None:
    with pytest.raises(LocalError, match=r"^Of peers of a topic at least "):
        TopicLimits(least, most)
