"""The port to where good peers are kept from one run to the next (overlay.md §7.5).

Implements: CL-28
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.devp2p.enode import Enode
from pystatus.records import dataclass

CACHE_SECONDS = 7 * 24 * 3600
"""How long a peer is remembered after it was connected last (overlay.md §7.5: 7 days)."""
MAX_CACHED_FACTOR = 10
"""Peers that are remembered of a topic, for each that it may have (overlay.md §7.5)."""
MAX_CACHE_FAILURES = 3
"""Failures since the last success with which a peer is forgotten. Ours: it may be down while this node starts once or
twice."""
MOST_COUNTED = 4
"""Connections count by their number of binary digits, of which this is the most: eight are as good as a hundred, so
that whoever was there longest is not preferred for ever. Ours."""


@dataclass(frozen=True, slots=True)
class CachedPeer:
    """A peer of an earlier run."""

    topic: str
    enode: Enode
    successes: int
    """How often it was connected."""
    failures: int = 0
    """Attempts in vain since it was connected last."""

    @property
    def standing(self) -> tuple[int, int]:
        """How it compares: the lowest is the best, and many are equal."""
        return self.failures, -min(self.successes.bit_length(), MOST_COUNTED)


class PeerCache(Protocol):
    """Keeps the peers that the pool has dialled and connected. It forgets what is older than :data:`CACHE_SECONDS`, and
    of too many peers of a topic the worst: most failures first, then fewest successes, then the one that was connected
    longest ago. It keeps the versions of node lists, too. No call raises: a cache that cannot be written is a cache
    that knows less."""

    def load(self, topic: str) -> Sequence[CachedPeer]:
        """The peers of a topic, the best first."""

    def connected(self, topic: str, enode: Enode, keep: int) -> None:
        """A peer of this topic was dialled and is connected.

        :param keep: how many peers of the topic are remembered.
        """

    def failed(self, topic: str, enode: Enode) -> None:
        """It could not be reached. Nothing happens if it is not remembered."""

    def forget(self, enode: Enode) -> None:
        """It has misbehaved: it is remembered under no topic."""

    def list_version(self, url: str) -> int:
        """See :class:`~pystatus.discovery.dns.tree.ListVersions`."""

    def keep_list_version(self, url: str, seq: int) -> None:
        """Likewise."""


class NoCache:
    """Remembers nothing: for a node that keeps no files."""

    def load(self, topic: str) -> Sequence[CachedPeer]:
        """See :class:`PeerCache`."""
        return ()

    def connected(self, topic: str, enode: Enode, keep: int) -> None:
        """See :class:`PeerCache`."""

    def failed(self, topic: str, enode: Enode) -> None:
        """See :class:`PeerCache`."""

    def forget(self, enode: Enode) -> None:
        """See :class:`PeerCache`."""

    def list_version(self, url: str) -> int:
        """See :class:`PeerCache`."""
        return 0

    def keep_list_version(self, url: str, seq: int) -> None:
        """See :class:`PeerCache`."""
