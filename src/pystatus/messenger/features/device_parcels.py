"""What is known here, as the payloads that bring it to another device of ours (payloads.md §14).

Contacts and public chats have payloads of their own, a group is its history. A message travels as it did before: the
same bytes, so it has the same id and is shown once. They are made again of what is stored, and of the signature of its
author, which is kept for this: nobody can make another person's message without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.crypto.keys import PublicKey
from pystatus.errors import RemoteError
from pystatus.messenger.contact_records import Contact, ContactTables
from pystatus.messenger.device_journal import HERE, DeviceJournal, Item, ItemKind
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.feature import Core
from pystatus.messenger.features.group_telling import update_of
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.media import Media
from pystatus.messenger.group_book import GroupBook
from pystatus.messenger.group_records import GroupStore
from pystatus.messenger.media_keeping import MEDIA_KINDS, MediaKeeping, MediaTables
from pystatus.messenger.own_profile import stored_profile
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.contacts import ContactUpdate
from pystatus.payloads.devices import SyncInstallationContact, SyncInstallationPublicChat
from pystatus.payloads.groups import MembershipUpdateMessage
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.payload import Payload
from pystatus.payloads.wrapper import message_id, wrap_signed

ADDED = ":contact/added"
"""The tag of a person that we have added (payloads.md §8)."""
MAX_TRIED = 64
"""Histories of a group that are tried for one message: it was sent with the one of its moment. Ours: a few are enough
where nothing was late, and each is hashed, of up to 200 kB."""

_PRIVATE_KINDS = (ChatKind.ONE_TO_ONE, ChatKind.PRIVATE_GROUP)
_PERSON_BYTES = 400
"""About what a contact takes without its picture."""


class DeviceParcels:
    """Called inside transactions."""

    def __init__(self, core: Core, journal: DeviceJournal) -> None:
        self._core = core
        self._journal = journal
        self._contacts: ContactTables = core.store.tables(Contacts)
        self._groups: GroupStore = core.store.tables(Groups)
        self._book = GroupBook(self._groups)
        self._media_tables: MediaTables = core.store.tables(Media)
        self._media = MediaKeeping(self._media_tables)

    # what there is

    def contacts(self, device: str, now: float) -> Iterator[Item]:
        """Everybody whom we have added."""
        for contact in self._contacts.contacts():
            if contact.added and not contact.blocked:
                yield self.contact(device, contact, now)

    def contact(self, device: str, contact: Contact, now: float) -> Item:
        """A contact as it is now; one that changes later is another version."""
        size = _PERSON_BYTES + (len(self._contacts.picture(contact.key)) if contact.has_picture else 0)
        version = self._decided(contact.key) or contact.last_updated
        return _item(device, ItemKind.CONTACT, contact.key.compressed, now, version, size)

    def note_decision(self, contact: Contact, now: float) -> None:
        """Our user has decided something about a person here: later than everything that was decided before."""
        clock = max(int(now * 1000), contact.last_updated + 1, self._decided(contact.key) + 1)
        self._journal.note_arrived(_item(HERE, ItemKind.CONTACT, contact.key.compressed, now, clock))

    def is_outdated(self, said: SyncInstallationContact) -> bool:
        """Whether our user has decided about a person here after what another device of ours says."""
        return said.clock <= self._decided(key_from_text(f"0x{said.id[2:]}"))

    def _decided(self, person: PublicKey) -> int:
        return self._journal.version(HERE, ItemKind.CONTACT, person.compressed)

    def profile(self, device: str, now: float) -> Iterator[Item]:
        """Our own name and picture, if there are any."""
        profile = stored_profile(self._core.store)
        if profile.clock:
            yield _item(device, ItemKind.PROFILE, b"", now, profile.clock, _PERSON_BYTES + len(profile.picture))

    def public_chats(self, device: str, now: float) -> Iterator[Item]:
        """The public chats that we are in."""
        for chat in self._core.store.chats_without_strangers():
            if chat.active and chat.kind is ChatKind.PUBLIC:
                yield self.public_chat(device, chat.id, now)

    def public_chat(self, device: str, name: str, now: float) -> Item:
        """One of them."""
        return _item(device, ItemKind.PUBLIC_CHAT, name.encode(), now, 0, len(name))

    def groups(self, device: str, now: float) -> Iterator[Item]:
        """The groups that we have joined."""
        for chat_id in self._groups.groups():
            known = self._book.find(chat_id)
            if known is not None and self._core.own.hex in known.folded.group.joined:
                size = sum(len(event.raw) for event in known.folded.history)
                yield _item(device, ItemKind.GROUP, chat_id.encode(), now, known.folded.last_clock, size)

    def group_version(self, chat_id: str) -> int:
        """The clock of the last event of a group; 0: there is none."""
        known = self._book.find(chat_id)
        return 0 if known is None else known.folded.last_clock

    def histories(self, device: str, now: float) -> Iterator[Item]:
        """The chats whose messages travel in private, the last used first."""
        for chat in self._core.store.chats_without_strangers():
            if chat.active and chat.kind in _PRIVATE_KINDS:
                yield _item(device, ItemKind.HISTORY, chat.id.encode(), now)

    def messages(self, device: str, chat_id: str, most: int, oldest_ms: int, now: float) -> Iterator[Item]:
        """The last messages of a chat that can be brought, the newest first."""
        found = self._core.store.messages(chat_id, most)
        pictures = self._media_tables.attachments(
            [message.id for message in found if message.content_type in MEDIA_KINDS]
        )
        for message in found:
            is_ours = message.author == self._core.own
            if message.sent_ms < oldest_ms or not message.payload:
                continue
            if is_ours or self._journal.signature(message.id) is not None:
                picture = pictures.get(message.id)
                size = len(message.payload) + (0 if picture is None else picture.size)
                yield _item(device, ItemKind.MESSAGE, message.id, now, 0, size)

    # how it is sent

    def wrapped(self, item: Item) -> bytes | None:
        """What brings an item; ``None``: it is not here any more, or cannot be made again."""
        match item.kind:
            case ItemKind.PROFILE:
                profile = stored_profile(self._core.store)
                return self._core.sender.wrapped(ContactUpdate(profile.clock, profile.ens_name, profile.picture))
            case ItemKind.CONTACT:
                return self._contact(PublicKey.from_bytes(item.key))
            case ItemKind.PUBLIC_CHAT:
                return self._public_chat(item.key.decode(), item.queued_ms)
            case ItemKind.GROUP:
                return self._group(item.key.decode())
            case ItemKind.MESSAGE:
                message = self._core.store.message(item.key)
                return None if message is None else self.message(message)
        return None

    def _contact(self, person: PublicKey) -> bytes | None:
        """With the clock of our decision, but later than what is known of them by a moment: a device that has heard the
        same of them has not heard of the decision."""
        contact = self._contacts.contact(person)
        if contact is None or not contact.added or contact.blocked:
            return None
        return self._core.sender.wrapped(
            SyncInstallationContact(
                clock=max(self._decided(person), contact.last_updated + 1),
                id=person.hex,
                profile_image=self._contacts.picture(person) if contact.has_picture else "",
                ens_name=contact.ens_name,
                last_updated=contact.last_updated,
                system_tags=(ADDED,),
                local_nickname=contact.nickname,
            )
        )

    def _public_chat(self, name: str, clock: int) -> bytes | None:
        chat = self._core.store.chat(name)
        if chat is None or not chat.active:
            return None
        return self._core.sender.wrapped(SyncInstallationPublicChat(clock=clock, id=name))

    def _group(self, chat_id: str) -> bytes | None:
        known = self._book.find(chat_id)
        if known is None or self._core.own.hex not in known.folded.group.members:
            return None
        return self._core.sender.wrapped(update_of(chat_id, known.folded))

    # messages

    def message(self, message: Message) -> bytes | None:
        """A message as it was sent; ``None``: there is no way to make its bytes again, or it is of a public chat, whose
        messages travel in public."""
        chat = self._core.store.chat(message.chat_id)
        whole = self._media.whole(message) if message.payload else None
        if chat is None or whole is None or chat.kind not in _PRIVATE_KINDS:
            return None
        signature = None if message.author == self._core.own else self._journal.signature(message.id)
        if signature is None and message.author != self._core.own:
            return None
        if chat.kind is ChatKind.ONE_TO_ONE:
            return self._as_sent(message, PayloadType.CHAT_MESSAGE, whole.payload, signature)
        for update in self._updates(chat, whole):
            found = self._as_sent(message, PayloadType.MEMBERSHIP_UPDATE_MESSAGE, update, signature)
            if found is not None:
                return found
        return None

    def _as_sent(self, message: Message, kind: PayloadType, payload: bytes, signature: bytes | None) -> bytes | None:
        """A payload in its wrapper, if that is what was sent: the id of the message says so."""
        if signature is None:
            signature = self._core.sender.signature(payload)
        wrapped = wrap_signed(payload, kind, signature)
        return wrapped if message_id(wrapped, message.author) == message.id else None

    def _updates(self, chat: Chat, message: Message) -> Iterator[bytes]:
        """What may have carried a message of a group, the likeliest first: the history up to its clock, and then what
        its author may have known instead."""
        kept = self._groups.sent_payload(message.id)
        if kept is not None:
            yield kept
        known = self._book.find(chat.id)
        if known is None:
            return
        try:
            content = ChatMessage.decode(message.payload)
        except RemoteError:  # of a newer client: its bytes may be such as we do not make
            return
        raws = [event.raw for event in known.folded.history]
        before = sum(event.event.clock <= message.clock for event in known.folded.history)
        lengths = sorted(range(1, len(raws) + 1), key=lambda length: (abs(length - before), length))
        for length in lengths[:MAX_TRIED]:
            yield MembershipUpdateMessage(chat.id, tuple(raws[:length]), content).encode()


def _item(device: str, kind: ItemKind, key: bytes, now: float, version: int = 0, size: int = 0) -> Item:
    return Item(device, kind, key, int(now * 1000), version, size)


def is_message(payload: Payload) -> bool:
    """Whether a payload is shown as a message of a chat."""
    return isinstance(payload, ChatMessage) or (
        isinstance(payload, MembershipUpdateMessage) and payload.message is not None
    )
