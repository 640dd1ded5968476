"""The messages of one chat on a screen: a window of them around the place that somebody looks at.

The window is made of pages of :meth:`pystatus.Client.history` and of what events bring. It is a part of the chat
without holes, in the order of the chat, and as long as :data:`MAX_MESSAGES` at most. What somebody looks at stays where
it is: the place is kept as the id of a message (the anchor) and never as a number of rows, so nothing that comes before
or behind it moves it. Without an anchor the end of the chat is followed.

A face draws :attr:`Timeline.rows` (:mod:`pystatus.faces.timeline_rows`) and keeps the heights of rows by their keys.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from pystatus.crypto.keys import PublicKey
from pystatus.faces.moments import local
from pystatus.faces.timeline_rows import NewLine, Row, rows
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.messenger.records import Cursor, Message, MessageState
from pystatus.payloads.kinds import ContentType

MAX_MESSAGES = 2_000
"""Messages in the window: more than somebody scrolls through at a time, and 2 MB of texts. Ours."""
PAGE = 200
"""Messages of one page that a face asks for, some five screens. Ours."""


class Timeline:
    """The window. ``revision`` changes whenever the rows do."""

    def __init__(self, chat_id: str, *, day_of: Callable[[int], date] | None = None, most: int = MAX_MESSAGES) -> None:
        """
        :param day_of: the day of a time in Unix milliseconds; None: by the clock of this machine.
        :param most: messages in the window.
        """
        self.chat_id = chat_id
        self.revision = 0
        self.has_older = False
        """Whether there may be older messages than those in the window: ask for the page before :attr:`oldest`."""
        self.has_newer = False
        """Whether there may be newer ones: ask for the page after :attr:`newest`."""
        self._day_of = day_of or (lambda milliseconds: local(milliseconds).date())
        self._most = most
        self._messages: list[Message] = []
        self._cursors: list[Cursor] = []
        self._clocks: dict[bytes, int] = {}
        self._anchor: bytes | None = None
        self._gaps: tuple[TimeRange, ...] = ()
        self._own: PublicKey | None = None
        self._unread = 0
        self._further = 0
        """How many of the unread messages are before the window."""
        self._new: NewLine | None = None
        self._rows: Sequence[Row] | None = None

    # what there is to see

    @property
    def messages(self) -> Sequence[Message]:
        """The messages of the window, the oldest first."""
        return self._messages

    @property
    def rows(self) -> Sequence[Row]:
        """The messages with day lines, gaps and the line above what is new, the oldest first."""
        if self._rows is None:
            begins = not self.has_older and not self.needs_page
            self._rows = rows(
                self._messages, self._gaps, self._new, self._day_of, has_newer=self.has_newer, begins=begins
            )
        return self._rows

    @property
    def anchor(self) -> bytes | None:
        """The id of the message that stays in its place; None: the end of the chat does."""
        return self._anchor

    @property
    def oldest(self) -> Message | None:
        """The first one of the window."""
        return self._messages[0] if self._messages else None

    @property
    def newest(self) -> Message | None:
        """The last one of the window."""
        return self._messages[-1] if self._messages else None

    @property
    def needs_page(self) -> bool:
        """Whether all that was in the window was deleted and there may be more: show the last page of the chat."""
        return not self._messages and (self.has_older or self.has_newer)

    def message(self, message_id: bytes) -> Message | None:
        """The message with this id, if it is in the window."""
        place = self._place(message_id)
        return None if place is None else self._messages[place]

    def row_of(self, message_id: bytes) -> int | None:
        """The place of a message among the rows; None: it is not in the window."""
        return next((place for place, row in enumerate(self.rows) if row.key == ("message", message_id)), None)

    # pages

    def show(
        self, page: Sequence[Message], *, has_older: bool, has_newer: bool = False, anchor: bytes | None = None
    ) -> None:
        """Show a page of the chat, as :meth:`pystatus.Client.history` returns it, in place of what was shown. The line
        above what is new is gone: see :meth:`set_unread`.

        :param has_older: whether there may be older ones: with ``limit`` messages on the page there may.
        :param has_newer: likewise; for the last page of the chat there are none.
        :param anchor: the id of the message that somebody wants to see, where the page is around it.
        """
        self._set(sorted(self._ours(page), key=lambda message: message.cursor))
        self.has_older, self.has_newer = has_older, has_newer
        self._new, self._further = None, 0
        self._anchor = anchor if anchor in self._clocks else None
        self._trim()
        self._changed()

    def add_older(self, before: Message | Cursor, page: Sequence[Message], *, has_older: bool) -> bool:
        """Put the page before a message at the beginning. False: that is not the oldest message any more, and nothing
        was done; ask again."""
        if not self._cursors or self._cursors[0] != _cursor(before):
            return False
        new = sorted(self._ours(page), key=lambda message: message.cursor)
        self._set([*new, *self._messages])
        self.has_older = has_older
        self._look_for_new(new)
        if self._anchor is None and len(self._messages) > self._most:
            self._anchor = _cursor(before).id  # somebody reads older ones: the end gives way
        self._trim()
        self._changed()
        return True

    def add_newer(self, after: Message | Cursor, page: Sequence[Message], *, has_newer: bool) -> bool:
        """Put the page after a message at the end. False: that is not the newest message any more, and nothing was
        done; ask again."""
        if not self._cursors or self._cursors[-1] != _cursor(after):
            return False
        new = sorted(self._ours(page), key=lambda message: message.cursor)
        self._set([*self._messages, *new])
        self.has_newer = has_newer
        self._trim()
        self._changed()
        return True

    # what happens

    def add(self, messages: Iterable[Message]) -> Sequence[Message]:
        """Put messages into their places, in whatever order they come: those that were added. One that is there already
        is replaced. Those of other chats, and those beyond an end where there may be more, come with their page."""
        added = []
        for message in messages:
            if message.chat_id != self.chat_id:
                continue
            if message.id in self._clocks:
                self.replace(message)
                continue
            place = bisect_left(self._cursors, message.cursor)
            beyond = (place == 0 and self.has_older) or (place == len(self._cursors) and self.has_newer)
            if beyond:
                continue
            self._messages.insert(place, message)
            self._cursors.insert(place, message.cursor)
            self._clocks[message.id] = message.clock
            added.append(message)
        if added:
            self._trim()
            self._changed()
        return [message for message in added if message.id in self._clocks]

    def replace(self, message: Message) -> None:
        """Show another version of a message: it stands where it stood, unless its clock is another one."""
        place = self._place(message.id)
        if place is None or self._messages[place] == message:
            return
        if self._cursors[place] == message.cursor:
            self._messages[place] = message
        else:
            self._set(sorted([*self._without({message.id}), message], key=lambda one: one.cursor))
        self._changed()

    def set_state(self, message_id: bytes, state: MessageState) -> None:
        """One of our own messages got further."""
        message = self.message(message_id)
        if message is not None:
            self.replace(replace(message, state=state))

    def delete(self, message_ids: Iterable[bytes]) -> None:
        """Messages are gone. If the anchor is among them, the next one that is left takes its place."""
        self._delete(set(message_ids) & self._clocks.keys())

    def delete_of(self, author: PublicKey) -> None:
        """Everything of somebody is gone, who was blocked."""
        self._delete({message.id for message in self._messages if message.author == author})

    def clear(self, cleared_clock: int) -> None:
        """What has a clock up to this one is gone (:attr:`Chat.cleared_clock`)."""
        gone = {message_id for message_id, clock in self._clocks.items() if clock <= cleared_clock}
        if gone:
            self.has_older = False
        self._delete(gone)

    def set_gaps(self, gaps: Iterable[TimeRange]) -> None:
        """What :meth:`pystatus.Client.history_gaps` says of this chat."""
        found = tuple(sorted(gap for gap in gaps if gap.seconds))
        if found != self._gaps:
            self._gaps = found
            self._changed()

    def set_unread(self, unread: int, own: PublicKey) -> None:
        """Draw the line above the first of the unread messages, and leave it there until this is called again; 0 takes
        it away.

        :param unread: :attr:`Chat.unread`, before the chat is marked as read. Where the first of them is before the
            window, the line comes with its page.
        """
        self._own, self._unread, self._further = own, unread, max(0, unread)
        self._new, before = None, self._new
        if not self.has_newer:
            self._look_for_new(self._messages)
        if self._new != before:
            self._changed()

    def set_new(self, first: Message | Cursor | None, unread: int) -> None:
        """The same where it is known which one is the first: ``client.conversations.first_unread``."""
        new = None if first is None else NewLine(_cursor(first), unread)
        self._further, before, self._new = 0, self._new, new
        if new != before:
            self._changed()

    def _look_for_new(self, messages: Sequence[Message]) -> None:
        """Go back by as many messages of others as were not read, page by page as they come."""
        of_others = self._of_others(messages) if self._further else []
        if self._further and len(of_others) >= self._further:
            self._new, self._further = NewLine(of_others[-self._further], self._unread), 0
        elif self._further and not self.has_older:  # fewer are here than were counted
            first = self._of_others(self._messages)[:1]
            self._new, self._further = NewLine(first[0], self._unread) if first else None, 0
        else:
            self._further -= len(of_others)

    def _of_others(self, messages: Iterable[Message]) -> list[Cursor]:
        return [
            message.cursor
            for message in messages
            if message.author != self._own and message.content_type != ContentType.SYSTEM_PRIVATE_GROUP
        ]

    # where somebody looks

    def hold(self, message_id: bytes) -> bool:
        """Keep a message where it is, whatever comes: the first one that somebody sees. False: it is not here."""
        if message_id not in self._clocks:
            return False
        self._anchor = message_id
        return True

    def follow(self) -> bool:
        """Follow the end of the chat. False: the window does not reach it; show the last page."""
        if self.has_newer:
            return False
        self._anchor = None
        return True

    # the window

    def _ours(self, page: Iterable[Message]) -> list[Message]:
        found = {message.id: message for message in page if message.chat_id == self.chat_id}
        return list(found.values())

    def _place(self, message_id: bytes) -> int | None:
        clock = self._clocks.get(message_id)
        return None if clock is None else bisect_left(self._cursors, Cursor(clock, message_id))

    def _without(self, message_ids: set[bytes]) -> list[Message]:
        return [message for message in self._messages if message.id not in message_ids]

    def _set(self, messages: list[Message]) -> None:
        self._messages = messages
        self._cursors = [message.cursor for message in messages]
        self._clocks = {message.id: message.clock for message in messages}

    def _delete(self, message_ids: set[bytes]) -> None:
        if not message_ids:
            return
        if self._anchor in message_ids:
            place = self._place(self._anchor)
            assert place is not None, "the anchor is in the window"
            nearest = [*self._messages[place:], *reversed(self._messages[:place])]
            self._anchor = next((message.id for message in nearest if message.id not in message_ids), None)
        self._set(self._without(message_ids))
        self._changed()

    def _trim(self) -> None:
        """Of too many messages those go that are the farthest from the anchor."""
        excess = len(self._messages) - self._most
        if excess <= 0:
            return
        place = None if self._anchor is None else self._place(self._anchor)
        older = len(self._messages) - 1 if place is None else place
        newer = len(self._messages) - 1 - older
        first = min(excess, max(0, min(older, (older - newer + excess + 1) // 2)))
        last = excess - first
        if first:
            self.has_older = True
        if last:
            self.has_newer = True
        self._set(self._messages[first : len(self._messages) - last])

    def _changed(self) -> None:
        self._rows = None
        self.revision += 1


def _cursor(place: Message | Cursor) -> Cursor:
    return place.cursor if isinstance(place, Message) else place
