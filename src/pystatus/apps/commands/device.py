"""``pystatus device``: the devices of one account."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pystatus.apps.options import AsJson, DataDir, PasswordFile, Peers, ProfileArgument, some_peers, timeout_option
from pystatus.apps.output import Output
from pystatus.apps.values import DEVICE, DEVICE_NAME, argument

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""

app = typer.Typer(help="See, introduce, enable and disable the devices of an account.", no_args_is_help=True)

DeviceArgument = Annotated[str, argument(DEVICE, metavar="DEVICE", help="The device's id, or its beginning.")]


@app.command("list")
def list_(
    profile: ProfileArgument, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """List the devices that use this account, this one first. Works while another process has the profile open.

    One that you do not know means that somebody else has your recovery words.
    """
    from pystatus.apps import devices, passwords, reading
    from pystatus.client import Client
    from pystatus.net.loop import run
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found = profiles.find(profile)
    password = passwords.password(password_file, partial(profiles.check_password, found))
    with reading.opened(profiles, found, password) as reader:
        known = reader.devices()
    if known:
        devices.print_all(known, out)
    else:  # opening a profile for the first time makes this device one of the account's
        run(devices.show(Client.open(profile, password, data_dir=data_dir), out))


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
    timeout: Annotated[float, timeout_option("How long to wait for a relay.")] = DEFAULT_TIMEOUT,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Introduce this device to the others of the account. Enable each of the two on the other afterwards."""
    from pystatus.apps import devices
    from pystatus.apps.opening import Opening
    from pystatus.net.loop import run

    relays = some_peers(peer)
    client = Opening(profile, password_file, data_dir).client(peers=relays)
    run(devices.pair(client, name, timeout, Output(as_json=as_json)))


@app.command()
def renew(
    profile: ProfileArgument, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Make a profile that was restored from a backup, or copied, a device of its own.

    Most of them are noticed and become one by themselves. After setting a whole machine back to a snapshot, do this
    once, before anything is sent from it. Otherwise the keys of messages would be used a second time.
    """
    from pystatus.apps import devices
    from pystatus.apps.opening import Opening
    from pystatus.net.loop import run

    run(devices.show(Opening(profile, password_file, data_dir).client(new_device=True), Output(as_json=as_json)))


def _set_enabled(
    profile: str, device: str, enabled: bool, password_file: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    from pystatus.apps import devices
    from pystatus.apps.opening import Opening
    from pystatus.net.loop import run

    client = Opening(profile, password_file, data_dir).client()
    run(devices.set_enabled(client, device, enabled, Output(as_json=as_json)))
