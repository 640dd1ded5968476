"""The colours of the messages, as the style sheet of the theme has them."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

from pystatus.apps.terminal.drawing import Palette
from pystatus.apps.terminal.looks import TERMINAL_THEME


def palette_of(widget: Widget) -> Palette:
    """Those of a widget with the classes ``messages--…``."""

    def look(name: str, *, background: bool = False) -> Style:
        style = widget.get_component_rich_style(f"messages--{name}")
        behind = style.bgcolor if background else None
        return Style(color=style.color, bgcolor=behind, bold=style.bold, reverse=style.reverse)

    return Palette(
        dim=look("dim"),
        accent=look("accent"),
        error=look("error"),
        code=look("code", background=True),
        own=look("own"),
        chosen=Style(bgcolor=widget.get_component_rich_style("messages--chosen").bgcolor),
        behind=widget.background_colors[1].hex6,
        people=widget.app.theme != TERMINAL_THEME,
    )
