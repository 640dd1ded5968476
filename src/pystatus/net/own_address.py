"""The address of this machine in the network that it is in."""

from __future__ import annotations

import socket

from pystatus.discovery.addresses import IPAddress, parse_address

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses for documentation (RFC 5737, RFC 3849): nobody has them, and nothing is sent to them."""


def own_address() -> IPAddress | None:
    """The address from which this machine reaches others, by what the system would choose; IPv4 before IPv6. ``None``:
    it is in no network. Nothing is sent."""
    for family, elsewhere in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asked:
                asked.connect((elsewhere, 9))
                found = parse_address(asked.getsockname()[0])
        except OSError:  # no such family here, or no way to anywhere
            continue
        if not found.is_unspecified and not found.is_loopback:
            return found
    return None
