"""What there is to tell of chats, people, groups, devices and messages, as lines: for windows and for ``--plain``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from pystatus import sanitise
from pystatus.apps.terminal.face import Face
from pystatus.errors import LocalError
from pystatus.faces import outbox as outboxes
from pystatus.faces.delivery import Circumstances, explanation, state_words
from pystatus.faces.moments import local
from pystatus.messenger import message_text
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import InvitationState

NAMED = 20
"""Members who lack a message that are named; the others are counted. Ours: what fits a window."""


def chats(face: Face) -> list[str]:
    """Each chat with what is unread."""
    texts = face.texts
    return [
        face.label(chat) + (f"  {texts.terminal_unread(n=chat.unread)}" if chat.unread else "")
        for chat in face.client.chats()
        if chat.active
    ]


async def leave(face: Face, chat: Chat) -> None:
    """Leave a chat of whatever kind.

    :raises LocalError: we are not in it.
    """
    if chat.kind is ChatKind.PRIVATE_GROUP:
        await face.groups.leave(chat)
    else:
        await face.client.leave(chat)


def contact(face: Face, one: Contact) -> str:
    """What somebody is to us, in words."""
    texts, name = face.texts, face.names.of(one.key).full
    if one.blocked:
        return texts.terminal_person_blocked(name=name)
    if one.is_request:
        return texts.terminal_person_request(name=name)
    if one.is_mutual:
        return texts.terminal_person_mutual(name=name)
    if one.added:
        return texts.terminal_person_added(name=name)
    return texts.terminal_person_known(name=name)


def people(face: Face) -> list[str]:
    """Requests first, then everybody whom we know."""
    return [contact(face, one) for one in sorted_people(face)]


def sorted_people(face: Face) -> list[Contact]:
    """Those who wait for an answer, then those added, and at the end those who are blocked."""
    found = face.contacts.all()
    names = face.names.of_people(one.key for one in found)
    return sorted(found, key=lambda one: (not one.is_request, one.blocked, not one.added, names[one.key].name.lower()))


def members(face: Face, chat: Chat) -> list[str]:
    """Who is in a group, and who asks to be taken in.

    :raises LocalError: it is no group.
    """
    texts, lines = face.texts, []
    found = face.groups.members(chat)
    names = face.names.of_people(one.person for one in found)
    for one in found:
        name = names[one.person].full
        if one.is_admin:
            lines.append(texts.terminal_member_admin(name=name))
        elif one.has_joined:
            lines.append(texts.terminal_member(name=name))
        else:
            lines.append(texts.terminal_member_invited(name=name))
    for request in face.groups.requests(chat):
        if request.state == InvitationState.REQUEST:
            said = sanitise.one_line(request.introduction)
            lines.append(texts.terminal_member_asks(name=face.names.of(request.person).full, said=said or "-"))
    return lines


def devices(face: Face) -> list[str]:
    """The devices of the account, this one first, and what is to be done with each."""
    texts, lines = face.texts, []
    for device in face.devices.all():
        name = sanitise.name(device.name) or device.installation_id
        if device.is_this:
            lines.append(texts.terminal_device_this(name=name))
        elif device.enabled:
            lines.append(texts.terminal_device_enabled(name=name, id=device.installation_id))
        else:
            lines.append(texts.terminal_device_new(name=name, id=device.installation_id))
    progress = {one.installation_id: one for one in face.devices.progress()}
    for number, one in progress.items():
        lines.append(texts.terminal_device_progress(id=number, arrived=one.arrived, waiting=one.waiting))
    return lines


def device_id(face: Face, beginning: str) -> str:
    """The id of the device whose id or name begins so.

    :raises LocalError: there is none, or there are several.
    """
    found = [
        one.installation_id
        for one in face.devices.all()
        if one.installation_id.startswith(beginning) or sanitise.name(one.name).lower() == beginning.lower()
    ]
    if len(found) != 1:
        raise LocalError(face.texts.terminal_no_device())
    return found[0]


def stolen(face: Face) -> list[str]:
    """What to do when somebody else has the words."""
    texts = face.texts
    return [texts.terminal_stolen_1(), texts.terminal_stolen_2(), texts.terminal_stolen_3(), texts.terminal_stolen_4()]


def outbox(face: Face, numbered: Callable[[Message], str]) -> list[str]:
    """What waits and what could not be sent, each in a line.

    :param numbered: what stands before a message, so that commands can name it.
    """
    found = outboxes.outbox(face.client)
    listed = [
        f"{numbered(one)}{face.signs.state(one.state)} {face.title(chat)}: {line(face, one)}"
        for chat, one in found.listed
        if one.state is not None
    ]
    if not listed:
        return [face.texts.terminal_outbox_empty()]
    more = [face.texts.terminal_outbox_more(n=found.more)] if found.more else []
    return [*listed, *more, face.texts.terminal_plain_outbox()]


async def withdraw(face: Face, message: Message, tell: Callable[[str], None]) -> None:
    """Take a message back, and say where its text is.

    :raises LocalError: it has left, or none of ours waits.
    """
    if face.wishes.lines:  # they have no drafts, and say themselves what is gone
        await face.client.withdraw(message)
        return
    kept = await outboxes.withdraw(face.client, message, face.name_of)
    tell(face.texts.terminal_withdrawn_draft() if kept else face.texts.terminal_withdrawn())


def line(face: Face, message: Message) -> str:
    """The text of a message in one line."""
    return message_text.preview(message, face.name_of) or face.texts.terminal_empty()


def explained(face: Face, message: Message) -> Sequence[str]:
    """All that is known of a message: who, when, how it travelled, who has it, and what can be done."""
    texts, chat = face.texts, face.chat(message.chat_id)
    lines = [texts.terminal_explain_author(name=face.names.of(message.author).full)]
    delivery, missing = None, []
    if message.state is not None:
        lines.append(f"{face.signs.state(message.state)}  {state_words(message.state, texts)}")
        with contextlib.suppress(LocalError):  # it went to no group, or another device has sent it
            delivery = face.groups.delivery(message)
            lacking = face.groups.missing(message)
            names = face.names.of_people(lacking)
            missing = [names[person].label for person in lacking[:NAMED]]
            missing += [face.texts.terminal_and_others(n=len(lacking) - NAMED)] if len(lacking) > NAMED else []
    known = Circumstances(
        is_public=chat is not None and chat.kind in (ChatKind.PUBLIC, ChatKind.PROFILE),
        today=local(int(face.client.now * 1_000)).date(),
        delivery=delivery,
        missing=missing,
        waits_for_relay=not face.client.network().relays,
    )
    lines += explanation(message, known, texts)
    lines += [f"{face.reaction(one.type, one.emoji)} {face.name_of(one.author)}" for one in face.reactions.by(message)]
    lines.append(texts.terminal_explain_id(id=f"0x{message.id.hex()}"))
    return lines
