"""The messages of a profile: stored in little room, found by id, paged both ways in the order of their chat; and what
of them waits to be sent.

Payloads need not be stored, since they are made again of what else is stored of their message. A ChatMessage is its
text, some numbers and the id of its chat, of up to 169 characters. Nearly all are encoded the same way; of those only
the form is stored. Forms never change: what they make was compared with what was sent when that was stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.people import message_bytes
from pystatus.messenger.records import MESSAGE_ID_SIZE, OWN_KEY, UNSENT, Cursor, Message, MessageState, OutboxEntry
from pystatus.payloads.chats import MAX_PARSED_KEYS
from pystatus.payloads.kinds import ContentType, MessageType
from pystatus.storage.id_lists import chunks, marks
from pystatus.transport.channels import ChannelKind
from pystatus.unchecked import unchecked
from pystatus.wire import varint

_ONE_TO_ONE = 132
"""Characters of ``0x04…``, the id of a one-to-one chat."""
_GROUP = 169
"""Characters of a UUID, a hyphen and such a key, the id of a group."""

STORED = (
    "m.id, c.id, a.key, m.clock, m.sent_ms, m.received_ms, m.content_type, m.text, m.response_to, m.state,"
    " m.forward_secrecy, m.payload_form, m.number"
)
"""The columns that :meth:`StoredMessages.read` takes."""
TABLES = "messages AS m JOIN chat_numbers AS c ON c.number = m.chat JOIN authors AS a ON a.number = m.author"
IS_SHOWN = (
    f"(m.content_type <> {ContentType.TRANSACTION_COMMAND:d} OR"
    " NOT EXISTS (SELECT 1 FROM transactions AS step WHERE step.message_id = m.id AND step.replaced))"
)
"""Of ``messages AS m``: another step of a transaction has not taken its place. Nearly all are told by their type."""
NOT_OF_STRANGERS = "id NOT IN (SELECT chat_id FROM strangers WHERE chat_id IS NOT NULL)"
"""Of ``chats``: the other person is somebody whom we know, or it is no chat with one person."""
CHAT_NUMBER = "(SELECT number FROM chat_numbers WHERE id = ?)"
ORDER = "{0}clock, substr({0}id, 1, 8), {0}id"
"""Oldest first, by the index: only messages of one clock whose ids begin alike are sorted."""
NEWEST_FIRST = "{0}clock DESC, substr({0}id, 1, 8) DESC, {0}id DESC"

_ADD_MESSAGE = (
    "INSERT {}INTO messages (id, chat, author, clock, sent_ms, received_ms, content_type, text, response_to, state,"
    f" forward_secrecy, payload_form) VALUES (?, {CHAT_NUMBER}, (SELECT number FROM authors WHERE key = ?),"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
"""From a SELECT of both it would go through a table made for it alone, which takes longer than the rest."""
_TRY_TO_ADD = _ADD_MESSAGE.format("OR IGNORE ")
"""Nothing is added where the chat or the author has no number yet."""
_MAY_GET_INTO = {
    state: f"state IN ({', '.join(str(int(before)) for before in sorted(state.predecessors))})"
    for state in MessageState
}
_IS_UNSENT = f"state IN ({', '.join(str(int(state)) for state in sorted(UNSENT))})"
"""As the index of them says it: of another way to say the same the database does not know that it is."""
_stored_message = unchecked(Message)
_key = lru_cache(MAX_PARSED_KEYS)(PublicKey.from_bytes)


class PayloadForm(IntEnum):
    """How the payload of a stored message is had."""

    NONE = 0
    """Not at all: a stranger sent very much."""
    KEPT = 1
    """It is stored beside the message."""
    TO_CHAT = 2
    """Made again; it names the chat as we do."""
    TO_US = 3
    """Made again; it names the chat by our own key: the other person's side of a one-to-one chat."""


class Contents(NamedTuple):
    """What of a stored message is in its payload."""

    chat_id: str
    clock: int
    sent_ms: int
    content_type: int
    text: str
    response_to: bytes | None


class StoredMessages:
    """The messages of a :class:`~pystatus.messenger.store.MessengerStore`."""

    def __init__(self, connection: sqlcipher.Connection) -> None:
        self._execute = connection.execute
        self._own: str | None = None

    def has_message(self, message_id: bytes) -> bool:
        return self._execute("SELECT 1 FROM messages WHERE id = ?", (message_id,)).fetchone() is not None

    def message(self, message_id: bytes) -> Message | None:
        row = self._execute(f"SELECT {STORED} FROM {TABLES} WHERE m.id = ?", (message_id,)).fetchone()
        return self.read(row) if row else None

    def newest_clock(self, message_ids: Sequence[bytes]) -> int | None:
        newest = [
            self._execute(f"SELECT max(clock) FROM messages WHERE id IN ({marks(chunk)})", chunk).fetchone()[0]
            for chunk in chunks(message_ids)
        ]
        return max((clock for clock in newest if clock is not None), default=None)

    def messages(
        self, chat_id: str, limit: int, before: Cursor | None = None, after: Cursor | None = None
    ) -> Sequence[Message]:
        upwards = before is None and after is not None
        rows: list[tuple[Any, ...]] = []
        for condition, place in places(after if upwards else before, upwards=upwards, table="m."):
            rows += self._execute(
                f"SELECT {STORED} FROM {TABLES} WHERE m.chat = {CHAT_NUMBER}{condition} AND {IS_SHOWN}"
                f" ORDER BY {(ORDER if upwards else NEWEST_FIRST).format('m.')} LIMIT ?",
                (chat_id, *place, limit - len(rows)),
            ).fetchall()
        return [self.read(row) for row in (reversed(rows) if upwards else rows)]

    def messages_around(self, chat_id: str, place: Cursor, limit: int) -> Sequence[Message]:
        newer = self.messages(chat_id, limit // 2, after=place)
        return [*newer, *self.messages(chat_id, limit - len(newer), before=Cursor(place.clock, place.id + b"\0"))]

    def messages_beginning(self, beginning: str, most: int) -> Sequence[Message]:
        """The messages whose ids begin with these hexadecimal digits."""
        low, high = (bytes.fromhex(beginning.ljust(2 * MESSAGE_ID_SIZE, digit)) for digit in "0f")
        rows = self._execute(
            f"SELECT {STORED} FROM {TABLES} WHERE m.id BETWEEN ? AND ? ORDER BY m.id LIMIT ?", (low, high, most)
        )
        return [self.read(row) for row in rows.fetchall()]

    def unsent(self, limit: int, before: Cursor | None = None) -> Sequence[Message]:
        return [self.read(row) for row in self._unsent(f"{STORED} FROM {TABLES}", limit, before)]

    def unsent_ids(self, limit: int) -> Sequence[bytes]:
        return [message_id for (message_id,) in self._unsent("m.id FROM messages AS m", limit)]

    def _unsent(self, columns_of_tables: str, limit: int, before: Cursor | None = None) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for condition, place in places(before, upwards=False, table="m."):
            rows += self._execute(
                f"SELECT {columns_of_tables} WHERE m.{_IS_UNSENT}{condition} AND {IS_SHOWN}"
                f" ORDER BY {NEWEST_FIRST.format('m.')} LIMIT ?",
                (*place, limit - len(rows)),
            ).fetchall()
        return rows

    def add_message(self, message: Message) -> int:
        contents = Contents(
            message.chat_id, message.clock, message.sent_ms, message.content_type, message.text, message.response_to
        )
        form = form_of(message.payload, contents, self._own_key())
        author = message.author.uncompressed
        row = (
            message.id,
            message.chat_id,
            author,
            message.clock,
            message.sent_ms,
            message.received_ms,
            int(message.content_type),
            message.text,
            message.response_to,
            None if message.state is None else int(message.state),
            message.forward_secrecy,
            int(form),
        )
        added = self._execute(_TRY_TO_ADD, row)
        if added.rowcount != 1:  # the first one of its chat or of its author
            self._execute("INSERT INTO chat_numbers (id) VALUES (?) ON CONFLICT DO NOTHING", (message.chat_id,))
            self._execute("INSERT INTO authors (key, messages) VALUES (?, 0) ON CONFLICT DO NOTHING", (author,))
            added = self._execute(_ADD_MESSAGE.format(""), row)
        number = added.lastrowid
        if form is not PayloadForm.KEPT:
            return message_bytes(0, len(message.text.encode()))
        self._execute("INSERT INTO message_payloads (number, payload) VALUES (?, ?)", (number, message.payload))
        return message_bytes(len(message.payload), len(message.text.encode()))

    def set_message_state(self, message_id: bytes, state: MessageState) -> bool:
        return bool(self.set_message_states([message_id], state))

    def set_message_states(self, message_ids: Sequence[bytes], state: MessageState) -> Sequence[bytes]:
        changed: set[bytes] = set()
        for chunk in chunks(message_ids):
            rows = self._execute(
                f"UPDATE messages SET state = ? WHERE id IN ({marks(chunk)}) AND {_MAY_GET_INTO[state]} RETURNING id",
                (state, *chunk),
            )
            changed.update(message_id for (message_id,) in rows.fetchall())
        return [message_id for message_id in dict.fromkeys(message_ids) if message_id in changed]

    def read(self, row: Sequence[Any]) -> Message:
        """The message of a row with the columns of :data:`STORED`."""
        (
            message_id,
            chat_id,
            author,
            clock,
            sent_ms,
            received_ms,
            content_type,
            text,
            response_to,
            state,
            secret,
            form,
            number,
        ) = row
        if form in (PayloadForm.TO_CHAT, PayloadForm.TO_US):
            contents = Contents(chat_id, clock, sent_ms, content_type, text, response_to)
            payload = made_again(PayloadForm(form), contents, self._own_key())
        else:
            payload = b"" if form == PayloadForm.NONE else self._payload(number)
        return _stored_message(
            message_id,
            chat_id,
            _key(author),
            clock,
            sent_ms,
            received_ms,
            content_type,
            text,
            payload,
            response_to,
            None if state is None else MessageState(state),
            bool(secret),
        )

    # outbox

    def outbox(self, after: int = 0) -> Sequence[OutboxEntry]:
        rows = self._execute(
            "SELECT number, message_ids, channel, target, payload, attempts FROM outbox"
            " WHERE number > ? ORDER BY number",
            (after,),
        )
        return [
            OutboxEntry(number, split_ids(message_ids), ChannelKind(channel), *rest)
            for number, message_ids, channel, *rest in rows
        ]

    def add_to_outbox(self, entry: OutboxEntry) -> None:
        self._execute(
            "INSERT INTO outbox (message_ids, channel, target, payload, attempts) VALUES (?, ?, ?, ?, ?)",
            (b"".join(entry.message_ids), entry.channel.value, entry.target, entry.payload, entry.attempts),
        )

    def count_attempt(self, number: int) -> None:
        self._execute("UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", (number,))

    def remove_from_outbox(self, number: int) -> None:
        self._execute("DELETE FROM outbox WHERE number = ?", (number,))

    # inside

    def _payload(self, number: int) -> bytes:
        (payload,) = self._execute("SELECT payload FROM message_payloads WHERE number = ?", (number,)).fetchone()
        return bytes(payload)

    def _own_key(self) -> str | None:
        if self._own is None:
            row = self._execute("SELECT value FROM settings WHERE name = ?", (OWN_KEY,)).fetchone()
            self._own = None if row is None else f"0x{row[0].hex()}"
        return self._own


def places(place: Cursor | None, *, upwards: bool, table: str = "") -> Sequence[tuple[str, tuple[Any, ...]]]:
    """SQL for what stands behind a place in the order of a chat, with its parameters: first for what has its clock,
    and then for the rest. One condition for both would have all messages of that clock gone through, and anybody can
    send many of one clock.

    :param place: ``None``: everything does.
    :param upwards: towards the newest.
    """
    if place is None:
        return [("", ())]
    than = ">" if upwards else "<"
    same = f" AND {table}clock = ? AND substr({table}id, 1, 8) {than}= ? AND {table}id {than} ?"
    return [(same, (place.clock, place.id[:8], place.id)), (f" AND {table}clock {than} ?", (place.clock,))]


def form_of(payload: bytes, contents: Contents, own: str | None) -> PayloadForm:
    """The form in which ``payload`` is to be stored.

    :param own: our own key as text; ``None``: it is not known yet.
    """
    if not payload:
        return PayloadForm.NONE
    if min(contents.clock, contents.sent_ms, contents.content_type) < 0:
        return PayloadForm.KEPT
    before, behind = _around_chat(contents)
    for form in (PayloadForm.TO_CHAT, PayloadForm.TO_US):
        if (form is PayloadForm.TO_CHAT or own is not None) and before + _chat(form, contents, own) + behind == payload:
            return form
    return PayloadForm.KEPT


def made_again(form: PayloadForm, contents: Contents, own: str | None) -> bytes:
    """The ChatMessage in one of the forms that are made again: its fields in the order of their numbers."""
    before, behind = _around_chat(contents)
    return before + _chat(form, contents, own) + behind


def _around_chat(contents: Contents) -> tuple[bytes, bytes]:
    response_to = "" if contents.response_to is None else f"0x{contents.response_to.hex()}"
    before = (
        _number(b"\x08", contents.clock)
        + _number(b"\x10", contents.sent_ms)
        + _text(b"\x1a", contents.text)
        + _text(b"\x22", response_to)
    )
    return before, _kinds(_message_type(contents.chat_id), contents.content_type)


def _chat(form: PayloadForm, contents: Contents, own: str | None) -> bytes:
    chat_id = contents.chat_id if form is PayloadForm.TO_CHAT else own
    assert chat_id is not None  # the form was given when it was known
    return _chat_field(chat_id)


@lru_cache(MAX_PARSED_KEYS)
def _chat_field(chat_id: str) -> bytes:
    return _text(b"\x32", chat_id)


@lru_cache(MAX_PARSED_KEYS)
def _kinds(message_type: int, content_type: int) -> bytes:
    return _number(b"\x38", message_type) + _number(b"\x40", content_type)


def _number(tag: bytes, value: int) -> bytes:
    return tag + varint.encode(value) if value else b""


def _text(tag: bytes, text: str) -> bytes:
    data = text.encode()
    return tag + varint.encode(len(data)) + data if data else b""


def _message_type(chat_id: str) -> int:
    """What messages of a chat are, which its id tells as good as always; what is made of it is compared."""
    if len(chat_id) == _ONE_TO_ONE:
        return MessageType.ONE_TO_ONE
    return MessageType.PRIVATE_GROUP if len(chat_id) == _GROUP else MessageType.PUBLIC_GROUP


def payload_form(
    payload: bytes,
    chat_id: str,
    clock: int,
    sent_ms: int,
    content_type: int,
    text: str,
    response_to: bytes | None,
    own: bytes | None,
) -> int:
    """SQL function of the step that moved the messages of earlier versions: a :class:`PayloadForm`."""
    contents = Contents(chat_id, clock, sent_ms, content_type, text, response_to)
    return form_of(payload, contents, None if own is None else f"0x{own.hex()}")


def split_ids(joined: bytes) -> tuple[bytes, ...]:
    """The ids of messages that are stored one behind the other."""
    return tuple(joined[start : start + MESSAGE_ID_SIZE] for start in range(0, len(joined), MESSAGE_ID_SIZE))
