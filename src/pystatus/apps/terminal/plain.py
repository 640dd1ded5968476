"""``pystatus chat --plain``: lines that are appended, and nothing else.

For screen readers, braille displays, logs and terminals that can do nothing: no alternate screen, no redraw, no
colours. What somebody types is sent, or is a command that begins with a slash. Only the chat that is open is read out;
of others it is said once that something came.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pystatus import sanitise
from pystatus.apps.terminal.commands import commands
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.network import Network
from pystatus.apps.terminal.obeying import Obeying
from pystatus.apps.terminal.remarks import Remarks
from pystatus.client import Event
from pystatus.client.features.contacts import ContactRequested
from pystatus.client.features.groups import AddedToGroup, JoinRequested
from pystatus.errors import LocalError
from pystatus.faces import media, message_text
from pystatus.faces.delivery import state_words
from pystatus.faces.moments import time_text
from pystatus.faces.sentences import as_sentence
from pystatus.messenger.events import DeviceFound, MessageReceived, MessageStateChanged, MessageUndecryptable
from pystatus.messenger.records import Cursor, Message, MessageState
from pystatus.payloads.kinds import ContentType

PAGE = 20
"""Messages that are printed when a chat is opened, and by ``/more``."""
MAX_NUMBERED = 10_000
"""Messages that can be referred to by their number, the newest ones."""
MAX_TOLD = 4_096
"""Chats of which it was said that something came, and which nobody has opened since; strangers open any number. Ours:
twice as many as there are chats of strangers at a time."""


class Plain:
    """One client, line by line. It is the shell of :class:`Obeying`."""

    def __init__(self, face: Face, write: Callable[[str], None] = print) -> None:
        self._face = replace(face, wishes=replace(face.wishes, ascii=True))
        self._write = write
        self._chat_id: str | None = None
        self._numbers: dict[int, bytes] = {}
        self._next = 1
        self._oldest: Message | None = None
        self._remarks = Remarks(self.tell, lambda: asyncio.get_running_loop().time(), face.texts.terminal_more())
        self._told: dict[str, None] = {}
        self._ended = asyncio.Event()
        self._network = Network(self._face)
        self._said = ""
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._commands = commands(face.texts, screen=False)
        self._obeying = Obeying(self._face, self)

    async def run(self, lines: Iterable[str] | None = None, start: str | None = None) -> int:
        """Until ``/quit``, or the input ends.

        :param lines: in place of standard input.
        :raises StatusError: the client had to stop.
        """
        texts = self._face.texts
        self.tell(texts.terminal_plain_begin())
        self._network.begin()
        events = asyncio.ensure_future(self._follow())
        self._read(sys.stdin if lines is None else lines)
        chats = [chat.id for chat in self._face.client.chats() if chat.active]
        wanted = start if start in chats else next(iter(chats), None)
        if wanted is None:
            self.tell(texts.terminal_no_chat())
        else:
            await self.open(wanted)
        typing = asyncio.ensure_future(self._take_lines())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((events, typing, ended), return_when=asyncio.FIRST_COMPLETED)
            if events.done():
                events.result()
        finally:
            for task in (events, typing, ended):
                task.cancel()
        return 0

    def _read(self, lines: Iterable[str]) -> None:
        """Read what is typed in a thread that nobody waits for."""
        loop = asyncio.get_running_loop()

        def read() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                for line in lines:
                    loop.call_soon_threadsafe(self._lines.put_nowait, line.rstrip("\r\n"))
                loop.call_soon_threadsafe(self._lines.put_nowait, None)

        threading.Thread(target=read, name="lines", daemon=True).start()

    async def _take_lines(self) -> None:
        while (line := await self._lines.get()) is not None:
            if line.strip():
                await self.type(line)
            if self._ended.is_set():
                return

    async def type(self, line: str) -> None:
        """Somebody typed a line."""
        try:
            typed = self._commands.parse(line)
            if not isinstance(typed, str):
                await self._obeying.obey(typed)
            elif self._chat_id is None:
                raise LocalError(self._face.texts.terminal_no_chat())
            else:
                text = self._face.mentions.typed(self._chat_id, typed)
                self.sent((await self._face.client.send_text(self._chat_id, text)).message)
        except LocalError as error:
            self.tell(str(error))

    # what happens

    async def _follow(self) -> None:
        with contextlib.suppress(StopAsyncIteration):
            async for event in self._face.client.events():
                await self._note(event)

    async def _note(self, event: Event) -> None:
        texts, names = self._face.texts, self._face.names
        if self._network.take(event):
            line = self._network.line()
            if line != self._said:
                self._said = line
                self.tell(line)
            return
        match event:
            case MessageReceived(message, chat):
                if chat.id == self._chat_id:
                    self._print(message)
                    with contextlib.suppress(LocalError):  # the chat is gone meanwhile
                        await self._face.conversations.mark_read(chat)
                elif chat.id not in self._told and not chat.muted:
                    self._told[chat.id] = None
                    if len(self._told) > MAX_TOLD:
                        del self._told[next(iter(self._told))]
                    self._remarks.add(texts.terminal_plain_elsewhere(chat=self._face.title(chat), n=chat.unread))
            case MessageStateChanged(message_id, state):
                number = next((n for n, known in self._numbers.items() if known == message_id), None)
                if number is not None and state is not MessageState.SENDING:
                    words = state_words(state, texts)
                    self.tell(texts.terminal_plain_state(n=number, state=words))
            case ContactRequested(contact):
                self._remarks.add(texts.terminal_wants_to_write(name=names.of(contact.key).full))
            case AddedToGroup(chat):
                self._remarks.add(texts.terminal_added_to_group(chat=self._face.title(chat)))
            case JoinRequested(request):
                self._remarks.add(texts.terminal_join_requested(name=names.of(request.person).full))
            case MessageUndecryptable(sender):
                self._remarks.add(texts.terminal_undecryptable(name=names.of(sender).full))
            case DeviceFound():
                self._remarks.add(texts.terminal_device_found())

    def _print(self, message: Message) -> None:
        face, number = self._face, self._next
        self._next += 1
        self._numbers[number] = message.id
        self._numbers.pop(number - MAX_NUMBERED, None)
        text = sanitise.block(message_text.plain(message.text, face.name_of)) or face.texts.terminal_empty()
        if message.content_type in (ContentType.IMAGE, ContentType.AUDIO, ContentType.STICKER):
            text = media.note(message, face.media.about(message), face.texts) or text
        head, *rest = text.split("\n")
        you = f" ({face.texts.terminal_you()})" if message.author == face.client.public_key else ""
        self._write(f"[{number}] {time_text(message.sent_ms)} {face.name_of(message.author)}{you}: {head}")
        for line in rest:
            self._write(f"    {line}")

    # the shell of commands

    @property
    def chat_id(self) -> str | None:
        """See :class:`pystatus.apps.terminal.obeying.Shell`."""
        return self._chat_id

    def pick(self, argument: str) -> tuple[Message, str]:
        """The message with the number behind ``#``, or the last one that was printed.

        :raises LocalError: there is none.
        """
        texts, first, rest = self._face.texts, argument, ""
        if argument.startswith("#"):
            first, _, rest = argument.partition(" ")
            number = first[1:]
        else:
            number, rest = str(self._next - 1), argument
        message_id = self._numbers.get(int(number)) if number.isdigit() and len(number) < 10 else None
        message = None if message_id is None else self._face.client.message(message_id)
        if message is None:
            raise LocalError(texts.terminal_plain_number(n=sanitise.name(number)))
        return message, rest.strip()

    async def open(self, chat_id: str) -> None:
        """Go to a chat, and print its last messages."""
        chat = self._face.chat(chat_id)
        if chat is None:
            return
        self._chat_id, self._oldest = chat_id, None
        self._told.pop(chat_id, None)
        title = self._face.label(chat)
        self.tell(self._face.texts.terminal_plain_chat(chat=title, audience=self._face.audience(chat)))
        self._more()
        with contextlib.suppress(LocalError):  # the chat is gone meanwhile
            await self._face.conversations.mark_read(chat)

    def _more(self) -> None:
        assert self._chat_id is not None, "a chat is open"
        page = self._face.client.history(self._chat_id, PAGE, before=self._oldest)
        if not page:
            self.tell(self._face.texts.terminal_plain_no_more())
            return
        self._oldest = page[-1]
        for message in reversed(page):
            self._print(message)

    async def go_to(self, place: Message | Cursor) -> None:
        """Print what was said from there on."""
        assert self._chat_id is not None, "a chat is open"
        page = self._face.client.history(self._chat_id, PAGE, around=place)
        if page:
            self._oldest = page[-1]
        for message in reversed(page):
            self._print(message)

    def tell(self, sentence: str) -> None:
        """Print a sentence of ours."""
        self._write(f"-- {as_sentence(sentence)}")

    def show(self, title: str, lines: Sequence[str]) -> None:
        """Print lines."""
        self._write(f"-- {title}")
        for line in lines:
            self._write(f"   {line}")

    async def confirm(self, question: str) -> bool:
        """Ask; the next line is the answer."""
        texts = self._face.texts
        self.tell(f"{question} ({texts.terminal_yes()}/{texts.terminal_no()})")
        answer = await self._lines.get()
        return answer is not None and answer.strip().lower() in (texts.terminal_yes().lower(), "y", "yes", "j")

    def sent(self, message: Message) -> None:
        """A message of ours was stored."""
        stored = self._face.client.message(message.id)
        if stored is not None:
            self._print(stored)

    async def find(self, words: str) -> None:
        """Print what a search finds."""
        from pystatus.apps.terminal.finding import search  # with widgets, which nobody else needs here

        texts = self._face.texts
        found = search(self._face, words, None)
        lines = [f"{one.detail}: {one.text}" for one in found] or [texts.terminal_nothing_found()]
        self.show(texts.terminal_search_title(), lines)

    async def words(self) -> None:
        """They would stay in the scrollback, and in a log: a command shows them where nothing does."""
        self.tell(self._face.texts.terminal_plain_words())

    def page(self, name: str) -> bool:
        """There are no pages here."""
        return False

    def special(self, name: str, argument: str) -> None:
        """What only lines have."""
        texts = self._face.texts
        if name == "more" and self._chat_id is not None:
            self._more()
        elif name == "where":
            chat = self._face.chat(self._chat_id)
            title = texts.terminal_no_chat() if chat is None else self._face.label(chat)
            self.tell(title)
        elif name in ("state", "network"):
            self.show(texts.terminal_network_title(), self._network.report())

    def quit(self) -> None:
        """End."""
        self._ended.set()


async def chat(face: Face, start: str | None = None) -> int:
    """See :meth:`Plain.run`.

    :raises StatusError: the client had to stop.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # what is no text does not end the conversation
    return await Plain(face, _line).run(start=start)


def _line(text: str) -> None:
    print(text, flush=True)
