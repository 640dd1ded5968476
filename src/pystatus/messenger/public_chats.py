"""What strangers write in public chats: kept as long as there is room for it.

Anybody can write there, under as many names as they like. What people we know wrote, and what we did, always stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pystatus.messenger.people import ROOM, People, PeopleStore
from pystatus.messenger.records import Cursor

LOOK_SHARE = 8
"""An eighth of a chat's room is written until it is looked at again: a look goes through all of its messages."""


ROWS_AT_ONCE = 250
"""Messages that are looked at in one step: some milliseconds. A full chat may have 150,000; nobody can wait for all."""
STEP_BYTES = 4 << 10
"""Bytes of a message that comes, for each of which there is another step: so little more comes meanwhile."""


class PublicChats:
    """Makes room, now and then, and a little at a time. How much was written since the last look is only known here, so
    the first message after a start is a reason for one."""

    def __init__(self, people: People, store: PeopleStore) -> None:
        self._people = people
        self._store = store
        self._written: dict[str, int] = {}
        self._work: dict[str, Iterator[None]] = {}

    def wrote(self, chat_id: str, size: int) -> None:
        """A message of somebody else was stored.

        :param size: what :func:`~pystatus.messenger.people.message_bytes` says of it.
        """
        budget = self._people.config.public_bytes
        look = budget // LOOK_SHARE
        written = self._written.get(chat_id, look) + size
        self._written[chat_id] = written if written < look else 0
        if written >= look and chat_id not in self._work:
            self._work[chat_id] = self._make_room(chat_id, budget)
        work = self._work.get(chat_id)
        if work is not None and len(list(islice(work, 1 + size // STEP_BYTES))) <= size // STEP_BYTES:
            del self._work[chat_id]

    def _make_room(self, chat_id: str, budget: int) -> Iterator[None]:
        """Delete messages of strangers, drawn by lot, until the others have at most ``budget`` bytes. Each byte has the
        same chance, whoever wrote it and when: no flood aims at what was there before."""
        rate = 0.0
        rows = 0
        while True:
            held = squares = 0
            place: Cursor | None = None
            while messages := self._store.public_messages(chat_id, place, ROWS_AT_ONCE):
                place = messages[-1][0]
                lots = self._people.lots(len(messages)) if rate else [1.0] * len(messages)
                leaving = [at.id for lot, (at, size) in zip(lots, messages, strict=True) if lot < rate * size]
                self._store.displace_messages(leaving)
                held += sum(size for _, size in messages)
                squares += sum(size * size for _, size in messages)
                rows += len(messages)
                if rows >= ROWS_AT_ONCE:
                    rows = 0
                    yield
            if rate:  # then it was counted before anything left
                rate = 0.0
            elif held > budget:
                rate = (held - budget * ROOM) / squares
            else:
                return
