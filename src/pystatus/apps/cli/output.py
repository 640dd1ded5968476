"""Where results and errors go: lines for people, or with ``--json`` one object a line.

JSON is written in ASCII with everything else escaped, so it holds the exact text and is safe on a terminal all the
same; lines for people hold text of strangers only after :mod:`pystatus.sanitise`. Each text of a JSON object is cut
where a message of the protocol ends at the latest, whoever wrote it (A58). Escaping makes six bytes of one in UTF-8 at
most (a control character); of a text in any script but Latin three or two.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import typer

from pystatus import sanitise
from pystatus.apps.cli import status_line
from pystatus.faces.sentences import MAX_ERROR, as_sentence

MAX_FIELD = sanitise.BLOCK_LENGTH
"""Code points of one text in a JSON object: as many as a message may have (PL-28), 48 KiB when they are escaped. One
that was longer ends with an ellipsis."""
_HOME_AND_CLEAR = "\033[H\033[J"

Fields: TypeAlias = Mapping[str, object]
"""One object of the JSON output: numbers, texts, and lists of such objects."""


class Output:
    """Standard output, for people or for programs, and notes for people beside it."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.in_colour = not as_json and sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def result(self, fields: Fields, text: str, *, whole: bool = False) -> None:
        """Print a result: ``fields`` for programs or ``text``, which is safe to show, for people.

        :param whole: do not cut the texts in ``fields``: they are what our user asked their own node for.
        :raises LocalError: standard output refuses, a full disk for example.
        :raises NoReader: nobody reads it any more.
        """
        with status_line.above():
            typer.echo(json.dumps(fields if whole else cut(fields)) if self.as_json else text)

    def event(self, fields: Fields, text: str) -> None:
        """Print what happened beside the results: for programs among them, for people on standard error."""
        if self.as_json:
            self.result(fields, "")
        else:
            self.note(text)

    def note(self, text: str) -> None:
        """Tell a person something that is no result, on standard error. Programs have asked for none of it."""
        if not self.as_json:
            with status_line.above():
                typer.echo(sanitise.one_line(text, MAX_ERROR), err=True)

    def aside(self, fields: Fields, text: str) -> None:
        """Tell, on standard error, what is no result: of a command with one result, which programs read alone."""
        if self.as_json:
            typer.echo(json.dumps(cut(fields)), err=True)
        else:
            self.note(text)

    def status(self, text: str) -> None:
        """Show what goes on at the moment in a line that is written over, where a person watches a terminal; an empty
        ``text`` ends it. See :mod:`pystatus.apps.cli.status_line`."""
        if not self.as_json:
            status_line.show(text)

    def draw(self, lines: Sequence[str]) -> None:
        """Show ``lines``, which are safe to show, in place of everything on the terminal."""
        typer.echo(_HOME_AND_CLEAR + "\n".join(lines))

    def summary(self, lines: Sequence[str]) -> None:
        """Print ``lines``, which are safe to show, on standard error."""
        for line in lines:
            typer.echo(line, err=True)

    def paint(self, text: str, rgb: tuple[int, int, int]) -> str:
        """``text`` in a colour, where the terminal shows colours."""
        return typer.style(text, fg=rgb) if self.in_colour else text

    def emphasise(self, text: str) -> str:
        """``text`` so that it is seen among other text, where the terminal shows colours."""
        return typer.style(text, bold=True, underline=True) if self.in_colour else text


def cut(value: object) -> object:
    """``value`` with each text in it, keys included, bounded by :data:`MAX_FIELD`."""
    if isinstance(value, str):
        return value if len(value) <= MAX_FIELD else value[: MAX_FIELD - 1] + sanitise.ELLIPSIS
    if isinstance(value, Mapping):
        return {cut(key): cut(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [cut(each) for each in value]
    return value


def error(what: Exception | str, as_json: bool) -> None:
    """Print the sentence of an error on standard error; where it has several, for people each on a line of its own."""
    status_line.show("")
    sentences = [as_sentence(one) for one in getattr(what, "sentences", None) or (str(what),)]
    if not as_json:
        typer.echo("\n".join(sentences), err=True)
    elif len(sentences) == 1:
        typer.echo(json.dumps({"error": sentences[0]}), err=True)
    else:
        typer.echo(json.dumps({"error": as_sentence(" ".join(sentences)), "errors": sentences}), err=True)


def warn(sentence: str) -> None:
    """Print a warning on standard error, whoever reads the results."""
    with status_line.above():
        typer.echo(f"Warning: {sanitise.one_line(sentence, MAX_ERROR)}", err=True)
