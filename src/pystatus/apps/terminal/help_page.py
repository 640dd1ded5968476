"""What ``F1`` and ``/keys`` show: keys as they are today, signs, commands."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual.content import Content

from pystatus.apps.terminal.base_app import NARROW
from pystatus.apps.terminal.face import Face
from pystatus.faces.delivery import legend
from pystatus.faces.slash_commands import SlashCommands

KEY_CELLS = 20
"""Cells of the keys where both stand in a line."""
MAX_CELLS = 68
"""Cells of a line: those of a window, without its frame and its bar."""
INDENT = 2
"""Cells before what a key does, where it stands in a line of its own."""


def sections(face: Face, commands: SlashCommands, width: int) -> Sequence[Content]:
    """Titles and lines, for a window.

    :param width: columns of the terminal.
    """
    texts, found = face.texts, []
    for title, lines in (
        *face.wishes.keys.help(texts),
        (texts.terminal_signs(), [(one.sign, one.words) for one in legend(texts, ascii_only=face.wishes.ascii)]),
        (texts.terminal_commands(), [(one.usage, one.what) for one in commands.by_name.values()]),
        (texts.terminal_rescue_title(), [("reset", texts.terminal_rescue())]),
    ):
        heading = Content.styled(title, "bold $accent")
        found.append(Content("\n").join([heading, *(_line(key, what, width) for key, what in lines)]))
    return found


def _line(key: str, what: str, width: int) -> Content:
    """A key and what it does beside it, in a column of its own; in a narrow terminal below it."""
    cells = min(MAX_CELLS, max(8, width - 4))
    if width < NARROW:
        return Content.assemble((key, "bold"), *(f"\n{' ' * INDENT}{one}" for one in wrap(what, cells - INDENT)))
    first, *rest = wrap(what, cells - KEY_CELLS - 1)
    begin = f"{key:<{KEY_CELLS}} " if len(key) <= KEY_CELLS else f"{key}\n{' ' * (KEY_CELLS + 1)}"
    return Content.assemble((begin, "bold"), first, *(f"\n{' ' * (KEY_CELLS + 1)}{one}" for one in rest))


def key_lines(face: Face) -> list[str]:
    """The keys of somebody as their file has them, and where that is."""
    return [face.texts.terminal_keys_note(file=face.wishes.keys_file), "", *face.wishes.keys.listed(face.texts)]
