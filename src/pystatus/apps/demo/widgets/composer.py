"""Where the person writes."""

from __future__ import annotations

from textual.binding import Binding
from textual.events import Key
from textual.message import Message
from textual.widgets import TextArea


class Composer(TextArea):
    """Enter sends, Ctrl-J begins a new line; what is pasted keeps its lines. Page keys scroll the messages."""

    BINDINGS = [  # noqa: RUF012 - that is how textual wants it
        Binding("ctrl+j", "insert_newline", "New line", show=False),
        Binding("pageup", "screen.scroll_messages(-1)", show=False),
        Binding("pagedown", "screen.scroll_messages(1)", show=False),
    ]

    class Submitted(Message):
        """The person pressed Enter on a text that is not blank."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, placeholder: str) -> None:
        super().__init__(compact=True, placeholder=placeholder, highlight_cursor_line=False)

    async def _on_key(self, event: Key) -> None:
        if event.key != "enter":
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        if self.text.strip():
            self.post_message(self.Submitted(self.text))
            self.clear()

    def action_insert_newline(self) -> None:
        """Begin a new line where the cursor is."""
        self.insert("\n")
