"""Lists of people, members, devices and messages that wait, with the keys that act on them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from pystatus import sanitise
from pystatus.apps.terminal import reports
from pystatus.apps.terminal.dialogs.windows import Act, Entry, PageWindow
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.finding import imitated
from pystatus.errors import LocalError
from pystatus.faces.delivery import state_words
from pystatus.faces.outbox import outbox as outbox_of
from pystatus.faces.outbox import waiting
from pystatus.messenger.group_records import JoinRequest
from pystatus.messenger.records import Chat, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import InvitationState

Confirm: TypeAlias = Callable[[str], Awaitable[bool]]
Ask: TypeAlias = Callable[[str, str], Awaitable[str | None]]
"""Given a title and a question."""


def people(face: Face, confirm: Confirm, ask: Ask) -> PageWindow:
    """Requests first, then contacts, then those who are blocked. It gives back whom to write to."""
    texts, contacts = face.texts, face.contacts

    def read() -> Sequence[Entry]:
        entries = []
        for one in reports.sorted_people(face):
            other = imitated(face, one.key)
            detail = "" if other is None else texts.terminal_imitates(name=other.full)
            entries.append(Entry(one.key.hex, reports.contact(face, one), detail, bold=one.is_request))
        return entries

    async def add(_: str) -> None:
        key = await ask(texts.terminal_add_title(), texts.terminal_add_question())
        if key is not None:
            await contacts.add(key)

    async def name(person: str) -> None:
        nickname = await ask(texts.terminal_nick_title(), texts.terminal_nick_question())
        if nickname is not None:
            await contacts.set_nickname(person, nickname)

    async def block(person: str) -> None:
        if contacts.get(person).blocked:
            await contacts.unblock(person)
        elif await confirm(
            texts.terminal_block_question(
                name=face.name_of(contacts.get(person).key), n=contacts.count_messages(person)
            )
        ):
            await contacts.block(person)

    async def nothing(_: str) -> None:
        return None

    return PageWindow(
        texts.terminal_people_title(),
        read,
        [
            Act("Enter", texts.terminal_act_write(), nothing, closes=True),
            Act("a", texts.terminal_act_accept(), contacts.add),
            Act("x", texts.terminal_act_ignore(), contacts.dismiss),
            Act("n", texts.terminal_act_nickname(), name),
            Act("b", texts.terminal_act_block(), block),
            Act("k", texts.terminal_act_add(), add, needs_entry=False),
        ],
        texts.terminal_people_empty(),
        texts.terminal_people_note(),
    )


def members(face: Face, chat: Chat | None, confirm: Confirm, ask: Ask, show_link: Callable[[str], None]) -> PageWindow:
    """Who is in a group, and who asks to be taken in.

    :raises LocalError: the chat is no group.
    """
    texts, groups = face.texts, face.groups
    if chat is None or chat.kind is not ChatKind.PRIVATE_GROUP:
        raise LocalError(texts.terminal_no_group())

    def waiting() -> dict[str, JoinRequest]:
        return {one.id.hex(): one for one in groups.requests(chat) if one.state == InvitationState.REQUEST}

    def read() -> Sequence[Entry]:
        found = groups.members(chat)
        keys = [one.person.hex for one in found] + list(waiting())
        return [Entry(key, text) for key, text in zip(keys, reports.members(face, chat), strict=True)]

    async def add(_: str) -> None:
        key = await ask(texts.terminal_invite_title(), texts.terminal_invite_question())
        if key is not None:
            await groups.add(chat, [face.contacts.get(key).key])

    async def remove(person: str) -> None:
        if person in waiting():
            await groups.reject(waiting()[person])
        elif await confirm(texts.terminal_remove_question(name=face.name_of(face.contacts.get(person).key))):
            await groups.remove(chat, person)

    async def approve(request: str) -> None:
        if request in waiting():
            await groups.approve(waiting()[request])

    async def promote(person: str) -> None:
        if await confirm(texts.terminal_promote_question(name=face.name_of(face.contacts.get(person).key))):
            await groups.promote(chat, [person])

    async def rename(_: str) -> None:
        name = await ask(texts.terminal_rename_title(), texts.terminal_rename_question())
        if name is not None:
            await groups.rename(chat, name)

    async def link(_: str) -> None:
        show_link(groups.invitation_link(chat))

    async def leave(_: str) -> None:
        if await confirm(texts.terminal_leave_question(chat=face.title(chat))):
            await groups.leave(chat)

    async def join(_: str) -> None:
        await groups.join(chat)

    return PageWindow(
        texts.terminal_members_title(),
        read,
        [
            Act("a", texts.terminal_act_invite(), add, needs_entry=False),
            Act("y", texts.terminal_act_approve(), approve),
            Act("x", texts.terminal_act_remove(), remove),
            Act("p", texts.terminal_act_promote(), promote),
            Act("r", texts.terminal_act_rename(), rename, needs_entry=False),
            Act("l", texts.terminal_act_link(), link, needs_entry=False),
            Act("j", texts.terminal_act_join(), join, needs_entry=False, closes=True),
            Act("v", texts.terminal_act_leave(), leave, needs_entry=False, closes=True),
        ],
        texts.terminal_nothing_found(),
        texts.terminal_members_note(),
    )


def devices(face: Face, ask: Ask, stolen: Callable[[], None]) -> PageWindow:
    """The devices of the account."""
    texts, account = face.texts, face.devices

    def read() -> Sequence[Entry]:
        found = account.all()
        lines = reports.devices(face)
        entries = [Entry(one.installation_id, text) for one, text in zip(found, lines, strict=False)]
        return entries + [Entry(f"progress {place}", text) for place, text in enumerate(lines[len(found) :])]

    async def enable(device: str) -> None:
        known = next((one for one in account.all() if one.installation_id == device), None)
        if known is not None and not known.is_this:
            await account.set_enabled(device, not known.enabled)

    async def rename(_: str) -> None:
        name = await ask(texts.terminal_device_title(), texts.terminal_device_question())
        if name is not None:
            await account.rename(name)

    async def pair(_: str) -> None:
        await account.pair()

    async def sync(_: str) -> None:
        await account.sync_all()

    async def help_(_: str) -> None:
        stolen()

    return PageWindow(
        texts.terminal_devices_title(),
        read,
        [
            Act("e", texts.terminal_act_enable(), enable),
            Act("n", texts.terminal_act_device_name(), rename, needs_entry=False),
            Act("p", texts.terminal_act_pair(), pair, needs_entry=False),
            Act("s", texts.terminal_act_sync(), sync, needs_entry=False),
            Act("x", texts.terminal_act_stolen(), help_, needs_entry=False),
        ],
        texts.terminal_nothing_found(),
        texts.terminal_devices_note(),
    )


def outbox(face: Face, tell: Callable[[str], None]) -> PageWindow:
    """What waits, and what could not be sent. It gives back the message to go to.

    :param tell: says what came of a key.
    """
    texts = face.texts

    def read() -> Sequence[Entry]:
        entries = []
        found = outbox_of(face.client)
        for chat, message in found.listed:
            assert message.state is not None
            text = f"{face.signs.state(message.state)} {sanitise.name(face.title(chat))}: {reports.line(face, message)}"
            entries.append(Entry(message.id.hex(), text, state_words(message.state, texts)))
        if found.more:
            entries.append(Entry("", texts.terminal_outbox_more(n=found.more)))
        return entries

    async def resend(message_id: str) -> None:
        await face.client.resend(bytes.fromhex(message_id))

    async def withdraw(message_id: str) -> None:
        message = face.client.message(bytes.fromhex(message_id))
        if message is not None:  # else it was deleted a moment ago
            await reports.withdraw(face, message, tell)

    async def resend_all(_: str) -> None:
        for message in list(waiting(face.client)):
            if message.state is not MessageState.SENDING:
                await face.client.resend(message)

    async def nothing(_: str) -> None:
        return None

    return PageWindow(
        texts.terminal_outbox_title(),
        read,
        [
            Act("Enter", texts.terminal_act_go(), nothing, closes=True),
            Act("r", texts.terminal_act_resend(), resend),
            Act("a", texts.terminal_act_resend_all(), resend_all, needs_entry=False),
            Act("w", texts.terminal_act_withdraw(), withdraw),
        ],
        texts.terminal_outbox_empty(),
    )
