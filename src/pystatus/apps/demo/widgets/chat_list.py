"""The chats on the left, with what is unread in each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from pystatus.apps.demo.people import chat_title
from pystatus.messenger.records import Chat

MAX_UNREAD = 99
"""The highest number that is shown; more than that is ``99+``."""


class ChatList(OptionList):
    """Public chats first, then people, each in the order of their names' ids: nothing jumps when a message comes."""

    class Chosen(Message):
        """The person moved to a chat."""

        def __init__(self, chat_id: str) -> None:
            super().__init__()
            self.chat_id = chat_id

    def __init__(self) -> None:
        super().__init__(compact=True)
        self._chats: list[Chat] = []

    def show(self, chats: Sequence[Chat], current: str | None) -> None:
        """Show ``chats`` but those that were left, and which one is ``current``."""
        shown = sorted((chat for chat in chats if chat.active), key=lambda chat: (-chat.kind, chat.id))
        with self.prevent(OptionList.OptionHighlighted):
            if [chat.id for chat in shown] != [chat.id for chat in self._chats]:
                self.clear_options()
                self.add_options([Option(_line(chat), id=chat.id) for chat in shown])
            else:
                for position, (old, new) in enumerate(zip(self._chats, shown, strict=True)):
                    if old.unread != new.unread:
                        self.replace_option_prompt_at_index(position, _line(new))
            self._chats = shown
            ids = [chat.id for chat in shown]
            self.highlighted = ids.index(current) if current in ids else None

    def neighbour(self, current: str | None, step: int) -> str | None:
        """The id of the chat ``step`` places below ``current``, going round; None if there is no chat."""
        ids = [chat.id for chat in self._chats]
        if not ids:
            return None
        return ids[(ids.index(current) + step) % len(ids)] if current in ids else ids[0]

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Chosen(event.option_id))


def _line(chat: Chat) -> Content:
    title = chat_title(chat)
    if not chat.unread:
        return title
    unread = str(chat.unread) if chat.unread <= MAX_UNREAD else f"{MAX_UNREAD}+"
    return Content.assemble((f" {unread} ", "bold $text on $accent"), " ", title)
