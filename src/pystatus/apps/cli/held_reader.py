"""What a profile holds, read where another process has it open: nobody is asked for a password."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pystatus.apps.cli.profile_reader import MAX_REACTIONS, Reader, Wanted
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.devices import Devices
from pystatus.client.features.groups import Groups
from pystatus.client.features.media import Audio, Image, Media
from pystatus.client.features.names import Names
from pystatus.client.features.our_profile import OurProfile
from pystatus.client.features.reactions import Reactions
from pystatus.client.features.search import Search
from pystatus.client.features.transactions import Transactions
from pystatus.client.features.unknown_payloads import UnknownPayloads
from pystatus.client.features.wallet import Wallet
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.attach.attached import AttachedClient
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType

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
    from pystatus.storage.descriptions import Profile

PAGE = 1_000
"""Messages that are asked for together: an answer of a megabyte, and a tenth of a second for who has the profile."""


@contextmanager
def attached(profile: Profile) -> Iterator[Reader]:
    """The contents of a profile that another process has open and serves.

    :raises LocalError: it is another version of pystatus, or does not answer.
    """
    with AttachedClient(profile).reading() as client:
        yield HeldReader(client)


class HeldReader(Reader):
    """A profile that somebody else has open."""

    def __init__(self, client: AttachedClient) -> None:
        self._client = client
        self.own = client.public_key

    @property
    def names(self) -> Names:
        return self._client.feature(Names)

    def chats(self) -> Sequence[Chat]:
        return self._client.chats()

    def chat(self, chat_id: str) -> Chat | None:
        return self._client.chat(chat_id)

    def find_chat(self, text: str) -> Chat:
        return self._client.find_chat(text)

    def messages(
        self, chat_id: str, limit: int, before: Cursor | None = None, *, after: Cursor | None = None
    ) -> Sequence[Message]:
        if after is not None:
            return self._client.history(chat_id, limit, after=after)
        found: list[Message] = []
        while len(found) < limit:
            wanted = min(PAGE, limit - len(found))
            page = self._client.history(chat_id, wanted, found[-1].cursor if found else before)
            found += page
            if len(page) < wanted:
                break
        return found

    def found(self, message_id: bytes) -> Message | None:
        return self._client.message(message_id)

    def message(self, beginning: str) -> Message:
        return self._client.find_message(beginning)

    def search(self, wanted: Wanted, limit: int) -> Sequence[SearchResult]:
        return self._client.feature(Search).find(
            wanted.words,
            chat=wanted.chat_id,
            author=wanted.author,
            since=wanted.since,
            until=wanted.until,
            limit=limit,
            before=wanted.before,
        )

    def reactions(self, chat_id: str, message_ids: Sequence[bytes]) -> Mapping[bytes, Sequence[ReactionCount]]:
        return self._client.feature(Reactions).of_all(message_ids)

    def reactions_by(self, message: Message, limit: int = MAX_REACTIONS) -> Sequence[Reaction]:
        return self._client.feature(Reactions).by(message)[:limit]

    def draft(self, chat_id: str) -> Draft | None:
        return self._client.feature(Conversations).draft(chat_id)

    def _unknown(self, chat_id: str) -> Sequence[UnknownPayload]:
        return self._client.feature(UnknownPayloads).all(chat_id)

    def attachments(self, messages: Sequence[Message]) -> Mapping[bytes, Attachment]:
        media = self._client.feature(Media)
        carriers = (one for one in messages if one.content_type in (ContentType.IMAGE, ContentType.AUDIO))
        found = (media.about(message) for message in carriers)
        return {one.message_id: one for one in found if one is not None}

    def _attachments_beginning(self, beginning: str) -> Sequence[Attachment]:
        try:
            message = self._client.find_message(beginning)
        except LocalError:
            return ()
        about = self._client.feature(Media).about(message)
        return () if about is None else (about,)

    def data(self, message_id: bytes) -> bytes:
        found = self._client.feature(Media).of(message_id)
        return found.data if isinstance(found, Image | Audio) else b""

    def remembered_peers(self) -> Sequence[CachedPeer]:
        return self._client.remembered_peers()

    def contacts(self) -> Sequence[Contact]:
        return self._client.feature(Contacts).all()

    def contact(self, key: PublicKey) -> Contact:
        return self._client.feature(Contacts).get(key)

    def profile(self) -> SharedProfile:
        return self._client.feature(OurProfile).get()

    def devices(self) -> Sequence[Device]:
        return self._client.feature(Devices).all()

    def members(self, group: Chat) -> Sequence[GroupMember] | None:
        return self._client.feature(Groups).members(group) if group.kind == ChatKind.PRIVATE_GROUP else None

    def join_requests(self) -> Sequence[JoinRequest]:
        return self._client.feature(Groups).requests()

    def transaction(self, message_id: bytes) -> Transaction | None:
        return self._client.feature(Transactions).get(message_id)

    def transactions(self, chat_id: str | None) -> Sequence[Transaction]:
        return self._client.feature(Transactions).all(chat_id)

    def announcements(self, chat_id: str | None) -> Sequence[Announcement]:
        return self._client.feature(Transactions).announcements(chat_id)

    def transaction_steps(self, step: Transaction) -> Sequence[Transaction]:
        return self._client.feature(Transactions).steps(step)

    def wallet_accounts(self) -> Sequence[WalletAccount]:
        return self._client.feature(Wallet).accounts()

    def tokens(self, chain_id: int) -> Sequence[Token]:
        return self._client.feature(Wallet).tokens(chain_id)

    def favourites(self) -> Sequence[Favourite]:
        return self._client.feature(Wallet).favourites()

    def sent(self, *, waiting: bool) -> Sequence[SentTransaction]:
        return self._client.feature(Wallet).sent(waiting=waiting)

    def sticker_packs(self) -> Sequence[StickerPack]:
        from pystatus.client.features.stickers import Stickers

        return self._client.feature(Stickers).packs()

    def own_names(self) -> Sequence[OwnName]:
        return self.names.own()

    def name_changes(self) -> Sequence[NameChange]:
        return self.names.changes()
