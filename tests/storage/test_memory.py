"""Rows that are remembered are as the database has them: after every change, and after one that is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.datasync.store import Peer
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.secure_transport.store import Installation
from pystatus.storage.database import Database
from pystatus.storage.memory import MAX_ROWS, Memory
from pystatus.storage.messenger import SqlMessengerStore

KEY = bytes(range(32))
BOB = PrivateKey(bytes(31) + b"\x08").public_key
THEIRS = BOB.compressed
CHAT = Chat(BOB.hex, ChatKind.ONE_TO_ONE)
PHONE = Installation(THEIRS, "phone", 1, True, 1, bytes(33), 1, 1)
DELETED = bytes(32)


class Undone(Exception):
    """What is done is undone."""


def _stranger(store: SqlMessengerStore) -> None:
    """Somebody of whom all tables have something is forgotten."""
    store.people.save_stranger(THEIRS, BOB.hex, 1)
    store.people.forget([THEIRS])


CHANGES: dict[str, Callable[[SqlMessengerStore], object]] = {
    "a chat moves": lambda store: store.save_chat(replace(CHAT, last_clock=7, unread=1)),
    "a chat is renamed": lambda store: store.save_chat(replace(CHAT, name="others", cleared_clock=7)),
    "a group is forgotten": lambda store: store.tables(Groups).forget_group(CHAT.id),
    "somebody becomes known": lambda store: store.people.add_known(THEIRS),
    "a stranger is forgotten": _stranger,
    "somebody is blocked": lambda store: store.tables(Contacts).save(Contact(BOB, blocked=True, cleared_clock=9)),
    "a device is seen": lambda store: store.encryption.save_installation(replace(PHONE, timestamp=2)),
    "a device is dropped": lambda store: store.encryption.drop_installation(THEIRS, PHONE.installation_id),
    "data sync moves": lambda store: store.sync.save_peer(Peer(THEIRS, due_at=7.0)),
    "data sync forgets": lambda store: store.sync.forget_peer(THEIRS),
    "data sync forgets who is idle": lambda store: store.sync.prune(100.0, 1, 0),
    "a message is deleted": lambda store: store.tables(Conversations).note_deleted(DELETED, 10),
    "a setting is saved": lambda store: store.save_setting("name", "Bob"),
    "a setting is forgotten": lambda store: store.forget_setting("known"),
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "profile.db", KEY, create=True)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> SqlMessengerStore:
    store = SqlMessengerStore(database)
    with store.transaction():
        store.save_chat(CHAT)
        store.save_setting("known", 1)
        store.encryption.save_installation(PHONE)
        store.sync.save_peer(Peer(THEIRS))
    return store


def seen(store: SqlMessengerStore) -> tuple[Any, ...]:
    """Everything that may be remembered."""
    contacts = store.tables(Contacts)
    return (
        store.chat(CHAT.id),
        store.people.is_known(THEIRS),
        store.people.is_blocked(THEIRS),
        contacts.cleared_clock(BOB),
        tuple(store.encryption.installations(THEIRS)),
        store.sync.peer(THEIRS),
        store.tables(Conversations).is_deleted(DELETED),
        store.setting("name"),
        store.setting("known"),
    )


def stored(database: Database) -> tuple[Any, ...]:
    """The same, as the database has it."""
    return seen(SqlMessengerStore(Database(database.connection, is_only_writer=False)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_remembered_is_what_is_stored(
    database: Database, store: SqlMessengerStore, change: Callable[[SqlMessengerStore], object]
) -> None:
    before = seen(store)
    with store.transaction():
        with pytest.raises(Undone), store.savepoint():
            change(store)
            assert seen(store) == stored(database) != before
            raise Undone
        assert seen(store) == stored(database) == before
    with pytest.raises(Undone), store.transaction():
        change(store)
        seen(store)
        raise Undone
    assert seen(store) == stored(database) == before
    with store.transaction():
        change(store)
    assert seen(store) == stored(database) != before


def test_who_only_reads_remembers_nothing(store: SqlMessengerStore, tmp_path: Path) -> None:
    """Another process has the profile open, and writes."""
    database = Database.open(tmp_path / "profile.db", KEY, read_only=True)
    reader = SqlMessengerStore(database)
    assert reader.chat(CHAT.id) == CHAT
    with store.transaction():
        store.save_chat(replace(CHAT, unread=3))
    assert reader.chat(CHAT.id) == replace(CHAT, unread=3)
    database.close()


def test_rows_that_are_remembered_are_bounded() -> None:
    rows = Memory().of("chats")
    for number in range(3 * MAX_ROWS):
        rows.keep(number, number)
        assert len(rows) <= MAX_ROWS
    assert rows.get(number) == number
