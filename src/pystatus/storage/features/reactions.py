"""Emoji under messages, in the profile database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.features.reactions import Reaction, ReactionCount, Reactions, ReactionTables
from pystatus.storage.features.tables import FeatureTables

ROW_BYTES = 450
"""About what the database takes for a reaction, indexes included."""
ROOM = 7 / 8
"""The share of a bound that is kept when it is exceeded: so room is made once for many."""

_REACTION = "chat_id, message_id, author, type, clock, retracted"


class SqlReactions(FeatureTables, ReactionTables):
    """Implements :class:`~pystatus.messenger.features.reactions.ReactionTables`."""

    NAME = "reactions"
    FEATURE = Reactions
    TABLES = ("reactions",)
    STEPS = (
        """
        CREATE TABLE reactions (
            number INTEGER PRIMARY KEY,
            message_id BLOB NOT NULL,
            author BLOB NOT NULL,           -- compressed
            type INTEGER NOT NULL,
            chat_id TEXT NOT NULL,          -- where it came, which need not be where its message is
            clock INTEGER NOT NULL,
            retracted INTEGER NOT NULL,
            waiting INTEGER NOT NULL,       -- its message was not here when it came
            UNIQUE (message_id, author, type)
        ) STRICT;
        CREATE INDEX reactions_by_author ON reactions (author, waiting, number)
        """,
    )
    PEOPLE = MappingProxyType({("reactions", "author"): ROW_BYTES})

    def reaction(self, author: PublicKey, message_id: bytes, reaction_type: int) -> Reaction | None:
        row = self._execute(
            f"SELECT {_REACTION} FROM reactions WHERE message_id = ? AND author = ? AND type = ?",
            (message_id, author.compressed, reaction_type),
        ).fetchone()
        return _reaction(row) if row else None

    def save_reaction(self, reaction: Reaction, *, waiting: bool) -> None:
        self._execute(
            "INSERT INTO reactions (message_id, author, type, chat_id, clock, retracted, waiting)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id, author, type) DO UPDATE SET"
            " chat_id = excluded.chat_id, clock = excluded.clock, retracted = excluded.retracted,"
            " waiting = excluded.waiting",
            (
                reaction.message_id,
                reaction.author.compressed,
                reaction.type,
                reaction.chat_id,
                reaction.clock,
                reaction.retracted,
                waiting,
            ),
        )

    def types(self, author: PublicKey, message_id: bytes) -> int:
        (count,) = self._execute(
            "SELECT count(*) FROM reactions WHERE message_id = ? AND author = ?", (message_id, author.compressed)
        ).fetchone()
        return int(count)

    def trim_waiting(self, author: PublicKey, most: int) -> None:
        if self._count(author, "AND waiting") <= most:
            return
        # Of some the message has come since: they wait no longer.
        self._execute(
            "UPDATE reactions SET waiting = 0 WHERE author = ? AND waiting AND message_id IN (SELECT id FROM messages)",
            (author.compressed,),
        )
        self._trim(author, most, "AND waiting")

    def trim(self, author: PublicKey, most: int) -> None:
        self._trim(author, most, "")

    def _count(self, author: PublicKey, condition: str) -> int:
        (count,) = self._execute(
            f"SELECT count(*) FROM reactions WHERE author = ? {condition}", (author.compressed,)
        ).fetchone()
        return int(count)

    def _trim(self, author: PublicKey, most: int, condition: str) -> None:
        held = self._count(author, condition)
        if held > most:
            self._execute(
                "DELETE FROM reactions WHERE number IN"
                f" (SELECT number FROM reactions WHERE author = ? {condition} ORDER BY number LIMIT ?)",
                (author.compressed, held - int(most * ROOM)),
            )

    def counts(self, chat_id: str, message_ids: Sequence[bytes], own: PublicKey) -> Mapping[bytes, list[ReactionCount]]:
        found: dict[bytes, list[ReactionCount]] = {}
        for message_id in message_ids:
            rows = self._execute(
                "SELECT type, count(*), max(author = ?) FROM reactions"
                " WHERE message_id = ? AND chat_id = ? AND NOT retracted GROUP BY type ORDER BY type",
                (own.compressed, message_id, chat_id),
            )
            if counts := [ReactionCount(kind, count, bool(is_own)) for kind, count, is_own in rows]:
                found[message_id] = counts
        return found

    def of_author(self, author: PublicKey, most: int) -> list[Reaction]:
        rows = self._execute(
            f"SELECT {_REACTION} FROM reactions WHERE author = ? AND NOT retracted ORDER BY number DESC LIMIT ?",
            (author.compressed, most),
        )
        return [_reaction(row) for row in rows]

    def listed(self, chat_id: str, message_id: bytes, most: int) -> list[Reaction]:
        rows = self._execute(
            f"SELECT {_REACTION} FROM reactions WHERE message_id = ? AND chat_id = ? AND NOT retracted"
            " ORDER BY clock DESC, author, type LIMIT ?",
            (message_id, chat_id, most),
        )
        return [_reaction(row) for row in rows]

    def forget(self, message_ids: Sequence[bytes]) -> None:
        self._executemany("DELETE FROM reactions WHERE message_id = ?", [(message_id,) for message_id in message_ids])

    def forget_chat(self, chat_id: str) -> None:
        self._execute("DELETE FROM reactions WHERE chat_id = ?", (chat_id,))


def _reaction(row: tuple[Any, ...]) -> Reaction:
    chat_id, message_id, author, kind, clock, retracted = row
    return Reaction(chat_id, message_id, PublicKey.from_bytes(author), kind, clock, bool(retracted))
