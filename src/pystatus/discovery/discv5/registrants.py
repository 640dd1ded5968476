"""Whom a registrar has given tickets, and which of them are used (overlay.md §3.5, §10.2).

A ticket is a pong that we signed. What it says is not secret, so it serves only the node that it was sent to, at the
address that it was sent to: we remember the hashes of those packets."""

from __future__ import annotations

from typing import NamedTuple

from pystatus.discovery.addresses import IPAddress, Key, subnet_key
from pystatus.discovery.discv5.node import NodeId
from pystatus.discovery.discv5.wait_control import MAX_WAIT

MAX_REGISTRANTS = 10_000
"""Nodes whose tickets are remembered, at most 3 kB each, mostly 500 bytes: as many as there can be ads (overlay.md
§3.5)."""
MAX_SERIALS = 20_000
"""Nodes whose tickets are counted, about 150 bytes each: above what the node itself remembers."""
MAX_TICKETS = 16
"""Tickets of one node that are remembered. It is given one with each ping and uses one in 10 minutes on average."""
MAX_SERIAL = 2**32 - 1
"""What the serial number of a pong can hold (overlay.md §3.2)."""
WINDOW = 11
"""Whole seconds after the wait of a ticket in which it is taken, and one before (overlay.md §3.5)."""


class GivenTicket(NamedTuple):
    """A ticket that was sent to a node."""

    packet_hash: bytes
    """Of the pong."""
    address: IPAddress


class Registrant:
    """What is known of one node that has tickets."""

    __slots__ = ("barred_until", "given_at", "last_used", "serial", "tickets")

    def __init__(self, serial: int) -> None:
        self.serial = serial
        """Of its last ticket."""
        self.given_at = 0
        """Whole monotonic seconds of its last ticket."""
        self.last_used = 0
        """The serial number of the ticket that it used last; older ones are dead."""
        self.barred_until = 0.0
        """Monotonic seconds until which it can use no newer ticket."""
        self.tickets: list[GivenTicket] = []


class Registrants:
    """Who holds tickets of ours. When there are too many, a node gives way that has not proven its address, the one
    without a new ticket for the longest time first: a ping is answered by a ticket, and anybody can write an address of
    any network on a ping. Then the network (/24 or /48) with the most does, likewise: nobody can aim at another one."""

    __slots__ = ("_by_network", "_by_size", "_limit", "_network_of", "_serials", "_unverified")

    def __init__(self, limit: int = MAX_REGISTRANTS) -> None:
        self._limit = limit
        self._serials: dict[bytes, int] = {}
        self._network_of: dict[bytes, Key] = {}
        self._by_network: dict[Key, dict[bytes, Registrant]] = {}
        self._unverified: dict[bytes, None] = {}
        """Those of them that have not proven their address, in the order of their last tickets."""
        self._by_size: list[dict[Key, None]] = [{}]
        """The networks with so many nodes, whoever came to that number first being first. The last one is not empty."""

    def __len__(self) -> int:
        return len(self._network_of)

    @property
    def counted(self) -> int:
        """Nodes without tickets that are counted."""
        return len(self._serials)

    def get(self, node: NodeId) -> Registrant | None:
        """What is known of that node; ``None`` if it has no ticket."""
        network = self._network_of.get(node.xy)
        return None if network is None else self._by_network[network][node.xy]

    def next_serial(self, node: NodeId) -> int:
        """The serial number of its next ticket. They count up as long as the node is remembered."""
        registrant = self.get(node)
        if registrant is not None:
            registrant.serial = min(MAX_SERIAL, registrant.serial + 1)
            return registrant.serial
        serial = min(MAX_SERIAL, self._serials.pop(node.xy, 0) + 1)
        self._count(node.xy, serial)
        return serial

    def _count(self, xy: bytes, serial: int) -> None:
        if len(self._serials) >= MAX_SERIALS:
            del self._serials[next(iter(self._serials))]
        self._serials[xy] = serial

    def forget(self, node: NodeId) -> None:
        """Begin at 1 again for that node, unless it still has tickets: an old one must not count as a new one."""
        self._serials.pop(node.xy, None)

    def give(self, node: NodeId, ticket: GivenTicket, issued: int, *, is_verified: bool) -> None:
        """A ticket was sent to that node at ``issued`` monotonic seconds.

        :param is_verified: the node has proven that it is at that address.
        """
        registrant = self._moved_to_end(node.xy, subnet_key(ticket.address))
        registrant.given_at = issued
        registrant.tickets.append(ticket)
        del registrant.tickets[:-MAX_TICKETS]
        if not is_verified:
            self._unverified[node.xy] = None

    def verified(self, node: NodeId) -> None:
        """The node has proven where it is."""
        self._unverified.pop(node.xy, None)

    def _moved_to_end(self, xy: bytes, network: Key) -> Registrant:
        """The entry of that node, as the last one of its network."""
        before = self._network_of.get(xy)
        if before is not None:
            registrant = self._remove(xy, before)
        else:
            registrant = Registrant(self._serials.pop(xy, 0))
            if len(self._network_of) >= self._limit:
                self._make_room()
        self._network_of[xy] = network
        registrants = self._by_network.setdefault(network, {})
        registrants[xy] = registrant
        self._resized(network, len(registrants) - 1, len(registrants))
        return registrant

    def _make_room(self) -> None:
        if self._unverified:
            leaving = next(iter(self._unverified))
            self._remove(leaving, self._network_of[leaving])
        else:
            crowded = next(iter(self._by_size[-1]))
            self._remove(next(iter(self._by_network[crowded])), crowded)

    def forget_idle(self, now: float) -> None:
        """Forget nodes whose tickets are all too old to be used, and that are not barred any more."""
        oldest = now - MAX_WAIT - WINDOW - 1
        idle = [
            (xy, network)
            for network, registrants in self._by_network.items()
            for xy, registrant in registrants.items()
            if registrant.given_at < oldest and registrant.barred_until <= now
        ]
        for xy, network in idle:
            self._count(xy, self._remove(xy, network).serial)

    def _remove(self, xy: bytes, network: Key) -> Registrant:
        del self._network_of[xy]
        self._unverified.pop(xy, None)
        registrants = self._by_network[network]
        registrant = registrants.pop(xy)
        self._resized(network, len(registrants) + 1, len(registrants))
        if not registrants:
            del self._by_network[network]
        return registrant

    def _resized(self, network: Key, before: int, size: int) -> None:
        if before:
            del self._by_size[before][network]
        if size:
            if size == len(self._by_size):
                self._by_size.append({})
            self._by_size[size][network] = None
        if len(self._by_size) > 1 and not self._by_size[-1]:
            self._by_size.pop()
