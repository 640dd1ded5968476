"""Recovery phrases: BIP-39, English, as the apps write them (account.md §2.1).

The library ``mnemonic`` is loaded when it is first needed: most processes never see a phrase. It never draws randomness
here. Nothing in this module repeats a word of a phrase in an error.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError

if TYPE_CHECKING:
    from mnemonic import Mnemonic

WORD_COUNTS = (12, 15, 18, 21, 24)
"""How many words a phrase may have (BIP-39)."""
NEW_WORDS = 12
"""Words of a new phrase, unless somebody wants more: what the apps generate."""

_BETWEEN = re.compile(r"[0-9.,;:()]")
"""What people write between words, and what no word has."""


@cache
def _english() -> Mnemonic:
    from mnemonic import Mnemonic

    return Mnemonic("english")


def new_phrase(random: RandomSource, words: int = NEW_WORDS) -> str:
    """A new phrase.

    :param words: one of :data:`WORD_COUNTS`: three of them for four bytes of randomness (BIP-39).
    """
    assert words in WORD_COUNTS, "there is no such phrase"
    return _english().to_mnemonic(random(words // 3 * 4))


def words_of(phrase: str) -> list[str]:
    """The words of ``phrase``, as :func:`pystatus.typed.words` reads them.

    :raises LocalError: their number is not 12, 15, 18, 21 or 24.
    """
    words = typed.words(phrase)
    if len(words) not in WORD_COUNTS:
        raise LocalError(
            f"A recovery phrase has 12, 15, 18, 21 or 24 words, this one has {len(words)}. Write all of its words."
        )
    return words


def warning(phrase: str) -> str | None:
    """Why ``phrase`` is not a phrase that a wallet made, as a sentence to show, or None if it is one.

    The reference derives an account from any words. So does :func:`seed`; ask the user to confirm first.

    :raises LocalError: the number of words is not 12, 15, 18, 21 or 24.
    """
    words = words_of(phrase)
    english = _english()
    unknown = [str(position) for position, word in enumerate(words, 1) if word not in english.wordlist]
    if unknown:
        which = f"Word {unknown[0]} is" if len(unknown) == 1 else f"Words {', '.join(unknown)} are"
        if any(_BETWEEN.search(word) for word in words):
            return f"{which} not in the English word list. Write the words alone: no numbers, no commas between them."
        return f"{which} not in the English word list. Correct the phrase, or confirm that it is a custom one."
    if not english.check(" ".join(words)):
        return "The checksum of the phrase is wrong: a word is mistaken or misplaced, or this is a custom phrase."
    return None


def seed(phrase: str, passphrase: str = "") -> bytes:
    """The 64-byte seed of ``phrase``, whatever its words are. The apps always use an empty ``passphrase``.

    :raises LocalError: the number of words is not 12, 15, 18, 21 or 24.

    Implements: AC-1
    """
    return _english().to_seed(" ".join(words_of(phrase)), passphrase)
