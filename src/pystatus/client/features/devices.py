"""The devices of the account: ``client.devices``."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.client.features.feature import ClientFeature
from pystatus.messenger.features.devices import Device, DeviceNamed
from pystatus.messenger.features.devices import Devices as DevicesFeature

__all__ = ["Device", "DeviceNamed", "Devices"]


class Devices(ClientFeature[DevicesFeature]):
    """The devices of this account, and which of them take part."""

    NAME = "devices"

    def all(self) -> Sequence[Device]:
        """The devices of this account, this one first. A new one takes part once it is enabled here.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda devices: devices.all())

    async def pair(self, name: str | None = None) -> None:
        """Introduce this device to the others of the account, under a new name if one is given.

        :raises LocalError: the name is blank or too long.
        """
        await self._do(lambda devices, now: devices.pair(name, now))

    async def set_enabled(self, installation_id: str, enabled: bool) -> None:
        """Let another device of the account take part in what is sent from now on, or not. At most three do.

        :raises LocalError: unknown, this one, or a fourth one.
        """
        await self._do(lambda devices, now: devices.set_enabled(installation_id, enabled))
