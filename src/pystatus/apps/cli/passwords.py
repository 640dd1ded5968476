"""Secrets come from a file, standard input, the environment or the terminal, never from the arguments."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pystatus import typed
from pystatus.apps.cli import output, streams
from pystatus.apps.cli.options import STDIN, misspelt
from pystatus.errors import LocalError
from pystatus.faces import terminal

PASSWORD_VARIABLE = "PYSTATUS_PASSWORD"  # noqa: S105 - the name of the variable, not its contents
MAX_SECRET_FILE = 4_096
"""Bytes of a file with a secret: 24 words have below 220. More is another file, given by mistake."""

_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def password(file: Path | None) -> str:
    """The password of a profile that exists.

    :raises LocalError: none is given and nobody can be asked, or the file cannot be read.
    """
    given = _given(file)
    return given if given is not None else secret(None, "Password", f"--password-file, or set {PASSWORD_VARIABLE}")


def new_password(file: Path | None) -> str:
    """A password for a new profile, from where :func:`password` has it. At a terminal it is asked twice, until it will
    do.

    :raises LocalError: it is too short, none is given and nobody can be asked, or the file cannot be read.
    """
    return _new(_given(file), f"--password-file, or set {PASSWORD_VARIABLE}")


def another_password(file: Path | None) -> str:
    """A password in place of one that is given, too, likewise. It is never the one in the environment.

    :raises LocalError: as :func:`new_password`.
    """
    return _new(None if file is None else _text_in(file), "--new-password-file")


def _new(given: str | None, alternative: str) -> str:
    from pystatus.account.password import check_new

    if given is not None:
        check_new(given)
        return given
    while True:
        chosen = secret(None, "New password", alternative)
        try:
            check_new(chosen)
        except LocalError as error:
            terminal.tell(str(error))
            continue
        if typed.password(terminal.ask_hidden("The same again")) == typed.password(chosen):
            return chosen
        terminal.tell("The two differ. Type it again.")


def secret(file: Path | None, question: str, alternative: str) -> str:
    """A secret from ``file``, or else from the terminal, where it is not shown.

    :param alternative: what to do instead where there is no terminal.
    :raises LocalError: the file cannot be read, or there is no terminal.
    """
    if file is not None:
        return secret_in(file)
    if not terminal.is_there():
        hint = misspelt(PASSWORD_VARIABLE) if PASSWORD_VARIABLE in alternative else ""
        raise LocalError(f"{question} is needed and there is no terminal to ask at.{hint} Use {alternative}.")
    return terminal.ask_hidden(question)


def secret_in(file: Path) -> str:
    """The contents of ``file`` without the end of the line.

    :raises LocalError: it cannot be read, is too long or no text.
    """
    return typed.without_end_of_line(_text_in(file))


def _text_in(file: Path) -> str:
    if file == STDIN and streams.is_typed():
        return terminal.ask_hidden("Standard input (not shown)")
    try:
        if file == STDIN:
            data = streams.read_input(MAX_SECRET_FILE)
        else:
            with file.open("rb") as opened:
                status = os.fstat(opened.fileno())
                data = opened.read(MAX_SECRET_FILE + 1)
            if stat.S_ISREG(status.st_mode) and status.st_mode & _OTHERS_READ:
                output.warn(f"{file} can be read by other people on this machine. Run: chmod 600 {file}")
    except OSError as error:
        raise LocalError(f"The file {file} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_SECRET_FILE:
        raise LocalError(f"{_name(file)} is too long for a secret. Check that it is the right file.")
    return typed.decoded(data, _name(file))


def _name(file: Path) -> str:
    return "What is on standard input" if file == STDIN else f"The file {file}"


def _given(file: Path | None) -> str | None:
    """As it stands there: :mod:`pystatus.typed` has the forms that a password may have been stored in."""
    return _text_in(file) if file is not None else os.environ.get(PASSWORD_VARIABLE) or None
