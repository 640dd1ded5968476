"""What of a chat has been read."""

from __future__ import annotations

from dataclasses import replace

from pystatus.errors import LocalError
from pystatus.messenger.records import Chat
from pystatus.messenger.store import MessengerStore
from pystatus.sanitise import quoted


def mark_read(store: MessengerStore, chat_id: str, messages: int | None = None) -> Chat:
    """Some unread messages of a chat have been seen.

    :param messages: how many; ``None``: all. More than there are are all.
    :raises LocalError: there is no such chat, or fewer messages than none.
    """
    if messages is not None and messages < 0:
        raise LocalError(f"No message or more can be marked as read, not {messages}. Give a number from 0 on.")
    chat = store.chat(chat_id)
    if chat is None:
        raise LocalError(f"There is no chat {quoted(chat_id)}.")
    unread = 0 if messages is None else max(0, chat.unread - messages)
    if unread != chat.unread:
        chat = replace(chat, unread=unread)
        store.save_chat(chat)
    return chat
