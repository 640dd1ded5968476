"""How a mailserver says what it lacks, on the wire and in conversation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.mailserver.client.query import Query
from pystatus.mailserver.completion import NOTHING_SENT, Completed, Failed, decode_completion
from pystatus.mailserver.cursor import LAST_SECOND, Key
from pystatus.mailserver.lacking import LONGEST_WAIT, MOST_STATED, Holdings, Pending, state
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import Conversation, last_day, sealed
from tests.mailserver.test_spans import seconds, spans
from tests.waku.network import NOW, TOPIC, envelope

BEGIN = int(NOW) - 86_400
ID = bytes(range(32))
HOUR = 3_600


def ago(begin: int, end: int) -> TimeRange:
    """Seconds before now."""
    return TimeRange(int(NOW) - begin, int(NOW) - end)


# On the wire


def test_a_statement_stands_where_a_cursor_would() -> None:
    encoded = Completed(ID, lacking=(TimeRange(500, 600), TimeRange(100, 200))).encode()
    assert encoded == bytes.fromhex("b850") + ID + NOTHING_SENT + bytes.fromhex("000001f4 00000258 00000064 000000c8")
    assert decode_completion(encoded) == Completed(ID, lacking=(TimeRange(500, 600), TimeRange(100, 200)))


@given(st.lists(st.tuples(st.integers(0, LAST_SECOND), st.integers(1, 10_000)), max_size=10))
def test_a_statement_is_shorter_than_a_cursor_and_says_no_less(given_spans: list[tuple[int, int]]) -> None:
    lacking = TimeRanges(TimeRange(lower, min(LAST_SECOND, lower + length)) for lower, length in given_spans)
    stated = state(lacking)
    assert len(stated) <= MOST_STATED
    assert not lacking - TimeRanges(stated)
    assert list(stated[: MOST_STATED - 1]) == sorted(lacking, reverse=True)[: MOST_STATED - 1]
    encoded = Completed(ID, lacking=stated).encode()
    completed = decode_completion(encoded)
    assert isinstance(completed, Completed)
    assert (completed.cursor, completed.lacking) == (b"", stated)
    # The reference takes what is behind the last hash as a cursor if it has 36 bytes or more, and else for nothing.
    assert len(encoded) - 2 - 64 < 36


@given(st.binary(max_size=40))
def test_whatever_stands_there_is_read_or_ignored(rest: bytes) -> None:
    if len(rest) > 36:
        return
    completed = decode_completion(packets.encode_request_complete(ID + NOTHING_SENT + rest))
    assert isinstance(completed, Completed)
    assert bool(completed.cursor) is (len(rest) == 36)


def test_what_is_being_fetched_is_a_sentence_that_can_be_read() -> None:
    pending = Pending(TimeRange(1_600_000_000, 1_600_000_033), 60)
    assert pending.text == "history from 1600000000 to 1600000033 is not here yet: ask again in 60 seconds"
    assert Pending.parse(pending.text) == pending
    pending = Pending(TimeRange(1_600_000_000, 1_600_000_033), 60, all_else=True)
    assert pending.text == (
        "history from 1600000000 to 1600000033 is not here yet, and all else has been sent: ask again in 60 seconds"
    )
    assert Pending.parse(pending.text) == pending


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("history from 5 to 6 is not here yet: ask again in 0 seconds", 1),
        ("history from 5 to 6 is not here yet: ask again in 999999999 seconds", LONGEST_WAIT),
        ("history from 6 to 6 is not here yet: ask again in 5 seconds", None),
        ("history from 6 to 5 is not here yet: ask again in 5 seconds", None),
        ("history from 99999999999 to 5 is not here yet: ask again in 5 seconds", None),
        ("rate limit exceeded", None),
    ],
)
def test_other_sentences_are_about_something_else(text: str, wait: int | None) -> None:
    pending = Pending.parse(text)
    assert (pending and pending.wait) == wait


# What a server answers


class Holder(Conversation):
    """A server that knows what it lacks."""

    def __init__(self, lacking: TimeRanges, pending: TimeRanges = NOTHING, *envelopes: Envelope) -> None:
        super().__init__(*envelopes)
        self.server.holdings = lambda _now: Holdings(lacking, pending, 45.0)


def old(age: int, number: int = 0) -> Envelope:
    return envelope(number or age, TOPIC, now=NOW - age)


def test_what_it_will_not_get_is_stated_with_the_last_page() -> None:
    lacking = TimeRanges([ago(HOUR, 1_800), ago(100 * HOUR, 90 * HOUR)])
    holder = Holder(lacking, NOTHING, *[old(age) for age in range(100, 1_100, 10)])
    found, first = holder.page(sealed(last_day(limit=60)))
    assert (len(found), first.lacking) == (60, ())
    assert first.cursor
    found, last = holder.page(sealed(last_day(limit=60, cursor=first.cursor)))
    assert (len(found), last.lacking) == (40, (ago(HOUR, 1_800),)), "of all pages, and of nothing that was not asked"


def test_what_it_is_fetching_ends_the_answer_as_a_failure() -> None:
    gap = ago(HOUR, 1_800)
    holder = Holder(TimeRanges([gap]), TimeRanges([gap]), *[old(age) for age in (100, 200, 1_900, 5_000)])
    assert holder.ask(sealed(last_day(limit=1))) is None
    batches, completion = holder.answer(holder.work())
    assert isinstance(completion, Completed)
    assert completion.cursor
    request = sealed(last_day(limit=1, cursor=completion.cursor))
    assert holder.ask(request) is None
    batches, completion = holder.answer(holder.work())
    assert [one.sent for batch in batches for one in batch] == [int(NOW) - 200]
    assert completion == Failed(request.hash, Pending(gap, 45).text)
    # What is wholly older is answered.
    older = HistoryRequest(BEGIN, gap.lower - 1, b"", (TOPIC,), 0, b"")
    found, completed = holder.page(sealed(older))
    assert [one.sent for one in found] == [int(NOW) - 5_000]
    assert completed.lacking == ()


def served(holder: Holder, request: HistoryRequest) -> tuple[list[int], Pending]:
    """When what comes was sent, and what is said at the end."""
    assert holder.ask(sealed(request)) is None
    batches, completion = holder.answer(holder.work())
    assert isinstance(completion, Failed)
    pending = Pending.parse(completion.text)
    assert pending is not None
    return [one.sent for batch in batches for one in batch], pending


def test_where_the_newest_end_is_being_fetched_what_is_older_comes_first() -> None:
    gap = TimeRange(int(NOW) - 60, LAST_SECOND)
    holder = Holder(TimeRanges([gap]), TimeRanges([gap]), old(30), old(100), old(200))
    sent, pending = served(holder, last_day())
    assert sent == [int(NOW) - 100, int(NOW) - 200]
    assert pending == Pending(TimeRange(gap.lower, int(NOW) + 1), 45, all_else=True)
    assert served(holder, HistoryRequest(gap.lower - 1, 0, b"", (TOPIC,)))[0] == []


def test_no_cursor_leads_behind_what_was_passed_over() -> None:
    """Else who comes back with it when the gap is closed would get a last page, and never know of it."""
    gap = TimeRange(int(NOW) - 60, LAST_SECOND)
    holder = Holder(TimeRanges([gap]), TimeRanges([gap]), *[old(age) for age in range(100, 600, 100)])
    sent, pending = served(holder, last_day(limit=2))
    assert sent == [int(NOW) - 100, int(NOW) - 200]
    assert not pending.all_else
    assert served(holder, last_day(limit=5))[1].all_else
    assert not served(holder, last_day(limit=4))[1].all_else
    failed = holder.ask(sealed(last_day(cursor=Key.of(old(200)).cursor)))
    assert failed is not None
    assert failed.text == Pending(TimeRange(gap.lower, int(NOW) + 1), 45).text


def test_where_everything_or_all_that_was_asked_for_is_being_fetched_it_fails_at_once() -> None:
    for gap in (TimeRange(0, LAST_SECOND), TimeRange(BEGIN, LAST_SECOND), TimeRange(BEGIN - 1, LAST_SECOND)):
        holder = Holder(TimeRanges([gap]), TimeRanges([gap]), old(100))
        failed = holder.ask(sealed(last_day()))
        assert failed is not None
        assert failed.text == Pending(TimeRange(BEGIN, int(NOW) + 1), 45).text
        assert holder.server.next_work() is None


def test_where_it_lacks_something_older_too_it_fails_at_once() -> None:
    gap, other = TimeRange(int(NOW) - 60, LAST_SECOND), ago(900, 800)
    holder = Holder(TimeRanges([gap, other]), TimeRanges([gap]), old(100))
    failed = holder.ask(sealed(last_day()))
    assert failed is not None
    assert Pending.parse(failed.text) == Pending(TimeRange(gap.lower, int(NOW) + 1), 45)


def test_where_something_is_being_fetched_the_newest_gap_of_any_kind_ends_the_answer() -> None:
    hopeless, hoped = ago(900, 800), ago(HOUR, 1_800)
    holder = Holder(TimeRanges([hopeless, hoped]), TimeRanges([hoped]), old(100), old(850), old(1_000))
    request = sealed(last_day())
    assert holder.ask(request) is None
    batches, completion = holder.answer(holder.work())
    assert [one.sent for batch in batches for one in batch] == [int(NOW) - 100]
    assert completion == Failed(request.hash, Pending(hopeless, 45).text)


def test_pages_that_were_begun_before_a_gap_was_noticed_do_not_hide_it() -> None:
    gap = ago(300, 200)
    holder = Holder(NOTHING, NOTHING, *[old(age) for age in (100, 400, 500)])
    _, first = holder.page(sealed(last_day(limit=2)))
    holder.server.holdings = lambda _now: Holdings(TimeRanges([gap]), TimeRanges([gap]), 5.0)
    failed = holder.ask(sealed(last_day(limit=2, cursor=first.cursor)))
    assert failed is not None
    assert failed.text == Pending(gap, 5).text


# What a client takes from it


def query(lower: int = 100, upper: int = 1_000) -> Query:
    return Query(frozenset({TOPIC}), TimeRange(lower, upper), 2_000, 10, 2_000)


def test_what_is_stated_is_not_answered() -> None:
    asked = query()
    assert asked.complete(Completed(ID, lacking=(TimeRange(900, 1_100), TimeRange(50, 150))))
    assert asked.answered == spans((150, 900))
    assert asked.lacking == spans((100, 150), (900, 1_000))


def test_the_last_one_of_many_may_stand_for_several_and_is_asked_for_again() -> None:
    asked = query()
    stated = state(TimeRanges(TimeRange(lower, lower + 10) for lower in range(100, 1_000, 100)))
    assert asked.complete(Completed(ID, lacking=stated))
    assert asked.answered == spans((610, 700), (710, 800), (810, 900), (910, 1_000))
    assert asked.lacking == spans((700, 710), (800, 810), (900, 910))
    alone = query(100, 610)
    assert alone.complete(Completed(ID, lacking=(TimeRange(100, 610),) * MOST_STATED))
    assert (alone.answered, alone.lacking) == (NOTHING, spans((100, 610))), "and it comes to an end"


def test_an_answer_that_ends_before_a_gap_covers_what_is_younger() -> None:
    asked = query()
    assert asked.stop(Pending(TimeRange(300, 400), 5))
    assert (asked.answered, asked.lacking) == (spans((400, 1_000)), spans((300, 400)))
    assert not query().stop(Pending(TimeRange(1_000, 1_100), 5)), "nobody asked for that"


@pytest.mark.parametrize("gap", [(900, 5_000), (300, 400), (0, 200)])
def test_where_all_else_has_been_sent_only_the_gap_is_not_answered(gap: tuple[int, int]) -> None:
    asked = query()
    assert asked.stop(Pending(TimeRange(*gap), 5, all_else=True))
    assert asked.lacking == spans(gap) & spans((100, 1_000))
    assert asked.answered == spans((100, 1_000)) - spans(gap)
    assert not query().stop(Pending(TimeRange(1_000, 1_100), 5, all_else=True))


@given(
    st.lists(st.tuples(st.integers(90, 140), st.integers(90, 140)), max_size=MOST_STATED),
    st.integers(95, 120),
    st.integers(1, 20),
)
def test_whatever_is_stated_only_takes_away(stated: list[tuple[int, int]], lower: int, length: int) -> None:
    asked = query(lower, lower + length)
    assert asked.complete(Completed(ID, lacking=tuple(TimeRange(*pair) for pair in stated)))
    all_asked = set(range(lower, lower + length))
    taken = {second for begin, end in stated for second in range(begin, end)}
    assert seconds(asked.answered) == all_asked - taken
    assert seconds(asked.lacking) <= all_asked
    assert asked.answered or asked.lacking, "the same is not asked again at once"
