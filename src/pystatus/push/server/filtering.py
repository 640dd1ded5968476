"""Of what a device wants to be notified (push-notifications.md §9.3)."""

from __future__ import annotations

from pystatus.push.messages import NotificationType, PushNotification, PushNotificationRegistration

KNOWN_TYPES = frozenset({NotificationType.MESSAGE, NotificationType.MENTION})
"""Other types pass all filters of the reference; here they are skipped, as UNKNOWN is
(push-notifications.md §16, 2)."""


def is_wanted(notification: PushNotification, told: PushNotificationRegistration) -> bool:
    """Whether a notification of a known type passes the filters of a device. Chat and author are what the sender
    claims. A mention in a muted chat passes, if the chat is among those where mentions are allowed: which ones are, the
    client says, and ours leaves muted ones out.
    """
    if notification.author in told.blocked_chat_list:
        return False
    if notification.type == NotificationType.MESSAGE:
        return notification.chat_id not in told.blocked_chat_list
    return not told.block_mentions and notification.chat_id in told.allowed_mentions_chat_list
