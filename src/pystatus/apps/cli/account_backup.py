"""Recovery words on the screen, and asked back: ``pystatus account backup``."""

from __future__ import annotations

import os
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus.apps.cli import passwords, views
from pystatus.apps.cli.output import Output
from pystatus.errors import LocalError
from pystatus.faces import terminal

if TYPE_CHECKING:
    from pystatus.storage.descriptions import Profile
    from pystatus.storage.profiles import Profiles

WORDS_IN_A_ROW = 4
"""Recovery words on a line: four of the longest, eight letters, stand within 40 columns, and no terminal splits one."""
_LATER = "Nothing was changed: the words are still kept here. Ask again when you have your list."


def in_rows(phrase: str) -> str:
    """The words in several lines."""
    words = phrase.split()
    rows = (words[at : at + WORDS_IN_A_ROW] for at in range(0, len(words), WORDS_IN_A_ROW))
    return "\n".join("    " + " ".join(row) for row in rows)


def back_up(
    profiles: Profiles, profile: Profile, words_file: Path | None, password_file: Path | None, out: Output
) -> None:
    """Show the words of a profile, and delete them if somebody has them.

    :param words_file: a list to compare them with; None: the person at the terminal is asked, if there is one.
    :raises LocalError: there are no words, another list, or the profile is in use.
    """
    is_asked = words_file is None and not out.as_json and terminal.is_there()
    if words_file is not None or is_asked:
        profiles.check_unused(profile)  # before somebody answers in vain
    given = passwords.password(password_file, partial(profiles.check_password, profile))
    if words_file is None and not is_asked:
        _show(profile, profiles.phrase(profile, given), out)
        return
    words = _ask_back(profiles.phrase(profile, given)) if is_asked else passwords.words_by_place(words_file)
    profiles.confirm_backup(profile, given, words)
    text = f"Your list is right. The words of {profile.name!r} are deleted here, so it is the only one now."
    out.result({**views.account_fields(profile), "confirmed": True}, text)


def _show(profile: Profile, phrase: str, out: Output) -> None:
    """Print the words, for a script or where nobody can be asked."""
    name = shlex.quote(profile.name)
    check = f"They stay here until your list was compared: pystatus account backup {name} --words-file FILE"
    fields = {**views.account_fields(profile), "mnemonic": phrase, "confirmed": False}
    out.result(fields, f"The recovery words of {profile.name!r}:\n\n{in_rows(phrase)}\n\n{check}")


def _ask_back(phrase: str) -> dict[int, str]:
    """Show the words to the person at the terminal, on a screen that is gone afterwards, and ask for three of them.

    :raises WrongWord: a word is another one; those after it are not asked for.
    :raises LocalError: the person says nothing, and will do it later.
    """
    from pystatus.account import backup

    terminal.show_apart(
        f"Your recovery words, from left to right and then down:\n\n{in_rows(phrase)}\n\n"
        "Compare them with your list, or write them down on paper now.",
        "Press Enter when you have them on paper: three of them are asked then",
    )
    right = phrase.split()
    answers: dict[int, str] = {}
    for place in backup.places(len(right), os.urandom):
        answer = terminal.ask_hidden(f"Word {place} of your list{passwords.NOT_SHOWN}")
        if not answer.strip():
            raise LocalError(_LATER)
        backup.check_word(phrase, place, answer)
        answers[place] = answer
    return answers
