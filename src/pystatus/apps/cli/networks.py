"""The networks that options and settings name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pystatus.apps.cli.output import warn

if TYPE_CHECKING:  # loaded by a command that is given one
    from pystatus.fleets.fleet import Fleet
    from pystatus.net.proxy import Proxy
    from pystatus.settings.sources import Effective


def network(*given: str | None, proxy: Proxy | None = None) -> Fleet | None:
    """The network of ``--fleet`` and ``--join``, which add up; ``None``: neither is given. What the fleet has to say is
    shown.

    :raises LocalError: there is no such fleet, it is malformed, or they are of two networks.
    """
    return _found([one for one in given if one is not None], proxy)


def of_node(effective: Effective, read: Callable[[], Effective]) -> tuple[Effective, Callable[[], Effective]]:
    """The settings of a node with the network that they name, and what reads them again.

    :raises LocalError: likewise.
    """
    from pystatus.settings.network import sources

    fleet = _found(sources(effective.settings), effective.settings.proxy)
    return (effective, read) if fleet is None else joined_to(effective, read, fleet)


def joined_to(
    effective: Effective, read: Callable[[], Effective], fleet: Fleet
) -> tuple[Effective, Callable[[], Effective]]:
    """The same with a fleet that is known. Another one that the settings name later is read when the node starts again;
    until then it is in the network of the first."""
    from pystatus.settings.network import joined

    return joined(effective, fleet), lambda: joined(read(), fleet)


def _found(named: Sequence[str], proxy: Proxy | None) -> Fleet | None:
    if not named:
        return None
    from pystatus.net.loop import run
    from pystatus.net.route import Route
    from pystatus.node.fleet_sources import find_fleets

    fleet = run(find_fleets(named, Route(proxy)), small=True)
    if fleet.notice:
        warn(fleet.notice)
    return fleet
