"""Good relays and mailservers that were found, kept in the profile for the next run (overlay.md §7.5).

Implements: CL-28
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pystatus.client.command_queue import CommandQueue
from pystatus.devp2p.enode import Enode
from pystatus.peers.cache import CachedPeer
from pystatus.storage.cached_peers import SqlCachedPeers
from pystatus.storage.database import Database


class ProfilePeers:
    """The :class:`~pystatus.peers.cache.PeerCache` of a client. What is written goes with the next batch."""

    def __init__(self, database: Database, inputs: CommandQueue, now: Callable[[], float]) -> None:
        """
        :param now: the clock, Unix seconds.
        """
        self._table = SqlCachedPeers(database.connection)
        self._inputs = inputs
        self._now = now

    def load(self, topic: str) -> Sequence[CachedPeer]:
        """See :class:`~pystatus.peers.cache.PeerCache`."""
        return self._table.load(topic, self._now())

    def connected(self, topic: str, enode: Enode, keep: int) -> None:
        """Likewise."""
        self._inputs.add(lambda: self._table.connected(topic, enode, keep, self._now()))

    def failed(self, topic: str, enode: Enode) -> None:
        """Likewise."""
        self._inputs.add(lambda: self._table.failed(topic, enode))

    def forget(self, enode: Enode) -> None:
        """Likewise."""
        self._inputs.add(lambda: self._table.forget(enode))

    def list_version(self, url: str) -> int:
        """Likewise."""
        return self._table.list_version(url)

    def keep_list_version(self, url: str, seq: int) -> None:
        """Likewise."""
        self._inputs.add(lambda: self._table.keep_list_version(url, seq, self._now()))
