"""A chat in a database, to be written down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.features.media import Media
from pystatus.messenger.features.reactions import Reaction, Reactions
from pystatus.messenger.media_keeping import Attachment
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.messenger.transcript.entries import Source, StoredShelf
from pystatus.messenger.transcript.formats import pieces
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType, ImageType, ReactionType
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore
from tests.media.support import picture, saved

KEY = bytes(range(32))
START = 1_606_716_000_000
"""30 November 2020, 06:00 UTC, in milliseconds."""
EXPORTED = START + 86_400_000
ME = PrivateKey(bytes(31) + b"\x07").public_key
"""Fixed, so that names are."""
BOB = PrivateKey(bytes(31) + b"\x08").public_key


class Written:
    """The chat, and what is said in it."""

    def __init__(self, store: SqlMessengerStore, chat: Chat) -> None:
        self.store = store
        self.chat = chat
        self._clock = 0

    def say(
        self,
        text: str,
        author: PublicKey = BOB,
        *,
        at: int | None = None,
        answers: Message | bytes | None = None,
        content_type: int = ContentType.TEXT_PLAIN,
        chat_id: str | None = None,
    ) -> Message:
        """A message, a minute after the one before."""
        with self.store.transaction():
            return self._add(text, author, at, answers, content_type, chat_id or self.chat.id)

    def say_often(self, count: int, text: str) -> None:
        """The same text as many times as that, behind a number."""
        with self.store.transaction():
            for number in range(count):
                self._add(f"{number} {text}", BOB, None, None, ContentType.TEXT_PLAIN, self.chat.id)

    def _add(
        self,
        text: str,
        author: PublicKey,
        at: int | None,
        answers: Message | bytes | None,
        content_type: int,
        chat_id: str,
    ) -> Message:
        self._clock += 1
        sent = START + 60_000 * self._clock if at is None else at
        message = Message(
            os.urandom(32),
            chat_id,
            author,
            self._clock,
            sent,
            START,
            content_type,
            text,
            b"",
            answers.id if isinstance(answers, Message) else answers,
            MessageState.DELIVERED if author == ME else None,
        )
        self.store.add_message(message)
        return message

    def react(self, message: Message, author: PublicKey, kind: int = ReactionType.LOVE) -> None:
        with self.store.transaction():
            reaction = Reaction(self.chat.id, message.id, author, kind, 1)
            self.store.tables(Reactions).save_reaction(reaction, waiting=False)

    def attach(self, message: Message, data: bytes, problem: str = "") -> None:
        kind, size = (ImageType.PNG, len(data) or 12_345)
        about = Attachment(message.id, self.chat.id, ContentType.IMAGE, kind, size, 8, 6, 1, problem=problem)
        with self.store.transaction():
            self.store.tables(Media).add(about, data)

    def source(self, *, media: bool = True) -> Source:
        return Source(StoredShelf(self.store, ME), ME, self.chat, media=media)

    def down(self, form: str, *, media: bool = True) -> str:
        """All of it in one of the formats."""
        return "".join(pieces(self.source(media=media), form, EXPORTED))


@contextmanager
def written(directory: Path, chat: Chat | None = None) -> Iterator[Written]:
    """A chat without messages."""
    database = Database.open(directory / "alice.db", KEY, create=True)
    store = SqlMessengerStore(database)
    chat = chat or Chat("status", ChatKind.PUBLIC)
    with store.transaction():
        store.save_chat(chat)
    yield Written(store, chat)
    database.close()


def small_picture() -> bytes:
    """A PNG of 8 times 6 pixels."""
    return saved(picture(8, 6), "PNG")
