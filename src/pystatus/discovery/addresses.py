"""IP addresses as the limits see them: who is near, who is probably the same person, and where one may send another
(overlay.md §10.3)."""

import ipaddress
from typing import TypeAlias

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Key: TypeAlias = tuple[int, int]
"""IP version and leading bits."""

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - a name for it, not a socket
"""What stands for all addresses of this machine, of both families."""

_LOCAL_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8", "::1/128",
        "0.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fe80::/10", "fc00::/7",
    )
)  # fmt: skip


_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_NEVER_RELAYED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/32", "192.0.0.0/29", "192.0.0.9/32", "192.0.0.170/32", "192.0.0.171/32", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "255.255.255.255/32",
        "::/128", "100::/64", "2001::/32", "2001:1::1/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48",
        "2001:5::/32", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "ff00::/8",
    )
)  # fmt: skip
_ORDINARY = frozenset(range(256)).difference(
    octet
    for network in (*_LOCAL_NETWORKS, *_NEVER_RELAYED)
    if isinstance(network, ipaddress.IPv4Network)
    for octet in range(network.network_address.packed[0], network.broadcast_address.packed[0] + 1)
)
"""First bytes of IPv4 addresses that are in none of these networks, as most are. They are looked at for every datagram,
and for every node that one names."""
_NEVER_FROM_OUTSIDE = (ipaddress.ip_network("100.64.0.0/10"), ipaddress.ip_network("169.254.0.0/16"))
"""Of a provider and of a link: the reference hands them on (overlay.md §10.3)."""
_BROADCAST = b"\xff\xff\xff\xff"


def parse_address(text: str) -> IPAddress:
    """The address; an IPv4 address that travels in an IPv6 socket is an IPv4 address."""
    return unmapped(ipaddress.ip_address(text))


def unmapped(address: IPAddress) -> IPAddress:
    """The IPv4 address in an IPv6 address that was made for it (::ffff:a.b.c.d); every other one as it is."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def address_from_bytes(data: bytes) -> IPAddress | None:
    """An address of 4 or 16 bytes, IPv4 in either. ``None``: of another length."""
    if len(data) == 4:
        return ipaddress.IPv4Address(data)
    return unmapped(ipaddress.IPv6Address(data)) if len(data) == 16 else None


def is_local(address: IPAddress) -> bool:
    """This machine or the local network (overlay.md §10.3)."""
    return not _is_ordinary(address) and any(address in network for network in _LOCAL_NETWORKS)


def _is_ordinary(address: IPAddress) -> bool:
    return address.version == 4 and int(address) >> 24 in _ORDINARY


def is_loopback(address: IPAddress) -> bool:
    """This machine."""
    return any(address in network for network in _LOOPBACK)


def is_one_host(address: IPAddress) -> bool:
    """Whether a packet can come from there: not unspecified, and not of many at once."""
    return not (address.is_unspecified or address.is_multicast or address.packed == _BROADCAST)


def may_relay(address: IPAddress, sender: IPAddress) -> bool:
    """Whether ``sender`` may send us to a node at ``address``: never to a special use or to many at once; to loopback
    if it is on this machine, into the local network if it is there (overlay.md §10.3).

    Both are unmapped. This is the rule for packets; :func:`may_dial` is the one for what callers get.
    """
    if _is_ordinary(address):
        return True
    if any(address in network for network in _NEVER_RELAYED):
        return False
    if is_loopback(address):
        return is_loopback(sender)
    return is_local(sender) or not is_local(address)


def may_dial(address: IPAddress, sender: IPAddress) -> bool:
    """Whether a node at ``address`` that ``sender`` told us of is given to those who dial: also no provider's and no
    link's own network from outside (overlay.md §10.3)."""
    return may_relay(address, sender) and (
        is_local(sender) or not any(address in network for network in _NEVER_FROM_OUTSIDE)
    )


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
