"""Before a profile is open: how strong a new password is, and what is odd about words that are to be an account."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from enum import Enum

from pystatus.account.mnemonic import warning, words_of
from pystatus.faces.catalogue import Catalogue
from pystatus.records import dataclass

FAIR, STRONG = 10, 16
"""Characters from which a password is fair, and strong: a sentence of three and of five words."""
SUGGESTED = 3
"""Words that are offered for one that is none. Ours."""
OFFERED_WORDS = 8
"""Words that are offered for what somebody types. Ours."""


class Strength(Enum):
    """Of a password."""

    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"

    def text(self, texts: Catalogue) -> str:
        """In words."""
        match self:
            case Strength.STRONG:
                return texts.terminal_first_password_strong()
            case Strength.FAIR:
                return texts.terminal_first_password_fair()
            case _:
                return texts.terminal_first_password_short(n=FAIR)


def strength(password: str) -> Strength:
    """How strong a password is, by its length."""
    if len(password) >= STRONG and len(set(password)) > STRONG // 3:
        return Strength.STRONG
    return Strength.FAIR if len(password) >= FAIR else Strength.WEAK


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why words are not those of a wallet, as a sentence. ``place`` is where the first one stands that is in no list,
    from 1 on, and ``near`` which ones are like it, the likeliest first."""

    text: str
    place: int | None = None
    near: Sequence[str] = ()


def doubt(phrase: str, texts: Catalogue) -> Doubt | None:
    """What is odd about the words of ``phrase``; ``None``: a wallet has made them.

    :raises LocalError: their number is wrong.
    """
    known = _word_list()
    for place, word in enumerate(words_of(phrase), 1):
        if word not in known:
            near = difflib.get_close_matches(word, known, n=SUGGESTED, cutoff=0.0)
            return Doubt(texts.terminal_first_not_word(place=str(place), word=near[0]), place, near)
    said = warning(phrase)
    return None if said is None else Doubt(said)


def words_beginning(letters: str) -> Sequence[str]:
    """Words of the list that begin so, the first ones of them."""
    wanted = letters.strip().lower()
    return [word for word in _word_list() if wanted and word.startswith(wanted)][:OFFERED_WORDS]


def _word_list() -> list[str]:
    from mnemonic import Mnemonic  # loaded late: it is needed once

    words: list[str] = Mnemonic("english").wordlist
    return words
