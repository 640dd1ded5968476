"""The devices of the account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from pystatus.client.client import Client
from pystatus.client.features.devices import Devices
from pystatus.errors import LocalError
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.calls import Calls
from pystatus.rpc.wakuext.reading import GivenMetadata, read_object
from pystatus.rpc.wakuext.view import View

SetProfile = Callable[[str | None, str | None], Awaitable[None]]
"""Takes our name and picture: see :meth:`~pystatus.rpc.wakuext.contacts.ContactCalls.set_profile`."""


class DeviceCalls(Calls):
    """The calls about devices."""

    def __init__(self, client: Client, view: View, set_profile: SetProfile) -> None:
        super().__init__(client, view)
        self._set_profile = set_profile

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "wakuext_getOurInstallations": self.installations,
            "wakuext_setInstallationMetadata": self.set_metadata,
            "wakuext_enableInstallation": self.enable,
            "wakuext_disableInstallation": self.disable,
            "wakuext_sendPairInstallation": self.pair,
            "wakuext_syncDevices": self.sync,
        }

    @property
    def _devices(self) -> Devices:
        return self._client.feature(Devices)

    def installations(self) -> list[shapes.Installation]:
        """This device, and the others."""
        return self._view.devices()

    async def set_metadata(self, id: str, metadata: msgspec.Raw) -> None:
        """Call this device so. What it runs on is known here, and no token of a push service is kept."""
        given = read_object(metadata, GivenMetadata, "the metadata")
        if id != self._devices.all()[0].installation_id:
            raise LocalError("This is another device. It says itself what it is called.")
        await self._devices.rename(given.name)

    async def enable(self, id: str) -> None:
        """Let another device take part in what is sent from now on."""
        await self._devices.set_enabled(id, True)

    async def disable(self, id: str) -> None:
        """Let it take part no longer."""
        await self._devices.set_enabled(id, False)

    async def pair(self) -> shapes.Answer:
        """Introduce this device to the others."""
        await self._devices.pair()
        return shapes.Answer()

    async def sync(self, name: str | None = None, picture: str | None = None) -> None:
        """Bring the others what they lack of what is here. Name and picture are those of our profile from then on."""
        await self._set_profile(name, picture)
        await self._devices.sync_all()
