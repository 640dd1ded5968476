"""People, as our user has decided about them: added, removed, blocked, named; and what they say of themselves
(payloads.md §8).

Two ways lead to other devices of the account, and both stand here for the feature that keeps devices in step:

* Each decision of our user on this device is handed to :meth:`Feature.contact_changed` of every feature, inside the
  same transaction: what is to reach other devices is sent from there (``SyncInstallationContact``).
* What comes from them as ``SyncInstallationContact`` is taken here, as this feature names it in :attr:`PAYLOADS`; one
  that is a part of another payload (``SyncInstallation``) goes to ``core.dispatch.take(contact, incoming)``.

Strangers who add us are kept within the budget of strangers and give way to each other; whom our user has added, named
or blocked never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pystatus.account import names
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.messenger import reading
from pystatus.messenger.contact_records import Contact, ContactTables
from pystatus.messenger.contact_updates import ContactUpdates
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Continue, Notify
from pystatus.messenger.events import Event
from pystatus.messenger.features.conversations import ChatChanged
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.own_profile import OwnProfile, SharedProfile
from pystatus.messenger.refusals import BLOCKED
from pystatus.payloads.chats import key_from_text
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS, MAX_LINE
from pystatus.payloads.clocks import advance
from pystatus.payloads.contacts import ContactUpdate
from pystatus.payloads.devices import SyncInstallationContact
from pystatus.payloads.payload import Payload
from pystatus.records import dataclass

MAX_LISTENED = 4_000
"""Contacts whose topics are listened to without a chat: those whom we told last who we are. Each has two topics, and a
relay takes 10,000 (6/WAKU1). Ours."""
MAX_PICTURE_OF_STRANGER = 32 << 10
"""Characters of a stranger's picture that is kept. Ours: clients send about 10,000."""


@checked
@dataclass(frozen=True, slots=True)
class ContactChanged(Event):
    """A person was added, removed, blocked, unblocked or named, here or on another device of ours, or says something
    else of themselves."""

    contact: Contact


@checked
@dataclass(frozen=True, slots=True)
class ContactRequested(Event):
    """Somebody whom we have not added has added us. Add them in turn, or dismiss it, which they do not learn."""

    contact: Contact


class Contacts(Feature[ContactTables]):
    """Whom our user knows, and of whom nothing is to come."""

    PAYLOADS = (ContactUpdate, SyncInstallationContact)

    def __init__(self, core: Core, tables: ContactTables, now: float) -> None:
        super().__init__(core, tables, now)
        self._profile = OwnProfile(core.store, core.batch)
        self._updates = ContactUpdates(core.store, tables, core.sender, self._profile)

    def started(self, now: float) -> None:
        """Listen for those that were added."""
        self._listen_to(self._tables.added()[-MAX_LISTENED:])

    def _listen_to(self, people: Sequence[PublicKey]) -> None:
        """Of another device of ours very many can come at once. Relays are told when all keys are derived."""
        if self._core.channels.derive(people):
            self._core.batch.add(Continue(lambda _: self._listen_to(people)))
        else:
            self._core.channels.listen_to_people(people)

    def profile_changed(self, profile: SharedProfile, now: float) -> None:
        """See :meth:`Feature.profile_changed`: those whom we have added are to be told."""
        self._updates.profile_changed(now)

    def relays_changed(self, connected: bool, now: float) -> None:
        """See :meth:`Feature.relays_changed`."""
        self._updates.relays_changed(connected, now)

    def next_timer(self) -> float | None:
        """See :meth:`Feature.next_timer`."""
        return self._updates.next_timer()

    def on_timer(self, now: float) -> None:
        """Tell those whom we have added who we are, when it is time.

        Implements: PL-14, PL-15
        """
        self._updates.on_timer(now)

    # what there is

    def all(self) -> Sequence[Contact]:
        """Everybody of whom anything is kept, in the order of their keys; :attr:`Contact.is_shown` says of whom more
        is than a name that they claim."""
        return self._tables.contacts()

    def get(self, key: PublicKey) -> Contact:
        """What is kept of somebody; of most people nothing is."""
        return self._tables.contact(key) or Contact(key)

    def picture(self, key: PublicKey) -> str:
        """The data URI that somebody has sent as their picture, unchecked; empty: none."""
        return self._tables.picture(key)

    # what our user decides

    def add(self, key: PublicKey, now: float, nickname: str | None = None) -> Contact:
        """Add a person: we know them from now on, listen for them, and tell them who we are, now and now and then.

        :raises LocalError: ourselves, blocked, or not a nickname.
        """
        before = self._of_others(key)
        if before.blocked:
            raise LocalError(BLOCKED)
        named = before.nickname if nickname is None else checked_nickname(nickname)
        contact = replace(before, added=True, dismissed=False, nickname=named)
        self._core.people.know(key)
        self._core.channels.listen_to_people([key])
        if not before.added:
            (contact,) = self._updates.tell([contact], now)
        return self._decided(before, contact, now)

    def introduce(self, key: PublicKey, now: float) -> Contact:
        """Tell a person who we are, whether we have added them or not. What they learn is that we have added them:
        there is no other word for it.

        :raises LocalError: ourselves, or blocked.
        """
        contact = self._of_others(key)
        if contact.blocked:
            raise LocalError(BLOCKED)
        (told,) = self._updates.tell([contact], now)
        if contact.added:
            self._tables.save(told)
        return told

    def count_messages(self, key: PublicKey) -> int:
        """How many messages of a person are kept, in all chats: as many as :meth:`block` deletes."""
        return self._tables.count_messages(key)

    def remove(self, key: PublicKey, now: float) -> Contact:
        """Take back that a person was added. Nothing is sent: they do not learn of it.

        :raises LocalError: they were not added.
        """
        before = self._of_others(key)
        if not before.added:
            raise LocalError("This person is none of your contacts.")
        if key not in self._core.dispatch.people():
            self._core.channels.stop_listening_to_people([key])
        return self._decided(before, replace(before, added=False, dismissed=before.has_added_us), now)

    def dismiss(self, key: PublicKey, now: float) -> Contact:
        """Decline to add somebody who has added us. Nothing is sent: they do not learn of it.

        :raises LocalError: they have not asked.
        """
        before = self._of_others(key)
        if not before.is_request:
            raise LocalError("This person waits for no answer of yours. See the list of requests.")
        return self._decided(before, replace(before, dismissed=True), now)

    def block(self, key: PublicKey, now: float) -> Contact:
        """Take nothing of a person any more. Everything that they have written or put under messages is deleted, the
        chat with them, too, and what waits for them is not sent. They cannot learn of it: for them it is as if we were
        away. What they do in groups is still taken from others, as it says who is in them.

        :raises LocalError: ourselves.
        """
        core, before = self._core, self._of_others(key)
        if before.blocked:
            return before
        core.dispatch.person_blocked(key, now)
        for device in core.store.decryption_failures.devices():
            if device.identity == key.compressed:
                core.store.decryption_failures.drop(device.number)
        deleted_clock = self._delete_messages(key)
        core.sender.forget(key)
        core.people.block(key)
        if core.people.is_known(key):
            core.channels.stop_listening_to_people([key])
        now_ms = int(now * 1000)
        contact = replace(
            before,
            blocked=True,
            last_updated=max(before.last_updated, now_ms),
            cleared_clock=max(before.cleared_clock, deleted_clock, now_ms),
            has_picture=bool(self._tables.picture(key)),
        )
        return self._decided(before, contact, now)

    def unblock(self, key: PublicKey, now: float) -> Contact:
        """Take what comes of a person from now on. What was deleted does not come back.

        :raises LocalError: they were not blocked.
        """
        before = self._of_others(key)
        if not before.blocked:
            raise LocalError("This person is not blocked.")
        contact = self._decided(before, replace(before, blocked=False), now)
        if contact.added or key in self._core.dispatch.people():
            self._core.channels.listen_to_people([key])
        return contact

    def set_nickname(self, key: PublicKey, name: str, now: float) -> Contact:
        """Call a person so, for ourselves; an empty name takes it back.

        :raises LocalError: ourselves, or not a nickname.
        """
        before = self._of_others(key)
        contact = replace(before, nickname=checked_nickname(name))
        if contact.nickname and not contact.blocked:
            self._core.people.know(key)
        return self._decided(before, contact, now)

    def _of_others(self, key: PublicKey) -> Contact:
        if key == self._core.own:
            raise LocalError("This is your own chat key. Give the key of another person.")
        return self.get(key)

    def _decided(self, before: Contact, contact: Contact, now: float) -> Contact:
        if contact != before:
            self._tables.save(contact)
            self._core.batch.add(Notify(ContactChanged(contact)))
            self._core.dispatch.contact_changed(contact, now)
        return contact

    def _delete_messages(self, key: PublicKey) -> int:
        """Of all chats. The highest clock of what was deleted."""
        core = self._core
        before = [chat for chat in map(core.store.chat, self._tables.chats_of(key)) if chat is not None]
        counted = [reading.forget_author(core.store, core.own, chat, key) for chat in before]
        clock = self._tables.delete_messages(key)
        for was, chat in zip(before, counted, strict=True):
            for last in core.store.messages(chat.id, 1, None):
                chat = replace(chat, updated_ms=min(chat.updated_ms, last.received_ms))
            core.store.save_chat(chat)
            if chat != was:
                core.batch.add(Notify(ChatChanged(chat)))
        return clock

    # what comes

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Take what a person says of themselves, or another device of ours of itself or of a person.

        :raises RemoteError: it came in public.
        """
        if incoming.public_name is not None:
            raise RemoteError("who somebody is is said in private")
        if isinstance(payload, SyncInstallationContact):
            self._take_decision(payload, incoming.now_ms)
            return
        assert isinstance(payload, ContactUpdate)
        if incoming.author == self._core.own:
            self._profile.take(SharedProfile(payload.ens_name, payload.profile_image, payload.clock))
        else:
            self._take_update(payload, incoming)

    def _take_update(self, update: ContactUpdate, incoming: Incoming) -> None:
        """They have added us, and this is their name and picture; the newest counts."""
        core, author, before = self._core, incoming.author, self.get(incoming.author)
        self._advance(author, update.clock, incoming.now_ms)
        if update.clock <= before.last_updated:
            return
        most = len(update.profile_image) if core.people.is_known(author) else MAX_PICTURE_OF_STRANGER
        picture = update.profile_image if update.profile_image.isascii() and len(update.profile_image) <= most else ""
        contact = replace(
            before,
            has_added_us=True,
            ens_name=update.ens_name,
            ens_verified=before.ens_verified and update.ens_name == before.ens_name,
            last_updated=update.clock,
            has_picture=bool(picture),
        )
        if contact.ens_name != before.ens_name:
            contact = replace(contact, ens_checked_s=0, ens_retries=0)
        is_same_picture = picture == self._tables.picture(author)
        self._tables.save(contact)
        if not is_same_picture:
            self._tables.save_picture(author, picture)
        if contact.is_request and not before.is_request:
            core.batch.add(Notify(ContactRequested(contact)))
        elif replace(contact, last_updated=before.last_updated) != before or not is_same_picture:
            core.batch.add(Notify(ContactChanged(contact)))

    def _advance(self, author: PublicKey, clock: int, now_ms: int) -> None:
        """The clock of the chat with somebody, if there is one: none is made for somebody who has written nothing."""
        chat = self._core.store.chat(author.hex)
        if chat is not None:
            last_clock = advance(chat.last_clock, min(clock, now_ms + MAX_CLOCK_AHEAD_MS // 2))
            self._core.store.save_chat(replace(chat, last_clock=last_clock))

    def _take_decision(self, said: SyncInstallationContact, now_ms: int) -> None:
        """Another device of ours has added a person, or knows something else of one that was added."""
        core, key = self._core, key_from_text(said.id)
        before = self.get(key)
        if key == core.own or said.clock <= before.last_updated:
            return
        contact = replace(
            before,
            added=True,
            dismissed=False,
            nickname=said.local_nickname,
            ens_name=said.ens_name,
            ens_verified=before.ens_verified and said.ens_name == before.ens_name,
            last_updated=said.clock,
            updated_s=before.updated_s or now_ms // 1000,  # the other device has told them
            has_picture=bool(said.profile_image),
        )
        core.people.know(key)
        if not contact.blocked:
            core.channels.listen_to_people([key])
        self._tables.save(contact)
        self._tables.save_picture(key, said.profile_image)
        core.batch.add(Notify(ContactChanged(contact)))


def claim_name(tables: ContactTables, author: PublicKey, name: str, clock: int) -> None:
    """A message of somebody else says that this is their name. Another one than before is to be verified anew
    (payloads.md §8, §9).

    :param clock: of the message: an older one than has brought the name says nothing new.
    """
    if not name.endswith(".eth") or len(name) > MAX_LINE:
        return
    before = tables.contact(author) or Contact(author)
    if name != before.ens_name and clock >= before.ens_clock:
        renamed = replace(before, ens_name=name, ens_verified=False, ens_checked_s=0, ens_retries=0, ens_clock=clock)
        tables.save(renamed)


def checked_nickname(name: str) -> str:
    """A nickname that a person has typed; empty: none.

    :raises LocalError: nobody can be called so.
    """
    return names.checked_nickname(name)
