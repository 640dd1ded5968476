"""``pystatus device``: the devices of one account."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus import sanitise, typed
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.option_groups import NetworkOptions, ProfileOptions, grouped
from pystatus.apps.cli.options import (
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import DEVICE, DEVICE_NAME, argument
from pystatus.errors import LocalError
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.messenger.features.device_sync import SyncProgress
    from pystatus.messenger.features.devices import Device

SUMMARY = "See, pair, enable, disable and sync the devices of an account."
PLACE = 20

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

DeviceArgument = Annotated[str, argument(DEVICE, metavar="DEVICE", help="The device's id, or its beginning.")]


@app.command("list")
@grouped
def list_(given: ProfileOptions) -> None:
    """List the devices that use this account, this one first. Works while another process has the profile open.

    One that you do not know means that somebody else has your recovery words.
    """
    from pystatus.client import Client
    from pystatus.net.loop import run

    out = given.out
    with given.reading() as reader:
        known = reader.devices()
    if known:
        print_all(known, out)
    else:  # opening a profile for the first time makes this device one of the account's
        run(show(Client.open(given.profile, given.password, data_dir=given.data_dir), out))


@app.command()
@grouped
def enable(
    given: ProfileOptions,
    device: DeviceArgument,
) -> None:
    """Let another device take part in what is sent from now on. At most three take part, this one included.

    What was here before is sent to it while this profile is connected: see `device sync`.
    """
    _set_enabled(given, device, True)


@app.command()
@grouped
def disable(
    given: ProfileOptions,
    device: DeviceArgument,
) -> None:
    """Leave another device out of what is sent from now on."""
    _set_enabled(given, device, False)


@app.command()
@grouped
def pair(
    given: NetworkOptions,
    name: Annotated[str | None, argument(DEVICE_NAME, metavar="NAME", help="What to call this device.")] = None,
    timeout: Annotated[float, timeout_option("How long to wait for a relay.")] = DEFAULT_TIMEOUT,
) -> None:
    """Introduce this device to the others of the account.

    Do this on each of the two, and then enable each on the other. A device notes what was said while it was away when
    it listens or fetches.
    """
    from pystatus.net.loop import run

    given.check()
    run(introduce(given.client(), name, timeout, given.out))


@app.command()
@grouped
def rename(
    given: ProfileOptions,
    name: Annotated[str, argument(DEVICE_NAME, metavar="NAME", help="What to call this device.")],
) -> None:
    """Call this device by another name. The others are told when this profile is connected next."""
    from pystatus.net.loop import run

    run(call(given.access.client(), name, given.out))


@app.command()
@grouped
def sync(
    given: NetworkOptions,
    timeout: Annotated[float, timeout_option("How long to wait for a relay, and for the devices.")] = DEFAULT_TIMEOUT,
) -> None:
    """Bring the enabled devices what they lack of what is here.

    These are contacts, public chats, groups, and messages from before. Each is sent until the device has it. What a
    device lacks when the time is over is sent whenever this profile is connected.
    """
    from pystatus.net.loop import run

    given.check()
    run(bring(given.client(), timeout, given.out))


@app.command()
@grouped
def renew(given: ProfileOptions) -> None:
    """Make a restored or copied profile a device of its own.

    Most of them are noticed and become one by themselves. After setting a whole machine back to a snapshot, do this
    once, before anything is sent from it. Otherwise the keys of messages would be used a second time.
    """
    from pystatus.net.loop import run

    run(show(given.access.client(new_device=True), given.out))


def _set_enabled(given: ProfileOptions, device: str, enabled: bool) -> None:

    from pystatus.net.loop import run

    run(set_enabled(given.access.client(), device, enabled, given.out))


async def show(client: Client, out: Output) -> None:
    """Open the profile, and print the devices of the account, this one first."""
    from pystatus.client.features.devices import Devices

    async with client:
        print_all(client.feature(Devices).all(), out)


async def set_enabled(client: Client, text: str, enabled: bool, out: Output) -> None:
    """Enable or disable the device whose id begins with ``text``, and print all.

    :raises LocalError: no such device, several, this one, or a fourth one.
    """
    from pystatus.client.features.devices import Devices

    async with client:
        await client.feature(Devices).set_enabled(_find(client, text).installation_id, enabled)
        print_all(client.feature(Devices).all(), out)


async def introduce(client: Client, name: str | None, timeout: float, out: Output) -> None:
    """Introduce this device to the others, and print all.

    :raises LocalError: the name cannot be used, or no relay was there in time; then it is told them the next time.
    """
    from pystatus.client.features.devices import Devices

    connections = ConnectionProgress(out, aside=True)
    client.on(object)(connections.tell)
    async with client:
        await client.feature(Devices).pair(name)
        await _wait_for_relay(client, connections, timeout, "The other devices are told")
        print_all(client.feature(Devices).all(), out)


async def call(client: Client, name: str, out: Output) -> None:
    """Call this device ``name``, and print all.

    :raises LocalError: the name cannot be used.
    """
    from pystatus.client.features.devices import Devices

    async with client:
        await client.feature(Devices).rename(name)
        print_all(client.feature(Devices).all(), out)


async def bring(client: Client, timeout: float, out: Output) -> None:
    """Bring the enabled devices what they lack, and print how far that is when they have it or the time is over.

    :raises LocalError: no other device is enabled, or no relay was there in time; then it is sent the next time.
    """
    import asyncio

    from pystatus.client.features.devices import Devices

    connections = ConnectionProgress(out, aside=True)
    client.on(object)(connections.tell)
    async with client:
        devices = client.feature(Devices)
        if not devices.progress():
            raise LocalError(
                "No other device of this account is enabled. See them with: pystatus device list. Then: pystatus "
                "device enable"
            )
        await devices.sync_all()
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        await _wait_for_relay(client, connections, timeout, "What the other devices lack is sent")
        with suppress(TimeoutError):
            await _wait_until_synced(client, until - loop.time())
        names = {device.installation_id: device.name for device in devices.all()}
        for progress in devices.progress():
            out.result(
                {
                    "event": "device-sync",
                    "installation_id": progress.installation_id,
                    "name": names[progress.installation_id],
                    "waiting": progress.waiting,
                    "arrived": progress.arrived,
                    "unanswered": progress.unanswered,
                    "refused": progress.refused,
                },
                _progress_text(progress, names[progress.installation_id]),
            )


async def _wait_until_synced(client: Client, timeout: float) -> None:
    """
    :raises TimeoutError: some device lacks something by then.
    """
    import asyncio

    from pystatus.client.features.devices import Devices, DeviceSynced

    done = asyncio.Event()

    @client.on(DeviceSynced)
    def look(event: DeviceSynced) -> None:
        if not any(one.waiting for one in client.feature(Devices).progress()):
            done.set()

    if any(one.waiting for one in client.feature(Devices).progress()):
        async with asyncio.timeout(timeout):
            await done.wait()


async def _wait_for_relay(client: Client, connections: ConnectionProgress, timeout: float, what: str) -> None:
    """
    :param what: the beginning of a sentence about what happens later otherwise.
    :raises LocalError: no relay was there in time.
    """
    try:
        with connections:
            await client.wait_for_peer(timeout)
    except TimeoutError:
        why = f" {connections.problem}" if connections.problem else ""
        raise LocalError(
            f"No relay was there within {counted(timeout, 'second')}.{why} {what} the next time that this profile is "
            "connected."
        ) from None


def _progress_text(progress: SyncProgress, name: str) -> str:
    """``3f0c… the laptop: has 34, lacks 2``."""
    parts = [f"has {progress.arrived}", f"lacks {progress.waiting}"]
    if progress.unanswered:
        parts.append(f"{progress.unanswered} sent and not confirmed")
    if progress.refused:
        parts.append(f"{progress.refused} cannot be sent")
    shown = sanitise.name(name) or "without a name"
    return f"{sanitise.one_line(progress.installation_id)} {shown}: {', '.join(parts)}"


def _find(client: Client, text: str) -> Device:
    from pystatus.client.features.devices import Devices

    text = typed.token(text)
    found = [device for device in client.feature(Devices).all() if text and device.installation_id.startswith(text)]
    if len(found) == 1:
        return found[0]
    if found:
        raise LocalError(f"Several devices begin with {text!r}. Give more of the id.")
    raise LocalError(f"No device of this account begins with {text!r}. See: pystatus device list")


def print_all(devices: Sequence[Device], out: Output) -> None:
    """Print devices in their order."""
    for device in devices:
        out.result(
            {
                "event": "device",
                "installation_id": device.installation_id,
                "name": device.name,
                "device_type": device.device_type,
                "enabled": device.enabled,
                "this": device.is_this,
                "last_active": device.last_active,
            },
            _text(device),
        )


def _text(device: Device) -> str:
    """``3f0c… the laptop (desktop), enabled, last active 2020-10-01 12:00``."""
    name = sanitise.name(device.name) or "without a name"
    kind = f" ({sanitise.name(device.device_type)})" if device.device_type else ""
    state = "enabled" if device.enabled else "not enabled"
    when = "this device"
    if device.last_active is not None:
        when = f"last active {datetime.fromtimestamp(device.last_active, UTC).astimezone():%Y-%m-%d %H:%M}"
    return f"{sanitise.one_line(device.installation_id)} {name}{kind}, {state}, {when}"
