"""A profile with very many contacts: listed, completed while somebody types, named on a page of messages."""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from bench.harness import Measurement
from bench.profile import KEY, PAGE, milliseconds, opened, p95
from bench.support.conversations import Conversations
from pystatus.account.names import texts_of
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.contact_records import Contact, ContactTables
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.mentions import Mentions
from pystatus.messenger.features.names import Names, people_on
from pystatus.messenger.messenger import Messenger
from pystatus.messenger.records import Message
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore

CONTACTS = 10_000
CHATS = 200
MESSAGES = 20_000
"""In all chats. The busiest has some two thousand."""
TIMES = 200
SUGGESTIONS = 10
NICKNAMES, ENS_NAMES = 0.3, 0.2
"""Shares of the contacts that have one."""


def contacts(conversations: Conversations) -> Iterator[Contact]:
    """Everybody who writes, and others."""
    chance = random.Random(16)
    writers = {person: None for people in conversations.people.values() for person in people}
    others = (PrivateKey(chance.randbytes(32)).public_key for _ in range(CONTACTS))
    for number, person in enumerate(islice((*writers, *others), CONTACTS)):
        words = chance.choices(conversations.texts.words, k=2)
        is_named = chance.random() < ENS_NAMES
        yield Contact(
            person,
            added=True,
            nickname=" ".join(words).title() if chance.random() < NICKNAMES else "",
            ens_name=f"{words[0]}{number}.stateofus.eth" if is_named else "",
            ens_verified=is_named,
        )


def fill(path: Path, conversations: Conversations) -> None:
    database = Database.open(path, KEY, create=True)
    store = SqlMessengerStore(database)
    with store.transaction():
        for chat in conversations.chats:
            store.save_chat(chat)
            if chat.kind is ChatKind.ONE_TO_ONE:
                store.people.add_known(key_from_text(chat.id).compressed)
        for message in conversations.messages(MESSAGES):
            store.add_message(message)
        tables: ContactTables = store.tables(Contacts)
        for contact in contacts(conversations):
            tables.save(contact)
    database.close()


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "profile.db"
        conversations = Conversations.of(CHATS)
        fill(path, conversations)
        database, store, messenger = opened(str(path))
        yield from listing(store, messenger)
        yield from naming(store, messenger, conversations)
        database.close()


def listing(store: SqlMessengerStore, messenger: Messenger) -> Iterator[Measurement]:
    """All of them, as ``client.contacts.all()`` has them."""
    feature = messenger.feature(Contacts)

    def listed() -> Sequence[Contact]:
        return [contact for contact in feature.all() if contact.is_shown]

    def changed() -> None:
        with store.transaction():
            store.save_setting("bench", random.random().hex())

    assert len(listed()) == CONTACTS
    yield Measurement("contacts.list", p95(milliseconds([listed] * TIMES)), "ms", f"p95, {CONTACTS} contacts")
    first = []
    for _ in range(20):
        changed()
        first += milliseconds([listed])
    yield Measurement(
        "contacts.list_again", round(statistics.median(first), 2), "ms", "median, after something was written"
    )


def naming(store: SqlMessengerStore, messenger: Messenger, conversations: Conversations) -> Iterator[Measurement]:
    """In chats of all kinds."""
    chance = random.Random(1)
    names, mentions = messenger.feature(Names).reader, messenger.feature(Mentions)
    rooms = [chat.id for chat in conversations.chats if chat.kind is ChatKind.PUBLIC]
    people = [contact.key for contact in messenger.feature(Contacts).all()]

    def begun() -> str:
        person: PublicKey = chance.choice(people)
        known = names.known([person.compressed]).get(person.compressed)
        texts = texts_of(person.compressed, known.names) if known is not None else [names.of(person).name]
        return chance.choice(texts).removeprefix("@")[: chance.randint(1, 4)]

    typed = [(chance.choice(rooms), begun()) for _ in range(TIMES)]
    times = milliseconds(partial(mentions.complete, chat_id, text, SUGGESTIONS) for chat_id, text in typed)
    yield Measurement(
        "contacts.complete",
        p95(times),
        "ms",
        f"p95, 1 to 4 letters in a public chat, {CONTACTS} contacts, {CHATS} chats",
    )
    pages = [store.messages(chance.choice(conversations.chats).id, PAGE) for _ in range(TIMES)]

    def named(page: Sequence[Message]) -> object:
        return names.of_people(people_on(page))

    times = milliseconds(partial(named, page) for page in pages)
    yield Measurement("contacts.page_names", p95(times), "ms", f"p95, who wrote {PAGE} messages of a chat")
