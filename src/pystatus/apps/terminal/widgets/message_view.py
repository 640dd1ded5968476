"""The messages of one chat, drawn line by line.

The place is held by the message at the top of the view and a line of it, never by a distance from the beginning: what
comes before or behind, or is measured anew at another width, moves nothing that somebody looks at. Only rows that are
looked at are ever wrapped, so opening and resizing cost the same in a chat of ten messages and of a million.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp, Resize
from textual.message import Message as Notice
from textual.strip import Strip
from textual.widget import Widget

from pystatus.apps.terminal.drawing import Drawing
from pystatus.apps.terminal.keys import MESSAGES, bindings
from pystatus.apps.terminal.widgets.palette import palette_of
from pystatus.faces.timeline_rows import GapRow, MessageRow, Row, RowKey
from pystatus.messenger.records import Message

KEPT_ROWS = 400
"""Rows whose lines are kept: some screens, 1 MB."""
NEAR_END = 40
"""Rows from an end at which the next page is asked for: more than a screen has, so that nobody waits."""
CHOSEN = (MessageRow, GapRow)
"""Rows that can be chosen."""
WHEEL_LINES = 3
"""Lines that a step of the wheel moves."""


class MessageView(Widget, can_focus=True):
    """Shows rows and stays at the end, unless somebody scrolls up."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "messages--dim",
        "messages--accent",
        "messages--error",
        "messages--code",
        "messages--own",
        "messages--chosen",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(MESSAGES)

    class OlderWanted(Notice):
        """Somebody is near the first message that is held."""

    class NewerWanted(Notice):
        """Somebody is near the last message that is held, and there are newer ones."""

    class Moved(Notice):
        """Other rows are in view, or another message is chosen."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self.drawing = drawing
        self.chosen: RowKey | None = None
        """The row that keys act on; ``None``: the last one, once somebody asks."""
        self._rows: Sequence[Row] = ()
        self._index: dict[RowKey, int] = {}
        self._older = False
        self._newer = False
        self._top: tuple[RowKey, int] | None = None
        """The row and its line at the top of the view; ``None``: the view ends where the chat ends."""
        self._cache: OrderedDict[tuple[RowKey, bool], tuple[Row, list[Strip]]] = OrderedDict()
        self._view: list[tuple[int, int]] | None = None
        """For each line of the view, from the bottom of what is empty on: the row, and the line of it."""
        self._asked = False
        self._has_palette = False

    # what is shown

    @property
    def rows(self) -> Sequence[Row]:
        """All that are held."""
        return self._rows

    @property
    def follows(self) -> bool:
        """Whether the view is at the end of the chat, and stays there."""
        return self._top is None and not self._newer

    def show(self, rows: Sequence[Row], *, older: bool, newer: bool, keep: bool = True) -> None:
        """Show ``rows``; what is looked at stays where it is.

        :param older: there may be more before the first of them.
        :param newer: there are more behind the last of them.
        :param keep: it is the same chat; else its end is shown.
        """
        if keep and self._top is None and self._newer and rows:
            self._hold()
        former, self._rows = self._rows, rows
        index = {row.key: place for place, row in enumerate(rows)}
        if not keep:
            self._top, self.chosen = None, None
            self._cache.clear()
        elif self._top is not None and self._top[0] not in index:
            self._top = self._nearest(former, index)
        if self.chosen is not None and self.chosen not in index:
            self.chosen = None
        self._index, self._older, self._newer = index, older, newer
        self._asked = False
        self._changed()

    def _nearest(self, former: Sequence[Row], index: dict[RowKey, int]) -> tuple[RowKey, int] | None:
        """The top of the view where its row is gone: the next one that is still there."""
        assert self._top is not None
        begin = self._index.get(self._top[0], 0)
        return next(((row.key, 0) for row in former[begin:] if row.key in index), None)

    def redraw(self) -> None:
        """Names, reactions or what else belongs to messages have changed."""
        self._cache.clear()
        self._changed()

    def sees_row(self, key: RowKey) -> bool:
        """Whether a line of a row is in view."""
        place = self._index.get(key)
        return place is not None and any(shown == place for shown, _ in self._visible())

    def go_to(self, message_id: bytes, *, choose: bool = True) -> bool:
        """Bring a message into the view, and choose it; whether it is held."""
        if _key(message_id) not in self._index:
            return False
        if choose:
            self.chosen = _key(message_id)
        self._place(self._index[_key(message_id)], self.size.height // 4)
        return True

    def go_to_row(self, key: RowKey) -> None:
        """Bring a row to the top of the view, below a line of what is before it."""
        self._place(self._index[key], 1)

    def go_to_end(self) -> None:
        """Look at the end of what is held."""
        self._top, self.chosen = None, None
        self._changed()

    @property
    def chosen_message(self) -> Message | None:
        """The message that keys act on: the chosen one, else the last one in view."""
        row = self.chosen_row
        return row.message if isinstance(row, MessageRow) else None

    @property
    def chosen_row(self) -> MessageRow | GapRow | None:
        """The same, or a gap that is chosen."""
        if self.chosen is not None:
            row = self._rows[self._index[self.chosen]]
            return row if isinstance(row, CHOSEN) else None
        shown = (self._rows[place] for place, _ in reversed(self._visible()))
        return next((row for row in shown if isinstance(row, MessageRow)), None)

    def visible_messages(self) -> list[Message]:
        """Those of which a line is in view."""
        places = dict.fromkeys(place for place, _ in self._visible())
        return [row.message for place in places if isinstance(row := self._rows[place], MessageRow)]

    @property
    def below(self) -> int:
        """Messages behind the last one in view, of those that are held."""
        view = self._visible()
        if not view:
            return 0
        return sum(isinstance(row, MessageRow) for row in self._rows[view[-1][0] + 1 :])

    # lines

    def _is_chosen(self, row: Row) -> bool:
        return self.has_focus and row.key == self.chosen

    def _lines(self, place: int) -> list[Strip]:
        row = self._rows[place]
        chosen = self._is_chosen(row)
        found = self._cache.get((row.key, chosen))
        if found is not None and (found[0] is row or found[0] == row):
            self._cache.move_to_end((row.key, chosen))
            return found[1]
        if not self._has_palette:
            self._look_up_palette()
        lines = self.drawing.lines(row, self.size.width, chosen=chosen)
        self._cache[row.key, chosen] = row, lines
        while len(self._cache) > KEPT_ROWS:
            self._cache.popitem(last=False)
        return lines

    def _visible(self) -> list[tuple[int, int]]:
        if self._view is None:
            self._view = self._from_top() if self._top is not None else self._from_end()
        return self._view

    def _from_end(self) -> list[tuple[int, int]]:
        height, view = self.size.height, []
        for place in range(len(self._rows) - 1, -1, -1):
            view += [(place, line) for line in range(len(self._lines(place)) - 1, -1, -1)]
            if len(view) >= height:
                break
        return view[:height][::-1]

    def _from_top(self) -> list[tuple[int, int]]:
        assert self._top is not None
        key, skipped = self._top
        begin, height = self._index[key], self.size.height
        skipped = min(skipped, len(self._lines(begin)) - 1)
        view = [(begin, line) for line in range(skipped, len(self._lines(begin)))]
        for place in range(begin + 1, len(self._rows)):
            if len(view) >= height:
                break
            view += [(place, line) for line in range(len(self._lines(place)))]
        if len(view) < height:  # the end came into view
            if not self._newer:
                self._top = None
            return self._from_end()
        return view[:height]

    def render_line(self, y: int) -> Strip:
        view, width = self._visible(), self.size.width
        place = y - (self.size.height - len(view))
        base = self.visual_style.rich_style
        if place < 0:
            return Strip.blank(width, base)
        row, line = view[place]
        lines = self._lines(row)
        if line >= len(lines):  # measured before the width changed
            return Strip.blank(width, base)
        strip = lines[line]
        if self._is_chosen(self._rows[row]):
            base += self.drawing.palette.chosen
        return strip.extend_cell_length(width).apply_style(base)

    def _changed(self) -> None:
        self._view = None
        self.refresh()
        self.post_message(self.Moved())
        self.call_after_refresh(self._ask)

    # moving

    def scroll_lines(self, count: int) -> None:
        """Move the view, down if ``count`` is positive."""
        view = self._visible()
        if not view:
            return
        place, line = view[0]
        line += count
        while line < 0 and place > 0:
            place -= 1
            line += len(self._lines(place))
        while line >= len(self._lines(place)) and place < len(self._rows) - 1:
            line -= len(self._lines(place))
            place += 1
        self._top = self._rows[place].key, max(0, line)
        if count < 0 and len(view) < self.size.height:
            self._top = None  # all of it is in view
        self._changed()

    def _place(self, place: int, above: int) -> None:
        """Put a row below ``above`` lines of the view."""
        line = -above
        while line < 0 and place > 0:
            place -= 1
            line += len(self._lines(place))
        self._top = self._rows[place].key, max(0, line)
        self._changed()

    def _hold(self) -> None:
        """Stay at what is in view, though it is the end of what is held."""
        view = self._visible()
        if view:
            self._top = self._rows[view[0][0]].key, view[0][1]

    def _ask(self) -> None:
        """Ask for the next page if somebody is near an end."""
        view = self._visible()
        if self._asked or not self._rows or not self.size.height:
            return
        if self._older and (len(view) < self.size.height or view[0][0] < NEAR_END) and not self._at_rest(view):
            self._asked = True
            self.post_message(self.OlderWanted())
        elif self._newer and (not view or view[-1][0] > len(self._rows) - NEAR_END):
            self._asked = True
            self.post_message(self.NewerWanted())

    def _at_rest(self, view: Sequence[tuple[int, int]]) -> bool:
        """Whether the end fills the view, so that nothing older is needed until somebody scrolls."""
        return self._top is None and len(view) >= self.size.height

    def action_page(self, direction: int) -> None:
        """A page up or down, less a line that was seen before."""
        self.scroll_lines(direction * max(1, self.size.height - 2))
        if self.chosen is not None:
            self.chosen = None

    def action_first(self) -> None:
        """The first row that is held."""
        if self._rows:
            self._top = self._rows[0].key, 0
            self.chosen = None
            self._changed()

    def action_last(self) -> None:
        """The end of the chat."""
        if self._newer:
            self.post_message(self.EndWanted())
        self.go_to_end()

    class EndWanted(Notice):
        """Somebody wants to see the end, which is not held."""

    def action_choose(self, step: int) -> None:
        """Choose the message above or below the chosen one; the first time the last one in view."""
        current = self.chosen_row
        if current is None:
            return
        place = self._index[current.key]
        if self.chosen is not None:
            place += step
            while 0 <= place < len(self._rows) and not isinstance(self._rows[place], CHOSEN):
                place += step
        if 0 <= place < len(self._rows):
            self.chosen = self._rows[place].key
            self._into_view(place)
        else:
            self.scroll_lines(step)

    def _into_view(self, place: int) -> None:
        seen = [line for shown, line in self._visible() if shown == place]
        height, lines = self.size.height, len(self._lines(place))
        if len(seen) == min(lines, height):
            self._changed()
        elif self._visible() and place <= self._visible()[0][0]:
            self._place(place, 0)
        else:
            self._place(place, max(0, height - lines))

    # the terminal

    def _on_resize(self, event: Resize) -> None:
        self._cache.clear()
        self._changed()

    def on_focus(self) -> None:
        self._changed()

    def on_blur(self) -> None:
        self._changed()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-WHEEL_LINES)

    def on_click(self, event: Click) -> None:
        view = self._visible()
        place = event.y - (self.size.height - len(view))
        if 0 <= place < len(view) and isinstance(row := self._rows[view[place][0]], CHOSEN):
            self.chosen = row.key
            self._changed()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._has_palette = False
        self._cache.clear()
        self._view = None

    def _look_up_palette(self) -> None:
        """The colours of the theme, which are there once the style sheet was applied."""

        self.drawing.palette = palette_of(self)
        self._has_palette = True


def _key(message_id: bytes) -> RowKey:
    return "message", message_id
