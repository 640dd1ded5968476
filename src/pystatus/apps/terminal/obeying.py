"""Carrying out commands on a client, whether a screen or single lines show what comes of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pystatus import sanitise
from pystatus.apps.terminal import reports
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.looking import Looking
from pystatus.apps.terminal.opening import OpenedFiles
from pystatus.apps.terminal.shell import Shell
from pystatus.errors import LocalError
from pystatus.faces.places import named
from pystatus.faces.sentences import other_person
from pystatus.faces.slash_commands import Typed
from pystatus.messenger.records import Chat, Cursor, Message, MessageState
from pystatus.payloads.kinds import InvitationState, ReactionType


class Obeying(Looking):
    """Of one face."""

    def __init__(self, face: Face, shell: Shell) -> None:
        self._face = face
        self._shell = shell
        self._known_hosts = set()
        self._opened = OpenedFiles()

    async def obey(self, typed: Typed) -> None:
        """Carry out a command.

        :raises LocalError: it cannot be done; nothing was changed.
        """
        command, argument = typed.command, typed.argument
        method = getattr(self, f"do_{command.name}", None)
        if method is None:
            self._shell.special(command.name, argument)
        elif command.argument:
            await method(argument)
        else:
            await method()

    def here(self) -> Chat:
        """
        :raises LocalError: no chat is open.
        """
        chat = self._face.chat(self._shell.chat_id)
        if chat is None:
            raise LocalError(self._face.no_chat)
        return chat

    def _person(self, argument: str) -> str:
        """Who is meant: the one who is named, else the other one of the chat.

        :raises LocalError: nobody.
        """
        if argument:
            return self._face.meant.person(argument).hex
        other = other_person(self.here())
        if other is None:
            raise LocalError(self._face.texts.terminal_name_somebody())
        return other.hex

    def _misused(self, name: str) -> LocalError:
        texts = self._face.texts
        return LocalError(texts.command_usage(usage=self._shell.commands.by_name[name].usage))

    # chats

    async def do_join(self, name: str) -> None:
        place = named(name)
        client = self._face.client
        await self._shell.open((await (client.join(place) if isinstance(place, str) else client.open_chat(place))).id)

    async def do_chat(self, key: str) -> None:
        try:
            chat = self._face.meant.chat(key)
        except LocalError:  # it is none of those that are here: a person, then
            chat = await self._face.client.open_chat(self._face.meant.person(key))
        await self._shell.open(chat.id)

    async def do_leave(self) -> None:
        chat, texts = self.here(), self._face.texts
        title = self._face.title(chat)
        if not await self._shell.confirm(texts.terminal_leave_question(chat=title)):
            return
        await reports.leave(self._face, chat)
        self._shell.tell(texts.terminal_left(chat=title))

    async def do_chats(self) -> None:
        if not self._shell.page("chats"):
            self._shell.show(self._face.texts.terminal_chats_title(), reports.chats(self._face))

    async def do_key(self) -> None:
        face = self._face
        if self._shell.page("key"):
            return
        self._shell.show(
            face.texts.terminal_key_title(), [face.client.chat_key, str(face.links.own()), face.texts.terminal_key()]
        )

    async def do_mute(self) -> None:
        chat = self.here()
        now = await self._face.conversations.set_muted(chat, not chat.muted)
        texts = self._face.texts
        self._shell.tell(texts.terminal_is_muted() if now.muted else texts.terminal_is_unmuted())

    async def do_pin(self) -> None:
        chat = self.here()
        now = await self._face.conversations.set_pinned(chat, not chat.pinned)
        texts = self._face.texts
        self._shell.tell(texts.terminal_is_pinned() if now.pinned else texts.terminal_is_unpinned())

    async def do_archive(self) -> None:
        chat = self.here()
        now = await self._face.conversations.set_archived(chat, not chat.archived)
        texts = self._face.texts
        self._shell.tell(texts.terminal_is_archived() if now.archived else texts.terminal_is_unarchived())

    async def do_unread(self) -> None:
        await self._face.conversations.mark_unread(self.here())
        self._shell.tell(self._face.texts.terminal_is_unread())

    async def do_clear(self) -> None:
        chat, texts = self.here(), self._face.texts
        if await self._shell.confirm(texts.terminal_clear_question(chat=self._face.title(chat))):
            await self._face.conversations.clear(chat)

    async def do_export(self, file: str) -> None:
        path = expanded(file)
        kind = {".json": "json", ".jsonl": "json", ".txt": "text"}.get(path.suffix, "html")
        await self._face.conversations.export(self.here(), path, kind)
        self._shell.tell(self._face.texts.terminal_exported(file=str(path)))

    async def do_fetch(self, days: str) -> None:
        try:
            wanted = float(days) if days else None
        except ValueError:
            raise self._misused("fetch") from None
        await self._face.client.fetch_history(self.here(), wanted)
        self._shell.tell(self._face.texts.terminal_fetched())

    async def do_at(self, date: str) -> None:
        chat = self.here()
        moment = parsed_date(date, self._face)
        await self._shell.go_to(first_after(self._face, chat, moment))

    async def do_search(self, words: str) -> None:
        await self._shell.find(words)

    # messages

    async def do_reply(self, argument: str) -> None:
        message, text = self._shell.pick(argument)
        typed = self._face.mentions.typed(message.chat_id, text)
        self._shell.sent((await self._face.client.send_text(message.chat_id, typed, message)).message)

    async def do_react(self, argument: str) -> None:
        message, wanted = self._shell.pick(argument)
        kind: str | int = int(wanted) if wanted.isdigit() else wanted
        if not wanted or (isinstance(kind, int) and kind not in list(ReactionType)[1:]):
            raise self._misused("react")
        await self._face.reactions.toggle(message, kind)

    async def do_explain(self, argument: str) -> None:
        message, _ = self._shell.pick(argument)
        self._shell.show(self._face.texts.terminal_explain_title(), reports.explained(self._face, message))

    async def do_resend(self, argument: str) -> None:
        message, _ = self._shell.pick(argument)
        await self._face.client.resend(message)

    async def do_withdraw(self, argument: str) -> None:
        message, _ = self._shell.pick(argument)
        await reports.withdraw(self._face, message, self._shell.tell)

    async def do_forget(self, argument: str) -> None:
        message, _ = self._shell.pick(argument)
        texts = self._face.texts
        question = texts.terminal_forget_question()
        if message.state is MessageState.SENDING:
            question = texts.terminal_forget_waiting_question(withdraw="/withdraw")
        if await self._shell.confirm(question):
            await self._face.conversations.delete_message(message)

    async def do_save(self, argument: str) -> None:
        message, file = self._shell.pick(argument)
        if not file:
            raise self._misused("save")
        path = await self._face.media.save(message, expanded(file))
        self._shell.tell(self._face.texts.terminal_saved(file=str(path)))

    async def do_image(self, file: str) -> None:
        self._shell.sent((await self._face.media.send_image(self.here(), expanded(file))).message)

    async def do_audio(self, file: str) -> None:
        self._shell.sent((await self._face.media.send_audio(self.here(), expanded(file))).message)

    # people

    async def do_people(self) -> None:
        if not self._shell.page("people"):
            empty = [self._face.texts.terminal_plain_people_empty()]
            self._shell.show(self._face.texts.terminal_people_title(), reports.people(self._face) or empty)

    async def do_add(self, key: str) -> None:
        await self._told(self._face.contacts.add(self._person(key)))

    async def do_ignore(self, key: str) -> None:
        await self._told(self._face.contacts.dismiss(self._person(key)))

    async def do_nick(self, name: str) -> None:
        await self._told(self._face.contacts.set_nickname(self._person(""), name))

    async def do_block(self, key: str) -> None:
        who = self._person(key)
        contacts = self._face.contacts
        name, messages = self._face.name_of(contacts.get(who).key), contacts.count_messages(who)
        if await self._shell.confirm(self._face.texts.terminal_block_question(name=name, n=messages)):
            await self._told(self._face.contacts.block(who))

    async def do_unblock(self, key: str) -> None:
        await self._told(self._face.contacts.unblock(self._person(key)))

    async def _told(self, change: object) -> None:
        contact = await change  # type: ignore[misc]  # each of them is a coroutine of a contact
        self._shell.tell(reports.contact(self._face, contact))

    # groups

    async def do_group(self, name: str) -> None:
        chat = await self._face.groups.create(name)
        await self._shell.open(chat.id)
        self._shell.tell(self._face.texts.terminal_group_made(members=self._face.way("members", "invite KEY")))

    async def do_members(self) -> None:
        if not self._shell.page("members"):
            self._shell.show(self._face.texts.terminal_members_title(), reports.members(self._face, self.here()))

    async def do_invite(self, key: str) -> None:
        await self._face.groups.add(self.here(), [self._person(key)])

    async def do_remove(self, key: str) -> None:
        await self._face.groups.remove(self.here(), self._person(key))

    async def do_promote(self, key: str) -> None:
        await self._face.groups.promote(self.here(), [self._person(key)])

    async def do_rename(self, name: str) -> None:
        await self._face.groups.rename(self.here(), name)

    async def do_accept(self) -> None:
        await self._face.groups.join(self.here())
        self._shell.tell(self._face.texts.terminal_group_joined())

    async def do_link(self) -> None:
        if not self._shell.page("link"):
            self._shell.show(self._face.texts.terminal_link_title(), [str(self._face.links.to(self.here()))])

    async def do_ask(self, link: str) -> None:
        found = await self._face.links.open(link)
        if isinstance(found, Chat):
            await self._shell.open(found.id)
        else:
            self._shell.tell(self._face.texts.terminal_asked_to_join())

    async def do_approve(self, key: str) -> None:
        await self._answer(key, approve=True)

    async def do_reject(self, key: str) -> None:
        await self._answer(key, approve=False)

    async def _answer(self, key: str, *, approve: bool) -> None:
        face = self._face
        who = face.meant.person(key) if key else None
        for request in face.groups.requests(self.here()):
            waits = request.state == InvitationState.REQUEST and request.admin == face.client.public_key
            if waits and who in (None, request.person):
                await (face.groups.approve(request) if approve else face.groups.reject(request))
                return
        raise LocalError(face.texts.terminal_no_request())

    # devices, network, help

    async def do_devices(self) -> None:
        if not self._shell.page("devices"):
            self._shell.show(self._face.texts.terminal_devices_title(), reports.devices(self._face))

    async def do_pair(self, name: str) -> None:
        await self._face.devices.pair(name or None)
        self._shell.tell(self._face.texts.terminal_paired(devices=self._face.way("devices")))

    async def do_enable(self, device: str) -> None:
        await self._face.devices.set_enabled(reports.device_id(self._face, device), True)

    async def do_disable(self, device: str) -> None:
        await self._face.devices.set_enabled(reports.device_id(self._face, device), False)

    async def do_sync(self) -> None:
        await self._face.devices.sync_all()
        self._shell.tell(self._face.texts.terminal_syncing())

    async def do_device(self, name: str) -> None:
        await self._face.devices.rename(name)
        await self.do_devices()

    async def do_stolen(self) -> None:
        self._shell.show(self._face.texts.terminal_stolen_title(), reports.stolen(self._face))

    async def do_outbox(self) -> None:
        if not self._shell.page("outbox"):
            self._shell.show(self._face.texts.terminal_outbox_title(), reports.outbox(self._face, self._shell.numbered))

    async def do_wallet(self) -> None:
        if not self._shell.page("wallet"):
            from pystatus.apps.terminal import wallet_pages  # it is loaded when somebody wants it

            self._shell.show(self._face.texts.wallet_title(), await wallet_pages.lines(self._face))

    async def do_names(self) -> None:
        if not self._shell.page("names"):
            from pystatus.apps.terminal import names_pages  # as above

            self._shell.show(self._face.texts.names_title(), names_pages.lines(self._face))

    async def do_words(self) -> None:
        await self._shell.words()

    async def do_help(self, about: str) -> None:
        if not about and self._shell.page("help"):
            return
        texts = self._face.texts
        known = self._shell.commands.by_name.values()
        wanted = [one for one in known if one.name.startswith(about.removeprefix("/").lower())]
        if not wanted:
            raise LocalError(texts.command_unknown(name=sanitise.name(about), help=self._face.way("help")))
        self._shell.show(texts.terminal_help_title(), [f"{one.usage}: {one.what}" for one in wanted])

    async def do_quit(self) -> None:
        self._shell.quit()


def parsed_date(text: str, face: Face) -> datetime:
    """A day, or a day and a time, of this machine's time zone.

    :raises LocalError: neither.
    """
    for form in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%d.%m.%Y", "%d.%m.%Y %H:%M"):
        try:
            return datetime.strptime(text.strip(), form).astimezone()
        except ValueError:
            continue
    raise LocalError(face.texts.terminal_no_date())


def first_after(face: Face, chat: Chat, moment: datetime) -> Message | Cursor:
    """Where a chat is at a time: the first message that was written then or later. Clocks of messages are Unix
    milliseconds (6/PAYLOADS), or a little more."""
    place = Cursor(int(moment.timestamp() * 1_000), b"")
    return next(iter(face.client.history(chat, 1, after=place)), place)


def expanded(text: str) -> Path:
    """A path as somebody types it."""
    return Path(text).expanduser()
