"""``pystatus device``: the devices of one account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus import sanitise, typed
from pystatus.apps.cli import passwords, profile_reader
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.options import (
    AsJson,
    DataDir,
    Mailservers,
    PasswordFile,
    Peers,
    ProfileArgument,
    peers,
    some_peers,
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.profile_access import ProfileAccess
from pystatus.apps.cli.values import DEVICE, DEVICE_NAME, argument
from pystatus.errors import LocalError
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.messenger.features.devices import Device

SUMMARY = "See, introduce, enable and disable the devices of an account."
PLACE = 20

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

DeviceArgument = Annotated[str, argument(DEVICE, metavar="DEVICE", help="The device's id, or its beginning.")]


@app.command("list")
def list_(
    profile: ProfileArgument, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the devices that use this account, this one first. Works while another process has the profile open.

    One that you do not know means that somebody else has your recovery words.
    """
    from pystatus.client import Client
    from pystatus.net.loop import run
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found = profiles.find(profile)
    password = passwords.password(password_file, partial(profiles.check_password, found))
    with profile_reader.opened(profiles, found, password) as reader:
        known = reader.devices()
    if known:
        print_all(known, out)
    else:  # opening a profile for the first time makes this device one of the account's
        run(show(Client.open(profile, password, data_dir=data_dir), out))


@app.command()
def enable(
    profile: ProfileArgument,
    device: DeviceArgument,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Let another device take part in what is sent from now on. At most three take part, this one included."""
    _set_enabled(profile, device, True, password_file, data_dir, as_json)


@app.command()
def disable(
    profile: ProfileArgument,
    device: DeviceArgument,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Leave another device out of what is sent from now on."""
    _set_enabled(profile, device, False, password_file, data_dir, as_json)


@app.command()
def pair(
    profile: ProfileArgument,
    name: Annotated[str | None, argument(DEVICE_NAME, metavar="NAME", help="What to call this device.")] = None,
    peer: Peers = None,
    mailserver: Mailservers = None,
    timeout: Annotated[float, timeout_option("How long to wait for a relay.")] = DEFAULT_TIMEOUT,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Introduce this device to the others of the account.

    Do this on each of the two, and then enable each on the other. A device notes what was said while it was away when
    it listens or fetches.
    """
    from pystatus.net.loop import run

    asked = peers(mailserver)
    relays = [*some_peers(peer, asked), *asked]  # mailservers are relays, too, and nothing is fetched here
    client = ProfileAccess(profile, password_file, data_dir).client(peers=relays)
    run(introduce(client, name, timeout, Output(as_json=as_json)))


@app.command()
def renew(
    profile: ProfileArgument, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Make a restored or copied profile a device of its own.

    Most of them are noticed and become one by themselves. After setting a whole machine back to a snapshot, do this
    once, before anything is sent from it. Otherwise the keys of messages would be used a second time.
    """
    from pystatus.net.loop import run

    run(show(ProfileAccess(profile, password_file, data_dir).client(new_device=True), Output(as_json=as_json)))


def _set_enabled(
    profile: str, device: str, enabled: bool, password_file: Path | None, data_dir: Path | None, as_json: bool
) -> None:

    from pystatus.net.loop import run

    client = ProfileAccess(profile, password_file, data_dir).client()
    run(set_enabled(client, device, enabled, Output(as_json=as_json)))


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
        try:
            with connections:
                await client.wait_for_peer(timeout)
        except TimeoutError:
            why = f" {connections.problem}" if connections.problem else ""
            raise LocalError(
                f"No relay was there within {counted(timeout, 'second')}.{why} The other devices are told the next "
                "time that this profile is connected."
            ) from None
        print_all(client.feature(Devices).all(), out)


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
