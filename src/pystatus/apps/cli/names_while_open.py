"""What people are called, for what is printed of a client that may stop meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pystatus.account.names import Aliases, ShownName
from pystatus.client import Client
from pystatus.client.features.names import Names
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError


class NamesWhileOpen:
    """Implements :class:`pystatus.account.names.Names`: the names of the profile as long as it is open, and three words
    for what has happened before it was closed and is printed afterwards."""

    def __init__(self, client: Client) -> None:
        self._names = client.feature(Names)

    def of(self, person: PublicKey) -> ShownName:
        return self.of_people((person,))[person]

    def of_people(self, people: Iterable[PublicKey]) -> Mapping[PublicKey, ShownName]:
        wanted = tuple(people)
        try:
            return self._names.of_people(wanted)
        except LocalError:  # the client has stopped since: the command says why
            return Aliases().of_people(wanted)
