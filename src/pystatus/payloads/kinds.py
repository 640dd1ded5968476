"""The enumerations of 6/PAYLOADS and 7/GROUP-CHAT. Fields hold plain ``int``: newer clients may know more values."""

from __future__ import annotations

from enum import Enum, IntEnum


class NamedNumber(IntEnum):
    """A number on the wire or in the database that people see by its name: in ``print`` and f-strings, too."""

    def __str__(self) -> str:
        return self.name

    __format__ = Enum.__format__


class PayloadType(IntEnum):
    """What an ApplicationMetadataMessage carries (payloads.md §2)."""

    UNKNOWN = 0
    CHAT_MESSAGE = 1
    CONTACT_UPDATE = 2
    MEMBERSHIP_UPDATE_MESSAGE = 3
    PAIR_INSTALLATION = 4
    SYNC_INSTALLATION = 5
    REQUEST_ADDRESS_FOR_TRANSACTION = 6
    ACCEPT_REQUEST_ADDRESS_FOR_TRANSACTION = 7
    DECLINE_REQUEST_ADDRESS_FOR_TRANSACTION = 8
    REQUEST_TRANSACTION = 9
    SEND_TRANSACTION = 10
    DECLINE_REQUEST_TRANSACTION = 11
    SYNC_INSTALLATION_CONTACT = 12
    SYNC_INSTALLATION_ACCOUNT = 13
    SYNC_INSTALLATION_PUBLIC_CHAT = 14
    CONTACT_CODE_ADVERTISEMENT = 15
    PUSH_NOTIFICATION_REGISTRATION = 16
    PUSH_NOTIFICATION_REGISTRATION_RESPONSE = 17
    PUSH_NOTIFICATION_QUERY = 18
    PUSH_NOTIFICATION_QUERY_RESPONSE = 19
    PUSH_NOTIFICATION_REQUEST = 20
    PUSH_NOTIFICATION_RESPONSE = 21
    EMOJI_REACTION = 22
    GROUP_CHAT_INVITATION = 23


class MessageType(IntEnum):
    """What sort of chat a message says it is for (payloads.md §3.1). The prose of 6/PAYLOADS swaps 1 and 2; the names
    are right."""

    UNKNOWN = 0
    ONE_TO_ONE = 1
    PUBLIC_GROUP = 2
    PRIVATE_GROUP = 3
    SYSTEM_PRIVATE_GROUP = 4
    """Local only, never on the wire."""


class ContentType(IntEnum):
    """How the content of a chat message is shown (payloads.md §3.1).

    Implements: PL-5
    """

    UNKNOWN = 0
    TEXT_PLAIN = 1
    STICKER = 2
    STATUS = 3
    EMOJI = 4
    TRANSACTION_COMMAND = 5
    """Local only, never on the wire."""
    SYSTEM_PRIVATE_GROUP = 6
    """Local only, never on the wire."""
    IMAGE = 7
    AUDIO = 8


class ImageType(IntEnum):
    UNKNOWN = 0
    PNG = 1
    JPEG = 2
    WEBP = 3
    GIF = 4


class AudioType(IntEnum):
    UNKNOWN = 0
    AAC = 1
    AMR = 2


class ReactionType(IntEnum):
    """The six emoji of payloads.md §3.4."""

    UNKNOWN = 0
    LOVE = 1
    THUMBS_UP = 2
    THUMBS_DOWN = 3
    LAUGH = 4
    SAD = 5
    ANGRY = 6

    @property
    def emoji(self) -> str:
        """What people see; empty for :attr:`UNKNOWN`."""
        return _EMOJI.get(self, "")


_EMOJI = {
    ReactionType.LOVE: "\u2764\ufe0f",
    ReactionType.THUMBS_UP: "\U0001f44d",
    ReactionType.THUMBS_DOWN: "\U0001f44e",
    ReactionType.LAUGH: "\U0001f602",
    ReactionType.SAD: "\U0001f622",
    ReactionType.ANGRY: "\U0001f621",
}


class EventType(IntEnum):
    """What a membership event does to a group (payloads.md §3.3)."""

    UNKNOWN = 0
    CHAT_CREATED = 1
    NAME_CHANGED = 2
    MEMBERS_ADDED = 3
    MEMBER_JOINED = 4
    MEMBER_REMOVED = 5
    ADMINS_ADDED = 6
    ADMIN_REMOVED = 7


class InvitationState(IntEnum):
    """Where a request to join a group by link stands (payloads.md §3.3)."""

    UNKNOWN = 0
    REQUEST = 1
    REJECTED = 2
    APPROVED = 3
