"""Secrets come from a file, standard input, the environment or the terminal, never from the arguments."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.apps.cli import output, streams
from pystatus.apps.cli.options import STDIN, misspelt
from pystatus.errors import LocalError
from pystatus.faces import terminal
from pystatus.variables import PASSWORD_VARIABLE

if TYPE_CHECKING:  # loaded by the command that needs it
    from pystatus.crypto.keys import PrivateKey

MAX_SECRET_FILE = 4_096
"""Bytes of a file with a secret: 24 words have below 220. More is another file, given by mistake."""

ATTEMPTS = 3
"""How often a password is asked for at the terminal, as sudo and su do. Somebody who mistypes it types it again without
looking: into the shell and its history, where the program has ended."""

NOT_SHOWN = " (not shown)"
"""Stands behind a question whose answer is typed unseen."""

_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def password(file: Path | None, check: Callable[[str], None]) -> str:
    """The password of a profile that exists. At a terminal it is asked again where it is wrong.

    :param check: raises :class:`WrongPassword` for one that is wrong; only what was typed is checked.
    :raises LocalError: none is given and nobody can be asked, or the file cannot be read.
    :raises WrongPassword: none of :data:`ATTEMPTS` was right.
    """
    given = _given(file)
    if given is not None:
        return given
    return _asked("Password", f"--password-file, or set {PASSWORD_VARIABLE}", check)


def _asked(question: str, alternative: str, check: Callable[[str], None]) -> str:
    from pystatus.account.keystore import WrongPassword

    for left in reversed(range(ATTEMPTS)):
        typed_one = secret(None, question, alternative)
        try:
            check(typed_one)
        except WrongPassword as error:
            if not left:
                raise
            terminal.tell(str(error))
        else:
            break
    return typed_one


def source(file: Path | None) -> str | None:
    """Where :func:`new_password` has a password from; None: from the person at the terminal."""
    if file is not None:
        return "standard input" if file == STDIN else str(file)
    return PASSWORD_VARIABLE if os.environ.get(PASSWORD_VARIABLE) else None


def words(file: Path | None) -> str:
    """Recovery words. At a terminal they may come in several lines, and are asked again where their number is wrong.

    :raises LocalError: nobody can be asked, the file cannot be read, or it has another number of words.
    """
    from pystatus.account import mnemonic

    question, alternative = f"Recovery words{NOT_SHOWN}", "--words-file"

    def more(text: str) -> str | None:
        count = len(typed.words(text))
        is_one_line = text.count("\n") == 1
        if count in mnemonic.WORD_COUNTS and (is_one_line or mnemonic.warning(text) is None):
            return None
        if count >= max(mnemonic.WORD_COUNTS):
            return None
        return f"{count} words so far. The next ones, or Enter alone if these are all{NOT_SHOWN}"

    while True:
        if file is not None or not terminal.is_there():
            phrase = secret(file, question, alternative)
            mnemonic.words_of(phrase)
            return phrase
        phrase = terminal.ask_hidden_lines(question, more)
        try:
            mnemonic.words_of(phrase)
        except LocalError as error:
            terminal.tell(str(error))
        else:
            return phrase


def words_by_place(file: Path | None) -> dict[int, str]:
    """All words of a list, by their places from 1 on.

    :raises LocalError: as :func:`words`.
    """
    return dict(enumerate(typed.words(words(file)), 1))


def new_password(file: Path | None) -> str:
    """A password for a new profile, from where :func:`password` has it. At a terminal it is asked twice, until it will
    do.

    :raises LocalError: it is too short, none is given and nobody can be asked, or the file cannot be read.
    """
    return _new(_given(file), f"--password-file, or set {PASSWORD_VARIABLE}")


def another_password(
    file: Path | None, question: str = "New password", alternative: str = "--new-password-file"
) -> str:
    """A password beside one that is given, too, likewise. It is never the one in the environment.

    :param alternative: the option with ``file``.
    :raises LocalError: as :func:`new_password`.
    """
    return _new(None if file is None else _text_in(file), alternative, question)


def password_of_file(file: Path | None, check: Callable[[str], None]) -> str:
    """The password of a file that exists, from ``file`` or else from the terminal, where it is asked again if it is
    wrong. It is never the one in the environment, which is that of a profile.

    :param check: raises :class:`WrongPassword` for one that is wrong; only what was typed is checked.
    :raises LocalError, WrongPassword: as :func:`password`.
    """
    if file is not None:
        return _text_in(file)
    return _asked("Password of the file", "--file-password-file", check)


def _new(given: str | None, alternative: str, question: str = "New password") -> str:
    from pystatus.account.password import check_new

    if given is not None:
        check_new(given)
        return given
    while True:
        chosen = secret(None, question, alternative)
        try:
            check_new(chosen)
        except LocalError as error:
            terminal.tell(str(error))
            continue
        if typed.password(terminal.ask_hidden("The same again")) == typed.password(chosen):
            return chosen
        terminal.tell("The two differ. Type it again.")


def private_key(file: Path | None) -> PrivateKey:
    """A private key in hexadecimal digits. At a terminal it is asked again where it is none.

    :raises LocalError: nobody can be asked, the file cannot be read, or it holds no private key.
    """
    from pystatus.account.key_encoding import parse_private_key

    while True:
        text = secret(file, f"Private key{NOT_SHOWN}", "--key-file")
        try:
            return parse_private_key(text)
        except LocalError as error:
            if file is not None:
                raise
            terminal.tell(str(error))


def secret(file: Path | None, question: str, alternative: str) -> str:
    """A secret from ``file``, or else from the terminal, where it is not shown.

    :param alternative: what to do instead where there is no terminal.
    :raises LocalError: the file cannot be read, or there is no terminal.
    """
    if file is not None:
        return secret_in(file)
    if not terminal.is_there():
        hint = misspelt(PASSWORD_VARIABLE) if PASSWORD_VARIABLE in alternative else ""
        what = question.removesuffix(NOT_SHOWN)
        raise LocalError(f"{what} cannot be asked for: there is no terminal.{hint} Use {alternative}.")
    return terminal.ask_hidden(question)


def secret_in(file: Path) -> str:
    """The contents of ``file`` without the end of the line.

    :raises LocalError: it cannot be read, is too long or no text.
    """
    return typed.without_end_of_line(_text_in(file))


def _text_in(file: Path) -> str:
    if file == STDIN and streams.is_typed():
        return terminal.ask_hidden(f"Standard input{NOT_SHOWN}")
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
