"""What a profile holds, read from its files: beside a process that writes to it, and on a read-only disk."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pystatus.apps.cli.profile_reader import MAX_REACTIONS, Reader, Wanted
from pystatus.crypto.keys import PublicKey
from pystatus.storage.changeover import DATABASE
from pystatus.storage.descriptions import Profile

if TYPE_CHECKING:
    from pystatus.account.record import AccountRecord
    from pystatus.account.wallet_accounts import WalletAccount
    from pystatus.ethereum.tokens import Token
    from pystatus.messenger.contact_records import Contact, ContactTables
    from pystatus.messenger.features.conversations import Draft
    from pystatus.messenger.features.devices import Device
    from pystatus.messenger.features.names import NameReader
    from pystatus.messenger.features.reactions import Reaction, ReactionCount, ReactionTables
    from pystatus.messenger.features.search import SearchResult
    from pystatus.messenger.features.unknown_payloads import UnknownPayload, UnknownPayloadTables
    from pystatus.messenger.group_records import GroupMember, GroupStore, JoinRequest
    from pystatus.messenger.media_keeping import Attachment, MediaTables
    from pystatus.messenger.name_records import NameChange, OwnName
    from pystatus.messenger.own_profile import SharedProfile
    from pystatus.messenger.records import Chat, Cursor, Message
    from pystatus.messenger.sent_records import SentTransaction
    from pystatus.messenger.sticker_records import StickerPack, StickerTables
    from pystatus.messenger.transaction_records import Announcement, Transaction, TransactionTables
    from pystatus.messenger.wallet_records import Favourite, WalletTables
    from pystatus.peers.cache import CachedPeer
    from pystatus.storage.database import Database
    from pystatus.storage.messenger import SqlMessengerStore
    from pystatus.storage.profiles import Profiles


@contextmanager
def opened(profiles: Profiles, profile: Profile, password: str) -> Iterator[Reader]:
    """The contents of a profile, for reading while another process may write.

    :raises WrongPassword: nothing was changed.
    :raises StorageError: a file is missing or damaged.
    """
    from pystatus.storage.database import explained
    from pystatus.storage.messenger import SqlMessengerStore

    with profiles.unlock(profile, password, shared=True) as unlocked, explained(profile.directory / DATABASE):
        yield StoredReader(unlocked.database, SqlMessengerStore(unlocked.database), unlocked.account.record)


class StoredReader(Reader):
    """The files of one profile."""

    def __init__(self, database: Database, store: SqlMessengerStore, account: AccountRecord) -> None:
        self._database = database
        self._store = store
        self.own = account.public_key
        self._default_wallet = account.default_wallet

    @cached_property
    def names(self) -> NameReader:
        from pystatus.messenger.features.names import NameReader

        return NameReader(self.own, self._store)

    def chats(self) -> Sequence[Chat]:
        return self._store.chats()

    def chat(self, chat_id: str) -> Chat | None:
        return self._store.chat(chat_id)

    def find_chat(self, text: str) -> Chat:
        from pystatus.client.chats import find_chat

        return find_chat(self._store, text)

    def messages(
        self, chat_id: str, limit: int, before: Cursor | None = None, *, after: Cursor | None = None
    ) -> Sequence[Message]:
        return self._store.messages(chat_id, limit, before, after)

    def found(self, message_id: bytes) -> Message | None:
        return self._store.message(message_id)

    def message(self, beginning: str) -> Message:
        from pystatus.client.pages import message_beginning

        return message_beginning(self._store, beginning)

    def search(self, wanted: Wanted, limit: int) -> Sequence[SearchResult]:
        from pystatus.messenger.features.search import Query, Search, find, parsed

        written = _milliseconds(wanted.since), _milliseconds(wanted.until)
        query = Query(parsed(wanted.words), wanted.chat_id, wanted.author, *written)
        return find(self._store, self._store.tables(Search), query, limit, wanted.before)

    @cached_property
    def _reactions(self) -> ReactionTables:
        from pystatus.messenger.features.reactions import Reactions

        tables: ReactionTables = self._store.tables(Reactions)
        return tables

    def reactions(self, chat_id: str, message_ids: Sequence[bytes]) -> Mapping[bytes, Sequence[ReactionCount]]:
        return self._reactions.counts(chat_id, message_ids, self.own)

    def reactions_by(self, message: Message, limit: int = MAX_REACTIONS) -> Sequence[Reaction]:
        return self._reactions.listed(message.chat_id, message.id, limit)

    def draft(self, chat_id: str) -> Draft | None:
        from pystatus.messenger.features.conversations import Conversations

        draft: Draft | None = self._store.tables(Conversations).draft(chat_id)
        return draft

    def _unknown(self, chat_id: str) -> Sequence[UnknownPayload]:
        from pystatus.messenger.features.unknown_payloads import MAX_LISTED, UnknownPayloads

        tables: UnknownPayloadTables = self._store.tables(UnknownPayloads)
        return tables.listed(chat_id, MAX_LISTED)

    @cached_property
    def _media(self) -> MediaTables:
        from pystatus.messenger.features.media import Media

        tables: MediaTables = self._store.tables(Media)
        return tables

    def attachments(self, messages: Sequence[Message]) -> Mapping[bytes, Attachment]:
        return self._media.attachments([message.id for message in messages])

    def _attachments_beginning(self, beginning: str) -> Sequence[Attachment]:
        return self._media.beginning(beginning, most=2)

    def data(self, message_id: bytes) -> bytes:
        return self._media.data(message_id)

    def remembered_peers(self) -> Sequence[CachedPeer]:
        from pystatus.storage.cached_peers import SqlCachedPeers

        return SqlCachedPeers(self._database.connection).all(time.time())

    @cached_property
    def _contacts(self) -> ContactTables:
        from pystatus.messenger.features.contacts import Contacts

        tables: ContactTables = self._store.tables(Contacts)
        return tables

    def contacts(self) -> Sequence[Contact]:
        return self._contacts.contacts()

    def contact(self, key: PublicKey) -> Contact:
        from pystatus.messenger.contact_records import Contact

        return self._contacts.contact(key) or Contact(key)

    def profile(self) -> SharedProfile:
        from pystatus.messenger.own_profile import stored_profile

        return stored_profile(self._store)

    def devices(self) -> Sequence[Device]:
        from pystatus.messenger.copies import INSTALLATION_ID
        from pystatus.messenger.features.devices import Devices, stored_devices

        installation_id = self._store.setting(INSTALLATION_ID)
        if installation_id is None:
            return []
        return stored_devices(self._store, self._store.tables(Devices), self.own, str(installation_id))

    @cached_property
    def _groups(self) -> GroupStore:
        from pystatus.messenger.features.groups import Groups

        tables: GroupStore = self._store.tables(Groups)
        return tables

    def members(self, group: Chat) -> Sequence[GroupMember] | None:
        from pystatus.messenger.group_book import members

        return members(self._groups, group.id)

    def join_requests(self) -> Sequence[JoinRequest]:
        return self._groups.requests()

    @cached_property
    def _transactions(self) -> TransactionTables:
        from pystatus.messenger.features.transactions import Transactions

        tables: TransactionTables = self._store.tables(Transactions)
        return tables

    def transaction(self, message_id: bytes) -> Transaction | None:
        return self._transactions.get(message_id)

    def transactions(self, chat_id: str | None) -> Sequence[Transaction]:
        from pystatus.messenger.transaction_records import MAX_LISTED

        return self._transactions.listed(chat_id, MAX_LISTED)

    def announcements(self, chat_id: str | None) -> Sequence[Announcement]:
        from pystatus.messenger.transaction_records import MAX_LISTED
        from pystatus.payloads.chats import key_from_text

        return self._transactions.announcements(None if chat_id is None else key_from_text(chat_id), MAX_LISTED)

    def transaction_steps(self, step: Transaction) -> Sequence[Transaction]:
        return self._transactions.steps(step.command_id)

    def wallet_accounts(self) -> Sequence[WalletAccount]:
        from pystatus.messenger.features.wallet import accounts_of

        return accounts_of(self._wallet, self._default_wallet)

    @cached_property
    def _wallet(self) -> WalletTables:
        from pystatus.messenger.features.wallet import Wallet

        tables: WalletTables = self._store.tables(Wallet)
        return tables

    def tokens(self, chain_id: int) -> Sequence[Token]:
        from pystatus.ethereum.tokens import offered

        return offered(chain_id, self._wallet.tokens(chain_id))

    def favourites(self) -> Sequence[Favourite]:
        return self._wallet.favourites()

    def sent(self, *, waiting: bool) -> Sequence[SentTransaction]:
        from pystatus.messenger.wallet_records import MAX_LISTED

        return self._wallet.sent(None, MAX_LISTED, waiting=waiting)

    def sticker_packs(self) -> Sequence[StickerPack]:
        from pystatus.messenger.features.stickers import Stickers

        tables: StickerTables = self._store.tables(Stickers)
        return tables.sticker_packs()

    def own_names(self) -> Sequence[OwnName]:
        from pystatus.messenger.own_names import own_names

        return own_names(self._store, self.names.tables)

    def name_changes(self) -> Sequence[NameChange]:
        from pystatus.messenger.own_names import name_changes

        return name_changes(self.names.tables, self._wallet)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1_000)
