"""What nobody needs any more goes out of a profile database, a little at a time.

The messenger forgets what is too old as it goes along; this does the rest: what came in greater numbers than that takes
away, devices of other people that have long been replaced, what deleted messages left in the index of the search, and
the pages that are free after all that. What is needed for duplicates, delivery or decryption stays:

* ratchet sessions, skipped keys and prekeys: whoever was away for long may go on with the oldest of them. They have
  bounds and ages of their own (secure_transport/config.py), and nothing here touches them;
* hashes of envelopes and of payloads within their retention: they tell duplicates and copies of this device;
* messages, their payloads, and all that waits to be sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.copies import OWN_SINCE
from pystatus.messenger.installation import VOUCHED_TIME
from pystatus.messenger.records import OWN_KEY, SEEN_RETENTION
from pystatus.secure_transport.config import MAX_DEVICES, RETENTION
from pystatus.storage.forgetting import FORGET_OLD

ROWS = 100
"""Rows that one step removes of a table: 2 to 4 ms. Ours."""
PEOPLE = 50
"""People whose devices one step looks at: 16 rows each at most, 1 to 2 ms. Ours."""
DEVICE_RETENTION = int(RETENTION)
"""Seconds that a replaced device of somebody else stays after its last sign of life: as long as mailservers keep what
was sent to it, and a day (31 days; secure-transport.md T7). Replaced means that three devices (MAX_DEVICES) of the same
person were active later, so nothing is sent to it any more (secure-transport.md §6.2). Should it be used again, its
next message has its bundle, and it is known again; a bundle of before that somebody sends once more only brings it back
behind those three. What it sends is opened by its sessions, which stay."""
INDEX_PAGES = 16
"""Pages of the index that one step merges: 2 to 5 ms. Ours."""
VACUUM_PAGES = 64
"""Free pages of 4 KiB that one step gives back to the disk: 3 to 6 ms. Ours."""
FREE_PAGES = 1_024
"""Free pages that stay, 4 MiB, and a tenth of the file besides: what comes next takes them, and the file need not grow
and shrink by turns. Ours."""
_NOTHING_MERGED = 2
"""Changes of a merge that had nothing to do are fewer than this (documentation of FTS5)."""


class Upkeep:
    """Of one open database. Every step belongs into a transaction of its own."""

    def __init__(self, connection: sqlcipher.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._steps: Iterator[int] | None = None
        self.seen_removed = 0
        """Hashes of received envelopes among what was removed so far."""

    def step(self, now: float) -> int | None:
        """Do a little, 10 ms at most. How many rows were removed by it; ``None``: there was nothing left to do, and the
        next step begins anew.

        :param now: Unix seconds. Ages count from what is vouched for, as stored by the messenger: no clock alone
            deletes anything.
        """
        if self._steps is None:
            self._steps = self._round(now)
        removed = next(self._steps, None)
        if removed is None:
            self._steps = None
        return removed

    def _round(self, now: float) -> Iterator[int]:
        until = min(int(now), self._number(VOUCHED_TIME))
        yield from self._forget_devices(until - DEVICE_RETENTION)
        seen, sent, payloads = FORGET_OLD
        before = until - SEEN_RETENTION
        for removed in self._forget(seen, before):
            self.seen_removed += removed
            yield removed
        yield from self._forget(sent, before)
        # What is ours and not remembered was signed by a copy of this device, from this time on.
        yield from self._forget(payloads, min(before, self._number(OWN_SINCE) // 1_000_000_000))
        yield from self._merge_index()
        yield from self._give_back()

    def _forget(self, statement: str, before: int) -> Iterator[int]:
        while removed := int(self._execute(statement, (before, ROWS)).rowcount):
            yield removed

    def _forget_devices(self, before: int) -> Iterator[int]:
        """Devices of other people that were replaced. Our own ones stay: people have decided about each of them."""
        own_key = self._setting(OWN_KEY)
        if not isinstance(own_key, bytes):
            return
        own, place = PublicKey.from_bytes(own_key).compressed, b""
        while True:
            (last,) = self._execute(
                "SELECT max(identity) FROM (SELECT DISTINCT identity FROM installations WHERE identity > ?"
                " ORDER BY identity LIMIT ?)",
                (place, PEOPLE),
            ).fetchone()
            if last is None:
                return
            yield self._execute(
                "DELETE FROM installations WHERE (identity, installation_id) IN (SELECT identity, installation_id FROM"
                " (SELECT identity, installation_id, timestamp, row_number() OVER (PARTITION BY identity"
                " ORDER BY enabled DESC, timestamp DESC, installation_id) AS place FROM installations"
                " WHERE identity > ? AND identity <= ? AND identity <> ?) WHERE place > ? AND timestamp < ?)",
                (place, last, own, MAX_DEVICES, before * 1_000_000_000),
            ).rowcount
            place = last

    def _merge_index(self) -> Iterator[int]:
        """Parts of the index become one, and what deleted messages left in them goes."""
        while True:
            before = self._connection.total_changes
            self._execute("INSERT INTO message_index (message_index, rank) VALUES ('merge', ?)", (INDEX_PAGES,))
            if self._connection.total_changes - before < _NOTHING_MERGED:
                return
            yield 0

    def _give_back(self) -> Iterator[int]:
        while free_pages(self._execute) - VACUUM_PAGES > FREE_PAGES + page_count(self._execute) // 10:
            before = page_count(self._execute)
            self._execute(f"PRAGMA incremental_vacuum({VACUUM_PAGES})").fetchall()
            if page_count(self._execute) >= before:
                return  # a file of an earlier version cannot: Profiles.vacuum makes it anew
            yield 0

    def _number(self, setting: str) -> int:
        found = self._setting(setting)
        return found if isinstance(found, int) else 0

    def _setting(self, name: str) -> Any:
        row = self._execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]


def page_count(execute: Callable[..., Any]) -> int:
    """Pages of the file."""
    return int(execute("PRAGMA page_count").fetchone()[0])


def free_pages(execute: Callable[..., Any]) -> int:
    """Pages of the file that hold nothing."""
    return int(execute("PRAGMA freelist_count").fetchone()[0])
