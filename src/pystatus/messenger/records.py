"""What the messenger keeps: chats, messages, things still to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.payloads.chats import ChatKind, is_public_chat_name
from pystatus.payloads.kinds import NamedNumber
from pystatus.records import dataclass
from pystatus.transport.kinds import ChannelKind

if TYPE_CHECKING:
    from pystatus.payloads.markdown.tree import ParsedText


class MessageState(NamedNumber):
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
    """A relay says that it took it, or one that we did not give it to brings it back. Between sent and delivered."""
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


NOT_LEFT = frozenset({MessageState.SENDING, MessageState.FAILED})
"""States of messages that no relay has, as far as they tell: one that is sent again may have left before."""
UNSENT = frozenset({MessageState.SENDING, MessageState.FAILED, MessageState.UNCONFIRMED})
"""States of messages that wait for a relay, or can be sent again. The index of them in the storage names them, too."""
MESSAGE_ID_SIZE = 32
"""Bytes of the id of a message (6/PAYLOADS)."""
SEEN_RETENTION = 31 * 86_400
"""Seconds that the hash of an envelope is remembered that was received or sent: the 30 days of mailservers and one to
spare (secure-transport.md T7)."""
OWN_KEY = "own_key"
"""The setting with our own key, 65 bytes: a store can tell by it what is addressed to us."""
_SHOWN_ID = 10
"""Characters of an id in a ``repr``."""
_SHOWN_TEXT = 60
"""Characters of a text in a ``repr``."""


def short_id(message_id: bytes) -> str:
    """A message id for people, not for programs: its beginning."""
    return f"0x{message_id.hex()}"[:_SHOWN_ID] + "…"


def chat_label(chat_id: str) -> str:
    """A chat for people: the name of a public one, the beginning of a key."""
    return f"#{chat_id}" if is_public_chat_name(chat_id) else f"{chat_id[:_SHOWN_ID]}…"


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Chat:
    """A conversation, as it was when it was asked for.

    ``id`` is the name of a public chat, without ``#``, the other person's key text ``0x04…``, or a UUID, a hyphen and
    the key of its creator for a group. ``active`` is False for one that was left. ``last_clock`` is the highest clock
    of its messages, ``unread`` how many of them have not been read and ``mentions`` how many of these name us,
    ``updated_ms`` when it was last used, in Unix milliseconds. ``name`` is what its members call a group. A ``muted``
    chat asks for no attention; a ``pinned`` one stands before the others; an ``archived`` one is put away until
    somebody else writes there. Messages up to ``cleared_clock`` were deleted with the chat's history and never return.
    """

    id: str
    kind: ChatKind
    active: bool = True
    last_clock: int = 0
    unread: int = 0
    updated_ms: int = 0
    name: str = ""
    muted: bool = False
    mentions: int = 0
    cleared_clock: int = 0
    pinned: bool = False
    archived: bool = False

    def __repr__(self) -> str:
        left = "" if self.active else ", left"
        return f"<Chat {chat_label(self.id)} {self.kind}, {self.unread} unread{left}>"


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One message of a chat.

    ``id`` is 32 bytes (6/PAYLOADS); ``clock`` orders messages, ties by ``id``. ``sent_ms`` is when the author says that
    it was written, ``received_ms`` when it came here, in Unix milliseconds. ``content_type`` is 1 for plain text
    (payloads.md §3.1 has the others); ``payload`` is all of it as it was sent, but for the bytes of a
    picture or a sound, which are kept apart (``client.media``); empty where a stranger sent very much.
    ``response_to`` is the id of the message that it replies to. ``state`` is None for messages of others.
    ``forward_secrecy`` says whether it travelled under a ratchet key.
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

    @property
    def parsed(self) -> ParsedText:
        """The text as a tree: emphasis, code, links, mentions."""
        from pystatus.payloads.markdown.parsing import parse_text  # a client that shows nothing loads nothing of it

        return parse_text(self.text)

    @property
    def mentions(self) -> tuple[PublicKey, ...]:
        """Who is mentioned in the text, each once."""
        return self.parsed.people

    def mentions_me(self, me: Any) -> bool:
        """Whether the text mentions us.

        :param me: the client, or anything else that has our ``public_key``.
        :raises TypeError: it has none.
        """
        key = getattr(me, "public_key", None)
        if not isinstance(key, PublicKey):
            raise TypeError(f"me of Message.mentions_me() is to be the client, not {type(me).__name__}")
        return key in self.mentions

    def __repr__(self) -> str:
        state = "" if self.state is None else f" {self.state}"
        text = self.text if len(self.text) <= _SHOWN_TEXT else f"{self.text[:_SHOWN_TEXT]}…"
        author = chat_label(self.author.hex)
        return f"<Message {short_id(self.id)} in {chat_label(self.chat_id)} of {author}{state}: {text!r}>"


@checked
@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the order of a chat: history is paged from it towards the past."""

    clock: int
    id: bytes


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A sealed encryption-layer message (``payload``) that has to reach the network.

    ``target`` is the name of a public chat or the key text of a person, as ``channel`` asks for. ``message_ids`` are
    the messages of the user in it: none in a contact code, several where data sync sends them together. ``attempts``
    counts the envelopes that a relay was handed, or that came to nothing.
    """

    number: int
    message_ids: tuple[bytes, ...]
    channel: ChannelKind
    target: str
    payload: bytes
    attempts: int = 0
