"""Which profile is open behind the page, and how one is opened, made or recovered there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from pystatus.account.account import Account
from pystatus.client import Client
from pystatus.errors import LocalError, StatusError
from pystatus.faces.attach.place import is_served
from pystatus.fleets.fleet import Fleet
from pystatus.log_texts import get_logger
from pystatus.storage.descriptions import Profile
from pystatus.storage.profiles import Profiles

log = get_logger(__name__)

CANDIDATES = 5
"""Accounts to choose a name and a picture from, as in the mobile app."""


class State(Enum):
    """Whether a profile is open."""

    CHOOSE = "choose"
    OPENING = "opening"
    OPEN = "open"
    FAILED = "failed"
    """It was, and the client had to stop."""


class MakesClient(Protocol):
    """Prepares the client of a profile, or attaches to the process that has it open. It may block for seconds."""

    def __call__(self, profile: Profile, password: str | None, network: Fleet | None) -> Client: ...


class Opening:
    """Of one server. At most one profile is open."""

    def __init__(
        self,
        profiles: Profiles,
        make: MakesClient,
        network: Callable[[], Fleet | None],
        changed: Callable[[], None],
    ) -> None:
        """
        :param network: the network of what is opened next; ``None``: none is known but by the options of the command.
        :param changed: called whenever the state is another one.
        """
        self.profiles = profiles
        self._network = network
        self.state = State.CHOOSE
        self.problem = ""
        self.profile: Profile | None = None
        """The one that is open, or was last."""
        self.client: Client | None = None
        self._make = make
        self._changed = changed
        self._turn = asyncio.Lock()

    async def open(self, profile: Profile, password: str | None) -> Client:
        """Open a profile, or attach to who has it open.

        :param password: not needed where another pystatus has it open.
        :raises LocalError: one is open already; the password is wrong; whatever else is in the way.
        """
        async with self._turn:
            if self.client is not None:
                raise LocalError("A profile is open already. Lock it first.")
            self._become(State.OPENING, profile)
            try:
                client = await self._opened(profile, password)
            except BaseException as error:
                said = str(error) if isinstance(error, StatusError) else ""
                self._become(State.CHOOSE, profile, said)
                raise
            self.client = client
            self._become(State.OPEN, profile)
            return client

    async def _opened(self, profile: Profile, password: str | None) -> Client:
        served = await asyncio.to_thread(is_served, profile)
        if not served:
            if password is None:
                raise LocalError(f"Type the password of {profile.name}.")
            await asyncio.to_thread(self.profiles.check_password, profile, password)
        client = await asyncio.to_thread(self._make, profile, password, self._network())
        await client.start()
        return client

    async def close(self, problem: str = "") -> None:
        """Close it, or hang up on who has it open.

        :param problem: why, if nobody wanted it.
        """
        async with self._turn:
            client, self.client = self.client, None
            if client is None:
                return
            try:
                await client.close()
            except StatusError as error:  # it had failed, which is what is told
                log.info("the profile is closed: %s", error)
            self._become(State.FAILED if problem else State.CHOOSE, self.profile, problem)

    async def create(self, phrase: str, name: str, password: str) -> Profile:
        """Store a new account.

        :raises LocalError: the name is taken, the password too short, or the disk refused.
        """
        if name.strip():
            self.profiles.check_free(name.strip())

        def make() -> Profile:
            account = Account.from_mnemonic(phrase)
            return self.profiles.create(account, password, name.strip() or None, phrase=phrase)

        return await asyncio.to_thread(make)

    async def recover(self, words: str, name: str, password: str) -> Profile:
        """Store the account of some words.

        :raises LocalError: these are no words, the account is here already, or as :meth:`create`.
        """
        if name.strip():
            self.profiles.check_free(name.strip())
        return await asyncio.to_thread(
            lambda: self.profiles.create(Account.from_mnemonic(words), password, name.strip() or None)
        )

    def _become(self, state: State, profile: Profile | None, problem: str = "") -> None:
        self.state, self.profile, self.problem = state, profile, problem
        self._changed()
