"""Questions to the person at the terminal, whatever standard input and output are connected to."""

from __future__ import annotations

import os
from pathlib import Path

from pystatus import typed

_TERMINAL = Path("/dev/tty")


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


def tell(text: str) -> None:
    """Show a line at the terminal."""
    with _TERMINAL.open("w") as terminal:
        terminal.write(f"{text}\n")


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
