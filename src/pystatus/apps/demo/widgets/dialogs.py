"""Small windows over the chat screen."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

KEY_WIDTH = 18
"""Columns for what is explained; the explanation stands beside it."""


class NewChatDialog(ModalScreen[str | None]):
    """Asks for the name of a public chat, or somebody's chat key."""

    BINDINGS = [Binding("escape", "dismiss(None)", "Cancel")]  # noqa: RUF012 - that is how textual wants it

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("New chat", classes="title")
            yield Static("The name of a public chat, or somebody's chat key:")
            yield Input(placeholder="status")
            yield Static("Enter opens it, Escape goes back.", classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)


class HelpDialog(ModalScreen[None]):
    """Shows keys and commands."""

    BINDINGS = [Binding("escape,enter,f1,q", "dismiss(None)", "Close")]  # noqa: RUF012 - that is how textual wants it

    def __init__(self, sections: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> None:
        """``sections``: a title and lines, each a key or command and what it does."""
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog"):
            for title, lines in self._sections:
                yield Static(title, classes="title")
                yield Static(
                    Content("\n").join(
                        Content.assemble((key + " " * (KEY_WIDTH - cell_len(key)), "bold $accent"), what)
                        for key, what in lines
                    )
                )
            yield Static("Escape closes this.", classes="hint")
