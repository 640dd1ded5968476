"""What somebody may be typing: names behind ``@``, emoji behind ``:``, commands behind ``/``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pystatus.apps.terminal.commands import beginning_with
from pystatus.apps.terminal.face import Face
from pystatus.errors import LocalError
from pystatus.payloads.emoji import emoji_names, names_beginning

if TYPE_CHECKING:
    from pystatus.apps.terminal.chat_screen import ChatScreen

SHOWN = 6
"""Candidates in the line above the composer."""
_WORD = re.compile(r"(?:^|(?<=\s))([@:/])([^\s@:/]*)$")
"""What stands before the cursor and can be completed."""


class Completion:
    """Of one composer."""

    def __init__(self, face: Face, screen: ChatScreen) -> None:
        self._face = face
        self._screen = screen
        self._found: list[tuple[str, str]] = []
        self._start = 0

    def typed(self) -> None:
        """The text has changed: look for what it may become."""
        composer = self._screen.composer
        row, column = composer.cursor_location
        before = composer.document.get_line(row)[:column]
        match = _WORD.search(before)
        self._found = []
        if match is None or (match[1] == "/" and (row or match.start(1))):
            return
        self._start = match.start(1)
        self._found = self._candidates(match[1], match[2])

    def _candidates(self, kind: str, start: str) -> list[tuple[str, str]]:
        """What is put in, and how it is shown."""
        chat_id = self._screen.current
        if kind == "/":
            return [(f"/{one.name} ", one.usage) for one in beginning_with(start)[:SHOWN]]
        if kind == ":":
            known = emoji_names()
            return (
                [(f"{known[name]} ", f"{known[name]} {name}") for name in names_beginning(start, SHOWN)]
                if (len(start) > 1)
                else []
            )
        if chat_id is None:
            return []
        try:
            people = self._face.mentions.complete(chat_id, start, SHOWN)
        except LocalError:  # the chat is gone
            return []
        names = self._face.names.of_people(one.key for one in people)
        return [(f"@{one.name} ", f"@{one.name} ({names[one.key].key_prefix})") for one in people]

    def line(self) -> str:
        """The candidates, the one first that Tab takes; empty: there is none."""
        if not self._found:
            return ""
        return "Tab: " + "   ".join(shown for _, shown in self._found)

    def accept(self) -> bool:
        """Put the first one in; whether there is one."""
        if not self._found:
            return False
        composer = self._screen.composer
        row, column = composer.cursor_location
        text = self._found[0][0]
        composer.replace(text, (row, self._start), (row, column))
        return True
