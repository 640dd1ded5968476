"""``pystatus chat --plain``: lines that are appended, and nothing else.

For screen readers, braille displays, logs and terminals that can do nothing: no alternate screen, no redraw, no
colours. What somebody types is sent, or is a command that begins with a slash; what they paste is text. Only the chat
that is open is read out; of others it is said once that something came.
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
from pystatus.apps.terminal import loading
from pystatus.apps.terminal.commands import commands
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.happenings import OF_OURS, sentence
from pystatus.apps.terminal.network import Network
from pystatus.apps.terminal.obeying import Obeying
from pystatus.apps.terminal.plain_printing import Printing
from pystatus.apps.terminal.remarks import Remarks
from pystatus.apps.terminal.typed_lines import Typed, read, typed
from pystatus.client import Event
from pystatus.client.features.conversations import ChatCleared, MessageDeleted
from pystatus.client.features.groups import GroupChanged
from pystatus.client.features.reactions import ReactionReceived
from pystatus.errors import LocalError
from pystatus.faces.delivery import state_words
from pystatus.faces.pasting import MAX_PASTE, cleaned
from pystatus.faces.sentences import as_sentence
from pystatus.messenger.events import MessagePosted, MessageReceived, MessageStateChanged, MessageSynced
from pystatus.messenger.records import Cursor, Message, MessageState

PAGE = 20
"""Messages that are printed when a chat is opened, and by ``/more``."""
MAX_NUMBERED = 10_000
"""Messages that can be referred to by their number, the newest ones."""
MAX_TOLD = 4_096
"""Chats of which it was said that something came, and which nobody has opened since; strangers open any number. Ours:
twice as many as there are chats of strangers at a time."""
MAX_UNREAD_INPUT = 1_000
"""Lines of a program that wait until others are dealt with; it is read no further meanwhile. Ours."""
SEND, DROP = ".", "/cancel"
"""Lines that end a text of several lines."""


class Plain:
    """One client, line by line. It is the shell of :class:`Obeying`."""

    def __init__(self, face: Face, write: Callable[[str], None] = print) -> None:
        self._face = face = replace(face, wishes=replace(face.wishes, ascii=True, lines=True))
        self._write = write
        self._chat_id: str | None = None
        self._printing = Printing(face, MAX_NUMBERED)
        self._oldest: Message | None = None
        self._remarks = Remarks(self.tell, lambda: asyncio.get_running_loop().time(), face.texts.terminal_more())
        self._told: dict[str, None] = {}
        self._ended = asyncio.Event()
        self._network = Network(face)
        self._held: list[str] | None = None
        """The lines of a text that is being written; None: each line is a text or a command."""
        self._lines: asyncio.Queue[Typed | None] = asyncio.Queue()
        self._room = threading.Semaphore(MAX_UNREAD_INPUT)
        self.commands = commands(face)
        self._obeying = Obeying(face, self)

    async def run(self, lines: Iterable[str] | None = None, start: str | None = None) -> int:
        """Until ``/quit``, or the input ends.

        :param lines: in place of standard input.
        :raises StatusError: the client had to stop.
        """
        texts = self._face.texts
        self.tell(texts.terminal_plain_begin())
        self._network.begin()
        events = asyncio.ensure_future(self._follow())
        self._read(read(sys.stdin) if lines is None else map(typed, lines))
        chats = [chat.id for chat in self._face.client.chats() if chat.active]
        wanted = start if start in chats else next(iter(chats), None)
        if wanted is None:
            self.tell(self._face.no_chat)
        else:
            await self.open(wanted)
        loading.done()
        typing = asyncio.ensure_future(self._take_lines())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((events, typing, ended), return_when=asyncio.FIRST_COMPLETED)
            if events.done():
                events.result()
        finally:
            for task in (events, typing, ended):
                task.cancel()
            self._obeying.close()
        return 0

    def _read(self, lines: Iterable[Typed]) -> None:
        """Read what is typed in a thread that nobody waits for."""
        loop = asyncio.get_running_loop()

        def run() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                for line in lines:
                    self._room.acquire()
                    loop.call_soon_threadsafe(self._lines.put_nowait, line)
                loop.call_soon_threadsafe(self._lines.put_nowait, None)

        threading.Thread(target=run, name="lines", daemon=True).start()

    def feed(self, line: Typed) -> None:
        """Somebody types, or pastes: it is dealt with behind what came before."""
        self._lines.put_nowait(line)

    async def _next_line(self) -> Typed | None:
        line = await self._lines.get()
        self._room.release()
        return line

    async def _take_lines(self) -> None:
        while (line := await self._next_line()) is not None:
            await self.take(line)
            if self._ended.is_set():
                return

    async def take(self, line: Typed) -> None:
        """Something was typed or pasted."""
        if self._held is not None or line.is_pasted:
            await self._hold(line)
        elif line.text.strip():
            await self.type(line.text)

    async def type(self, line: str) -> None:
        """Somebody typed a line."""
        try:
            found = self.commands.parse(line)
            if isinstance(found, str):
                await self._send(found)
            else:
                await self._obeying.obey(found)
        except LocalError as error:
            self.tell(str(error))

    async def _send(self, text: str) -> None:
        """
        :raises LocalError: no chat is open, or it cannot be sent.
        """
        if self._chat_id is None:
            raise LocalError(self._face.no_chat)
        text = self._face.mentions.typed(self._chat_id, text)
        self.sent((await self._face.client.send_text(self._chat_id, text)).message)

    async def _hold(self, line: Typed) -> None:
        """A line of a text of several, which a line of its own ends."""
        texts, held = self._face.texts, self._held or []
        if not line.is_pasted and line.text.strip() == DROP:
            self._held = None
            self.tell(texts.terminal_plain_dropped())
        elif not line.is_pasted and line.text.strip() == SEND:
            try:
                if text := cleaned("\n".join(held)):
                    await self._send(text)
                self._held = None
            except LocalError as error:  # it is still held
                self.tell(str(error))
        elif sum(map(len, held)) + len(line.text) > MAX_PASTE:
            self.tell(texts.terminal_plain_too_long())
        else:
            self._held = [*held, *line.text.split("\n")]
            if line.is_pasted:
                self.tell(texts.terminal_plain_lines(n=len(self._held)))

    # what happens

    async def _follow(self) -> None:
        with contextlib.suppress(StopAsyncIteration):
            async for event in self._face.client.events():
                await self._note(event)

    async def _note(self, event: Event) -> None:
        texts, printing = self._face.texts, self._printing
        if self._network.take(event):
            if (line := self._network.news()) is not None:
                self.tell(line)
            return
        if (said := sentence(self._face, event)) is not None:
            self._remarks.add(said, always=isinstance(event, OF_OURS))
            return
        match event:
            case MessageReceived(message, chat) if chat.id != self._chat_id:
                if chat.id not in self._told and not chat.muted:
                    self._told[chat.id] = None
                    if len(self._told) > MAX_TOLD:
                        del self._told[next(iter(self._told))]
                    self._remarks.add(texts.terminal_plain_elsewhere(chat=self._face.title(chat), n=chat.unread))
            case MessageReceived(message, chat):
                self._print([message])
                with contextlib.suppress(LocalError):  # the chat is gone meanwhile
                    await self._face.conversations.mark_read(chat)
            case MessageSynced(message, chat) | MessagePosted(message, chat):
                if chat.id == self._chat_id and printing.number(message.id) is None:
                    self._print([message])
            case MessageStateChanged(message_id, state):
                number = printing.number(message_id)
                if number is not None and state is not MessageState.SENDING:
                    self.tell(texts.terminal_plain_state(n=number, state=state_words(state, texts)))
            case ReactionReceived(reaction, chat):
                if chat.id == self._chat_id and (what := printing.reacted(reaction)) is not None:
                    self.tell(what)
            case GroupChanged(chat, news):
                if chat.id == self._chat_id:
                    self._print(news)
            case MessageDeleted(message_id, _, withdrawn):
                if (number := printing.number(message_id)) is not None:
                    gone = texts.terminal_plain_withdrawn if withdrawn else texts.terminal_plain_deleted
                    self.tell(gone(n=number))
            case ChatCleared(chat):
                if chat.id == self._chat_id:
                    self.tell(texts.terminal_plain_cleared())

    def _print(self, messages: Sequence[Message]) -> None:
        """Print messages, with what is under them."""
        below = self._face.reactions.by_all(messages)
        for message in messages:
            for line in (*self._printing.lines(message), *self._printing.reactions(below.get(message.id, ()))):
                self._write(line)

    # the shell of commands

    @property
    def way_to_save(self) -> str:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        return "/save #N FILE"

    @property
    def chat_id(self) -> str | None:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
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
            number, rest = str(self._printing.last), argument
        message_id = self._printing.id(int(number)) if number.isdecimal() and len(number) < 10 else None
        message = None if message_id is None else self._face.client.message(message_id)
        if message is None:
            raise LocalError(texts.terminal_plain_number(n=sanitise.name(number)))
        return message, rest.strip()

    def numbered(self, message: Message) -> str:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        return f"[{self._printing.give(message.id)}] "

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
        """
        :raises LocalError: no chat is open.
        """
        if self._chat_id is None:
            raise LocalError(self._face.no_chat)
        page = self._face.client.history(self._chat_id, PAGE, before=self._oldest)
        if page:
            self._oldest = page[-1]
            self._print(page[::-1])
        else:
            self.tell(self._face.texts.terminal_plain_no_more())

    async def go_to(self, place: Message | Cursor) -> None:
        """Print what was said around it."""
        assert self._chat_id is not None, "a chat is open"
        page = self._face.client.history(self._chat_id, PAGE, around=place)
        if page:
            self._oldest = page[-1]
        self._print(page[::-1])

    def tell(self, sentence: str) -> None:
        """Print a sentence of ours."""
        self._write(f"-- {as_sentence(sentence)}")

    def show(self, title: str, lines: Sequence[str]) -> None:
        """Print lines."""
        self._write(f"-- {title}")
        for line in lines:
            self._write(f"   {line}")

    async def _answer(self) -> str | None:
        """The next line that is typed. What is pasted answers no question, and is held."""
        while (line := await self._next_line()) is not None and line.is_pasted:
            await self._hold(line)
        return None if line is None else line.text.strip()

    async def confirm(self, question: str) -> bool:
        """Ask; the next line is the answer."""
        texts = self._face.texts
        self.tell(f"{question} ({texts.terminal_yes()}/{texts.terminal_no()})")
        answer = await self._answer()
        return answer is not None and answer.lower() in (texts.terminal_yes().lower(), "y", "yes", "j")

    async def choose(self, title: str, choices: Sequence[str]) -> str | None:
        """Ask which; the next line is the number."""
        self.show(title, [f"{number}. {one}" for number, one in enumerate(choices, 1)])
        self.tell(self._face.texts.terminal_plain_which(n=len(choices)))
        answer = await self._answer()
        known = {str(number): one for number, one in enumerate(choices, 1)}
        return None if answer is None else known.get(answer)

    def sent(self, message: Message) -> None:
        """A message of ours was stored."""
        stored = self._face.client.message(message.id)
        if stored is not None and self._printing.number(stored.id) is None:
            self._print([stored])

    async def find(self, words: str) -> None:
        """Print what a search finds, with numbers by which ``/goto`` goes there."""
        from pystatus.apps.terminal.finding import search  # with widgets, which nobody else needs here

        texts = self._face.texts
        found = search(self._face, words, None)
        lines = [f"[{self._printing.give(bytes.fromhex(one.id))}] {one.detail}: {one.text}" for one in found[::-1]]
        self.show(texts.terminal_search_title(), lines or [texts.terminal_nothing_found()])
        if lines:
            self.tell(texts.terminal_plain_goto())

    async def words(self) -> None:
        """They would stay in the scrollback, and in a log: a command shows them where nothing does."""
        self.tell(self._face.texts.terminal_plain_words())

    def page(self, name: str) -> bool:
        """There are no pages here."""
        return False

    def special(self, name: str, argument: str) -> None:
        """What only lines have.

        :raises LocalError: no chat is open.
        """
        face, texts = self._face, self._face.texts
        if name == "more":
            self._more()
        elif name == "where":
            chat = face.chat(self._chat_id)
            if chat is None:
                raise LocalError(face.no_chat)
            self.tell(texts.terminal_plain_chat(chat=face.label(chat), audience=face.audience(chat)))
        elif name in ("state", "network"):
            self.show(texts.terminal_network_title(), self._network.report())
        elif name == "lines":
            self._held = []
            self.tell(texts.terminal_plain_lines_begin())

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
