"""What a profile holds, for commands that only read: beside a process that writes to it, and on a read-only disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.copies import INSTALLATION_ID
from pystatus.messenger.features.devices import Device, Devices, stored_devices
from pystatus.messenger.records import Chat
from pystatus.storage.changeover import DATABASE
from pystatus.storage.database import explained
from pystatus.storage.descriptions import Profile
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.profiles import Profiles


@contextmanager
def opened(profiles: Profiles, profile: Profile, password: str) -> Iterator[Reader]:
    """The contents of a profile, for reading while another process may write.

    :raises WrongPassword: nothing was changed.
    :raises StorageError: a file is missing or damaged.
    """
    with profiles.unlock(profile, password, shared=True) as unlocked, explained(profile.directory / DATABASE):
        yield Reader(SqlMessengerStore(unlocked.database), unlocked.account.public_key)


class Reader:
    """What is stored in one profile."""

    def __init__(self, store: SqlMessengerStore, own: PublicKey) -> None:
        self.store = store
        self.own = own

    def chats(self) -> Sequence[Chat]:
        """All chats, the most recently used first."""
        return self.store.chats()

    def devices(self) -> list[Device]:
        """The devices of the account, this one first; none if the profile was never opened here."""
        installation_id = self.store.setting(INSTALLATION_ID)
        if installation_id is None:
            return []
        return stored_devices(self.store, self.store.tables(Devices), self.own, str(installation_id))
