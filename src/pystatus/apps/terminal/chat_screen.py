"""The chat screen: chats on the left, messages on the right, a line to write in, and below whether anybody is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import AppBlur, AppFocus
from textual.screen import Screen
from textual.widgets import Static

from pystatus.apps.terminal.arranging import Arranging
from pystatus.apps.terminal.chat_actions import ChatActions
from pystatus.apps.terminal.commands import commands
from pystatus.apps.terminal.conversation import Conversation
from pystatus.apps.terminal.drawing import Drawing
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.following import Following
from pystatus.apps.terminal.keeping import Keeping
from pystatus.apps.terminal.keys import EVERYWHERE, bindings
from pystatus.apps.terminal.looks import looks_of, steady
from pystatus.apps.terminal.media_actions import MediaActions
from pystatus.apps.terminal.message_actions import MessageActions
from pystatus.apps.terminal.obeying import Obeying
from pystatus.apps.terminal.remarks import REMARK_SECONDS, Remarks
from pystatus.apps.terminal.wallet_actions import WalletActions
from pystatus.apps.terminal.widgets.chat_list import ChatList
from pystatus.apps.terminal.widgets.completion import Completion
from pystatus.apps.terminal.widgets.composer import Composer
from pystatus.apps.terminal.widgets.message_view import MessageView
from pystatus.client.features.backup import Backup
from pystatus.errors import LocalError, StatusError
from pystatus.faces.composer import room
from pystatus.faces.sentences import as_sentence
from pystatus.messenger.records import Cursor, Message, MessageState

SIDE = 30
"""Columns of the list of chats."""
STATUS_SECONDS = 5.0
"""How often the line at the bottom is looked at while nobody is connected."""


class ChatScreen(MessageActions, MediaActions, WalletActions, ChatActions, Keeping, Arranging, Screen[None]):
    """Everything on one screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE)

    def __init__(
        self,
        face: Face,
        start: str | None,
        on_failure: Callable[[StatusError], None],
        *,
        show_words: bool = False,
    ) -> None:
        """
        :param start: the id of the chat to show first; None takes the one used last.
        :param on_failure: is given the error if the client had to stop.
        :param show_words: show the recovery words of a new account.
        """
        super().__init__()
        self._show_words = show_words
        self._words_due = False
        self.face = face
        self.current: str | None = start
        self.reply_to: Message | None = None
        self.in_list = False
        """Whether a narrow screen shows the list of chats."""
        self._on_failure = on_failure
        self._obeying = Obeying(face, self)
        self._following = Following(face, self)
        self._remarks = Remarks(self._remark, lambda: asyncio.get_running_loop().time(), face.texts.terminal_more())
        self._dirty: set[str] = set()
        """Chats whose draft has changed and is not stored yet."""
        self.places: dict[str, Cursor] = {}
        """Where somebody was in a chat that they have left, unless at its end."""
        self.drafts: frozenset[str] = frozenset()
        self.chat_list = ChatList(face)
        self.composer = Composer(face.texts.terminal_placeholder(), blink=face.wishes.blink, keys=face.wishes.keys)
        self._title = Static(classes="chat-title")
        self._hint = Static(classes="hint-line")
        self._status = Static(classes="status")
        self.footer = Static(classes="footer")
        self.commands = commands(face)
        self._completion = Completion(face, self.composer, self.commands, lambda: self.current)

    def compose(self) -> ComposeResult:
        face = self.face
        drawing = Drawing(self.app.console, face.client.public_key, face.texts, lambda: self.now().date(), face.signs)
        self.view = MessageView(drawing)
        self.conversation = Conversation(face, self.view)
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield self.chat_list
                yield Static(self._you(), id="you")
            with Vertical(id="chat"):
                yield self._title
                yield self.view
                yield self._hint
                yield self.composer
        with Horizontal(id="bottom"):
            yield self._status
            yield self.footer

    def _you(self) -> Content:
        client = self.face.client
        looks = looks_of(client.public_key)
        cells = "" if self.face.wishes.ascii else f"{looks.cells} "
        return Content.assemble(
            (cells, looks.color), (steady(client.name, SIDE - 6), "bold"), "\n", (client.chat_key[:13] + "…", "dim")
        )

    def now(self) -> datetime:
        """The time of the client, in the time zone of this machine."""
        return datetime.fromtimestamp(self.face.client.now).astimezone()

    def on_mount(self) -> None:
        self.use_room()
        self.composer.focus()
        self._begin()

    @work
    async def _begin(self) -> None:
        try:
            chats = sorted(self.face.client.chats(), key=lambda chat: chat.archived)
            active = [chat.id for chat in chats if chat.active]
            if self.current not in active:
                self.current = active[0] if active else None
            self.drafts = frozenset(self.face.conversations.drafted_chats())
            self._show_current()
            self._words_due = self.face.client.feature(Backup).is_due()
            if self._show_words:
                self.action_words()
            await self._following.follow()
        except StatusError as error:
            self._on_failure(error)
        self.app.exit()

    # which chat

    @property
    def chat_id(self) -> str | None:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        return self.current

    async def open(self, chat_id: str) -> None:
        """Go to a chat. What was begun in the one before waits there, so that it is not sent here."""
        self.change_chat(chat_id)
        self.composer.focus()

    def change_chat(self, chat_id: str | None) -> None:
        """The same, with the focus where it is. What was begun where no chat was open goes along."""
        begun = self.composer.text if self.current is None else ""
        if chat_id != self.current:
            self.keep_draft()
            self._keep_place()
            self.current = chat_id
        self._show_current()
        if begun.strip() and not self.composer.text:
            self.composer.fill(begun)

    def _show_current(self) -> None:
        chat = self.face.chat(self.current)
        self.reply_to = None
        self.conversation.open(chat)
        if chat is not None:
            self.show_draft(self.face.conversations.draft(chat))
            self._dirty.discard(chat.id)
            if chat.id in self.places and not chat.unread:
                self.conversation.go_to(self.places[chat.id])
                self.view.chosen = None
        self.show_title()
        self.show_chats()
        self.show_hint()
        self.mark_seen()

    def show_title(self) -> None:
        """The name of the chat, who can read it, and whether another name imitates it."""
        chat, texts = self.face.chat(self.current), self.face.texts
        if chat is None:
            self._title.update(Content.assemble((texts.terminal_no_chat_title(), "bold"), "\n", self.face.no_chat))
            return
        title = steady(self.face.title(chat).removeprefix("#"), max(10, self.size.width - 10))
        warning = self.warning(chat)
        ours = [one.forward_secrecy for one in self.conversation.timeline.messages if one.state is not None]
        who = self.face.audience(chat, forward_secrecy=ours[-1] if ours else None)
        below = (warning, "bold $error") if warning else (who, "dim")
        self._title.update(Content.assemble((f"{self.face.sign(chat)} ", "dim"), (title, "bold"), "\n", below))

    def show_chats(self) -> None:
        """The list on the left, and how much is unread in the title of the window."""
        chats = self.face.client.chats()
        self.chat_list.show(chats, self.current, self.drafts)
        self.app.sub_title = self.chat_list.window_title

    @property
    def listed(self) -> int:
        """How many chats are in the list."""
        return len(self.chat_list.entries)

    def show_status(self) -> None:
        """Whether anybody is there, and what waits."""
        state = self._following.network
        state.count(self._following.waiting)
        if not state.relays:
            self._look_again()
        line = state.line()
        if self._words_due:
            line = f"{line} · {self.face.texts.terminal_words_due(words=self.face.way('words'))}"
        mark = self.face.signs.dot if state.relays else self.face.signs.state(MessageState.UNCONFIRMED)
        self._status.update(Content.assemble((mark, "$success" if state.is_well else "$warning"), f" {line}"))

    def _look_again(self) -> None:
        """While nobody is there, the line says for how long."""
        if (timer := getattr(self, "_status_timer", None)) is not None:
            timer.stop()
        self._status_timer = self.set_timer(STATUS_SECONDS, self.show_status)

    def show_hint(self) -> None:
        """The line above the composer: what is completed, replied to, or further down."""
        texts = self.face.texts
        text = self._completion.line()
        if not text and self.reply_to is not None:
            author = self.face.name_of(self.reply_to.author)
            text = texts.terminal_replying(name=author)
        if not text and not self.view.follows:
            below = self.view.below
            text = texts.terminal_below(n=below) if below and not self.conversation.timeline.has_newer else ""
            text = text or texts.terminal_not_at_end()
        if not text and (left := room(self.composer.text)).is_shown:
            text = left.text(texts)
        self._hint.update(Content(text))
        self._hint.display = bool(text)

    @on(AppFocus)
    def _looks(self) -> None:
        self.mark_seen()

    @on(AppBlur)
    def _looks_away(self) -> None:
        self.keep_draft()

    @on(MessageView.Moved)
    def _moved(self) -> None:
        self.read_pictures()
        self.show_hint()
        self.mark_seen()

    @on(MessageView.OlderWanted)
    def _older(self) -> None:
        self.conversation.read_older()

    @on(MessageView.NewerWanted)
    def _newer(self) -> None:
        self.conversation.read_newer()

    @on(MessageView.EndWanted)
    def _end(self) -> None:
        self.conversation.go_to_end()

    @on(ChatList.Chosen)
    def _chosen(self, event: ChatList.Chosen) -> None:
        if event.chat_id != self.current:
            self.change_chat(event.chat_id)

    # what the person writes

    @on(Composer.Changed)
    def _typed(self) -> None:
        self._completion.typed()
        self.show_hint()
        if self.current is not None and self.composer.text != self._stored:
            self._dirty.add(self.current)
            self._draft_soon()

    @on(Composer.Asked)
    def _pasted(self, event: Composer.Asked) -> None:
        self.ask_about(event.paste)

    @on(Composer.Submitted)
    @work(exclusive=False)
    async def _submitted(self, event: Composer.Submitted) -> None:
        """Nothing that was written is taken away before it is stored."""
        try:
            typed = event.text if event.is_literal else self.commands.parse(event.text)
            if isinstance(typed, str):
                await self._send(event.text, typed)
            else:
                self._written(event.text)
                await self._obeying.obey(typed)
        except LocalError as error:
            self.complain(error)
            if not self.composer.text:
                self.composer.fill(event.text)

    async def _send(self, written: str, text: str) -> None:
        chat_id, reply_to = self.current, self.reply_to
        if chat_id is None:
            raise LocalError(self.face.no_chat)
        self._written(written)
        self.reply_to = None
        try:
            receipt = await self.face.client.send_text(chat_id, self.face.mentions.typed(chat_id, text), reply_to)
        except LocalError:
            self.reply_to = reply_to
            raise
        self.sent(receipt.message)

    def _written(self, text: str) -> None:
        """What was written is on its way: the composer remembers it."""
        self.composer.remember(text)

    def sent(self, message: Message) -> None:
        """A message of ours was stored: show it."""
        stored = self.face.client.message(message.id)
        if stored is not None:
            self._following.sent(stored)
            self.show_status()
        if stored is not None and stored.chat_id == self.current:
            if self.conversation.timeline.has_newer:
                self.conversation.go_to_end()
            else:
                self.view.go_to_end()
                self.conversation.add([stored])
        self.show_hint()

    async def obey(self, line: str) -> None:
        """Carry out a command that a key stands for.

        :raises LocalError: it cannot be done.
        """
        typed = self.commands.parse(line)
        assert not isinstance(typed, str), "it begins with a slash"
        await self._obeying.obey(typed)

    def words_checked(self) -> None:
        """The recovery words are on paper, and deleted here."""
        self._words_due = False
        self.tell(self.face.texts.terminal_words_checked())
        self.show_status()

    def complain(self, what: object) -> None:
        """Say what is wrong, until it was read."""
        self.notify(as_sentence(str(what)), severity="error", markup=False)

    def warn(self, sentence: str, *, always: bool) -> None:
        """Say what somebody should look at: see :meth:`Remarks.add`."""
        self._remarks.add(sentence, always=always)

    def _remark(self, sentence: str) -> None:
        self.notify(sentence, severity="warning", timeout=REMARK_SECONDS, markup=False)

    def tell(self, sentence: str) -> None:
        """Say what has happened."""
        self.notify(as_sentence(sentence), markup=False)

    def action_scroll_messages(self, pages: int) -> None:
        """Scroll the messages from the composer."""
        self.view.action_page(pages)

    def people_changed(self) -> None:
        """Names may be other ones now."""
        self.conversation.reload()
        self.show_chats()
        self.show_title()
