"""What is believed of a router that says where it is."""

from __future__ import annotations

import ipaddress

from pystatus.discovery.addresses import IPAddress, is_public

_BEHIND_ANOTHER = tuple(
    ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""Addresses of networks that are themselves behind a router: of homes, and of providers (RFC 6598)."""


def doubt(router: str, said: IPAddress, seen: IPAddress | None) -> str | None:
    """Why the address that a router says is not believed, as a sentence; ``None``: it is.

    :param router: its name.
    :param said: its address on the internet, as it says.
    :param seen: our address as peers of many networks see it; ``None``: too few have said it.
    """
    if seen is not None and seen.version == said.version and seen != said:
        return (
            f"The {router} says that its address on the internet is {said}, and peers in many networks see {seen}: "
            "they are believed. Give the right address with --nat extip: and the address, or --advertise."
        )
    if is_public(said):
        return None
    if any(said in network for network in _BEHIND_ANOTHER):
        return (
            f"The {router} says that its own address is {said}: it is behind another router, and nobody outside "
            "reaches this node. Open the port there as well, and give the address with --nat extip: or --advertise."
        )
    return (
        f"The {router} says that its address on the internet is {said}, which nobody has there: it is not believed. "
        "Give the right one with --nat extip: and the address, or --advertise."
    )
