"""IP addresses as the limits see them: who is near, and who is probably the same person."""

import ipaddress
from typing import TypeAlias

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Key: TypeAlias = tuple[int, int]
"""IP version and leading bits."""

_LOCAL_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8", "::1/128",
        "0.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fe80::/10", "fc00::/7",
    )
)  # fmt: skip


def parse_address(text: str) -> IPAddress:
    """The address; an IPv4 address that travels in an IPv6 socket is an IPv4 address."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_local(address: IPAddress) -> bool:
    """This machine or the local network (overlay.md §10.3)."""
    return any(address in network for network in _LOCAL_NETWORKS)


def is_public(address: IPAddress) -> bool:
    """Whether strangers may send us there: neither local, nor for a special use, nor for many at once (overlay.md
    §10.3)."""
    if isinstance(address, ipaddress.IPv6Address) and address.sixtofour is not None:
        return False
    return address.is_global and not address.is_multicast and not is_local(address)


def host_key(address: IPAddress) -> Key:
    """One host: an IPv4 address, or the /64 that an IPv6 host has to itself."""
    return _key(address, 32, 64)


def subnet_key(address: IPAddress) -> Key:
    """One operator, roughly: /24 or /48 (overlay.md §10.1)."""
    return _key(address, 24, 48)


def _key(address: IPAddress, bits_of_4: int, bits_of_6: int) -> Key:
    bits = bits_of_4 if address.version == 4 else bits_of_6
    return address.version, int(address) >> (address.max_prefixlen - bits)
