"""What somebody is told who does not look: a pure function of what happens, where they look, and what they want
(payloads.md §16).

A notice is text without anything that a terminal or a desktop obeys, and short. A face rings, writes OSC sequences or
asks the desktop; which of these is its own business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from enum import Enum

from pystatus import sanitise
from pystatus.account.names import Names
from pystatus.client.events import Event
from pystatus.crypto.keys import PublicKey
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.chat_names import chat_title
from pystatus.messenger.events import (
    CopySuspected,
    DeviceFound,
    MessageReceived,
    MessageStateChanged,
)
from pystatus.messenger.features.contacts import ContactRequested
from pystatus.messenger.features.conversations import ChatChanged, ChatCleared
from pystatus.messenger.features.group_changes import AddedToGroup
from pystatus.messenger.features.group_invitations import JoinRequested
from pystatus.messenger.message_text import unmarked
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.records import dataclass

MAX_NOTICE = 200
"""Characters of the text of a notice; of its title at most :data:`pystatus.sanitise.NAME_LENGTH`. Ours: desktops cut
what is longer."""


class Preview(Enum):
    """How much of a message a notice shows to who stands behind."""

    ALL = "all"
    NAME = "name"
    """Who has written, and nothing of what."""
    NOTHING = "nothing"


class Kind(Enum):
    """What a notice is about."""

    MESSAGE = "message"
    MENTION = "mention"
    REQUEST = "request"
    """Somebody wants something of us: to be a contact, to have us in a group, to be taken into one."""
    FAILURE = "failure"
    """A message of ours was not sent."""
    WARNING = "warning"
    """Somebody else may have our account."""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """What somebody wants. Of public chats they hear what names them, unless ``all_of_public``; of people whom they did
    not add nothing, unless ``strangers``. From ``quiet_from`` to ``quiet_until``, on the clock on the wall, they hear
    warnings alone, and these without a sound."""

    enabled: bool = True
    sound: bool = True
    preview: Preview = Preview.ALL
    all_of_public: bool = False
    strangers: bool = True
    quiet_from: time | None = None
    quiet_until: time | None = None

    def is_quiet(self, now: time) -> bool:
        """Whether it is a quiet hour; they may go over midnight."""
        begin, end = self.quiet_from, self.quiet_until
        if begin is None or end is None or begin == end:
            return False
        return begin <= now < end if begin < end else now >= begin or now < end


@dataclass(frozen=True, slots=True)
class Situation:
    """Where somebody looks. ``open_chat`` is the id of the chat that is shown, ``now`` the time on the wall, and
    ``added`` says whom they have added."""

    own: PublicKey
    names: Names
    now: datetime
    is_focused: bool = False
    open_chat: str | None = None
    added: frozenset[PublicKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. A later one with the same ``tag`` takes its place, and once the chat is read it goes. ``chat_id`` and
    ``message_id`` are what it leads to, None where it leads nowhere."""

    kind: Kind
    title: str
    body: str
    tag: str
    rings: bool = True
    chat_id: str | None = None
    message_id: bytes | None = None
    count: int = 1
    """How many there were."""


def notices(event: Event, situation: Situation, settings: NoticeSettings, texts: Catalogue) -> Sequence[Notice]:
    """What to tell of an event: at most one notice."""
    if not settings.enabled:
        return ()
    notice = _notice(event, situation, settings, texts)
    if notice is None:
        return ()
    quiet = settings.is_quiet(situation.now.time())
    if quiet and notice.kind is not Kind.WARNING:
        return ()
    title, body = sanitise.name(notice.title), sanitise.one_line(notice.body, MAX_NOTICE)
    return (replace(notice, title=title, body=body, rings=settings.sound and not quiet),)


def deciding(event: Event) -> PublicKey | None:
    """The one of whom :attr:`Situation.added` has to say whether they were added; None: of nobody. So a face need not
    go through all contacts for each message of a stranger."""
    match event:
        case MessageReceived(message, _):
            return message.author
        case AddedToGroup(_, by):
            return by
    return None


def withdrawn(event: Event) -> str | None:
    """The tag of notices that are of no use any more, because their chat was read; None: none are."""
    match event:
        case ChatChanged(chat) if not chat.unread:
            return _tag(chat.id)
        case ChatCleared(chat):
            return _tag(chat.id)
    return None


def gathered(found: Sequence[Notice], texts: Catalogue) -> Sequence[Notice]:
    """Notices that came together, one for each tag: the last, which says how many there were."""
    last: dict[str, Notice] = {}
    for notice in found:
        before = last.pop(notice.tag, None)
        if before is not None:
            kind = Kind.MENTION if Kind.MENTION in (before.kind, notice.kind) else notice.kind
            notice = replace(notice, kind=kind, count=before.count + notice.count)
        last[notice.tag] = notice
    return [
        replace(notice, body=texts.notice_several(n=notice.count)) if notice.count > 1 and notice.chat_id else notice
        for notice in last.values()
    ]


def _notice(event: Event, situation: Situation, settings: NoticeSettings, texts: Catalogue) -> Notice | None:
    match event:
        case MessageReceived(message, chat):
            return _of_message(message, chat, situation, settings, texts)
        case ContactRequested(contact):
            if not settings.strangers:
                return None
            who = _who(contact.key, situation, settings, texts)
            return Notice(Kind.REQUEST, who, texts.notice_contact_request(), f"request:{contact.key.hex}")
        case AddedToGroup(chat, by):
            if not settings.strangers and by not in situation.added:
                return None
            who = _who(by, situation, settings, texts)
            name = texts.notice_a_group() if settings.preview is not Preview.ALL else sanitise.name(chat.name)
            return Notice(Kind.REQUEST, who, texts.notice_added_to_group(group=name), _tag(chat.id), chat_id=chat.id)
        case JoinRequested(request, chat):
            who = _who(request.person, situation, settings, texts)
            return Notice(Kind.REQUEST, who, texts.notice_join_request(), f"join:{chat.id}", chat_id=chat.id)
        case MessageStateChanged(message_id, MessageState.FAILED, reason):
            body = texts.notice_failed(reason=reason)
            return Notice(Kind.FAILURE, texts.chat_title(), body, "failed", message_id=message_id)
        case DeviceFound():
            return Notice(Kind.WARNING, texts.chat_title(), texts.notice_device(), "device")
        case CopySuspected():
            return Notice(Kind.WARNING, texts.chat_title(), texts.notice_copy(), "copy")
    return None


def _of_message(
    message: Message, chat: Chat, situation: Situation, settings: NoticeSettings, texts: Catalogue
) -> Notice | None:
    own = situation.own
    is_seen = situation.is_focused and situation.open_chat == chat.id
    if message.author == own or chat.muted or not chat.unread or is_seen:
        return None
    names_us = own in message.mentions
    is_private = chat.kind in (ChatKind.ONE_TO_ONE, ChatKind.PRIVATE_GROUP)
    if not (is_private or names_us or settings.all_of_public):
        return None
    is_stranger = chat.kind is ChatKind.ONE_TO_ONE and message.author not in situation.added
    if is_stranger and not settings.strangers:
        return None
    kind = Kind.MENTION if names_us else Kind.MESSAGE
    title, body = texts.chat_title(), texts.notice_message()
    if settings.preview is not Preview.NOTHING:
        title = _who(message.author, situation, settings, texts)
        if chat.kind is not ChatKind.ONE_TO_ONE:
            title = texts.notice_in_chat(person=title, chat=chat_title(chat, situation.names, texts))
    if settings.preview is Preview.ALL:
        body = unmarked(message, lambda person: situation.names.of(person).label) or body
    return Notice(kind, title, body, _tag(chat.id), chat_id=chat.id, message_id=message.id)


def _who(person: PublicKey, situation: Situation, settings: NoticeSettings, texts: Catalogue) -> str:
    if settings.preview is Preview.NOTHING:
        return texts.notice_somebody()
    return situation.names.of(person).label


def _tag(chat_id: str) -> str:
    return f"chat:{chat_id}"
