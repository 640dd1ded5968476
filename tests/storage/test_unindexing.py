"""Messages that are deleted leave the index of the search: of a few messages every word at once, of many in time."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.features.conversations import Conversations
from pystatus.messenger.features.search import Query, Search, parsed
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore

AUTHOR = PrivateKey(bytes([1]) * 32).public_key
LETTERS = [chr(0x4E00 + number) for number in range(60)]
WORDS = [first + second for first in LETTERS for second in LETTERS]
MESSAGES = 600


def fill(path: Path) -> list[bytes]:
    """A profile with a public chat in which somebody has written many texts, each as long and of as many words as
    possible: their ids."""
    database = Database.open(path, bytes(32), create=True)
    store = SqlMessengerStore(database)
    ids = [os.urandom(32) for _ in range(MESSAGES)]
    noise = random.Random(7)
    with database.transaction():
        store.save_chat(Chat("status", ChatKind.PUBLIC, active=True))
        for number, message_id in enumerate(ids, 1):
            text = f"unmistakable{number} " + " ".join(noise.choices(WORDS, k=1_350))
            store.add_message(
                Message(
                    id=message_id, chat_id="status", author=AUTHOR, clock=number, sent_ms=number,
                    received_ms=number, content_type=1, text=text, payload=b"",
                )
            )  # fmt: skip
    while store.tables(Search).waiting()[0]:
        with database.transaction():
            store.tables(Search).take(100)
    database.close()
    return ids


class Profile:
    """A copy of it."""

    def __init__(self, path: Path, ids: list[bytes]) -> None:
        self.database = Database.open(path, bytes(32))
        self.store = SqlMessengerStore(self.database)
        self.execute = self.database.connection.execute
        self.ids = ids

    def seconds(self, action: Callable[[], None]) -> float:
        start = time.process_time()
        with self.database.transaction():
            action()
        return time.process_time() - start

    def finds(self, word: str) -> int:
        return len(self.store.tables(Search).find(Query(parsed(word)), 10, None))

    def has_word(self, word: str) -> bool:
        """Whether it stands anywhere in the index, found or not."""
        rows = self.execute("SELECT block FROM message_index_data").fetchall()
        return any(word.encode() in bytes(block) for (block,) in rows)

    def check(self) -> None:
        self.execute("INSERT INTO message_index (message_index) VALUES ('integrity-check')")
        (setting,) = self.execute("SELECT v FROM message_index_config WHERE k = 'secure-delete'").fetchone()
        assert setting == 1, "what a user deletes goes with its words"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    path = tmp_path_factory.mktemp("filled") / "profile.db"
    return path, fill(path)


@pytest.fixture
def profile(tmp_path: Path, filled: tuple[Path, list[bytes]]) -> Iterator[Profile]:
    path, ids = filled
    made = Profile(Path(shutil.copy(path, tmp_path / "profile.db")), ids)
    yield made
    made.database.close()


def test_who_gives_way_costs_little_whatever_they_wrote(profile: Profile) -> None:
    people = profile.store.people
    profile.seconds(lambda: people.displace_messages(profile.ids[-1:]))  # what is loaded first
    thorough = profile.seconds(lambda: people.forget_messages(profile.ids[:20]))
    quick = profile.seconds(lambda: people.displace_messages(profile.ids[20:40]))
    trimmed = profile.seconds(lambda: people.trim_messages("status", (MESSAGES - 60) * 19_500))
    left = profile.execute("SELECT count(*) FROM messages").fetchone()[0]
    assert 10 <= MESSAGES - 41 - left <= 40
    assert 2 * quick < thorough
    assert trimmed < thorough
    for number in (1, 30, 41):
        assert profile.finds(f"unmistakable{number}") == 0
    assert profile.finds(f"unmistakable{MESSAGES - 1}") == 1
    profile.check()


def test_strangers_who_give_way_cost_little_too(profile: Profile) -> None:
    people = profile.store.people
    thorough = profile.seconds(lambda: people.forget_messages(profile.ids[:20]))

    def forget() -> None:
        people.save_stranger(AUTHOR.compressed, "status", 1)
        people.forget([AUTHOR.compressed])

    quick = profile.seconds(forget)
    assert profile.execute("SELECT count(*) FROM messages").fetchone() == (0,)
    assert 2 * quick < (MESSAGES - 20) / 20 * thorough
    assert profile.finds("unmistakable600") == 0
    profile.check()


def test_a_chat_that_somebody_has_filled_is_cleared_at_once_and_nothing_is_left(profile: Profile) -> None:
    thorough = profile.seconds(lambda: profile.store.people.forget_messages(profile.ids[:20]))
    cleared = profile.seconds(lambda: profile.store.tables(Conversations).delete_messages("status", MESSAGES))
    assert 2 * cleared < (MESSAGES - 20) / 20 * thorough
    assert not profile.has_word("unmistakable")
    profile.check()


def test_of_a_message_that_a_user_deletes_no_word_is_left(profile: Profile) -> None:
    with profile.database.transaction():
        profile.store.people.displace_messages(profile.ids[:5])
        profile.store.people.forget_messages(profile.ids[5:])
        profile.store.tables(Search).take(1)
    assert profile.finds("unmistakable600") == 0
    profile.check()
