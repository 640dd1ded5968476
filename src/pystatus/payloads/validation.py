"""What is refused before a payload does anything (payloads.md §4, secure-transport.md T13, decisions.md "Secure
transport and data sync", A38).

A refused payload changes nothing: no clock moves, nothing is stored. Where the reference checks nothing, sizes and
times are bounded here so that no peer can fill a database or name a number that it cannot hold.
"""

from __future__ import annotations

import math
import re

from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.chats import is_public_chat_name, key_from_text
from pystatus.payloads.contacts import ContactCodeAdvertisement, ContactUpdate
from pystatus.payloads.devices import (
    PairInstallation,
    SyncInstallation,
    SyncInstallationAccount,
    SyncInstallationContact,
    SyncInstallationPublicChat,
)
from pystatus.payloads.groups import GroupChatInvitation, MembershipUpdateEvent, MembershipUpdateMessage
from pystatus.payloads.kinds import AudioType, ContentType, ImageType, MessageType, PayloadType, ReactionType
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.payloads.registry import Payload
from pystatus.payloads.transactions import (
    AcceptRequestAddressForTransaction,
    DeclineRequestAddressForTransaction,
    DeclineRequestTransaction,
    RequestAddressForTransaction,
    RequestTransaction,
    SendTransaction,
)
from pystatus.payloads.wrapper import ApplicationMessage

MAX_CLOCK_AHEAD_MS = 120_000
"""How far a clock may be ahead of its reference (6/PAYLOADS). The past is free: data sync repeats old messages."""
MAX_TEXT = 4_096
"""Code points of a message (payloads.md §4)."""
MAX_LINE = 255
"""Code points of a name, an id or another text of one line. Ours: the longest honest one is a group's id, 169."""
MAX_PROFILE_IMAGE = 131_072
"""Characters of a profile picture's data URI. Ours: clients send about 10,000."""
MAX_TIME_MS = 253_402_300_799_999
"""The last millisecond of the year 9999. Ours: later times fit neither a calendar nor a signed database column."""
MAX_AUDIO_MS = 86_400_000
"""A day of sound. Ours: clients record at most two minutes, and a mebibyte holds a few."""

SAME_SIGNER_TYPES = frozenset(
    {
        PayloadType.CHAT_MESSAGE,
        PayloadType.CONTACT_UPDATE,
        PayloadType.REQUEST_ADDRESS_FOR_TRANSACTION,
        PayloadType.ACCEPT_REQUEST_ADDRESS_FOR_TRANSACTION,
        PayloadType.DECLINE_REQUEST_ADDRESS_FOR_TRANSACTION,
        PayloadType.REQUEST_TRANSACTION,
        PayloadType.SEND_TRANSACTION,
        PayloadType.DECLINE_REQUEST_TRANSACTION,
        PayloadType.EMOJI_REACTION,
    }
)
"""Types whose author must have sent the envelope too: the signature covers neither type nor recipient
(secure-transport.md T13)."""

OWN_KEY_TYPES = frozenset(
    {
        PayloadType.PAIR_INSTALLATION,
        PayloadType.SYNC_INSTALLATION,
        PayloadType.SYNC_INSTALLATION_CONTACT,
        PayloadType.SYNC_INSTALLATION_ACCOUNT,
        PayloadType.SYNC_INSTALLATION_PUBLIC_CHAT,
    }
)
"""Types that only our own devices may send (payloads.md §4)."""

_NUMBER = re.compile(r"\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class InvalidPayload(RemoteError):
    """The payload decodes but breaks a rule of payloads.md §4; it is discarded."""


def check_author(message: ApplicationMessage, transport_signer: PublicKey, own: PublicKey) -> None:
    """Refuse a message whose author may not say such a thing through ``transport_signer`` to ``own`` (A38).

    :raises InvalidPayload: relayed although its type must come from its author, or a device message of somebody else.
    """
    if message.type in SAME_SIGNER_TYPES and message.author != transport_signer:
        raise InvalidPayload("the author of the message is not the one who sent it")
    if message.type in OWN_KEY_TYPES and message.author != own:
        raise InvalidPayload("only our own devices may send this")


def clock_ok(clock: int, reference_ms: int) -> bool:
    """Whether a clock is acceptable next to ``reference_ms``: not 0 and not too far in the future.

    Implements: DS-30, PL-11
    """
    return 0 < clock <= reference_ms + MAX_CLOCK_AHEAD_MS


def validate(payload: Payload, sent_ms: int, now_ms: int) -> None:
    """Apply the table of payloads.md §4.

    ``sent_ms`` is the envelope's sending time, the reference of most clocks; ``now_ms`` is our own time, the reference
    for group events and reactions. Both are Unix milliseconds. A message or reaction inside a membership update is not
    looked at: it is validated by itself when the group has taken the update in.

    :raises InvalidPayload: with the reason.

    Implements: PL-20
    """
    match payload:
        case ChatMessage():
            _chat_message(payload, sent_ms)
        case EmojiReaction():
            _clock(payload.clock, now_ms)
            _line("message_id", payload.message_id)
            _present("chat_id", payload.chat_id)
            _check(payload.type != ReactionType.UNKNOWN, "unknown reaction")
            _check(payload.message_type != MessageType.UNKNOWN, "unknown message type")
        case MembershipUpdateMessage():
            _membership_update(payload, now_ms)
        case GroupChatInvitation():
            _not_future(payload.clock, sent_ms)
            _line("chat_id", payload.chat_id)
            _check(len(payload.introduction_message) <= MAX_TEXT, "introduction too long")
        case ContactUpdate():
            _not_future(payload.clock, sent_ms)
            _short(payload.ens_name)
            _picture(payload.profile_image)
        case ContactCodeAdvertisement():
            pass  # nothing in it is used before the push layer has checked it
        case PairInstallation():
            _clock(payload.clock, sent_ms)
            _line("installation_id", payload.installation_id)
            _line("device_type", payload.device_type)
            _line("name", payload.name)
        case SyncInstallation():
            for entry in (*payload.contacts, *payload.public_chats, *((payload.account,) if payload.account else ())):
                validate(entry, sent_ms, now_ms)
        case SyncInstallationContact():
            _sync_contact(payload, sent_ms)
        case SyncInstallationPublicChat():
            _not_future(payload.clock, sent_ms)
            _check(is_public_chat_name(payload.id), "not the name of a public chat")
        case SyncInstallationAccount():
            _not_future(payload.clock, sent_ms)
            _check(payload.last_updated <= MAX_TIME_MS, "impossible time")
            _picture(payload.profile_image)
        case _:
            _transaction_command(payload, sent_ms)


def _chat_message(message: ChatMessage, sent_ms: int) -> None:
    """A message in a chat: its text, and what its content type promises.

    Implements: PL-5, PL-7, PL-20
    """
    _clock(message.clock, sent_ms)
    _check(0 < message.timestamp <= MAX_TIME_MS, "timestamp is 0 or impossible")
    _present("text", message.text)
    _check(len(message.text) <= MAX_TEXT, f"text longer than {MAX_TEXT} characters")
    _check(bool(message.chat_id), "chat_id is empty")
    _short(message.response_to)
    _short(message.ens_name)
    _check(
        message.message_type not in (MessageType.UNKNOWN, MessageType.SYSTEM_PRIVATE_GROUP),
        "message type is unknown or local",
    )
    match message.content_type:
        case ContentType.UNKNOWN | ContentType.TRANSACTION_COMMAND | ContentType.SYSTEM_PRIVATE_GROUP:
            raise InvalidPayload("content type is unknown or local")
        case ContentType.STICKER:
            _check(message.sticker is not None and 0 < len(message.sticker.hash) <= MAX_LINE, "no sticker")
        case ContentType.IMAGE:
            image = message.image
            _check(image is not None and bool(image.payload) and image.type != ImageType.UNKNOWN, "no image")
        case ContentType.AUDIO:
            audio = message.audio
            _check(audio is not None and bool(audio.payload) and audio.type != AudioType.UNKNOWN, "no sound")
            _check(audio is None or audio.duration_ms <= MAX_AUDIO_MS, "impossible duration")


def _membership_update(update: MembershipUpdateMessage, now_ms: int) -> None:
    for raw in update.events:
        try:
            event = MembershipUpdateEvent.decode(raw[SIGNATURE_SIZE:])
        except RemoteError:
            # An event that cannot be read has no effect on the group, and none on the others (decisions.md "Groups and
            # payloads").
            continue
        _clock(event.clock, now_ms)


def _sync_contact(contact: SyncInstallationContact, sent_ms: int) -> None:
    _not_future(contact.clock, sent_ms)
    try:
        key_from_text(contact.id)
    except RemoteError as error:
        raise InvalidPayload("a contact is named by a key") from error
    _check(contact.last_updated <= MAX_TIME_MS, "impossible time")
    _picture(contact.profile_image)
    for text in (contact.ens_name, contact.local_nickname, *contact.system_tags):
        _short(text)


def _transaction_command(
    command: RequestAddressForTransaction
    | AcceptRequestAddressForTransaction
    | DeclineRequestAddressForTransaction
    | RequestTransaction
    | SendTransaction
    | DeclineRequestTransaction,
    sent_ms: int,
) -> None:
    _clock(command.clock, sent_ms)
    match command:
        case RequestAddressForTransaction():
            _amount(command.value)
            _short(command.contract)
        case RequestTransaction():
            _amount(command.value)
            _line("address", command.address)
            _short(command.contract)
        case AcceptRequestAddressForTransaction():
            _line("id", command.id)
            _line("address", command.address)
        case DeclineRequestAddressForTransaction() | DeclineRequestTransaction():
            _line("id", command.id)
        case _:
            _short(command.id)
            _line("transaction_hash", command.transaction_hash)
            _check(bool(command.signature), "signature is missing")


def _check(condition: bool, reason: str) -> None:
    if not condition:
        raise InvalidPayload(reason)


def _clock(clock: int, reference_ms: int) -> None:
    _check(clock_ok(clock, reference_ms), "clock is 0 or too far ahead")


def _not_future(clock: int, reference_ms: int) -> None:
    """For payloads which the reference accepts with a clock of 0; they are never newer than what is stored."""
    _check(clock == 0 or clock_ok(clock, reference_ms), "clock is too far ahead")


def _present(name: str, text: str) -> None:
    _check(bool(text.strip()), f"{name} is blank")


def _short(text: str) -> None:
    _check(len(text) <= MAX_LINE, f"text longer than {MAX_LINE} characters")


def _line(name: str, text: str) -> None:
    _present(name, text)
    _short(text)


def _picture(image: str) -> None:
    _check(len(image) <= MAX_PROFILE_IMAGE, "profile picture is too large")


def _amount(value: str) -> None:
    """A decimal number that is no larger than a float: an exponent of a million would exhaust whoever expands it."""
    _line("value", value)
    _check(bool(_NUMBER.fullmatch(value)) and math.isfinite(float(value)), "value is not a number")
