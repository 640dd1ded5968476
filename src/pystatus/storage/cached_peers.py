"""Good peers of earlier runs and the versions of node lists: in the profile database of a client, or in a file of a
node (overlay.md §5.2, §7.5).

Implements: CL-28
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.outage import Outage
from pystatus.peers.cache import CACHE_SECONDS, MAX_CACHE_FAILURES, CachedPeer
from pystatus.peers.sources import WHISPER, WHISPERMAIL
from pystatus.storage.errors import StorageError
from pystatus.storage.files import explained_files, prepare_database

if TYPE_CHECKING:
    from sqlcipher3 import dbapi2 as sqlcipher

log = get_logger(__name__)

SUCCESSES_COUNTED = 100
"""Connections of one peer that count: a peer that is older than all others is not ahead of them for ever. Ours."""

MAX_LIST_VERSIONS = 1_000
"""Node lists whose version is kept, about 200 kB. The one whose root was seen longest ago gives way: the lists that the
settings name are seen every half an hour, in which a hostile one can name 15 others. Ours."""
OPENING_SECONDS = 5.0
"""How long another process may have the file when a node starts. Ours."""
WAITING_SECONDS = 0.05
"""The same while the node runs, as nothing else of it runs meanwhile: longer than another node needs to write a peer.
What cannot be written then is not written; nothing is waited for where the last attempt failed, too. Ours."""

_STEPS = ("0012_peers.sql", "0013_list_versions.sql")
"""The steps of the profile database that make the tables; a file of a node has the same ones."""
_ADVICE = {
    sqlite3.SQLITE_BUSY: "Stop the program that uses the file",
    sqlite3.SQLITE_FULL: "Make room on the disk",
}
"""What to do about an error of SQLite, where it is not the file that is wrong."""
_BEST_FIRST = "failures, successes DESC, connected_s DESC, node_id"
_LOAD = f"""
SELECT topic, enode, successes, failures FROM cached_peers
WHERE topic = ? AND failures < ? AND connected_s > ? ORDER BY {_BEST_FIRST}
"""
_CONNECTED = """
INSERT INTO cached_peers (topic, node_id, enode, successes, failures, connected_s) VALUES (?, ?, ?, 1, 0, ?)
ON CONFLICT DO UPDATE SET
    enode = excluded.enode, successes = min(successes + 1, ?), failures = 0, connected_s = excluded.connected_s
"""
_DROP_WORST = f"""
DELETE FROM cached_peers WHERE topic = ?1 AND node_id IN (
    SELECT node_id FROM cached_peers WHERE topic = ?1 AND node_id <> ?2 ORDER BY {_BEST_FIRST} LIMIT -1 OFFSET ?3
)
"""
_KEEP_VERSION = """
INSERT INTO list_versions (list, seq, seen_s) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET seq = excluded.seq, seen_s = excluded.seen_s
"""
_DROP_OLDEST = """
DELETE FROM list_versions WHERE list IN (
    SELECT list FROM list_versions WHERE list <> ? ORDER BY seen_s DESC, list LIMIT -1 OFFSET ?
)
"""


class SqlCachedPeers:
    """The tables. Every write belongs into a transaction of the database. What is too old is not loaded; it gives way
    to others, and is not deleted by a clock that nobody has confirmed."""

    def __init__(self, connection: sqlcipher.Connection | sqlite3.Connection) -> None:
        self._execute: Callable[..., Any] = connection.execute

    def load(self, topic: str, now: float) -> Sequence[CachedPeer]:
        """See :class:`~pystatus.peers.cache.PeerCache`; ``now`` is Unix time in seconds."""
        found = []
        for of_topic, text, successes, failures in self._execute(
            _LOAD, (topic, MAX_CACHE_FAILURES, now - CACHE_SECONDS)
        ):
            try:
                enode = Enode.parse(text)
            except LocalError as error:  # it was written by another version, or by hand
                log.warning("a peer that was kept cannot be used: %s", error)
                continue
            found.append(CachedPeer(of_topic, enode, successes, failures))
        return found

    def all(self, now: float) -> Sequence[CachedPeer]:
        """Those of every topic."""
        return [peer for topic in (WHISPER, WHISPERMAIL) for peer in self.load(topic, now)]

    def connected(self, topic: str, enode: Enode, keep: int, now: float) -> None:
        """Likewise."""
        self._execute(_CONNECTED, (topic, enode.node_id, str(enode), int(now), SUCCESSES_COUNTED))
        self._execute(_DROP_WORST, (topic, enode.node_id, max(0, keep - 1)))

    def failed(self, topic: str, enode: Enode) -> None:
        """Likewise."""
        self._execute(
            "UPDATE cached_peers SET failures = failures + 1 WHERE topic = ? AND node_id = ?", (topic, enode.node_id)
        )
        self._execute("DELETE FROM cached_peers WHERE topic = ? AND failures >= ?", (topic, MAX_CACHE_FAILURES))

    def forget(self, enode: Enode) -> None:
        """Likewise."""
        self._execute("DELETE FROM cached_peers WHERE node_id = ?", (enode.node_id,))

    def list_version(self, url: str) -> int:
        """Likewise."""
        row = self._execute("SELECT seq FROM list_versions WHERE list = ?", (url,)).fetchone()
        return 0 if row is None else int(row[0])

    def keep_list_version(self, url: str, seq: int, now: float) -> None:
        """Likewise. What another node has seen meanwhile in the same file stays, if it is newer."""
        self._execute(_KEEP_VERSION, (url, str(max(seq, self.list_version(url))), int(now)))
        self._execute(_DROP_OLDEST, (url, MAX_LIST_VERSIONS - 1))


class PeerFile:
    """A file with the tables, for a node without a profile. It is a :class:`~pystatus.peers.cache.PeerCache`."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        """
        :param now: the clock, Unix seconds.
        :raises StorageError: the file cannot be opened.
        """
        self._now = now
        self._outage = Outage(log, f"good peers cannot be kept in {path}", f"good peers are kept in {path} again")
        with explained_files(f"Good peers cannot be kept in {path}"):
            prepare_database(path)
        try:
            self._connection = sqlite3.connect(path, OPENING_SECONDS, isolation_level=None)
            try:
                self._make_table()
                self._wait_at_most(WAITING_SECONDS)
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            what_to_do = _ADVICE.get(error.sqlite_errorcode & 0xFF, "Move the file away")
            raise StorageError(f"Good peers cannot be kept in {path}: {error}. {what_to_do}.") from error
        self._table = SqlCachedPeers(self._connection)

    def load(self, topic: str) -> Sequence[CachedPeer]:
        """See :class:`~pystatus.peers.cache.PeerCache`."""
        try:
            return self._table.load(topic, self._now())
        except sqlite3.Error as error:
            self._failed(error)
            return ()

    def connected(self, topic: str, enode: Enode, keep: int) -> None:
        """Likewise."""
        self._write(lambda: self._table.connected(topic, enode, keep, self._now()))

    def failed(self, topic: str, enode: Enode) -> None:
        """Likewise."""
        self._write(lambda: self._table.failed(topic, enode))

    def forget(self, enode: Enode) -> None:
        """Likewise."""
        self._write(lambda: self._table.forget(enode))

    def list_version(self, url: str) -> int:
        """Likewise."""
        try:
            return self._table.list_version(url)
        except sqlite3.Error as error:
            self._failed(error)
            return 0

    def keep_list_version(self, url: str, seq: int) -> None:
        """Likewise."""
        self._write(lambda: self._table.keep_list_version(url, seq, self._now()))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _write(self, write: Callable[[], None]) -> None:
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                write()
        except sqlite3.Error as error:  # the node runs on, and finds its peers as if it were new
            self._failed(error)
        else:
            if self._outage.is_on:
                self._wait_at_most(WAITING_SECONDS)
                self._outage.worked(time.monotonic())

    def _failed(self, error: sqlite3.Error) -> None:
        self._outage.failed(time.monotonic(), error)
        self._wait_at_most(0.0)

    def _wait_at_most(self, seconds: float) -> None:
        """For another process that has the file."""
        with contextlib.suppress(sqlite3.Error):  # it is closed
            self._connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")

    def _make_table(self) -> None:
        if self._version() >= len(_STEPS):
            return
        with self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            version = self._version()  # again, as another node may start at the same time
            from pystatus.data_files import read_data  # loaded late: most files have the table

            for number, name in enumerate(_STEPS[version:], version + 1):
                script = read_data("pystatus.storage.migrations", name).decode()
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        return int(version)


def _statements(script: str) -> Iterator[str]:
    """The statements one by one: ``executescript`` would end the transaction before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
