"""The journal: every event that came of a transaction, stored with it, numbered, and read again by those who were away.

An event names the messages and chats that it is about: what they are is read when the event is. One whose message is
gone meanwhile, as somebody deleted it, is gone with it. Nothing is written that follows from something else: where
somebody writes a thousand messages, these are a few thousand events.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, cast

from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.json_values import Converter, Converters, Json
from pystatus.messenger.events import EVENTS, Event, MessagePosted, MessageReceived, MessageSynced
from pystatus.messenger.records import Chat, Message

PAGE = 200
"""Events that are read from the database together."""
EVENTS_A_SECOND = 1 << 20
"""By which the first cursor of a copy goes ahead for each second since 1970: more events than any life has."""
LIFE_APART = 1 << 30
"""Cursors among which chance chooses the first one of a copy: two copies that begin in the same second, or with a clock
that is wrong, are most likely more than all events that are kept apart. Cursors stay below 2^53 for 200 years."""
BRINGING = (MessageReceived, MessageSynced, MessagePosted)
"""Events that bring a message. Their chat is the one that it is in, and is not written."""

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class JournalStore(Protocol):
    """Where the events are kept. Every write happens inside a transaction."""

    def add(self, events: Sequence[bytes]) -> int:
        """Store events under the next cursors; the first of these. Too many displace the oldest."""

    def begin_anew(self, newest: int) -> None:
        """Forget all events. The next one comes after this cursor."""

    def after(self, cursor: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """At most ``limit`` events with a higher cursor, in their order, with their cursors."""

    def bounds(self) -> tuple[int, int]:
        """The cursors of the oldest and of the newest event; 0, 0: there is none."""

    def beginning(self) -> int | None:
        """The cursor of :meth:`begin_anew`, as long as every event after it is kept; ``None``: it never was called, or
        they are not."""


class ReadStore(Protocol):
    """Where messages and chats are looked up."""

    def message(self, message_id: bytes) -> Message | None: ...
    def chat(self, chat_id: str) -> Chat | None: ...


class EventsLost(LocalError):
    """The reader of an event stream was too slow for too long. Nothing is lost but the events: ask for a new stream."""


def begin_life(kept: JournalStore, now: float, random: RandomSource) -> None:
    """Another life of the profile may have gone on, or have been before, so that its readers know cursors which are
    none of this one: begin with one that no other life comes to, inside a transaction. Who asks for what came after an
    older one learns that it is lost.

    :param now: Unix seconds. A clock that is wrong is no harm, as chance goes with it.
    """
    chance = int.from_bytes(random(4)) % LIFE_APART
    kept.begin_anew(max(int(now) * EVENTS_A_SECOND, kept.bounds()[1]) + 1 + chance)


class _Gone(Exception):
    """What an event is about is not here any more."""


class Journal:
    """Of one profile."""

    def __init__(self, kept: JournalStore, store: ReadStore) -> None:
        self._kept = kept

        def found(look_up: Callable[[Any], Any], given: Any) -> Any:
            value = look_up(given)
            if value is None:
                raise _Gone
            return value

        message = Converter(
            lambda message: message.id.hex(),
            lambda given: found(store.message, bytes.fromhex(given)),
            "the id of a message",
            {},
        )
        chat = Converter(lambda chat: chat.id, lambda given: found(store.chat, given), "the id of a chat", {})
        bringing = {kind: _bringing(kind, message, chat) for kind in BRINGING}
        self._values = Converters({Message: message, Chat: chat, **bringing}, brief=True)

    def write(self, events: Sequence[Event]) -> int:
        """Store events, inside the transaction that they came of. The cursor of the first one."""
        encode = self._values.encode
        return self._kept.add(
            [_written((type(event).__name__, encode(event, type(event)))).encode() for event in events]
        )

    def begin_anew(self, now: float, random: RandomSource) -> None:
        """See :func:`begin_life`: the profile is a copy."""
        begin_life(self._kept, now, random)

    def read(self, after: int, until: int) -> Iterator[tuple[int, Event]]:
        """The events between two cursors, the second included, in their order, each with its own.

        :raises EventsLost: while iterating: the oldest of them gave way meanwhile.
        """
        cursor = self._place(after)
        while cursor < until:
            page = self._kept.after(cursor, PAGE)
            if not page or page[0][0] != cursor + 1:
                raise EventsLost("Events were not read fast enough and some are lost. Read them from the history.")
            for cursor, written in page:
                if cursor > until:
                    return
                event = self._event(written)
                if event is not None:
                    yield cursor, event

    def _event(self, written: bytes) -> Event | None:
        """None: it is of another release, or what it is about is gone, or the row is damaged."""
        try:
            name, fields = json.loads(written)
            event: Event = self._values.decode(fields, EVENTS[name])
        except (_Gone, LocalError, LookupError, TypeError, ValueError, RecursionError):
            return None
        return event

    @property
    def newest(self) -> int:
        """The cursor of the newest event; 0: there was none yet."""
        return self._kept.bounds()[1]

    def reaches(self, cursor: int) -> bool:
        """Whether every event after ``cursor`` is still there; not so if it is none of this profile."""
        oldest, newest = self._kept.bounds()
        return max(0, oldest - 1) <= self._place(cursor) <= newest

    def _place(self, cursor: int) -> int:
        """Who has read nothing begins where this life does."""
        return (self._kept.beginning() or 0) if cursor == 0 else cursor


def _bringing(kind: Callable[..., Event], message: Converter, chat: Converter) -> Converter:
    """The events of a class that bring a message, each with its chat, and things that are true or false."""
    flags = [one.name for one in dataclasses.fields(cast(Any, kind)) if one.name not in ("message", "chat")]

    def encode(event: Any) -> Json:
        written = {name: True for name in flags if getattr(event, name)}
        return {**written, "message": message.encode(event.message)}

    def decode(given: Json) -> Event:
        brought: Message = message.decode(given["message"])
        return kind(brought, chat.decode(brought.chat_id), *(given.get(name, False) for name in flags))

    return Converter(encode, decode, "an event that brings a message", {})
