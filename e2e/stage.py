"""What is behind the page in these tests: a relay, Bob's client, and the page's server with Alice's profile."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pystatus import Account, Client, Node, NodeConfig, PrivateKey, Profiles
from pystatus.apps.web.serving import Serving, Wanted, serving
from pystatus.apps.web.static_files import StaticFiles
from pystatus.faces.attach.holder import SharedClient
from pystatus.fleets.fleet import Fleet
from pystatus.storage.descriptions import Profile

PASSWORD = "correct horse battery"  # noqa: S105 - of tests


@dataclass
class Stage:
    """A page that is served, and who else there is."""

    relay: Node
    bob: Client
    profiles: Profiles
    served: Serving

    @property
    def url(self) -> str:
        """Where the page is, without a code."""
        return self.served.server.url

    @property
    def alice(self) -> Client:
        """The client that is open behind the page."""
        client = self.served.page.opening.client
        assert client is not None, "a profile is open"
        return client

    async def open(self, name: str = "alice") -> None:
        """Open a profile behind the page, unless one is open."""
        if self.served.page.opening.client is None:
            await self.served.page.opening.open(self.profiles.find(name), PASSWORD)
            await self.alice.wait_for_peer()


@asynccontextmanager
async def stage(directory: Path, static: StaticFiles | None = None, *, alice: bool = True) -> AsyncIterator[Stage]:
    """Everything, in this process; nothing is open in the page yet.

    :param static: the files of the page; ``None``: those of the package.
    :param alice: store Alice's profile; without it there is none.
    """
    profiles = Profiles(directory / "data")
    others = Profiles(directory / "others")
    if alice:
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
    others.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "bob")
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        peers = [str(relay.enode)]

        def make(profile: Profile, password: str | None, network: Fleet | None) -> Client:
            data_dir = profiles.directory.parent
            return SharedClient.open(profile.account.key_uid, password or "", data_dir=data_dir, peers=peers)

        bob = Client.open("bob", PASSWORD, data_dir=others.directory.parent, peers=peers)
        wanted = Wanted(data_directory=profiles.directory.parent, make=make, static=static)
        async with bob, serving(wanted) as served:
            await bob.wait_for_peer()
            yield Stage(relay, bob, profiles, served)
