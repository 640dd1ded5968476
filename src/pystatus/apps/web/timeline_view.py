"""The chat that is open in one window of the page: a window of its messages, and what has changed in it since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time

from pystatus.apps.web import shapes
from pystatus.apps.web.message_rows import MessageRows
from pystatus.apps.web.open_profile import OpenProfile
from pystatus.apps.web.shapes import PageValue
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.timeline import Timeline
from pystatus.faces.timeline_rows import NewRow
from pystatus.messenger.records import Chat, Cursor, Message, MessageState

FIRST_PAGE = 60
"""Messages that are read when a chat is opened: some three screens."""
PAGE = 100
"""Messages that are read when somebody scrolls: some 2 ms."""
MAX_FIRST = 1_000
"""Messages that are read when a chat is opened of which many are unread: the line above them is to be among them."""

Patch = Callable[[PageValue], None]


class TimelineView:
    """One chat in one window. Each method that changes what is to be seen sends what has changed, at once."""

    def __init__(self, profile: OpenProfile, texts: Catalogue, chat: Chat, send: Patch) -> None:
        """
        :param send: sends a patch: which rows are to be replaced by which.
        """
        self._profile = profile
        self._send = send
        self.chat = chat
        self._rows = MessageRows(profile, texts, chat)
        self._timeline = Timeline(chat.id)
        self._sent: list[PageValue] = []
        self._revision = 0

    # which part

    def open(self) -> PageValue:
        """Where its new messages begin, else its end."""
        chat = self.chat
        limit = min(FIRST_PAGE + chat.unread, MAX_FIRST)
        page = self._profile.client.history(chat, limit)
        timeline = Timeline(chat.id)
        timeline.show(page, has_older=len(page) == limit)
        timeline.set_unread(chat.unread, self._profile.own)
        self._use(timeline)
        is_new = any(isinstance(row, NewRow) for row in timeline.rows)
        return self._whole("new" if is_new else None)

    def go_to_end(self) -> PageValue:
        """The end of the chat, whatever was held."""
        page = self._profile.client.history(self.chat, FIRST_PAGE)
        timeline = Timeline(self.chat.id)
        timeline.show(page, has_older=len(page) == FIRST_PAGE)
        self._use(timeline)
        return self._whole(None)

    def go_to(self, place: Message | Cursor) -> PageValue:
        """A message of this chat with what is around it, or what is nearest to the place.

        :raises LocalError: there is nothing.
        """
        client = self._profile.client
        page = client.history(self.chat, PAGE, around=place)
        if not page:
            return self.open()
        newer = bool(client.history(self.chat, 1, after=page[0]))
        timeline = Timeline(self.chat.id)
        timeline.show(page, has_older=len(page) >= PAGE // 2, has_newer=newer, anchor=place.id)
        self._use(timeline)
        wanted = place.cursor if isinstance(place, Message) else place
        nearest = next((one for one in timeline.messages if one.cursor >= wanted), timeline.messages[-1])
        return self._whole(shapes.hex_id(nearest.id))

    def go_to_day(self, day: date) -> PageValue:
        """The first message of a day, or the next one behind it."""
        milliseconds = int(datetime.combine(day, time.min).astimezone().timestamp() * 1_000)
        return self.go_to(Cursor(milliseconds, bytes(32)))

    def read_older(self) -> bool:
        """Put the page before the first message that is held; whether there was any."""
        oldest = self._timeline.oldest
        if oldest is None or not self._timeline.has_older:
            return False
        page = self._profile.client.history(self.chat, PAGE, before=oldest)
        self._load(page)
        self._timeline.add_older(oldest, page, has_older=len(page) == PAGE)
        self._show()
        return bool(page)

    def read_newer(self) -> bool:
        """Put the page behind the last message that is held; whether there was any."""
        newest = self._timeline.newest
        if newest is None or not self._timeline.has_newer:
            return False
        page = self._profile.client.history(self.chat, PAGE, after=newest)
        self._load(page)
        self._timeline.add_newer(newest, page, has_newer=len(page) == PAGE)
        self._show()
        return bool(page)

    def hold(self, message_id: bytes | None) -> bool:
        """Somebody looks at this message first, or at the end."""
        return self._timeline.follow() if message_id is None else self._timeline.hold(message_id)

    # what happens

    def add(self, messages: Iterable[Message]) -> None:
        """Messages have come, or were sent."""
        fitting = [message for message in messages if message.chat_id == self.chat.id]
        if fitting:
            self._load(fitting)
            self._timeline.add(fitting)
            self._show()

    def set_states(self, states: Mapping[bytes, MessageState]) -> None:
        """How far some of our own messages got."""
        for message_id, state in states.items():
            self._timeline.set_state(message_id, state)
        self.reload(states)

    def remove(self, message_ids: Iterable[bytes]) -> None:
        """Messages were deleted."""
        self._timeline.delete(message_ids)
        self._show()

    def remove_of(self, author: PublicKey) -> None:
        """Somebody was blocked, and all of theirs is deleted."""
        self._timeline.delete_of(author)
        self._show()

    def cleared(self, chat: Chat) -> None:
        """The history of a chat was deleted."""
        if chat.id == self.chat.id:
            self._timeline.clear(chat.cleared_clock)
            self._show()

    def read_gaps(self) -> None:
        """What is missing is asked for again."""
        self._set_gaps()
        self._show()

    def reload(self, message_ids: Iterable[bytes] | None = None) -> None:
        """What belongs to messages has changed: of some, or names, which are of all."""
        if message_ids is None:
            self._rows = MessageRows(self._profile, self._rows.texts, self.chat)
            self._load(self._timeline.messages)
        else:
            found = [one for message_id in message_ids if (one := self._timeline.message(message_id)) is not None]
            self._load(found, names=False)
        self._show()

    # what is sent

    def _use(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._set_gaps()
        self._load(timeline.messages)

    def _set_gaps(self) -> None:
        try:
            gaps = self._profile.client.history_gaps(self.chat)
        except LocalError:  # no mailserver is asked: nothing is known to be missing
            return
        self._timeline.set_gaps(gaps)

    def _load(self, messages: Sequence[Message], *, names: bool = True) -> None:
        held = {one.id: one for one in (*self._timeline.messages, *messages)}
        self._rows.load(messages, held, names=names)

    def _whole(self, anchor: str | None) -> PageValue:
        timeline = self._timeline
        self._sent = self._rows.rows(timeline.rows)
        self._revision += 1
        return {
            "chat": self.chat.id,
            "revision": self._revision,
            "rows": self._sent,
            "has_older": timeline.has_older,
            "has_newer": timeline.has_newer,
            "anchor": anchor,
        }

    def _show(self) -> None:
        """Send what differs from what was sent: one piece of the list, from the first to the last row that differs."""
        timeline = self._timeline
        if timeline.needs_page:  # all that was held is gone
            page = self._profile.client.history(self.chat, FIRST_PAGE)
            timeline.show(page, has_older=len(page) == FIRST_PAGE)
            self._load(timeline.messages)
        before, now = self._sent, self._rows.rows(timeline.rows)
        start, end = 0, 0
        most = min(len(before), len(now))
        while start < most and _same(before[start], now[start]):
            start += 1
        while end < most - start and _same(before[-1 - end], now[-1 - end]):
            end += 1
        if start == len(before) == len(now):
            return
        self._sent = now
        self._revision += 1
        self._rows.forget(message.id for message in timeline.messages)
        self._send(
            {
                "chat": self.chat.id,
                "revision": self._revision,
                "start": start,
                "removed": len(before) - start - end,
                "rows": now[start : len(now) - end],
                "has_older": timeline.has_older,
                "has_newer": timeline.has_newer,
            }
        )


def _same(one: PageValue, other: PageValue) -> bool:
    return one is other or one == other
