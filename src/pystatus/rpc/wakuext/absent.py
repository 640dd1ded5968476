"""Calls of status-go that are known, and that this node does not offer."""

from __future__ import annotations

from typing import NoReturn

from pystatus.rpc.dispatcher import Method
from pystatus.rpc.errors import NOT_OFFERED, RpcError

_PUSH = "this node uses no push notifications"
_PREVIEWS = "this node shows no previews of links"

ABSENT = {
    "registerForPushNotifications": _PUSH,
    "unregisterFromPushNotifications": _PUSH,
    "registeredForPushNotifications": _PUSH,
    "enableSendingNotifications": _PUSH,
    "disableSendingNotifications": _PUSH,
    "enablePushNotificationsFromContactsOnly": _PUSH,
    "disablePushNotificationsFromContactsOnly": _PUSH,
    "enablePushNotificationsBlockMentions": _PUSH,
    "disablePushNotificationsBlockMentions": _PUSH,
    "startPushNotificationsServer": _PUSH,
    "stopPushNotificationsServer": _PUSH,
    "addPushNotificationsServer": _PUSH,
    "removePushNotificationServer": _PUSH,
    "getPushNotificationsServers": _PUSH,
    "getLinkPreviewWhitelist": _PREVIEWS,
    "getLinkPreviewData": _PREVIEWS,
    "confirmMessagesProcessedByID": "what has come is confirmed by the node itself",
}
"""Why each is not offered."""


def absent_methods() -> dict[str, Method]:
    """By name. They answer whatever is given."""
    return {f"wakuext_{name}": _refusal(name, why) for name, why in ABSENT.items()}


def _refusal(name: str, why: str) -> Method:
    def refuse(*_: object) -> NoReturn:
        raise RpcError(NOT_OFFERED, f"wakuext_{name} is not offered: {why}")

    return refuse
