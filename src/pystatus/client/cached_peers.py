"""Good relays and mailservers that were found, kept in the profile for the next run (overlay.md §7.5).

Implements: CL-28
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from pystatus.client.command_queue import CommandQueue
from pystatus.devp2p.enode import Enode
from pystatus.log_texts import get_logger
from pystatus.outage import Outage
from pystatus.peers.cache import CachedPeer
from pystatus.storage.cached_peers import SqlCachedPeers
from pystatus.storage.database import Database, explained
from pystatus.storage.errors import StorageError

log = get_logger(__name__)

T = TypeVar("T")


class ProfilePeers:
    """The :class:`~pystatus.peers.cache.PeerCache` of a client. What is written goes with the next batch."""

    def __init__(self, database: Database, inputs: CommandQueue, now: Callable[[], float]) -> None:
        """
        :param now: the clock, Unix seconds.
        """
        self._table = SqlCachedPeers(database.connection)
        self._outage = Outage(
            log, "good peers cannot be read from the profile", "good peers are read from the profile again"
        )
        self._inputs = inputs
        self._now = now

    def load(self, topic: str) -> Sequence[CachedPeer]:
        """See :class:`~pystatus.peers.cache.PeerCache`."""
        return self._read(lambda: self._table.load(topic, self._now()), ())

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
        return self._read(lambda: self._table.list_version(url), 0)

    def keep_list_version(self, url: str, seq: int) -> None:
        """Likewise."""
        self._inputs.add(lambda: self._table.keep_list_version(url, seq, self._now()))

    def _read(self, read: Callable[[], T], otherwise: T) -> T:
        """Whoever finds peers asks, and must not end because the disk fails: then the client finds them as if it were
        new."""
        try:
            with explained():
                found = read()
        except StorageError as error:
            self._outage.failed(time.monotonic(), error)
            return otherwise
        self._outage.worked(time.monotonic())
        return found
