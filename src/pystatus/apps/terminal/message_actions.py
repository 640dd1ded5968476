"""What keys do with a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.content import Content

from pystatus.apps.terminal.dialogs.windows import Entry, ListWindow, TextWindow
from pystatus.errors import LocalError
from pystatus.faces.pasting import Paste, PasteChoice
from pystatus.faces.timeline_rows import GapRow
from pystatus.messenger.records import Message, MessageState
from pystatus.payloads.kinds import ReactionType

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[None]

    from pystatus.apps.terminal.conversation import Conversation
    from pystatus.apps.terminal.face import Face
    from pystatus.apps.terminal.widgets.composer import Composer
    from pystatus.apps.terminal.widgets.message_view import MessageView
else:
    _Base = object

MAX_COPIED = 74_994
"""Bytes that xterm takes in an OSC 52; others take more."""


class MessageActions(_Base):
    """A part of the chat screen: the message that is chosen, or the last one in view."""

    face: Face
    view: MessageView
    conversation: Conversation
    composer: Composer
    reply_to: Message | None
    current: str | None

    if TYPE_CHECKING:

        async def confirm(self, question: str) -> bool: ...
        def complain(self, what: object) -> None: ...
        def tell(self, sentence: str) -> None: ...
        def show_hint(self) -> None: ...
        def has_media(self, message: Message) -> bool: ...
        def open_media(self, message: Message) -> None: ...
        async def obey(self, line: str) -> None: ...

    def pick(self, argument: str) -> tuple[Message, str]:
        """See :class:`pystatus.apps.terminal.shell.Shell`.

        :raises LocalError: no message is in view.
        """
        message = self.view.chosen_message
        if message is None:
            raise LocalError(self.face.texts.terminal_no_message())
        return message, argument

    def numbered(self, message: Message) -> str:
        """See :class:`pystatus.apps.terminal.shell.Shell`: it is chosen in the window."""
        return ""

    def show(self, title: str, lines: Sequence[str]) -> None:
        """Show lines in a window."""
        self.app.push_screen(TextWindow(title, [Content("\n".join(lines))], self.face.texts.terminal_hint_close()))

    def _do(self, line: str) -> None:
        self._do_it(line)

    @work
    async def _do_it(self, line: str) -> None:
        try:
            await self.obey(line)
        except LocalError as error:
            self.complain(error)

    def action_explain(self) -> None:
        """Say everything that is known of the message."""
        self._do("/explain")

    def action_reply(self) -> None:
        """Reply to the message; one of ours that failed is sent again."""
        message = self.view.chosen_message
        if message is None:
            return
        if message.state in (MessageState.FAILED, MessageState.UNCONFIRMED):
            self._do("/resend")
            return
        self.reply_to = message
        self.composer.focus()
        self.show_hint()

    @work
    async def action_react(self) -> None:
        """Ask which of the six emoji."""
        message = self.view.chosen_message
        if message is None:
            return
        texts = self.face.texts
        kinds = [kind for kind in ReactionType if kind.value]
        entries = [Entry(str(kind.value), f"{kind.value}  {self.face.reaction(kind, kind.emoji)}") for kind in kinds]

        def find(typed: str) -> Sequence[Entry]:
            return [entry for entry in entries if not typed or entry.id == typed.strip()]

        wanted = await self.app.push_screen_wait(
            ListWindow(texts.terminal_react_title(), find, texts.terminal_hint_choose(), texts.terminal_react_none())
        )
        if wanted is None:
            return
        try:
            await self.face.reactions.toggle(message, int(wanted))
        except LocalError as error:
            self.complain(error)
        self.conversation.reload([message.id])

    def action_open_message(self) -> None:
        """Fetch what is missing; go to the message that is replied to; show a long one whole."""
        row = self.view.chosen_row
        if isinstance(row, GapRow):
            self._do("/fetch")
        elif row is not None and self.has_media(row.message):
            self.open_media(row.message)
        elif row is not None:
            quoted = row.message.response_to
            target = None if quoted is None else self.face.client.message(quoted)
            if target is not None and target.chat_id == self.current:
                self.conversation.go_to(target)
            else:
                self.conversation.set_open(row.message)

    def action_open_link(self) -> None:
        """Follow the link of the message."""
        self._do("/open")

    def action_copy(self) -> None:
        """Copy the text of the message by OSC 52."""
        message = self.view.chosen_message
        if message is None:
            return
        texts, text = self.face.texts, message.text
        if len(text.encode()) > MAX_COPIED:
            self.complain(texts.terminal_too_long_to_copy())
            return
        self.app.copy_to_clipboard(text)
        self.tell(texts.terminal_copied())

    def action_raw(self) -> None:
        """Show the text with every character that cannot be seen named."""
        self._do("/raw")

    def action_delete(self) -> None:
        """Delete the message here."""
        self._do("/forget")

    def action_withdraw(self) -> None:
        """Take the message back, if it has not left."""
        self._do("/withdraw")

    @work
    async def action_unread(self) -> None:
        """From this message on the chat is to be read once more."""
        message = self.view.chosen_message
        if message is None or self.current is None:
            return
        own = self.face.client.public_key
        later = [one for one in self.conversation.timeline.messages if one.cursor >= message.cursor]
        count = sum(one.author != own for one in later)
        if count:
            await self.face.conversations.mark_unread(self.current, count)
            self.tell(self.face.texts.terminal_is_unread())

    def action_arrange(self, command: str) -> None:
        """Pin the chat, or put it away."""
        self._do(f"/{command}")

    # pasting

    @work
    async def ask_about(self, paste: Paste) -> None:
        """Ask how many lines are to be put in. Whatever they begin with, they are no command."""
        texts = self.face.texts
        choices = {one.value: one for one in paste.choices if one is not PasteChoice.AS_FILE}
        entries = [Entry(value, one.label(texts)) for value, one in choices.items()]
        how = await self.app.push_screen_wait(
            ListWindow(
                paste.question(texts),
                lambda typed: [entry for entry in entries if typed.lower() in entry.text.lower()],
                texts.terminal_hint_choose(),
                texts.terminal_nothing_found(),
            )
        )
        if how is not None:
            self.composer.put(paste.result(choices[how]))
            self.composer.focus()
