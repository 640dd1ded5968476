"""What keys do with chats, people, groups, devices and the network: pages over the chat screen."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from pystatus import sanitise
from pystatus.apps.terminal import help_page, pages, reports
from pystatus.apps.terminal.dialogs.code import CodeWindow
from pystatus.apps.terminal.dialogs.windows import MAX_ENTRIES, Entry, ListWindow, QuestionWindow, TextWindow
from pystatus.apps.terminal.dialogs.words import WordsWindow
from pystatus.apps.terminal.finding import imitated, matching, search
from pystatus.apps.terminal.looks import THEME_NAMES
from pystatus.errors import LocalError
from pystatus.faces.notices import Notice
from pystatus.faces.sentences import other_person
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.storage import files

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[None]

    from pystatus.apps.terminal.conversation import Conversation
    from pystatus.apps.terminal.face import Face
    from pystatus.apps.terminal.following import Following
    from pystatus.apps.terminal.widgets.chat_list import ChatList
    from pystatus.apps.terminal.widgets.completion import Completion
    from pystatus.apps.terminal.widgets.composer import Composer
    from pystatus.apps.terminal.widgets.message_view import MessageView
    from pystatus.faces.slash_commands import SlashCommands
else:
    _Base = object


class ChatActions(_Base):
    """A part of the chat screen."""

    face: Face
    chat_list: ChatList
    composer: Composer
    view: MessageView
    conversation: Conversation
    current: str | None
    _following: Following
    _completion: Completion
    commands: SlashCommands

    if TYPE_CHECKING:

        def words_checked(self) -> None: ...
        def complain(self, what: object) -> None: ...
        def tell(self, sentence: str) -> None: ...
        def show_title(self) -> None: ...
        def show_chats(self) -> None: ...
        def change_chat(self, chat_id: str | None) -> None: ...
        def action_focus_composer(self) -> None: ...
        async def open(self, chat_id: str) -> None: ...
        async def obey(self, line: str) -> None: ...
        def show(self, title: str, lines: Sequence[str]) -> None: ...

    # which chat

    def action_neighbour(self, step: int) -> None:
        """Go to the chat above or below."""
        neighbour = self.chat_list.neighbour(step)
        if neighbour is not None and neighbour != self.current:
            self.change_chat(neighbour)

    def action_next_unread(self) -> None:
        """Go to the next chat in which something is unread."""
        found = self.chat_list.next_unread()
        if found is None:
            self.tell(self.face.texts.terminal_all_read())
        else:
            self.change_chat(found)

    def action_complete(self) -> None:
        """Take the completion that is offered; without one, go to the messages."""
        if not self._completion.accept():
            self.focus_next()

    @work
    async def action_switch(self) -> None:
        """Find a chat, a command or a message by a few letters."""
        face, texts = self.face, self.face.texts

        def find(typed: str) -> Sequence[Entry]:
            if typed.startswith("/"):
                found = self.commands.beginning(typed[1:], MAX_ENTRIES)
                return [Entry(f"/{one.name}", one.usage, one.what) for one in found]
            return matching(face, self.chat_list.everything, typed)

        wanted = await self.app.push_screen_wait(
            ListWindow(
                texts.terminal_switch_title(), find, texts.terminal_hint_choose(), texts.terminal_nothing_found()
            )
        )
        if wanted is None:
            return
        if wanted.startswith("/"):
            needs = bool(self.commands.by_name[wanted[1:]].argument)
            if self.composer.text.strip():
                self.composer.remember(self.composer.text)  # it comes back with ↑
            self.composer.fill(f"{wanted} " if needs else wanted)
            self.composer.focus()
        else:
            chat = face.chat(wanted) or await face.client.open_chat(wanted)
            await self.open(chat.id)

    @work
    async def action_new_chat(self) -> None:
        """Ask which chat, and open it."""
        texts = self.face.texts
        wanted = await self.app.push_screen_wait(
            QuestionWindow(texts.terminal_new_title(), texts.terminal_new_question(), texts.terminal_hint_enter())
        )
        if wanted is None or not wanted.strip():
            return
        try:
            await self.obey(f"/join {wanted}")
        except LocalError as error:
            self.complain(error)

    def action_search(self) -> None:
        """Search, in this chat first."""
        self._search("")

    async def find(self, words: str) -> None:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        self._search(words, everywhere=True)

    @work
    async def _search(self, words: str, *, everywhere: bool = False) -> None:
        face, texts = self.face, self.face.texts
        chat = None if everywhere else face.chat(self.current)
        title = texts.terminal_search_title() if chat is None else texts.terminal_search_in(chat=face.title(chat))
        wanted = await self.app.push_screen_wait(
            ListWindow(
                title,
                lambda typed: search(face, typed, chat),
                texts.terminal_search_hint(),
                texts.terminal_nothing_found(),
                value=words,
            )
        )
        message = None if wanted is None else face.client.message(bytes.fromhex(wanted))
        if message is None:
            return
        if message.chat_id != self.current:
            self.change_chat(message.chat_id)
        self.conversation.go_to(message)
        self.view.focus()

    @work
    async def action_date(self) -> None:
        """Ask for a day, and go there."""
        texts = self.face.texts
        wanted = await self.app.push_screen_wait(
            QuestionWindow(texts.terminal_date_title(), texts.terminal_date_question(), texts.terminal_hint_enter())
        )
        if wanted is None or not wanted.strip():
            return
        try:
            await self.obey(f"/at {wanted}")
        except LocalError as error:
            self.complain(error)

    async def go_to(self, place: Message | Cursor) -> None:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        if self.conversation.go_to(place):
            self.view.focus()
        else:
            self.tell(self.face.texts.terminal_no_message())

    def warning(self, chat: Chat) -> str:
        """A sentence, if the other one of a chat is called much like somebody whom we know."""
        other = other_person(chat)
        found = None if other is None else imitated(self.face, other)
        return "" if found is None else self.face.texts.terminal_imitates(name=found.full)

    def chat_changed(self) -> None:
        """Chats, their titles or their drafts may be other ones."""
        self.show_chats()
        chat = self.face.chat(self.current)
        if chat is None or not chat.active:
            rest = [one.id for one in self.face.client.chats() if one.active]
            self.change_chat(rest[0] if rest else None)
        else:
            self.show_title()

    @work
    async def attention(self, notice: Notice) -> None:
        """Ask for attention, outside of the screen."""
        attention = self.app.attention  # type: ignore[attr-defined]  # it is a ChatApp
        await attention.ask(notice.title, notice.body, notice.tag, rings=notice.rings)

    @work
    async def withdraw(self, tag: str) -> None:
        """What somebody was told has been read."""
        await self.app.attention.withdraw(tag)  # type: ignore[attr-defined]  # as above

    # pages

    def page(self, name: str) -> bool:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        action = {
            "people": self.action_people,
            "members": self.action_members,
            "devices": self.action_devices,
            "outbox": self.action_outbox,
            "help": self.action_help,
            "chats": self.action_switch,
            "key": self.action_own_code,
            "link": self.action_link,
        }.get(name)
        if action is None:
            return False
        action()
        return True

    def special(self, name: str, argument: str) -> None:
        """See :class:`pystatus.apps.terminal.shell.Shell`.

        :raises LocalError: there is no such theme.
        """
        if name == "network":
            self.action_network()
        elif name == "keys":
            self.show(self.face.texts.terminal_keys_title(), help_page.key_lines(self.face))
        elif name == "sort":
            self.chat_list.change_order()
        elif name == "theme":
            if argument not in THEME_NAMES:
                raise LocalError(self.face.texts.terminal_no_theme(names=", ".join(THEME_NAMES)))
            self.app.use_theme(argument)  # type: ignore[attr-defined]  # it is a ChatApp

    @work
    async def action_people(self) -> None:
        """Requests, contacts, who is blocked."""
        chosen = await self.app.push_screen_wait(pages.people(self.face, self.confirm, self.ask))
        if chosen is not None:
            chat = await self.face.client.open_chat(chosen)
            await self.open(chat.id)

    @work
    async def action_members(self) -> None:
        """Who is in the group, and who asks to be taken in."""
        chat = self.face.chat(self.current)
        try:
            await self.app.push_screen_wait(pages.members(self.face, chat, self.confirm, self.ask, self.show_link))
        except LocalError as error:
            self.complain(error)

    def show_link(self, link: str) -> None:
        """Show a link, as a QR code, too."""
        texts = self.face.texts
        self.app.push_screen(CodeWindow(texts.terminal_link_title(), [link], texts, ascii_only=self.face.wishes.ascii))

    def action_link(self) -> None:
        """The link to this chat."""
        chat = self.face.chat(self.current)
        if chat is None:
            raise LocalError(self.face.no_chat)
        self.show_link(str(self.face.links.to(chat)))

    def action_own_code(self) -> None:
        """Our chat key, for others to scan."""
        face, texts = self.face, self.face.texts
        codes = [str(face.links.own()), face.client.public_key.hex]
        title = texts.terminal_code_own(name=sanitise.name(face.client.name))
        self.app.push_screen(CodeWindow(title, codes, texts, ascii_only=face.wishes.ascii, below=face.client.chat_key))

    @work
    async def action_devices(self) -> None:
        """The devices of the account."""
        await self.app.push_screen_wait(pages.devices(self.face, self.ask, self.action_stolen))

    def action_stolen(self) -> None:
        """What to do when somebody else has the words."""
        texts = self.face.texts
        self.app.push_screen(
            TextWindow(texts.terminal_stolen_title(), reports.stolen(self.face), texts.terminal_hint_close())
        )

    @work
    async def action_outbox(self) -> None:
        """What waits, and what could not be sent."""
        wanted = await self.app.push_screen_wait(pages.outbox(self.face, self.tell))
        message = None if wanted is None else self.face.client.message(bytes.fromhex(wanted))
        if message is not None:
            self.change_chat(message.chat_id)
            self.conversation.go_to(message)

    def action_network(self) -> None:
        """Who is connected, and what stands in the way of others."""
        texts = self.face.texts
        report = "\n".join(self._following.network.report())
        self.app.push_screen(TextWindow(texts.terminal_network_title(), [report], texts.terminal_hint_close()))

    def action_words(self) -> None:
        """The recovery words, until somebody has checked their list."""
        self._words()

    @work
    async def _words(self) -> None:
        from pystatus.client.features.backup import Backup

        texts, backup = self.face.texts, self.face.client.feature(Backup)
        if not backup.is_due():
            self.tell(texts.terminal_words_gone())
            return
        if await self.app.push_screen_wait(WordsWindow(texts, backup)):
            self.words_checked()

    async def words(self) -> None:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        self._words()

    def action_help(self) -> None:
        """Show keys, signs and commands."""
        texts = self.face.texts
        sections = help_page.sections(self.face, self.commands, self.size.width)
        self.app.push_screen(TextWindow(texts.terminal_help_title(), sections, texts.terminal_hint_close()))

    # questions

    async def confirm(self, question: str) -> bool:
        """Ask yes or no."""
        texts = self.face.texts
        entries = [Entry("no", texts.terminal_no()), Entry("yes", texts.terminal_yes())]
        answer = await self.app.push_screen_wait(
            ListWindow(
                question,
                lambda typed: [one for one in entries if one.text.lower().startswith(typed.strip().lower())],
                texts.terminal_hint_choose(),
                texts.terminal_nothing_found(),
            )
        )
        return answer == "yes"

    async def choose(self, title: str, choices: Sequence[str]) -> str | None:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        entries = [Entry(one, one) for one in choices]
        texts = self.face.texts
        return await self.app.push_screen_wait(
            ListWindow(
                title,
                lambda typed: [one for one in entries if typed in one.text],
                texts.terminal_hint_choose(),
                texts.terminal_nothing_found(),
            )
        )

    async def ask(self, title: str, question: str, value: str = "") -> str | None:
        """Ask for a line; ``None``: somebody went back, or wrote nothing.

        :param value: what stands there already.
        """
        hint = self.face.texts.terminal_hint_enter()
        answer = await self.app.push_screen_wait(QuestionWindow(title, question, hint, value=value))
        return answer.strip() or None if answer is not None else None

    def quit(self) -> None:
        """End."""
        self.app.exit()

    def action_editor(self) -> None:
        """Write in ``$EDITOR``, in a file that only we can read and that is deleted afterwards."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not editor:
            self.complain(self.face.texts.terminal_no_editor())
            return
        with tempfile.TemporaryDirectory(prefix="pystatus-") as folder:
            path = Path(folder) / "message.md"
            files.write_private(path, self.composer.text.encode())
            with self.app.suspend():
                done = subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603 - their own editor
            if done.returncode == 0:
                self.composer.fill(path.read_text(encoding="utf-8", errors="replace").rstrip("\n"))
        self.refresh()
