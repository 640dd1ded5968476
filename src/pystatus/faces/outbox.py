"""Messages of our own that are under way or could not be sent, over all chats."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.client import Client
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.mentions import Mentions
from pystatus.faces.message_text import NameOf, plain
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.kinds import ContentType

OUTBOX_CHATS = 100
"""Chats that are looked through for messages that wait, those used last; a read of each takes 1 ms."""
OUTBOX_MESSAGES = 50
"""Messages of each of them that are looked at, the newest ones."""
_TYPED = (ContentType.TEXT_PLAIN, ContentType.EMOJI)
"""Content of messages that somebody has typed."""
WAITING = (MessageState.SENDING, MessageState.FAILED, MessageState.UNCONFIRMED)


async def withdraw(client: Client, message: Message, name_of: NameOf) -> bool:
    """Take a message back that has not left, and begin it anew as the draft of its chat if nothing is begun there.
    Whether it is.

    :param name_of: how somebody is called: in a draft mentions are names, as they were typed.
    :raises LocalError: it has left, or none of ours waits.
    """
    await client.withdraw(message)
    conversations, chat_id = client.feature(Conversations), message.chat_id
    if message.content_type not in _TYPED or conversations.draft(chat_id) is not None:
        return False
    shown = plain(message.text, name_of)
    text = shown if client.feature(Mentions).typed(chat_id, shown) == message.text else message.text
    return await conversations.set_draft(chat_id, text, message.response_to) is not None


def waiting(client: Client) -> Iterator[tuple[Chat, Message]]:
    """Those of the chats used last first."""
    for chat in list(client.chats())[:OUTBOX_CHATS]:
        for message in client.history(chat, OUTBOX_MESSAGES):
            if message.state in WAITING:
                yield chat, message
