"""What the devices of one person tell each other (payloads.md §3.2). Believed only from one's own key."""

from __future__ import annotations

from typing import ClassVar

from pystatus.errors import RemoteError
from pystatus.payloads.chats import is_public_chat_name, key_from_text
from pystatus.payloads.checks import (
    MAX_TIME_MS,
    InvalidPayload,
    check,
    check_clock,
    check_line,
    check_not_future,
    check_picture,
    check_short,
)
from pystatus.payloads.codec import MAX_REPEATED
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.payload import Author, Payload
from pystatus.records import dataclass
from pystatus.wire.proto import payloads_pb2


@dataclass(frozen=True, slots=True)
class PairInstallation(Payload):
    """A device introduces itself. ``device_type`` is ``ios``, ``android`` or ``desktop``."""

    TYPE = PayloadType.PAIR_INSTALLATION
    AUTHOR = Author.OURSELVES
    WIRE = payloads_pb2.PairInstallation

    clock: int = 0
    installation_id: str = ""
    device_type: str = ""
    name: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_clock(self.clock, sent_ms)
        check_line("installation_id", self.installation_id)
        check_line("device_type", self.device_type)
        check_line("name", self.name)


@dataclass(frozen=True, slots=True)
class SyncInstallationContact(Payload):
    """A contact that was added or changed on another device. ``id`` is the contact's key text ``0x04…``."""

    TYPE = PayloadType.SYNC_INSTALLATION_CONTACT
    AUTHOR = Author.OUR_ENVELOPES
    WIRE = payloads_pb2.SyncInstallationContact

    clock: int = 0
    id: str = ""
    profile_image: str = ""
    ens_name: str = ""
    last_updated: int = 0
    system_tags: tuple[str, ...] = ()
    local_nickname: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_not_future(self.clock, sent_ms)
        try:
            key_from_text(self.id)
        except RemoteError as error:
            raise InvalidPayload("a contact is named by a key") from error
        check(self.last_updated <= MAX_TIME_MS, "impossible time")
        check_picture(self.profile_image)
        for text in (self.ens_name, self.local_nickname, *self.system_tags):
            check_short(text)


@dataclass(frozen=True, slots=True)
class SyncInstallationPublicChat(Payload):
    """A public chat that was joined on another device."""

    TYPE = PayloadType.SYNC_INSTALLATION_PUBLIC_CHAT
    AUTHOR = Author.OUR_ENVELOPES
    WIRE = payloads_pb2.SyncInstallationPublicChat

    clock: int = 0
    id: str = ""

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_not_future(self.clock, sent_ms)
        check(is_public_chat_name(self.id), "not the name of a public chat")


@dataclass(frozen=True, slots=True)
class SyncInstallationAccount(Payload):
    """One's own picture as set on another device."""

    TYPE = PayloadType.SYNC_INSTALLATION_ACCOUNT
    AUTHOR = Author.OUR_ENVELOPES
    WIRE = payloads_pb2.SyncInstallationAccount

    clock: int = 0
    profile_image: str = ""
    last_updated: int = 0

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_not_future(self.clock, sent_ms)
        check(self.last_updated <= MAX_TIME_MS, "impossible time")
        check_picture(self.profile_image)


@dataclass(frozen=True, slots=True)
class SyncInstallation(Payload):
    """Contacts, public chats and account in one message: the form of older clients."""

    TYPE = PayloadType.SYNC_INSTALLATION
    AUTHOR = Author.OUR_ENVELOPES
    WIRE = payloads_pb2.SyncInstallation
    MOST_ENTRIES = MAX_REPEATED
    NESTED: ClassVar = {
        "contacts": SyncInstallationContact,
        "public_chats": SyncInstallationPublicChat,
        "account": SyncInstallationAccount,
    }

    contacts: tuple[SyncInstallationContact, ...] = ()
    public_chats: tuple[SyncInstallationPublicChat, ...] = ()
    account: SyncInstallationAccount | None = None

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        for entry in (*self.contacts, *self.public_chats, *((self.account,) if self.account else ())):
            entry.check(sent_ms, now_ms)
