"""Payloads that no feature takes, in the profile database."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.features.unknown_payloads import (
    Arrival,
    UnknownPayload,
    UnknownPayloads,
    UnknownPayloadTables,
)
from pystatus.storage.features.tables import FeatureTables

ROW_BYTES = 500
"""About what the database takes for one, indexes included, without the payload itself, which has a bound of its own."""

_PAYLOAD = "id, type, author, chat_id, size, sent_ms, received_ms, is_kept"


class SqlUnknownPayloads(FeatureTables, UnknownPayloadTables):
    """Implements :class:`~pystatus.messenger.features.unknown_payloads.UnknownPayloadTables`."""

    NAME = "unknown_payloads"
    FEATURE = UnknownPayloads
    TABLES = ("unknown_payloads",)
    STEPS = (
        """
        CREATE TABLE unknown_payloads (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            type INTEGER NOT NULL,
            author BLOB NOT NULL,           -- compressed, as the signer
            signer BLOB NOT NULL,
            signed INTEGER NOT NULL,
            of_stranger INTEGER NOT NULL,
            chat_id TEXT NOT NULL,
            public_name TEXT,
            forward_secrecy INTEGER NOT NULL,
            size INTEGER NOT NULL,
            sent_ms INTEGER NOT NULL,
            received_ms INTEGER NOT NULL,
            is_kept INTEGER NOT NULL,       -- 0 where it is too large
            contents BLOB NOT NULL
        ) STRICT;
        CREATE INDEX unknown_payloads_by_chat ON unknown_payloads (chat_id, number)
        """,
        # What is asked with each message of a stranger, whatever it is, and with each payload that is not understood:
        # without these all payloads would be gone through, 70 ms with 16 MiB of them.
        """
        CREATE INDEX unknown_payloads_by_author ON unknown_payloads (author);
        CREATE INDEX unknown_payloads_by_size ON unknown_payloads (of_stranger, length(contents), id)
        """,
    )
    PEOPLE = MappingProxyType({("unknown_payloads", "author"): ROW_BYTES})

    def has(self, payload_id: bytes) -> bool:
        return self._execute("SELECT 1 FROM unknown_payloads WHERE id = ?", (payload_id,)).fetchone() is not None

    def add(self, arrival: Arrival, *, of_stranger: bool) -> None:
        kept = arrival.payload
        self._execute(
            f"INSERT INTO unknown_payloads ({_PAYLOAD}, contents, signer, signed, of_stranger, public_name,"
            " forward_secrecy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                kept.id,
                kept.type,
                kept.author.compressed,
                kept.chat_id,
                kept.size,
                kept.sent_ms,
                kept.received_ms,
                kept.is_kept,
                arrival.contents,
                arrival.signer.compressed,
                arrival.signed,
                of_stranger,
                arrival.public_name,
                arrival.forward_secrecy,
            ),
        )

    def held(self, *, of_strangers: bool) -> tuple[int, int]:
        count, size = self._execute(
            "SELECT count(*), coalesce(sum(length(contents)), 0) FROM unknown_payloads WHERE of_stranger = ?",
            (of_strangers,),
        ).fetchone()
        return int(count), int(size)

    def sizes(self, *, of_strangers: bool) -> Sequence[tuple[bytes, int]]:
        rows = self._execute("SELECT id, length(contents) FROM unknown_payloads WHERE of_stranger = ?", (of_strangers,))
        return [(payload_id, size) for payload_id, size in rows]

    def forget(self, payload_ids: Sequence[bytes]) -> None:
        self._executemany("DELETE FROM unknown_payloads WHERE id = ?", [(payload_id,) for payload_id in payload_ids])

    def forget_chat(self, chat_id: str) -> None:
        self._execute("DELETE FROM unknown_payloads WHERE chat_id = ?", (chat_id,))

    def forget_author(self, author: PublicKey) -> None:
        self._execute("DELETE FROM unknown_payloads WHERE author = ?", (author.compressed,))

    def types(self) -> Sequence[int]:
        return [kind for (kind,) in self._execute("SELECT DISTINCT type FROM unknown_payloads ORDER BY type")]

    def first(self, types: Sequence[int], most: int) -> Sequence[Arrival]:
        marks = ", ".join("?" * len(types))
        rows = self._execute(
            f"SELECT {_PAYLOAD}, contents, signer, signed, public_name, forward_secrecy FROM unknown_payloads"
            f" WHERE type IN ({marks}) AND is_kept ORDER BY number LIMIT ?",
            (*types, most),
        )
        return [
            Arrival(_payload(row[:8]), contents, PublicKey.from_bytes(signer), bool(signed), public_name, bool(secret))
            for row in rows
            for contents, signer, signed, public_name, secret in [row[8:]]
        ]

    def contents(self, payload_id: bytes) -> bytes | None:
        row = self._execute("SELECT contents FROM unknown_payloads WHERE id = ? AND is_kept", (payload_id,)).fetchone()
        return row[0] if row else None

    def listed(self, chat_id: str | None, most: int) -> Sequence[UnknownPayload]:
        where, values = ("", ()) if chat_id is None else (" WHERE chat_id = ?", (chat_id,))
        rows = self._execute(
            f"SELECT {_PAYLOAD} FROM unknown_payloads{where} ORDER BY number DESC LIMIT ?", (*values, most)
        )
        return [_payload(row) for row in rows]


def _payload(row: tuple[Any, ...]) -> UnknownPayload:
    payload_id, kind, author, chat_id, size, sent_ms, received_ms, is_kept = row
    person = PublicKey.from_bytes(author)
    return UnknownPayload(payload_id, kind, person, chat_id, size, sent_ms, received_ms, bool(is_kept))
