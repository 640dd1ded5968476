"""Which address of this machine packets leave by, and which router they pass first; nothing is sent to find out."""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from pystatus.devp2p.enode import Enode
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import IPAddress, is_public, parse_address

MAX_GATEWAYS = 4
"""Routers that are asked at a time: a machine has one, and seldom two."""

_ROUTES = Path("/proc/net/route")
"""The table of routes on Linux."""
_SIOCGIFADDR = 0x8915
"""Asks Linux for the address of an interface (netdevice(7))."""
_INTERFACE_REQUEST = "16s24s"
"""``struct ifreq``: a name, and a ``struct sockaddr_in`` whose address begins after 20 bytes."""
_SOMEWHERE = {4: ipaddress.ip_address("8.8.8.8"), 6: ipaddress.ip_address("2001:4860:4860::8888")}
"""An address of each family that is far away for everybody."""
_PORT = 9
_PRIVATE = tuple(ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""Networks behind a router that translates addresses (overlay.md §6.1)."""


def address_towards(remote: IPAddress) -> IPAddress | None:
    """The address of this machine that a packet to ``remote`` has as its source; ``None``: there is no way there."""
    family = socket.AF_INET if remote.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(remote), _PORT))  # of UDP, so that no packet leaves
            return parse_address(probe.getsockname()[0].partition("%")[0])
    except OSError:
        return None


def outward_address(version: int) -> IPAddress | None:
    """The address of this machine by which it reaches the internet; ``None``: it does not.

    :param version: 4 or 6.
    """
    return address_towards(_SOMEWHERE[version])


def own_address() -> IPAddress | None:
    """The address of this machine in the network that it is in, IPv4 before IPv6; ``None``: it is in none. Without a
    way to the internet, as between two machines on one cable, it is the IPv4 address of its first interface."""
    for version in _SOMEWHERE:
        found = outward_address(version)
        if found is not None and not found.is_unspecified and not found.is_loopback:
            return found
    return next(interface_addresses(), None)


def interface_addresses() -> Iterator[ipaddress.IPv4Address]:
    """The first IPv4 address of each interface that has one, but of loopback. On systems other than Linux there is
    none."""
    if sys.platform != "linux":
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack(_INTERFACE_REQUEST, name.encode(), b"")
            try:
                answer = fcntl.ioctl(asking, _SIOCGIFADDR, request)
            except OSError:  # it has no address, or is gone
                continue
            address = ipaddress.IPv4Address(answer[20:24])
            if not address.is_loopback:
                yield address


def dialled_enode(record: NodeRecord) -> Enode:
    """How a node is dialled from here: over IPv6 where this machine has nothing else. Who has handed on the record was
    asked for its first address only, so the second one has to be one of the internet (overlay.md §10.3)."""
    other = record.enode_by_ipv6
    if other is not None and is_public(record.addresses[1]) and outward_address(4) is None:
        return other
    return record.enode


def is_translated(address: IPAddress | None) -> bool:
    """Whether a machine with this address is behind a router that translates addresses."""
    return address is not None and any(address in network for network in _PRIVATE)


def gateways() -> tuple[ipaddress.IPv4Address, ...]:
    """Routers between this machine and the internet, the likeliest first: those of the default routes, where the system
    says them, and the first address of our network (overlay.md §6.1)."""
    own = outward_address(4)
    if own is None or not is_translated(own):
        return ()
    guessed = ipaddress.IPv4Address(int(own) & ~0xFF | 1)
    found = dict.fromkeys(gateway for gateway in (*_default_gateways(), guessed) if gateway != own)
    return tuple(gateway for gateway in found if is_translated(gateway))[:MAX_GATEWAYS]


def _default_gateways() -> list[ipaddress.IPv4Address]:
    try:
        table = _ROUTES.read_text(encoding="ascii")
    except (OSError, ValueError):  # another system
        return []
    return default_gateways_in(table)


def default_gateways_in(table: str) -> list[ipaddress.IPv4Address]:
    """The routers of the default routes in a table as Linux shows it. Lines that are none are passed over."""
    found = []
    for line in table.splitlines()[1:]:
        columns = line.split()
        if len(columns) < 3 or columns[1] != "00000000":
            continue
        try:
            gateway = bytes.fromhex(columns[2])
        except ValueError:
            continue
        if len(gateway) == 4 and any(gateway):
            found.append(ipaddress.IPv4Address(gateway[::-1]))  # in the order of the machine, which is little-endian
    return found
