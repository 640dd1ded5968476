"""What somebody does with their chats, for themselves alone: delete, clear, mute, pin, archive, mark, draft
(payloads.md §6.4).

Nothing of it is sent. What was deleted does not come back, whoever sends it again: a cleared chat knows up to which
clock it was cleared, and the ids of messages that were deleted one by one are remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Protocol

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger import reading
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import ChatLeft, Event
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.reactions import Reactions, ReactionTables
from pystatus.messenger.features.unknown_payloads import UnknownPayloads, UnknownPayloadTables
from pystatus.messenger.group_records import GroupStore
from pystatus.messenger.records import MESSAGE_ID_SIZE, Chat, Message, short_id
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.checks import MAX_TEXT
from pystatus.records import dataclass
from pystatus.sanitise import quoted

MAX_DELETED = 100_000
"""Ids of deleted messages that are remembered, some 10 MB; beyond it the oldest go. Ours: mailservers keep a message
for a month, in which nobody deletes so many one by one."""
MAX_DRAFT = 4 * MAX_TEXT
"""Code points of a draft: some messages, which are split before they are sent. Ours."""


@checked
@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has begun to write in a chat. ``response_to`` is the id (32 bytes) of the message that it is to be
    shown below."""

    text: str
    response_to: bytes | None = None


@checked
@dataclass(frozen=True, slots=True)
class MessageDeleted(Event):
    """A message was deleted here, by ourselves. One that was ``withdrawn`` has been sent to nobody."""

    message_id: bytes
    chat_id: str
    withdrawn: bool = False


@checked
@dataclass(frozen=True, slots=True)
class ChatCleared(Event):
    """The history of a chat was deleted here, by ourselves."""

    chat: Chat


@checked
@dataclass(frozen=True, slots=True)
class ChatChanged(Event):
    """A chat was muted, pinned, archived, marked as read or unread, or has another draft: by ourselves."""

    chat: Chat


class ConversationTables(Protocol):
    """The storage of this module."""

    def is_deleted(self, message_id: bytes) -> bool: ...

    def note_deleted(self, message_id: bytes, most: int) -> None:
        """Remember an id; of more than ``most`` the oldest are forgotten."""

    def delete_messages(self, chat_id: str, clock: int) -> None:
        """Delete the messages of a chat up to a clock."""

    def draft(self, chat_id: str) -> Draft | None: ...

    def drafted_chats(self) -> Sequence[str]:
        """The ids of the chats with a draft, in their order."""

    def save_draft(self, chat_id: str, draft: Draft | None) -> None:
        """Insert, replace, or, with ``None``, delete."""


def delete_message(core: Core, message: Message, *, withdrawn: bool = False) -> None:
    """Delete a message here, and its reactions; it does not come back. Called inside a transaction.

    :param withdrawn: it was sent to nobody, and is not any more.
    """
    chat = core.store.chat(message.chat_id)
    if chat is not None and chat.unread:
        reading.forget(core.store, core.own, chat, message)
    core.store.people.forget_messages([message.id])
    reactions: ReactionTables = core.store.tables(Reactions)
    reactions.forget([message.id])
    groups: GroupStore = core.store.tables(Groups)
    groups.forget_sent(message.id)
    tables: ConversationTables = core.store.tables(Conversations)
    tables.note_deleted(message.id, MAX_DELETED)
    core.batch.add(Notify(MessageDeleted(message.id, message.chat_id, withdrawn)))


class Conversations(Feature[ConversationTables]):
    """What people decide about their own chats and messages."""

    def delete_message(self, message_id: bytes) -> Message:
        """Delete a message here, and its reactions. It does not come back, and others keep it. One of ours that waits
        for a relay is sent all the same: see :meth:`Messages.withdraw`.

        :raises LocalError: there is no such message.
        """
        core = self._core
        message = core.store.message(message_id)
        if message is None:
            raise LocalError(f"There is no message {short_id(message_id)} here. Give the id of one in the history.")
        delete_message(core, message)
        return message

    def is_deleted(self, message_id: bytes) -> bool:
        """Whether a message was deleted here one by one."""
        return self._tables.is_deleted(message_id)

    def clear(self, chat_id: str) -> Chat:
        """Delete everything that was said in a chat, here. What comes late of it is not shown again.

        :raises LocalError: there is no such chat.
        """
        chat = self._cleared(self._chat(chat_id))
        self._core.batch.add(Notify(ChatCleared(chat)))
        return chat

    def _cleared(self, chat: Chat) -> Chat:
        store = self._core.store
        newest = store.messages(chat.id, 1, None)
        clock = max(chat.last_clock, chat.cleared_clock, *(message.clock for message in newest))
        self._tables.delete_messages(chat.id, clock)
        self._reactions.forget_chat(chat.id)
        groups: GroupStore = store.tables(Groups)
        groups.forget_all_sent(chat.id)
        unknown: UnknownPayloadTables = store.tables(UnknownPayloads)
        unknown.forget_chat(chat.id)
        chat = replace(chat, cleared_clock=clock, unread=0, mentions=0)
        store.save_chat(chat)
        return chat

    def delete(self, chat_id: str) -> Chat:
        """Leave a chat if we are in it, and delete what was said there, and the draft. A person who writes again opens
        it again, without what was there before.

        :raises LocalError: there is no such chat, or it is a group that we are in: leave it first.
        """
        core, chat = self._core, self._chat(chat_id)
        if chat.kind == ChatKind.PRIVATE_GROUP and chat.active:
            raise LocalError("You are in this group, and its members would still write to you. Leave it first.")
        was_active = chat.active
        chat = replace(self._cleared(chat), active=False)
        core.store.save_chat(chat)
        self._tables.save_draft(chat_id, None)
        if was_active:
            core.channels.stop_listening_to(chat)
            core.batch.add(Notify(ChatLeft(chat)))
        core.batch.add(Notify(ChatCleared(chat)))
        return chat

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """The chat with somebody who is blocked is deleted."""
        if self._core.store.chat(person.hex) is not None:
            self.delete(person.hex)

    def mark_read(self, chat_id: str, messages: int | None = None) -> Chat:
        """See :func:`~pystatus.messenger.reading.mark_read`."""
        before = self._core.store.chat(chat_id)
        return self._told(before, reading.mark_read(self._core.store, self._core.own, chat_id, messages))

    def mark_unread(self, chat_id: str, messages: int = 1) -> Chat:
        """See :func:`~pystatus.messenger.reading.mark_unread`."""
        before = self._core.store.chat(chat_id)
        return self._told(before, reading.mark_unread(self._core.store, self._core.own, chat_id, messages))

    def mark_seen(self, chat_id: str, message_ids: Set[bytes]) -> int:
        """See :func:`~pystatus.messenger.reading.mark_seen`: how many of them were unread."""
        before = self._core.store.chat(chat_id)
        chat, seen = reading.mark_seen(self._core.store, self._core.own, chat_id, message_ids)
        self._told(before, chat)
        return seen

    def first_unread(self, chat_id: str) -> Message | None:
        """See :func:`~pystatus.messenger.reading.first_unread`.

        :raises LocalError: there is no such chat.
        """
        return reading.first_unread(self._core.store, self._core.own, self._chat(chat_id))

    def last_messages(self, chat_ids: Sequence[str]) -> Mapping[str, Message]:
        """The newest message of each chat that has one."""
        return {chat_id: message for chat_id in chat_ids for message in self._core.store.messages(chat_id, 1, None)}

    def messages(self, message_ids: Sequence[bytes]) -> Mapping[bytes, Message]:
        """Those of these messages that are here."""
        found = ((message_id, self._core.store.message(message_id)) for message_id in message_ids)
        return {message_id: message for message_id, message in found if message is not None}

    def set_muted(self, chat_id: str, muted: bool) -> Chat:
        """A muted chat asks for no attention; its messages are counted all the same.

        :raises LocalError: there is no such chat.
        """
        before = self._chat(chat_id)
        return self._saved(before, replace(before, muted=muted))

    def set_pinned(self, chat_id: str, pinned: bool) -> Chat:
        """A pinned chat stands before the others, and is not archived.

        :raises LocalError: there is no such chat.
        """
        before = self._chat(chat_id)
        return self._saved(before, replace(before, pinned=pinned, archived=before.archived and not pinned))

    def set_archived(self, chat_id: str, archived: bool) -> Chat:
        """An archived chat is put away until somebody else writes there, unless it is muted; it is not pinned.

        :raises LocalError: there is no such chat.
        """
        before = self._chat(chat_id)
        return self._saved(before, replace(before, archived=archived, pinned=before.pinned and not archived))

    def draft(self, chat_id: str) -> Draft | None:
        """What was begun in a chat; ``None``: nothing."""
        return self._tables.draft(chat_id)

    def drafted_chats(self) -> Sequence[str]:
        """The ids of the chats in which something was begun, in their order."""
        return self._tables.drafted_chats()

    def set_draft(self, chat_id: str, text: str, response_to: bytes | None = None) -> Draft | None:
        """Keep what was begun in a chat, in place of what was before; an empty text deletes it.

        :raises LocalError: there is no such chat, the text is too long, or not an id.
        """
        chat = self._chat(chat_id)
        if len(text) > MAX_DRAFT:
            raise LocalError(f"The draft has {len(text)} characters; {MAX_DRAFT} are kept. Send some of it.")
        if response_to is not None and len(response_to) != MESSAGE_ID_SIZE:
            raise LocalError(f"The id of a message has {MESSAGE_ID_SIZE} bytes. Give the message that is replied to.")
        draft = Draft(text, response_to) if text.strip() else None
        self._tables.save_draft(chat_id, draft)
        self._told(None, chat)
        return draft

    def _saved(self, before: Chat, chat: Chat) -> Chat:
        self._core.store.save_chat(chat)
        return self._told(before, chat)

    def _told(self, before: Chat | None, chat: Chat) -> Chat:
        if chat != before:
            self._core.batch.add(Notify(ChatChanged(chat)))
        return chat

    def _chat(self, chat_id: str) -> Chat:
        chat = self._core.store.chat(chat_id)
        if chat is None:
            raise LocalError(f"There is no chat {quoted(chat_id)}.")
        return chat

    @property
    def _reactions(self) -> ReactionTables:
        tables: ReactionTables = self._core.store.tables(Reactions)
        return tables
