"""Five members of a group who change it at the same time, over a network that delays, repeats and reorders.

Whatever they did: in the end all have the same group, and each update that we sent is one that the reference takes
from scratch. Two of the five may be the reference. It cannot join two histories of which one removes a person who does
something in the other one; where there are none, it ends in the same group, too, and has refused nothing. Then all who
have joined have the same group. Who was only added hears news of its authors, and of one of ours: of what two of the
reference do at one time, from nobody, until they join and somebody says something.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.payloads.chats import group_chat_id
from pystatus.payloads.group_events import lacking, with_event
from pystatus.payloads.group_history import Folded, Group, fold
from pystatus.payloads.group_reference import strict_group, strict_merge
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.kinds import EventType

HISTORIES = int(os.environ.get("PYSTATUS_GROUP_HISTORIES", "1000"))
NOW = 1_600_000_000_000
KEYS = [PrivateKey(bytes([number]) * 32) for number in range(1, 6)]
TEXTS = [key.public_key.hex for key in KEYS]
CHAT = group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", KEYS[0].public_key)
ACTIONS = 12
"""Changes in one history."""
TRIES = 10
"""How often somebody is drawn to do something, until it is something that they may do."""
TAKEN_PART = (EventType.CHAT_CREATED, EventType.MEMBER_JOINED)
"""Events of somebody who has taken part in the group: they tell others what these lack, also when they have left, as
they may be the only one who can."""


decoded = lru_cache(10_000)(SignedEvent.decode)


def read(events: tuple[bytes, ...]) -> list[SignedEvent]:
    """As :func:`~pystatus.payloads.group_history.verified`, of events that are all well signed."""
    return [decoded(raw, CHAT) for raw in events]


@dataclass
class Network:
    """What is on its way, with the events as bytes."""

    random: Random
    members: list[Member] = field(default_factory=list)
    under_way: list[tuple[int, int, tuple[bytes, ...]]] = field(default_factory=list)
    now: int = NOW
    refused: list[tuple[int, int]] = field(default_factory=list)
    """Who did not take an update, and whose it was."""

    def send(self, sender: int, receivers: set[str], events: tuple[bytes, ...]) -> None:
        assert strict_group(CHAT, read(events)) is not None, "an update that the reference refuses by itself"
        for receiver in sorted(receivers - {TEXTS[sender]}):
            self.under_way.append((sender, TEXTS.index(receiver), events))

    def step(self) -> None:
        """Deliver one update; it may come again, or be lost and sent again later."""
        place = self.random.randrange(len(self.under_way))
        sender, receiver, events = self.under_way[place]
        chance = self.random.random()
        if chance < 0.2:  # lost: data sync repeats it
            return
        if chance > 0.3:
            del self.under_way[place]  # otherwise it comes twice
        if not self.members[receiver].receive(sender, events):
            self.refused.append((receiver, sender))

    def settle(self) -> None:
        while self.under_way:
            self.step()


@dataclass
class Member:
    """Acts by what it knows, and takes what comes."""

    number: int
    network: Network

    @property
    def group(self) -> Group:
        raise NotImplementedError

    def receive(self, sender: int, events: tuple[bytes, ...]) -> bool:
        """Whether the update was taken."""
        raise NotImplementedError

    def act(self, event: MembershipUpdateEvent) -> bool:
        """Whether the member may do this, as far as it knows."""
        raise NotImplementedError

    def say(self) -> None:
        """A message, which goes with the history to who has joined."""
        if TEXTS[self.number] in self.group.joined:
            self.network.send(self.number, set(self.group.joined), self.events)

    @property
    def events(self) -> tuple[bytes, ...]:
        raise NotImplementedError

    def sign(self, event: MembershipUpdateEvent) -> SignedEvent:
        return SignedEvent.sign(event, CHAT, KEYS[self.number])


class Ours(Member):
    """With the functions that the messenger has."""

    folded = Folded(Group())

    @property
    def group(self) -> Group:
        return self.folded.group

    @property
    def events(self) -> tuple[bytes, ...]:
        return tuple(event.raw for event in self.folded.history)

    def receive(self, sender: int, events: tuple[bytes, ...]) -> bool:
        before = self.folded
        after = fold(CHAT, (*before.history, *before.waiting, *read(events)))
        if TEXTS[self.number] not in after.people:
            return True
        self.folded = after
        own = KEYS[self.number].public_key
        if any(event.author == own and event.event.type in TAKEN_PART for event in after.history):  # as the messenger
            self.network.send(
                self.number, set(lacking(CHAT, own, KEYS[sender].public_key, events, before, after)), self.events
            )
        return True

    def act(self, event: MembershipUpdateEvent) -> bool:
        before = self.folded
        try:
            self.folded = with_event(CHAT, before, event, self.sign, last_clock=0, now_ms=self.network.now)
        except LocalError:
            return False
        self.network.now = max(self.network.now, self.folded.last_clock)
        self.network.send(self.number, {*before.group.members, *self.group.members}, self.events)
        return True


class Reference(Member):
    """As status-go v0.64.0 does, with a clock that is never the same as somebody else's."""

    stored: tuple[SignedEvent, ...] = ()

    @property
    def group(self) -> Group:
        return strict_group(CHAT, self.stored) or Group()

    @property
    def events(self) -> tuple[bytes, ...]:
        return tuple(event.raw for event in self.stored)

    def receive(self, sender: int, events: tuple[bytes, ...]) -> bool:
        update = read(events)
        if not self.stored:
            group = strict_group(CHAT, update)
            if group is not None and TEXTS[self.number] in group.members:
                self.stored = tuple(sorted(update, key=lambda event: event.event.clock))
            return group is not None
        merged = strict_merge(CHAT, self.stored, update)
        if merged is not None:
            self.stored = tuple(merged)
        return merged is not None

    def act(self, event: MembershipUpdateEvent) -> bool:
        signed = self.sign(replace(event, clock=self.network.now))
        before = self.group
        if not self.stored or strict_group(CHAT, (*self.stored, signed)) in (None, before):
            return False
        self.stored = (*self.stored, signed)
        self.network.send(self.number, {*before.members, *self.group.members}, self.events)
        return True


def random_event(random: Random, number: int, now: int) -> MembershipUpdateEvent:
    kind = random.choice([*EventType][2:])
    others = [text for text in TEXTS if text != TEXTS[number]]
    match kind:
        case EventType.MEMBERS_ADDED:
            return MembershipUpdateEvent(0, tuple(random.sample(others, random.randint(1, 3))), "", kind)
        case EventType.ADMINS_ADDED:
            return MembershipUpdateEvent(0, (random.choice(others),), "", kind)
        case EventType.MEMBER_REMOVED:
            return MembershipUpdateEvent(0, (random.choice([*others, *others, TEXTS[number]]),), "", kind)
        case EventType.ADMIN_REMOVED:
            return MembershipUpdateEvent(0, (TEXTS[number],), "", kind)
        case EventType.NAME_CHANGED:
            return MembershipUpdateEvent(0, (), f"name {now}", kind)
    return MembershipUpdateEvent(0, (), "", kind)


def play(seed: int, *, strict: int, in_turn: bool = False) -> Network:
    """A whole history, until nothing is on its way any more.

    :param strict: how many of the five are the reference.
    :param in_turn: who removes somebody knows everything, and nobody does anything meanwhile.
    """
    random = Random(seed)
    network = Network(random)
    network.members = [(Ours if number < 5 - strict else Reference)(number, network) for number in range(5)]
    creator = network.members[0]
    assert isinstance(creator, Ours)
    creator.folded = fold(CHAT, [creator.sign(MembershipUpdateEvent(NOW, (), "a group", EventType.CHAT_CREATED))])
    creator.act(MembershipUpdateEvent(0, tuple(random.sample(TEXTS[1:], 4)), "", EventType.MEMBERS_ADDED))
    for _ in range(ACTIONS):
        network.now += random.randint(1, 5)
        for _ in range(random.randint(0, 6)):
            if network.under_way:
                network.step()
        for _ in range(TRIES):
            member = random.choice(network.members)
            event = random_event(random, member.number, network.now)
            alone = in_turn and event.type == EventType.MEMBER_REMOVED
            if alone:
                network.settle()
            if member.act(event):
                break
        if alone:
            network.settle()
    network.settle()
    for _ in range(3):
        for member in network.members:
            network.now += 1
            member.say()
        network.settle()
    return network


def states(
    network: Network, *, joined: bool = False
) -> set[tuple[str, frozenset[str], frozenset[str], frozenset[str]]]:
    """The groups of those who are in it, or who have joined, as each of them sees it."""
    return {
        (member.group.name, frozenset(member.group.members), member.group.joined, member.group.admins)
        for member in network.members
        if TEXTS[member.number] in (member.group.joined if joined else member.group.members)
    }


def seeds(share: float) -> Callable[[Callable[[int], None]], Callable[[], None]]:
    """Run a test with a share of the histories."""

    def decorate(test: Callable[[int], None]) -> Callable[[], None]:
        examples = settings(max_examples=max(1, int(share * HISTORIES)), deadline=None)
        return examples(given(st.integers(0, 2**64 - 1))(test))

    return decorate


@pytest.mark.requirement("GC-11", "GC-12", "GC-14")
@seeds(1 / 5)
def test_all_members_end_in_the_same_group(seed: int) -> None:
    assert len(states(play(seed, strict=0))) <= 1


@pytest.mark.requirement("GC-12", "GC-14")
@seeds(1)
@pytest.mark.long
def test_members_with_the_reference_end_in_it_too_and_refuse_nothing(seed: int) -> None:
    network = play(seed, strict=2, in_turn=True)
    assert len(states(network, joined=True)) <= 1
    assert network.refused == []


def test_one_of_ours_tells_who_was_added_what_two_of_the_reference_did_at_one_time() -> None:
    """One is admin no more, the other adds somebody, who hears of that from neither of them."""
    assert len(states(play(12_671_226, strict=2, in_turn=True))) == 1


@pytest.mark.requirement("GC-12", "GC-14")
@example(2345)  # the one who can tell has left
@seeds(1 / 5)
def test_what_the_reference_cannot_join_parts_nobody_else(seed: int) -> None:
    """Somebody is removed and does something before they know: the reference keeps what it has heard first. We send it
    the history that all others have, which it takes from scratch, and no other one: see :meth:`Network.send`."""
    network = play(seed, strict=2)
    network.members = [member for member in network.members if isinstance(member, Ours)]
    assert len(states(network)) <= 1
