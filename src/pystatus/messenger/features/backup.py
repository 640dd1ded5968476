"""The words of a new account, which are kept with its profile until somebody has shown that they are on paper."""

from __future__ import annotations

from collections.abc import Mapping

from pystatus.account import backup
from pystatus.account.backup import PHRASE, NoPhraseKept, WrongWord
from pystatus.account.mnemonic import words_of
from pystatus.errors import LocalError
from pystatus.messenger.features.feature import Feature

MAX_WRONG = 20
"""Times that wrong words are answered while a profile is open: programs that are attached to it may ask, too, and could
find out the phrase word by word. Ours: 20 of 2,048 words say next to nothing, and nobody reads so badly from paper."""


class Backup(Feature[None]):
    """Shown, asked back, deleted. Nothing of it is sent."""

    _wrong = 0
    """Times that words were wrong."""

    def is_due(self) -> bool:
        """Whether the words are kept, as nobody has confirmed yet that they are written down."""
        return self._core.store.setting(PHRASE) is not None

    def phrase(self) -> str:
        """The words.

        :raises NoPhraseKept: they are not kept here.
        """
        kept = self._core.store.setting(PHRASE)
        if kept is None:
            raise NoPhraseKept
        return str(kept)

    def places(self) -> tuple[int, ...]:
        """Which words to ask for, other ones each time.

        :raises NoPhraseKept: they are not kept here.
        """
        return backup.places(len(words_of(self.phrase())), self._core.random)

    def confirm(self, words: Mapping[int, str]) -> None:
        """Delete the words: somebody has them.

        :raises WrongWord: they do not have them; nothing was changed.
        :raises NoPhraseKept: they are not kept here.
        :raises LocalError: it was tried too often.

        Implements: AC-34
        """
        if self._wrong >= MAX_WRONG:
            raise LocalError(
                "Wrong words were given very often, and no more are compared. Show the words again, then close the "
                "account, open it, and check them."
            )
        try:
            backup.check(self.phrase(), words)
        except WrongWord:
            self._wrong += 1
            raise
        self._core.store.forget_setting(PHRASE)
