"""One chat as the page is given it: in the list, and above its messages."""

from __future__ import annotations

from pystatus.account.names import Names
from pystatus.apps.web import shapes
from pystatus.apps.web.open_profile import OpenProfile
from pystatus.apps.web.shapes import PageValue
from pystatus.faces.audience import audience
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.chat_list import ChatEntry
from pystatus.faces.chat_names import chat_label, chat_person, chat_title
from pystatus.faces.group_page import standing_in
from pystatus.faces.moments import moment_text
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind

LATELY = 20
"""Messages of a private chat among which our last one is looked for. Ours."""


def chat_entry(entry: ChatEntry, profile: OpenProfile, names: Names, texts: Catalogue) -> PageValue:
    """A chat in the list.

    :param names: of the people of the list, asked for together.
    """
    chat = entry.chat
    return {
        "id": chat.id,
        "kind": shapes.kind(chat.kind),
        "title": entry.title,
        "person": None if entry.person is None else profile.person(names.of(entry.person)),
        "preview": entry.preview(profile.own, names, texts),
        "time": moment_text(chat.updated_ms, profile.today, texts) if chat.updated_ms else "",
        "updated_ms": chat.updated_ms,
        "unread": chat.unread,
        "unread_badge": entry.unread_badge,
        "mentions": chat.mentions,
        "mention_badge": entry.mention_badge,
        "muted": chat.muted,
        "draft": entry.has_draft,
        "asks": entry.asks,
        "description": entry.description(texts),
    }


def chat_head(chat: Chat, profile: OpenProfile, texts: Catalogue) -> PageValue:
    """What stands above and below the messages of a chat."""
    person = chat_person(chat)
    is_group = chat.kind is ChatKind.PRIVATE_GROUP
    members = profile.groups.members(chat) if is_group else ()
    secrecy = _secrecy(chat, profile)
    said = audience(chat, profile.own, profile.names, texts, members=members, forward_secrecy=secrecy)
    name = None if person is None else profile.names.of(person)
    imitated = None if name is None or person == profile.own else profile.imitated(name)
    return {
        "chat": chat.id,
        "title": chat_title(chat, profile.names, texts),
        "label": chat_label(chat, profile.names, texts),
        "kind": shapes.kind(chat.kind),
        "person": None if name is None else profile.person(name),
        "audience": said.text,
        "warns": said.warns,
        "muted": chat.muted,
        "active": chat.active,
        "can_write": said.can_write,
        "group": is_group,
        "standing": standing_in(chat, members, profile.own).value if is_group else "",
        "unread": chat.unread,
        "draft": _draft(chat, profile),
        "warning": "" if imitated is None else texts.person_imitates(name=imitated.full),
    }


def _secrecy(chat: Chat, profile: OpenProfile) -> bool | None:
    """Whether our last message in a private chat had forward secrecy; ``None``: we have sent none lately."""
    if chat.kind is not ChatKind.ONE_TO_ONE:
        return None
    ours = (one for one in profile.client.history(chat, LATELY) if one.author == profile.own)
    return next((one.forward_secrecy for one in ours), None)


def _draft(chat: Chat, profile: OpenProfile) -> PageValue | None:
    draft = profile.conversations.draft(chat)
    if draft is None:
        return None
    if draft.response_to is None:
        return {"text": draft.text, "reply_to": None}
    found = profile.client.message(draft.response_to)
    author = None if found is None else profile.of_key(found.author)
    quoted = shapes.quote(found, draft.response_to, author, lambda person: profile.names.of(person).label)
    return {"text": draft.text, "reply_to": quoted}
