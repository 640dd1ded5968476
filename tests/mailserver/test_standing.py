"""How a mailserver's behaviour counts."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pystatus.mailserver.client import reputation as module
from pystatus.mailserver.client.query import Query
from pystatus.mailserver.client.reputation import (
    FIRST_LIMIT,
    FIRST_REST,
    LATEST_HEDGE,
    LEAST_ABSENT,
    LEAST_LIMIT,
    LONGEST_REST,
    MAX_ABSENT,
    PATIENCE,
    SOONEST_HEDGE,
    Reputation,
)
from pystatus.mailserver.config import MAX_LIMIT
from pystatus.mailserver.coverage import ALL_TOPICS
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.mailserver.timing import LACKING_REST
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC


def ready() -> Reputation:
    standing = Reputation(bytes(64))
    standing.is_wanted = standing.is_ready = True
    return standing


def page(standing: Reputation, seconds: float, at: float = NOW) -> None:
    standing.ask(bytes(32), at)
    standing.succeeded(at + seconds)


def test_who_can_be_asked() -> None:
    standing = Reputation(bytes(64))
    assert not standing.can_be_asked(NOW)
    standing.is_wanted = True
    assert not standing.can_be_asked(NOW)
    standing.is_ready = True
    assert standing.can_be_asked(NOW)
    standing.is_wanted = False  # connected for another reason: it is not trusted
    assert not standing.can_be_asked(NOW)
    standing.is_wanted = True
    standing.query = Query(frozenset(), TimeRange(0, 1), 1, 1, NOW)
    assert not standing.can_be_asked(NOW)


def test_pages_grow_as_long_as_all_is_well() -> None:
    standing = ready()
    limits = []
    for _ in range(6):
        limits.append(standing.limit)
        page(standing, 0.5)
    assert limits == [FIRST_LIMIT, MAX_LIMIT, MAX_LIMIT, MAX_LIMIT, MAX_LIMIT, MAX_LIMIT]


def test_pages_shrink_with_each_failure_down_to_what_everybody_manages() -> None:
    standing = ready()
    limits = []
    for _ in range(3):
        standing.refused(NOW)
        limits.append(standing.limit)
    assert limits == [LEAST_LIMIT] * 3


def test_the_rest_doubles_with_each_failure_and_ends_with_a_page() -> None:
    standing = ready()
    rests = []
    for _ in range(30):
        standing.refused(NOW)
        rests.append(standing.rests_until - NOW)
    assert rests[:4] == [FIRST_REST, 30, 60, 120]
    assert rests[-1] == LONGEST_REST
    page(standing, 1.0)
    standing.refused(NOW)
    assert standing.rests_until == NOW + FIRST_REST
    assert not standing.can_be_asked(NOW + FIRST_REST - 1)
    assert standing.can_be_asked(NOW + FIRST_REST)


def test_a_refusal_keeps_the_connection_a_failure_does_not_and_a_lie_rests_longest() -> None:
    refused, failed, lied = ready(), ready(), ready()
    refused.refused(NOW)
    failed.failed(NOW)
    lied.lied(NOW)
    assert (refused.is_wanted, refused.is_ready) == (True, True)
    assert (failed.is_wanted, failed.is_ready, failed.rests_until) == (False, False, NOW + FIRST_REST)
    assert (lied.is_wanted, lied.is_ready, lied.rests_until) == (False, False, NOW + LONGEST_REST)
    for standing in (refused, failed, lied):
        assert (standing.query, standing.deadline) == (None, None)


def test_the_better_one_fails_less_and_then_is_faster() -> None:
    fast, slow, failing = ready(), ready(), ready()
    page(fast, 0.2)
    page(slow, 5.0)
    page(failing, 0.1)
    failing.refused(NOW)
    assert sorted([failing, slow, fast], key=lambda standing: standing.rank) == [fast, slow, failing]


def test_a_page_is_late_when_it_takes_three_times_as_long_as_usual() -> None:
    standing = ready()
    for _ in range(30):
        page(standing, 1.5)
    standing.ask(bytes(32), NOW)
    assert standing.hedge_at == pytest.approx(NOW + 4.5, abs=0.01)
    for _ in range(30):
        page(standing, 9.0)
    standing.ask(bytes(32), NOW)
    assert standing.hedge_at == NOW + LATEST_HEDGE
    for _ in range(30):
        page(standing, 0.01)
    standing.ask(bytes(32), NOW)
    assert standing.hedge_at == NOW + SOONEST_HEDGE


def test_each_sign_gives_it_more_time_up_to_an_end() -> None:
    standing = ready()
    standing.ask(bytes(32), NOW)
    assert standing.deadline == NOW + PATIENCE
    standing.await_sign(NOW + 9, until=NOW + 60)
    assert standing.deadline == NOW + 9 + PATIENCE
    standing.await_sign(NOW + 59, until=NOW + 60)
    assert standing.deadline == NOW + 60


def test_a_clock_that_is_set_back_makes_nobody_wait_for_its_former_time() -> None:
    day = 86_400
    standing, idle = ready(), ready()
    standing.lied(NOW + day)
    standing.ask(bytes(32), NOW + day)
    for each in (standing, idle):
        each.clock_set_back(NOW)
    assert standing.rests_until == NOW + LONGEST_REST
    assert standing.deadline == NOW + PATIENCE
    assert standing.asked_at == NOW
    standing.succeeded(NOW - 5)
    assert 0 <= standing.page_seconds <= 1
    assert idle.deadline is None
    assert idle.can_be_asked(NOW)


def lacked(topics: Iterable[bytes], *spans: TimeRange) -> Query:
    """A question that was answered without these spans."""
    query = Query(frozenset(topics), TimeRange(0, 1_000_000), 1_000_000, 100, NOW)
    query.lacking = TimeRanges(spans)
    return query


def test_what_a_server_says_that_it_lacks_takes_bounded_memory() -> None:
    standing = Reputation(b"server")
    for number in range(3 * MAX_ABSENT):
        standing.said_lacking(lacked([TOPIC], TimeRange(10 * number, 10 * number + 1)), 0.0)
        assert len(standing.lacks.of(TOPIC, 0.0)) <= MAX_ABSENT
    assert standing.absent(TOPIC, 1.0).oldest.lower == 0
    assert standing.absent(TOPIC, 1.0).newest.upper == 10 * (3 * MAX_ABSENT - 1) + 1
    assert not standing.absent(TOPIC, LACKING_REST)


def test_the_more_topics_it_speaks_of_the_less_is_remembered_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ALL_ABSENT", 40)
    standing = Reputation(b"server")
    topics = [bytes([number]) * 4 for number in range(8)]
    for number in range(30):
        standing.said_lacking(lacked(topics, TimeRange(10 * number, 10 * number + 1)), 0.0)
        assert sum(len(standing.absent(topic, 0.0)) for topic in topics) <= 40
    standing.said_lacking(
        lacked(topics[:1], *(TimeRange(1_000 + n, 1_001 + n) for n in range(0, 2 * LEAST_ABSENT, 2))), 0.0
    )
    assert standing.absent(topics[0], 0.0) == TimeRanges([TimeRange(0, 1_000 + 2 * LEAST_ABSENT - 1)])


def test_what_was_said_of_the_first_topics_makes_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else all topics together would have much more than what is said of one question's."""
    monkeypatch.setattr(module, "MAX_ALL_ABSENT", 40)
    standing = Reputation(b"server")
    topics = [bytes([number]) * 4 for number in range(10)]
    for topic in topics:
        for number in range(40):
            standing.said_lacking(lacked([topic], TimeRange(10 * number, 10 * number + 1)), 0.0)
            assert sum(len(standing.absent(one, 0.0)) for one in topics) <= 40


def test_what_it_lacks_of_one_topic_it_may_have_of_another() -> None:
    """Another one has heard part of that time, or has got it from somebody: all of what it has is asked for."""
    standing = Reputation(b"server")
    standing.said_lacking(lacked([TOPIC], TimeRange(10, 20)), 0.0)
    assert standing.said_pending(lacked([OTHER_TOPIC], TimeRange(30, 40)), 0.0, 60.0)
    assert standing.absent(TOPIC, 1.0) == TimeRanges([TimeRange(10, 20)])
    assert standing.absent(OTHER_TOPIC, 1.0) == TimeRanges([TimeRange(30, 40)])
    standing.said_lacking(lacked([]), 0.0)
    assert not standing.absent(ALL_TOPICS, 1.0)
