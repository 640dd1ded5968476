"""What a face has for commands: the screen and single lines each do these things in their way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.faces.slash_commands import SlashCommands
from pystatus.messenger.records import Cursor, Message


class Shell(Protocol):
    """What a face does with what comes of a command."""

    commands: SlashCommands
    """Those that can be typed here."""

    @property
    def way_to_save(self) -> str:
        """How somebody saves the picture of a message: a key, or a command."""

    @property
    def chat_id(self) -> str | None:
        """The id of the chat that is open."""

    def pick(self, argument: str) -> tuple[Message, str]:
        """The message that a command is about, and the rest of its argument.

        :raises LocalError: there is none.
        """

    def numbered(self, message: Message) -> str:
        """What stands before a message in a list, by which a command names it; empty: one is chosen another way."""

    async def open(self, chat_id: str) -> None: ...

    async def go_to(self, place: Message | Cursor) -> None:
        """Show a message of the chat that is open, or what is nearest."""

    def tell(self, sentence: str) -> None: ...

    def show(self, title: str, lines: Sequence[str]) -> None: ...

    async def confirm(self, question: str) -> bool: ...

    async def choose(self, title: str, choices: Sequence[str]) -> str | None:
        """One of several; None: somebody went back."""

    def sent(self, message: Message) -> None:
        """A message of ours was stored."""

    async def find(self, words: str) -> None:
        """Show what a search finds."""

    async def words(self) -> None:
        """Show the recovery words, where nothing keeps them."""

    def page(self, name: str) -> bool:
        """Open the page of this name; False: this face has none, and lines are to be shown."""

    def special(self, name: str, argument: str) -> None:
        """What only this face has."""

    def quit(self) -> None: ...
