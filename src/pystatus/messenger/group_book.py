"""The groups as they stand: events from the store, folded once for as long as they stay the same."""

from __future__ import annotations

from pystatus.crypto.hashing import keccak256
from pystatus.messenger.group_records import GroupEvent, GroupMember, GroupState, GroupStore
from pystatus.payloads.chats import key_from_text
from pystatus.payloads.group_history import Folded, Group, fold
from pystatus.payloads.groups import SignedEvent
from pystatus.records import dataclass

MAX_CACHED = 64
"""Groups that are held folded, some 50 kB each with a hundred events. Ours: those that are talked in."""


@dataclass(frozen=True, slots=True)
class Known:
    """A group, and what it was made of."""

    folded: Folded
    raws: frozenset[bytes]
    """All events, as they came."""

    @property
    def members(self) -> list[GroupMember]:
        """Who is in it, in the order in which they were added."""
        group = self.folded.group
        return [
            GroupMember(key_from_text(member), member in group.joined, member in group.admins)
            for member in group.members
        ]

    @property
    def state(self) -> GroupState:
        """What users see of it."""
        return GroupState(tuple(self.members), tuple(map(_event, self.folded.history)))

    @classmethod
    def of(cls, folded: Folded) -> Known:
        return cls(folded, frozenset(event.raw for event in (*folded.history, *folded.waiting)))


def _event(signed: SignedEvent) -> GroupEvent:
    event = signed.event
    members = tuple(map(key_from_text, event.members))
    return GroupEvent(event.type, signed.author, event.clock, members, event.name, signed.raw)


NOTHING = Known.of(Folded(Group()))
"""A group of which nothing is known."""


def members(store: GroupStore, chat_id: str) -> list[GroupMember] | None:
    """Who is in a group, in the order in which they were added; None: there is no such group."""
    known = GroupBook(store).find(chat_id)
    return None if known is None else known.members


class GroupBook:
    """Called inside transactions. The cache goes by a hash of the events, so what is rolled back is not found in it."""

    def __init__(self, store: GroupStore) -> None:
        self._store = store
        self._cache: dict[bytes, Known] = {}

    def find(self, chat_id: str) -> Known | None:
        """A group; None: there is none of this id."""
        version = self._store.version(chat_id)
        if version is None:
            return None
        known = self._cache.pop(version, None) or Known.of(fold(chat_id, self._store.events(chat_id)))
        self._remember(version, known)
        return known

    def save(self, chat_id: str, folded: Folded) -> None:
        """A group has changed."""
        events = (*folded.history, *folded.waiting)
        version = keccak256(chat_id.encode() + b"".join(event.raw for event in events))
        self._store.save_events(chat_id, version, events)
        self._remember(version, Known.of(folded))

    def _remember(self, version: bytes, known: Known) -> None:
        """The last used is the last to go."""
        self._cache[version] = known
        if len(self._cache) > MAX_CACHED:
            del self._cache[next(iter(self._cache))]
