"""The messages of one chat: in order, in groups by author and minute, growing at both ends."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message as Notice
from textual.widgets import Static

from pystatus.apps.demo.people import message_text, person, time_of
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.records import Message, MessageState

MAX_SHOWN = 500
"""Messages kept on the screen while new ones come in at the end; older ones are read from the store again when somebody
scrolls up to them."""
MAX_GROUP = 20
"""Messages under one picture; with more of them one would not see any more who writes."""
NEAR_TOP = 3
"""Lines from the top at which older messages are fetched."""


def same_group(group: Sequence[Message], following: Message) -> bool:
    """Whether ``following`` shares a picture and a time with the messages before it."""
    last = group[-1]
    same_minute = last.received_ms // 60_000 == following.received_ms // 60_000
    return last.author == following.author and same_minute and len(group) < MAX_GROUP


class MessageGroup(Horizontal):
    """What one author wrote in one minute, beside their picture."""

    def __init__(self, messages: Sequence[Message], *, own: bool) -> None:
        super().__init__(classes="own" if own else None)
        self._own = own
        self.messages = list(messages)
        self._lines = {message.id: Static(message_text(message)) for message in messages}

    def compose(self) -> ComposeResult:
        first = self.messages[0]
        author = person(first.author)
        yield Static(author.styled_picture, classes="picture")
        with Vertical():
            who = Content.assemble(author.styled_name, (" (you)" if self._own else "", "dim"))
            yield Static(Content.assemble(who, "  ", (time_of(first), "dim")))
            yield from self._lines.values()

    def holds(self, message_id: bytes) -> bool:
        """Whether the message is in this group."""
        return message_id in self._lines

    async def append(self, messages: Sequence[Message]) -> None:
        """Show ``messages`` at the end of the group."""
        lines = {message.id: Static(message_text(message)) for message in messages}
        self.messages += messages
        self._lines |= lines
        await self.query_one(Vertical).mount_all(lines.values())

    def replace(self, message: Message) -> None:
        """Show another version of a message."""
        self._lines[message.id].update(message_text(message))


class MessageList(VerticalScroll):
    """Shows messages and stays at the end, unless the person scrolls up."""

    class OlderWanted(Notice):
        """The person came near the oldest message that is shown."""

        def __init__(self, oldest: Message) -> None:
            super().__init__()
            self.oldest = oldest

    def __init__(self, own: PublicKey) -> None:
        super().__init__()
        self._own = own
        self._chat_id: str | None = None
        self._messages: list[Message] = []  # in the order of the chat: clock, then id
        self._groups: list[MessageGroup] = []
        self._more = False
        self._asked = False
        self._beginning = Static("This is where the conversation begins.", classes="beginning")

    def compose(self) -> ComposeResult:
        yield self._beginning

    @property
    def messages(self) -> Sequence[Message]:
        """What is shown, in the order of the chat."""
        return self._messages

    async def show(self, chat_id: str, newest_first: Sequence[Message], *, more: bool) -> None:
        """Show the end of a chat; ``more`` says whether there is anything older."""
        async with self.batch():
            self._chat_id = chat_id
            self._messages = list(reversed(newest_first))
            self._set_more(more)
            await self._rebuild()
        self.anchor()
        self.call_after_refresh(self._ask_for_older)

    async def add(self, messages: Sequence[Message]) -> None:
        """Put messages into their places. Those that are there already, or of another chat, change nothing."""
        async with self.batch():
            new = [message for message in messages if self._belongs(message)]
            if not new:
                return
            new.sort(key=lambda message: message.cursor)
            if self._messages and new[0].cursor < self._messages[-1].cursor:
                self._messages = sorted([*self._messages, *new], key=lambda message: message.cursor)
                await self._rebuild()
            else:
                await self._append(new)
            if self.is_vertical_scroll_end:
                await self._drop_oldest()

    def _belongs(self, message: Message) -> bool:
        place = bisect_left(self._messages, message.cursor, key=lambda shown: shown.cursor)
        known = place < len(self._messages) and self._messages[place].id == message.id
        later = place == 0 and self._more  # it will come with the older ones
        return message.chat_id == self._chat_id and not known and not later

    async def add_older(self, oldest: Message, newest_first: Sequence[Message], *, more: bool) -> None:
        """Put a page before ``oldest``, if that is still the oldest that is shown. What is looked at stays in place."""
        height = self.virtual_size.height
        async with self.batch():
            if not self._messages or self._messages[0].id != oldest.id:
                return
            groups = self._grouped(list(reversed(newest_first)))
            self._messages[:0] = reversed(newest_first)
            self._groups[:0] = groups
            self._set_more(more)
            await self.mount_all(groups, after=self._beginning)
        self.call_after_refresh(self._keep_place, height)

    async def set_states(self, states: Mapping[bytes, MessageState]) -> None:
        """Show how far some of our own messages got."""
        async with self.batch():
            for place in reversed(range(len(self._messages))) if states else ():
                message = self._messages[place]
                if message.id in states:
                    self._messages[place] = replace(message, state=states[message.id])
                    self._group_of(message.id).replace(self._messages[place])

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value:
            self._ask_for_older()

    def _ask_for_older(self) -> None:
        """Ask for older messages if the person is near the top, or all there is does not fill the screen."""
        at_end = self.max_scroll_y > 0 and self.is_vertical_scroll_end
        if self._more and not self._asked and self._messages and self.scroll_y <= NEAR_TOP and not at_end:
            self._asked = True
            self.post_message(self.OlderWanted(self._messages[0]))

    def _keep_place(self, height_before: int) -> None:
        grown = self.virtual_size.height - height_before
        if not self.is_vertical_scroll_end or self.scroll_y <= NEAR_TOP:
            self.scroll_to(y=self.scroll_y + grown, animate=False, immediate=True)
        self._ask_for_older()

    def _set_more(self, more: bool) -> None:
        self._more = more
        self._asked = False
        self._beginning.display = not more

    async def _rebuild(self) -> None:
        await self.remove_children(self._groups)
        self._groups = self._grouped(self._messages)
        await self.mount_all(self._groups)

    async def _append(self, messages: Sequence[Message]) -> None:
        """Show ``messages`` behind all others."""
        self._messages += messages
        fitting = 0
        if self._groups:
            group = list(self._groups[-1].messages)
            while fitting < len(messages) and same_group(group, messages[fitting]):
                group.append(messages[fitting])
                fitting += 1
            await self._groups[-1].append(messages[:fitting])
        groups = self._grouped(messages[fitting:])
        self._groups += groups
        await self.mount_all(groups)

    def _grouped(self, messages: Sequence[Message]) -> list[MessageGroup]:
        runs: list[list[Message]] = []
        for message in messages:
            if runs and same_group(runs[-1], message):
                runs[-1].append(message)
            else:
                runs.append([message])
        return [MessageGroup(run, own=run[0].author == self._own) for run in runs]

    async def _drop_oldest(self) -> None:
        dropped = 0
        while len(self._messages) - sum(len(group.messages) for group in self._groups[:dropped]) > MAX_SHOWN:
            dropped += 1
        if dropped:
            gone, self._groups = self._groups[:dropped], self._groups[dropped:]
            del self._messages[: sum(len(group.messages) for group in gone)]
            self._set_more(True)
            await self.remove_children(gone)

    def _group_of(self, message_id: bytes) -> MessageGroup:
        return next(group for group in reversed(self._groups) if group.holds(message_id))
