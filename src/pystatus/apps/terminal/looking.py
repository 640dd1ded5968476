"""Commands that show something closely, or lead to another place: whether a screen or single lines do it."""

from __future__ import annotations

import asyncio
import webbrowser
from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.opening import OpenedFiles
from pystatus.apps.terminal.shell import Shell
from pystatus.client.features.media import Audio, Image
from pystatus.errors import LocalError
from pystatus.faces.chat_list import ChatList, Order
from pystatus.faces.link_check import check_link
from pystatus.faces.outbox import waiting
from pystatus.messenger import message_text
from pystatus.messenger.media_keeping import MEDIA_KINDS
from pystatus.messenger.records import Message, MessageState


class Looking:
    """A part of :class:`pystatus.apps.terminal.obeying.Obeying`."""

    _face: Face
    _shell: Shell
    _known_hosts: set[str]
    """Hosts of links that somebody has opened once."""
    _opened: OpenedFiles
    _trusts_programs = False
    """Whether somebody has said once that other programs may be given files."""

    if TYPE_CHECKING:

        async def do_ask(self, link: str) -> None: ...
        async def do_outbox(self) -> None: ...

    async def do_next(self) -> None:
        listed = ChatList(Order.UNREAD_FIRST, self._face.texts)
        listed.show(self._face.client.chats(), self._face.names)
        found = listed.next_unread(self._shell.chat_id)
        if found is None:
            self._shell.tell(self._face.texts.terminal_all_read())
        else:
            await self._shell.open(found)

    async def do_raw(self, argument: str) -> None:
        message, _ = self._shell.pick(argument)
        self._shell.show(self._face.texts.terminal_raw_title(), message_text.named(message.text).split("\n"))

    async def do_goto(self, argument: str) -> None:
        message, _ = self._shell.pick(argument)
        if message.chat_id != self._shell.chat_id:
            await self._shell.open(message.chat_id)
        await self._shell.go_to(message)

    async def do_quoted(self, argument: str) -> None:
        message, _ = self._shell.pick(argument)
        if message.response_to is None:
            raise LocalError(self._face.texts.terminal_no_quote())
        quoted = self._face.client.message(message.response_to)
        if quoted is None or quoted.chat_id != message.chat_id:
            raise LocalError(self._face.texts.terminal_not_here())
        await self._shell.go_to(quoted)

    async def do_open(self, argument: str) -> None:
        """Open a picture, a sound or a link: here where that leads to a chat, else in a browser, after a question."""
        message, texts = self._shell.pick(argument)[0], self._face.texts
        if message.content_type in MEDIA_KINDS:
            await self.open_outside(message)
            return
        links = dict.fromkeys(message.parsed.links)
        if not links:
            raise LocalError(texts.terminal_no_link())
        shown = {sanitise.one_line(one): one for one in links}
        wanted = next(iter(shown))
        if len(shown) > 1:
            chosen = await self._shell.choose(texts.terminal_link_title(), list(shown))
            if chosen is None:
                return
            wanted = chosen
        found = check_link(shown[wanted])
        if found.inside is not None:
            await self.do_ask(shown[wanted])
        elif not found.can_be_opened:
            raise LocalError(" ".join(found.sentences(texts)))
        elif (found.host in self._known_hosts and not found.oddities) or await self._shell.confirm(
            texts.terminal_open_question(about=". ".join(found.sentences(texts)))
        ):
            self._known_hosts.add(found.host)
            if not await asyncio.to_thread(webbrowser.open, found.url):
                self._shell.show(texts.terminal_link_title(), [found.url])

    async def open_outside(self, message: Message) -> None:
        """Give the picture or the sound of a message to a program of the desktop, after a question.

        :raises LocalError: it is not here any more, or nothing on this desktop opens it.
        """
        texts, media = self._face.texts, self._face.media.of(message)
        if not isinstance(media, Image | Audio):
            raise LocalError(texts.terminal_no_media())
        if not self._trusts_programs and not await self._shell.confirm(texts.terminal_open_file_question()):
            return
        self._trusts_programs = True
        await self._opened.open(media, texts.terminal_no_opener(save=self._shell.way_to_save))
        self._shell.tell(texts.terminal_file_opened())

    def close(self) -> None:
        """Delete what other programs were given."""
        self._opened.delete()

    async def do_retry(self) -> None:
        """Everything that could not be sent, once more."""
        for message in list(waiting(self._face.client)):
            if message.state is not MessageState.SENDING:
                await self._face.client.resend(message)
        await self.do_outbox()
