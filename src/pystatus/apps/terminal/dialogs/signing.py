"""What will be signed, in words, and the password for this one signature."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from pystatus.apps.terminal.dialogs.windows import Line, room_of_text
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.wallet_question import SigningQuestion

LINES_OF_PASSWORD = 4
"""The question for the password, its line, and what is around them."""


class SigningWindow(ModalScreen[str | None]):
    """Gives back the password; ``None``: nothing is to be signed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("pageup", "read(-1)", show=False, priority=True),
        Binding("pagedown", "read(1)", show=False, priority=True),
    ]

    def __init__(self, question: SigningQuestion, texts: Catalogue) -> None:
        super().__init__()
        self._question, self._texts = question, texts

    def compose(self) -> ComposeResult:
        question, texts = self._question, self._texts
        with Vertical(classes="window"):
            yield Static(Content(texts.wallet_ask_title()), classes="title")
            with VerticalScroll(classes="body", can_focus=False):
                yield Static(Content.styled(question.what, "bold"))
                yield Static(Content(question.cost))
                for warning in question.warnings:
                    yield Static(Content.styled(warning, "bold $warning"))
                yield Static(Content.styled(question.phrase, "bold $accent"))
            yield Static(Content(texts.wallet_ask_password()), classes="asked")
            yield Line(password=True)
            yield Static(Content(texts.wallet_ask_hint()), classes="hint")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_resize(self, event: Resize) -> None:
        """The line for the password stays in view, however long the question is."""
        room = max(1, room_of_text(event.size.height) - LINES_OF_PASSWORD)
        self.query_one(VerticalScroll).styles.max_height = room

    def action_read(self, pages: int) -> None:
        """Scroll what does not fit."""
        body = self.query_one(VerticalScroll)
        body.scroll_relative(y=pages * max(1, body.size.height - 1), animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)
