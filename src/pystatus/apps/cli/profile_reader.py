"""What a profile holds, for commands that only read: beside a process that writes to it, and on a read-only disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from pystatus.account.names import Names, Page
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces.sentences import other_person
from pystatus.storage.changeover import DATABASE
from pystatus.storage.descriptions import Profile

if TYPE_CHECKING:
    from pystatus.messenger.contact_records import Contact, ContactTables
    from pystatus.messenger.features.conversations import Draft
    from pystatus.messenger.features.devices import Device
    from pystatus.messenger.features.names import NameReader
    from pystatus.messenger.features.reactions import ReactionCount, ReactionTables
    from pystatus.messenger.features.unknown_payloads import UnknownPayload, UnknownPayloadTables
    from pystatus.messenger.media_keeping import Attachment
    from pystatus.messenger.records import Chat, Cursor, Message
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
        yield Reader(SqlMessengerStore(unlocked.database), unlocked.account.public_key)


class Reader:
    """What is stored in one profile."""

    def __init__(self, store: SqlMessengerStore, own: PublicKey) -> None:
        self.store = store
        self.own = own

    @cached_property
    def names(self) -> NameReader:
        """What people are called."""
        from pystatus.messenger.features.names import NameReader

        return NameReader(self.own, self.store)

    def names_in(self, chats: Iterable[Chat]) -> Names:
        """What the other people of private chats are called, asked for together."""
        others = (other_person(chat) for chat in chats)
        return Page(self.names, [other for other in others if other is not None])

    def names_on(self, messages: Iterable[Message]) -> Names:
        """What the authors of these messages are called, and who is mentioned in them, asked for together."""
        from pystatus.messenger.features.names import people_on

        return Page(self.names, people_on(messages))

    def chats(self) -> Sequence[Chat]:
        """All chats, the most recently used first."""
        return self.store.chats()

    def message(self, beginning: str) -> Message:
        """The message whose id begins with these hexadecimal digits.

        :raises LocalError: there is none, or there are several.
        """
        from pystatus.client.pages import message_beginning

        return message_beginning(self.store, beginning)

    def reactions(self, chat_id: str, message_ids: Sequence[bytes]) -> Mapping[bytes, list[ReactionCount]]:
        """What is under messages of a chat."""
        from pystatus.messenger.features.reactions import Reactions

        tables: ReactionTables = self.store.tables(Reactions)
        return tables.counts(chat_id, message_ids, self.own)

    def draft(self, chat_id: str) -> Draft | None:
        """What was begun in a chat."""
        from pystatus.messenger.features.conversations import Conversations

        draft: Draft | None = self.store.tables(Conversations).draft(chat_id)
        return draft

    def unknown_payloads(
        self, chat_id: str, page: Sequence[Message], *, is_last: bool, before: Cursor | None
    ) -> Iterator[UnknownPayload]:
        """What came in a chat and is not understood, the newest first: what belongs on a page of it, by the time of its
        envelope, as it has no clock that we know.

        :param is_last: there are no older messages.
        :param before: where the page begins; ``None``: it is the newest.
        """
        from pystatus.messenger.features.unknown_payloads import MAX_LISTED, UnknownPayloads

        tables: UnknownPayloadTables = self.store.tables(UnknownPayloads)
        for payload in sorted(tables.listed(chat_id, MAX_LISTED), key=lambda one: -one.sent_ms):
            is_below = before is None or payload.sent_ms <= before.clock
            is_above = is_last or not page or payload.sent_ms > page[-1].clock
            if is_below and is_above:
                yield payload

    def attachments(self, messages: Sequence[Message]) -> Mapping[bytes, Attachment]:
        """What is known of the pictures and sounds of these messages, by the ids of those that have one."""
        from pystatus.messenger.features.media import Media

        found: Mapping[bytes, Attachment] = self.store.tables(Media).attachments([message.id for message in messages])
        return found

    def attachment(self, beginning: str) -> tuple[Attachment, bytes]:
        """The picture or the sound of the message whose id begins so, in hexadecimal, and its bytes.

        :raises LocalError: there is none, or several, or it is not kept.
        """
        from pystatus.messenger.features.media import Media

        tables = self.store.tables(Media)
        found = tables.beginning(beginning, most=2)
        if not found:
            raise LocalError("No picture and no sound is of a message that begins so. See: pystatus history")
        if len(found) > 1:
            raise LocalError("Several messages with a picture or a sound begin so. Give more of the id.")
        if found[0].problem:
            raise LocalError(f"This is not kept: {found[0].problem}.")
        return found[0], tables.data(found[0].message_id)

    def contacts(self) -> Sequence[Contact]:
        """Everybody of whom anything is kept beside what they write."""
        from pystatus.messenger.features.contacts import Contacts

        tables: ContactTables = self.store.tables(Contacts)
        return tables.contacts()

    def contact(self, key: PublicKey) -> Contact:
        """What is kept of a person; of most nothing is."""
        from pystatus.messenger.contact_records import Contact
        from pystatus.messenger.features.contacts import Contacts

        tables: ContactTables = self.store.tables(Contacts)
        return tables.contact(key) or Contact(key)

    def devices(self) -> list[Device]:
        """The devices of the account, this one first; none if the profile was never opened here."""
        from pystatus.messenger.copies import INSTALLATION_ID
        from pystatus.messenger.features.devices import Devices, stored_devices

        installation_id = self.store.setting(INSTALLATION_ID)
        if installation_id is None:
            return []
        return stored_devices(self.store, self.store.tables(Devices), self.own, str(installation_id))
