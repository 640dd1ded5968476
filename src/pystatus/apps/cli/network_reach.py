"""Who reaches the host of a network of one's own, in words."""

from __future__ import annotations

import ipaddress
from enum import Enum


class Reach(Enum):
    """From where an address is reached."""

    NOBODY = "nobody"
    LOCAL = "local"
    PUBLIC = "public"
    BY_NAME = "name"


def reach(host: str) -> str:
    """A sentence about who can reach ``host``."""
    match reach_of(host):
        case Reach.BY_NAME:
            return f"Others reach it by the name {host}, which has to lead to this machine."
        case Reach.NOBODY:
            return (
                f"It is at {host}: nobody but this machine reaches it. For others make one in another directory, with "
                "--host and an address of this machine."
            )
        case Reach.LOCAL:
            return (
                f"It is at {host}, an address of the local network: others there reach it. For those outside name the "
                "public address with --host."
            )
        case Reach.PUBLIC:
            return f"It is at the public address {host}: its ports have to be open in the firewall."


def reach_of(host: str) -> Reach:
    """Who can reach ``host``."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return Reach.BY_NAME
    if address.is_loopback:
        return Reach.NOBODY
    return Reach.LOCAL if address.is_private or address.is_link_local else Reach.PUBLIC
