"""Who may not come back for a while, because it misbehaved (waku.md §10). No I/O."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.discovery.addresses import IPAddress, Key, host_key, is_local
from pystatus.records import dataclass

BAN_SECONDS = 600.0
"""How long a ban lasts (waku.md §10: ten minutes)."""
MAX_BANS = 10_000
"""Bans in force, of node ids and addresses together, about 10 MB; the oldest is lifted first."""


BANNED_NODES_PER_ADDRESS = 3
"""Banned nodes from one address (IPv6: a /64) with which the address is banned as well.

Node ids cost nothing: a banned peer can come back under another one, once in 30 seconds. But there may be neighbours
behind the address, who are not shut out for what one of them did (A51).
"""


@dataclass(frozen=True, slots=True)
class Ban:
    """A node id that is refused, and the address from which it came."""

    node_id: bytes
    """64 bytes."""
    address: IPAddress | None
    """``None``: a local one, which many nodes may share and which is never banned."""
    until: float
    """On the clock of the event loop."""
    reason: str


class Bans:
    """Bans by node id, and the addresses that several of them came from."""

    def __init__(self) -> None:
        self._by_node: dict[bytes, Ban] = {}  # in the order of time, because every ban is equally long
        self._by_host: dict[Key, dict[bytes, Ban]] = {}

    def __iter__(self) -> Iterator[Ban]:
        return iter(tuple(self._by_node.values()))

    def __len__(self) -> int:
        return len(self._by_node)

    def add(self, node_id: bytes, address: IPAddress, reason: str, now: float) -> Ban:
        """Ban a node and, if it is the third from an address that is not local, the address."""
        self.forget(now)
        self.lift(node_id)
        if len(self._by_node) >= MAX_BANS:
            self.lift(next(iter(self._by_node)))
        ban = Ban(node_id, None if is_local(address) else address, now + BAN_SECONDS, reason)
        self._by_node[node_id] = ban
        if ban.address is not None:
            self._by_host.setdefault(host_key(ban.address), {})[node_id] = ban
        return ban

    def lift(self, node_id: bytes) -> bool:
        """End a ban, so that of the address, too. Whether there was one."""
        ban = self._by_node.pop(node_id, None)
        if ban is None:
            return False
        if ban.address is not None:
            host = host_key(ban.address)
            del self._by_host[host][node_id]
            if not self._by_host[host]:
                del self._by_host[host]
        return True

    def holds_node(self, node_id: bytes, now: float) -> bool:
        """Whether a node is banned."""
        ban = self._by_node.get(node_id)
        return ban is not None and now < ban.until

    def holds_address(self, address: IPAddress, now: float) -> bool:
        """Whether nobody may come from an address."""
        banned = self._by_host.get(host_key(address), {})
        return sum(now < ban.until for ban in banned.values()) >= BANNED_NODES_PER_ADDRESS

    def forget(self, now: float) -> None:
        """Drop the bans that are over."""
        for ban in self:
            if ban.until > now:
                return
            self.lift(ban.node_id)
