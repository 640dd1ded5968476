"""``--nat``: how a node learns its address, and whether it opens ports of its router (overlay.md §6.1)."""

from __future__ import annotations

import enum
import ipaddress
from typing import Self

from pystatus import typed
from pystatus.discovery.addresses import IPAddress, is_one_host, parse_address
from pystatus.errors import LocalError
from pystatus.nat import pmp
from pystatus.records import dataclass
from pystatus.sanitise import quoted

ALLOWED = "none, any, upnp, pmp, pmp:GATEWAY or extip:ADDRESS"
"""What may stand there."""


class Way(enum.Enum):
    """How."""

    NONE = "none"
    ANY = "any"
    """NAT-PMP and UPnP, whichever is there."""
    UPNP = "upnp"
    PMP = "pmp"
    EXTIP = "extip"
    """A person says the address; no router is asked."""


@dataclass(frozen=True, slots=True)
class NatMethod:
    """What is to be done."""

    way: Way = Way.NONE
    address: IPAddress | None = None
    """Of the gateway (``pmp``), or the own one (``extip``)."""
    port: int = pmp.PORT
    """Of the gateway."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """``none``, ``any``, ``upnp``, ``pmp``, ``pmp:<gateway>``, ``extip:<address>``.

        :raises LocalError: something else.
        """
        word, colon, rest = typed.token(text).partition(":")
        word = word.lower()
        if word == Way.EXTIP.value and colon:
            return cls(Way.EXTIP, _own_address(rest))
        if word == Way.PMP.value and colon:
            return cls(Way.PMP, *_gateway(rest))
        if colon or word not in ("none", "any", "upnp", "pmp"):
            raise LocalError(f"{quoted(text)} is no way to be reached. Give {ALLOWED}.")
        return cls(Way(word))

    @property
    def asks_router(self) -> bool:
        """Whether ports of a router are to be opened."""
        return self.way in (Way.ANY, Way.UPNP, Way.PMP)

    def __str__(self) -> str:
        if self.address is None:
            return self.way.value
        return f"{self.way.value}:{self.address}" + (f":{self.port}" if self.port != pmp.PORT else "")


def _own_address(text: str) -> IPAddress:
    try:
        address = parse_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        raise LocalError(
            f"{quoted(text)} is no IP address. Give extip: and the address by which others reach this machine, for "
            "example extip:198.51.100.7; a name can be given with --advertise."
        ) from None
    if not is_one_host(address):
        raise LocalError(f"Nobody can be reached at {address}. Give extip: and the address of this machine.")
    return address


def _gateway(text: str) -> tuple[ipaddress.IPv4Address, int]:
    host, colon, port = text.partition(":")
    try:
        address = ipaddress.IPv4Address(host)
        number = int(port) if port.isascii() and port.isdigit() else 0 if colon else pmp.PORT
    except ValueError:
        number, address = 0, ipaddress.IPv4Address(0)
    if not 0 < number <= 0xFFFF or not is_one_host(address):
        raise LocalError(
            f"{quoted(text)} is no router. Give pmp: and its IPv4 address, for example pmp:192.168.1.1, and possibly "
            "the UDP port, or pmp alone to look for it."
        )
    return address, number
