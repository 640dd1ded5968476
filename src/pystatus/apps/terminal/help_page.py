"""What ``F1`` and ``/keys`` show: keys as they are today, signs, commands."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from pystatus.apps.terminal.face import Face
from pystatus.faces.delivery import legend
from pystatus.faces.slash_commands import SlashCommands

KEY_CELLS = 20
"""Cells of the keys where both stand in a line."""
WIDE = 60
"""Columns from which they do."""


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
        found.append(Content.styled(title, "bold $accent"))
        found.append(Content("\n").join(_line(key, what, width) for key, what in lines))
    return found


def _line(key: str, what: str, width: int) -> Content:
    if width < WIDE:
        return Content.assemble((key, "bold"), f"  {what}")
    return Content.assemble((f"{key:<{KEY_CELLS}} ", "bold"), what)


def key_lines(face: Face) -> list[str]:
    """The keys of somebody as their file has them, and where that is."""
    return [face.texts.terminal_keys_note(file=face.wishes.keys_file), "", *face.wishes.keys.listed(face.texts)]
