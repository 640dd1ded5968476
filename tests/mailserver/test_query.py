"""One span of history, page by page, and what a server may not say about it. The whole of A26 is in
``tests/adversary/test_a26_lying_mailservers.py``.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import RemoteError
from pystatus.mailserver.client import query as module
from pystatus.mailserver.client.query import LATEST_MARGIN, MAX_RECEIVED_BYTES, Query
from pystatus.mailserver.completion import Completed
from pystatus.mailserver.cursor import LAST_SECOND, Key
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.waku.bloom import FULL_BLOOM, bloom_matches, topics_bloom
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import LEAST_CHARGE
from tests.mailserver.inbox import old
from tests.mailserver.support import DAY, Conversation, sealed
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, envelope

HORIZON = int(NOW)
HOUR = TimeRange(HORIZON - 3600, HORIZON)
ID = bytes(32)


def query(*topics: bytes, span: TimeRange = HOUR, limit: int = 10) -> Query:
    return Query(frozenset(topics), span, HORIZON, limit, HORIZON)


def completed(last: Envelope | None = None, cursor: Key | None = None) -> Completed:
    return Completed(
        ID,
        bytes(32) if last is None else last.hash,
        b"" if cursor is None else cursor.cursor,
    )


# What is asked for


def test_topics_and_bloom_filter_are_both_filled() -> None:
    request = query(TOPIC, OTHER_TOPIC, span=TimeRange(1000, 2000)).request()
    both = (OTHER_TOPIC, TOPIC)
    assert request == HistoryRequest(1000, 1999, topics_bloom(both), both, 10)


def test_without_topics_everything_is_asked_for() -> None:
    assert query(span=TimeRange(1000, 2000)).request() == HistoryRequest(1000, 1999, FULL_BLOOM, (), 10)


def test_the_newest_span_reaches_a_moment_into_the_future_and_never_beyond_time() -> None:
    assert query(TOPIC).request().upper == HORIZON - 1 + LATEST_MARGIN
    assert query(TOPIC, span=TimeRange(0, HORIZON - 1)).request().upper == HORIZON - 2
    assert Query(frozenset(), TimeRange(0, LAST_SECOND), LAST_SECOND, 10, 0).request().upper == LAST_SECOND


@pytest.mark.requirement("WM-18")
def test_real_pages_follow_each_other_to_the_end() -> None:
    conversation = Conversation(*[old(number, age=number * 100) for number in range(1, 26)])
    asking = query(TOPIC)
    pages = []
    is_last = False
    while not is_last:
        page, completion = conversation.page(sealed(asking.request()))
        pages.append(asking.receive(page))
        is_last = asking.complete(completion)
    assert [len(page) for page in pages] == [10, 10, 5]
    assert (asking.pages, asking.envelopes, asking.page_envelopes) == (3, 25, 5)
    assert asking.take_bytes() == sum(len(one.raw) for page in pages for one in page)
    assert asking.take_bytes() == 0


def test_pages_may_grow_on_the_way() -> None:
    conversation = Conversation(*[old(number, age=number * 100) for number in range(1, 26)])
    asking = query(TOPIC, limit=5)
    page, completion = conversation.page(sealed(asking.request()))
    asking.receive(page)
    assert not asking.complete(completion)
    asking.limit = 20
    page, completion = conversation.page(sealed(asking.request()))
    assert len(asking.receive(page)) == 20
    assert asking.complete(completion)


@given(st.sampled_from(["descending", "ascending"]), st.sets(st.integers(0, 3599), min_size=1), st.integers(1, 7))
def test_paging_in_both_directions(direction: str, ages: set[int], limit: int) -> None:
    """Ours go down, the reference's LevelDB goes up."""
    stored = sorted((old(age, age=age) for age in ages), key=Key.of, reverse=direction == "descending")
    asking = query(TOPIC, limit=limit)
    came: list[Envelope] = []
    for start in range(0, len(stored), limit):
        page = stored[start : start + limit]
        assert asking.request().cursor == (Key.of(came[-1]).cursor if came else b"")
        came += asking.receive(page)
        is_last = start + limit >= len(stored)
        assert asking.complete(completed(page[-1], None if is_last else Key.of(page[-1]))) == is_last
    assert came == stored


# What comes of it


def test_what_only_the_bloom_filter_lets_pass_is_left_out_and_is_no_lie() -> None:
    """waku.md D5: servers that do not look at topics."""
    other = bytes([TOPIC[1], TOPIC[0]]) + TOPIC[2:]
    assert bloom_matches(topics_bloom([TOPIC]), topics_bloom([other]))
    wanted, unwanted = old(1), old(2, topic=other)
    asking = query(TOPIC)
    assert asking.receive([wanted, unwanted]) == [wanted]
    assert asking.complete(completed(unwanted))
    assert asking.page_envelopes == 2


def test_without_topics_everything_is_wanted() -> None:
    asking = query()
    both = [old(1), old(2, topic=OTHER_TOPIC)]
    assert asking.receive(both) == both


def test_what_neither_filter_lets_pass_is_a_lie() -> None:
    with pytest.raises(RemoteError, match="of other topics"):
        query(TOPIC).receive([old(1, topic=OTHER_TOPIC)])


@pytest.mark.parametrize("sent", [HOUR.lower - 1, HORIZON + LATEST_MARGIN, HORIZON + 10 * DAY])
def test_envelopes_of_another_time(sent: int) -> None:
    with pytest.raises(RemoteError, match="of another time"):
        query(TOPIC).receive([envelope(1, now=sent)])


@pytest.mark.parametrize("sent", [HOUR.lower, HORIZON - 1, HORIZON - 1 + LATEST_MARGIN])
def test_the_first_and_the_last_second_count(sent: int) -> None:
    assert len(query(TOPIC).receive([envelope(1, now=sent)])) == 1


def test_more_than_a_page() -> None:
    asking = query(TOPIC, limit=10)
    asking.receive([old(number) for number in range(10)])
    asking.receive([old(9)])  # once more, which is harmless
    with pytest.raises(RemoteError, match="more in it than was asked for"):
        asking.receive([old(10)])


def test_more_bytes_than_a_page_even_of_the_same_envelope() -> None:
    large = old(1, size=900_000)
    asking = query(TOPIC)
    with pytest.raises(RemoteError, match="more in it than was asked for"):
        asking.receive([large] * 20)
    assert asking.take_bytes() <= MAX_RECEIVED_BYTES + len(large.raw)


def test_an_envelope_that_is_repeated_is_handed_over_once() -> None:
    """Else a page of eleven mebibytes could be half a million, each of which waits for its transaction."""
    asking = query(TOPIC)
    one, other = old(1), old(2)
    assert asking.receive([one, one, other]) == [one, other]
    assert asking.receive([other, one] * 100) == []
    assert asking.complete(completed(other))
    assert asking.envelopes == 2


def test_tiny_envelopes_count_by_the_work_for_them() -> None:
    asking = query(TOPIC)
    tiny = Envelope.create(HORIZON - 100, 10, TOPIC, b"x", 0)
    with pytest.raises(RemoteError, match="more in it than was asked for"):
        asking.receive([tiny] * (MAX_RECEIVED_BYTES // LEAST_CHARGE + 1))


def test_the_last_envelope_did_not_come() -> None:
    asking = query(TOPIC)
    asking.receive([old(1)])
    with pytest.raises(RemoteError, match="did not come"):
        asking.complete(completed(old(2)))


def test_the_last_envelope_has_to_come_in_this_page() -> None:
    asking = query(TOPIC)
    asking.receive([old(1, age=10)])
    assert not asking.complete(completed(old(1, age=10), Key.of(old(1, age=10))))
    with pytest.raises(RemoteError, match="did not come"):
        asking.complete(completed(old(1, age=10)))


def test_an_empty_page_with_more_behind_it() -> None:
    with pytest.raises(RemoteError, match="nothing in it"):
        query(TOPIC).complete(completed(None, Key(HOUR.lower, ID)))


@pytest.mark.parametrize("sent", [0, HOUR.lower - 1, HORIZON + LATEST_MARGIN])
def test_a_cursor_to_somewhere_else(sent: int) -> None:
    asking = query(TOPIC)
    asking.receive([old(1)])
    with pytest.raises(RemoteError, match="outside"):
        asking.complete(completed(old(1), Key(sent, ID)))


@pytest.mark.parametrize("ages", [(10, 10), (10, 20, 15), (20, 10, 15), (10, 20, 20)])
def test_a_cursor_that_stands_still_or_turns_round(ages: tuple[int, ...]) -> None:
    asking = query(TOPIC)
    *good, bad = ages
    for number, age in enumerate(good):
        asking.receive([old(number)])
        assert not asking.complete(completed(old(number), Key(HORIZON - age, ID)))
    asking.receive([old(99)])
    with pytest.raises(RemoteError, match="does not get on"):
        asking.complete(completed(old(99), Key(HORIZON - bad, ID)))


def test_pages_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAGES", 5)
    asking = query(TOPIC)
    for number in range(4):
        asking.receive([old(number)])
        assert not asking.complete(completed(old(number), Key(HORIZON - number - 1, ID)))
    asking.receive([old(5)])
    with pytest.raises(RemoteError, match="no end"):
        asking.complete(completed(old(5), Key(HORIZON - 5, ID)))
