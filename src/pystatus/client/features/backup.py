"""The recovery words of an account that was made here, until they are on paper: ``client.backup``."""

from __future__ import annotations

from collections.abc import Mapping

from pystatus.account.backup import NoPhraseKept, WrongWord
from pystatus.client.features.feature import ClientFeature
from pystatus.messenger.features.backup import Backup as BackupFeature

__all__ = ["Backup", "NoPhraseKept", "WrongWord"]


class Backup(ClientFeature[BackupFeature]):
    """Show the words, ask for three of them by their places, and delete them when they are right.

    Whoever sees the words is the account: show them to nobody but its owner, and log nothing of them.
    """

    NAME = "backup"

    def is_due(self) -> bool:
        """Whether the words are kept here, as nobody has confirmed yet that they are written down.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda backup: backup.is_due())

    def phrase(self) -> str:
        """The words, with a blank between two of them.

        :raises NoPhraseKept: they are not kept here: confirmed, typed in, of an earlier version, or there are none.
        """
        return self._read(lambda backup: backup.phrase())

    def places(self) -> tuple[int, ...]:
        """Which three words to ask for, from 1 on and in their order; other ones each time.

        :raises NoPhraseKept: as :meth:`phrase`.
        """
        return self._read(lambda backup: backup.places())

    async def confirm(self, words: Mapping[int, str]) -> None:
        """The words are on paper: they are deleted here, for good.

        :param words: three of them or more, by their places.
        :raises WrongWord: one of them is another one; nothing was changed.
        :raises NoPhraseKept: as :meth:`phrase`.
        :raises LocalError: wrong words were given very often since the profile was opened.
        """
        await self._do(lambda backup, now: backup.confirm(words))
        with self._access.reading() as session:
            session.store.empty_log()
