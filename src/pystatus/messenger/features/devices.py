"""The devices of our own account: which there are, what they are called, which of them take part (payloads.md §14).

A device is found by its bundle, named by a pairing message, and takes part once its user enables it on each other one.
"""

from __future__ import annotations

from typing import Protocol

from pystatus import typed
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import Event
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.checks import MAX_LINE
from pystatus.payloads.devices import PairInstallation
from pystatus.payloads.payload import Payload
from pystatus.records import dataclass

DEVICE_TYPE = "desktop"
"""What this software says it runs on; the reference knows ``ios``, ``android`` and ``desktop``."""

_OWN_NAME = "device_name"
_UNNAMED = "pystatus"


@checked
@dataclass(frozen=True, slots=True)
class Device:
    """One device of the account. ``last_active`` is Unix seconds, None for the device that we are."""

    installation_id: str
    name: str
    device_type: str
    enabled: bool
    last_active: float | None

    @property
    def is_this(self) -> bool:
        """Whether it is the device that we are."""
        return self.last_active is None


@checked
@dataclass(frozen=True, slots=True)
class DeviceNamed(Event):
    """Another device of ours says what it is called."""

    installation_id: str
    name: str
    device_type: str


@dataclass(frozen=True, slots=True)
class DeviceName:
    """What another device of ours calls itself, and the ``clock`` of that statement."""

    name: str
    device_type: str
    clock: int


class DeviceNames(Protocol):
    """The storage of this module."""

    def device_name(self, installation_id: str) -> DeviceName | None: ...

    def save_device_name(self, installation_id: str, name: DeviceName) -> None: ...


class Devices(Feature[DeviceNames]):
    """What the user sees of the account's devices, and decides about them."""

    PAYLOADS = (PairInstallation,)

    def all(self) -> list[Device]:
        """This device, then the others, the most recently active first.

        Implements: ST-32
        """
        core = self._core
        return stored_devices(core.store, self._tables, core.own, core.secure.installation_id)

    def pair(self, name: str | None, now: float) -> None:
        """Tell our other devices that this one exists and what it is called.

        :raises LocalError: the name is blank or too long.
        """
        if name is not None:
            self._core.store.save_setting(_OWN_NAME, checked_name(name))
        introduction = PairInstallation(
            clock=int(now * 1000),
            installation_id=self._core.secure.installation_id,
            device_type=DEVICE_TYPE,
            name=_own_name(self._core.store),
        )
        self._core.sender.send_to_any_own_device(introduction, now)

    def rename(self, name: str, now: float) -> None:
        """Call this device so; the others are told, if there are any.

        :raises LocalError: the name is blank or too long.
        """
        self._core.store.save_setting(_OWN_NAME, checked_name(name))
        self.device_renewed(now)

    def set_enabled(self, installation_id: str, enabled: bool, now: float) -> None:
        """Let a device take part in everything that is sent from now on, or not. One that was not enabled is sent what
        happened before (:class:`~pystatus.messenger.features.device_sync.DeviceSync`).

        :raises LocalError: unknown, this one, or a fourth one.

        Implements: ST-32, ST-34
        """
        if installation_id == self._core.secure.installation_id:
            raise LocalError("This is the device that you are using; it always takes part.")
        before = {one.installation_id for one in self._core.secure.targets(self._core.own)}
        self._core.secure.set_enabled(self._core.own, installation_id, enabled)
        if enabled and installation_id not in before:
            self._core.dispatch.device_enabled(installation_id, now)

    def device_renewed(self, now: float) -> None:
        """The others are told of this one, if there are any."""
        if self._core.secure.installations(self._core.own):
            self.pair(None, now)

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Another device of ours has sent a pairing message; it counts if we know the device that it names. Of several
        the last one to arrive does. One that names this device gives it another name: our user has renamed it there.

        :raises RemoteError: of a device that has not shown its bundle yet.

        Implements: PL-16
        """
        assert isinstance(payload, PairInstallation)
        core, installation_id = self._core, payload.installation_id
        if installation_id == core.secure.installation_id:
            core.store.save_setting(_OWN_NAME, payload.name)
        elif any(known.installation_id == installation_id for known in core.secure.installations(core.own)):
            named = DeviceName(payload.name, payload.device_type, payload.clock)
            self._tables.save_device_name(installation_id, named)
        else:
            raise RemoteError("a device names itself that has not shown its bundle yet")
        core.batch.add(Notify(DeviceNamed(installation_id, payload.name, payload.device_type)))


def checked_name(name: str) -> str:
    """The name of a device that a person has typed.

    :raises LocalError: no device can be called so.
    """
    name = typed.name(name)
    if not name or len(name) > MAX_LINE:
        raise LocalError(f"A device name has 1 to {MAX_LINE} characters. Choose another one.")
    return name


def stored_devices(store: MessengerStore, names: DeviceNames, own: PublicKey, installation_id: str) -> list[Device]:
    """The device ``installation_id``, which we are, then the others of the account ``own``, the most recently active
    first."""
    this = Device(installation_id, _own_name(store), DEVICE_TYPE, enabled=True, last_active=None)
    others = []
    for installation in store.encryption.installations(own.compressed):
        named = names.device_name(installation.installation_id) or DeviceName("", "", 0)
        active = installation.timestamp / 1e9
        others.append(Device(installation.installation_id, named.name, named.device_type, installation.enabled, active))
    return [this, *others]


def _own_name(store: MessengerStore) -> str:
    return str(store.setting(_OWN_NAME) or _UNNAMED)
