"""The chats at the side of the screen: in which order, with how much that is unread, and how somebody gets to one.

What is shown is what is stored. An event that carries a chat changes that chat; after one that may have changed others
the list is to be read again (:meth:`ChatList.note`). Both are cheap: all chats are one call of the client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import Aliases, Names, Page
from pystatus.client.events import OF_THE_NETWORK, Event
from pystatus.crypto.keys import PublicKey
from pystatus.faces import fuzzy
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.chat_names import badge, chat_person, chat_title
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import CopySuspected, DeviceFound, MessagePosted, MessageReceived, MessageUndecryptable
from pystatus.messenger.features.devices import DeviceNamed
from pystatus.messenger.features.group_deliveries import GroupMessageDelivered
from pystatus.messenger.features.reactions import ReactionPosted, ReactionReceived
from pystatus.messenger.message_text import preview
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.records import dataclass

SWITCHER_ROWS = 12
"""What a switcher shows unless asked otherwise: as much as one overlooks. Ours."""
PREVIEW_LENGTH = 80
"""Characters of the newest message that a list shows. Ours: no list is wider."""
PREVIEW_NAME = 16
"""Characters of the name before it. Ours: some lists are 30 wide, and it is the text that says what is new."""

_OF_NO_CHAT = (
    *OF_THE_NETWORK, CopySuspected, DeviceFound, DeviceNamed, MessageUndecryptable, GroupMessageDelivered,
    ReactionReceived, ReactionPosted,
)  # fmt: skip
"""Events that change no chat. After all others that carry none the list is read again."""


class Order(Enum):
    """In which order chats stand."""

    UNREAD_FIRST = "unread-first"
    """Those that name us, then others with something unread, then the rest; muted ones are with the rest."""
    LATEST_FIRST = "latest-first"
    """By when they were last used."""
    STEADY = "steady"
    """Public chats, groups, then people, by their ids: nothing moves when a message comes."""


class Change(Enum):
    """What an event means for the list."""

    NOTHING = "nothing"
    SHOWN = "shown"
    """The list is another one; draw it."""
    READ_AGAIN = "read-again"
    """Give :meth:`ChatList.show` what the client says."""


@dataclass(frozen=True, slots=True)
class ChatEntry:
    """One chat. ``title`` is safe to show; ``person`` is who is meant by it, for a picture."""

    chat: Chat
    title: str
    person: PublicKey | None = None
    has_draft: bool = False
    last: Message | None = None
    """Its newest message, where that is known."""

    def preview(self, own: PublicKey, names: Names, texts: Catalogue) -> str:
        """``you: hello``: the beginning of the newest message; empty where that is not known."""
        if self.last is None:
            return ""
        text = preview(self.last, lambda person: names.of(person).label, PREVIEW_LENGTH)
        if self.last.author == own:
            return texts.chat_preview_own(text=text)
        if self.person is not None:
            return text
        return texts.chat_preview(person=sanitise.one_line(names.of(self.last.author).name, PREVIEW_NAME), text=text)

    @property
    def unread_badge(self) -> str:
        """``3``, ``99+``; empty for none."""
        return badge(self.chat.unread)

    @property
    def mention_badge(self) -> str:
        """``@1``; empty if nothing unread names us."""
        return f"@{badge(self.chat.mentions)}" if self.chat.mentions else ""

    @property
    def asks(self) -> bool:
        """Whether there is something unread in a chat that is not muted."""
        return bool(self.chat.unread) and not self.chat.muted

    def description(self, texts: Catalogue) -> str:
        """All of it in words, for who does not see it: ``#status, 3 unread, 1 of them for you``."""
        chat = self.chat
        remarks = [texts.chat_unread(n=chat.unread)] if chat.unread else []
        remarks += [texts.chat_mentions(n=chat.mentions)] if chat.mentions else []
        remarks += [texts.chat_muted()] if chat.muted else []
        remarks += [texts.chat_pinned()] if chat.pinned else []
        remarks += [texts.chat_archived()] if chat.archived else []
        remarks += [texts.chat_draft()] if self.has_draft else []
        remarks += [] if chat.active else [texts.chat_left()]
        return texts.chat_described(title=self.title, remarks=", ".join(remarks)) if remarks else self.title


class ChatList:
    """The list. ``revision`` changes whenever it does."""

    def __init__(self, order: Order = Order.UNREAD_FIRST, texts: Catalogue | None = None) -> None:
        self.revision = 0
        self._order = order
        self._texts = texts
        self._names: Names = Aliases()
        self._chats: dict[str, Chat] = {}
        self._drafts: frozenset[str] = frozenset()
        self._last: dict[str, Message] = {}
        self._entries: Sequence[ChatEntry] | None = None
        self._shows_archived = False

    # what there is

    @property
    def entries(self) -> Sequence[ChatEntry]:
        """The chats that we are in, in the order of the list: pinned ones first, and those that were put away last, if
        they are shown."""
        everything = self.everything
        return everything if self._shows_archived else [entry for entry in everything if not entry.chat.archived]

    @property
    def everything(self) -> Sequence[ChatEntry]:
        """The same with those that were put away, for who looks for one."""
        if self._entries is None:
            active = [chat for chat in self._chats.values() if chat.active]
            people = (chat_person(chat) for chat in active)
            names = Page(self._names, [person for person in people if person is not None])
            self._entries = [self._entry(chat, names) for chat in sorted(active, key=self._place)]
        return self._entries

    def _place(self, chat: Chat) -> tuple[bool, bool, tuple[int, int, str]]:
        return chat.archived, not chat.pinned, _PLACES[self._order](chat)

    @property
    def archived(self) -> int:
        """Chats that were put away."""
        return sum(chat.active and chat.archived for chat in self._chats.values())

    @property
    def shows_archived(self) -> bool:
        """Whether chats that were put away are among :attr:`entries`."""
        return self._shows_archived

    def show_archived(self, shown: bool) -> None:
        """Show those that were put away, too, or no longer."""
        self._shows_archived = shown
        self._changed()

    def _entry(self, chat: Chat, names: Names) -> ChatEntry:
        title = chat_title(chat, names, self._texts)
        return ChatEntry(chat, title, chat_person(chat), chat.id in self._drafts, self._last.get(chat.id))

    def entry(self, chat_id: str) -> ChatEntry | None:
        """One of them."""
        return next((entry for entry in self.entries if entry.chat.id == chat_id), None)

    @property
    def unread(self) -> int:
        """Messages that ask for attention: in chats that are not muted, nor put away."""
        return sum(chat.unread for chat in self._chats.values() if _counts(chat))

    @property
    def mentions(self) -> int:
        """Those of them that name us."""
        return sum(chat.mentions for chat in self._chats.values() if _counts(chat))

    def window_title(self, texts: Catalogue) -> str:
        """``(3) pystatus``."""
        return texts.chat_title_unread(n=self.unread) if self.unread else texts.chat_title()

    # what happens

    def show(
        self,
        chats: Iterable[Chat],
        names: Names,
        drafts: Iterable[str] = (),
        last: Mapping[str, Message] = MappingProxyType({}),
    ) -> None:
        """What is stored.

        :param chats: all of them: :meth:`pystatus.Client.chats`.
        :param drafts: ``client.conversations.drafted_chats()``.
        :param last: ``client.conversations.last_messages(chats)``, for a list that shows them.
        """
        self._last = dict(last)
        self._chats = {chat.id: chat for chat in chats}
        self._names = names
        self._drafts = frozenset(drafts)
        self._changed()

    def set_order(self, order: Order) -> None:
        """Another order."""
        self._order = order
        self._changed()

    def note(self, event: Event) -> Change:
        """Something has happened."""
        if isinstance(event, _OF_NO_CHAT):
            return Change.NOTHING
        if not isinstance(event, MessageReceived | MessagePosted) or event.chat.id not in self._chats:
            return Change.READ_AGAIN
        chat = event.chat
        if self._chats[chat.id] == chat:
            return Change.NOTHING
        self._chats[chat.id] = chat
        before = self._last.get(chat.id)
        if before is not None and before.cursor < event.message.cursor:
            self._last[chat.id] = event.message
        self._changed()
        return Change.SHOWN

    # where somebody goes

    def neighbour(self, current: str | None, step: int) -> str | None:
        """The id of the chat ``step`` places below ``current``, going round; None if there is no chat."""
        ids = [entry.chat.id for entry in self.entries]
        if not ids:
            return None
        return ids[(ids.index(current) + step) % len(ids)] if current in ids else ids[0]

    def next_unread(self, current: str | None = None) -> str | None:
        """The chat to read next: one that names us, else the one whose last message is the oldest. None: all is read
        but what is muted, and ``current``."""
        asking = [entry.chat for entry in self.entries if entry.asks and entry.chat.id != current]
        best = min(asking, key=lambda chat: (not chat.mentions, chat.updated_ms), default=None)
        return None if best is None else best.id

    def _changed(self) -> None:
        self._entries = None
        self.revision += 1


def _counts(chat: Chat) -> bool:
    return chat.active and not chat.muted and not chat.archived


def _by_unread(chat: Chat) -> tuple[int, int, str]:
    asks = 0 if chat.muted else 2 if chat.mentions else bool(chat.unread)
    return -asks, -chat.updated_ms, chat.id


_KINDS = (ChatKind.PUBLIC, ChatKind.PROFILE, ChatKind.TIMELINE, ChatKind.PRIVATE_GROUP, ChatKind.ONE_TO_ONE)
_PLACES: Mapping[Order, Callable[[Chat], tuple[int, int, str]]] = {
    Order.UNREAD_FIRST: _by_unread,
    Order.LATEST_FIRST: lambda chat: (0, -chat.updated_ms, chat.id),
    Order.STEADY: lambda chat: (_KINDS.index(chat.kind), 0, chat.id),
}


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a switcher leads: to a chat, or to a person with whom there is none yet."""

    title: str
    chat: Chat | None = None
    person: PublicKey | None = None


def destinations(
    query: str, entries: Sequence[ChatEntry], contacts: Iterable[Contact], names: Names, limit: int = SWITCHER_ROWS
) -> Sequence[Destination]:
    """What fits some letters of a nickname, an ENS name, the three words, a key, or ``#name``, the best first.

    :param entries: the chats, in the order in which they stand where they fit alike.
    :param contacts: people, of whom those are found, too, with whom there is no chat.
    """
    known = {entry.person for entry in entries if entry.person is not None}
    others = {contact.key for contact in contacts if not contact.blocked} - known
    page = Page(names, [*known, *others])
    chats = [Destination(entry.title, entry.chat, entry.person) for entry in entries]
    people = sorted((Destination(page.of(person).label, None, person) for person in others), key=lambda one: one.title)

    def called(one: Destination) -> Iterable[str]:
        yield one.title
        if one.chat is not None and one.chat.name:
            yield one.chat.name
        if one.person is not None:
            shown = page.of(one.person)
            yield from (shown.name, shown.second, alias(one.person))

    def keys(one: Destination) -> Iterable[str]:
        return () if one.person is None else (encode(one.person), one.person.hex)

    return fuzzy.found(query, [*chats, *people], called, keys, limit)
