"""How much each peer of a node has sent and received, hour by hour (WK-53, WK-54)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pystatus.storage.errors import StorageError
from pystatus.storage.files import explained_files, prepare_database

EPOCH_SECONDS = 3600
"""One row for each peer and hour."""
KEPT_SECONDS = 31 * 24 * 3600
"""Older epochs are forgotten. A node with 50 peers keeps 37,000 rows, some 5 MB."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS traffic (
    epoch INTEGER NOT NULL,
    node_id BLOB NOT NULL,
    received INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    PRIMARY KEY (epoch, node_id)
) STRICT, WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class PeerTraffic:
    """Bytes of Waku packets, before compression, received from a peer and sent to it."""

    node_id: bytes
    received: int
    sent: int


class TrafficFile:
    """The file in which it is kept."""

    def __init__(self, path: Path) -> None:
        """
        :raises StorageError: it cannot be opened.
        """
        self._path = path
        with explained_files(f"The traffic of peers cannot be kept in {path}"):
            prepare_database(path)
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def add(self, now: float, traffic: Iterable[PeerTraffic]) -> None:
        """Add to the epoch of Unix time ``now``, and forget what is too old.

        :raises StorageError: the disk refused.
        """
        epoch = int(now) // EPOCH_SECONDS * EPOCH_SECONDS
        rows = [(epoch, peer.node_id, peer.received, peer.sent) for peer in traffic]
        try:
            with self._connection:
                self._connection.execute("BEGIN")
                self._connection.executemany(
                    "INSERT INTO traffic VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
                    "SET received = received + excluded.received, sent = sent + excluded.sent",
                    rows,
                )
                self._connection.execute("DELETE FROM traffic WHERE epoch < ?", (epoch - KEPT_SECONDS,))
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def epochs(self) -> Sequence[int]:
        """The Unix seconds at which the epochs began, oldest first."""
        return [epoch for (epoch,) in self._connection.execute("SELECT DISTINCT epoch FROM traffic ORDER BY epoch")]

    def epoch(self, began: int) -> Sequence[PeerTraffic]:
        """Who sent and received how much in it, the busiest first."""
        rows = self._connection.execute(
            "SELECT node_id, received, sent FROM traffic WHERE epoch = ? ORDER BY received + sent DESC, node_id",
            (began,),
        )
        return [PeerTraffic(*row) for row in rows]

    def close(self) -> None:
        self._connection.close()

    def _explained(self, error: sqlite3.Error) -> StorageError:
        return StorageError(f"The traffic of peers cannot be kept in {self._path}: {error}.")
