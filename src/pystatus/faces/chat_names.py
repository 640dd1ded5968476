"""How chats are called on a screen, and what is to be done about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.names import Names
from pystatus.faces.english import english
from pystatus.faces.sentences import other_person, person

if TYPE_CHECKING:  # this brings protobuf with it, or is loaded late
    from pystatus.crypto.keys import PublicKey
    from pystatus.faces.catalogue import Catalogue
    from pystatus.messenger.records import Chat

MAX_BADGE = 99
"""The highest number on a badge; more than that is ``99+``."""


def chat_title(chat: Chat, names: Names, texts: Catalogue | None = None) -> str:
    """``#status``, the name of the other person or of the group, or whose profile it is: in a list of chats."""
    from pystatus.payloads.chats import ChatKind

    who = chat_person(chat)
    if who is not None:
        name = names.of(who).label
        return (texts or english()).chat_profile(name=name) if chat.kind == ChatKind.PROFILE else name
    return sanitise.name(chat.name) if chat.name else f"#{sanitise.name(chat.id)}"


def chat_label(chat: Chat, names: Names, texts: Catalogue | None = None) -> str:
    """``#status``, the other person of a private chat with the beginning of their key, ``harbour (group)``, or whose
    profile it is: outside of a list, where nothing else says what it is."""
    from pystatus.payloads.chats import ChatKind

    who = chat_person(chat)
    if who is not None:
        full = person(who, names)
        return (texts or english()).chat_profile(name=full) if chat.kind == ChatKind.PROFILE else full
    if chat.name:
        return (texts or english()).chat_group(name=sanitise.name(chat.name))
    return f"#{sanitise.name(chat.id)}"


def chat_person(chat: Chat) -> PublicKey | None:
    """The other one of a private chat, or whose profile it is; None for other chats."""
    from pystatus.payloads.chats import ChatKind, key_from_text

    if chat.kind == ChatKind.PROFILE:
        return key_from_text(chat.id.removeprefix("@"))
    return other_person(chat)


def chat_state_text(chat: Chat, names: Names, texts: Catalogue | None = None) -> str:
    """``#status [3 unread, 1 of them for you, muted]``."""
    if not (chat.unread or chat.mentions or chat.muted or chat.pinned or chat.archived) and chat.active:
        return chat_label(chat, names, texts)
    texts = texts or english()
    remarks = [texts.chat_unread(n=chat.unread)] if chat.unread else []
    remarks += [texts.chat_mentions(n=chat.mentions)] if chat.mentions else []
    remarks += [texts.chat_muted()] if chat.muted else []
    remarks += [texts.chat_pinned()] if chat.pinned else []
    remarks += [texts.chat_archived()] if chat.archived else []
    remarks += [] if chat.active else [texts.chat_left()]
    return f"{chat_label(chat, names, texts)} [{', '.join(remarks)}]"


def badge(count: int) -> str:
    """``3``, ``99+``; empty for none."""
    if not count:
        return ""
    return str(count) if count <= MAX_BADGE else f"{MAX_BADGE}+"
