"""Whom we know and what is kept of strangers, in the profile database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.people import MESSAGE_BYTES, Budget, Kept
from pystatus.messenger.records import Cursor
from pystatus.payloads.chats import ChatKind
from pystatus.storage.database import Database
from pystatus.storage.decisions import Decisions
from pystatus.storage.features.registry import feature_tables
from pystatus.storage.memory import Remembered
from pystatus.storage.messages import ORDER, places
from pystatus.storage.unindexing import quick_unindexing

KEPT = {
    ("installations", "identity"): 300,
    ("ratchet_sessions", "identity"): 900,
    ("negotiated_peers", "identity"): 50,
    ("seen_ephemeral_keys", "identity"): 180,
    ("sync_peers", "identity"): 200,
    ("sync_records", "peer"): 250,
    ("sync_known", "peer"): 200,
    ("sync_acks", "peer"): 180,
    ("bundle_replies", "identity"): 60,
}
"""Each table that names people, by the column that does: about how many bytes of the file a row takes, indexes
included. What hangs on these rows goes with them. Features have tables besides: see :func:`kept_tables`."""
SESSION_PARTS = {"skipped_keys": 200, "past_chains": 150}
"""The same of what hangs on a ratchet session."""
SESSIONS = ("installations", "ratchet_sessions")
"""Of :data:`KEPT`, what opens messages."""
TRACES = ("seen_ephemeral_keys", "sync_records", "sync_known", "sync_acks")
"""Of :data:`KEPT`, what only serves late and repeated messages."""
MESSAGE_SIZE = (
    f"({MESSAGE_BYTES} + 2 * length(CAST(messages.text AS BLOB))"  # its text has bytes
    " + coalesce((SELECT length(payload) FROM message_payloads WHERE number = messages.number), 0))"
)
"""The same as :func:`~pystatus.messenger.people.message_bytes`, without what features keep of a message: see
:func:`message_size`."""
STRANGER_BYTES = 200
"""Of a row in the table of strangers."""
CHAT_BYTES = 400
"""Of a row in the table of chats."""
LISTENED_STRANGERS = 500
"""Strangers whom an earlier version answered and who therefore write on the negotiated topic: to those whose chats were
used last we go on listening. Each costs a topic, and 7 ms once to derive its key."""

_IN_CHAT = "chat = (SELECT number FROM chat_numbers WHERE id = {})"
_OF_STRANGERS = (
    f" FROM messages WHERE {_IN_CHAT.format('?')} AND state IS NULL"
    # The x coordinate stands for a key: known_people has compressed ones, authors both coordinates.
    " AND (SELECT substr(key, 2, 32) FROM authors WHERE number = messages.author)"
    " NOT IN (SELECT substr(identity, 2) FROM known_people)"
)
_UNCOUNTED = "strangers_uncounted"


def kept_tables() -> dict[tuple[str, str], int | str]:
    """:data:`KEPT`, with the tables of features."""
    return {**KEPT, **{place: size for kind in feature_tables() for place, size in kind.PEOPLE.items()}}


def message_size() -> str:
    """SQL: the bytes of a row of ``messages``, and of what features keep of it beside it."""
    beside = (
        f" + coalesce((SELECT sum({size}) FROM {table} WHERE {table}.{column} = messages.{_named_by(column)}), 0)"
        for kind in feature_tables()
        for (table, column), size in kind.OF_MESSAGES.items()
    )
    return f"({MESSAGE_SIZE}{''.join(beside)})"


def _named_by(column: str) -> str:
    """The column of ``messages`` that such a column of another table names."""
    return "number" if column == "number" else "id"


def _kept_of(tables: dict[tuple[str, str], int | str]) -> str:
    """SQL: the bytes of all that is kept of one person, the bytes of their messages, and whether they have a chat."""
    return (
        f"SELECT {STRANGER_BYTES} + "
        + " + ".join(
            f"{size} * (SELECT count(*) FROM {table} WHERE {column} = :identity)"
            if isinstance(size, int)
            else f"(SELECT coalesce(sum({size}), 0) FROM {table} WHERE {column} = :identity)"
            for (table, column), size in tables.items()
        )
        + "".join(
            f" + {size} * (SELECT count(*) FROM {table} WHERE session_id IN"
            " (SELECT id FROM ratchet_sessions WHERE identity = :identity))"
            for table, size in SESSION_PARTS.items()
        )
        + f", (SELECT coalesce(sum({message_size()}), 0) FROM messages WHERE {_IN_CHAT.format(':chat')}),"
        " EXISTS (SELECT 1 FROM chats WHERE id = :chat)"
    )


class SqlPeopleStore:
    """Implements :class:`~pystatus.messenger.people.PeopleStore` on an open database. Beginning and ending transactions
    is the caller's business."""

    def __init__(self, database: Database) -> None:
        self._execute = database.connection.execute
        self._executemany = database.connection.executemany
        self._memory = database.memory
        self._known: Remembered[bytes, bool] = self._memory.of("known_people")
        self._decisions = Decisions(database.connection, self._memory)
        self._kept = kept_tables()
        self._kept_of = _kept_of(self._kept)
        self._message_size = message_size()

    def is_known(self, identity: bytes) -> bool:
        if identity in self._known:
            return True
        row = self._execute("SELECT 1 FROM known_people WHERE identity = ?", (identity,)).fetchone()
        if row is not None:
            self._known.keep(identity, True)
        return row is not None

    def is_blocked(self, identity: bytes) -> bool:
        return self._decisions.is_blocked(identity)

    def add_known(self, identity: bytes) -> bool:
        if identity in self._known:
            return False
        cursor = self._execute("INSERT OR IGNORE INTO known_people (identity) VALUES (?)", (identity,))
        self._known.keep(identity, True)
        if cursor.rowcount != 1:
            return False
        self._execute("DELETE FROM strangers WHERE identity = ?", (identity,))
        return True

    def kept(self, identity: bytes, chat_id: str) -> Kept:
        state, messages, writes = self._execute(self._kept_of, {"identity": identity, "chat": chat_id}).fetchone()
        if state == STRANGER_BYTES and not writes:
            return Kept(0, 0, False)
        return Kept(state + CHAT_BYTES * writes, messages, bool(writes))

    def save_stranger(self, identity: bytes, chat_id: str | None, size: int) -> None:
        if not size:
            self._execute("DELETE FROM strangers WHERE identity = ?", (identity,))
            return
        self._execute(
            "INSERT INTO strangers (identity, chat_id, bytes) VALUES (?, ?, ?)"
            " ON CONFLICT (identity) DO UPDATE SET chat_id = excluded.chat_id, bytes = excluded.bytes",
            (identity, chat_id, size),
        )

    def totals(self, *, writes: bool) -> Budget:
        return Budget(
            *self._execute("SELECT people, bytes FROM stranger_totals WHERE writes = ?", (writes,)).fetchone()
        )

    def strangers(self, *, writes: bool) -> Sequence[tuple[bytes, int]]:
        rows = self._execute(
            "SELECT identity, bytes FROM strangers WHERE (chat_id IS NOT NULL) = ? ORDER BY identity", (writes,)
        )
        return [(identity, size) for identity, size in rows]

    def trim_messages(self, chat_id: str, most: int) -> None:
        sizes = self._execute(
            f"SELECT number, {self._message_size} FROM messages WHERE {_IN_CHAT.format('?')} ORDER BY number DESC",
            (chat_id,),
        ).fetchall()
        left = most
        for place, (number, size) in enumerate(sizes):
            left -= size
            if left < 0 and place:
                with quick_unindexing(self._execute):
                    self._execute(
                        f"DELETE FROM messages WHERE {_IN_CHAT.format('?')} AND number <= ?", (chat_id, number)
                    )
                return

    def public_messages(self, chat_id: str, after: Cursor | None, limit: int) -> Sequence[tuple[Cursor, int]]:
        rows: list[tuple[int, bytes, int]] = []
        for condition, place in places(after, upwards=True):
            rows += self._execute(
                f"SELECT clock, id, {self._message_size}{_OF_STRANGERS}{condition} ORDER BY {ORDER.format('')} LIMIT ?",
                (chat_id, *place, limit - len(rows)),
            ).fetchall()
        return [(Cursor(clock, message_id), size) for clock, message_id, size in rows]

    def forget_messages(self, ids: Iterable[bytes]) -> None:
        self._executemany("DELETE FROM messages WHERE id = ?", [(message_id,) for message_id in ids])

    def displace_messages(self, ids: Iterable[bytes]) -> None:
        leaving = [(message_id,) for message_id in ids]
        if leaving:
            with quick_unindexing(self._execute):
                self._executemany("DELETE FROM messages WHERE id = ?", leaving)

    def drop_traces(self, identity: bytes) -> None:
        for table, column in KEPT:
            if table in TRACES:
                self._execute(f"DELETE FROM {table} WHERE {column} = ?", (identity,))
        for table in SESSION_PARTS:
            self._execute(
                f"DELETE FROM {table} WHERE session_id IN (SELECT id FROM ratchet_sessions WHERE identity = ?)",
                (identity,),
            )

    def forget(self, identities: Iterable[bytes], *, sessions: bool = True) -> None:
        leaving = [(identity,) for identity in identities]
        self._memory.forget()
        for table, column in self._kept:
            if table in SESSIONS and not sessions:
                continue
            self._executemany(f"DELETE FROM {table} WHERE {column} = ?", leaving)
        chat = "(SELECT chat_id FROM strangers WHERE identity = ?)"
        with quick_unindexing(self._execute):
            self._executemany(f"DELETE FROM messages WHERE {_IN_CHAT.format(chat)}", leaving)
        self._executemany(f"DELETE FROM chats WHERE id = {chat}", leaving)
        self._executemany("DELETE FROM strangers WHERE identity = ?", leaving)

    def count_all(self, own: bytes) -> bool:
        self._memory.forget()
        if self._execute("DELETE FROM settings WHERE name = ?", (_UNCOUNTED,)).rowcount != 1:
            return False
        chats = self._execute(
            "SELECT id FROM chats WHERE kind = ? ORDER BY updated_ms DESC, id", (ChatKind.ONE_TO_ONE,)
        ).fetchall()
        writers = [(PublicKey.from_bytes(bytes.fromhex(chat_id[2:])).compressed, chat_id) for (chat_id,) in chats]
        strangers = [(identity, chat_id) for identity, chat_id in writers if not self.is_known(identity)]
        self._executemany("INSERT INTO strangers (identity, chat_id, bytes) VALUES (?, ?, 0)", strangers)
        for table, column in self._kept:
            self._execute(
                f"DELETE FROM {table} WHERE {column} <> ? AND {column} NOT IN (SELECT identity FROM known_people)"
                f" AND {column} NOT IN (SELECT identity FROM strangers)",
                (own,),
            )
        self._executemany(
            "DELETE FROM negotiated_peers WHERE identity = ?",
            [(identity,) for identity, _ in strangers[LISTENED_STRANGERS:]],
        )
        self._execute(
            "UPDATE installations SET answered = 0 WHERE answered AND identity NOT IN"
            " (SELECT identity FROM negotiated_peers)"
        )
        return True
