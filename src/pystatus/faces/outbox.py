"""Messages of our own that are under way or could not be sent, over all chats."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.client import Client
from pystatus.messenger.records import Chat, Message, MessageState

OUTBOX_CHATS = 100
"""Chats that are looked through for messages that wait, those used last; a read of each takes 1 ms."""
OUTBOX_MESSAGES = 50
"""Messages of each of them that are looked at, the newest ones."""
WAITING = (MessageState.SENDING, MessageState.FAILED, MessageState.UNCONFIRMED)


def waiting(client: Client) -> Iterator[tuple[Chat, Message]]:
    """Those of the chats used last first."""
    for chat in list(client.chats())[:OUTBOX_CHATS]:
        for message in client.history(chat, OUTBOX_MESSAGES):
            if message.state in WAITING:
                yield chat, message
