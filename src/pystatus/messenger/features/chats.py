"""Chats: joined, opened, left, read; and the contact codes of the people in them (payloads.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.chat_names import public_chat
from pystatus.messenger.effects import Notify, RequestHistory
from pystatus.messenger.events import ChatLeft, ChatOpened
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.reading import mark_read
from pystatus.messenger.records import Chat
from pystatus.messenger.refusals import BLOCKED
from pystatus.payloads.chats import ChatKind, key_from_text, profile_chat_id
from pystatus.records import dataclass
from pystatus.sanitise import quoted
from pystatus.transport.kinds import ChannelKind

CONTACT_CODE_HISTORY = 30 * 86_400
"""Seconds of history that are asked for the contact code of somebody whose devices are unknown: as long as mailservers
keep it."""


@checked
@dataclass(frozen=True, slots=True)
class ListenedChannel:
    """Where something for us may come: a channel without its key. ``name`` is that of a public chat, or one of the
    specification (waku.md §8.1). ``topic`` is 4 bytes, ``peer`` whose channel it is, or who shares it; ``None``: a
    public chat's."""

    name: str
    kind: ChannelKind
    topic: bytes
    peer: PublicKey | None


class Chats(Feature[None]):
    """Which chats the user is in."""

    def started(self, now: float) -> None:
        """Listen to all chats that are not left."""
        core = self._core
        chats = core.store.chats_without_strangers()
        core.channels.listen_to_all(chats, [secret.peer for secret in core.secure.shared_secrets()])
        for chat in chats:
            if chat.active:
                self._want_contact_code(chat, now)

    def join(self, name: str, now: float) -> Chat:
        """Join a public chat.

        :raises LocalError: not a name for a public chat; a chat key is none, in any form.
        """
        chat_id = public_chat(name)
        before = self._core.store.chat(chat_id)
        chat = self._activate(before or Chat(chat_id, ChatKind.PUBLIC, active=False), now)
        if before is None or not before.active:
            self._core.dispatch.chat_joined(chat, now)
        return chat

    def follow(self, person: PublicKey, now: float) -> Chat:
        """Join the profile chat of ``person``, where they alone write (payloads.md §6); our own is one, too."""
        chat_id = profile_chat_id(person)
        return self._activate(self._core.store.chat(chat_id) or Chat(chat_id, ChatKind.PROFILE, active=False), now)

    def follow_ourselves(self, now: float) -> Chat:
        """Join our own profile chat, in which we alone write."""
        return self.follow(self._core.own, now)

    def open_one_to_one(self, person: PublicKey, now: float) -> Chat:
        """Begin or find the chat with ``person``, whom we know thereby; their contact code is listened to from now on.

        :raises LocalError: ourselves, or blocked.

        Implements: ST-43, WU-22
        """
        core = self._core
        if person == core.own:
            raise LocalError("This is your own chat key. Give the key of the person that you want to write to.")
        if core.people.is_blocked(person):
            raise LocalError(BLOCKED)
        chat = core.store.chat(person.hex) or Chat(person.hex, ChatKind.ONE_TO_ONE, active=False)
        core.people.know(person)
        if chat.active:  # since a stranger wrote to us
            core.channels.listen_to(chat)
        return self._activate(chat, now)

    def _activate(self, chat: Chat, now: float) -> Chat:
        if not chat.active:
            chat = replace(chat, active=True, updated_ms=int(now * 1000))
            self._core.store.save_chat(chat)
            self._core.channels.listen_to(chat)
            self._want_contact_code(chat, now)
            self._core.batch.add(Notify(ChatOpened(chat)))
        return chat

    def _want_contact_code(self, chat: Chat, now: float) -> None:
        """Relays have the last contact code for some seconds only; mailservers have it for long
        (secure-transport.md §2.4)."""
        if chat.kind != ChatKind.ONE_TO_ONE:
            return
        core = self._core
        person = key_from_text(chat.id)
        if core.people.is_known(person) and not core.secure.installations(person):
            topics = frozenset({core.channels.contact_code_topic(person)})
            core.batch.add(RequestHistory(topics, now - CONTACT_CODE_HISTORY))

    def leave(self, chat_id: str) -> Chat:
        """Stop receiving a chat; its history stays.

        :raises LocalError: we are not in it.
        """
        chat = self._core.store.chat(chat_id)
        if chat is None or not chat.active:
            raise LocalError(f"You are not in the chat {quoted(chat_id)}.")
        if self._core.dispatch.carrier(chat.kind) is not None:
            raise LocalError("This is a group. Leave it with groups.leave(), which tells its members.")
        chat = replace(chat, active=False)
        self._core.store.save_chat(chat)
        if chat.id not in {person.hex for person in self._core.dispatch.people()}:
            self._core.channels.stop_listening_to(chat)
        self._core.batch.add(Notify(ChatLeft(chat)))
        return chat

    def mark_read(self, chat_id: str, messages: int | None = None) -> Chat:
        """See :func:`~pystatus.messenger.reading.mark_read`."""
        return mark_read(self._core.store, self._core.own, chat_id, messages)

    def listened(self) -> Sequence[ListenedChannel]:
        """Where we listen, in the order of their names."""
        found = sorted(self._core.channels.listener.tags, key=lambda channel: (channel.name, channel.topic))
        return [ListenedChannel(one.name, one.kind, one.topic, one.peer) for one in found]

    def topics(self, chat_id: str | None = None) -> frozenset[bytes]:
        """The topics (4 bytes each) on which messages of a chat, or of any, may come.

        :raises LocalError: there is no such chat.
        """
        if chat_id is None:
            return self._core.channels.topics
        chat = self._core.store.chat(chat_id)
        if chat is None:
            raise LocalError(f"There is no chat {quoted(chat_id)}.")
        return self._core.channels.topics_of(chat, self._core.dispatch.people(chat))
