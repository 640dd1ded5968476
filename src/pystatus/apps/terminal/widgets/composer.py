"""Where somebody writes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import TextArea

from pystatus.apps.terminal.keys import WRITING, Keys, bindings
from pystatus.faces.dropping import dropped_file
from pystatus.faces.pasting import Paste as Pasted
from pystatus.faces.pasting import PasteChoice, pasted
from pystatus.faces.slash_commands import SLASH

BLINK_SECONDS = 30.0
"""How long the cursor blinks after a key: a blinking one takes 0.7 % of a core, for ever."""
_NOT_EDITING = ("up", "down", "pageup", "pagedown", "ctrl+k", "ctrl+shift+k")
EDITING: Mapping[str, str] = {
    key: binding.action
    for binding in TextArea.BINDINGS
    if isinstance(binding, Binding) and binding.action.startswith(("cursor_", "delete_"))
    for key in binding.key.split(",")
    if key not in _NOT_EDITING
}
"""Keys that edit, and what they do. Textual carries them out behind the letters that were typed after them, where
several come together, as over a slow line."""


class Composer(TextArea):
    """Enter sends, Alt-Enter or Ctrl-J begins a new line. Nothing but sending ever empties it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(WRITING)

    class Submitted(Message):
        """The person pressed Enter on a text that is not blank. ``is_literal``: it begins no command."""

        def __init__(self, text: str, *, is_literal: bool) -> None:
            super().__init__()
            self.text = text
            self.is_literal = is_literal

    class Asked(Message):
        """A paste waits for an answer: how is it to be put in?"""

        def __init__(self, paste: Pasted) -> None:
            super().__init__()
            self.paste = paste

    class Dropped(Message):
        """The path of a file was pasted that could be sent, as terminals do when one is dropped on them."""

        def __init__(self, path: Path, text: str) -> None:
            super().__init__()
            self.path = path
            self.text = text

    def __init__(self, placeholder: str, *, blink: bool = True, keys: Keys | None = None) -> None:
        """
        :param keys: what sends, among others; None: what everybody has.
        """
        super().__init__(compact=True, placeholder=placeholder, highlight_cursor_line=False, tab_behavior="focus")
        self.sent: list[str] = []
        """What was sent last, the newest one at the end, for the key up."""
        self.is_literal = False
        """Whether a slash at the beginning was pasted, so that it is none of a command."""
        self._place: int | None = None
        self._blinks = blink
        self._keys = keys or Keys()
        self.cursor_blink = blink

    @property
    def place(self) -> int:
        """Where the cursor is, in characters of :attr:`text`."""
        row, column = self.cursor_location
        lines = self.text.split("\n")
        return sum(len(line) + 1 for line in lines[:row]) + column

    def fill(self, text: str, place: int | None = None) -> None:
        """Put a text in place of what is there.

        :param place: of the cursor; None: behind it.
        """
        self.text = text
        self.is_literal = False
        before = text if place is None else text[:place]
        self.move_cursor((before.count("\n"), len(before) - before.rfind("\n") - 1))

    async def _on_key(self, event: Key) -> None:
        self._blink()
        if self._keys.has(f"{WRITING}.send", event.key):
            event.stop()
            event.prevent_default()
            if self.text.strip():  # it is taken away at once: what is typed next belongs to the next text
                written = self.Submitted(self.text, is_literal=self.is_literal)
                self.fill("")
                self.post_message(written)
            return
        if event.key in ("up", "down") and self._recall(event.key):
            event.stop()
            event.prevent_default()
            return
        self._place = None
        if not self.text.startswith(SLASH):
            self.is_literal = False
        if event.key in EDITING:
            event.stop()
            event.prevent_default()
            await self.run_action(EDITING[event.key])
            return
        await super()._on_key(event)

    def _recall(self, key: str) -> bool:
        """Go through what was sent, from an empty line on."""
        if not self.sent or (self._place is None and (self.text or key == "down")):
            return False
        place = len(self.sent) if self._place is None else self._place
        place += -1 if key == "up" else 1
        if place >= len(self.sent):
            self._place = None
            self.fill("")
        else:
            self._place = max(0, place)
            self.fill(self.sent[self._place])
        return True

    def remember(self, text: str, most: int = 50) -> None:
        """A text was sent."""
        self.sent = [*self.sent, text][-most:]
        self._place = None

    async def _on_paste(self, event: Paste) -> None:
        """What is pasted is text, whatever it begins with; many lines are asked about first."""
        event.stop()
        event.prevent_default()
        path = _file_of(event.text)
        if path is not None:
            self.post_message(self.Dropped(path, pasted(event.text).result(PasteChoice.AS_IS)))
            return
        paste = pasted(event.text)
        if paste.choices:
            self.post_message(self.Asked(paste))
        else:
            self.put(paste.result(PasteChoice.AS_IS))

    def put(self, text: str) -> None:
        """Put in what was pasted."""
        begins = self.place == 0 or self.is_literal
        self.insert(text)
        self.is_literal = begins and self.text.startswith(SLASH)

    def action_new_line(self) -> None:
        """Begin a new line where the cursor is."""
        self.insert("\n")

    def _blink(self) -> None:
        if not self._blinks:
            return
        self.cursor_blink = True
        if (former := getattr(self, "_blink_timer", None)) is not None:
            former.stop()
        self._blink_timer = self.set_timer(BLINK_SECONDS, self._rest)

    def _rest(self) -> None:
        self.cursor_blink = False


def _file_of(text: str) -> Path | None:
    """The file whose path was pasted; None: it is a text, or there is no such file."""
    named = dropped_file(text)
    path = None if named is None else Path(named).expanduser()
    return path if path is not None and path.is_file() else None
