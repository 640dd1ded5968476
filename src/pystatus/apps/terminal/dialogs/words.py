"""The recovery words, and whether somebody has them on paper.

They are drawn on the alternate screen, which nothing scrolls back to, and are gone with the window. They are never put
on a clipboard, into a log or into a picture of the screen.
"""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

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

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
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
            yield Static(Content(texts.terminal_words_text()), classes="explained")
            yield Static(classes="words")
            yield Static(classes="question")
            yield Input()
            yield Static(Content(texts.terminal_words_hint()), classes="hint")

    def on_mount(self) -> None:
        self.query_one(".words", Static).update(Content(rows(self._backup.phrase())))
        self.query_one(Input).display = False
        self.query_one(".question").display = False
        self.set_focus(None)

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
        self.query_one(".words").display = False
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


def rows(phrase: str) -> str:
    """The words with their numbers, three in a row."""
    words = [f"{number:>2}. {word}".ljust(WIDTH) for number, word in enumerate(phrase.split(), 1)]
    return "\n".join("".join(words[start : start + COLUMNS]).rstrip() for start in range(0, len(words), COLUMNS))
