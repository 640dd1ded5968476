"""Whether somebody has written down the words of their account: some of them are asked back (account.md §3.3, §4).

Until then the words are kept in the encrypted database, so that they can be shown once more. Nothing here repeats a
word in an error.
"""

from __future__ import annotations

from collections.abc import Mapping

from pystatus import typed
from pystatus.account.mnemonic import words_of
from pystatus.arguments import checked
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError

PHRASE = "mnemonic"
"""The setting of a profile that has the words until then (account.md §3.3)."""
ASKED = 3
"""Words that are asked back (account.md §16, AC-34). Who has no list of them guesses one of 2^33."""


class WrongWord(LocalError):
    """A word is another one than on the list; :attr:`place` is where it stands, from 1 on, or 0: too few were given."""

    def __init__(self, sentence: str, place: int) -> None:
        super().__init__(sentence)
        self.place = place


class NoPhraseKept(LocalError):
    """There are no words to show: nothing is wrong, and nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "There are no recovery words to show: they were confirmed and deleted here, or you have typed them in, or "
            "an earlier version made them, which kept none, or the account is a private key, which has none."
        )


def places(count: int, random: RandomSource) -> tuple[int, ...]:
    """Which words to ask for: :data:`ASKED` places of ``count``, from 1 on, in their order."""
    left = list(range(1, count + 1))
    # 8 bytes for a choice of 24 at most: the shares differ by less than 10^-17.
    drawn = [left.pop(int.from_bytes(random(8)) % len(left)) for _ in range(ASKED)]
    return tuple(sorted(drawn))


@checked
def check(phrase: str, words: Mapping[int, str]) -> None:
    """
    :param words: what somebody has at these places of their list, from 1 on; any :data:`ASKED` of them or more.
    :raises WrongWord: one of them is another one, or they are too few.
    """
    right = words_of(phrase)
    if len(words) < ASKED:
        raise WrongWord(f"Give {ASKED} words of your list at least, each with its place.", 0)
    for place, word in sorted(words.items()):
        if not 1 <= place <= len(right):
            raise WrongWord(f"Your list has words 1 to {len(right)}: give the place of a word as one of these.", 0)
        check_word(phrase, place, word)


def check_word(phrase: str, place: int, word: str) -> None:
    """
    :param place: of ``word``, one that there is.
    :raises WrongWord: the list has another one there.
    """
    if typed.words(word) != [words_of(phrase)[place - 1]]:
        raise WrongWord(
            f"Word {place} is not the one that your account has. Look again at your list: nothing was changed, and the "
            "words are still kept here.",
            place,
        )
