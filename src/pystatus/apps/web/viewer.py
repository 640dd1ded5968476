"""One window of the page: what it shows, kept current. What comes together is sent together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from pystatus.apps.web import shapes
from pystatus.apps.web.chat_shapes import chat_head
from pystatus.apps.web.chats_view import ChatsView
from pystatus.apps.web.drafts import Drafts
from pystatus.apps.web.open_profile import OpenProfile
from pystatus.apps.web.sessions import PageSession
from pystatus.apps.web.settings import PageSettings
from pystatus.apps.web.shapes import PageValue
from pystatus.apps.web.timeline_view import TimelineView
from pystatus.client import Event
from pystatus.client.event_streams import weight
from pystatus.client.features.contacts import ContactChanged, ContactRequested
from pystatus.client.features.conversations import ChatChanged, ChatCleared, MessageDeleted
from pystatus.client.features.groups import AddedToGroup, GroupChanged, GroupMessageDelivered, JoinRequested
from pystatus.client.features.names import OwnNamesChanged
from pystatus.client.features.reactions import ReactionPosted, ReactionReceived
from pystatus.client.features.wallet import SentTransactionChanged, WalletChanged
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.chat_list import Change, ChatList, Order
from pystatus.faces.notices import Notice, gathered
from pystatus.faces.people import PersonEntry
from pystatus.log_texts import get_logger
from pystatus.messenger.events import (
    CopySuspected,
    DeviceFound,
    MessagePosted,
    MessageReceived,
    MessageStateChanged,
    MessageSynced,
    MessageUndecryptable,
)
from pystatus.messenger.features.device_sync import DeviceSynced
from pystatus.messenger.features.devices import DeviceNamed
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.rpc.dispatcher import notification
from pystatus.rpc.session import Session

log = get_logger(__name__)

MAX_GATHERED = 2_000
"""Messages and changes of messages that are gathered for a window that does not read; of more, it is told to ask for
everything anew. Ours: as many as a chat shows."""
MAX_NOTICES = 50
"""Notices that are gathered, the last ones. Ours: nobody reads more."""
MAX_GATHERED_BYTES = 8 << 20
"""Bytes of these messages, as :func:`pystatus.client.event_streams.weight` counts them: strangers choose their length.
Ours: a thousand messages of a chat have less."""
GATHER_SECONDS = 0.03
"""For which something that came may wait until it is sent: too short to be noticed. Ours."""
GATHER_SECONDS_PER_CHAT = 0.0005
"""The same for each chat of the list that is shown, which is compared with what was sent: 1 s with the 2,000 chats that
strangers may open, of which it takes a quarter. Ours."""


class Viewer:
    """One window, as long as its WebSocket is open."""

    def __init__(self, session: Session, of: PageSession, texts: Catalogue) -> None:
        self.of = of
        self.texts = texts
        self.is_focused = False
        self.profile: OpenProfile | None = None
        self.timeline: TimelineView | None = None
        self.candidates: list[str] = []
        """Phrases of accounts of which one can be chosen; they are gone with the window."""
        self.drafts = Drafts()
        self._session = session
        self._chats: ChatsView | None = None
        self._head: PageValue | None = None
        self._is_network_shown = False
        self._due: set[str] = set()
        self._what: set[str] = set()
        self._arrived: list[Message] = []
        self._arrived_bytes = 0
        self._states: dict[bytes, MessageState] = {}
        self._touched: set[bytes] = set()
        self._notices: list[Notice] = []
        self._is_behind = False
        self._sending: asyncio.Task[None] | None = None

    def tell(self, method: str, params: Mapping[str, Any]) -> None:
        """Notify the page, before anything that is answered later."""
        self._session.tell(notification(method, params))

    def close(self) -> None:
        """Nothing more is sent."""
        self.show(None)

    def show(self, profile: OpenProfile | None) -> None:
        """Another profile is open, or none."""
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None
        self.profile = profile
        self.drafts.clear()
        self.timeline = self._chats = self._head = None
        self._is_network_shown = False
        self._due.clear()
        self._notices = []
        self._is_behind = False
        self._forget()

    def reset(self) -> None:
        """What is shown is not current any more: the page is to ask for everything anew."""
        self.show(self.profile)
        self.tell("reset", {})

    def _forget(self) -> None:
        """Nothing waits to be shown in the chat that is open."""
        self._arrived, self._states, self._touched = [], {}, set()
        self._arrived_bytes = 0

    @property
    def opened(self) -> OpenProfile:
        """
        :raises LocalError: no profile is open.
        """
        if self.profile is None:
            raise LocalError("No profile is open. Unlock one first.")
        return self.profile

    # chats

    def chats(self, order: Order) -> PageValue:
        """The list, of which changes are sent from now on."""
        self._chats = ChatsView(self.opened, self.texts, order)
        return self._chats.whole()

    @property
    def chat_list(self) -> ChatList:
        """The chats as they are shown, or would be.

        :raises LocalError: no profile is open.
        """
        if self._chats is None:
            self._chats = ChatsView(self.opened, self.texts)
        return self._chats.list

    # the chat that is open

    def open(self, chat: Chat) -> TimelineView:
        """Another chat is shown, from the next answer on."""
        self.timeline = TimelineView(self.opened, self.texts, chat, lambda patch: self.tell("timeline", patch))
        self._forget()
        self._head = chat_head(chat, self.opened, self.texts)
        return self.timeline

    def whole(self, shown: PageValue) -> PageValue:
        """A part of the chat that is open, with what stands above and below it."""
        return {**shown, "head": self._head}

    @property
    def open_chat(self) -> str | None:
        """Its id."""
        return None if self.timeline is None else self.timeline.chat.id

    # the network

    def network(self) -> PageValue:
        """How it is connected, which is sent again whenever it changes."""
        self._is_network_shown = True
        profile = self.opened
        view, now = profile.network, profile.client.now
        return {
            "status": view.status(now, self.texts),
            "online": bool(view.connected),
            "trouble": list(view.trouble(now, self.texts, nobody_known=self.texts.web_no_relays())),
            "relays": [
                {"name": one.name, "state": one.link.value, "text": one.text(self.texts)} for one in view.relays
            ],
            "mailservers": view.mailservers,
            "waiting": view.waiting,
            "history": view.missing,
        }

    def look(self) -> None:
        """Time has passed: what is said of the network may be another thing."""
        if self._is_network_shown and self.profile is not None:
            self._later("network")

    # what happens

    def note(self, event: Event, *, of_network: bool) -> None:
        """Take an event, quickly: all that comes in a moment is sent together."""
        if self.profile is None:
            return
        gathered_count = len(self._arrived) + len(self._states) + len(self._touched)
        if gathered_count >= MAX_GATHERED or self._arrived_bytes > MAX_GATHERED_BYTES:
            self._is_behind = True
            self._forget()
            self._later("reset")
        if of_network:
            self._later("network", "gaps")
        if self._chats is not None and (change := self._chats.note(event)) is not Change.NOTHING:
            self._later("chats" if change is Change.SHOWN else "chats-anew")
        self._note(event)

    def _note(self, event: Event) -> None:
        timeline = self.timeline
        match event:
            case MessageReceived(message, _) | MessageSynced(message, _) | MessagePosted(message, _):
                if timeline is not None and message.chat_id == timeline.chat.id:
                    self._arrived.append(message)
                    self._arrived_bytes += weight(event)
                    self._later("timeline", "head")
            case MessageStateChanged(message_id, state):
                self._states[message_id] = state
                self._changed("outbox")
                self._later("timeline")
            case ReactionReceived(reaction, _) | ReactionPosted(reaction, _):
                self._touched.add(reaction.message_id)
                self._later("timeline")
            case GroupMessageDelivered(message_id):
                self._touched.add(message_id)
                self._later("timeline")
            case MessageDeleted(message_id, chat_id):
                self._changed("outbox")
                if timeline is not None and timeline.chat.id == chat_id:
                    self._flush_messages()
                    timeline.remove([message_id])
            case ChatCleared(chat):
                if timeline is not None:
                    self._flush_messages()
                    timeline.cleared(chat)
            case ContactChanged(contact):
                if contact.blocked and timeline is not None:
                    self._flush_messages()
                    timeline.remove_of(contact.key)
                self._changed("people", "own")
                self._later("names", "chats-anew", "head")
            case ContactRequested():
                self._changed("people")
                self._later("chats")
            case AddedToGroup() | JoinRequested():
                self._changed("group")
                self._later("head")
            case GroupChanged(_, news):
                if timeline is not None:
                    self._arrived += [one for one in news if one.chat_id == timeline.chat.id]
                self._changed("group")
                self._later("timeline", "head")
            case ChatChanged():
                self._later("head")
            case DeviceFound() | DeviceNamed() | DeviceSynced() | CopySuspected() | MessageUndecryptable():
                self._changed("devices")
            case WalletChanged() | SentTransactionChanged():
                self._changed("wallet")
            case OwnNamesChanged():
                self._changed("names")
            case _:
                pass

    def _changed(self, *what: str) -> None:
        self._what.update(what)
        self._later("changed")

    def _later(self, *what: str) -> None:
        self._due.update(what)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_soon())

    async def _send_soon(self) -> None:
        listed = 0 if self._chats is None else len(self._chats.list.entries)
        await asyncio.sleep(max(GATHER_SECONDS, listed * GATHER_SECONDS_PER_CHAT))
        await self._session.drained()  # who reads slowly is sent less often
        self._sending = None
        try:
            self.flush()
        except LocalError as error:  # the profile was closed meanwhile, and its end is told otherwise
            log.info("the page is not kept current: %s", error)
        except Exception:  # a fault of ours: the window is not left with what was
            log.exception("a window was not kept current because of a fault in pystatus")
            self.reset()

    def flush(self) -> None:
        """Send what has changed."""
        due, self._due = self._due, set()
        if self.profile is None:
            return
        if self._is_behind:
            self.reset()
            return
        timeline = self.timeline
        if timeline is not None:
            if "names" in due:
                timeline.reload()
            self._flush_messages()
            if "gaps" in due:
                timeline.read_gaps()
            if "head" in due:
                self._send_head(timeline.chat.id)
        self._forget()
        if self._chats is not None and due & {"chats", "chats-anew"}:
            if "chats-anew" in due:
                self._chats.read()
            if self._chats.is_shown:
                self.tell("chats", self._chats.change())
        if self._is_network_shown and "network" in due:
            self.tell("network", self.network())
        self._send_notices()
        if self._what:
            what, self._what = sorted(self._what), set()
            self.tell("changed", {"what": what})

    def _flush_messages(self) -> None:
        """Messages that came are shown before what came after them."""
        arrived, self._arrived = self._arrived, []
        self._arrived_bytes = 0
        states, self._states = self._states, {}
        touched, self._touched = self._touched, set()
        if self.timeline is None:
            return
        self.timeline.add(arrived)
        if states:
            self.timeline.set_states(states)
        if touched:
            self.timeline.reload(touched)

    def _send_head(self, chat_id: str) -> None:
        chat = self.opened.chat(chat_id)
        if chat is None:
            return
        head = chat_head(chat, self.opened, self.texts)
        if head != self._head:
            self._head = head
            self.tell("head", head)

    def notify(self, found: Sequence[Notice]) -> None:
        """Ask for attention, once for what comes together."""
        if found:
            self._notices = [*self._notices, *found][-MAX_NOTICES:]
            self._later("notices")

    def _send_notices(self) -> None:
        found, self._notices = gathered(self._notices, self.texts), []
        for one in found:
            self.tell(
                "notice",
                {
                    "kind": one.kind.value,
                    "title": one.title,
                    "body": one.body,
                    "tag": one.tag,
                    "rings": one.rings,
                    "chat": one.chat_id,
                    "message": None if one.message_id is None else shapes.hex_id(one.message_id),
                    "count": one.count,
                },
            )

    # people

    def person_entry(self, entry: PersonEntry, claims: str) -> PageValue:
        """Somebody on the page of people."""
        return {
            "person": self.opened.person(entry.name),
            "states": list(entry.states),
            "label": entry.label,
            "warning": entry.warning(self.texts),
            "claims": claims,
            "actions": [one.value for one in entry.actions],
        }

    def use(self, settings: PageSettings) -> None:
        """The page is wanted otherwise."""
        if self._chats is not None:
            self._chats.list.set_order(Order(settings.order))
            self._later("chats")
