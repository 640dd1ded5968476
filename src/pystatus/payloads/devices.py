"""What the devices of one person tell each other (payloads.md §3.2). Believed only from one's own key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pystatus.payloads.codec import WirePayload
from pystatus.wire.proto import payloads_pb2


@dataclass(frozen=True, slots=True)
class PairInstallation(WirePayload):
    """A device introduces itself. ``device_type`` is ``ios``, ``android`` or ``desktop``."""

    WIRE = payloads_pb2.PairInstallation

    clock: int = 0
    installation_id: str = ""
    device_type: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SyncInstallationContact(WirePayload):
    """A contact that was added or changed on another device. ``id`` is the contact's key text ``0x04…``."""

    WIRE = payloads_pb2.SyncInstallationContact

    clock: int = 0
    id: str = ""
    profile_image: str = ""
    ens_name: str = ""
    last_updated: int = 0
    system_tags: tuple[str, ...] = ()
    local_nickname: str = ""


@dataclass(frozen=True, slots=True)
class SyncInstallationPublicChat(WirePayload):
    """A public chat that was joined on another device."""

    WIRE = payloads_pb2.SyncInstallationPublicChat

    clock: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class SyncInstallationAccount(WirePayload):
    """One's own picture as set on another device."""

    WIRE = payloads_pb2.SyncInstallationAccount

    clock: int = 0
    profile_image: str = ""
    last_updated: int = 0


@dataclass(frozen=True, slots=True)
class SyncInstallation(WirePayload):
    """Contacts, public chats and account in one message: the form of older clients."""

    WIRE = payloads_pb2.SyncInstallation
    NESTED: ClassVar = {
        "contacts": SyncInstallationContact,
        "public_chats": SyncInstallationPublicChat,
        "account": SyncInstallationAccount,
    }

    contacts: tuple[SyncInstallationContact, ...] = ()
    public_chats: tuple[SyncInstallationPublicChat, ...] = ()
    account: SyncInstallationAccount | None = None
