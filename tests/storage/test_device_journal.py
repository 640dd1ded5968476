"""Signatures of messages, which lay by the ids of these before, and lie by their numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.device_journal import DeviceJournal
from pystatus.messenger.features.device_sync import DeviceSync
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.storage.database import Database
from pystatus.storage.features.device_sync import SqlDeviceJournal
from pystatus.storage.messenger import SqlMessengerStore

KEY = bytes(range(32))
BOB = PrivateKey(bytes(31) + b"\x08").public_key
IDS = [bytes([number]) * 32 for number in (9, 3, 5)]


def test_signatures_of_before_stay_with_their_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, steps = tmp_path / "profile.db", SqlDeviceJournal.STEPS
    monkeypatch.setattr(SqlDeviceJournal, "STEPS", steps[:1])
    before = Database.open(path, KEY, create=True)
    store = SqlMessengerStore(before)
    with store.transaction():
        store.save_chat(Chat(BOB.hex, ChatKind.ONE_TO_ONE))
        for place, message_id in enumerate(IDS):
            store.add_message(Message(message_id, BOB.hex, BOB, 1, 1, 1, 1, "text", b""))
            before.connection.execute(
                "INSERT INTO message_signatures (message_id, known, signature) VALUES (?, ?, ?)",
                (message_id, place % 2, message_id + message_id + b"\1"),
            )
    before.close()

    monkeypatch.setattr(SqlDeviceJournal, "STEPS", steps)
    database = Database.open(path, KEY)
    store = SqlMessengerStore(database)
    journal: DeviceJournal = store.tables(DeviceSync)
    assert [journal.signature(one) for one in IDS] == [one + one + b"\1" for one in IDS]
    assert database.connection.execute("SELECT known FROM message_signatures ORDER BY number").fetchall() == [
        (place % 2,) for place in range(len(IDS))
    ]
    with store.transaction():
        store.people.forget_messages(IDS[:1])
    assert [journal.signature(one) is None for one in IDS] == [True, False, False]
    database.close()
