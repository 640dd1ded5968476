"""The recovery words, and whether somebody has them on paper.

They are drawn on the alternate screen, which nothing scrolls back to, and are gone with the window. They are never put
on a clipboard, into a log or into a picture of the screen.
"""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key, Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from pystatus.apps.terminal.dialogs.windows import room_of_text
from pystatus.client.features.backup import Backup, WrongWord
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.sentences import as_sentence

COLUMNS = 3
"""Words in a row."""
WIDTH = 16
"""Cells of a word with its number: the longest of the list has eight letters."""


class WordsWindow(ModalScreen[bool]):
    """Shows the words, then asks for three of them by their places; True: they were right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", show=False),
        Binding("ctrl+c", "nothing", show=False, priority=True),
    ]

    def __init__(self, texts: Catalogue, backup: Backup) -> None:
        super().__init__()
        self._texts = texts
        self._backup = backup
        self._places: tuple[int, ...] = ()

    def compose(self) -> ComposeResult:
        texts = self._texts
        with Vertical(classes="window"):
            yield Static(Content(texts.terminal_words_title()), classes="title")
            with VerticalScroll(classes="body"):
                yield Static(classes="words")
                yield Static(Content(texts.terminal_words_text()))
            yield Static(classes="question")
            yield Input()
            yield Static(Content(texts.terminal_words_hint()), classes="hint")

    def on_mount(self) -> None:
        self._show_words()
        self.query_one(Input).display = False
        self.query_one(".question").display = False
        self.query_one(VerticalScroll).focus()

    def _show_words(self) -> None:
        columns = max(1, min(COLUMNS, (self.app.size.width - 2) // WIDTH))
        self.query_one(".words", Static).update(Content(rows(self._backup.phrase(), columns)))

    def on_resize(self, event: Resize) -> None:
        """As many in a row as there is room for; all of them are reached by scrolling."""
        self.query_one(VerticalScroll).styles.max_height = room_of_text(event.size.height)
        if not self._places:
            self._show_words()

    def on_key(self, event: Key) -> None:
        if event.key == "enter" and not self._places:
            event.stop()  # else the line that appears takes it for an answer
            event.prevent_default()
            self._hide()

    def _hide(self) -> None:
        """The words go, and are asked for."""
        texts = self._texts
        self._places = self._backup.places()
        self.query_one(".words", Static).update("")
        self.query_one(VerticalScroll).display = False
        first, second, third = (str(place) for place in self._places)
        question = self.query_one(".question", Static)
        question.update(Content(texts.terminal_words_question(first=first, second=second, third=third)))
        question.display = True
        line = self.query_one(Input)
        line.display = True
        line.focus()

    @work
    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        texts, typed = self._texts, event.value.lower().split()
        if len(typed) != len(self._places):
            self.notify(texts.terminal_words_three(), severity="error", markup=False)
            return
        try:
            await self._backup.confirm(dict(zip(self._places, typed, strict=True)))
        except WrongWord as error:
            self.notify(texts.terminal_words_wrong(place=str(error.place)), severity="error", markup=False)
        except LocalError as error:
            self.notify(as_sentence(str(error)), severity="error", markup=False)
        else:
            self.dismiss(True)

    def action_nothing(self) -> None:
        """Nothing of this window is copied."""


def rows(phrase: str, columns: int = COLUMNS) -> str:
    """The words with their numbers, some in a row."""
    words = [f"{number:>2}. {word}".ljust(WIDTH) for number, word in enumerate(phrase.split(), 1)]
    return "\n".join("".join(words[start : start + columns]).rstrip() for start in range(0, len(words), columns))
