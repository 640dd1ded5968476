"""Messages of our own that are under way or could not be sent, over all chats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pystatus.client import Client
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.mentions import Mentions
from pystatus.faces.message_text import NameOf, plain
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.kinds import ContentType

PAGE = 500
"""Messages that are read together: some 10 ms."""
MAX_COUNTED = 100_000
"""Messages that are counted, the newest. Ours: some 7 MB between two processes, at a start with as many."""
MAX_LISTED = 200
"""Messages that are listed, the newest; how many more there are stands below. Ours: some 200 kB in an answer to the
page, which may have a mebibyte."""
_TYPED = (ContentType.TEXT_PLAIN, ContentType.EMOJI)
"""Content of messages that somebody has typed."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """What is shown of it."""

    listed: Sequence[tuple[Chat, Message]]
    """The newest first."""
    more: int
    """How many there are besides."""


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


def waiting(client: Client) -> Iterator[Message]:
    """All of them, the newest first. They are read a page at a time: what is written meanwhile is not among them."""
    conversations = client.feature(Conversations)
    page = conversations.unsent(PAGE)
    while page:
        yield from page
        page = conversations.unsent(PAGE, before=page[-1]) if len(page) == PAGE else ()


def waiting_ids(client: Client) -> set[bytes]:
    """The ids of at most :data:`MAX_COUNTED` of them, for somebody who counts them from here on."""
    return set(client.feature(Conversations).unsent_ids(MAX_COUNTED))


def outbox(client: Client) -> Outbox:
    """What a face lists, and how many it leaves out."""
    chats = {chat.id: chat for chat in client.chats()}
    found = [message for message in waiting(client) if message.chat_id in chats]
    return Outbox([(chats[one.chat_id], one) for one in found[:MAX_LISTED]], max(0, len(found) - MAX_LISTED))
