"""A page that is read from the archive in portions, each when the peer has read the one before (A56)."""

from __future__ import annotations

import itertools

import pytest

from pystatus.mailserver.completion import Completed, Completion, decode_completion
from pystatus.mailserver.config import MAX_PAGE_BYTES, PORTION_BYTES
from pystatus.mailserver.cursor import LAST_SECOND
from pystatus.mailserver.lacking import Holdings
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MessagesRequest
from tests.mailserver.support import DAY, Conversation, last_day, plain
from tests.waku.network import NOW, envelope


def stored(number: int, size: int) -> Envelope:
    return envelope(number, now=NOW - 100, size=size)


def in_portions(conversation: Conversation, request: MessagesRequest) -> tuple[list[Envelope], Completion, int]:
    """What somebody gets who is served portion by portion, with how many searches."""
    assert conversation.ask(request) is None
    envelopes: list[Envelope] = []
    for searches in itertools.count(1):
        work = conversation.work()
        page = conversation.archive.page(work.portion)
        conversation.server.read(work)
        assert sum(map(len, page.envelopes)) <= PORTION_BYTES
        sent = list(conversation.server.answer(work, page))
        rest = conversation.server.rest(work, page)
        conversation.server.done(work)
        if rest is not None:
            assert conversation.server.next_work() is None
            assert conversation.server.resume(rest, conversation.now) is None
        for code, payload in sent:
            if code == packets.P2P_MESSAGE:
                envelopes += packets.decode_messages(payload)
            else:
                assert rest is None
                return envelopes, decode_completion(payload), searches
    raise AssertionError


@pytest.mark.parametrize(("count", "size"), [(5, 300_000), (12, 700_000), (20, 700_000), (40, 300_000), (1_100, 3_000)])
@pytest.mark.parametrize("limit", [0, 3, 11])
def test_a_page_in_portions_is_the_same_page(count: int, size: int, limit: int) -> None:
    conversation = Conversation(*[stored(number, size) for number in range(count)])
    whole, completed = conversation.page(plain(last_day(limit=limit)))
    envelopes, completion, searches = in_portions(conversation, plain(last_day(limit=limit), 2))
    assert isinstance(completion, Completed)
    assert envelopes == whole[: len(envelopes)]
    assert completion.last_hash == envelopes[-1].hash
    assert searches >= sum(len(one.raw) for one in envelopes) // PORTION_BYTES
    if completion.cursor == completed.cursor:
        assert envelopes == whole
    else:  # it ends where one more envelope of the largest size would have no room
        assert sum(len(one.raw) for one in envelopes) > MAX_PAGE_BYTES - 2 * PORTION_BYTES
        rest, _, _ = in_portions(conversation, plain(last_day(cursor=completion.cursor), 3))
        assert envelopes + rest == whole + conversation.page(plain(last_day(cursor=completed.cursor), 4))[0]


def test_the_rest_may_be_gone_when_it_is_its_turn() -> None:
    conversation = Conversation(*[stored(number, 600_000) for number in range(3)])
    assert conversation.ask(plain(last_day())) is None
    work = conversation.work()
    page = conversation.archive.page(work.portion)
    rest = conversation.server.rest(work, page)
    assert rest is not None
    conversation.server.done(work)
    assert conversation.server.resume(rest, conversation.now) is None
    conversation.archive.envelopes.clear()
    batches, completion = conversation.answer(conversation.work())
    assert isinstance(completion, Completed)
    assert (batches, completion.cursor) == ([], b"")
    assert completion.last_hash == Envelope.decode(page.envelopes[-1]).hash


def test_who_asks_for_more_gets_the_rest_first() -> None:
    conversation = Conversation(*[stored(number, 600_000) for number in range(3)])
    conversation.ask(plain(last_day(), 1))
    conversation.ask(plain(last_day(), 2))
    work = conversation.work()
    rest = conversation.server.rest(work, conversation.archive.page(work.portion))
    assert rest is not None
    conversation.server.done(work)
    assert conversation.server.resume(rest, conversation.now) is None
    assert conversation.work().last == rest.last


GONE, PENDING = TimeRange(int(NOW) - 2 * DAY, int(NOW) - 1_000), TimeRange(int(NOW) - 50, LAST_SECOND)


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        (Holdings(), Holdings(TimeRanges([GONE])), True),
        (Holdings(), Holdings(TimeRanges([PENDING]), TimeRanges([PENDING])), False),
        (
            Holdings(TimeRanges([PENDING]), TimeRanges([PENDING])),
            Holdings(TimeRanges([GONE, PENDING]), TimeRanges([PENDING])),
            False,
        ),
        (Holdings(TimeRanges([GONE])), Holdings(), True),
    ],
    ids=["pruned", "full", "pruned while it is full", "it has come"],
)
def test_what_is_lost_while_a_peer_reads_is_not_claimed(before: Holdings, after: Holdings, is_told: bool) -> None:
    """A slow reader gets the end of a page minutes after its beginning."""
    conversation = Conversation(*[stored(number, 600_000) for number in range(3)])
    conversation.server.holdings = lambda _now: before
    assert conversation.ask(plain(last_day())) is None
    work = conversation.work()
    rest = conversation.server.rest(work, conversation.archive.page(work.portion))
    assert rest is not None
    conversation.server.done(work)
    conversation.server.holdings = lambda _now: after
    failed = conversation.server.resume(rest, conversation.now)
    if not is_told:
        assert failed is not None
        assert "has changed meanwhile" in failed.text
        assert conversation.server.next_work() is None
        return
    assert failed is None
    _, completion = conversation.answer(conversation.work())
    assert isinstance(completion, Completed)
    assert completion.lacking == (TimeRange(int(NOW) - DAY, GONE.upper),)
