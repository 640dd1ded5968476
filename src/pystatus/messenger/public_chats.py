"""What strangers write in public chats: kept as long as there is room for it.

Anybody can write there, under as many names as they like. What people we know wrote, and what we did, always stays.
"""

from __future__ import annotations

from pystatus.messenger.people import ROOM, People, PeopleStore, message_bytes
from pystatus.messenger.records import Message

LOOK_SHARE = 8
"""An eighth of a chat's room is written until it is looked at again: a look goes through all of its messages."""


class PublicChats:
    """Makes room, now and then. How much was written since the last look is only known here, so the first message after
    a start is a reason for one."""

    def __init__(self, people: People, store: PeopleStore) -> None:
        self._people = people
        self._store = store
        self._written: dict[str, int] = {}

    def wrote(self, message: Message) -> None:
        """A message of somebody else was stored."""
        chat_id = message.chat_id
        budget = self._people.config.public_bytes
        look = budget // LOOK_SHARE
        written = self._written.get(chat_id, look) + message_bytes(message)
        self._written[chat_id] = written if written < look else 0
        if written >= look and self._store.public_bytes(chat_id) > budget:
            self._make_room(chat_id, int(budget * ROOM))

    def _make_room(self, chat_id: str, most: int) -> None:
        """Delete messages of strangers, drawn by lot, until the others have at most ``most`` bytes. Each byte has the
        same chance, whoever wrote it and when: no flood aims at what was there before."""
        messages = self._store.public_messages(chat_id)
        left = sum(size for _, size in messages)
        leaving = []
        for message_id, size in self._people.drawn(messages, by_bytes=True):
            if left <= most:
                break
            leaving.append(message_id)
            left -= size
        self._store.forget_messages(leaving)
