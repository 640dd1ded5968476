"""What people are called: ``client.names``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pystatus.account.names import NameKind, ShownName
from pystatus.client.features.feature import ClientFeature
from pystatus.client.pages import stored
from pystatus.client.resolving import NameResolver
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.features.names import Names as NamesFeature
from pystatus.messenger.features.names import people_on
from pystatus.messenger.records import Message

__all__ = ["NameKind", "NameResolver", "Names", "ShownName"]


class Names(ClientFeature[NamesFeature]):
    """The name to show for somebody: the nickname that our user gave them, else their verified ENS name, else the three
    words that follow from their key. It is what it is now: ask again after :class:`~pystatus.ContactChanged`.

    A nickname is nobody else's business: do not write it into a message.
    """

    NAME = "names"

    def of(self, person: PublicKey) -> ShownName:
        """How somebody is called.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda names: names.reader.of(person))

    def of_people(self, people: Iterable[PublicKey]) -> Mapping[PublicKey, ShownName]:
        """How several people are called, asked for together.

        :raises LocalError: the client is not open.
        """
        wanted = tuple(people)
        return self._read(lambda names: names.reader.of_people(wanted))

    def of_messages(self, messages: Iterable[Message | bytes]) -> Mapping[PublicKey, ShownName]:
        """How the authors of messages, and those whom these mention, are called: for a page of them, or of
        their ids.

        :raises LocalError: there is no such message, or the client is not open.
        """
        with self._access.reading() as session:
            found = [stored(session.store, one) if isinstance(one, bytes) else one for one in messages]
        return self.of_people(people_on(found))

    def called(self, name: str) -> Sequence[PublicKey]:
        """Who is called so among those whom we know, by any of their names; small and capital letters are the same.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda names: names.reader.called(name))
