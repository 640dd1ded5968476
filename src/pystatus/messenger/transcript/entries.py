"""What is written down of a chat, message by message, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

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

PAGE = 100
"""Messages that are read of the database at once, some 5 ms. Ours."""
MAX_REACTIONS = 1_000
"""Reactions that are written down of one message: as many as are listed of it (payloads.md §11)."""
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


class Source:
    """A chat that is written down: how it was when this began."""

    def __init__(
        self, store: MessengerStore, own: PublicKey, chat: Chat, name_of: NameOf = display_name, *, media: bool = True
    ) -> None:
        """
        :param media: with the bytes of pictures and sounds.
        """
        self.own = own
        self.chat = chat
        self._store = store
        self._name_of = name_of
        self._with_media = media
        self._reactions: ReactionTables = store.tables(Reactions)
        self._media: MediaTables = store.tables(Media)

    def entries(self) -> Iterator[Entry]:
        """All messages; those that come meanwhile are left out. A page of them is in memory."""
        newest = self._store.messages(self.chat.id, 1)
        if not newest:
            return
        last, place = newest[0].cursor, _FIRST
        while page := self._store.messages(self.chat.id, PAGE, after=place):
            messages = page[::-1]
            ids = [message.id for message in messages]
            counted = self._reactions.counts(self.chat.id, ids, self.own)
            attachments = self._media.attachments(ids)
            for message in messages:
                if (message.clock, message.id) > (last.clock, last.id):
                    return
                yield self._entry(message, bool(counted.get(message.id)), attachments)
            place = messages[-1].cursor

    def _entry(self, message: Message, has_reactions: bool, attachments: Mapping[bytes, Attachment]) -> Entry:
        reactions = self._reactions.listed(self.chat.id, message.id, MAX_REACTIONS) if has_reactions else ()
        attachment = attachments.get(message.id)
        data = b""
        if attachment is not None and not attachment.problem and self._with_media:
            data = self._media.data(message.id)
        return Entry(message, self._answered(message), tuple(reactions), attachment, data)

    def _answered(self, message: Message) -> Message | None:
        found = None if message.response_to is None else self._store.message(message.response_to)
        return found if found is not None and found.chat_id == message.chat_id else None

    def name(self, person: PublicKey) -> str:
        """What somebody is called, safe to show."""
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
