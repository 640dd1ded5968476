"""What our other devices call themselves, in the profile database."""

from __future__ import annotations

from pystatus.messenger.features.devices import DeviceName, DeviceNames, Devices
from pystatus.storage.features.tables import FeatureTables


class SqlDeviceNames(FeatureTables, DeviceNames):
    """Implements :class:`~pystatus.messenger.features.devices.DeviceNames`."""

    NAME = "devices"
    FEATURE = Devices
    TABLES = ("device_names",)  # older than the schemas of features: 0001_messenger.sql makes it

    def device_name(self, installation_id: str) -> DeviceName | None:
        """What a device is called; ``None``: it has not said."""
        row = self._execute(
            "SELECT name, device_type, clock FROM device_names WHERE installation_id = ?", (installation_id,)
        ).fetchone()
        return DeviceName(*row) if row else None

    def save_device_name(self, installation_id: str, name: DeviceName) -> None:
        """Insert or replace."""
        self._execute(
            "INSERT OR REPLACE INTO device_names (installation_id, name, device_type, clock) VALUES (?, ?, ?, ?)",
            (installation_id, name.name, name.device_type, name.clock),
        )
