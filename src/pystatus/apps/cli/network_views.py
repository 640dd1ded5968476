"""Networks and invitations as they are shown."""

from __future__ import annotations

from pystatus import sanitise
from pystatus.apps.cli import qr_codes
from pystatus.apps.cli.network_reach import reach
from pystatus.apps.cli.output import Fields, Output
from pystatus.apps.cli.own_network import OwnNetwork
from pystatus.errors import LocalError
from pystatus.fleets.fleet import LISTS, Fleet
from pystatus.fleets.invitation import invitation

LABELS = {
    "relays": "relay",
    "mailservers": "mailserver",
    "bootnodes": "bootnode",
    "rendezvous_nodes": "Rendezvous node",
    "dns_lists": "node list",
}
"""What an entry of each list is called."""
_WIDTH = max(map(len, LABELS.values()))


def fields(fleet: Fleet) -> Fields:
    """A fleet, for programs. The password is not among it."""
    return {
        "name": fleet.name,
        **({"notice": fleet.notice} if fleet.notice else {}),
        **{name: list(getattr(fleet, name)) for name in LISTS},
        "mailserver_password": fleet.mailserver_password is not None,
    }


def lines(fleet: Fleet) -> list[str]:
    """A fleet, for people. Its name is the text of others; its nodes are in our own form, which is plain."""
    title = fleet.title
    found = [sanitise.one_line(f"{title[0].upper()}{title[1:]}:")]
    for name, label in LABELS.items():
        found += [f"  {label:{_WIDTH}}  {one}" for one in getattr(fleet, name)]
    if fleet.mailserver_password is not None:
        found.append("  The mailservers have a password, which the invitation holds. Give it to nobody else.")
    return found


def show_own(network: OwnNetwork, out: Output, *, event: str) -> None:
    """Print a network of one's own, and the invitation to it, also as a QR code."""
    link = invitation(network.fleet)
    shown = [*lines(network.fleet), reach(network.host), "The invitation, which others give to --join:", link]
    own = {"event": event, "directory": str(network.directory), "host": network.host, "invitation": link}
    out.result({**own, **fields(network.fleet)}, "\n".join(shown))
    qr_codes.draw(link.upper(), out)


def link_of(fleet: Fleet) -> str | None:
    """The invitation to it; ``None``: it is too large for one."""
    try:
        return invitation(fleet)
    except LocalError:
        return None
