"""What clients and push notification servers say to each other (push-notifications.md §4).

These are no :class:`~pystatus.payloads.payload.Payload`: the messenger takes none of them, so it does not load them.
Tokens are in no ``repr``: who has one can notify the device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from pystatus.payloads.codec import WirePayload
from pystatus.payloads.contacts import PushNotificationQueryInfo
from pystatus.wire.proto import push_service_pb2 as wire


class TokenType(IntEnum):
    """Whose token a device token is."""

    UNKNOWN = 0
    APN = 1
    FIREBASE = 2


class RegistrationError(IntEnum):
    """Why a server has not registered a device."""

    UNKNOWN = 0
    MALFORMED_MESSAGE = 1
    VERSION_MISMATCH = 2
    UNSUPPORTED_TOKEN_TYPE = 3
    INTERNAL_ERROR = 4


class NotificationType(IntEnum):
    """What somebody is notified of."""

    UNKNOWN = 0
    MESSAGE = 1
    MENTION = 2


class ReportError(IntEnum):
    """Why a server has notified no device."""

    UNKNOWN = 0
    WRONG_TOKEN = 1
    INTERNAL_ERROR = 2
    NOT_REGISTERED = 3


@dataclass(frozen=True, slots=True)
class PushNotificationRegistration(WirePayload):
    """Where a device is notified, and of what. It is sealed for the server (:mod:`pystatus.push.pair_sealing`)."""

    WIRE = wire.PushNotificationRegistration

    token_type: int = TokenType.UNKNOWN
    device_token: str = field(default="", repr=False)
    installation_id: str = ""
    access_token: str = field(default="", repr=False)
    enabled: bool = False
    version: int = 0
    allowed_key_list: tuple[bytes, ...] = field(default=(), repr=False)
    blocked_chat_list: tuple[bytes, ...] = field(default=(), repr=False)
    unregister: bool = False
    grant: bytes = field(default=b"", repr=False)
    allow_from_contacts_only: bool = False
    apn_topic: str = ""
    block_mentions: bool = False
    allowed_mentions_chat_list: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class PushNotificationRegistrationResponse(WirePayload):
    """What the server has made of a registration."""

    WIRE = wire.PushNotificationRegistrationResponse

    success: bool = False
    error: int = RegistrationError.UNKNOWN
    request_id: bytes = b""
    """The hash of the sealed registration, 64 bytes."""


@dataclass(frozen=True, slots=True)
class PushNotificationQuery(WirePayload):
    """Who wants to know where somebody is notified."""

    WIRE = wire.PushNotificationQuery

    public_keys: tuple[bytes, ...] = ()
    """Hashes of their keys, 64 bytes each."""


@dataclass(frozen=True, slots=True)
class PushNotificationQueryResponse(WirePayload):
    """Where the devices of somebody are notified."""

    WIRE = wire.PushNotificationQueryResponse
    NESTED: ClassVar = {"info": PushNotificationQueryInfo}

    info: tuple[PushNotificationQueryInfo, ...] = field(default=(), repr=False)
    message_id: bytes = b""
    """That of the query, 32 bytes."""
    success: bool = False


@dataclass(frozen=True, slots=True)
class PushNotification(WirePayload):
    """One device to notify."""

    WIRE = wire.PushNotification

    access_token: str = field(default="", repr=False)
    chat_id: bytes = b""
    """The hash of the chat's id as the receiver knows it, 64 bytes; what we do not check."""
    public_key: bytes = b""
    """The hash of the receiver's key, 64 bytes."""
    installation_id: str = ""
    message: bytes = b""
    type: int = NotificationType.UNKNOWN
    author: bytes = b""
    """The hash of the author's key as text, 64 bytes; what the author claims."""


@dataclass(frozen=True, slots=True)
class PushNotificationRequest(WirePayload):
    """Devices to notify of one message."""

    WIRE = wire.PushNotificationRequest
    NESTED: ClassVar = {"requests": PushNotification}

    requests: tuple[PushNotification, ...] = ()
    message_id: bytes = b""


@dataclass(frozen=True, slots=True)
class PushNotificationReport(WirePayload):
    """What became of one notification."""

    WIRE = wire.PushNotificationReport

    success: bool = False
    error: int = ReportError.UNKNOWN
    public_key: bytes = b""
    installation_id: str = ""


@dataclass(frozen=True, slots=True)
class PushNotificationResponse(WirePayload):
    """What became of a request: a report for each of its notifications."""

    WIRE = wire.PushNotificationResponse
    NESTED: ClassVar = {"reports": PushNotificationReport}

    message_id: bytes = b""
    reports: tuple[PushNotificationReport, ...] = ()
