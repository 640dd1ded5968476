"""What happens, as it happens: events of the client, drawn together once a moment, and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.network import NetworkState
from pystatus.apps.terminal.reports import WAITING, line, waiting
from pystatus.client import Event
from pystatus.client.features.contacts import ContactChanged, ContactRequested
from pystatus.client.features.conversations import ChatChanged, ChatCleared, MessageDeleted
from pystatus.client.features.groups import AddedToGroup, GroupChanged, GroupMessageDelivered, JoinRequested
from pystatus.client.features.reactions import ReactionReceived
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.events import (
    ChatLeft,
    ChatOpened,
    CopySuspected,
    DeviceFound,
    MessageReceived,
    MessageStateChanged,
    MessageSynced,
    MessageUndecryptable,
)
from pystatus.messenger.records import Message, MessageState

if TYPE_CHECKING:
    from pystatus.apps.terminal.chat_screen import ChatScreen

DRAW_SECONDS = 0.03
"""How long something that came in may wait until it is drawn: too short to be noticed."""


class Following:
    """Of one screen."""

    def __init__(self, face: Face, screen: ChatScreen) -> None:
        self._face = face
        self._screen = screen
        self.network = NetworkState(face)
        self._arrived: list[Message] = []
        self._states: dict[bytes, MessageState] = {}
        self._touched: set[bytes] = set()
        self._people = False
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
        self._waiting = {message.id for _, message in waiting(self._face)}
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
        match event:
            case MessageReceived(message, _) | MessageSynced(message, _):
                self._arrived.append(message)
                self._notify(event)
            case MessageStateChanged(message_id, state):
                self._states[message_id] = state
                if state in WAITING:
                    self._waiting.add(message_id)
                else:
                    self._waiting.discard(message_id)
            case ReactionReceived(reaction, _):
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
                self._say(texts.terminal_wants_to_write(name=self._name(contact.key)))
                self._people = True
            case MessageUndecryptable(sender):
                self._say(texts.terminal_undecryptable(name=self._name(sender)))
            case DeviceFound():
                self._say(texts.terminal_device_found())
            case CopySuspected():
                self._say(texts.terminal_copy_suspected())
            case AddedToGroup(chat):
                self._say(texts.terminal_added_to_group(chat=self._face.title(chat)))
            case JoinRequested(request):
                self._say(texts.terminal_join_requested(name=self._name(request.person)))
            case GroupChanged() | ChatOpened() | ChatLeft() | ChatChanged():
                pass
            case _:
                return
        self._draw_soon()

    def _name(self, person: PublicKey) -> str:
        return self._face.names.of(person).full

    def _say(self, sentence: str) -> None:
        self._screen.notify(sentence, severity="warning", timeout=15, markup=False)

    def _notify(self, event: MessageReceived | MessageSynced) -> None:
        """Ask for attention, unless somebody looks at the chat already."""
        message, chat, app = event.message, event.chat, self._screen.app
        looks = app.app_focus and chat.id == self._screen.current and self._screen.is_current
        if isinstance(event, MessageSynced) or event.is_late or chat.muted or looks:
            return
        if message.author == self._face.client.public_key:
            return
        public = not (chat.mentions or self._face.sign(chat) != "#")
        if public:
            return
        text = line(self._face, message) if self._face.wishes.preview else ""
        self._screen.attention(f"{self._face.name_of(message.author)} ({self._face.title(chat)})", text)

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
        screen = self._screen
        screen.conversation.add(arrived)
        screen.conversation.set_states(states)
        if people:
            screen.people_changed()
        elif touched:
            screen.conversation.reload(touched)
        screen.chat_changed()
        screen.mark_seen()
        screen.show_status()
