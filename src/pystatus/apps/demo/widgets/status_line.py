"""The line at the bottom: is anybody there?"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class StatusLine(Static):
    """Says whether relays are connected."""

    def show(self, relays: int) -> None:
        """Show that ``relays`` are connected."""
        if relays == 0:
            self.update(Content.assemble(("●", "$warning"), " connecting: what you write is kept and goes out later"))
        else:
            count = "one relay" if relays == 1 else f"{relays} relays"
            self.update(Content.assemble(("●", "$success"), f" connected to {count}"))
