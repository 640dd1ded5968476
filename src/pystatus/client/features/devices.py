"""The devices of the account: ``client.devices``."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.client.features.feature import ClientFeature
from pystatus.messenger.features.device_sync import DeviceSync, DeviceSynced, SyncProgress, SyncQueued
from pystatus.messenger.features.devices import Device, DeviceNamed
from pystatus.messenger.features.devices import Devices as DevicesFeature

__all__ = ["Device", "DeviceNamed", "DeviceSynced", "Devices", "SyncProgress", "SyncQueued"]


class Devices(ClientFeature[DevicesFeature]):
    """The devices of this account, which of them take part, and what they are brought of what is here."""

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

    async def rename(self, name: str) -> None:
        """Call this device so, and tell the others if there are any.

        :raises LocalError: the name is blank or too long.
        """
        await self._do(lambda devices, now: devices.rename(name, now))

    async def set_enabled(self, installation_id: str, enabled: bool) -> None:
        """Let another device of the account take part in what is sent from now on, or not. At most three do. One that
        was not enabled is brought what was here before: see :meth:`sync_all`.

        :raises LocalError: unknown, this one, or a fourth one.
        """
        await self._do(lambda devices, now: devices.set_enabled(installation_id, enabled, now))

    async def sync_all(self) -> SyncQueued:
        """Bring all enabled devices what they lack of what is here: contacts, public chats, groups, and messages of
        one-to-one chats and groups. It is sent while a relay is there, also after a restart, each thing once.
        :class:`DeviceSynced` says when a device has all of it, and :meth:`progress` how far it is.

        :raises LocalError: the client is not open.
        """
        return await self._access.submit(lambda session: session.messenger.feature(DeviceSync).sync_all(session.now))

    def progress(self) -> Sequence[SyncProgress]:
        """How much each enabled device has of what it was to be brought.

        :raises LocalError: the client is not open.
        """
        with self._access.reading() as session:
            return session.messenger.feature(DeviceSync).progress()
