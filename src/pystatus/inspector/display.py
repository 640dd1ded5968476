"""Where the inspector shows what it has counted: its port to a command line or a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

Fields: TypeAlias = Mapping[str, object]
"""One object for programs: numbers, texts, and lists of such objects."""


class Display(Protocol):
    """Shows results, for people or for programs. All texts are safe to show."""

    @property
    def as_json(self) -> bool:
        """Whether programs read: then ``fields`` are shown, otherwise texts."""

    def result(self, fields: Fields, text: str) -> None:
        """Show a result."""

    def event(self, fields: Fields, text: str) -> None:
        """Show what happened beside the results."""

    def note(self, text: str) -> None:
        """Tell a person something that is no result."""

    def status(self, text: str) -> None:
        """Show what happens at the moment; an empty ``text`` ends it."""

    def draw(self, lines: Sequence[str]) -> None:
        """Show ``lines`` in place of everything on the screen."""

    def summary(self, lines: Sequence[str]) -> None:
        """Show ``lines`` to a person, beside the results."""
