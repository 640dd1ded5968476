"""What the events of a private group make of it (7/GROUP-CHAT; payloads.md §10).

A group is the fold of all its verified events in one order: by clock, then by the bytes. An event that is not allowed
at its place, or that would change nothing there, is skipped, from every sender; the others are the *history* of the
group. So a set of events is one group, in whatever order they come and how often, and what is skipped today may count
when an earlier event arrives.

Everything that an event may do here, the reference allows, too, and to the same effect. So it takes each history that
we send (:mod:`~pystatus.payloads.group_reference`). Where it allows more, events are skipped as a whole: an addition of
something that is no key, a promotion of somebody who is not a member.

The bounds are part of the fold: all members leave out the same. What makes a group larger is left out where there is no
room any more, the latest first. Who is added has room for joining, leaving, and stepping down as an admin from then on:
these always count, and the history stays within its bound all the same. Nobody but an admin can fill it, as each event
has to change something.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from functools import lru_cache

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE
from pystatus.errors import RemoteError
from pystatus.payloads.chats import group_creator, key_from_text
from pystatus.payloads.checks import MAX_LINE
from pystatus.payloads.groups import SignedEvent
from pystatus.payloads.kinds import EventType
from pystatus.records import dataclass

MAX_MEMBERS = 100
"""Members of a group at one time. Ours: the app stops at ten, and each message is sent to each of them."""
MAX_PEOPLE = 200
"""People whom the history of a group names, former members included: as many become people that we know when we join
it. Ours."""
MAX_GROWTH = 500
"""Events of a history that name a group or add members or admins. Ours: with each message goes all of it."""
MAX_HISTORY_BYTES = 128 << 10
"""Bytes of a history. Ours: a hundred members join and leave two and a half times; with the longest text it fits an
envelope three times, once for each device of somebody."""
MAX_CHANGE_BYTES = 220
"""Bytes of an event by which somebody joins, leaves, is removed, or is an admin no more. Ours: the largest has 209."""
MAX_WAITING = 4
"""Skipped events of one author that are kept, in case that they count later: the latest. Ours: two devices of one
person hardly disagree more often."""
MAX_WAITING_BYTES = 2 << 10
"""Bytes of such an event. Ours: one that adds 14 people."""

MAX_WAITING_OF_OTHERS = 64
"""Skipped events of people whom the history does not name: those with the lowest hashes. Ours: honest ones come with
the event that names their author, unless two histories have to be joined."""

_KEY_CHARACTERS = 132
"""Characters of a key text ``0x04…``."""
_GROWTH = frozenset({EventType.CHAT_CREATED, EventType.NAME_CHANGED, EventType.MEMBERS_ADDED, EventType.ADMINS_ADDED})


@dataclass(frozen=True, slots=True)
class Group:
    """What a group is now. People are named by their key texts ``0x04…``; members are in the order in which they were
    added."""

    name: str = ""
    members: tuple[str, ...] = ()
    joined: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Folded:
    """A group with the events that made it."""

    group: Group
    history: tuple[SignedEvent, ...] = ()
    """What counts, in its order: what is sent to others."""
    waiting: tuple[SignedEvent, ...] = ()
    """What is skipped, and worth to be kept."""
    people: frozenset[str] = frozenset()
    """All that the history names: members, former ones included."""

    @property
    def last_clock(self) -> int:
        """The highest clock of its events, the skipped ones included; 0: there are none."""
        return max((event.event.clock for event in (*self.history, *self.waiting)), default=0)


def system_message_id(event: SignedEvent) -> bytes:
    """The 32-byte id of the message by which a chat shows an event: the same for everybody (payloads.md §10).

    Implements: GC-11
    """
    return keccak256(event.raw[:SIGNATURE_SIZE])


def verified(raws: Iterable[bytes], chat_id: str) -> list[SignedEvent]:
    """The events of a group that have an author; others count for nothing, spoil nothing, and are never passed on.

    Implements: GC-2, PL-3
    """
    events = []
    for raw in raws:
        try:
            events.append(SignedEvent.decode(raw, chat_id))
        except RemoteError:
            continue
    return events


def fold(chat_id: str, events: Iterable[SignedEvent]) -> Folded:
    """The group that a set of events makes, and which of them count.

    :raises RemoteError: no group can have this id.

    Implements: GC-1, GC-3, GC-11, GC-14
    """
    creator = group_creator(chat_id)
    if not chat_id.endswith(creator.hex):
        raise RemoteError("the id of a group ends with the key of its creator in lower case")
    folding = _Folding(creator.hex)
    history: list[SignedEvent] = []
    skipped: list[SignedEvent] = []
    for event in sorted({event.raw: event for event in events}.values(), key=_place):
        (history if folding.take(event) else skipped).append(event)
    people = frozenset(folding.people)
    return Folded(folding.group, tuple(history), tuple(_worth_keeping(skipped, people)), people)


def _place(event: SignedEvent) -> tuple[int, bytes]:
    """Where an event stands in the one order that all members share."""
    return event.event.clock, event.raw


def _worth_keeping(skipped: list[SignedEvent], people: frozenset[str]) -> list[SignedEvent]:
    """Of each person whom the history names the latest few: nobody displaces those of others. Of all other people
    together a few drawn by lot."""
    left = dict.fromkeys(people, MAX_WAITING)
    kept, others = [], []
    for event in reversed(skipped):
        author = event.author.hex
        if len(event.raw) > MAX_WAITING_BYTES:
            continue
        if author not in left:
            others.append(event)
        elif left[author]:
            left[author] -= 1
            kept.append(event)
    others = sorted(others, key=lambda event: keccak256(event.raw))[:MAX_WAITING_OF_OTHERS]
    return sorted([*kept, *others], key=_place)


def is_key(text: str) -> bool:
    """Whether a member is named by a key, in the one form in which authors are."""
    return len(text) == _KEY_CHARACTERS and _is_key(text)  # others do not come into the cache, however long they are


@lru_cache(4_096)
def _is_key(text: str) -> bool:
    try:
        return key_from_text(text).hex == text
    except RemoteError:
        return False


@dataclass(slots=True)
class _Folding:
    """The group as it is between two events."""

    creator: str
    name: str = ""
    members: dict[str, None] = field(default_factory=dict)
    """In the order in which they were added."""
    joined: set[str] = field(default_factory=set)
    admins: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    growth: int = 0
    size: int = 0
    """Bytes of the events that count so far."""

    @property
    def group(self) -> Group:
        return Group(self.name, tuple(self.members), frozenset(self.joined), frozenset(self.admins))

    def take(self, event: SignedEvent) -> bool:
        """Whether an event counts at this place; then it has changed the group."""
        if not event.event.clock:
            return False
        if event.event.type in _GROWTH:
            return self._grow(event)
        if len(event.raw) > MAX_CHANGE_BYTES or not self._change(event):
            return False
        self.size += len(event.raw)
        return True

    def _grow(self, event: SignedEvent) -> bool:
        """Only where there is room for it, and for all changes of others that may follow from it."""
        size, before = self.size + len(event.raw), (self.group, self.people)
        is_full = self.growth == MAX_GROWTH or size + self._reserved > MAX_HISTORY_BYTES
        if is_full or not self._change(event):
            return False
        if size + self._reserved > MAX_HISTORY_BYTES:
            self._undo(*before)
            return False
        self.growth, self.size = self.growth + 1, size
        return True

    @property
    def _reserved(self) -> int:
        """Bytes of the changes that the people who are in the group now can bring about: each can join and leave once,
        and each admin step down."""
        return MAX_CHANGE_BYTES * (2 * len(self.members) - len(self.joined) + len(self.admins))

    def _undo(self, group: Group, people: set[str]) -> None:
        """What grew has no room."""
        self.name, self.members = group.name, dict.fromkeys(group.members)
        self.joined, self.admins, self.people = set(group.joined), set(group.admins), people

    def _change(self, event: SignedEvent) -> bool:
        author, targets = event.author.hex, event.event.members
        match event.event.type:
            case EventType.CHAT_CREATED:
                return self._create(author, event.event.name)
            case EventType.NAME_CHANGED:
                return author in self.admins and self._rename(event.event.name)
            case EventType.MEMBERS_ADDED:
                return author in self.admins and self._add(targets)
            case EventType.MEMBER_JOINED:
                return self._join(author)
            case EventType.MEMBER_REMOVED:
                return len(targets) == 1 and self._remove(author, targets[0])
            case EventType.ADMINS_ADDED:
                return author in self.admins and self._promote(targets)
            case EventType.ADMIN_REMOVED:
                return targets == (author,) and self._step_down(author)
        return False

    def _create(self, author: str, name: str) -> bool:
        """Implements: GC-1, GC-3"""
        if author != self.creator or self.admins or self.members or len(name) > MAX_LINE:
            return False
        self.name = name
        self.members[author] = None
        self.joined.add(author)
        self.admins.add(author)
        self.people = self.people | {author}
        return True

    def _rename(self, name: str) -> bool:
        """Implements: GC-4"""
        if not name or len(name) > MAX_LINE or name == self.name:
            return False
        self.name = name
        return True

    def _add(self, targets: tuple[str, ...]) -> bool:
        """Implements: GC-5"""
        members, people = {*self.members, *targets}, self.people | set(targets)
        if len(members) == len(self.members) or len(members) > MAX_MEMBERS or len(people) > MAX_PEOPLE:
            return False
        if not all(map(is_key, targets)):
            return False
        self.members.update(dict.fromkeys(targets))
        self.people = people
        return True

    def _join(self, author: str) -> bool:
        """Implements: GC-6"""
        if author not in self.members or author in self.joined:
            return False
        self.joined.add(author)
        return True

    def _remove(self, author: str, target: str) -> bool:
        """Implements: GC-8"""
        by_admin = author in self.admins and target not in self.admins
        if target not in self.members or not (by_admin or author == target):
            return False
        del self.members[target]
        self.joined.discard(target)
        self.admins.discard(target)
        return True

    def _promote(self, targets: tuple[str, ...]) -> bool:
        """Implements: GC-7"""
        if not self.members.keys() >= set(targets) or self.admins >= set(targets):
            return False
        self.admins.update(targets)
        return True

    def _step_down(self, author: str) -> bool:
        """Implements: GC-9"""
        if author not in self.admins:
            return False
        self.admins.remove(author)
        return True
