"""The structures of status-go v0.64.0, with its names in JSON.

What it leaves out when it is empty has a default here and is left out, too; an empty list of the rest is ``null``.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Shape(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """The base of all: fields are called as in Python here."""


class QuotedMessage(Shape):
    """What a message replies to."""

    sender: str = msgspec.field(name="from")
    text: str
    parsed_text: list[Any] | None = None
    image: str = ""
    audio: str = ""
    audio_duration_ms: int = 0


class Sticker(Shape):
    hash: str
    pack: int


class CommandParameters(Shape):
    """What a step of a transaction is about. ``signature`` is base64."""

    id: str
    sender: str = msgspec.field(name="from")
    address: str
    contract: str
    value: str
    transaction_hash: str
    command_state: int
    signature: str | None


class Message(Shape):
    id: str
    whisper_timestamp: int
    """Unix milliseconds in which it came, or in which it was written here."""
    sender: str = msgspec.field(name="from")
    alias: str
    identicon: str
    ens_name: str
    seen: bool
    quoted_message: QuotedMessage | None
    rtl: bool
    parsed_text: list[Any] | None
    line_count: int
    text: str
    chat_id: str
    """As its author says: of a chat of two, the key of the recipient."""
    local_chat_id: str
    clock: int
    replace: str
    response_to: str
    sticker: Sticker | None
    command_parameters: CommandParameters | None
    timestamp: int
    """Unix milliseconds in which its author says that it was written."""
    content_type: int
    message_type: int
    outgoing_status: str = ""
    image: str = ""
    audio: str = ""
    audio_duration_ms: int = 0
    links: list[str] | None = None
    mentions: list[str] | None = None
    new: bool = False


class Member(Shape):
    id: str
    admin: bool
    joined: bool


class MembershipEvent(Shape):
    """A change of a group. ``signature`` and ``raw_payload``, which is what was signed, are base64."""

    chat_id: str
    clock_value: int
    sender: str = msgspec.field(name="from")
    type: int
    raw_payload: str
    signature: str
    members: list[str] | None = None
    name: str = ""


class Chat(Shape):
    id: str
    name: str
    color: str
    active: bool
    chat_type: int
    timestamp: int
    last_clock_value: int
    deleted_at_clock_value: int
    unviewed_messages_count: int
    last_message: Message | None
    members: list[Member] | None
    membership_update_events: list[MembershipEvent] | None
    identicon: str
    alias: str = ""
    muted: bool = False
    invitation_admin: str = ""
    profile: str = ""


class Contact(Shape):
    id: str
    identicon: str
    last_updated: int
    system_tags: list[str] | None
    device_info: list[Any] | None
    ens_verified: bool
    ens_verified_at: int
    last_ens_clock_value: int = msgspec.field(name="lastENSClockValue")
    ens_verification_retries: int
    address: str = ""
    name: str = ""
    alias: str = ""
    photo_path: str = ""
    local_nickname: str = ""
    tribute_to_talk: str = ""


class EmojiReaction(Shape):
    id: str
    sender: str = msgspec.field(name="from")
    clock: int = 0
    chat_id: str = ""
    local_chat_id: str = ""
    message_id: str = ""
    message_type: int = 0
    emoji_id: int = 0
    retracted: bool = False


class Invitation(Shape):
    """A request to be taken into a group."""

    id: str
    sender: str = msgspec.field(name="from")
    chat_id: str = ""
    introduction_message: str = ""
    state: int = 0


class InstallationMetadata(Shape):
    name: str
    device_type: str
    fcm_token: str


class Installation(Shape):
    """A device of the account. ``timestamp`` is nanoseconds."""

    id: str
    identity: str
    version: int
    enabled: bool
    timestamp: int
    metadata: InstallationMetadata | None


class Filter(Shape):
    """Where something may come. Keys stay here: their ids are those of nothing."""

    chat_id: str
    filter_id: str
    identity: str
    sym_key_id: str
    topic: str
    one_to_one: bool
    discovery: bool
    negotiated: bool
    listen: bool


class Answer(Shape):
    """What came of a call, or what has happened: the objects as they are now."""

    chats: list[Chat] | None = None
    messages: list[Message] | None = None
    contacts: list[Contact] | None = None
    installations: list[Installation] | None = None
    emoji_reactions: list[EmojiReaction] | None = None
    invitations: list[Invitation] | None = None


class Page(Shape):
    """Messages of a chat, the newest first. ``cursor`` gives the next page; empty: there is none."""

    messages: list[Message] | None
    cursor: str


class HistoryResponse(Shape):
    """What ``requestMessagesSync`` answers."""

    cursor: str
    error: Any


class MessagesRequest(Shape):
    """History that is wanted: times are Unix seconds, ``timeout`` seconds, topics ``0x`` and eight digits."""

    mail_server_peer: str
    start: int = msgspec.field(name="from")
    to: int
    limit: int
    cursor: str
    topic: str
    topics: list[str] | None
    sym_key_id: str = msgspec.field(name="symKeyID")
    timeout: int
    force: bool
