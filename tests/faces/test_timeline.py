"""The window of messages: what somebody looks at stays, and nothing is missing from it or there twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.faces.catalogue import texts_in
from pystatus.faces.timeline import MAX_MESSAGES, Timeline
from pystatus.faces.timeline_rows import BeginningRow, DayRow, GapRow, MessageRow, NewRow, Row
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.messenger.records import Message, MessageState
from pystatus.payloads.kinds import ContentType
from tests.faces.support import ALICE, BOB, CAROL, CHAT, DAY_MS, MINUTE_MS, NOON, message

MOST = 12
PAGE = 5
ENGLISH = texts_in()


def day_of(milliseconds: int) -> date:
    return datetime.fromtimestamp(milliseconds / 1_000, UTC).date()


def timeline(*shown: Message, most: int = MAX_MESSAGES, has_older: bool = False) -> Timeline:
    made = Timeline(CHAT, day_of=day_of, most=most)
    made.show(shown, has_older=has_older)
    return made


def numbers(made: Timeline) -> list[int]:
    return [int.from_bytes(one.id, "big") for one in made.messages]


class Chat:
    """A chat as it is stored, and a face that looks at it: the naive model."""

    def __init__(self) -> None:
        self.stored: dict[bytes, Message] = {}
        self.timeline = Timeline(CHAT, day_of=day_of, most=MOST)
        self.count = 0

    @property
    def sorted(self) -> list[Message]:
        return sorted(self.stored.values(), key=lambda one: one.cursor)

    def page(self, place: str = "", one: Message | None = None, limit: int = PAGE) -> list[Message]:
        """As :meth:`pystatus.Client.history` returns it: the newest first."""
        everything = self.sorted
        if one is None:
            return everything[-limit:][::-1]
        older = [other for other in everything if other.cursor < one.cursor]
        newer = [other for other in everything if other.cursor > one.cursor]
        if place == "before":
            return older[-limit:][::-1]
        if place == "after":
            return newer[:limit][::-1]
        return [*older[-(limit // 2) :], one, *newer[: limit // 2]][::-1]

    def do(self, action: str, number: int) -> None:
        getattr(self, f"_{action}")(number)

    def _receive(self, number: int) -> None:
        self.count += 1
        author = (ALICE, BOB, CAROL)[number % 3]
        new = message(self.count, clock=1 + number % 40, author=author, state=None)
        self.stored[new.id] = new
        self.timeline.add([new])

    def _receive_again(self, number: int) -> None:
        if self.stored:
            self.timeline.add([self.sorted[number % len(self.stored)], message(99_999, chat_id="elsewhere")])

    def _open(self, number: int) -> None:
        page = self.page()
        self.timeline.show(page, has_older=len(page) == PAGE)

    def _jump(self, number: int) -> None:
        if self.stored:
            target = self.sorted[number % len(self.stored)]
            self.timeline.show(self.page("around", target), has_older=True, has_newer=True, anchor=target.id)
            assert self.timeline.anchor == target.id

    def _up(self, number: int) -> None:
        oldest = self.timeline.oldest
        if oldest is not None and self.timeline.has_older:
            page = self.page("before", oldest)
            self.keeping_place(lambda: self.timeline.add_older(oldest, page, has_older=len(page) == PAGE))

    def _down(self, number: int) -> None:
        newest = self.timeline.newest
        if newest is not None and self.timeline.has_newer:
            page = self.page("after", newest)
            self.keeping_place(lambda: self.timeline.add_newer(newest, page, has_newer=len(page) == PAGE))

    def keeping_place(self, do: Callable[[], bool]) -> None:
        before = self.timeline.anchor
        assert do()
        assert before is None or self.timeline.anchor == before

    def _hold(self, number: int) -> None:
        if self.timeline.messages:
            assert self.timeline.hold(self.timeline.messages[number % len(self.timeline.messages)].id)
        assert not self.timeline.hold(bytes(32))

    def _follow(self, number: int) -> None:
        assert self.timeline.follow() != self.timeline.has_newer

    def _delete(self, number: int) -> None:
        if self.stored:
            gone = self.sorted[number % len(self.stored)].id
            del self.stored[gone]
            self.timeline.delete([gone, bytes(32)])

    def _block(self, number: int) -> None:
        gone = (BOB, CAROL)[number % 2]
        self.stored = {one.id: one for one in self.stored.values() if one.author != gone}
        self.timeline.delete_of(gone)

    def _clear(self, number: int) -> None:
        clock = number % 20
        self.stored = {one.id: one for one in self.stored.values() if one.clock > clock}
        self.timeline.clear(clock)

    def _progress(self, number: int) -> None:
        if self.stored:
            one = self.sorted[number % len(self.stored)]
            state = list(MessageState)[number % len(MessageState)]
            self.stored[one.id] = replace(one, state=state)
            self.timeline.set_state(one.id, state)

    def _move(self, number: int) -> None:
        """Another version of a message has another clock, inside of the window."""
        shown = self.timeline.messages
        if shown:
            one = shown[number % len(shown)]
            moved = replace(one, clock=min(max(one.clock + number % 5, shown[0].clock), shown[-1].clock))
            if shown[0].cursor <= moved.cursor <= shown[-1].cursor and one not in (shown[0], shown[-1]):
                self.stored[one.id] = moved
                self.timeline.replace(moved)

    def _gaps(self, number: int) -> None:
        second = NOON // 1_000
        self.timeline.set_gaps(
            TimeRange(second + 60 * one, second + 60 * one + number % 90) for one in (number % 9, 20)
        )

    def _unread(self, number: int) -> None:
        self.timeline.set_unread(number % 4, ALICE)

    def check(self) -> None:
        """What is shown is a part of what is stored, without holes, and the place is kept."""
        shown, everything = list(self.timeline.messages), self.sorted
        assert len(shown) <= MOST
        if shown:
            first = everything.index(shown[0])
            assert everything[first : first + len(shown)] == shown
        if not self.timeline.has_older and not self.timeline.needs_page:
            assert shown[:1] == everything[:1]
        if not self.timeline.has_newer and not self.timeline.needs_page:
            assert shown[-1:] == everything[-1:]
        anchor = self.timeline.anchor
        assert anchor is None or self.timeline.message(anchor) is not None
        self.check_rows(self.timeline.rows)

    def check_rows(self, rows: Sequence[Row]) -> None:
        assert [row.message for row in rows if isinstance(row, MessageRow)] == list(self.timeline.messages)
        assert len({row.key for row in rows}) == len(rows)
        days = [row.day for row in rows if isinstance(row, DayRow)]
        assert days == sorted(set(days))
        assert sum(isinstance(row, NewRow) for row in rows) <= 1
        gaps = [row for row in rows if isinstance(row, GapRow)]
        assert all(one.upper <= other.lower or one.lower < other.lower for one, other in pairwise(gaps))
        for row, before in zip(rows[1:], rows, strict=False):
            if isinstance(row, MessageRow) and not row.begins_group:
                assert isinstance(before, MessageRow)
                assert before.message.author == row.message.author
        for row in rows:
            if isinstance(row, MessageRow):
                assert rows[self.timeline.row_of(row.message.id) or 0] == row


ACTIONS = sorted(name.removeprefix("_") for name in vars(Chat) if name.startswith("_") and not name.startswith("__"))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.just("receive"), st.sampled_from(["up", "down"]), st.sampled_from(ACTIONS)),
            st.integers(0, 999),
        ),
        min_size=25,
        max_size=80,
    )
)
def test_after_anything_at_all_what_is_shown_is_what_is_stored(actions: list[tuple[str, int]]) -> None:
    chat = Chat()
    for action, number in actions:
        before = chat.timeline.anchor
        chat.do(action, number)
        chat.check()
        if action in ("receive", "receive_again", "progress", "gaps", "unread"):
            assert chat.timeline.anchor == before


def test_two_hundred_older_and_two_hundred_newer_do_not_move_what_is_seen() -> None:
    made = timeline(*(message(number) for number in range(1_000, 1_050)), has_older=True)
    assert made.hold(message(1_010).id)
    oldest = made.oldest
    assert oldest is not None
    assert made.add_older(oldest, [message(number) for number in range(999, 799, -1)], has_older=True)
    made.add([message(number) for number in range(1_050, 1_250)])
    assert made.anchor == message(1_010).id
    row = made.row_of(message(1_010).id)
    assert row is not None
    assert made.rows[row].key == ("message", message(1_010).id)
    assert len(made.messages) == 450


def test_a_page_that_is_late_changes_nothing() -> None:
    made = timeline(message(10), message(11), has_older=True)
    assert made.add_older(message(10), [message(9)], has_older=True)
    assert not made.add_older(message(10), [message(9)], has_older=True)
    assert not made.add_newer(message(10), [message(11)], has_newer=False)
    assert numbers(made) == [9, 10, 11]
    empty = Timeline(CHAT)
    assert not empty.add_older(message(1), [message(0)], has_older=False)
    assert not empty.add_newer(message(1).cursor, [message(2)], has_newer=False)


def test_of_too_many_the_farthest_give_way() -> None:
    made = timeline(*(message(number) for number in range(10, 20)), most=10)
    made.add([message(20)])
    assert numbers(made) == list(range(11, 21))
    assert (made.has_older, made.has_newer) == (True, False)
    made.hold(message(12).id)
    made.add([message(21), message(22)])
    assert numbers(made) == list(range(11, 21))
    assert (made.has_older, made.has_newer) == (True, True)
    assert made.add([message(23)]) == []


def test_who_scrolls_up_from_the_end_keeps_their_place_and_the_end_gives_way() -> None:
    made = timeline(*(message(number) for number in range(10, 20)), most=10, has_older=True)
    assert made.add_older(message(10), [message(number) for number in range(5, 10)], has_older=False)
    assert made.anchor == message(10).id
    assert made.message(message(10).id) is not None
    assert made.has_newer


def test_all_that_was_in_the_window_is_gone() -> None:
    made = timeline(message(10), message(11), has_older=True)
    made.hold(message(10).id)
    made.delete([message(10).id, message(11).id])
    assert made.needs_page
    assert (made.anchor, made.oldest, made.newest) == (None, None, None)
    assert made.add([message(12)]) == []
    assert list(made.rows) == []
    made.show([message(9)], has_older=False)
    assert not made.needs_page


def test_the_neighbour_of_a_deleted_anchor_takes_its_place() -> None:
    made = timeline(*(message(number) for number in range(1, 6)))
    made.hold(message(3).id)
    made.delete([message(3).id, message(4).id])
    assert made.anchor == message(5).id
    made.delete([message(5).id])
    assert made.anchor == message(2).id


def test_a_cleared_chat_begins_behind_what_was_cleared() -> None:
    made = timeline(message(10), message(11), has_older=True)
    made.clear(10)
    assert numbers(made) == [11]
    assert not made.has_older
    assert isinstance(made.rows[0], BeginningRow)


def test_what_does_not_change_anything_draws_nothing_anew() -> None:
    made = timeline(message(1), message(2))
    revision = made.revision
    made.add([message(1), message(3, chat_id="elsewhere")])
    made.replace(message(9))
    made.set_state(bytes(32), MessageState.SENT)
    made.delete([bytes(32)])
    made.set_gaps([])
    made.set_unread(0, ALICE)
    made.clear(0)
    assert made.revision == revision
    made.set_state(message(1).id, MessageState.SENT)
    assert made.revision > revision


# rows


def shape(made: Timeline) -> list[str]:
    return [
        f"{'+' if row.begins_group else '-'}{int.from_bytes(row.message.id, 'big')}"
        if isinstance(row, MessageRow)
        else type(row).__name__
        for row in made.rows
    ]


def test_messages_of_one_author_and_minute_stand_together() -> None:
    at = NOON
    made = timeline(
        message(1, sent_ms=at),
        message(2, sent_ms=at + MINUTE_MS - 1),
        message(3, sent_ms=at + MINUTE_MS),
        message(4, sent_ms=at + MINUTE_MS, author=CAROL),
        message(5, sent_ms=at + MINUTE_MS, author=BOB),
    )
    assert shape(made) == ["BeginningRow", "DayRow", "+1", "-2", "+3", "+4", "+5"]


def test_so_many_messages_stand_together_and_no_more() -> None:
    made = timeline(*(message(number, sent_ms=NOON) for number in range(1, 23)))
    assert [place for place, row in enumerate(shape(made)) if row.startswith("+")] == [2, 22]


def test_days_have_lines_that_never_go_back() -> None:
    made = timeline(
        message(1, sent_ms=NOON),
        message(2, sent_ms=NOON + DAY_MS),
        message(3, sent_ms=NOON - 9 * DAY_MS),
        message(4, sent_ms=NOON + 900 * DAY_MS, received_ms=NOON + DAY_MS),
        message(5, sent_ms=-1, received_ms=NOON),
        message(6, sent_ms=1 << 62, received_ms=NOON + 2 * DAY_MS),
    )
    assert shape(made) == ["BeginningRow", "DayRow", "+1", "DayRow", "+2", "+3", "+4", "+5", "DayRow", "+6"]
    days = [row for row in made.rows if isinstance(row, DayRow)]
    assert [row.text(ENGLISH, date(2020, 8, 28)) for row in days] == ["Wednesday, 26 August 2020", "Yesterday", "Today"]


def test_a_gap_stands_where_something_may_be_missing() -> None:
    second = NOON // 1_000
    made = timeline(message(1), message(10))
    made.set_gaps([TimeRange(second + 120, second + 180), TimeRange(second + 240, second + 300), TimeRange(5, 5)])
    assert shape(made) == ["BeginningRow", "DayRow", "+1", "GapRow", "+10"]
    (gap,) = (row for row in made.rows if isinstance(row, GapRow))
    assert (gap.lower, gap.upper, gap.seconds) == (second + 120, second + 300, 120)
    assert gap.text(ENGLISH) == "2 min may be missing"
    made.set_gaps([TimeRange(second - 60, second), TimeRange(second + 6_000, second + 6_060)])
    assert shape(made) == ["BeginningRow", "GapRow", "DayRow", "+1", "+10", "GapRow"]


def test_gaps_beyond_the_window_come_with_its_pages() -> None:
    second = NOON // 1_000
    made = Timeline(CHAT, day_of=day_of)
    made.show([message(11), message(10)], has_older=True, has_newer=True, anchor=message(10).id)
    made.set_gaps(
        [TimeRange(second, second + 60), TimeRange(second + 540, second + 630), TimeRange(second + 900, second + 960)]
    )
    assert shape(made) == ["GapRow", "DayRow", "+10", "+11"]


def test_the_line_above_what_is_new_counts_what_others_wrote() -> None:
    made = timeline(
        message(1),
        message(2),
        message(3, author=ALICE, state=MessageState.SENT),
        message(4, content_type=ContentType.SYSTEM_PRIVATE_GROUP),
        message(5),
    )
    made.set_unread(2, ALICE)
    assert shape(made) == ["BeginningRow", "DayRow", "+1", "NewRow", "+2", "+3", "+4", "+5"]
    made.add([message(6)])
    assert shape(made)[3:5] == ["NewRow", "+2"], "it stays where it is"
    (line,) = (row for row in made.rows if isinstance(row, NewRow))
    assert line.text(ENGLISH) == "2 new messages"
    made.delete([message(2).id])
    assert shape(made)[3:5] == ["NewRow", "+3"]
    made.set_unread(0, ALICE)
    assert "NewRow" not in shape(made)
    made.set_unread(99, ALICE)
    assert shape(made)[2:4] == ["NewRow", "+1"]


def test_the_line_stands_above_the_message_that_is_the_first() -> None:
    made = timeline(message(1), message(2), has_older=True)
    made.set_new(message(2), 7)
    assert shape(made) == ["DayRow", "+1", "NewRow", "+2"]
    revision = made.revision
    made.set_new(message(2).cursor, 7)
    assert made.revision == revision
    made.set_new(None, 0)
    assert "NewRow" not in shape(made)


def test_the_line_above_what_is_new_comes_with_its_page() -> None:
    made = timeline(message(8), message(9), has_older=True)
    made.set_unread(5, ALICE)
    assert "NewRow" not in shape(made)
    made.add([message(10)])
    assert made.add_older(message(8), [message(7), message(6, author=ALICE)], has_older=True)
    assert "NewRow" not in shape(made)
    assert made.add_older(message(6), [message(5), message(4), message(3)], has_older=True)
    assert shape(made)[:4] == ["DayRow", "+3", "NewRow", "+4"]
    short = timeline(message(9), has_older=True)
    short.set_unread(5, ALICE)
    assert short.add_older(message(9), [], has_older=False)
    assert shape(short) == ["BeginningRow", "DayRow", "NewRow", "+9"], "fewer are here than were counted"
    own = timeline(message(1, author=ALICE))
    own.set_unread(1, ALICE)
    assert "NewRow" not in shape(own)


@pytest.mark.parametrize("shown", [(), (message(1),)])
def test_a_chat_begins(shown: tuple[Message, ...]) -> None:
    row = timeline(*shown).rows[0]
    assert isinstance(row, BeginningRow)
    assert row.text(ENGLISH) == "This is where the conversation begins"
