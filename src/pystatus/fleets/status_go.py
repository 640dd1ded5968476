"""The settings of status-go for a fleet, as ``statusd -c`` and the libraries of its apps take them (params.NodeConfig
of status-go v0.64.0)."""

from __future__ import annotations

import ipaddress
import json

from pystatus.devp2p.enode import Enode
from pystatus.fleets.fleet import Fleet
from pystatus.records import dataclass

NETWORK_ID = 1
"""Of the Ethereum chain, which status-go requires one of. Main net, as its app has; Waku does not look at it."""
WANTED = 2
"""Relays with which status-go looks for no more (overlay.md §7.1)."""
TOPIC = "whisper"
"""Under which relays are found, whatever they speak (overlay.md §12)."""


@dataclass(frozen=True, slots=True)
class StatusGoSettings:
    """Settings of status-go, and what of a fleet is not in them."""

    text: str
    """JSON."""
    left_out: tuple[str, ...] = ()
    """Sentences about what status-go does not know."""


def status_go_settings(fleet: Fleet) -> StatusGoSettings:
    """The settings with which status-go v0.64.0 is in the network of ``fleet``. They have all lists, so that none of a
    fleet of its own stays; its own names of fleets are for those that it knows."""
    named = [url for url in fleet.bootnodes if not _has_address(url)]
    bootnodes = [url for url in fleet.bootnodes if url not in named]
    looks = bool(bootnodes or fleet.rendezvous_nodes)
    settings: dict[str, object] = {
        "NetworkId": NETWORK_ID,
        "NoDiscovery": not bootnodes,
        "Rendezvous": bool(fleet.rendezvous_nodes),
        "LightEthConfig": {"Enabled": False},
        "WhisperConfig": {"Enabled": False},
        "WakuConfig": {"Enabled": True},
        "ClusterConfig": {
            "Enabled": True,
            "Fleet": "",
            "StaticNodes": list(fleet.relays),
            "BootNodes": bootnodes,
            "TrustedMailServers": list(fleet.mailservers),
            "PushNotificationsServers": [],
            "RendezvousNodes": list(fleet.rendezvous_nodes),
        },
        "RequireTopics": {TOPIC: {"Min": WANTED, "Max": WANTED}} if looks else {},
    }
    told = []
    if named:
        told.append(
            f"Bootnodes that are named by DNS are left out, as status-go takes addresses alone: {', '.join(named)}"
        )
    if fleet.dns_lists:
        told.append("Node lists in DNS are left out: status-go v0.64.0 reads none.")
    if fleet.mailserver_password is not None:
        told.append(
            "The password of the mailservers is left out: status-go has it from its app (MailServerPassword is that of "
            "a mailserver of its own)."
        )
    return StatusGoSettings(json.dumps(settings, indent=2) + "\n", tuple(told))


def _has_address(url: str) -> bool:
    try:
        ipaddress.ip_address(Enode.parse(url).host or "")
    except ValueError:
        return False
    return True
