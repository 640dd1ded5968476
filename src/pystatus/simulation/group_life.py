"""The private groups of a simulation: people make them, are added, join, rename, leave and are removed.

What a group is in truth are all the events that anybody has made of it, folded as every member folds those that they
have. It is what all members have to end with, and it says who takes part while messages are under way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from random import Random

from pystatus.errors import LocalError
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.group_book import GroupBook
from pystatus.messenger.group_records import GroupMember
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.group_history import Folded, Group, fold
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.device import Device, Down
from pystatus.simulation.settings import Workload
from pystatus.simulation.users import Conversation, Person

FEWEST, MOST = 3, 7
"""Members of a group, those included who have not joined: so many people at least, where there are any, and at most."""
CHANGES = 0.2
"""Share of the occasions in groups at which somebody changes one, before anything is written."""
MAX_CHANGES = 30
"""Such changes of one group on average, however much is written: its whole history goes with each message."""
JOINING = 0.9
"""Share of those who are added that join; the others never answer."""
THINKING = 30.0
"""Seconds after which somebody who was added joins, on average."""
_AGAIN = 30.0
"""Seconds after which somebody whose device is off tries again to join."""
_KINDS = ("rename", "add", "leave", "remove", "promote")
_WEIGHTS = (3, 4, 2, 1, 1)
"""How often each is tried. What the person may not do, or what makes no sense in the group, is left out."""

Left = Callable[[Conversation, set[Person]], None]
"""Told who takes part in a group no more."""


class GroupLife:
    """All groups, and chance of their own: a run without groups is what it was."""

    def __init__(
        self, people: list[Person], workload: Workload, left: Left, clock: VirtualClock, random: Random, first: int
    ) -> None:
        """
        :param left: called when somebody leaves or is removed.
        :param first: the index of the first group among all conversations.
        """
        self.changes = 0
        """Changes that people have made: all but joining."""
        self.joins = 0
        self.conversations: list[Conversation] = []
        self._people = people
        self._by_key = {person.key.hex: person for person in people}
        self._workload = workload
        self._left = left
        self._clock = clock
        self._random = random
        self._first = first
        self._truth: dict[str, Folded] = {}
        self._groups: dict[str, Conversation] = {}
        occasions = workload.messages * workload.groups
        self._change = min(CHANGES, workload.group_chats * MAX_CHANGES / occasions) if occasions else 0.0

    # what people do

    def begin(self) -> None:
        """Somebody makes half of the groups."""
        while len(self.conversations) < (self._workload.group_chats + 1) // 2:
            self._attempt(self._make)

    def choose(self) -> tuple[Person, Conversation] | None:
        """Who has something to say, and in which group; before that perhaps somebody changes one. None: all have left
        all groups."""
        random = self._random
        if random.random() < self._change:
            lacking = len(self.conversations) < self._workload.group_chats
            self._attempt(self._make if lacking else self._change_one)
        alive = [one for one in self.conversations if self.truth(one).joined]
        if not alive:
            return None
        conversation = random.choice(alive)
        return random.choice(self._in(self.truth(conversation).joined)), conversation

    def readers(self, device: Device, conversation: Conversation) -> list[Person]:
        """To whom what ``device`` writes in a group goes: nobody if it has not joined, or nobody else has."""
        joined = [member.person.hex for member in self._members(device, conversation) if member.has_joined]
        own = device.key.hex
        return [self._by_key[member] for member in joined if member != own] if own in joined else []

    def joined(self, conversation: Conversation) -> set[Person]:
        """Who takes part in a group, in truth."""
        return {self._by_key[member] for member in self.truth(conversation).joined}

    def truth(self, conversation: Conversation) -> Group:
        """What a group is after all that was done."""
        assert conversation.name is not None
        return self._truth[conversation.name].group

    def added(self, device: Device, chat_id: str) -> None:
        """``device`` shows that its person was added to a group."""
        random = self._random
        if random.random() < JOINING:
            self._clock.after(random.expovariate(1 / THINKING), lambda: self._join(device, chat_id))

    def _join(self, device: Device, chat_id: str) -> None:
        conversation, own = self._groups[chat_id], device.key
        member = next((one for one in self._members(device, conversation) if one.person == own), None)
        if member is None or member.has_joined:  # removed meanwhile, or joined with another device
            return
        if self._is_silent(self._by_key[own.hex], conversation):
            self._clock.after(_AGAIN, lambda: self._join(device, chat_id))
            return
        try:
            device.do(lambda: device.messenger.feature(Groups).join(chat_id, device.now))
        except Down:
            self._clock.after(_AGAIN, lambda: self._join(device, chat_id))
            return
        self.joins += 1
        self._happened(device, conversation)

    def _is_silent(self, person: Person, conversation: Conversation) -> bool:
        """Whether ``person`` has blocked a member, who would be told once of what they do in the group, and might miss
        it: then they do nothing."""
        return any(self._by_key[member] in person.blocked for member in self.truth(conversation).members)

    def is_asked(self, person: Person) -> bool:
        """Whether somebody is in a group that they have not joined: they would forget it by blocking whose it is."""
        truths = map(self.truth, self.conversations)
        return any(person.key.hex in truth.members and person.key.hex not in truth.joined for truth in truths)

    @staticmethod
    def _attempt(change: Callable[[], None]) -> None:
        with contextlib.suppress(Down):  # nothing has happened; somebody will change something later
            change()

    def _make(self) -> None:
        random = self._random
        people = random.sample(self._people, random.randint(FEWEST, min(MOST, len(self._people))))
        if any(people[0].is_apart(person) for person in people):
            return
        device = random.choice(people[0].devices)
        groups, name = device.messenger.feature(Groups), f"group {len(self.conversations)}"
        chat = device.do(lambda: groups.create(name, [person.key for person in people[1:]], device.now))
        conversation = Conversation(self._first + len(self.conversations), (), chat.id, ChatKind.PRIVATE_GROUP)
        self.conversations.append(conversation)
        self._groups[chat.id] = conversation
        self._truth[chat.id] = Folded(Group())
        self._happened(device, conversation)
        self.changes += 1

    def _change_one(self) -> None:
        """Somebody who has joined does something that their device lets them do."""
        random = self._random
        conversation = random.choice(self.conversations)
        joined_people = self._in(self.truth(conversation).joined)
        if not joined_people:
            return
        person = random.choice(joined_people)
        if self._is_silent(person, conversation):
            return
        device = random.choice(person.devices)
        members = self._members(device, conversation)
        own = next((member for member in members if member.person == person.key), None)
        if own is None or not own.has_joined:  # this device does not know it yet
            return
        chat_id = conversation.name
        assert chat_id is not None
        groups, now = device.messenger.feature(Groups), device.now
        keys = {member.person for member in members}
        away = [one.key for one in self._people if one.key not in keys and not one.is_apart(person)]
        plain = [member.person for member in members if not member.is_admin]
        joined = [member for member in members if member.has_joined]
        (kind,) = random.choices(_KINDS, _WEIGHTS)
        other_admins = sum(member.is_admin for member in joined) > own.is_admin
        match kind:
            case "rename" if own.is_admin:
                change: Callable[[], object] = partial(groups.rename, chat_id, f"group {self.changes}", now)
            case "add" if own.is_admin and len(members) < MOST and away:
                count = min(random.randint(1, 2), MOST - len(members), len(away))
                change = partial(groups.add, chat_id, random.sample(away, count), now)
            case "leave" if len(joined) >= FEWEST and other_admins:
                change = partial(groups.leave, chat_id, now)
            case "remove" if own.is_admin and plain and len(joined) >= FEWEST:
                change = partial(groups.remove, chat_id, random.choice(plain), now)
            case "promote" if own.is_admin and any(member.person in plain for member in joined):
                promoted = random.choice([member.person for member in joined if member.person in plain])
                change = partial(groups.promote, chat_id, [promoted], now)
            case _:
                return
        device.do(change)
        self._happened(device, conversation)
        self.changes += 1

    # what is true

    def _happened(self, device: Device, conversation: Conversation) -> None:
        """``device`` has made an event: it is part of the truth, wherever the event has got to."""
        assert conversation.name is not None
        before = self._truth[conversation.name]
        found = GroupBook(device.store.tables(Groups)).find(conversation.name)
        assert found is not None, "the device has changed it"
        events = (before.history, before.waiting, found.folded.history, found.folded.waiting)
        after = self._truth[conversation.name] = fold(conversation.name, [one for part in events for one in part])
        conversation.members = tuple(self._in(after.people))
        gone = before.group.joined - after.group.joined
        if gone:
            self._left(conversation, {self._by_key[member] for member in gone})

    def _in(self, keys: frozenset[str]) -> list[Person]:
        """People by their keys, in an order that does not depend on the process."""
        return sorted((self._by_key[key] for key in keys), key=lambda person: person.index)

    @staticmethod
    def _members(device: Device, conversation: Conversation) -> list[GroupMember]:
        """Who is in a group as ``device`` knows it; nobody: it does not know the group."""
        assert conversation.name is not None
        try:
            return device.messenger.feature(Groups).members(conversation.name)
        except LocalError:
            return []

    # the end

    def differences(self) -> list[str]:
        """For each member of each group who shows another name or other members than there are, on every device of
        theirs: a sentence."""
        found = []
        for conversation in self.conversations:
            truth = self.truth(conversation)
            for member in truth.members:
                person = self._by_key[member]
                if not any(self._shows(device, conversation, truth) for device in person.devices):
                    found.append(f"person {person.index} shows {truth.name!r} otherwise than it is")
        return found

    def _shows(self, device: Device, conversation: Conversation, truth: Group) -> bool:
        assert conversation.name is not None
        chat = device.store.chat(conversation.name)
        shown = [(one.person.hex, one.has_joined, one.is_admin) for one in self._members(device, conversation)]
        expected = [(one, one in truth.joined, one in truth.admins) for one in truth.members]
        return chat is not None and (chat.name, chat.active, shown) == (truth.name, True, expected)
