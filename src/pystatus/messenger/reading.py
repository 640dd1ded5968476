"""What of a chat has been read: how many of its messages have not, and how many of these name us.

The unread messages are the last ones of others, in the order of the chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from itertools import islice

from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.mentions import names
from pystatus.messenger.records import Chat, Message
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.kinds import ContentType
from pystatus.sanitise import quoted

PAGE = 200
"""Messages that are looked at in one step."""


def mark_read(store: MessengerStore, own: PublicKey, chat_id: str, messages: int | None = None) -> Chat:
    """Some unread messages of a chat have been seen, the oldest of them first.

    :param messages: how many; ``None``: all. More than there are are all.
    :raises LocalError: there is no such chat, or fewer messages than none.
    """
    if messages is not None and messages < 0:
        raise LocalError(f"No message or more can be marked as read, not {messages}. Give a number from 0 on.")
    chat = _chat(store, chat_id)
    unread = 0 if messages is None else max(0, chat.unread - messages)
    return _save(store, own, chat, unread) if unread != chat.unread else chat


def mark_unread(store: MessengerStore, own: PublicKey, chat_id: str, messages: int = 1) -> Chat:
    """The last messages of others in a chat are to be seen once more.

    :param messages: how many; fewer where there are fewer. A chat in which nobody else has written stays as it is.
    :raises LocalError: there is no such chat, or less than one message.
    """
    if messages < 1:
        raise LocalError(f"One message or more can be marked as unread, not {messages}.")
    chat = _chat(store, chat_id)
    unread = max(chat.unread, sum(1 for _ in islice(last_of_others(store, own, chat_id), messages)))
    return _save(store, own, chat, unread) if unread != chat.unread else chat


def first_unread(store: MessengerStore, own: PublicKey, chat: Chat) -> Message | None:
    """The oldest message of a chat that has not been read; ``None``: all have."""
    if not chat.unread:
        return None
    oldest = None
    for oldest in islice(last_of_others(store, own, chat.id), chat.unread):  # noqa: B007 - the last one is wanted
        pass
    return oldest


def mark_seen(store: MessengerStore, own: PublicKey, chat_id: str, message_ids: Set[bytes]) -> tuple[Chat, int]:
    """Some messages of a chat have been seen, wherever they are in it: as many are unread no longer, and that are the
    oldest. The chat, and how many of them were unread.

    :raises LocalError: there is no such chat.
    """
    chat = _chat(store, chat_id)
    unread = islice(last_of_others(store, own, chat_id), chat.unread)
    seen = sum(message.id in message_ids for message in unread)
    return (_save(store, own, chat, chat.unread - seen) if seen else chat), seen


def forget(store: MessengerStore, own: PublicKey, chat: Chat, message: Message) -> Chat:
    """A message is about to be deleted: it is unread no longer."""
    unread = list(islice(last_of_others(store, own, chat.id), chat.unread))
    if all(one.id != message.id for one in unread):
        return chat
    left = [one for one in unread if one.id != message.id]
    chat = replace(chat, unread=len(left), mentions=sum(names(one.text, own) for one in left))
    store.save_chat(chat)
    return chat


def forget_author(store: MessengerStore, own: PublicKey, chat: Chat, author: PublicKey) -> Chat:
    """All messages of somebody are about to be deleted: they are unread no longer."""
    unread = islice(last_of_others(store, own, chat.id), chat.unread)
    left = [names(one.text, own) for one in unread if one.author != author]
    if len(left) != chat.unread:
        chat = replace(chat, unread=len(left), mentions=sum(left))
        store.save_chat(chat)
    return chat


def last_of_others(store: MessengerStore, own: PublicKey, chat_id: str) -> Iterator[Message]:
    """What others have written in a chat, the newest first."""
    page = store.messages(chat_id, PAGE, None)
    while page:
        for message in page:
            if message.author != own and message.content_type != ContentType.SYSTEM_PRIVATE_GROUP:
                yield message
        page = store.messages(chat_id, PAGE, page[-1].cursor)


def _chat(store: MessengerStore, chat_id: str) -> Chat:
    chat = store.chat(chat_id)
    if chat is None:
        raise LocalError(f"There is no chat {quoted(chat_id)}.")
    return chat


def _save(store: MessengerStore, own: PublicKey, chat: Chat, unread: int) -> Chat:
    mentions = 0
    if unread and (chat.mentions or unread > chat.unread):
        left = islice(last_of_others(store, own, chat.id), unread)
        mentions = sum(names(message.text, own) for message in left)
    chat = replace(chat, unread=unread, mentions=mentions)
    store.save_chat(chat)
    return chat
