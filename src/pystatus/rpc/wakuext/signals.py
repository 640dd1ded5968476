"""The signals of status-go: what happens, in its shapes ``{"type", "event"}``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from pystatus.client.client import Client
from pystatus.client.events import Event, PeerConnected, PeerDisconnected
from pystatus.client.features.contacts import ContactChanged, ContactRequested
from pystatus.client.features.conversations import ChatChanged, ChatCleared
from pystatus.client.features.devices import DeviceNamed
from pystatus.client.features.groups import AddedToGroup, GroupChanged, JoinRequested, JoinRequestRejected
from pystatus.client.features.reactions import ReactionReceived
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import (
    ChatLeft,
    ChatOpened,
    DeviceFound,
    MessageReceived,
    MessageStateChanged,
    MessageSynced,
    MessageUndecryptable,
)
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.rpc.admin import AdminApi
from pystatus.rpc.encoding import to_hex
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.chats import known_chat
from pystatus.rpc.wakuext.view import View

NO_HASH = to_hex(bytes(32))
"""In place of the hash of an envelope: a message may travel in several, one after the other."""

_SENT = (MessageState.SENT, MessageState.SEEN, MessageState.ARCHIVED, MessageState.DELIVERED)
_Answer = Callable[[Any], "Sequence[Signal]"]


class Signal(msgspec.Struct):
    """One of them, as it is written."""

    type: str
    event: Any


def history_completed(number: str, problem: str) -> Signal:
    """A request for history has ended, and nothing follows: so there is no cursor.

    :param problem: why it has failed; empty: it has not.
    """
    event = {"requestID": number, "lastEnvelopeHash": NO_HASH, "cursor": "", "errorMessage": problem}
    return Signal("mailserver.request.completed", event)


def history_expired(number: str) -> Signal:
    """A request for history has taken too long. What is missing is fetched all the same, later."""
    return Signal("mailserver.request.expired", {"ids": None, "hash": number, "message": ""})


class Signals:
    """Of one client."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._view = View(client)
        self._answers: Mapping[type[Event], _Answer] = {
            MessageReceived: self._message,
            MessageSynced: self._message,
            ReactionReceived: self._reaction,
            ContactChanged: lambda event: self._contact(event.contact),
            ContactRequested: lambda event: self._contact(event.contact),
            ChatOpened: self._opened,
            ChatLeft: self._chat,
            ChatChanged: self._chat,
            ChatCleared: self._chat,
            AddedToGroup: self._chat,
            GroupChanged: lambda event: self._news(event.chat, event.news),
            JoinRequested: lambda event: self._new(invitations=[self._view.invitation(event.request)]),
            JoinRequestRejected: lambda event: self._new(invitations=[self._view.invitation(event.request)]),
            DeviceNamed: self._device,
            DeviceFound: lambda event: (
                Signal("bundles.added", {"identity": self._view.own.hex, "installationID": event.installation_id}),
            ),
            MessageStateChanged: self._state,
            MessageUndecryptable: lambda event: (Signal("messages.decrypt.failed", {"sender": event.sender.hex}),),
            PeerConnected: lambda event: self._peers(),
            PeerDisconnected: lambda event: self._peers(),
        }

    def first(self) -> Sequence[Signal]:
        """What comes before all others: the node runs, the account is open, and these are the peers."""
        return (Signal("node.ready", None), Signal("node.login", {}), *self._peers())

    def of(self, event: Event) -> Sequence[Signal]:
        """What status-go would say of an event; nothing of most."""
        answer = self._answers.get(type(event))
        return () if answer is None else answer(event)

    def _new(self, **what: Any) -> Sequence[Signal]:
        return (Signal("messages.new", shapes.Answer(**what)),)

    def _message(self, event: MessageReceived | MessageSynced) -> Sequence[Signal]:
        messages = self._view.with_replies(event.message, event.chat, new=True)
        return self._new(chats=[self._view.chat(event.chat)], messages=messages)

    def _news(self, chat: Chat, news: Sequence[Message]) -> Sequence[Signal]:
        messages = self._view.page(news, chat)
        for message in messages:
            message.new = True
        return self._new(chats=[self._view.chat(chat)], messages=messages or None)

    def _reaction(self, event: ReactionReceived) -> Sequence[Signal]:
        return self._new(chats=[self._view.chat(event.chat)], emoji_reactions=[self._view.reaction(event.reaction)])

    def _contact(self, contact: Contact) -> Sequence[Signal]:
        chat = known_chat(self._client, contact.key.hex)
        chats = None if chat is None else [self._view.chat(chat)]
        return self._new(chats=chats, contacts=[self._view.contact(contact)])

    def _chat(self, event: ChatLeft | ChatChanged | ChatCleared | ChatOpened | AddedToGroup) -> Sequence[Signal]:
        return self._new(chats=[self._view.chat(event.chat)])

    def _opened(self, event: ChatOpened) -> Sequence[Signal]:
        """The chat, and where it is listened to."""
        listened = [channel for channel in self._client.channels() if channel.name == event.chat.id]
        added = [
            {
                "chatId": one.chat_id,
                "filterId": one.filter_id,
                "symKeyId": one.sym_key_id,
                "topic": one.topic,
                "identity": one.identity,
                "listen": one.listen,
            }
            for one in map(self._view.filter, listened)
        ]
        signals = (Signal("whisper.filter.added", {"filters": added}),) if added else ()
        return (*self._chat(event), *signals)

    def _device(self, event: DeviceNamed) -> Sequence[Signal]:
        found = [device for device in self._view.devices() if device.id == event.installation_id]
        return self._new(installations=found or None)

    def _state(self, event: MessageStateChanged) -> Sequence[Signal]:
        """A relay may have a message and a mailserver or its recipient at the same moment, or one after the other: each
        of it says that it is sent."""
        ids = [to_hex(event.message_id)]
        if event.state in _SENT:
            return (Signal("envelope.sent", {"ids": ids, "hash": NO_HASH, "message": ""}),)
        if event.state in (MessageState.FAILED, MessageState.UNCONFIRMED):
            return (Signal("envelope.expired", {"ids": ids, "hash": NO_HASH, "message": event.reason}),)
        return ()

    def _peers(self) -> Sequence[Signal]:
        return (Signal("discovery.summary", AdminApi(self._client.node, ()).peers()),)
