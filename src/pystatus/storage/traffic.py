"""How much each peer of a node has sent and received, hour by hour.

Implements: WK-53, WK-54
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from pystatus.records import dataclass
from pystatus.storage.errors import StorageError
from pystatus.storage.files import explained_files, prepare_database

EPOCH_SECONDS = 3600
"""One row for each peer and hour."""
KEPT_SECONDS = 31 * 24 * 3600
"""Older epochs are forgotten. A node with 50 peers keeps 37,000 rows, some 5 MB."""
MAX_PEERS = 1_000
"""Peers of one epoch that have rows of their own, the busiest: some 100 MB in 31 days. A node id costs nothing, and
whoever comes and goes with ever new ones must not fill the disk. The rest is summed under :data:`OTHERS`."""
OTHERS = b""
"""In place of a node id."""
SLACK = 64
"""Rows more than that before the quiet ones are summed, so that it is not done for each that comes."""

_TRAFFIC = """
CREATE TABLE IF NOT EXISTS traffic (
    epoch INTEGER NOT NULL,
    node_id BLOB NOT NULL,
    received INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    PRIMARY KEY (epoch, node_id)
) STRICT, WITHOUT ROWID
"""
_VOUCHED_TIME = """
CREATE TABLE IF NOT EXISTS vouched_time (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    second INTEGER NOT NULL
) STRICT
"""
_ADD = """
INSERT INTO traffic VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent
"""
_QUIET = """
SELECT node_id, received, sent FROM traffic WHERE epoch = ? AND node_id <> x''
ORDER BY received + sent DESC, node_id LIMIT -1 OFFSET ?
"""


@dataclass(frozen=True, slots=True)
class PeerTraffic:
    """Bytes of Waku packets, before compression, received from a peer and sent to it."""

    node_id: bytes
    """64 bytes, or :data:`OTHERS`."""
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
            for table in (_TRAFFIC, _VOUCHED_TIME):
                self._connection.execute(table)
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def add(self, now: float, traffic: Iterable[PeerTraffic], until: float = 0.0, vouched_time: int = 0) -> None:
        """Add to the epoch of Unix time ``now``, and forget the oldest epoch if that is too old.

        :param until: Unix time to count ages from, see :class:`pystatus.vouched_time.VouchedTime`.
        :param vouched_time: what :meth:`vouched_time` is to say from now on.

        :raises StorageError: the disk refused.
        """
        epoch = int(now) // EPOCH_SECONDS * EPOCH_SECONDS
        rows = [(epoch, peer.node_id, peer.received, peer.sent) for peer in traffic]
        try:
            with self._connection:
                self._connection.execute("BEGIN")
                self._connection.executemany(_ADD, rows)
                self._sum_quiet(epoch)
                # The epoch that ``until`` is in is the last one that began by then.
                # One of them with each write: after a month away all are too old.
                self._connection.execute(
                    "DELETE FROM traffic WHERE epoch = (SELECT min(epoch) FROM traffic) AND epoch + ? <= ?",
                    (KEPT_SECONDS + EPOCH_SECONDS, until),
                )
                self._connection.execute("INSERT OR REPLACE INTO vouched_time VALUES (0, ?)", (vouched_time,))
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _sum_quiet(self, epoch: int) -> None:
        """Of too many peers, let those with the least traffic share one row."""
        (count,) = self._connection.execute("SELECT count(*) FROM traffic WHERE epoch = ?", (epoch,)).fetchone()
        if count <= MAX_PEERS + SLACK:
            return
        quiet = self._connection.execute(_QUIET, (epoch, MAX_PEERS)).fetchall()
        self._connection.executemany(
            "DELETE FROM traffic WHERE epoch = ? AND node_id = ?", [(epoch, node_id) for node_id, *_ in quiet]
        )
        received, sent = (sum(row[place] for row in quiet) for place in (1, 2))
        self._connection.execute(_ADD, (epoch, OTHERS, received, sent))

    def vouched_time(self) -> int | None:
        """The time that was vouched for when it was last written; before that, of the newest epoch.

        :raises StorageError: it cannot be read.
        """
        try:
            (second,) = self._connection.execute(
                "SELECT coalesce((SELECT second FROM vouched_time), (SELECT max(epoch) FROM traffic))"
            ).fetchone()
        except sqlite3.Error as error:
            raise self._explained(error) from error
        return None if second is None else int(second)

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
