"""What somebody may be typing: names behind ``@``, emoji behind ``:``, commands behind ``/``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.widgets.composer import Composer
from pystatus.errors import LocalError
from pystatus.faces import completion
from pystatus.faces.completion import Begun, Kind, Offer
from pystatus.faces.slash_commands import SlashCommands

SHOWN = 5
"""Candidates in the line above the composer."""


class Completion:
    """Of one composer."""

    def __init__(
        self, face: Face, composer: Composer, commands: SlashCommands, current: Callable[[], str | None]
    ) -> None:
        """
        :param current: the id of the chat that is open.
        """
        self._face = face
        self._composer = composer
        self._current = current
        self._commands = commands
        self._begun: Begun | None = None
        self._offers: Sequence[Offer] = ()

    def typed(self) -> None:
        """The text has changed: look for what it may become."""
        composer = self._composer
        self._begun = completion.begun(composer.text, composer.place, can_be_command=not composer.is_literal)
        self._offers = () if self._begun is None else self._found(self._begun)

    def _found(self, what: Begun) -> Sequence[Offer]:
        match what.kind:
            case Kind.COMMAND:
                return completion.commands(what, self._commands, SHOWN)
            case Kind.EMOJI:
                return completion.emoji(what, SHOWN)
        chat_id = self._current()
        if chat_id is None:
            return ()
        try:
            return completion.people(self._face.mentions.complete(chat_id, what.beginning, SHOWN))
        except LocalError:  # the chat is gone
            return ()

    def line(self) -> str:
        """The candidates, the one first that Tab takes; empty: there is none."""
        if not self._offers:
            return ""
        shown = []
        for offer in self._offers:
            hint = self._face.names.of(offer.person.key).key_prefix if offer.person is not None else offer.hint
            shown.append(f"{offer.label} ({hint})" if hint else offer.label)
        return "Tab: " + "   ".join(shown)

    def accept(self) -> bool:
        """Put the first one in; whether there is one."""
        if self._begun is None or not self._offers:
            return False
        composer = self._composer
        composer.fill(*completion.completed(composer.text, composer.place, self._begun, self._offers[0]))
        return True
