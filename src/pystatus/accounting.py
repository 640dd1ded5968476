"""Keeps how much each peer of a node sends and receives, every few minutes and when a peer leaves.

Implements: WK-53, WK-54
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from pathlib import Path

from pystatus.log_texts import get_logger
from pystatus.net.clock import Clock
from pystatus.net.listeners import PeerListener
from pystatus.net.peer import Peer
from pystatus.outage import Outage
from pystatus.storage.errors import StorageError
from pystatus.storage.traffic import PeerTraffic, TrafficFile
from pystatus.vouched_time import VouchedTime

log = get_logger(__name__)

SAVE_SECONDS = 300.0
"""How often it is written: what a crash may lose."""
LEFT_SECONDS = 5.0
"""Between two writes because peers have left: each waits for the disk, and whoever likes may come and go."""
MAX_UNSAVED = 10_000
"""Rows that wait for a disk that refuses; beyond it they are lost."""


class Accounting(PeerListener):
    """What a running node writes into its :class:`~pystatus.storage.traffic.TrafficFile`."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        traffic: Callable[[Peer], tuple[int, int]],
        confirmed: Callable[[float], bool] = lambda now: False,
    ) -> None:
        """
        :param traffic: the bytes received from a connected peer and sent to it.
        :param confirmed: whether peers confirm that it is now the given Unix time.
        """
        self._path = path
        self._file: TrafficFile | None = None
        self._clock = clock
        self._traffic = traffic
        self._confirmed = confirmed
        self._vouched = VouchedTime(0)
        self._saved: dict[Peer, tuple[int, int]] = {}
        self._unsaved: list[PeerTraffic] = []
        self._outage = Outage(log, "the traffic of peers is not kept", "the traffic of peers is kept again")
        self._saved_at = -math.inf
        self._soon: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Open the file.

        :raises StorageError: it cannot be opened.
        """
        self._file = TrafficFile(self._path)
        self._vouched = VouchedTime(self._file.vouched_time() or 0)
        self._timer = self._later()

    def peer_connected(self, peer: Peer) -> None:
        """A peer has connected."""
        self._saved[peer] = (0, 0)

    def peer_gone(self, peer: Peer) -> None:
        """A peer is about to be forgotten."""
        self._count(peer)
        del self._saved[peer]
        if self._soon is None:
            loop = asyncio.get_running_loop()
            pause = self._saved_at + LEFT_SECONDS - loop.time()
            if pause <= 0:
                self._save()
            else:
                self._soon = loop.call_later(pause, self._save)

    async def close(self) -> None:
        """The node stops, and all peers have left."""
        if self._timer is not None:
            self._timer.cancel()
        if self._soon is not None:
            self._save()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _later(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(SAVE_SECONDS, self._due)

    def _due(self) -> None:
        self._timer = self._later()
        for peer in self._saved:
            self._count(peer)
        self._save()

    def _count(self, peer: Peer) -> None:
        received, sent = self._traffic(peer)
        received_before, sent_before = self._saved[peer]
        self._saved[peer] = (received, sent)
        self._unsaved.append(PeerTraffic(peer.id, received - received_before, sent - sent_before))

    def _save(self) -> None:
        assert self._file is not None, "it is open while there are peers"
        now, at = self._clock.now(), asyncio.get_running_loop().time()
        self._saved_at = at
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        self._vouched.advance(now)
        if self._confirmed(now):
            self._vouched.confirm(now)
        try:
            self._file.add(now, self._unsaved, self._vouched.for_deletion(now), self._vouched.kept)
        except StorageError as error:  # envelopes are relayed nevertheless; the next time it is tried again
            self._outage.failed(at, error)
            del self._unsaved[:-MAX_UNSAVED]
        else:
            self._outage.worked(at)
            self._unsaved = []
