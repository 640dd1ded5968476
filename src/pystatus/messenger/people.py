"""People we know and strangers: whom we listen for and answer, and how much is kept of everybody else.

We know ourselves (our other devices), whom we wrote to, and whose chat we opened. Everybody else is a stranger: anybody
can be as many of them as they like. So all of them together have one budget for each thing that they can make us keep,
and whoever gives way is drawn by lot: no sender can aim at another. What we keep of people we know never gives way to
strangers.

A stranger's message is shown, and kept as long as there is room. Whoever has written nothing yet (bundles, messages
that did not open, offers) has a smaller budget of their own, so silence cannot displace words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Protocol

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.messenger.records import Cursor
from pystatus.records import dataclass

MAX_WRITERS = 2_000
"""Strangers whose messages are kept: ten days with 200 new contacts each, none of whom is ever answered. Ours."""
MAX_WRITERS_BYTES = 6 << 20
"""Bytes kept of all of them, messages, sessions and all: 3 KiB for each, some three short messages. Ours."""
MAX_SILENT = 2_000
"""Strangers of whom only a bundle or other traces are kept: the authors of a few busy public chats. Ours."""
MAX_SILENT_BYTES = 2 << 20
"""Bytes kept of all of these: 1 KiB for each, three devices. Ours."""
MAX_MESSAGE_BYTES = 128 << 10
"""Bytes of one stranger's messages: about a hundred; beyond it the oldest go, never the last one. Ours."""
MAX_STATE_BYTES = 256 << 10
"""Bytes kept of one stranger besides the messages: a thousand skipped message keys. Beyond it what only serves late and
repeated messages goes. Ours."""
MAX_PAYLOAD_BYTES = 32 << 10
"""Bytes of one message of a stranger that is kept as it was sent, its picture or sound included; of a longer one only
the text is. The longest text
has 16 KiB. Ours."""
MAX_SEEN = 20_000
"""Envelopes of strangers that are remembered, some 2 MB, the last ones: what comes again after that is found by the ids
of its messages. Ours."""
MAX_SEEN_OF_KNOWN = 200_000
"""The same of people we know, ourselves included, some 20 MB: 31 days at 6,400 a day. They are bounded because anybody
can put what somebody has signed, in a public chat or a contact code, into new envelopes, as many as they like. Ours."""
MAX_PUBLIC_BYTES = 64 << 20
"""Bytes kept of what strangers wrote in one public chat: some 100,000 messages. Ours."""
MESSAGE_BYTES = 400
"""About what the database takes for a message and, at worst, an author of its own, without its text. That counts twice:
the index of the search has its words."""
ROOM = 7 / 8
"""The share of a budget that is kept when it is exceeded: so room is made once for hundreds of strangers."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What is kept of one sort of strangers, all together."""

    people: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StrangerConfig:
    """The budgets of strangers. Tests have smaller ones; the wire does not depend on them."""

    writers: Budget = field(default_factory=lambda: Budget(MAX_WRITERS, MAX_WRITERS_BYTES))
    silent: Budget = field(default_factory=lambda: Budget(MAX_SILENT, MAX_SILENT_BYTES))
    message_bytes: int = MAX_MESSAGE_BYTES
    state_bytes: int = MAX_STATE_BYTES
    payload_bytes: int = MAX_PAYLOAD_BYTES
    seen: int = MAX_SEEN
    seen_of_known: int = MAX_SEEN_OF_KNOWN
    public_bytes: int = MAX_PUBLIC_BYTES


@dataclass(frozen=True, slots=True)
class Kept:
    """About how many bytes the tables keep of one stranger."""

    state: int
    """Besides the messages; 0: there is nothing."""
    messages: int
    writes: bool
    """There is a chat with them."""


def message_bytes(payload: int, text: int) -> int:
    """About how many bytes a message takes in the database, without its picture or sound.

    :param payload: bytes of its payload, if that is kept beside the rest; of a plain text it is not.
    :param text: bytes of its text.
    """
    return MESSAGE_BYTES + 2 * text + payload


class PeopleStore(Protocol):
    """The storage of this module. Identities are compressed keys (33 bytes)."""

    def is_known(self, identity: bytes) -> bool: ...

    def is_blocked(self, identity: bytes) -> bool: ...

    def add_known(self, identity: bytes) -> bool:
        """Note that we know somebody, who is no stranger any more; False if that was noted."""

    def kept(self, identity: bytes, chat_id: str) -> Kept:
        """What all tables keep of ``identity``, whose one-to-one chat would be ``chat_id``."""

    def save_stranger(self, identity: bytes, chat_id: str | None, size: int) -> None:
        """Insert or replace. With 0 bytes and no chat there is nobody to remember."""

    def totals(self, *, writes: bool) -> Budget:
        """How many strangers with, or without, a chat there are, and what is kept of them."""

    def strangers(self, *, writes: bool) -> Sequence[tuple[bytes, int]]:
        """All of them, each with the bytes kept."""

    def trim_messages(self, chat_id: str, most: int) -> None:
        """Delete the oldest messages of a chat until the others have at most ``most`` bytes; the last one stays."""

    def public_messages(self, chat_id: str, after: Cursor | None, limit: int) -> Sequence[tuple[Cursor, int]]:
        """The first messages of strangers in a public chat behind a place of it, each with the bytes that it takes."""

    def forget_messages(self, ids: Iterable[bytes]) -> None:
        """Delete messages; nothing is left of them."""

    def displace_messages(self, ids: Iterable[bytes]) -> None:
        """Delete messages that give way to others, with little work for each, whatever is in it."""

    def drop_traces(self, identity: bytes) -> None:
        """Delete what only serves late and repeated messages of ``identity``."""

    def forget(self, identities: Iterable[bytes], *, sessions: bool = True) -> None:
        """Delete everything that any table keeps of these strangers.

        :param sessions: their devices and the sessions with them, too.
        """

    def count_all(self, own: bytes) -> bool:
        """After an update: delete what is kept of everybody who is neither known nor ``own`` nor has a chat, and make
        strangers, of 0 bytes, of those who have one. False: it was done before."""


class People:
    """The one question is :meth:`is_known`; everything else keeps the budgets of those of whom the answer is no."""

    def __init__(self, own: PublicKey, store: PeopleStore, random: RandomSource, config: StrangerConfig) -> None:
        self._own = own
        self._store = store
        self._random = random
        self.config = config

    def is_known(self, person: PublicKey) -> bool:
        """Whether they are ourselves, or we wrote to them, added them or opened their chat."""
        return person == self._own or self._store.is_known(person.compressed)

    def is_blocked(self, person: PublicKey) -> bool:
        """Whether nothing of them is taken: our user has said so (:mod:`pystatus.messenger.features.contacts`)."""
        return self._store.is_blocked(person.compressed)

    def know(self, person: PublicKey) -> None:
        """We write to somebody, or open the chat with them. That is for ever."""
        if person != self._own:
            self._store.add_known(person.compressed)

    def block(self, person: PublicKey) -> None:
        """Somebody is about to be blocked: of a stranger nothing is left but the sessions, a kilobyte or two. They do
        not learn of the block, so they go on in these, and without them nothing would open when it has ended."""
        if not self.is_known(person):
            self._store.forget([person.compressed], sessions=False)

    def start(self) -> None:
        """The first thing after opening a profile: of one that an earlier version wrote, clean what strangers left."""
        if not self._store.count_all(self._own.compressed):
            return
        for identity, _ in self._store.strangers(writes=True):
            self._count(identity, PublicKey.from_bytes(identity).hex)
        self._make_room(writes=True)

    def heard(self, stranger: PublicKey) -> None:
        """A message of a stranger was handled: see that all budgets are kept. Nothing is deleted of this one."""
        writes = self._count(stranger.compressed, stranger.hex)
        self._make_room(writes=writes, spared=stranger.compressed)

    def _count(self, identity: bytes, chat_id: str) -> bool:
        """Keep one stranger's limits and note what is kept of them: whether there is a chat."""
        kept = self._store.kept(identity, chat_id)
        if kept.messages > self.config.message_bytes or kept.state > self.config.state_bytes:
            if kept.messages > self.config.message_bytes:
                self._store.trim_messages(chat_id, self.config.message_bytes)
            if kept.state > self.config.state_bytes:
                self._store.drop_traces(identity)
            kept = self._store.kept(identity, chat_id)
        self._store.save_stranger(identity, chat_id if kept.writes else None, kept.state + kept.messages)
        return kept.writes

    def _make_room(self, *, writes: bool, spared: bytes | None = None) -> None:
        """Forget strangers, drawn by lot, if a budget is exceeded.

        Where there are too many of them, each has the same chance. Where they have too much, each byte has: who fills
        the budget alone goes first, and who splits themselves up wins nothing by it.
        """
        budget = self.config.writers if writes else self.config.silent
        held = self._store.totals(writes=writes)
        if held.people <= budget.people and held.bytes <= budget.bytes:
            return
        by_bytes = held.bytes > budget.bytes
        candidates = [entry for entry in self._store.strangers(writes=writes) if entry[0] != spared]
        people, size = held.people, held.bytes
        leaving = []
        for identity, its_bytes in self.drawn(candidates, by_bytes=by_bytes):
            if people <= budget.people * ROOM and size <= budget.bytes * ROOM:
                break
            leaving.append(identity)
            people -= 1
            size -= its_bytes
        self._store.forget(leaving)

    def drawn(self, candidates: Sequence[tuple[bytes, int]], *, by_bytes: bool) -> list[tuple[bytes, int]]:
        """In the order of a draw without replacement, by lots of equal size or of the size of what is kept (Efraimidis
        and Spirakis: the smallest exponential variates come first)."""
        keys = [
            lot / (max(1, size) if by_bytes else 1)
            for lot, (_, size) in zip(self.lots(len(candidates)), candidates, strict=True)
        ]
        return [candidates[place] for place in sorted(range(len(candidates)), key=keys.__getitem__)]

    def lots(self, count: int) -> list[float]:
        """So many exponential variates."""
        noise = self._random(8 * count)
        return [
            -math.log((int.from_bytes(noise[8 * place : 8 * place + 8], "big") + 1) / (2**64 + 1))
            for place in range(count)
        ]
