"""Whom limits and bans do not concern (6/WAKU1 "Rate Limiting"). No I/O.

Implements: WK-38
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TypeAlias

from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress
from pystatus.errors import LocalError
from pystatus.records import dataclass

IPNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Whitelist:
    """Nodes by their ids, and networks."""

    nodes: frozenset[bytes] = frozenset()
    """64 bytes each."""
    networks: tuple[IPNetwork, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Whitelist:
        """Each entry is an enode URL, a node id (128 hex digits), an IP address, or a network such as ``10.0.0.0/8``.

        :raises LocalError: something else.
        """
        nodes: set[bytes] = set()
        networks: list[IPNetwork] = []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                nodes.add(_node_id(entry))
        return cls(frozenset(nodes), tuple(networks))

    def holds(self, node_id: bytes, address: IPAddress) -> bool:
        """Whether a peer is on the list, by its id or by its address."""
        return node_id in self.nodes or self.holds_address(address)

    def holds_address(self, address: IPAddress) -> bool:
        """Whether everybody at an address is on the list."""
        return any(address in network for network in self.networks)


def _node_id(entry: str) -> bytes:
    try:
        return Enode.parse(entry if entry.startswith("enode://") else f"enode://{entry}").node_id
    except LocalError as error:
        raise LocalError(
            f'"{entry[:200]}" cannot be whitelisted: give an enode address, a node id of 128 hex digits, '
            "an IP address, or a network such as 10.0.0.0/8."
        ) from error
