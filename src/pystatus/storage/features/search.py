"""The words of all messages, in the profile database: encrypted like everything else in it."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import accumulate

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.messenger.features.search import STEP_TEXT, Hit, MessageIndex, Query, Search
from pystatus.messenger.records import Cursor
from pystatus.payloads.kinds import ContentType
from pystatus.storage.features.tables import FeatureTables
from pystatus.storage.messages import IS_SHOWN

BLOCK_BITS = 10
"""1,024 messages that came one after another are a block, of which the oldest and the newest clock are stored."""
_LAST = 2**63 - 1
_TOKENIZER = "tokenize = 'unicode61 remove_diacritics 2'"
_PLACE = "'c' || {0}chat || ' a' || {0}author"
_MARKS = ("\ufdd0", "\ufdd1")
"""Code points that are no characters: what matched stands between them. A text that has one is found without places."""
_INDEX = f"""
-- The words of messages. Chat and author are words of a column of their own, so that the index finds those, too.
CREATE VIEW message_texts AS SELECT number, text, {_PLACE.format("")} AS place FROM messages;
CREATE VIRTUAL TABLE message_index USING fts5 (
    text, place, content = 'message_texts', content_rowid = 'number', columnsize = 0, {_TOKENIZER}
);
INSERT INTO message_index (message_index, rank) VALUES ('secure-delete', 1);

-- The number of the last message in the index.
CREATE TABLE search_progress (one INTEGER PRIMARY KEY CHECK (one = 1), indexed INTEGER NOT NULL) STRICT;

-- Messages come nearly in the order of their clocks. This tells how far from it.
CREATE TABLE search_blocks (
    block INTEGER PRIMARY KEY,
    oldest INTEGER NOT NULL,
    newest INTEGER NOT NULL
) STRICT;

INSERT INTO message_index (rowid, text, place) SELECT number, text, place FROM message_texts ORDER BY number;
INSERT INTO search_blocks SELECT number >> {BLOCK_BITS}, clock, clock FROM messages WHERE true
ON CONFLICT (block) DO UPDATE SET oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest);
INSERT INTO search_progress SELECT 1, coalesce(max(number), 0) FROM messages;

-- What is deleted leaves the index in the same transaction. The number of the last message is given to the next one.
CREATE TRIGGER message_unindexed AFTER DELETE ON messages BEGIN
    INSERT INTO message_index (message_index, rowid, text, place)
    SELECT 'delete', OLD.number, OLD.text, {_PLACE.format("OLD.")}
    WHERE OLD.number <= (SELECT indexed FROM search_progress);
    UPDATE search_progress SET indexed = coalesce((SELECT max(number) FROM messages), 0)
    WHERE indexed > coalesce((SELECT max(number) FROM messages), 0);
END;
CREATE TRIGGER message_reindexed AFTER UPDATE OF text, chat, author ON messages
WHEN OLD.number <= (SELECT indexed FROM search_progress) BEGIN
    INSERT INTO message_index (message_index, rowid, text, place)
    VALUES ('delete', OLD.number, OLD.text, {_PLACE.format("OLD.")});
    INSERT INTO message_index (rowid, text, place) VALUES (NEW.number, NEW.text, {_PLACE.format("NEW.")});
END;
"""


class SqlMessageIndex(FeatureTables, MessageIndex):
    """Implements :class:`~pystatus.messenger.features.search.MessageIndex`."""

    NAME = "search"
    FEATURE = Search
    TABLES = ("message_index", "search_progress", "search_blocks")
    STEPS = (_INDEX,)

    def waiting(self) -> tuple[int, int]:
        """See there."""
        last = self._execute("SELECT number, received_ms FROM messages ORDER BY number DESC LIMIT 1").fetchone()
        return (0, 0) if last is None else (max(0, last[0] - self._indexed()), last[1])

    def take(self, most: int, most_text: int = STEP_TEXT) -> None:
        """See there."""
        done = self._indexed()
        (end,) = self._execute(
            "SELECT max(number) FROM (SELECT number, row_number() OVER texts AS place, sum(length(text)) OVER texts AS"
            " size FROM (SELECT number, text FROM messages WHERE number > ? ORDER BY number LIMIT ?)"
            " WINDOW texts AS (ORDER BY number)) WHERE place = 1 OR size <= ?",
            (done, most, most_text),
        ).fetchone()
        if end is None:
            return
        portion = (done, end)
        self._execute(
            "INSERT INTO message_index (rowid, text, place)"
            " SELECT number, text, place FROM message_texts WHERE number > ? AND number <= ? ORDER BY number",
            portion,
        )
        self._execute(
            f"INSERT INTO search_blocks SELECT number >> {BLOCK_BITS}, clock, clock FROM messages"
            " WHERE number > ? AND number <= ? ON CONFLICT (block) DO UPDATE SET"
            " oldest = min(oldest, excluded.oldest), newest = max(newest, excluded.newest)",
            portion,
        )
        self._execute("UPDATE search_progress SET indexed = ?", (end,))

    def find(self, query: Query, limit: int, before: Cursor | None) -> Sequence[Hit]:
        """See there."""
        self._execute("SAVEPOINT search")  # all of it is read as of one moment, beside a process that writes, too
        try:
            return self._find(query, limit, before)
        finally:
            self._execute("RELEASE search")

    def authors(self, limit: int) -> Sequence[bytes]:
        """See there."""
        rows = self._execute("SELECT key FROM authors WHERE messages > 0 ORDER BY number DESC LIMIT ?", (limit,))
        return [key for (key,) in rows]

    def _find(self, query: Query, limit: int, before: Cursor | None) -> Sequence[Hit]:
        if not query.terms:
            return self._find_all(query, limit, before)
        match = self._match(query)
        if match is None or limit < 1:
            return []
        best = _Newest(limit, query, before)
        waiting = self._execute(
            "SELECT t.number, t.text, t.place FROM message_texts AS t JOIN messages AS m ON m.number = t.number"
            f" WHERE t.number > ? AND {IS_SHOWN}",
            (self._indexed(),),
        )
        for number in _found(match, waiting):
            best.add(number, *self._place(number))
        self._find_indexed(match, best)
        found = best.all()
        texts = (
            self._execute("SELECT number, text, place FROM message_texts WHERE number = ?", (number,)).fetchone()
            for number, _ in found
        )
        matches = _found(match, texts)
        return [Hit(message_id, matches.get(number, ())) for number, message_id in found]

    def _find_all(self, query: Query, limit: int, before: Cursor | None) -> Sequence[Hit]:
        """Without words nothing has to be looked up: the newest messages that are as they are wanted."""
        wanted: list[tuple[str, int | bytes | str]] = []
        if query.chat_id is not None:
            wanted.append(("m.chat = (SELECT number FROM chat_numbers WHERE id = ?)", query.chat_id))
        if query.author is not None:
            wanted.append(("m.author = (SELECT number FROM authors WHERE key = ?)", query.author.uncompressed))
        if query.content_type is not None:
            wanted.append(("m.content_type = ?", query.content_type))
        if query.since_ms is not None:
            wanted.append(("m.clock >= ?", query.since_ms))
        if query.until_ms is not None:
            wanted.append(("m.clock <= ?", query.until_ms))
        values: list[int | bytes | str] = [value for _, value in wanted]
        conditions = [condition for condition, _ in wanted]
        if query.content_type is None:
            conditions.append(f"m.content_type <> {ContentType.SYSTEM_PRIVATE_GROUP:d}")  # nobody has written that
        if before is not None:
            conditions.append("(m.clock, m.id) < (?, ?)")
            values += [before.clock, before.id]
        rows = self._execute(
            f"SELECT m.id FROM messages AS m WHERE {' AND '.join([*conditions, IS_SHOWN])}"
            " ORDER BY m.clock DESC, m.id DESC LIMIT ?",
            (*values, max(0, limit)),
        )
        return [Hit(message_id, ()) for (message_id,) in rows]

    def _find_indexed(self, match: str, best: _Newest) -> None:
        """Go back from the last message that is old enough, until nothing newer can be there than what was found."""
        blocks = self._execute("SELECT block, oldest, newest FROM search_blocks ORDER BY block").fetchall()
        numbers = [block for block, _, _ in blocks]
        newest = list(accumulate((clock for _, _, clock in blocks), max))
        beginning = next((block for block, oldest, _ in reversed(blocks) if oldest <= best.until), None)
        if beginning is None:
            return
        rows: Iterator[tuple[int, int, bytes, int]] = self._execute(
            "SELECT m.number, m.clock, m.id, m.content_type"
            " FROM message_index AS i JOIN messages AS m ON m.number = i.rowid"
            f" WHERE message_index MATCH ? AND i.rowid < ? AND {IS_SHOWN} ORDER BY i.rowid DESC",
            (match, (beginning + 1) << BLOCK_BITS),
        )
        for number, clock, message_id, content_type in rows:
            if newest[bisect_right(numbers, number >> BLOCK_BITS) - 1] < best.least:
                return
            best.add(number, clock, message_id, content_type)

    def _indexed(self) -> int:
        (number,) = self._execute("SELECT indexed FROM search_progress").fetchone()
        return int(number)

    def _place(self, number: int) -> tuple[int, bytes, int]:
        query = "SELECT clock, id, content_type FROM messages WHERE number = ?"
        clock, message_id, content_type = self._execute(query, (number,)).fetchone()
        return clock, message_id, content_type

    def _match(self, query: Query) -> str | None:
        """The query in the language of the index; ``None``: nothing can be found."""
        words = " AND ".join(f'"{_quoted(term.words)}"{" *" * term.is_prefix}' for term in query.terms)
        parts = [f"{{text}} : ({words})"]
        for letter, table, column, value in (
            ("c", "chat_numbers", "id", query.chat_id),
            ("a", "authors", "key", None if query.author is None else query.author.uncompressed),
        ):
            if value is not None:
                row = self._execute(f"SELECT number FROM {table} WHERE {column} = ?", (value,)).fetchone()
                if row is None:
                    return None
                parts.append(f'{{place}} : "{letter}{row[0]}"')
        return " AND ".join(parts)


def _found(match: str, rows: Iterable[tuple[int, str, str]]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Those of some rows (number, text, place) that match, and where in their texts: by an index in memory, which reads
    them as the stored one does."""
    begin, end = _MARKS
    with closing(sqlcipher.connect(":memory:")) as memory:
        memory.execute(f"CREATE VIRTUAL TABLE message_index USING fts5 (text, place, {_TOKENIZER})")
        memory.executemany("INSERT INTO message_index (rowid, text, place) VALUES (?, ?, ?)", rows)
        found = memory.execute(
            "SELECT rowid, text, highlight(message_index, 0, ?, ?) FROM message_index WHERE message_index MATCH ?",
            (begin, end, match),
        )
        return {
            number: () if begin in text or end in text else tuple(_places(marked, begin, end))
            for number, text, marked in found
        }


def _quoted(words: str) -> str:
    return words.replace('"', '""')


def _places(marked: str, begin: str, end: str) -> Iterator[tuple[int, int]]:
    """The places between marks, in the text without them."""
    plain, *matches = marked.split(begin)
    at = len(plain)
    for part in matches:
        inside, outside = part.split(end, 1)
        yield at, at + len(inside)
        at += len(inside) + len(outside)


class _Newest:
    """The newest messages of those that were looked at."""

    def __init__(self, limit: int, query: Query, before: Cursor | None) -> None:
        self.until = _LAST if query.until_ms is None else query.until_ms
        self._before = (_LAST, b"\xff" * 33) if before is None else (before.clock, before.id)
        self.until = min(self.until, self._before[0])
        self._since = -_LAST if query.since_ms is None else query.since_ms
        self._limit = limit
        self._content_type = query.content_type
        self._heap: list[tuple[int, bytes, int]] = []

    @property
    def least(self) -> int:
        """The clock that a message has to have to be one of them."""
        return self._heap[0][0] if len(self._heap) == self._limit else self._since

    def add(self, number: int, clock: int, message_id: bytes, content_type: int) -> None:
        """A message has the words."""
        if self._content_type is not None and content_type != self._content_type:
            return
        if not self._since <= clock <= self.until or (clock, message_id) >= self._before:
            return
        entry = (clock, message_id, number)
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def all(self) -> Sequence[tuple[int, bytes]]:
        """Their numbers and ids, the newest first."""
        return [(number, message_id) for _, message_id, number in sorted(self._heap, reverse=True)]
