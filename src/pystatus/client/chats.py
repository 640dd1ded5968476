"""Which chat a user means."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus import typed
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.links.parsing import is_link
from pystatus.links.people import linked_chat, parse_person
from pystatus.messenger.records import Chat
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.chats import ChatKind
from pystatus.sanitise import quoted


def find_chat(store: MessengerStore, chat: Chat | str) -> Chat:
    """The chat itself, or the one with this id: a public chat's name, with or without ``#``, a person's chat key in
    any form, or the id of a group, or its name if no other chat is called so; or a link to one of them.

    :raises LocalError: there is none, or there are several groups of this name.
    """
    if isinstance(chat, Chat):
        return chat
    if is_link(chat):
        place = linked_chat(chat)
        chat = place.hex if isinstance(place, PublicKey) else place
    found = store.chat(typed.chat_name(chat)) or store.chat(typed.token(chat)) or _chat_with(store, chat)
    found = found or group_named(store.groups(), chat)
    if found is None:
        raise LocalError(
            f"There is no chat or group {quoted(chat)}. Join a public chat, or open one with a chat key, first."
            " A group that you are added to comes while you are connected."
        )
    return found


def group_named(chats: Sequence[Chat], text: str) -> Chat | None:
    """The group that is called so; one that was left only if there is no other. None: there is none.

    :raises LocalError: there are several.
    """
    named = [one for one in chats if one.kind == ChatKind.PRIVATE_GROUP and typed.is_same_name(one.name, text)]
    named = [one for one in named if one.active] or named
    if len(named) > 1:
        ids = ", ".join(one.id for one in named)
        raise LocalError(f"Several groups are called {quoted(text)}. Give the id of one: {ids}.")
    return next(iter(named), None)


def _chat_with(store: MessengerStore, text: str) -> Chat | None:
    try:
        return store.chat(parse_person(text).hex)
    except LocalError:  # it was a name, and there is no such chat
        return None
