"""Five new accounts to choose one from, by the name and the picture that follow from its key, as the apps do it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import field

from textual.suggester import Suggester

from pystatus.account.account import Account
from pystatus.account.identicon import Identicon
from pystatus.account.mnemonic import new_phrase
from pystatus.apps.terminal.dialogs.windows import Entry
from pystatus.crypto.random import RandomSource
from pystatus.records import dataclass

CANDIDATES = 5
"""Accounts to choose from (account.md §2.1)."""
KEY_SHOWN = 17
"""Characters of a chat key."""
LEAST_LETTERS = 3
"""Letters from which a word is completed: four tell each of the 2,048 words from the others. Ours."""
_NUMBER = re.compile(r"(?:(?<=\s)|^)\d{1,2}[.):]?(?=\s|[^\W\d]|$)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that nobody has chosen yet. Nothing of it is stored."""

    phrase: str = field(repr=False)
    account: Account

    def entry(self, *, ascii_only: bool) -> Entry:
        """The line of it, with its picture beside."""
        record = self.account.record
        identicon = Identicon.of(record.public_key)
        picture = () if ascii_only else identicon.half_blocks()
        return Entry(
            record.key_uid, record.alias, f"{record.chat_key[:KEY_SHOWN]}…", picture=picture, color=identicon.color
        )


def drawn(words: int, random: RandomSource = os.urandom) -> Sequence[Candidate]:
    """New ones; it takes a tenth of a second.

    :param words: in each phrase: 12 or 24.
    """
    phrases = [new_phrase(random, words) for _ in range(CANDIDATES)]
    return [Candidate(phrase, Account.from_mnemonic(phrase)) for phrase in phrases]


def without_numbers(phrase: str) -> str:
    """The words of a list that was pasted with its numbers: ``1. legal 2. winner``."""
    return " ".join(_NUMBER.sub(" ", phrase).split())


class WordSuggester(Suggester):
    """Completes the word that is being typed, of the list that all phrases are made of."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        from mnemonic import Mnemonic  # loaded late: few processes see a phrase

        before, _, begun = value.rpartition(" ")
        if len(begun) < LEAST_LETTERS:
            return None
        found = [word for word in Mnemonic("english").wordlist if word.startswith(begun.lower())]
        return f"{before} {found[0]}".lstrip() if found else None
