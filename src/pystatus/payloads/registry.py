"""From the type number of a wrapper to the typed payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from pystatus.payloads.contacts import ContactCodeAdvertisement, ContactUpdate
from pystatus.payloads.devices import (
    PairInstallation,
    SyncInstallation,
    SyncInstallationAccount,
    SyncInstallationContact,
    SyncInstallationPublicChat,
)
from pystatus.payloads.groups import GroupChatInvitation, MembershipUpdateMessage
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.payloads.transactions import (
    AcceptRequestAddressForTransaction,
    DeclineRequestAddressForTransaction,
    DeclineRequestTransaction,
    RequestAddressForTransaction,
    RequestTransaction,
    SendTransaction,
)

Payload: TypeAlias = (
    ChatMessage
    | ContactUpdate
    | MembershipUpdateMessage
    | PairInstallation
    | SyncInstallation
    | RequestAddressForTransaction
    | AcceptRequestAddressForTransaction
    | DeclineRequestAddressForTransaction
    | RequestTransaction
    | SendTransaction
    | DeclineRequestTransaction
    | SyncInstallationContact
    | SyncInstallationAccount
    | SyncInstallationPublicChat
    | ContactCodeAdvertisement
    | EmojiReaction
    | GroupChatInvitation
)
"""Every payload that people and their devices exchange. Push traffic (types 16 to 21) belongs to its own layer."""

PAYLOADS: Mapping[int, type[Payload]] = {
    PayloadType.CHAT_MESSAGE: ChatMessage,
    PayloadType.CONTACT_UPDATE: ContactUpdate,
    PayloadType.MEMBERSHIP_UPDATE_MESSAGE: MembershipUpdateMessage,
    PayloadType.PAIR_INSTALLATION: PairInstallation,
    PayloadType.SYNC_INSTALLATION: SyncInstallation,
    PayloadType.REQUEST_ADDRESS_FOR_TRANSACTION: RequestAddressForTransaction,
    PayloadType.ACCEPT_REQUEST_ADDRESS_FOR_TRANSACTION: AcceptRequestAddressForTransaction,
    PayloadType.DECLINE_REQUEST_ADDRESS_FOR_TRANSACTION: DeclineRequestAddressForTransaction,
    PayloadType.REQUEST_TRANSACTION: RequestTransaction,
    PayloadType.SEND_TRANSACTION: SendTransaction,
    PayloadType.DECLINE_REQUEST_TRANSACTION: DeclineRequestTransaction,
    PayloadType.SYNC_INSTALLATION_CONTACT: SyncInstallationContact,
    PayloadType.SYNC_INSTALLATION_ACCOUNT: SyncInstallationAccount,
    PayloadType.SYNC_INSTALLATION_PUBLIC_CHAT: SyncInstallationPublicChat,
    PayloadType.CONTACT_CODE_ADVERTISEMENT: ContactCodeAdvertisement,
    PayloadType.EMOJI_REACTION: EmojiReaction,
    PayloadType.GROUP_CHAT_INVITATION: GroupChatInvitation,
}

TYPES: Mapping[type[Payload], PayloadType] = {payload: PayloadType(number) for number, payload in PAYLOADS.items()}
"""The other way round, for sending."""


def decode_payload(payload_type: int, data: bytes) -> Payload | None:
    """The typed payload, or None for a type that is not known here: such messages are ignored (accretion rule).

    :raises RemoteError: the bytes are not the payload of this type.

    Implements: PL-19
    """
    payload = PAYLOADS.get(payload_type)
    return payload.decode(data) if payload else None
