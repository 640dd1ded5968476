"""What the ``pystatus device`` commands do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pystatus import sanitise, typed
from pystatus.apps.output import Output
from pystatus.apps.reaching import Reaching
from pystatus.client import Client
from pystatus.client.features.devices import Devices
from pystatus.errors import LocalError
from pystatus.messenger.features.devices import Device
from pystatus.wording import counted


async def show(client: Client, out: Output) -> None:
    """Open the profile, and print the devices of the account, this one first."""
    async with client:
        print_all(client.feature(Devices).all(), out)


async def set_enabled(client: Client, text: str, enabled: bool, out: Output) -> None:
    """Enable or disable the device whose id begins with ``text``, and print all.

    :raises LocalError: no such device, several, this one, or a fourth one.
    """
    async with client:
        await client.feature(Devices).set_enabled(_find(client, text).installation_id, enabled)
        print_all(client.feature(Devices).all(), out)


async def pair(client: Client, name: str | None, timeout: float, out: Output) -> None:
    """Introduce this device to the others, and print all.

    :raises LocalError: the name cannot be used, or no relay was there in time; then it is told them the next time.
    """
    reaching = Reaching(out, aside=True)
    client.on(object)(reaching.tell)
    async with client:
        await client.feature(Devices).pair(name)
        try:
            with reaching:
                await client.wait_for_peer(timeout)
        except TimeoutError:
            why = f" {reaching.problem}" if reaching.problem else ""
            raise LocalError(
                f"No relay was there within {counted(timeout, 'second')}.{why} The other devices are told the next "
                "time that this profile is connected."
            ) from None
        print_all(client.feature(Devices).all(), out)


def _find(client: Client, text: str) -> Device:
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
