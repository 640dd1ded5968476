"""How the chat screen uses the room that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Resize

from pystatus.apps.terminal.base_app import NARROW
from pystatus.apps.terminal.keys import EVERYWHERE
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.slash_commands import SLASH

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widgets import Static

    from pystatus.apps.terminal.conversation import Conversation
    from pystatus.apps.terminal.face import Face
    from pystatus.apps.terminal.widgets.chat_list import ChatList
    from pystatus.apps.terminal.widgets.composer import Composer
    from pystatus.apps.terminal.widgets.message_view import MessageView
    from pystatus.messenger.records import Message

    _Base = Screen[None]
else:
    _Base = object

WIDE = 100
"""Columns from which the line at the bottom has room for six keys."""


class Arranging(_Base):
    """A part of the chat screen."""

    face: Face
    view: MessageView
    conversation: Conversation
    composer: Composer
    chat_list: ChatList
    current: str | None
    reply_to: Message | None
    footer: Static
    in_list: bool
    _dirty: set[str]

    if TYPE_CHECKING:

        def show_hint(self) -> None: ...

    def on_resize(self, event: Resize) -> None:
        self.use_room()

    def use_room(self) -> None:
        """Use the room that there is."""
        texts = self.face.texts
        self.footer.update(Content(self._footer(texts)))
        self._show_panes()

    def _footer(self, texts: Catalogue) -> str:
        """The six keys that one needs first, or three of them."""
        keys = self.face.wishes.keys
        help_, switch, quit_ = (keys.short(f"{EVERYWHERE}.{name}") for name in ("help", "switch", "quit"))
        if self.size.width < WIDE:
            return texts.terminal_footer_short(help=help_, switch=switch, quit=quit_)
        search, new, network = (keys.short(f"{EVERYWHERE}.{name}") for name in ("search", "new_chat", "network"))
        return texts.terminal_footer(help=help_, switch=switch, search=search, new=new, network=network, quit=quit_)

    def action_focus_messages(self) -> None:
        """From the line for messages to what was said; first to no reply."""
        if self.reply_to is not None:
            self.action_escape()
        else:
            self.view.focus()

    def action_begin_command(self) -> None:
        """Write a command."""
        self.action_focus_composer()
        if not self.composer.text:
            self.composer.fill(SLASH)

    def _show_panes(self) -> None:
        """Both; of a narrow screen the list, if somebody went there, or the chat."""
        narrow = self.size.width < NARROW
        self.query_one("#side").display = self.in_list or not narrow
        self.query_one("#chat").display = not (self.in_list and narrow)

    def action_focus_composer(self) -> None:
        """Write."""
        self.in_list = False
        self._show_panes()
        self.composer.focus()

    def action_escape(self) -> None:
        """Back to the end of the chat, and to no reply. What is written stays."""
        if self.reply_to is not None:
            self.reply_to = None
            self._dirty.add(self.current or "")
        elif self.size.width < NARROW and self.composer.has_focus and self.view.follows:
            self.in_list = True
            self._show_panes()
            self.chat_list.focus()
        else:
            self.conversation.go_to_end()
        if not self.in_list:
            self.composer.focus()
        self.show_hint()
