"""What happens, as it happens: events of the client, drawn together once a moment, and notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from pystatus.apps.terminal.conversation import Conversation
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.happenings import OF_OURS, sentence
from pystatus.apps.terminal.network import Network
from pystatus.client import Event
from pystatus.client.features.contacts import ContactChanged, ContactRequested
from pystatus.client.features.conversations import ChatChanged, ChatCleared, MessageDeleted
from pystatus.client.features.groups import AddedToGroup, GroupChanged, GroupMessageDelivered, JoinRequested
from pystatus.client.features.reactions import ReactionPosted, ReactionReceived
from pystatus.crypto.keys import PublicKey
from pystatus.faces.notices import (
    Notice,
    NoticeSettings,
    Preview,
    Situation,
    deciding,
    gathered,
    notices,
    withdrawn,
)
from pystatus.faces.outbox import waiting_ids
from pystatus.messenger.events import (
    ChatLeft,
    ChatOpened,
    CopySuspected,
    DeviceFound,
    MessagePosted,
    MessageReceived,
    MessageStateChanged,
    MessageSynced,
)
from pystatus.messenger.records import UNSENT, Message, MessageState

NOTICED = (
    MessageReceived,
    ContactRequested,
    AddedToGroup,
    JoinRequested,
    MessageStateChanged,
    DeviceFound,
    CopySuspected,
)
"""Events that may be a reason to ask for attention."""
DRAW_SECONDS = 0.03
"""How long something that came in may wait until it is drawn: too short to be noticed."""
MAX_GATHERED = 2_000
"""Messages, changes of them and notices that wait to be drawn; with more it is done at once. Ours: as many as a chat
shows."""
MAX_TOLD = 4_096
"""Notices of which it is remembered that they were shown, to take them back once their chat was read; strangers cause
any number. Ours: twice as many as there are chats of strangers."""
DRAW_SECONDS_PER_CHAT = 0.0002
"""The same for each chat of the list, which is made anew: 0.4 s with the 2,000 chats that strangers may open. It is
four times as long as making it takes, so that what others write leaves time for what somebody types. Ours."""


class Shown(Protocol):
    """What is told of what happens: the chat screen."""

    conversation: Conversation
    current: str | None

    @property
    def app(self) -> Any: ...
    @property
    def is_current(self) -> bool: ...
    @property
    def listed(self) -> int: ...
    def now(self) -> datetime: ...
    def show_status(self) -> None: ...
    def chat_changed(self) -> None: ...
    def people_changed(self) -> None: ...
    def mark_seen(self) -> None: ...
    def drafts_changed(self) -> None: ...
    def warn(self, sentence: str, *, always: bool) -> None: ...
    def attention(self, notice: Notice) -> object: ...
    def withdraw(self, tag: str) -> object: ...
    def set_timer(self, delay: float, callback: Any) -> Any: ...


class Following:
    """Of one screen."""

    def __init__(self, face: Face, screen: Shown) -> None:
        self._face = face
        self._screen = screen
        self.network = Network(face)
        self._arrived: list[Message] = []
        self._states: dict[bytes, MessageState] = {}
        self._touched: set[bytes] = set()
        self._people = False
        self._drafts = False
        self._notices: list[Notice] = []
        self._told: dict[str, None] = {}
        """Tags of notices that somebody was shown and has not read, as far as is known."""
        self._due = False
        self._waiting: set[bytes] = set()

    @property
    def waiting(self) -> int:
        """Messages of ours that no relay has yet, or that could not be sent."""
        return len(self._waiting)

    def sent(self, message: Message) -> None:
        """A message of ours was stored; it may be with a relay already."""
        if message.state in UNSENT:
            self._waiting.add(message.id)

    async def follow(self) -> None:
        """Show what happens, as long as the client lives.

        :raises StatusError: why it had to stop.
        """
        events = self._face.client.events()  # from here on nothing is missed
        self._waiting = waiting_ids(self._face.client)
        self.network.begin()
        self._screen.show_status()
        async for event in events:
            self._note(event)

    def _note(self, event: Event) -> None:
        """Take an event, quickly: drawing is done once for all that comes in a moment, however much it is."""
        if self.network.take(event):
            self._screen.show_status()
            self._screen.conversation.history_came()
            return
        if isinstance(event, NOTICED):
            self._notice(event)
        elif (tag := withdrawn(event)) in self._told and tag is not None:
            del self._told[tag]
            self._notices = [one for one in self._notices if one.tag != tag]
            self._screen.withdraw(tag)
        if (said := sentence(self._face, event)) is not None:
            self._screen.warn(said, always=isinstance(event, OF_OURS))
        match event:
            case MessageReceived(message, _) | MessageSynced(message, _):
                self._gather([message])
            case MessagePosted(message, _):
                self._gather([message])
                self.sent(message)
            case MessageStateChanged(message_id, state):
                self._states[message_id] = state
                if state in UNSENT:
                    self._waiting.add(message_id)
                else:
                    self._waiting.discard(message_id)
            case ReactionReceived(reaction, _) | ReactionPosted(reaction, _):
                self._touched.add(reaction.message_id)
            case GroupMessageDelivered(message_id):
                self._touched.add(message_id)
            case MessageDeleted(message_id):
                self._arrived = [one for one in self._arrived if one.id != message_id]
                self._waiting.discard(message_id)
                self._screen.conversation.remove(message_id)
            case ChatCleared(chat):
                self._screen.conversation.cleared(chat)
            case ContactChanged(contact):
                if contact.blocked:
                    self._screen.conversation.remove_of(contact.key)
                self._people = True
            case ContactRequested():
                self._people = True
            case GroupChanged(_, news):
                self._gather(news)
            case ChatChanged():
                self._drafts = True
            case ChatOpened() | ChatLeft() | AddedToGroup():
                pass
            case _:
                return
        self._draw_soon()

    def _notice(self, event: Event) -> None:
        """Ask for attention, unless somebody looks at the chat already."""
        if isinstance(event, MessageReceived) and event.is_late:
            return
        face, screen = self._face, self._screen
        situation = Situation(
            face.client.public_key,
            face.names,
            screen.now(),
            is_focused=screen.app.app_focus and screen.is_current,
            open_chat=screen.current,
            added=self._added(event),
        )
        preview = Preview.ALL if face.wishes.preview else Preview.NAME
        begin, end = face.wishes.quiet or (None, None)
        settings = NoticeSettings(sound=face.wishes.bell, preview=preview, quiet_from=begin, quiet_until=end)
        found = notices(event, situation, settings, face.texts)
        self._notices += found
        self._told |= dict.fromkeys(one.tag for one in found)
        while len(self._told) > MAX_TOLD:
            del self._told[next(iter(self._told))]

    def _added(self, event: Event) -> frozenset[PublicKey]:
        """Whom of those in an event somebody has added."""
        person = deciding(event)
        return frozenset() if person is None or not self._face.contacts.get(person).added else frozenset({person})

    def _gather(self, messages: Sequence[Message]) -> None:
        """Those of the chat that is open: others are read when theirs is opened."""
        chat_id = self._screen.conversation.timeline.chat_id
        self._arrived += [one for one in messages if one.chat_id == chat_id]

    def _draw_soon(self) -> None:
        if len(self._arrived) + len(self._states) + len(self._touched) + len(self._notices) >= MAX_GATHERED:
            self._draw()
        elif not self._due:
            self._due = True
            self._screen.set_timer(max(DRAW_SECONDS, self._screen.listed * DRAW_SECONDS_PER_CHAT), self._draw)

    @property
    def is_due(self) -> bool:
        """Whether something waits to be drawn."""
        return self._due

    def _draw(self) -> None:
        """Show what has come since the last time."""
        arrived, self._arrived = self._arrived, []
        states, self._states = self._states, {}
        touched, self._touched = self._touched, set()
        people, self._people = self._people, False
        drafts, self._drafts = self._drafts, False
        self._due = False
        found, self._notices = gathered(self._notices, self._face.texts), []
        screen = self._screen
        for notice in found:
            screen.attention(notice)
        screen.conversation.add(arrived)
        screen.conversation.set_states(states)
        if people:
            screen.people_changed()
        elif touched:
            screen.conversation.reload(touched)
        if drafts:
            screen.drafts_changed()
        screen.chat_changed()
        screen.mark_seen()
        screen.show_status()
