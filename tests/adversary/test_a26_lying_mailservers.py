"""A26: server returns unrelated topics, out-of-range times, endless or looping cursor, wrong request id, or goes silent
mid-page.

Expected: client bounds pages and time, checks progress, fails over, marks the range incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

import pytest

from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import MAX_PAGE_SECONDS, MAX_QUERY_SECONDS
from pystatus.mailserver.client.query import MAX_PAGES, MAX_RECEIVED_BYTES
from pystatus.mailserver.client.reputation import LONGEST_REST, PATIENCE
from pystatus.mailserver.completion import Completed
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.transport.topics import symmetric_key
from pystatus.waku.bloom import bloom_matches, topics_bloom
from pystatus.waku.envelope import Envelope
from tests.mailserver.inbox import Inbox, Later, Site, old
from tests.mailserver.servers import opened
from tests.mailserver.support import DAY
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, envelope

HOUR = 3600
UNRELATED = bytes([TOPIC[1], TOPIC[0]]) + TOPIC[2:]
"""Another topic that the same bloom filter lets pass."""
Lie = Callable[[bytes, HistoryRequest], Iterable[Later]]
"""Made of the id of a request, and what it asks for."""


class Liar(Site):
    """Answers with a lie, always."""

    def __init__(self, lie: Lie, name: str = "liar") -> None:
        super().__init__(name)
        self.lie = lie

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        return self.lie(*opened(payload))


def page(request_id: bytes, *envelopes: Envelope, cursor: bytes = b"", at: float = 0.1) -> Iterable[Later]:
    """A page with everything that belongs to it."""
    if envelopes:
        yield at, envelopes
    yield at, Completed(request_id, envelopes[-1].hash if envelopes else bytes(32), cursor)


def within(request: HistoryRequest, number: int, *, topic: bytes = TOPIC, size: int = 100) -> Envelope:
    """One that might be wanted."""
    return envelope(number, topic, now=request.upper - number % HOUR, size=size)


# The lies that are seen at once


def other_topics(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(request_id, within(request, 1), within(request, 2, topic=OTHER_TOPIC))


def too_early(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(request_id, envelope(1, now=request.lower - 1))


def too_late(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(request_id, envelope(1, now=request.upper + 1))


def wrong_id(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(request_id[::-1], within(request, 1))


def wrong_id_alone(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(bytes(32))


def last_is_missing(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    yield 0.1, (within(request, 1), within(request, 2))
    yield 0.1, Completed(request_id, within(request, 3).hash)


def all_are_missing(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    yield 0.1, Completed(request_id, within(request, 3).hash)


def more_than_a_page(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    for number in count():
        yield 0.1 + number * 0.001, (within(request, number),)


def more_bytes_than_a_page(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    for number in count():
        yield 0.1 + number * 0.001, (within(request, 1, size=900_000),)


def an_empty_page_with_a_cursor(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(request_id, cursor=Key(request.lower, request_id).cursor)


def the_same_cursor(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(request_id, within(request, 1), cursor=Key(request.upper - 10, bytes(32)).cursor)


def a_cursor_to_and_fro(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    number = Key.from_cursor(request.cursor)
    sent = request.upper - (10 if number is None or number.sent == request.upper - 20 else 20)
    return page(request_id, within(request, 1), cursor=Key(sent, bytes(32)).cursor)


def a_cursor_out_of_the_range(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    return page(request_id, within(request, 1), cursor=Key(request.lower - DAY, bytes(32)).cursor)


def one_answer_too_many(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
    yield 0.1, Completed(request_id, cursor=b"")
    yield 0.1, (within(request, 1),)


AT_ONCE: list[tuple[Lie, str]] = [
    (other_topics, "of other topics"),
    (too_early, "of another time"),
    (too_late, "of another time"),
    (wrong_id, "answers what nobody asked"),
    (wrong_id_alone, "answers what nobody asked"),
    (last_is_missing, "did not come"),
    (all_are_missing, "did not come"),
    (more_than_a_page, "more in it than was asked for"),
    (more_bytes_than_a_page, "more in it than was asked for"),
    (an_empty_page_with_a_cursor, "nothing in it"),
    (the_same_cursor, "does not get on"),
    (a_cursor_to_and_fro, "does not get on"),
    (a_cursor_out_of_the_range, "outside of what was asked for"),
]


@pytest.mark.parametrize(("lie", "reason"), AT_ONCE, ids=lambda value: getattr(value, "__name__", ""))
def test_a_liar_is_left_for_an_hour_and_nothing_counts_as_fetched(lie: Lie, reason: str) -> None:
    inbox = Inbox(Liar(lie), config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(LONGEST_REST - PATIENCE)
    ((name, why),) = inbox.left
    assert name == "liar"
    assert reason in why
    assert len(inbox.asked) <= 3
    assert sum(len(one.raw) for one in inbox.found) <= MAX_RECEIVED_BYTES
    # Of the range nothing is held to be complete, neither here nor after a restart.
    assert inbox.fetcher.gaps([TOPIC]).newest.lower <= NOW - HOUR
    assert not inbox.is_complete
    assert all(not entry.covered for entry in inbox.kept.values())


@pytest.mark.parametrize("lie", [lie for lie, _ in AT_ONCE], ids=lambda lie: lie.__name__)
def test_an_honest_server_answers_in_its_place(lie: Lie) -> None:
    """Whoever is asked first: within seconds everything is there."""
    inbox = Inbox(Liar(lie), "honest", config=FetchConfig(copies=1, look_back=HOUR))
    stored = [old(age, age=age) for age in range(1, HOUR, 20)]
    inbox.store(*stored)
    inbox["honest"].is_up = False
    inbox.fetch()
    inbox.wait(1)
    assert inbox.names()[0] == "liar"
    inbox["honest"].is_up = True
    inbox.wait(2 * PATIENCE + 20)
    assert inbox.is_complete
    assert {one.hash for one in stored} <= {one.hash for one in inbox.found}
    assert inbox.who_covers() == {"honest"}


def test_unsolicited_envelopes_and_answers() -> None:
    inbox = Inbox("a", "b", config=FetchConfig(look_back=HOUR))
    inbox.fetch()
    inbox.wait(5)
    inbox.give("a", (old(1),))
    inbox.give("b", Completed(bytes(32)))
    assert inbox.found == []
    assert inbox.left == [("a", "it sends what nobody asked for"), ("b", "it answers what nobody asked")]
    inbox.give("a", (old(1),))  # what was on its way
    assert len(inbox.left) == 2


def test_more_after_the_last_page() -> None:
    inbox = Inbox(Liar(one_answer_too_many), config=FetchConfig(copies=1, look_back=100))
    inbox.fetch()
    inbox.wait(1)
    assert inbox.left == [("liar", "it sends what nobody asked for")]
    assert inbox.found == []


# The lies that need an end of their own


def test_unrelated_topics_that_the_bloom_filter_lets_pass_are_dropped() -> None:
    """An honest server that knows no topics sends them, too: no lie, and nobody hears of them."""
    assert bloom_matches(topics_bloom([TOPIC]), topics_bloom([UNRELATED]))

    def unrelated(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        return page(request_id, *[within(request, number, topic=UNRELATED) for number in range(request.limit)])

    inbox = Inbox(Liar(unrelated), config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(5)
    assert inbox.found == []
    assert inbox.left == []


@pytest.mark.parametrize("direction", [1, -1], ids=["ascending", "descending"])
def test_a_cursor_without_end_has_an_end(direction: int) -> None:
    """Page after page of something new, and the cursor gets on a little each time."""
    numbers = count(1)

    def endless(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        number = next(numbers)
        cursor = Key(request.lower + 1, (2**128 + direction * number).to_bytes(32, "big")).cursor
        return page(request_id, envelope(number, now=request.lower + 1), cursor=cursor)

    inbox = Inbox(Liar(endless), config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(10 * MAX_PAGES)
    assert inbox.left[0] == ("liar", "there is no end of pages")
    first_round = [asked for asked in inbox.asked if asked.at < 150]
    assert len(first_round) == MAX_PAGES
    assert not inbox.is_complete
    # It is asked again later, for less at a time.
    again = next(span for span in inbox.spans()[1:])
    assert again.upper - again.lower < HOUR


def test_while_one_leads_on_and_on_another_one_answers() -> None:
    numbers = count(1)

    def slow_and_endless(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        number = next(numbers)
        one = envelope(number, now=request.lower + 1)
        return page(request_id, one, cursor=Key(request.lower + 1, number.to_bytes(32, "big")).cursor, at=9.0)

    inbox = Inbox(Liar(slow_and_endless), "honest", config=FetchConfig(copies=1, look_back=HOUR))
    inbox.store(old(1))
    inbox["honest"].is_up = False
    inbox.fetch()
    inbox.wait(1)
    inbox["honest"].is_up = True
    inbox.wait(60)
    assert inbox.is_complete
    assert inbox.who_covers() == {"honest"}


def test_leading_on_slowly_ends_after_minutes() -> None:
    """A page every nine seconds could go on for hours, and there is nobody else to be asked."""
    numbers = count(1)

    def slow_and_endless(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        number = next(numbers)
        one = envelope(number, now=request.lower + 1)
        return page(request_id, one, cursor=Key(request.lower + 1, number.to_bytes(32, "big")).cursor, at=9.0)

    inbox = Inbox(Liar(slow_and_endless), config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(MAX_QUERY_SECONDS + 10)
    assert inbox.left == [("liar", "it does not come to an end")]
    inbox.wait(60)
    (first, again) = inbox.spans()
    assert again.upper - again.lower < (first.upper - first.lower) / 1.5
    assert not inbox.is_complete


def silent_after(envelopes: int) -> Lie:
    def lie(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        for number in range(envelopes):
            yield 0.1, (within(request, number),)

    return lie


@pytest.mark.parametrize("envelopes", [0, 1, 50])
def test_silence_in_the_middle_of_a_page(envelopes: int) -> None:
    inbox = Inbox(Liar(silent_after(envelopes)), "honest", config=FetchConfig(copies=1, connections=1, look_back=HOUR))
    inbox.store(old(1))
    inbox["honest"].is_up = False
    inbox.fetch()
    inbox.wait(PATIENCE + 0.5)  # whoever was to connect first
    inbox["honest"].is_up = True
    inbox.wait(2 * PATIENCE)
    assert inbox.names()[0] == "liar"
    assert ("liar", "it does not answer") in inbox.left
    assert inbox.is_complete
    assert old(1) in inbox.found
    assert inbox.who_covers() == {"honest"}


def test_silence_between_two_pages() -> None:
    asked: list[bytes] = []

    def one_page(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        asked.append(request.cursor)
        if request.cursor:
            return ()
        one = within(request, 1)
        return page(request_id, one, cursor=Key.of(one).cursor)

    inbox = Inbox(Liar(one_page), config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(PATIENCE + 1)
    assert [bool(cursor) for cursor in asked] == [False, True]
    assert inbox.left == [("liar", "it does not answer")]
    assert inbox.fetcher.gaps([TOPIC]) == TimeRanges([TimeRange(int(NOW) - HOUR, int(NOW))])


def test_dripping_is_no_answer() -> None:
    """One envelope, or nothing at all, every nine seconds, for ever: a minute, and it is over."""

    def dripping(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        for number in count(1):
            yield number * 9.0, (within(request, number),) if number % 2 else ()

    inbox = Inbox(Liar(dripping), config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(MAX_PAGE_SECONDS - 1)
    assert inbox.left == []
    inbox.wait(2)
    assert inbox.left == [("liar", "it does not answer")]
    assert not inbox.is_complete


def test_refusing_for_ever() -> None:
    """It is asked less and less, and what it says is not taken for an answer."""
    inbox = Inbox("a", config=FetchConfig(copies=1, look_back=HOUR))
    inbox["a"].server = Server(symmetric_key("another password"))
    inbox.fetch()
    inbox.wait(DAY)
    assert 10 < len(inbox.asked) < 40
    assert not inbox.is_complete
    assert inbox.kept == {}


def test_keeping_something_back_is_found_out_by_the_second_copy() -> None:
    """Nobody sees it in the answer itself; another server is asked for the same (waku.md §7.11)."""

    def nothing(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        return page(request_id)

    inbox = Inbox(Liar(nothing), "honest", config=FetchConfig(look_back=HOUR))
    inbox["honest"].archive.envelopes[old(1).hash] = old(1)
    inbox.fetch()
    inbox.wait(5)
    assert inbox.found == [old(1)]


def test_liars_cost_a_bounded_part_of_the_day() -> None:
    """What breaks off, and what nobody wanted, counts like everything else."""
    numbers = count(1)

    def junk(request_id: bytes, request: HistoryRequest) -> Iterable[Later]:
        for _ in range(10):
            yield 0.1, (within(request, next(numbers), topic=UNRELATED, size=100_000),)
        yield 0.1, Completed(bytes(32))

    liars = [Liar(junk, f"liar {number}") for number in range(8)]
    inbox = Inbox(*liars, config=FetchConfig(copies=1, connections=1, daily_bytes=2_500_000))
    inbox.fetch()
    inbox.wait(600)
    assert len(inbox.asked) == 3
    assert inbox.spent is not None
    assert 2_500_000 <= inbox.spent.bytes < 3_500_000
    assert not inbox.is_complete
