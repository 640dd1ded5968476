"""A profile with very many messages: opened, paged, searched, weighed."""

from __future__ import annotations

import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from bench.harness import Measurement
from bench.support.conversations import COMMON, START_MS, STEP_MS, Conversations
from pystatus.messenger.features.search import MessageIndex, Query, Search, find, parsed
from pystatus.messenger.messenger import Messenger
from pystatus.messenger.records import OWN_KEY, Cursor
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore

MESSAGES = int(os.environ.get("PYSTATUS_PROFILE_MESSAGES", 1_000_000))
"""In the profile. Fewer make a quicker run, whose figures are others."""
CHATS = 200
KEY = bytes(range(32))
AT_ONCE = 10_000
"""Messages stored in one transaction."""
PAGE = 50
OPENINGS = 7
PAGES = 200
WORDS = 200
"""Searches, each for another word."""

USED = """
import sys, psutil
from bench.profile import opened, use
database, store, messenger = opened(sys.argv[1])
use(store)
print(psutil.Process().memory_info().rss)
"""
"""A process that has a profile open and looks through it."""


def fill(path: Path, conversations: Conversations, count: int) -> tuple[int, float]:
    """Store messages; the bytes of their payloads, and how many were stored in a second."""
    with contextlib.closing(Database.open(path, KEY, create=True)) as database:
        store = SqlMessengerStore(database)
        with store.transaction():
            store.save_setting(OWN_KEY, conversations.own.uncompressed)
        return fill_opened(database, conversations, count)


def fill_opened(database: Database, conversations: Conversations, count: int) -> tuple[int, float]:
    """The same in a database that is open."""
    store = SqlMessengerStore(database)
    with store.transaction():
        for chat in conversations.chats:
            store.save_chat(chat)
    payloads, spent = 0, 0.0
    messages = conversations.messages(count)
    while portion := list(islice(messages, AT_ONCE)):
        payloads += sum(len(message.payload) for message in portion)
        started = time.perf_counter()
        with store.transaction():
            for message in portion:
                store.add_message(message)
        spent += time.perf_counter() - started
        while index(store).waiting()[0]:
            with store.transaction():
                index(store).take(AT_ONCE)
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return payloads, count / spent


def index(store: SqlMessengerStore) -> MessageIndex:
    """The words of its messages."""
    tables: MessageIndex = store.tables(Search)
    return tables


def opened(path: str) -> tuple[Database, SqlMessengerStore, Messenger]:
    """A profile as a client has it, without a network."""
    database = Database.open(Path(path), KEY)
    store = SqlMessengerStore(database)
    messenger, _ = Messenger.start(Conversations.of(1).identity, store, os.urandom, now=START_MS / 1_000)
    return database, store, messenger


def use(store: SqlMessengerStore) -> None:
    """Look at the last pages of chats, and search."""
    for chat in store.chats()[:20]:
        store.messages(chat.id, PAGE)
    for word in COMMON[:20]:
        find(store, index(store), Query(parsed(word)), PAGE, None)


def rss(path: Path) -> int:
    """Bytes of memory of a process that uses the profile."""
    done = subprocess.run([sys.executable, "-c", USED, str(path)], check=True, capture_output=True, text=True)
    return int(done.stdout)


def milliseconds(calls: Iterable[Callable[[], object]]) -> list[float]:
    """How long each takes."""
    times = []
    for call in calls:
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1e3)
    return times


def p95(times: Sequence[float]) -> float:
    return round(statistics.quantiles(times, n=20)[-1], 2)


def places(chance: random.Random, conversations: Conversations) -> Iterator[tuple[str, Cursor]]:
    """Any places in any chats."""
    while True:
        clock = START_MS + chance.randrange(MESSAGES * STEP_MS)
        yield chance.choice(conversations.chats).id, Cursor(clock, bytes(32))


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as directory:
        path, empty = Path(directory) / "profile.db", Path(directory) / "empty.db"
        conversations = Conversations.of(CHATS)
        Database.open(empty, KEY, create=True).close()
        payloads, rate = fill(path, conversations, MESSAGES)
        note = f"{MESSAGES} messages in {CHATS} chats"
        yield Measurement("profile.store", round(rate), "1/s", f"{note}, {AT_ONCE} in a transaction")
        share = path.stat().st_size / payloads
        yield Measurement(
            "profile.size", round(share, 2), "", f"the file by the payloads, {payloads / MESSAGES:.0f} bytes a message"
        )
        opened(str(path))[0].close()  # the first time, keys of topics are derived and stored
        yield from reading(path, conversations, note)
        more = rss(path) - rss(empty)
        yield Measurement("profile.memory", round(more / 1e6, 1), "MB", "more than with an empty one, after some use")


def reading(path: Path, conversations: Conversations, note: str) -> Iterator[Measurement]:
    """How fast it is to read."""
    times = milliseconds([lambda: opened(str(path))[0].close()] * OPENINGS)
    yield Measurement("profile.open", round(statistics.median(times), 1), "ms", f"median of {OPENINGS}, {note}")
    database, store, _ = opened(str(path))
    chance = random.Random(1)
    ids = [chat.id for chat in conversations.chats]
    times = milliseconds(partial(store.messages, chance.choice(ids), PAGE) for _ in range(PAGES))
    yield Measurement("profile.last_page", p95(times), "ms", f"p95, {PAGE} messages of a chat")
    somewhere = islice(places(chance, conversations), PAGES)
    times = milliseconds(partial(store.messages_around, chat_id, place, PAGE) for chat_id, place in somewhere)
    yield Measurement("profile.middle_page", p95(times), "ms", f"p95, {PAGE} messages around any place")
    times = milliseconds([store.chats] * PAGES)
    yield Measurement("profile.unread_counts", p95(times), "ms", "p95, all chats")
    words = [*conversations.texts.words[: WORDS // 2], *chance.sample(conversations.texts.words, WORDS // 2)]
    times = milliseconds(partial(find, store, index(store), Query(parsed(word)), PAGE, None) for word in words)
    yield Measurement("profile.search", p95(times), "ms", f"p95, half of {WORDS} words are the most frequent ones")
    chat_words = [(chance.choice(ids), chance.choice(conversations.texts.words[:1_000])) for _ in range(PAGES)]
    times = milliseconds(
        partial(find, store, index(store), Query(parsed(word), chat_id), PAGE, None) for chat_id, word in chat_words
    )
    yield Measurement("profile.search_chat", p95(times), "ms", "p95, any of 1,000 frequent words in one chat")
    database.close()
