"""What a profile holds, for commands that only read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from pystatus.account.names import Names, Page
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.sentences import other_person
from pystatus.records import dataclass

if TYPE_CHECKING:
    from pystatus.account.wallet_accounts import WalletAccount
    from pystatus.ethereum.tokens import Token
    from pystatus.messenger.contact_records import Contact
    from pystatus.messenger.features.conversations import Draft
    from pystatus.messenger.features.devices import Device
    from pystatus.messenger.features.reactions import Reaction, ReactionCount
    from pystatus.messenger.features.search import SearchResult
    from pystatus.messenger.features.unknown_payloads import UnknownPayload
    from pystatus.messenger.group_records import GroupMember, JoinRequest
    from pystatus.messenger.media_keeping import Attachment
    from pystatus.messenger.name_records import NameChange, OwnName
    from pystatus.messenger.own_profile import SharedProfile
    from pystatus.messenger.records import Chat, Cursor, Message
    from pystatus.messenger.sent_records import SentTransaction
    from pystatus.messenger.sticker_records import StickerPack
    from pystatus.messenger.transaction_records import Announcement, Transaction
    from pystatus.messenger.wallet_records import Favourite
    from pystatus.peers.cache import CachedPeer


MAX_REACTIONS = 1_000
"""Reactions to one message that are listed (payloads.md §11)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages are looked for: those in which all of ``words`` stand, in one chat or all, of one author or all,
    written from ``since`` to ``until``, older than ``before``."""

    words: str
    chat_id: str | None = None
    author: PublicKey | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: Cursor | None = None


class ReaderNames(Names, Protocol):
    """What people are called, and who is called so."""

    def called(self, name: str) -> Sequence[PublicKey]:
        """Who is called so among those whom the profile knows."""


class Reader(ABC):
    """What is stored in one profile: in its files, or where another process has it open."""

    own: PublicKey
    """Whose profile it is."""

    @property
    @abstractmethod
    def names(self) -> ReaderNames:
        """What people are called."""

    def names_in(self, chats: Iterable[Chat]) -> Names:
        """What the other people of private chats are called, asked for together."""
        others = (other_person(chat) for chat in chats)
        return Page(self.names, [other for other in others if other is not None])

    def names_on(self, messages: Iterable[Message]) -> Names:
        """What the authors of these messages are called, and who is mentioned in them, asked for together."""
        from pystatus.messenger.features.names import people_on

        return Page(self.names, people_on(messages))

    # chats and messages

    @abstractmethod
    def chats(self) -> Sequence[Chat]:
        """All chats, the most recently used first."""

    @abstractmethod
    def chat(self, chat_id: str) -> Chat | None:
        """The chat with this id."""

    @abstractmethod
    def find_chat(self, text: str) -> Chat:
        """The chat that is named so.

        :raises LocalError: there is none, or there are several groups of this name.
        """

    @abstractmethod
    def messages(
        self, chat_id: str, limit: int, before: Cursor | None = None, *, after: Cursor | None = None
    ) -> Sequence[Message]:
        """A page of a chat, the newest message first: the last one, or the one before or after a place."""

    @abstractmethod
    def found(self, message_id: bytes) -> Message | None:
        """The message with this id."""

    @abstractmethod
    def message(self, beginning: str) -> Message:
        """The message whose id begins with these hexadecimal digits.

        :raises LocalError: there is none, or there are several.
        """

    @abstractmethod
    def search(self, wanted: Wanted, limit: int) -> Sequence[SearchResult]:
        """At most ``limit`` of the messages that are wanted, the newest first.

        :raises LocalError: no word to search for, or too many.
        """

    @abstractmethod
    def reactions(self, chat_id: str, message_ids: Sequence[bytes]) -> Mapping[bytes, Sequence[ReactionCount]]:
        """What is under messages of a chat."""

    def reacted(self, chat_id: str, message_ids: Sequence[bytes]) -> Set[bytes]:
        """Which of these messages of a chat have reactions."""
        return {message_id for message_id, found in self.reactions(chat_id, message_ids).items() if found}

    @abstractmethod
    def reactions_by(self, message: Message, limit: int = MAX_REACTIONS) -> Sequence[Reaction]:
        """Who has put what under a message, the newest first."""

    @abstractmethod
    def draft(self, chat_id: str) -> Draft | None:
        """What was begun in a chat."""

    def unknown_payloads(
        self, chat_id: str, page: Sequence[Message], *, is_last: bool, before: Cursor | None
    ) -> Iterator[UnknownPayload]:
        """What came in a chat and is not understood, the newest first: what belongs on a page of it, by the time of its
        envelope, as it has no clock that we know.

        :param is_last: there are no older messages.
        :param before: where the page begins; ``None``: it is the newest.
        """
        for payload in sorted(self._unknown(chat_id), key=lambda one: -one.sent_ms):
            is_below = before is None or payload.sent_ms <= before.clock
            is_above = is_last or not page or payload.sent_ms > page[-1].clock
            if is_below and is_above:
                yield payload

    @abstractmethod
    def _unknown(self, chat_id: str) -> Sequence[UnknownPayload]: ...

    # pictures and sounds

    @abstractmethod
    def attachments(self, messages: Sequence[Message]) -> Mapping[bytes, Attachment]:
        """What is known of the pictures and sounds of these messages, by the ids of those that have one."""

    def attachment(self, beginning: str) -> tuple[Attachment, bytes]:
        """The picture or the sound of the message whose id begins so, in hexadecimal, and its bytes.

        :raises LocalError: there is none, or several, or it is not kept.
        """
        found = self._attachments_beginning(beginning)
        if not found:
            raise LocalError("No picture and no sound is of a message that begins so. See: pystatus history")
        if len(found) > 1:
            raise LocalError("Several messages with a picture or a sound begin so. Give more of the id.")
        if found[0].problem:
            raise LocalError(f"This is not kept: {found[0].problem}.")
        return found[0], self.data(found[0].message_id)

    @abstractmethod
    def _attachments_beginning(self, beginning: str) -> Sequence[Attachment]: ...

    @abstractmethod
    def data(self, message_id: bytes) -> bytes:
        """The bytes of a picture or a sound that is kept."""

    @abstractmethod
    def remembered_peers(self) -> Sequence[CachedPeer]:
        """The relays and mailservers of earlier runs, the best of each topic first."""

    # people, groups, devices, payments

    @abstractmethod
    def contacts(self) -> Sequence[Contact]:
        """Everybody of whom anything is kept beside what they write; of those who are in no list not all."""

    @abstractmethod
    def contact(self, key: PublicKey) -> Contact:
        """What is kept of a person; of most nothing is."""

    @abstractmethod
    def profile(self) -> SharedProfile:
        """What we say of ourselves to our contacts."""

    @abstractmethod
    def devices(self) -> Sequence[Device]:
        """The devices of the account, this one first; none if the profile was never opened here."""

    @abstractmethod
    def members(self, group: Chat) -> Sequence[GroupMember] | None:
        """Who is in a group; ``None``: the chat is none."""

    @abstractmethod
    def join_requests(self) -> Sequence[JoinRequest]:
        """Who has asked to be taken into a group, and what we have asked for."""

    @abstractmethod
    def transaction(self, message_id: bytes) -> Transaction | None:
        """What a message is about."""

    @abstractmethod
    def transactions(self, chat_id: str | None) -> Sequence[Transaction]:
        """The transactions of a chat, or of all, the newest first."""

    @abstractmethod
    def announcements(self, chat_id: str | None) -> Sequence[Announcement]:
        """What the other person of a chat, or everybody, says to have paid, the newest first."""

    @abstractmethod
    def transaction_steps(self, step: Transaction) -> Sequence[Transaction]:
        """All steps of the transaction of which this is one."""

    @abstractmethod
    def wallet_accounts(self) -> Sequence[WalletAccount]:
        """The accounts of the wallet."""

    @abstractmethod
    def tokens(self, chain_id: int) -> Sequence[Token]:
        """The tokens of a chain that are asked for with every balance."""

    @abstractmethod
    def favourites(self) -> Sequence[Favourite]:
        """The addresses that were given a name."""

    @abstractmethod
    def sent(self, *, waiting: bool) -> Sequence[SentTransaction]:
        """What was sent from the wallet, the newest first; ``waiting``: only what is in no block yet."""

    @abstractmethod
    def sticker_packs(self) -> Sequence[StickerPack]:
        """The packs of stickers that are installed."""

    @abstractmethod
    def own_names(self) -> Sequence[OwnName]:
        """Our names of ENS."""

    @abstractmethod
    def name_changes(self) -> Sequence[NameChange]:
        """What was sent to change names."""
