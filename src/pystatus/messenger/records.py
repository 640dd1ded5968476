"""What the messenger keeps: chats, messages, things still to send."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from pystatus.crypto.keys import PublicKey
from pystatus.payloads.chats import ChatKind
from pystatus.transport.channels import ChannelKind


class MessageState(enum.IntEnum):
    """How far one of our own messages got.

    Implements: PL-22
    """

    SENDING = 1
    """Stored; no relay has it yet."""
    SENT = 2
    """Handed to at least one relay."""
    DELIVERED = 3
    """The recipient has it: a device of theirs acknowledged it by data sync. Public chats have no such thing."""
    FAILED = 4
    """Given up after the last attempt, and no relay ever took it; it can be sent again."""
    UNCONFIRMED = 5
    """A relay had it, but the recipient has not acknowledged any repetition of it; it can be sent again."""
    SEEN = 6
    """A relay says that it took it. Between sent and delivered; most relays never say so."""
    ARCHIVED = 7
    """A mailserver has it: it said so, or the envelope came out of its archive. Between seen and delivered."""

    @property
    def predecessors(self) -> frozenset[MessageState]:
        """The states that may become this one. A message that was delivered is never less than that again."""
        return _PREDECESSORS[self]


_PREDECESSORS = {
    MessageState.SENDING: frozenset({MessageState.FAILED, MessageState.UNCONFIRMED}),
    MessageState.SENT: frozenset({MessageState.SENDING, MessageState.FAILED}),
    MessageState.DELIVERED: frozenset(MessageState) - {MessageState.DELIVERED},
    MessageState.FAILED: frozenset({MessageState.SENDING}),
    MessageState.UNCONFIRMED: frozenset({MessageState.SENT, MessageState.SEEN, MessageState.ARCHIVED}),
    MessageState.SEEN: frozenset({MessageState.SENDING, MessageState.SENT, MessageState.FAILED}),
    MessageState.ARCHIVED: frozenset({MessageState.SENDING, MessageState.SENT, MessageState.SEEN, MessageState.FAILED}),
}


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation. ``id`` is the name of a public chat, or the other person's key text ``0x04…``."""

    id: str
    kind: ChatKind
    active: bool = True
    last_clock: int = 0
    unread: int = 0
    updated_ms: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat.

    ``id`` is 32 bytes (6/PAYLOADS); ``clock`` orders messages, ties by ``id``; times are Unix milliseconds.
    ``state`` is None for messages of others. ``forward_secrecy`` says whether it travelled under a ratchet key.
    """

    id: bytes
    chat_id: str
    author: PublicKey
    clock: int
    sent_ms: int
    received_ms: int
    content_type: int
    text: str
    payload: bytes
    response_to: bytes | None = None
    state: MessageState | None = None
    forward_secrecy: bool = False

    @property
    def cursor(self) -> Cursor:
        """Where this message stands in its chat."""
        return Cursor(self.clock, self.id)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the order of a chat: history is paged from it towards the past."""

    clock: int
    id: bytes


@dataclass(frozen=True, slots=True)
class DeviceName:
    """What another device of ours calls itself; ``clock`` says which of its statements is the newest."""

    name: str
    device_type: str
    clock: int


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A sealed encryption-layer message (``payload``) that has to reach the network.

    ``target`` is the name of a public chat or the key text of a person, as ``channel`` asks for. ``message_ids`` are
    the messages of the user in it: none in a contact code, several where data sync sends them together. ``attempts``
    counts the envelopes that came to nothing.
    """

    number: int
    message_ids: tuple[bytes, ...]
    channel: ChannelKind
    target: str
    payload: bytes
    attempts: int = 0
