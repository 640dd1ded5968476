"""What happens, as it happens: events of the client, drawn together once a moment, and notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from pystatus.apps.terminal.conversation import Conversation
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.network import Network
from pystatus.client import Event
from pystatus.client.features.contacts import ContactChanged, ContactRequested
from pystatus.client.features.conversations import ChatChanged, ChatCleared, MessageDeleted
from pystatus.client.features.groups import AddedToGroup, GroupChanged, GroupMessageDelivered, JoinRequested
from pystatus.client.features.reactions import ReactionPosted, ReactionReceived
from pystatus.crypto.keys import PublicKey
from pystatus.faces.notices import Notice, NoticeSettings, Preview, Situation, gathered, notices
from pystatus.faces.outbox import WAITING, waiting
from pystatus.messenger.events import (
    ChatLeft,
    ChatOpened,
    CopySuspected,
    DeviceFound,
    MessagePosted,
    MessageReceived,
    MessageStateChanged,
    MessageSynced,
    MessageUndecryptable,
)
from pystatus.messenger.records import Message, MessageState

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


class Shown(Protocol):
    """What is told of what happens: the chat screen."""

    conversation: Conversation
    current: str | None

    @property
    def app(self) -> Any: ...
    @property
    def is_current(self) -> bool: ...
    def now(self) -> datetime: ...
    def show_status(self) -> None: ...
    def chat_changed(self) -> None: ...
    def people_changed(self) -> None: ...
    def mark_seen(self) -> None: ...
    def warn(self, sentence: str) -> None: ...
    def attention(self, title: str, text: str, *, rings: bool) -> None: ...
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
        self._notices: list[Notice] = []
        self._due = False
        self._waiting: set[bytes] = set()

    @property
    def waiting(self) -> int:
        """Messages of ours that no relay has yet, or that could not be sent."""
        return len(self._waiting)

    def sent(self, message: Message) -> None:
        """A message of ours was stored; it may be with a relay already."""
        if message.state in WAITING:
            self._waiting.add(message.id)

    async def follow(self) -> None:
        """Show what happens, as long as the client lives.

        :raises StatusError: why it had to stop.
        """
        events = self._face.client.events()  # from here on nothing is missed
        self._waiting = {message.id for _, message in waiting(self._face.client)}
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
        texts = self._face.texts
        if isinstance(event, NOTICED):
            self._notice(event)
        match event:
            case MessageReceived(message, _) | MessageSynced(message, _):
                self._arrived.append(message)
            case MessagePosted(message, _):
                self._arrived.append(message)
                self.sent(message)
            case MessageStateChanged(message_id, state):
                self._states[message_id] = state
                if state in WAITING:
                    self._waiting.add(message_id)
                else:
                    self._waiting.discard(message_id)
            case ReactionReceived(reaction, _) | ReactionPosted(reaction, _):
                self._touched.add(reaction.message_id)
            case GroupMessageDelivered(message_id):
                self._touched.add(message_id)
            case MessageDeleted(message_id, _):
                self._screen.conversation.remove(message_id)
            case ChatCleared(chat):
                self._screen.conversation.cleared(chat)
            case ContactChanged(contact):
                if contact.blocked:
                    self._screen.conversation.remove_of(contact.key)
                self._people = True
            case ContactRequested(contact):
                self._screen.warn(texts.terminal_wants_to_write(name=self._name(contact.key)))
                self._people = True
            case MessageUndecryptable(sender):
                self._screen.warn(texts.terminal_undecryptable(name=self._name(sender)))
            case DeviceFound():
                self._screen.warn(texts.terminal_device_found())
            case CopySuspected():
                self._screen.warn(texts.terminal_copy_suspected())
            case AddedToGroup(chat):
                self._screen.warn(texts.terminal_added_to_group(chat=self._face.title(chat)))
            case JoinRequested(request):
                self._screen.warn(texts.terminal_join_requested(name=self._name(request.person)))
            case GroupChanged(_, news):
                self._arrived += news
            case ChatOpened() | ChatLeft() | ChatChanged():
                pass
            case _:
                return
        self._draw_soon()

    def _name(self, person: PublicKey) -> str:
        return self._face.names.of(person).full

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
            added=frozenset(one.key for one in face.contacts.all() if one.added),
        )
        preview = Preview.ALL if face.wishes.preview else Preview.NAME
        settings = NoticeSettings(sound=face.wishes.bell, preview=preview)
        self._notices += notices(event, situation, settings, face.texts)

    def _draw_soon(self) -> None:
        if not self._due:
            self._due = True
            self._screen.set_timer(DRAW_SECONDS, self._draw)

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
        self._due = False
        found, self._notices = gathered(self._notices, self._face.texts), []
        screen = self._screen
        for notice in found:
            screen.attention(notice.title, notice.body, rings=notice.rings)
        screen.conversation.add(arrived)
        screen.conversation.set_states(states)
        if people:
            screen.people_changed()
        elif touched:
            screen.conversation.reload(touched)
        screen.chat_changed()
        screen.mark_seen()
        screen.show_status()
