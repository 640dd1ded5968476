"""Which chat a user means."""

from __future__ import annotations

from pystatus import typed
from pystatus.account.key_encoding import parse_public_key
from pystatus.errors import LocalError
from pystatus.messenger.records import Chat
from pystatus.messenger.store import MessengerStore
from pystatus.sanitise import quoted


def find_chat(store: MessengerStore, chat: Chat | str) -> Chat:
    """The chat itself, or the one with this id: a public chat's name, with or without ``#``, or a person's chat key in
    any form.

    :raises LocalError: there is none.
    """
    if isinstance(chat, Chat):
        return chat
    found = store.chat(typed.chat_name(chat)) or _chat_with(store, chat)
    if found is None:
        raise LocalError(f"There is no chat {quoted(chat)}. Join a public chat, or open one with a chat key, first.")
    return found


def _chat_with(store: MessengerStore, text: str) -> Chat | None:
    try:
        return store.chat(parse_public_key(text).hex)
    except LocalError:  # it was a name, and there is no such chat
        return None
