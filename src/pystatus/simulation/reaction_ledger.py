"""Emoji under messages: what people did, what arrived, and whether every device shows what arrived at it.

A reaction has one attempt: what the network loses is lost, and counted. What must not be is that two devices that have
got the same show something else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pystatus.messenger.features.reactions import Reaction, Reactions
from pystatus.simulation.device import Device
from pystatus.simulation.expectations import MAX_EXAMPLES
from pystatus.simulation.report import ReactionFigures
from pystatus.simulation.users import Conversation, Person


@dataclass(slots=True)
class _Kept:
    """One kind of emoji of one person under one message, through all its versions."""

    conversation: Conversation
    author: Person
    message_id: bytes
    type: int
    versions: dict[int, bool] = field(default_factory=dict)
    """Whether it is retracted, by clock."""
    readers: set[Person] = field(default_factory=set)
    """To whom the latest went, and who still takes part in the conversation."""
    shown: dict[int, int] = field(default_factory=dict)
    """The clock of the latest that a device was told, by the index of the device."""

    @property
    def latest(self) -> int:
        """The clock of the latest."""
        return max(self.versions)


@dataclass(slots=True)
class ReactionsFound:
    """What the devices show at the end."""

    expected: int = 0
    """Arrivals of the latest version: one for each reaction and each reader."""
    missed: int = 0
    """Those of them that have not happened."""
    different: int = 0
    """A device shows something else under a message than what it was told."""
    examples: list[str] = field(default_factory=list)


class ReactionLedger:
    """Some 500 bytes a reaction, and 100 for each device that gets it."""

    def __init__(self) -> None:
        self.made = 0
        self.retracted = 0
        self.wrong = 0
        """A device was told of a reaction that nobody has made."""
        self._kept: dict[tuple[bytes, bytes, int], _Kept] = {}

    def wrote(
        self, author: Person, device: Device, conversation: Conversation, readers: set[Person], reaction: Reaction
    ) -> None:
        """``author`` has put an emoji under a message, or taken it back."""
        key = _key(reaction)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _Kept(conversation, author, reaction.message_id, reaction.type)
        if reaction.clock in kept.versions:  # it was there already, and was not sent again
            return
        self.made += not reaction.retracted
        self.retracted += reaction.retracted
        kept.versions[reaction.clock] = reaction.retracted
        kept.readers = set(readers)
        kept.shown[device.index] = reaction.clock

    def told(self, device: Device, reaction: Reaction) -> None:
        """``device`` has got a reaction."""
        kept = self._kept.get(_key(reaction))
        if kept is None or kept.versions.get(reaction.clock) is not reaction.retracted:
            self.wrong += 1
            return
        kept.shown[device.index] = max(reaction.clock, kept.shown.get(device.index, 0))

    def left(self, conversation: Conversation, people: set[Person]) -> None:
        """``people`` are not in a group any more: nothing is sure to reach them, nor to come from them."""
        for kept in self._kept.values():
            if kept.conversation is conversation:
                kept.readers = set() if kept.author in people else kept.readers - people

    def blocked(self, person: Person, other: Person) -> None:
        """``person`` blocks ``other``: what they have put under messages is deleted there."""
        for kept in self._kept.values():
            if kept.author is other:
                kept.readers.discard(person)
                for device in person.devices:
                    kept.shown.pop(device.index, None)

    def figures(self, found: ReactionsFound) -> ReactionFigures:
        """For the report."""
        return ReactionFigures(
            made=self.made,
            retracted=self.retracted,
            expected=found.expected,
            missed=found.missed,
            different=found.different,
        )

    def inspect(self) -> ReactionsFound:
        """Compare what all devices show with what they were told."""
        found = ReactionsFound(different=self.wrong)
        if self.wrong:
            found.examples.append(f"{self.wrong} reactions were shown that nobody has made")
        for kept in self._kept.values():
            latest = kept.latest
            found.expected += len(kept.readers)
            for reader in kept.readers:
                found.missed += not any(kept.shown.get(device.index) == latest for device in reader.devices)
            for person in kept.conversation.members:
                for device in person.devices:
                    self._compare(device, kept, found)
        return found

    @staticmethod
    def _compare(device: Device, kept: _Kept, found: ReactionsFound) -> None:
        if not device.store.has_message(kept.message_id):
            return
        clock = kept.shown.get(device.index)
        expected = clock is not None and not kept.versions[clock]
        listed = device.messenger.feature(Reactions).listed(kept.message_id)
        shows = any((one.author, one.type) == (kept.author.key, kept.type) for one in listed)
        if shows is not expected:
            found.different += 1
            if len(found.examples) < MAX_EXAMPLES:
                found.examples.append(f"{device.name} shows a reaction of person {kept.author.index} otherwise")


def _key(reaction: Reaction) -> tuple[bytes, bytes, int]:
    return reaction.author.compressed, reaction.message_id, reaction.type
