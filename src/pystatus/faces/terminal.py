"""Questions to the person at the terminal, whatever standard input and output are connected to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pystatus import typed

_TERMINAL = Path("/dev/tty")
_SECOND_SCREEN = "\033[?1049h\033[H\033[2J"
_FIRST_SCREEN = "\033[2J\033[H\033[?1049l"


def is_there() -> bool:
    """Whether somebody can be asked."""
    try:
        os.close(os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def ask_hidden(question: str) -> str:
    """What the person typed, which is not shown.

    :raises EOFError: nothing was typed but the end of the input.
    """
    from getpass import getpass  # loaded late: few commands ask

    return getpass(f"{question}: ")


def ask_hidden_lines(question: str, more: Callable[[str], str | None]) -> str:
    """What the person typed or pasted, in one line or several, which is not shown.

    ``getpass`` drops the lines that were pasted behind the first one. Here the next question gets them; those that
    nobody asked for are dropped at the end, so that a shell does not get them.

    :param more: the next question after what came up to now, or None if that is all. An empty line is the last one.
    :raises EOFError: nothing was typed but the end of the input.
    """
    import termios  # loaded late: few commands ask

    text = ""
    asked: str | None = question
    with _TERMINAL.open() as reader, _TERMINAL.open("w") as writer:
        before = termios.tcgetattr(reader)
        hidden = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
        termios.tcsetattr(reader, termios.TCSAFLUSH, hidden)
        try:
            while asked is not None:
                writer.write(f"{asked}: ")
                writer.flush()
                line = reader.readline()
                writer.write("\n")
                if not line:
                    raise EOFError
                text += line
                asked = more(text) if line.strip() else None
        finally:
            termios.tcsetattr(reader, termios.TCSAFLUSH, before)
    return text


def tell(text: str) -> None:
    """Show a line at the terminal."""
    with _TERMINAL.open("w") as terminal:
        terminal.write(f"{text}\n")


def show_apart(text: str, question: str) -> None:
    """Show a text that is gone when the person presses Enter, also from what can be scrolled back to, where the
    terminal has a second screen.

    :raises EOFError: the end of the input came in place of Enter.
    """
    has_second = os.environ.get("TERM", "dumb") not in ("", "dumb")
    with _TERMINAL.open("w") as writer, _TERMINAL.open() as reader:
        writer.write(f"{_SECOND_SCREEN if has_second else ''}{text}\n\n{question}: ")
        writer.flush()
        try:
            if not reader.readline():
                raise EOFError
        finally:
            writer.write(_FIRST_SCREEN if has_second else "")


def confirm(question: str) -> bool:
    """Whether the person said yes. Anything else is a no.

    :raises EOFError: nothing was typed but the end of the input.
    """
    with _TERMINAL.open("w") as terminal:
        terminal.write(f"{question} [y/N] ")
    with _TERMINAL.open() as terminal:
        answer = terminal.readline()
    if not answer:
        raise EOFError
    return typed.is_yes(answer)
