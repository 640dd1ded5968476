"""Pages of a chat, from any place of it towards either end."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import islice
from string import hexdigits

from pystatus.errors import LocalError
from pystatus.messenger.records import MESSAGE_ID_SIZE, Cursor, Message, short_id
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.chats import ChatKind


def page(
    store: MessengerStore,
    chat_id: str,
    limit: int,
    *,
    before: Message | Cursor | bytes | None = None,
    after: Message | Cursor | bytes | None = None,
    around: Message | Cursor | bytes | None = None,
) -> Sequence[Message]:
    """At most ``limit`` messages of a chat, the newest first: the last ones, or those at one place.

    :raises LocalError: no such message, several places, or fewer messages than none.
    """
    _check(limit)
    if sum(place is not None for place in (before, after, around)) > 1:
        raise LocalError("A page of history is before, after or around one message. Give one of them.")
    if around is None:
        return store.messages(chat_id, limit, _cursor(store, before), _cursor(store, after))
    middle = _cursor(store, around)
    assert middle is not None
    message = store.message(middle.id) if limit else None
    own = [message] if message is not None and (message.chat_id, message.cursor) == (chat_id, middle) else []
    older = store.messages(chat_id, max(0, limit - len(own)), middle)
    newer = store.messages(chat_id, max(0, limit - len(own)), None, middle)
    room = limit - len(own)
    few = min(len(older), room // 2)
    most = min(len(newer), room - few)
    few = min(len(older), room - most)
    return [*newer[len(newer) - most :], *own, *older[:few]]


def timeline(store: MessengerStore, limit: int, before: Message | Cursor | bytes | None) -> Sequence[Message]:
    """At most ``limit`` messages of all profile chats that we follow, the newest first (payloads.md §6.1).

    :raises LocalError: no such message, or fewer messages than none.
    """
    _check(limit)
    place = _cursor(store, before)
    pages = (
        store.messages(chat.id, limit, place) for chat in store.chats() if chat.kind is ChatKind.PROFILE and chat.active
    )
    return list(islice(heapq.merge(*pages, key=lambda message: message.cursor, reverse=True), limit))


def unsent(store: MessengerStore, limit: int, before: Message | Cursor | bytes | None) -> Sequence[Message]:
    """At most ``limit`` messages of ours, of all chats, that wait or can be sent again, the newest first.

    :raises LocalError: no such message, or fewer messages than none.
    """
    _check(limit)
    return store.unsent(limit, _cursor(store, before))


def unsent_ids(store: MessengerStore, limit: int) -> Sequence[bytes]:
    """The ids of the messages of :func:`unsent`.

    :raises LocalError: fewer messages than none.
    """
    _check(limit)
    return store.unsent_ids(limit)


def _check(limit: int) -> None:
    if limit < 0:
        raise LocalError(f"A page of history has no message or more, not {limit}. Give a number from 0 on.")


def stored(store: MessengerStore, message_id: bytes) -> Message:
    """The message with this id.

    :raises LocalError: there is none.
    """
    message = store.message(message_id)
    if message is None:
        raise LocalError(f"There is no message {short_id(message_id)} here.")
    return message


def message_beginning(store: MessengerStore, beginning: str) -> Message:
    """The message whose id begins with these hexadecimal digits, after ``0x`` or not.

    :raises LocalError: there is none, or there are several.
    """
    digits = beginning.lower().removeprefix("0x")
    if not digits or len(digits) > 2 * MESSAGE_ID_SIZE or not set(digits) <= set(hexdigits):
        raise LocalError(
            f"The id of a message has up to {2 * MESSAGE_ID_SIZE} hexadecimal digits. Give its first ones."
        )
    found = store.messages_beginning(digits, 2)
    if len(found) == 1:
        return found[0]
    if found:
        raise LocalError(f"Several messages begin with 0x{digits}. Give more of the id.")
    raise LocalError(f"There is no message 0x{digits} in this profile. Ids are in: pystatus history --json")


def _cursor(store: MessengerStore, place: Message | Cursor | bytes | None) -> Cursor | None:
    if isinstance(place, bytes):
        return stored(store, place).cursor
    return place.cursor if isinstance(place, Message) else place


def replied_to(message: Message | bytes | None) -> bytes | None:
    """The id of a message that another one is shown below.

    :raises LocalError: it is none.
    """
    message_id = message.id if isinstance(message, Message) else message
    if message_id is not None and len(message_id) != MESSAGE_ID_SIZE:
        raise LocalError(f"The id of a message has {MESSAGE_ID_SIZE} bytes. Give the message that is replied to.")
    return message_id
