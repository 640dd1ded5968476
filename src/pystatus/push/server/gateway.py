"""The port to what reaches phones: an HTTP server that understands the calls of gorush (push-notifications.md §9.4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pystatus.errors import LocalError
from pystatus.push.messages import NotificationType, PushNotification, PushNotificationRegistration, TokenType

PATH = "/api/push"
"""Behind the address that the operator sets."""

_PLATFORMS = {TokenType.APN: 1, TokenType.FIREBASE: 2}
_TEXTS = {
    NotificationType.MESSAGE: "You have a new message",
    NotificationType.MENTION: "Someone mentioned you",
}
"""What phones show. It says nothing of who, where and what."""


class GatewayError(LocalError):
    """Nobody can say that the gateway has notified anybody. The message is a sentence for the operator."""


class Gateway(Protocol):
    """Notifies phones."""

    async def notify(self, body: bytes) -> None:
        """Post a :func:`body`.

        :raises GatewayError: no answer, or none that says that it was accepted.
        """
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One device that is to be notified."""

    notification: PushNotification
    registration: PushNotificationRegistration


def body(calls: Sequence[Call]) -> bytes:
    """The JSON of all notifications of one request.

    Implements: PN-23
    """
    return json.dumps({"notifications": [_entry(call) for call in calls]}, separators=(",", ":")).encode()


def _entry(call: Call) -> dict[str, Any]:
    asked, told = call.notification, call.registration
    return {
        "tokens": [told.device_token],
        "platform": _PLATFORMS[TokenType(told.token_type)],
        "message": _TEXTS[NotificationType(asked.type)],
        "topic": told.apn_topic,
        "data": {
            "encryptedMessage": "0x" + asked.message.hex(),
            "chatId": "0x" + asked.chat_id.hex(),
            "publicKey": "0x" + asked.public_key.hex(),
        },
    }
