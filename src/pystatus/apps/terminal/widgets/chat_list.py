"""The chats on the left, with what is unread in each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.keys import CHATS, bindings
from pystatus.apps.terminal.looks import TERMINAL_THEME, looks_of, readable, steady
from pystatus.faces.chat_list import ChatEntry, Order
from pystatus.faces.chat_list import ChatList as Chats
from pystatus.messenger.records import Chat

BADGE = 4
"""Cells for how many are unread: ``@99+``."""
ORDERS = (Order.STEADY, Order.UNREAD_FIRST, Order.LATEST_FIRST)
"""In the order in which ``/sort`` goes through them."""


class ChatList(Widget, can_focus=True):
    """Draws a line for each chat, whatever their number: only those in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chats--current",
        "chats--badge",
        "chats--mention",
        "chats--dim",
        "chats--text",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(CHATS)

    class Chosen(Message):
        """The person moved to a chat."""

        def __init__(self, chat_id: str) -> None:
            super().__init__()
            self.chat_id = chat_id

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face
        self._model = Chats(ORDERS[0], face.texts)
        self._order = 0
        self._current: str | None = None
        self._first = 0

    @property
    def entries(self) -> Sequence[ChatEntry]:
        """The chats that are shown, in their order."""
        return self._model.entries

    @property
    def everything(self) -> Sequence[ChatEntry]:
        """The same with those that were put away."""
        return self._model.everything

    @property
    def window_title(self) -> str:
        """``(3) pystatus``."""
        return self._model.window_title(self._face.texts)

    def show(self, chats: Sequence[Chat], current: str | None, drafts: frozenset[str] = frozenset()) -> None:
        """Show ``chats``, and which one is ``current``.

        :param drafts: the ids of those in which something was begun.
        """
        self._model.show(chats, self._face.names, drafts)
        self._current = current
        self._keep_in_view()
        self.refresh()

    def change_order(self) -> None:
        """Take the next one of :data:`ORDERS`."""
        self._order = (self._order + 1) % len(ORDERS)
        self._model.set_order(ORDERS[self._order])
        self._keep_in_view()
        self.refresh()

    def neighbour(self, step: int) -> str | None:
        """The id of the chat ``step`` places below the current one, going round; None if there is no chat."""
        return self._model.neighbour(self._current, step)

    def next_unread(self) -> str | None:
        """The id of the chat to read next; None: all is read."""
        return self._model.next_unread(self._current)

    def line_of(self, entry: ChatEntry) -> str:
        """What the line of a chat says."""
        return "".join(segment.text for segment in self._line(entry, self.size.width)).rstrip()

    def _line(self, entry: ChatEntry, width: int) -> list[Segment]:
        face, chat = self._face, entry.chat
        is_current = chat.id == self._current
        base = self.get_component_rich_style("chats--current" if is_current else "chats--text")
        dim = base + Style(color=self.get_component_rich_style("chats--dim").color)
        look = base
        if entry.person is not None and self.app.theme != TERMINAL_THEME and not chat.muted:
            behind = self.background_colors[1].hex6
            look = base + Style(color=readable(looks_of(entry.person).color, behind))
        if entry.asks:
            look += Style(bold=True)
        badge, kind = self._badge(entry)
        style = self.get_component_rich_style(f"chats--{kind}")
        remarks = [face.texts.terminal_muted()] if chat.muted else []
        remarks += [f"({face.texts.chat_pinned()})"] if chat.pinned else []
        remarks += [f"({face.texts.chat_archived()})"] if chat.archived else []
        suffix = f" {' '.join(remarks)}" if remarks else ""
        room = width - BADGE - 4 - len(suffix)
        return [
            Segment(face.signs.chosen if is_current else " ", base),
            Segment(badge.rjust(BADGE), base + Style(color=style.color, bold=bool(badge))),
            Segment(f" {face.sign(chat)} ", dim),
            Segment(steady(entry.title.removeprefix("#"), max(1, room)), dim if chat.muted else look),
            Segment(suffix, dim),
        ]

    def _badge(self, entry: ChatEntry) -> tuple[str, str]:
        """What stands before a chat, and how it looks."""
        if entry.mention_badge:
            return entry.mention_badge, "mention"
        if entry.unread_badge:
            return entry.unread_badge, "badge"
        return ("~", "dim") if entry.has_draft and entry.chat.id != self._current else ("", "dim")

    def render_line(self, y: int) -> Strip:
        place, width = self._first + y, self.size.width
        if place >= len(self.entries):
            if place > len(self.entries) or not (said := self._archived_line):
                return Strip.blank(width, self.visual_style.rich_style)
            style = self.get_component_rich_style("chats--dim")
            return Strip([Segment(said, style)]).crop(0, width).extend_cell_length(width, self.visual_style.rich_style)
        entry = self.entries[place]
        name = "chats--current" if entry.chat.id == self._current else "chats--text"
        line = Strip(self._line(entry, width)).crop(0, width)
        return line.extend_cell_length(width, self.get_component_rich_style(name))

    @property
    def _archived_line(self) -> str:
        """Below the chats: how many were put away, and the key that shows them."""
        if not self._model.archived or self._model.shows_archived:
            return ""
        return f"      {self._face.texts.terminal_archived(n=self._model.archived)}"

    def action_archived(self) -> None:
        """Show the chats that were put away, or no longer."""
        self._model.show_archived(not self._model.shows_archived)
        self._keep_in_view()
        self.refresh()

    @property
    def _ids(self) -> list[str]:
        return [entry.chat.id for entry in self.entries]

    def _keep_in_view(self) -> None:
        ids, height = self._ids, max(1, self.size.height)
        self._first = max(0, min(self._first, len(ids) - height))
        if self._current in ids:
            place = ids.index(self._current)
            self._first = min(max(self._first, place - height + 1), place)

    def on_resize(self) -> None:
        self._keep_in_view()

    def action_move(self, step: int) -> None:
        """Go to a chat above or below, not round."""
        ids = self._ids
        if ids:
            place = ids.index(self._current) + step if self._current in ids else 0
            self.post_message(self.Chosen(ids[max(0, min(place, len(ids) - 1))]))

    def on_click(self, event: Click) -> None:
        place = self._first + event.y
        if place < len(self.entries):
            self.post_message(self.Chosen(self._ids[place]))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self._scroll(3, event)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self._scroll(-3, event)

    def _scroll(self, lines: int, event: MouseScrollDown | MouseScrollUp) -> None:
        event.stop()
        self._first = max(0, min(self._first + lines, len(self.entries) - self.size.height))
        self.refresh()
