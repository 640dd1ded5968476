"""The storage that the messenger needs. ``storage/`` implements it; the tests have one in memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pystatus.crypto.keys import PublicKey
    from pystatus.datasync.store import SyncStore
    from pystatus.messenger.decryption_failures import DecryptionFailureStore
    from pystatus.messenger.people import PeopleStore
    from pystatus.messenger.records import Chat, Cursor, Message, MessageState, OutboxEntry
    from pystatus.secure_transport.store import EncryptionStore


if TYPE_CHECKING:  # what it reads and writes is made when something happens
    from pystatus.messenger.journal import JournalStore


class MessengerStore(Protocol):
    """Everything of one profile. Every write happens inside :meth:`transaction`."""

    encryption: EncryptionStore
    sync: SyncStore
    decryption_failures: DecryptionFailureStore
    people: PeopleStore
    journal: JournalStore

    def tables(self, feature: type[Any]) -> Any:
        """The storage of a feature, a subclass of the port that it names; ``None``: it has none of its own."""

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside become durable together, or none does."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Inside a transaction: one input. What it wrote is undone when an exception leaves it."""

    def chat(self, chat_id: str) -> Chat | None: ...
    def chats(self) -> Sequence[Chat]:
        """All chats, the most recently used first."""

    def groups(self) -> Sequence[Chat]:
        """Those of them that are groups."""

    def chats_without_strangers(self) -> Sequence[Chat]:
        """The same, but for those of strangers, of whom there may be many."""

    def save_chat(self, chat: Chat) -> None: ...

    def has_message(self, message_id: bytes) -> bool: ...
    def message(self, message_id: bytes) -> Message | None: ...
    def messages_beginning(self, beginning: str, most: int) -> Sequence[Message]:
        """At most ``most`` messages whose ids begin with these hexadecimal digits."""

    def unsent(self, limit: int, before: Cursor | None = None) -> Sequence[Message]:
        """Messages of ours of all chats whose state is one of :data:`~pystatus.messenger.records.UNSENT`, the newest
        first."""

    def unsent_ids(self, limit: int) -> Sequence[bytes]:
        """The ids of the messages of :meth:`unsent`."""

    def newest_clock(self, message_ids: Sequence[bytes]) -> int | None:
        """The highest clock of these messages; ``None``: none of them is here."""

    def messages(
        self, chat_id: str, limit: int, before: Cursor | None = None, after: Cursor | None = None
    ) -> Sequence[Message]:
        """At most ``limit`` messages of a chat, the newest first: the last ones, the last ones before ``before``, or
        the first ones after ``after``. With both, the last ones between them."""

    def messages_around(self, chat_id: str, place: Cursor, limit: int) -> Sequence[Message]:
        """At most ``limit`` messages of a chat, the newest first: that at ``place`` with those before and after it."""

    def add_message(self, message: Message) -> int:
        """Store a message whose chat is stored. About how many bytes it takes."""

    def set_message_state(self, message_id: bytes, state: MessageState) -> bool:
        """Whether the message is ours and could get into ``state`` from the one that it was in."""

    def set_message_states(self, message_ids: Sequence[bytes], state: MessageState) -> Sequence[bytes]:
        """Those of these messages of which :meth:`set_message_state` is true, each once."""

    def outbox(self, after: int = 0) -> Sequence[OutboxEntry]:
        """Everything that still has to be sent and has a number above ``after``, oldest first."""

    def add_to_outbox(self, entry: OutboxEntry) -> None:
        """Store ``entry`` under the next number; its own is ignored."""

    def count_attempt(self, number: int) -> None: ...
    def remove_from_outbox(self, number: int) -> None: ...

    def mark_seen(self, envelope_hash: bytes, now_s: int, most: int) -> bool:
        """Remember an envelope of somebody we know; False if it was known. Of more than ``most`` the oldest are
        forgotten, a few with each that comes."""

    def mark_seen_of_stranger(self, envelope_hash: bytes, most: int) -> bool:
        """The same, of somebody we do not know: the last ``most`` of these are remembered."""

    def is_seen(self, envelope_hash: bytes) -> bool: ...

    def note_sent(self, envelope_hash: bytes, message_ids: Sequence[bytes], now_s: int) -> None:
        """Remember which messages of ours an envelope carries."""

    def sent_in(self, envelope_hash: bytes) -> Sequence[bytes]:
        """The ids of the messages that an envelope of ours carries; none if it is unknown."""

    def was_sent(self, message_id: bytes) -> bool:
        """Whether an envelope with this message of ours is remembered. For what people do by hand: all are looked
        at."""

    def note_payload(self, payload_hash: bytes, now_s: int) -> None:
        """Remember a payload of ours that an envelope carries."""

    def has_sent_payload(self, payload_hash: bytes) -> bool: ...

    def newest_envelope(self) -> int | None:
        """When the last envelope was received or sent, Unix seconds; None if there is none."""

    def forget_envelopes(self, before_s: int) -> None:
        """Forget what was received and what was sent before a Unix second, or some of it."""

    def channel_key(self, name: str) -> bytes | None: ...
    def save_channel_key(self, name: str, key: bytes) -> None: ...

    def may_reply(self, identity: PublicKey, now_s: int, first_wait: int, max_wait: int) -> bool:
        """Note a bundle reply to ``identity``; False if it would come too soon after the last one. The wait between two
        is ``first_wait`` seconds, twice as long each time, ``max_wait`` at most."""

    def forget_replies(self, identity: PublicKey) -> None: ...

    def setting(self, name: str) -> int | str | bytes | None: ...
    def save_setting(self, name: str, value: int | str | bytes) -> None: ...
    def forget_setting(self, name: str) -> None: ...
