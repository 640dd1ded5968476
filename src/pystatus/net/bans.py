"""Who may not come back for a while, because it misbehaved (waku.md §10). No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pystatus.net.addresses import IPAddress, Key, host_key, is_local

BAN_SECONDS = 600.0
"""How long a ban lasts (waku.md §10: ten minutes)."""
MAX_BANS = 10_000
"""Bans in force, of node ids and addresses together, about 3 MB; the oldest is lifted first."""


@dataclass(frozen=True, slots=True)
class Ban:
    """A node id and the address from which it came. Each of them is refused."""

    node_id: bytes
    """64 bytes."""
    address: IPAddress | None
    """IPv6: the whole /64 is meant. ``None``: a local address, which many nodes may share, is not banned."""
    until: float
    """On the clock of the event loop."""
    reason: str


class Bans:
    """Bans by node id, and the addresses that go with them."""

    def __init__(self) -> None:
        self._by_node: dict[bytes, Ban] = {}  # in the order of time, because every ban is equally long
        self._hosts: dict[Key, float] = {}

    def __iter__(self) -> Iterator[Ban]:
        return iter(tuple(self._by_node.values()))

    def __len__(self) -> int:
        return len(self._by_node)

    def add(self, node_id: bytes, address: IPAddress, reason: str, now: float) -> Ban:
        """Ban a node and, unless it is local, its address."""
        self.forget(now)
        if len(self._by_node) >= MAX_BANS:
            self.lift(next(iter(self._by_node)))
        self._by_node.pop(node_id, None)
        ban = Ban(node_id, None if is_local(address) else address, now + BAN_SECONDS, reason)
        self._by_node[node_id] = ban
        if ban.address is not None:
            self._hosts[host_key(ban.address)] = ban.until
        return ban

    def lift(self, node_id: bytes) -> bool:
        """End a ban, of the address too. Whether there was one."""
        ban = self._by_node.pop(node_id, None)
        if ban is None:
            return False
        if ban.address is not None:
            self._hosts.pop(host_key(ban.address), None)
        return True

    def holds_node(self, node_id: bytes, now: float) -> bool:
        """Whether a node is banned."""
        ban = self._by_node.get(node_id)
        return ban is not None and now < ban.until

    def holds_address(self, address: IPAddress, now: float) -> bool:
        """Whether nobody may come from an address."""
        return now < self._hosts.get(host_key(address), now)

    def forget(self, now: float) -> None:
        """Drop the bans that are over."""
        for ban in self:
            if ban.until > now:
                return
            del self._by_node[ban.node_id]
            # Another node of the address may have been banned later.
            if ban.address is not None and self._hosts.get(host_key(ban.address), now + 1) <= now:
                del self._hosts[host_key(ban.address)]
