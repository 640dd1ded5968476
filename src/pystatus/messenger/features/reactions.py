"""Emoji under messages: ours and those of others, each of them taken back by its author alone (payloads.md §11).

One (author, message, type) has one reaction, and the newest clock wins: a retraction that comes before its reaction
counts as well. What names a message that is not here waits for it, within bounds. Nothing of this is confirmed or
repeated, and nothing of it is unread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from pystatus.arguments import checked
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import ChatOpened, Event
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.records import MESSAGE_ID_SIZE, Chat, short_id
from pystatus.payloads.chats import MESSAGE_TYPES, ChatKind, KnownChat, key_from_text, match_chat
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.payloads.clocks import advance, next_clock
from pystatus.payloads.kinds import ReactionType
from pystatus.payloads.messages import EmojiReaction
from pystatus.payloads.payload import Payload
from pystatus.records import dataclass
from pystatus.sanitise import quoted

MAX_TYPES = 16
"""Types of reaction of one person to one message. Ours: clients know six."""
MAX_WAITING = 1_000
"""Reactions of one person we know, to messages that are not here. Beyond it the oldest go. Ours."""
MAX_OF_STRANGER = 200
"""Reactions of one stranger that are kept, some 90 KB; beyond it the oldest go. Ours."""
MAX_LISTED = 1_000
"""Reactions that are listed for a message (payloads.md §11)."""
MAX_LISTED_TOGETHER = 5 * MAX_LISTED
"""Reactions that are listed for several messages at once, some 140 ms: a program may ask for those of a thousand, and
strangers can put a thousand under each. Ours."""
MAX_SEARCHED = 1_000
"""Reactions of ours among which one is looked for by its id: some 20 ms. Ours: what is taken back is a recent one."""

_VARIATION = "\ufe0f"
"""Says that a character is to be shown as an emoji: some keyboards write it, others do not."""
_SHOWN = {int(kind): kind.emoji for kind in ReactionType if kind.emoji}
_BY_EMOJI = {kind.emoji.replace(_VARIATION, ""): kind for kind in ReactionType if kind.emoji}


@checked
@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's emoji under one message, or its retraction.

    ``message_id`` is 32 bytes. ``type`` is one of :class:`~pystatus.payloads.kinds.ReactionType`, or a number of a
    newer client. ``clock`` says which of its versions is the newest.
    """

    chat_id: str
    message_id: bytes
    author: PublicKey
    type: int
    clock: int
    retracted: bool = False

    @property
    def emoji(self) -> str:
        """What people see; empty for a type that this version does not know."""
        return emoji(self.type)

    @property
    def id(self) -> bytes:
        """The 32 bytes that this reaction and its retraction have in common (payloads.md §11)."""
        return EmojiReaction(message_id=f"0x{self.message_id.hex()}", type=self.type).reaction_id(self.author)


@checked
@dataclass(frozen=True, slots=True)
class ReactionCount:
    """How many people have put one emoji under a message, and whether we are one of them."""

    type: int
    count: int
    own: bool

    @property
    def emoji(self) -> str:
        """See :attr:`Reaction.emoji`."""
        return emoji(self.type)


@checked
@dataclass(frozen=True, slots=True)
class ReactionReceived(Event):
    """Somebody else, or another device of ours, has put an emoji under a message, or taken it back. The message may not
    be here (yet)."""

    reaction: Reaction
    chat: Chat


@checked
@dataclass(frozen=True, slots=True)
class ReactionPosted(Event):
    """We have put an emoji under a message on this device, or taken it back."""

    reaction: Reaction
    chat: Chat


class ReactionTables(Protocol):
    """The storage of this module."""

    def reaction(self, author: PublicKey, message_id: bytes, reaction_type: int) -> Reaction | None: ...

    def save_reaction(self, reaction: Reaction, *, waiting: bool) -> None:
        """Insert or replace what there is of its author, message and type.

        :param waiting: its message is not here.
        """

    def types(self, author: PublicKey, message_id: bytes) -> int:
        """How many types of reaction one person has for one message, retracted ones included."""

    def trim_waiting(self, author: PublicKey, most: int) -> None:
        """Delete the oldest reactions of one person to messages that are not here, beyond ``most``."""

    def trim(self, author: PublicKey, most: int) -> None:
        """Delete the oldest reactions of one person, beyond ``most``."""

    def counts(self, chat_id: str, message_ids: Sequence[bytes], own: PublicKey) -> Mapping[bytes, list[ReactionCount]]:
        """What is under messages of a chat, and not retracted, by type."""

    def listed(self, chat_id: str, message_id: bytes, most: int) -> list[Reaction]:
        """What is under a message of a chat, and not retracted, the newest first."""

    def of_author(self, author: PublicKey, most: int) -> list[Reaction]:
        """What one person has put under messages, and not retracted, the newest first."""

    def forget(self, message_ids: Sequence[bytes]) -> None:
        """Delete the reactions to these messages."""

    def forget_chat(self, chat_id: str) -> None:
        """Delete the reactions in a chat."""


class Reactions(Feature[ReactionTables]):
    """Put under messages, taken back, counted."""

    PAYLOADS = (EmojiReaction,)

    # ours

    def add(self, message_id: bytes, reaction: ReactionType | int | str, now: float) -> Reaction:
        """Put an emoji under a message, for everybody in the chat. One that is there already is not sent again.

        :raises LocalError: no such message or reaction, or we are not in its chat.

        Implements: PL-18
        """
        return self._set(message_id, reaction_type(reaction), retracted=False, now=now)

    def retract(self, message_id: bytes, reaction: ReactionType | int | str, now: float) -> Reaction:
        """Take our emoji back.

        :raises LocalError: it is not there, no such message or reaction, or we are not in its chat.
        """
        kind = reaction_type(reaction)
        if not self._is_there(message_id, kind):
            self._chat_of(message_id)
            raise LocalError(f"There is no {emoji(kind) or kind} of yours under this message.")
        return self._set(message_id, kind, retracted=True, now=now)

    def toggle(self, message_id: bytes, reaction: ReactionType | int | str, now: float) -> Reaction:
        """Put an emoji under a message, or take it back if it is there.

        :raises LocalError: no such message or reaction, or we are not in its chat.
        """
        kind = reaction_type(reaction)
        return self._set(message_id, kind, retracted=self._is_there(message_id, kind), now=now)

    def _is_there(self, message_id: bytes, kind: int) -> bool:
        before = self._tables.reaction(self._core.own, message_id, kind)
        return before is not None and not before.retracted

    def _chat_of(self, message_id: bytes) -> Chat:
        store = self._core.store
        message = store.message(message_id)
        if message is None:
            raise LocalError(f"There is no message {short_id(message_id)} here. Give the id of one in the history.")
        chat = store.chat(message.chat_id)
        if chat is None or not chat.active:
            raise LocalError(f"You are not in the chat {quoted(message.chat_id)}. Join it first.")
        return chat

    def _set(self, message_id: bytes, kind: int, *, retracted: bool, now: float) -> Reaction:
        core, chat = self._core, self._chat_of(message_id)
        before = self._tables.reaction(core.own, message_id, kind)
        if before is not None and before.retracted == retracted:
            return before
        if before is None and self._tables.types(core.own, message_id) >= MAX_TYPES:
            raise LocalError(f"You have put {MAX_TYPES} kinds of emoji under this message. That is the most.")
        now_ms = int(now * 1000)
        # See Messages.send for the bound of the chat's clock. A retraction is newer than its reaction in any case.
        clock, _ = next_clock(min(chat.last_clock, now_ms + MAX_CLOCK_AHEAD_MS // 2), now_ms)
        if before is not None:
            clock = max(clock, before.clock + 1)
        payload = EmojiReaction(
            clock=clock,
            chat_id=chat.id,
            message_id=f"0x{message_id.hex()}",
            message_type=MESSAGE_TYPES[chat.kind],
            type=kind,
            retracted=retracted,
        )
        core.sender.send_once(chat, payload, now)
        reaction = Reaction(chat.id, message_id, core.own, kind, clock, retracted)
        core.store.save_chat(replace(chat, last_clock=advance(chat.last_clock, clock)))
        self._tables.save_reaction(reaction, waiting=False)
        self._core.batch.add(Notify(ReactionPosted(reaction, chat)))
        return reaction

    # those of others, and of our other devices

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Keep a reaction, if it is newer than what is here of it.

        :raises RemoteError: it is for no chat of ours, or does not belong where it says.
        """
        assert isinstance(payload, EmojiReaction)
        core, author = self._core, incoming.message.author
        chat_id = match_chat(
            payload.chat_id,
            payload.message_type,
            author,
            core.own,
            self._known_chat,
            incoming.public_name,
            only_owner=False,
        )
        self.take(payload, chat_id, incoming)

    def take(self, payload: EmojiReaction, chat_id: str, incoming: Incoming) -> None:
        """The same of one that is known to be for ``chat_id``.

        :raises RemoteError: one person has put too many under this message.
        """
        core, author = self._core, incoming.message.author
        message_id = _message_id(payload.message_id)
        before = self._tables.reaction(author, message_id, payload.type)
        if before is not None and before.clock >= payload.clock:
            return
        if before is None and self._tables.types(author, message_id) >= MAX_TYPES:
            raise RemoteError(f"more than {MAX_TYPES} kinds of reaction of one person to one message")
        chat = self._chat(chat_id, author)
        chat = replace(
            chat,
            # A clock at the edge of what is accepted must not drive ours over it: everybody would refuse us.
            last_clock=advance(chat.last_clock, min(payload.clock, incoming.now_ms + MAX_CLOCK_AHEAD_MS // 2)),
            updated_ms=chat.updated_ms or incoming.now_ms,
        )
        core.store.save_chat(chat)
        reaction = Reaction(chat_id, message_id, author, payload.type, payload.clock, payload.retracted)
        waiting = not core.store.has_message(message_id)
        self._tables.save_reaction(reaction, waiting=waiting)
        if not core.people.is_known(author):
            self._tables.trim(author, MAX_OF_STRANGER)
        elif waiting:
            self._tables.trim_waiting(author, MAX_WAITING)
        core.batch.add(Notify(ReactionReceived(reaction, chat)))

    def _chat(self, chat_id: str, author: PublicKey) -> Chat:
        """The chat, made if it is one of two people and not there yet."""
        core = self._core
        chat = core.store.chat(chat_id)
        if chat is not None:
            return chat
        chat = Chat(chat_id, ChatKind.ONE_TO_ONE)
        if author == core.own:  # another device of ours has it
            core.people.know(key_from_text(chat_id))
        core.store.save_chat(chat)
        core.channels.listen_to(chat)
        core.batch.add(Notify(ChatOpened(chat)))
        return chat

    def _known_chat(self, chat_id: str) -> KnownChat | None:
        chat = self._core.store.chat(chat_id)
        return self._core.dispatch.known(chat) if chat is not None and chat.active else None

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """Nothing is left of what somebody who is blocked has put under messages."""
        self._tables.trim(person, 0)

    # what is there

    def chat_id_of(self, message_id: bytes) -> str:
        """Where a message is; empty if it is not here."""
        message = self._core.store.message(message_id)
        return "" if message is None else message.chat_id

    def counts(self, chat_id: str, message_ids: Sequence[bytes]) -> Mapping[bytes, list[ReactionCount]]:
        """What is under messages of a chat; nothing for those without."""
        return self._tables.counts(chat_id, message_ids, self._core.own)

    def listed(self, message_id: bytes) -> list[Reaction]:
        """Who has put what under a message, the newest first: :data:`MAX_LISTED` at most; none if it is not here."""
        return self._tables.listed(self.chat_id_of(message_id), message_id, MAX_LISTED)

    def listed_of(self, message_ids: Sequence[bytes]) -> Mapping[bytes, list[Reaction]]:
        """The same of several messages; nothing for those without. After :data:`MAX_LISTED_TOGETHER` of them the others
        are left out: who wants those asks for fewer messages."""
        found: dict[bytes, list[Reaction]] = {}
        left = MAX_LISTED_TOGETHER
        for message_id in message_ids:
            if not left:
                break
            reactions = self._tables.listed(self.chat_id_of(message_id), message_id, min(left, MAX_LISTED))
            if reactions:
                found[message_id] = reactions
                left -= len(reactions)
        return found

    def find_own(self, reaction_id: bytes) -> Reaction | None:
        """The reaction of ours with this id, among the last :data:`MAX_SEARCHED`; ``None``: there is none that is not
        taken back."""
        own = self._tables.of_author(self._core.own, MAX_SEARCHED)
        return next((reaction for reaction in own if reaction.id == reaction_id), None)


def emoji(kind: int) -> str:
    """What people see of a type of reaction; empty for one that this version does not know."""
    return _SHOWN.get(kind, "")


def reaction_type(reaction: ReactionType | int | str) -> int:
    """The type that a person or a program means: a type, its emoji or its name.

    :raises LocalError: there is none.
    """
    if isinstance(reaction, int):
        kind = int(reaction)
    else:
        text = reaction.strip().replace(_VARIATION, "")
        name = text.upper().replace("-", "_").replace(" ", "_")
        kind = _BY_EMOJI.get(text, ReactionType.__members__.get(name, ReactionType.UNKNOWN))
    if kind not in _SHOWN:
        known = ", ".join(f"{one.emoji} ({one.name.lower().replace('_', '-')})" for one in _BY_EMOJI.values())
        shown = quoted(reaction) if isinstance(reaction, str) else str(reaction)
        raise LocalError(f"There is no reaction {shown}. There are: {known}.")
    return kind


def _message_id(text: str) -> bytes:
    """The id that a reaction names. Any other text names a message that nobody has: its hash stands for it."""
    try:
        message_id = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        message_id = b""
    is_id = len(message_id) == MESSAGE_ID_SIZE and text == f"0x{message_id.hex()}"
    return message_id if is_id else keccak256(text.encode())
