"""The devices of the account on a page, each with what is still to be done: here, and there (payloads.md §14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from enum import Enum

from pystatus import sanitise
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import moment_text
from pystatus.messenger.features.device_sync import SyncProgress
from pystatus.messenger.features.devices import Device
from pystatus.records import dataclass
from pystatus.secure_transport.config import MAX_DEVICES

ID_DIGITS = 8
"""Characters of the id of a device that name it where it has no name."""


class DeviceState(Enum):
    """How far a device is."""

    THIS = "this"
    NEW = "new"
    """It was seen, and is not enabled here."""
    SILENT = "silent"
    """It is enabled here, and has acknowledged nothing: it may not be enabled there."""
    SYNCING = "syncing"
    UP_TO_DATE = "up-to-date"


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """One device. ``here`` and ``there`` are the steps that are left on each side, as sentences."""

    device: Device
    title: str
    state: DeviceState
    state_text: str
    here: Sequence[str] = ()
    there: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DevicePage:
    """All devices, this one first. ``question`` is what to ask about a new one, empty where there is none."""

    devices: Sequence[DeviceEntry]
    can_enable: bool
    question: str


def device_page(
    devices: Sequence[Device],
    progress: Sequence[SyncProgress],
    today: date,
    texts: Catalogue,
    zone: tzinfo | None = None,
) -> DevicePage:
    """The page of ``client.devices.all()`` and ``client.devices.progress()``."""
    by_id = {one.installation_id: one for one in progress}
    can_enable = sum(device.enabled or device.is_this for device in devices) < MAX_DEVICES
    entries = [
        _entry(device, by_id.get(device.installation_id), can_enable, today, texts, zone)
        for device in sorted(devices, key=lambda device: not device.is_this)
    ]
    is_new = any(entry.state is DeviceState.NEW for entry in entries)
    return DevicePage(entries, can_enable, texts.device_question() if is_new else "")


def stolen_words(texts: Catalogue) -> Sequence[str]:
    """What to do if a device is not ours: somebody has our words, and no key can be called back."""
    return (
        texts.device_stolen_means(),
        texts.device_stolen_do_not_enable(),
        texts.device_stolen_new_account(),
        texts.device_stolen_tell(),
    )


def device_title(device: Device, texts: Catalogue) -> str:
    """What a device is called; one without a name by the beginning of its id."""
    name = sanitise.name(device.name)
    return name or texts.device_nameless(id=sanitise.name(device.installation_id[:ID_DIGITS]))


def _entry(
    device: Device,
    progress: SyncProgress | None,
    can_enable: bool,
    today: date,
    texts: Catalogue,
    zone: tzinfo | None,
) -> DeviceEntry:
    title = device_title(device, texts)
    if device.last_active is None:
        here = () if device.name else (texts.device_step_name(),)
        return DeviceEntry(device, title, DeviceState.THIS, texts.device_this(), here)
    seen = moment_text(int(device.last_active * 1_000), today, texts, zone)
    if not device.enabled:
        enable = texts.device_step_enable() if can_enable else texts.device_step_full()
        there = [texts.device_step_pair_there()] if not device.name else []
        there.append(texts.device_step_enable_there())
        return DeviceEntry(device, title, DeviceState.NEW, texts.device_new(seen=seen), (enable,), there)
    progress = progress or SyncProgress(device.installation_id)
    if progress.unanswered and not progress.arrived:
        there = [texts.device_step_enable_there()]
        return DeviceEntry(device, title, DeviceState.SILENT, texts.device_silent(seen=seen), (), there)
    if progress.waiting:
        said = texts.device_syncing(n=progress.waiting, seen=seen)
        return DeviceEntry(device, title, DeviceState.SYNCING, said, (), (texts.device_step_open_there(),))
    return DeviceEntry(device, title, DeviceState.UP_TO_DATE, texts.device_up_to_date(seen=seen))
