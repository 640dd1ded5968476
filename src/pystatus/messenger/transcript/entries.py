"""What is written down of a chat, message by message, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeAlias

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import display_name
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.features.media import Media
from pystatus.messenger.features.reactions import Reaction, Reactions, ReactionTables
from pystatus.messenger.media_keeping import Attachment, MediaTables
from pystatus.messenger.records import Chat, Cursor, Message
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.records import dataclass

PAGE = 100
"""Messages that are read of the database at once, some 5 ms. Ours."""
MAX_REACTIONS = 1_000
"""Reactions that are written down of one message: as many as are listed of it (payloads.md §11)."""
NAMES_AT_A_TIME = 25
"""People who have reacted to a message and whose names are looked up before others have a turn, some 4 ms. Ours."""
_FIRST = Cursor(1 - 2**63, b"")
_KEY_PREFIX = 13
"""Characters of a chat key beside a name: names may be alike, keys are not."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NameOf: TypeAlias = Callable[[PublicKey], str]
"""How somebody is called. What it says is made safe to show."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message, with what belongs to it."""

    message: Message
    answered: Message | None
    """What it replies to, if that is in the chat."""
    reactions: tuple[Reaction, ...]
    """The newest first."""
    attachment: Attachment | None
    data: bytes
    """The bytes of its picture or sound; none if it has none, or they are not kept or not wanted."""


class Shelf(Protocol):
    """Where a chat is read from: a profile's database, or the process that has the profile open."""

    def messages(self, chat_id: str, limit: int, *, after: Cursor | None = None) -> Sequence[Message]:
        """A page of a chat, the newest message first: the last one, or the one after a place."""

    def found(self, message_id: bytes) -> Message | None:
        """The message with this id."""

    def reacted(self, chat_id: str, message_ids: Sequence[bytes]) -> Set[bytes]:
        """Which of these messages of a chat have reactions."""

    def reactions_by(self, message: Message, limit: int) -> Sequence[Reaction]:
        """The reactions to a message, the newest first."""

    def attachments(self, messages: Sequence[Message]) -> Mapping[bytes, Attachment]:
        """What is known of the pictures and sounds of these messages, by the ids of those that have one."""

    def data(self, message_id: bytes) -> bytes:
        """The bytes of a picture or a sound that is kept."""


class StoredShelf(Shelf):
    """A profile's database."""

    def __init__(self, store: MessengerStore, own: PublicKey) -> None:
        self._store = store
        self._own = own
        self._reactions: ReactionTables = store.tables(Reactions)
        self._media: MediaTables = store.tables(Media)

    def messages(self, chat_id: str, limit: int, *, after: Cursor | None = None) -> Sequence[Message]:
        return self._store.messages(chat_id, limit, after=after)

    def found(self, message_id: bytes) -> Message | None:
        return self._store.message(message_id)

    def reacted(self, chat_id: str, message_ids: Sequence[bytes]) -> Set[bytes]:
        counts = self._reactions.counts(chat_id, message_ids, self._own)
        return {message_id for message_id, found in counts.items() if found}

    def reactions_by(self, message: Message, limit: int) -> Sequence[Reaction]:
        return self._reactions.listed(message.chat_id, message.id, limit)

    def attachments(self, messages: Sequence[Message]) -> Mapping[bytes, Attachment]:
        return self._media.attachments([message.id for message in messages])

    def data(self, message_id: bytes) -> bytes:
        return self._media.data(message_id)


class Source:
    """A chat that is written down: how it was when this began."""

    def __init__(
        self, shelf: Shelf, own: PublicKey, chat: Chat, name_of: NameOf = display_name, *, media: bool = True
    ) -> None:
        """
        :param media: with the bytes of pictures and sounds.
        """
        self.own = own
        self.chat = chat
        self._shelf = shelf
        self._name_of = name_of
        self._with_media = media
        self._names: dict[PublicKey, str] = {}
        """Of those who have reacted to the message that is written down now."""

    def entries(self) -> Iterator[Entry]:
        """All messages; those that come meanwhile are left out. A page of them is in memory."""
        newest = self._shelf.messages(self.chat.id, 1)
        if not newest:
            return
        last, place = newest[0].cursor, _FIRST
        while page := self._shelf.messages(self.chat.id, PAGE, after=place):
            messages = page[::-1]
            reacted = self._shelf.reacted(self.chat.id, [message.id for message in messages])
            attachments = self._shelf.attachments(messages)
            for message in messages:
                if (message.clock, message.id) > (last.clock, last.id):
                    return
                yield self._entry(message, message.id in reacted, attachments)
            place = messages[-1].cursor

    def _entry(self, message: Message, has_reactions: bool, attachments: Mapping[bytes, Attachment]) -> Entry:
        reactions = self._shelf.reactions_by(message, MAX_REACTIONS) if has_reactions else ()
        attachment = attachments.get(message.id)
        data = b""
        if attachment is not None and not attachment.problem and self._with_media:
            data = self._shelf.data(message.id)
        return Entry(message, self._answered(message), tuple(reactions), attachment, data)

    def _answered(self, message: Message) -> Message | None:
        found = None if message.response_to is None else self._shelf.found(message.response_to)
        return found if found is not None and found.chat_id == message.chat_id else None

    def prepared(self, entry: Entry) -> Iterator[str]:
        """Pieces without anything in them, behind each of which somebody else may have a turn: meanwhile it is looked
        up how those are called who have reacted. Strangers can be a thousand of them, under each message."""
        self._names = {}
        for number, reaction in enumerate(entry.reactions, 1):
            self._names[reaction.author] = self.name(reaction.author)
            if number % NAMES_AT_A_TIME == 0:
                yield ""

    def name(self, person: PublicKey) -> str:
        """What somebody is called, safe to show."""
        return self._names.get(person) or self._looked_up(person)

    def _looked_up(self, person: PublicKey) -> str:
        return sanitise.name(self._name_of(person)) or alias(person)

    @property
    def title(self) -> str:
        """``#status``, the name of the other person or of the group, safe to show."""
        if self.chat.kind == ChatKind.ONE_TO_ONE:
            return self.name(key_from_text(self.chat.id))
        return sanitise.name(self.chat.name) or f"#{sanitise.name(self.chat.id)}"

    @property
    def kind(self) -> str:
        """``public``, ``one-to-one`` or ``private-group``."""
        return self.chat.kind.name.lower().replace("_", "-")


def short_key(person: PublicKey) -> str:
    """The beginning of a chat key: it tells people apart whose names are alike."""
    return encode(person)[:_KEY_PREFIX]


def moment(message: Message) -> datetime | None:
    """When its author says that it was sent, or when it came if that is no time; in UTC."""
    for milliseconds in (message.sent_ms, message.received_ms):
        try:
            return _EPOCH + timedelta(milliseconds=milliseconds)
        except OverflowError:
            continue
    return None
