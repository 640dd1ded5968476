"""An account whose profile is in memory, and stays there when its client is closed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pystatus.account.account import Account
from pystatus.crypto.keys import PrivateKey
from pystatus.simulation.profile import Profile as Contents
from pystatus.storage.descriptions import Profile
from pystatus.storage.errors import ProfileInUse
from pystatus.storage.profiles import Profiles, Unlocked

NOWHERE = Path("in memory")
"""The directory of a profile that has none."""


class MemoryProfile(Profiles):
    """The only profile of a machine."""

    def __init__(self, name: str) -> None:
        super().__init__(NOWHERE)
        self.account = Account.from_private_key(PrivateKey.generate(os.urandom))
        self._profile = Profile(name, self.account.record, NOWHERE, b"")
        self._contents = Contents({})
        self._is_open = False

    def find(self, selector: str) -> Profile:
        """The profile, whatever it is called."""
        return self._profile

    @contextmanager
    def unlock(
        self,
        profile: Profile,
        password: str,
        *,
        wallet: bool = False,
        shared: bool = False,
        now: float | None = None,
    ) -> Iterator[Unlocked]:
        """Open it, with any password.

        :raises ProfileInUse: another client has it open.
        """
        if self._is_open:
            raise ProfileInUse(f"{profile.name!r} has a client that is open. Close it first.")
        self._is_open = True
        try:
            yield Unlocked(profile, self.account, self._contents.reopen().database)
        finally:
            self._is_open = False

    def close(self) -> None:
        """Forget everything."""
        self._contents.close()
