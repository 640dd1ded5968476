"""The chats on the left, with what is unread in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pystatus.account.names import ShownName
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.looks import looks_of, steady
from pystatus.crypto.keys import PublicKey
from pystatus.faces.sentences import other_person
from pystatus.messenger.records import Chat

MAX_UNREAD = 99
"""The highest number that is shown; more than that is ``99+``."""
BADGE = 4
"""Cells for it."""


class ChatList(Widget, can_focus=True):
    """Draws a line for each chat, whatever their number: only those in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chats--current",
        "chats--badge",
        "chats--mention",
        "chats--dim",
        "chats--text",
    }
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("enter", "screen.focus_composer", show=False),
    ]

    class Chosen(Message):
        """The person moved to a chat."""

        def __init__(self, chat_id: str) -> None:
            super().__init__()
            self.chat_id = chat_id

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face
        self._chats: Sequence[Chat] = ()
        self._names: Mapping[PublicKey, ShownName] = {}
        self._drafts: frozenset[str] = frozenset()
        self._current: str | None = None
        self._first = 0
        self.unread_first = False

    @property
    def chats(self) -> Sequence[Chat]:
        """Those that are shown, in their order."""
        return self._chats

    def show(self, chats: Sequence[Chat], current: str | None, drafts: frozenset[str] = frozenset()) -> None:
        """Show ``chats``, and which one is ``current``.

        :param drafts: the ids of those in which something was begun.
        """
        order: Callable[[Chat], tuple[object, ...]]
        order = (lambda one: (not one.unread or one.muted, -one.updated_ms)) if self.unread_first else _by_kind
        self._chats = sorted((chat for chat in chats if chat.active), key=order)
        people = [other for chat in self._chats if (other := other_person(chat)) is not None]
        self._names = self._face.names.of_people(people) if people else {}
        self._drafts, self._current = drafts, current
        self._keep_in_view()
        self.refresh()

    def neighbour(self, step: int, *, unread: bool = False) -> str | None:
        """The id of the chat ``step`` places below the current one, going round; None if there is no such chat.

        :param unread: of those in which something is unread and that are not muted.
        """
        ids = [chat.id for chat in self._chats]
        begin = ids.index(self._current) if self._current in ids else -1
        for distance in range(1, len(ids) + 1):
            chat = self._chats[(begin + step * distance) % len(ids)]
            if not unread or (chat.unread and not chat.muted):
                return chat.id
        return None

    def line_of(self, chat: Chat) -> str:
        """What the line of a chat says."""
        return "".join(segment.text for segment in self._line(chat, self.size.width)).rstrip()

    def _line(self, chat: Chat, width: int) -> list[Segment]:
        face, is_current = self._face, chat.id == self._current
        base = self.get_component_rich_style("chats--current" if is_current else "chats--text")
        dim = base + Style(color=self.get_component_rich_style("chats--dim").color)
        badge, style = self._badge(chat)
        other = other_person(chat)
        look = base
        if other is not None and self.app.theme != "textual-ansi" and not chat.muted:
            look = base + Style(color=looks_of(other).color)
        if chat.unread and not chat.muted:
            look += Style(bold=True)
        suffix = f" {face.texts.terminal_muted()}" if chat.muted else ""
        room = width - BADGE - 4 - len(suffix)
        title = steady(face.title(chat, dict(self._names)), max(1, room))
        return [
            Segment(face.signs.chosen if is_current else " ", base),
            Segment(badge.rjust(BADGE), base + style if badge else base),
            Segment(f" {face.sign(chat)} ", dim),
            Segment(title, dim if chat.muted else look),
            Segment(suffix, dim),
        ]

    def _badge(self, chat: Chat) -> tuple[str, Style]:
        number = str(chat.unread) if chat.unread <= MAX_UNREAD else f"{MAX_UNREAD}+"
        if chat.unread and chat.mentions:
            return f"@{number}", self.get_component_rich_style("chats--mention", partial=True)
        if chat.unread:
            return number, self.get_component_rich_style("chats--badge", partial=True)
        return ("~", Style()) if chat.id in self._drafts and chat.id != self._current else ("", Style())

    def render_line(self, y: int) -> Strip:
        place = self._first + y
        if place >= len(self._chats):
            return Strip.blank(self.size.width, self.rich_style)
        chat = self._chats[place]
        base = self.get_component_rich_style("chats--current") if chat.id == self._current else self.rich_style
        return (
            Strip(self._line(chat, self.size.width)).crop(0, self.size.width).extend_cell_length(self.size.width, base)
        )

    def _keep_in_view(self) -> None:
        ids = [chat.id for chat in self._chats]
        height = max(1, self.size.height)
        self._first = max(0, min(self._first, len(ids) - height))
        if self._current in ids:
            place = ids.index(self._current)
            self._first = min(max(self._first, place - height + 1), place)

    def on_resize(self) -> None:
        self._keep_in_view()

    def action_move(self, step: int) -> None:
        """Go to a chat above or below, not round."""
        ids = [chat.id for chat in self._chats]
        if ids:
            place = ids.index(self._current) + step if self._current in ids else 0
            self.post_message(self.Chosen(ids[max(0, min(place, len(ids) - 1))]))

    def on_click(self, event: Click) -> None:
        place = self._first + event.y
        if place < len(self._chats):
            self.post_message(self.Chosen(self._chats[place].id))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self._scroll(3, event)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self._scroll(-3, event)

    def _scroll(self, lines: int, event: MouseScrollDown | MouseScrollUp) -> None:
        event.stop()
        self._first = max(0, min(self._first + lines, len(self._chats) - self.size.height))
        self.refresh()


def _by_kind(chat: Chat) -> tuple[object, ...]:
    """Groups, public chats, then people, each in the order of their ids: nothing jumps when a message comes."""
    return -chat.kind, chat.id
