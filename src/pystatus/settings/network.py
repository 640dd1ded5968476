"""The network that settings name: where it comes from is read once, when a node starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pystatus.fleets.fleet import Fleet
from pystatus.settings.model import Settings, build
from pystatus.settings.sources import DEFAULT, Effective


def sources(settings: Settings) -> list[str]:
    """What names a network."""
    return [text for text in (settings.fleet, settings.join) if text is not None]


def joined(effective: Effective, fleet: Fleet) -> Effective:
    """The settings of a node in the network of ``fleet``: its nodes are added to those that are named, and its password
    is that of the mailserver, if the settings have none.

    :raises LocalError: together they are too many.
    """
    values: dict[str, Any] = dict(effective.values)
    for key, more in (
        ("peers", fleet.relays),
        ("discovery.bootnodes", fleet.bootnodes),
        ("discovery.rendezvous_nodes", fleet.rendezvous_nodes),
        ("discovery.dns_lists", fleet.dns_lists),
    ):
        values[key] = tuple(dict.fromkeys((*values[key], *more)))
    if fleet.mailserver_password is not None and effective.origins["mailserver.password"] == DEFAULT:
        values["mailserver.password"] = fleet.mailserver_password
    return replace(effective, settings=build(values), values=values)
