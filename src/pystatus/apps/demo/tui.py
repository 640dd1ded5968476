"""The chat screen: chats on the left, messages on the right, a line to write in.

It works on anything that has the few methods of :class:`ChatClient`: a :class:`pystatus.Client`, or a double in tests.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence, Sized
from dataclasses import replace
from typing import Protocol

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from pystatus.account.key_encoding import encode
from pystatus.apps.demo.commands import COMMANDS, Command, parse
from pystatus.apps.demo.people import LOCK, MARKS, chat_subtitle, chat_title, person
from pystatus.apps.demo.widgets.chat_list import ChatList
from pystatus.apps.demo.widgets.composer import Composer
from pystatus.apps.demo.widgets.dialogs import HelpDialog, NewChatDialog
from pystatus.apps.demo.widgets.message_list import MessageList
from pystatus.apps.demo.widgets.status_line import StatusLine
from pystatus.client import Event, PeerConnected, PeerDisconnected, Receipt
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, StatusError
from pystatus.faces.places import named
from pystatus.faces.sentences import as_sentence
from pystatus.messenger.events import (
    ChatLeft,
    ChatOpened,
    MessageReceived,
    MessageStateChanged,
    MessageUndecryptable,
)
from pystatus.messenger.records import Chat, Cursor, Message, MessageState

PAGE = 50
"""Messages read from the store at a time: more than a large screen shows."""
DRAW_SECONDS = 0.03
"""How long something that came in may wait until it is drawn: too short to be noticed."""

KEYS = (
    ("Enter", "send"),
    ("Ctrl-J", "new line"),
    ("Ctrl-N", "new chat: a public one, or one person"),
    ("Tab, Shift-Tab", "move between chats, messages and text"),
    ("Alt-Up, Alt-Down", "previous or next chat"),
    ("Page Up, Down", "scroll; older messages come by themselves"),
    ("Ctrl-Q", "end"),
)


SIGNS = (
    (MARKS[MessageState.SENDING], "on its way to a relay"),
    (MARKS[MessageState.SENT], "a relay has it"),
    (MARKS[MessageState.SEEN], "a relay says that it took it"),
    (MARKS[MessageState.ARCHIVED], "a mailserver has it"),
    (MARKS[MessageState.DELIVERED], "the other side has it"),
    (LOCK, "forward secrecy: no key that is left opens it"),
)


class Connections(Protocol):
    """What the screen needs of a node."""

    @property
    def peers(self) -> Sized: ...


class Names(Protocol):
    """What the screen needs of ``client.mentions``."""

    def typed(self, chat: Chat | str, text: str) -> str: ...


class ChatClient(Protocol):
    """What the screen needs of a client; see :class:`pystatus.Client`."""

    @property
    def public_key(self) -> PublicKey: ...
    @property
    def node(self) -> Connections: ...
    @property
    def mentions(self) -> Names: ...
    def chats(self) -> Sequence[Chat]: ...
    def history(
        self, chat: Chat | str, limit: int = ..., before: Message | Cursor | None = ...
    ) -> Sequence[Message]: ...
    def events(self) -> AsyncIterator[Event]: ...
    async def join(self, name: str) -> Chat: ...
    async def open_chat(self, person: PublicKey | str) -> Chat: ...
    async def leave(self, chat: Chat | str) -> Chat: ...
    async def mark_read(self, chat: Chat | str) -> Chat: ...
    async def send_text(self, chat: Chat | str, text: str) -> Receipt: ...
    async def resend(self, message: Message | bytes) -> Receipt: ...


class ChatScreen(Screen[None]):
    """Everything on one screen."""

    BINDINGS = [  # noqa: RUF012 - that is how textual wants it
        Binding("ctrl+n", "new_chat", "New chat"),
        Binding("alt+up,ctrl+up", "neighbour(-1)", "Previous chat", show=False),
        Binding("alt+down,ctrl+down", "neighbour(1)", "Next chat", show=False),
        Binding("f1", "help", "Help"),
    ]

    def __init__(self, client: ChatClient, start: str | None, on_failure: Callable[[StatusError], None]) -> None:
        """
        :param start: the id of the chat to show first; None takes the one used last.
        :param on_failure: is given the error if the client had to stop.
        """
        super().__init__()
        self._on_failure = on_failure
        self._client = client
        self._current: str | None = start
        self._drafts: dict[str | None, str] = {}
        self._arrived: list[Message] = []
        self._states: dict[bytes, MessageState] = {}
        self._drawing_due = False
        self._chat_list = ChatList()
        self._messages = MessageList(client.public_key)
        self._composer = Composer("Write a message and press Enter")
        self._status = StatusLine()
        self._title = Static(classes="chat-title")
        self._subtitle = Static(classes="chat-subtitle")

    def compose(self) -> ComposeResult:
        you = person(self._client.public_key)
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield Static("Chats", classes="heading")
                yield self._chat_list
                yield Static("You", classes="heading")
                with Horizontal(id="you"):
                    yield Static(you.styled_picture, classes="picture")
                    yield Static(Content.assemble(you.styled_name, "\n", (you.short_key, "dim")))
            with Vertical(id="chat"):
                yield self._title
                yield self._subtitle
                yield self._messages
                yield self._composer
        with Horizontal(id="bottom"):
            yield self._status
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._composer.focus()
        self._follow()

    # what happens

    @work
    async def _follow(self) -> None:
        """Show what happens, as long as the client lives."""
        events = self._client.events()  # from here on nothing is missed
        self._show_status()
        active = [chat.id for chat in self._client.chats() if chat.active]
        if self._current not in active:
            self._current = active[0] if active else None
        self._open(self._current)
        try:
            async for event in events:
                self._note(event)
        except StatusError as error:
            self._on_failure(error)
        self.app.exit()

    def _note(self, event: Event) -> None:
        """Take an event, quickly: drawing is done once for all that comes in a moment, however much it is."""
        match event:
            case MessageReceived(message, _):
                if message.chat_id == self._current:
                    self._arrived.append(message)
                self._draw_soon()
            case MessageStateChanged(message_id, state):
                self._states[message_id] = state
                self._draw_soon()
            case MessageUndecryptable(sender, count=count):
                what = "A message" if count == 1 else f"{count} messages (repetitions counted)"
                self._complain(f"{what} of {person(sender).name} could not be opened. Ask for it again.")
            case ChatOpened() | ChatLeft():
                self._draw_soon()
            case PeerConnected() | PeerDisconnected():
                self._show_status()

    def _draw_soon(self) -> None:
        if not self._drawing_due:
            self._drawing_due = True
            self.set_timer(DRAW_SECONDS, self._draw)

    async def _draw(self) -> None:
        """Show what has come since the last time."""
        arrived, self._arrived = self._arrived, []
        states, self._states = self._states, {}
        self._drawing_due = False
        await self._messages.add(arrived)
        await self._messages.set_states(states)
        for chat in self._client.chats():
            if chat.id == self._current and chat.unread:
                await self._mark_read(chat)
        self._show_chats()

    async def _mark_read(self, chat: Chat) -> None:
        with contextlib.suppress(LocalError):  # a stranger's chat may be gone: others needed the room
            await self._client.mark_read(chat)

    def _show_status(self) -> None:
        self._status.show(len(self._client.node.peers))

    def _show_chats(self) -> None:
        self._chat_list.show(self._client.chats(), self._current)

    def _complain(self, what: object) -> None:
        self.notify(as_sentence(str(what)), severity="error", markup=False)

    # which chat

    def _open(self, chat_id: str | None) -> None:
        """Go to a chat. What was begun in the one before waits there, so that it is not sent here."""
        if chat_id != self._current:
            self._drafts[self._current], self._composer.text = self._composer.text, self._drafts.pop(chat_id, "")
            self._composer.move_cursor(self._composer.document.end)
            self._current = chat_id
        self._show_current()

    @work
    async def _show_current(self) -> None:
        """Show the chat that we are in, and count what is in it as read."""
        chat = next((chat for chat in self._client.chats() if chat.id == self._current), None)
        self._composer.disabled = chat is None
        if chat is None:
            self._title.update("No chat is open")
            self._subtitle.update("Ctrl-N opens one.")
            await self._messages.show("", [], more=False)
        else:
            self._title.update(chat_title(chat))
            self._subtitle.update(chat_subtitle(chat))
            page = self._client.history(chat, limit=PAGE)
            await self._messages.show(chat.id, page, more=len(page) == PAGE)
            await self._mark_read(chat)
        self._show_chats()

    @on(ChatList.Chosen)
    def _chosen(self, event: ChatList.Chosen) -> None:
        if event.chat_id != self._current:
            self._open(event.chat_id)

    @on(ChatList.OptionSelected)
    def _selected(self) -> None:
        self._composer.focus()

    def action_neighbour(self, step: int) -> None:
        """Go to the chat above or below."""
        neighbour = self._chat_list.neighbour(self._current, step)
        if neighbour is not None and neighbour != self._current:
            self._open(neighbour)

    @on(MessageList.OlderWanted)
    async def _show_older(self, event: MessageList.OlderWanted) -> None:
        page = self._client.history(event.oldest.chat_id, limit=PAGE, before=event.oldest)
        await self._messages.add_older(event.oldest, page, more=len(page) == PAGE)

    def action_scroll_messages(self, pages: int) -> None:
        """Scroll the messages from wherever the focus is."""
        if pages < 0:
            self._messages.scroll_page_up(animate=False)
        else:
            self._messages.scroll_page_down(animate=False)

    # what the person does

    @on(Composer.Submitted)
    @work
    async def _submitted(self, event: Composer.Submitted) -> None:
        try:
            typed = parse(event.text)
            if isinstance(typed, str):
                await self._send(typed)
            else:
                await self._obey(*typed)
        except LocalError as error:
            self._complain(error)
            # Nothing that was written gets lost.
            self._composer.text = "\n".join(filter(None, (event.text, self._composer.text)))
            self._composer.move_cursor(self._composer.document.end)

    async def _send(self, text: str) -> None:
        assert self._current is not None, "without a chat nothing can be written"
        receipt = await self._client.send_text(self._current, self._client.mentions.typed(self._current, text))
        await self._messages.add([replace(receipt.message, state=receipt.state)])
        self._messages.anchor()

    async def _obey(self, command: Command, argument: str) -> None:
        match command.name:
            case "join":
                self._open((await self._client.join(argument)).id)
            case "chat":
                self._open((await self._client.open_chat(argument)).id)
            case "leave":
                await self._leave()
            case "key":
                self._show_key()
            case "resend":
                await self._resend()
            case "help":
                self.action_help()
            case "quit":
                self.app.exit()

    async def _leave(self) -> None:
        assert self._current is not None, "without a chat nothing can be written"
        await self._client.leave(self._current)
        rest = [chat.id for chat in self._client.chats() if chat.active]
        self._open(rest[0] if rest else None)

    def _show_key(self) -> None:
        key = encode(self._client.public_key)
        self.app.copy_to_clipboard(key)
        self.notify(
            f"{key}\nIt is on the clipboard too. Give it to whoever wants to write to you.", timeout=20, markup=False
        )

    async def _resend(self) -> None:
        failed = [
            message
            for message in self._messages.messages
            if message.state in (MessageState.FAILED, MessageState.UNCONFIRMED)
        ]
        if not failed:
            raise LocalError("Nothing in this chat failed to be sent.")
        for message in failed:
            await self._client.resend(message)

    @work
    async def action_new_chat(self) -> None:
        """Ask which chat, and open it."""
        wanted = await self.app.push_screen_wait(NewChatDialog())
        if wanted is None:
            return
        try:
            place = named(wanted)
            chat = await (self._client.join(place) if isinstance(place, str) else self._client.open_chat(place))
        except LocalError as error:
            self._complain(error)
        else:
            self._open(chat.id)
            self._composer.focus()

    def action_help(self) -> None:
        """Show keys and commands."""
        commands = [(command.usage, command.what) for command in COMMANDS.values()]
        self.app.push_screen(HelpDialog([("Keys", KEYS), ("Commands", commands), ("Signs", SIGNS)]))


class ChatApp(App[None]):
    """A chat in the terminal, for one client."""

    TITLE = "pystatus"
    CSS_PATH = "chat.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("ctrl+q", "quit", "Quit", priority=True)]  # noqa: RUF012 - that is how textual wants it

    def __init__(self, client: ChatClient, start: str | None = None) -> None:
        """``start``: the id of the chat to show first."""
        super().__init__()
        self._client = client
        self._start = start
        self.failure: StatusError | None = None
        """Why the client had to stop, if it had."""

    def get_default_screen(self) -> Screen[None]:
        return ChatScreen(self._client, self._start, self._fail)

    def _fail(self, failure: StatusError) -> None:
        self.failure = failure

    def action_help_quit(self) -> None:
        """Ctrl-C where nothing is selected that could be copied: people expect that it ends the program."""
        self.exit()
