"""Groups, what was sent to them, and requests to join, in the profile database."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.group_records import Delivery, GroupStore, JoinRequest
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.kinds import InvitationState
from pystatus.storage.features.tables import FeatureTables
from pystatus.storage.id_lists import chunks, marks
from pystatus.storage.unindexing import quick_unindexing

_KEPT = "length(payload) > 0"
"""Of a message of ours: somebody lacks it, and it can be sent again."""
_REQUEST = "id, chat_id, person, admin, introduction, name, clock, state"


class SqlGroups(FeatureTables, GroupStore):
    """Implements :class:`~pystatus.messenger.group_records.GroupStore`."""

    NAME = "groups"
    FEATURE = Groups
    TABLES = ("groups", "group_events", "group_sent", "group_missing", "group_requests", "group_people")
    STEPS = (
        """
        CREATE TABLE groups (
            chat_id TEXT PRIMARY KEY,
            version BLOB NOT NULL,
            inviter BLOB                    -- the stranger who brought it, until we join
        ) STRICT, WITHOUT ROWID;

        -- As they were signed, and verified once.
        CREATE TABLE group_events (
            chat_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            author BLOB NOT NULL,
            raw BLOB NOT NULL,
            PRIMARY KEY (chat_id, number)
        ) STRICT, WITHOUT ROWID;

        -- Messages of ours, to how many members they went, and who of them lacks them.
        CREATE TABLE group_sent (
            message_id BLOB PRIMARY KEY,
            chat_id TEXT NOT NULL,
            members INTEGER NOT NULL,
            payload BLOB NOT NULL           -- to send it again; empty once all have it
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE group_missing (
            message_id BLOB NOT NULL,
            member BLOB NOT NULL,
            PRIMARY KEY (message_id, member)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX group_missing_by_member ON group_missing (member);

        CREATE TABLE group_requests (
            id BLOB PRIMARY KEY,
            chat_id TEXT NOT NULL,
            person BLOB NOT NULL,
            admin BLOB NOT NULL,
            introduction TEXT NOT NULL,
            name TEXT NOT NULL,
            clock INTEGER NOT NULL,
            state INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
        # What is asked with each request of a stranger, and of each member who goes: of one group alone.
        """
        CREATE INDEX group_requests_by_chat ON group_requests (chat_id, person, id);
        CREATE INDEX group_sent_by_chat ON group_sent (chat_id);
        CREATE INDEX group_sent_kept ON group_sent (length(payload)) WHERE length(payload) > 0
        """,
        # Asked with each member who goes: without it all groups would be folded, 0.5 s for a hundred.
        """
        ALTER TABLE groups ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;  -- whether group_people has its members
        CREATE TABLE group_people (
            person BLOB NOT NULL,
            chat_id TEXT NOT NULL,
            PRIMARY KEY (person, chat_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX group_people_by_chat ON group_people (chat_id)
        """,
    )

    # events

    def version(self, chat_id: str) -> bytes | None:
        row = self._execute("SELECT version FROM groups WHERE chat_id = ?", (chat_id,)).fetchone()
        return row[0] if row else None

    def events(self, chat_id: str) -> Sequence[SignedEvent]:
        rows = self._execute("SELECT raw, author FROM group_events WHERE chat_id = ? ORDER BY number", (chat_id,))
        return [
            SignedEvent(raw, PublicKey.from_bytes(author), MembershipUpdateEvent.decode(raw[SIGNATURE_SIZE:]))
            for raw, author in rows
        ]

    def save_events(self, chat_id: str, version: bytes, events: Sequence[SignedEvent]) -> None:
        self._execute(
            "INSERT INTO groups (chat_id, version) VALUES (?, ?)"
            " ON CONFLICT (chat_id) DO UPDATE SET version = excluded.version",
            (chat_id, version),
        )
        rows = self._execute("SELECT raw, number FROM group_events WHERE chat_id = ?", (chat_id,))
        before: dict[bytes, int] = dict(rows.fetchall())
        after = {event.raw: event for event in events}
        self._executemany(
            "DELETE FROM group_events WHERE chat_id = ? AND number = ?",
            [(chat_id, number) for raw, number in before.items() if raw not in after],
        )
        new = [event for raw, event in after.items() if raw not in before]
        self._executemany(
            "INSERT INTO group_events (chat_id, number, author, raw) VALUES (?, ?, ?, ?)",
            [
                (chat_id, number, event.author.uncompressed, event.raw)
                for number, event in enumerate(new, 1 + max(before.values(), default=-1))
            ],
        )

    def groups(self) -> Sequence[str]:
        return [chat_id for (chat_id,) in self._execute("SELECT chat_id FROM groups ORDER BY chat_id")]

    # whom we listen for

    def people(self, chat_id: str | None = None) -> Sequence[bytes]:
        where, values = (" WHERE chat_id = ?", (chat_id,)) if chat_id else ("", ())
        return [one for (one,) in self._execute(f"SELECT DISTINCT person FROM group_people{where}", values)]

    def save_people(self, chat_id: str, people: Sequence[bytes]) -> None:
        before, after = set(self.people(chat_id)), set(people)
        self._executemany(
            "DELETE FROM group_people WHERE person = ? AND chat_id = ?", [(one, chat_id) for one in before - after]
        )
        self._executemany(
            "INSERT INTO group_people (person, chat_id) VALUES (?, ?)", [(one, chat_id) for one in after - before]
        )
        self._execute("UPDATE groups SET heard = 1 WHERE chat_id = ? AND NOT heard", (chat_id,))

    def groups_without_people(self) -> Sequence[str]:
        return [chat_id for (chat_id,) in self._execute("SELECT chat_id FROM groups WHERE NOT heard ORDER BY chat_id")]

    # invitations of strangers

    def set_inviter(self, chat_id: str, inviter: bytes | None) -> None:
        self._execute("UPDATE groups SET inviter = ? WHERE chat_id = ?", (inviter, chat_id))

    def invitations(self) -> Sequence[tuple[str, bytes]]:
        rows = self._execute("SELECT chat_id, inviter FROM groups WHERE inviter IS NOT NULL ORDER BY chat_id")
        return [(chat_id, inviter) for chat_id, inviter in rows]

    def forget_group(self, chat_id: str) -> None:
        self.forget_all_sent(chat_id)
        for table in ("groups", "group_events", "group_requests", "group_people"):
            self._execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))
        with quick_unindexing(self._execute):
            self._execute(
                "DELETE FROM messages WHERE chat = (SELECT number FROM chat_numbers WHERE id = ?)", (chat_id,)
            )
        self._execute("DELETE FROM chats WHERE id = ?", (chat_id,))
        self._memory.forget()

    # messages of ours

    def add_sent(self, message_id: bytes, chat_id: str, payload: bytes, members: Sequence[bytes]) -> None:
        self._execute(
            "INSERT INTO group_sent (message_id, chat_id, members, payload) VALUES (?, ?, ?, ?)",
            (message_id, chat_id, len(members), payload),
        )
        self._executemany(
            "INSERT INTO group_missing (message_id, member) VALUES (?, ?)",
            [(message_id, member) for member in members],
        )

    def sent_payload(self, message_id: bytes) -> bytes | None:
        row = self._execute("SELECT payload FROM group_sent WHERE message_id = ?", (message_id,)).fetchone()
        return row[0] or None if row else None

    def missing(self, message_id: bytes) -> Sequence[bytes]:
        rows = self._execute("SELECT member FROM group_missing WHERE message_id = ? ORDER BY member", (message_id,))
        return [member for (member,) in rows]

    def to_groups(self, message_ids: Sequence[bytes]) -> Set[bytes]:
        return {
            message_id
            for chunk in chunks(message_ids)
            for (message_id,) in self._execute(
                f"SELECT message_id FROM group_sent WHERE message_id IN ({marks(chunk)})", chunk
            )
        }

    def delivery(self, message_id: bytes) -> Delivery | None:
        row = self._execute(
            "SELECT members, (SELECT count(*) FROM group_missing WHERE message_id = :id)"
            " FROM group_sent WHERE message_id = :id",
            {"id": message_id},
        ).fetchone()
        return Delivery(row[0] - row[1], row[0]) if row else None

    def acknowledged(self, message_id: bytes, member: bytes) -> bool:
        cursor = self._execute("DELETE FROM group_missing WHERE message_id = ? AND member = ?", (message_id, member))
        return bool(cursor.rowcount == 1)

    def finish(self, message_id: bytes) -> None:
        self._execute("UPDATE group_sent SET payload = x'' WHERE message_id = ?", (message_id,))

    def forget_sent(self, message_id: bytes) -> None:
        for table in ("group_missing", "group_sent"):
            self._execute(f"DELETE FROM {table} WHERE message_id = ?", (message_id,))

    def forget_all_sent(self, chat_id: str) -> None:
        self._execute(
            "DELETE FROM group_missing WHERE message_id IN (SELECT message_id FROM group_sent WHERE chat_id = ?)",
            (chat_id,),
        )
        self._execute("DELETE FROM group_sent WHERE chat_id = ?", (chat_id,))

    def trim_payloads(self, newest: bytes, most: int, wanted: int) -> None:
        (held,) = self._execute(f"SELECT coalesce(sum(length(payload)), 0) FROM group_sent WHERE {_KEPT}").fetchone()
        if held <= most:
            return
        oldest = self._execute(
            f"SELECT message_id, length(payload) FROM group_sent LEFT JOIN messages ON id = message_id WHERE {_KEPT}"
            " ORDER BY message_id = ?, messages.number",
            (newest,),
        )
        for message_id, size in oldest.fetchall():
            if held <= wanted:
                break
            self.finish(message_id)
            held -= size

    def expect_nothing_of(
        self, chat_id: str, members: Sequence[bytes], most: int
    ) -> tuple[Sequence[bytes], Sequence[bytes]]:
        found: list[bytes] = []
        left = list(members)
        marks = ", ".join("?" * len(members))
        while left:
            rows = self._execute(
                "SELECT message_id FROM group_missing AS m WHERE member = ? AND EXISTS"
                " (SELECT 1 FROM group_sent AS s WHERE s.message_id = m.message_id AND s.chat_id = ?) LIMIT ?",
                (left[0], chat_id, most - len(found)),
            ).fetchall()
            for (message_id,) in rows:
                fewer = self._execute(
                    f"DELETE FROM group_missing WHERE message_id = ? AND member IN ({marks})", (message_id, *members)
                ).rowcount
                self._execute("UPDATE group_sent SET members = members - ? WHERE message_id = ?", (fewer, message_id))
                found.append(message_id)
            if len(found) == most:
                break
            del left[0]
        return found, left

    # requests to join

    def request(self, request_id: bytes) -> JoinRequest | None:
        row = self._execute(f"SELECT {_REQUEST} FROM group_requests WHERE id = ?", (request_id,)).fetchone()
        return _request(row) if row else None

    def requests(self, chat_id: str | None = None) -> Sequence[JoinRequest]:
        where, values = (" WHERE chat_id = ?", (chat_id,)) if chat_id else ("", ())
        rows = self._execute(f"SELECT {_REQUEST} FROM group_requests{where} ORDER BY clock, id", values)
        return [_request(row) for row in rows]

    def requests_of_others(self, chat_id: str, own: bytes) -> Sequence[bytes]:
        rows = self._execute(
            "SELECT id FROM group_requests WHERE chat_id = ? AND person <> ? ORDER BY id", (chat_id, own)
        )
        return [request_id for (request_id,) in rows]

    def save_request(self, request: JoinRequest) -> None:
        self._execute(
            f"INSERT OR REPLACE INTO group_requests ({_REQUEST}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                request.id,
                request.chat_id,
                request.person.compressed,
                request.admin.compressed,
                request.introduction,
                request.name,
                request.clock,
                request.state,
            ),
        )

    def forget_request(self, request_id: bytes) -> None:
        self._execute("DELETE FROM group_requests WHERE id = ?", (request_id,))


def _request(row: tuple[Any, ...]) -> JoinRequest:
    request_id, chat_id, person, admin, introduction, name, clock, state = row
    return JoinRequest(
        request_id,
        chat_id,
        PublicKey.from_bytes(person),
        PublicKey.from_bytes(admin),
        introduction,
        name,
        clock,
        InvitationState(state),
    )
