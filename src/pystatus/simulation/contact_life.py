"""Whom the people of a simulation add, name, remove and block, and whether their devices show it.

A decision is made by hand on each device that it is made for: on the first device of a person, and blocking on all of
them. While somebody is blocked nothing of them is shown; what they write then may come afterwards, or never.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from pystatus.errors import LocalError
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.features.contacts import Contacts
from pystatus.messenger.features.names import Names
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.device import Device, Down
from pystatus.simulation.expectations import MAX_EXAMPLES, Ledger
from pystatus.simulation.reaction_ledger import ReactionLedger
from pystatus.simulation.report import ContactFigures
from pystatus.simulation.users import Person

SHORTEST_BLOCK, BLOCK = 60.0, 180.0
"""Seconds that somebody stays blocked: at least, and on average beyond that."""
CLOSE = 0.8
"""Share of the decisions that are about somebody with whom the person talks in private."""
_AGAIN = 30.0
"""Seconds after which a device that was off is tried again."""
_KINDS = ("add", "name", "block", "remove")
_WEIGHTS = (4, 3, 2, 1)


@dataclass(slots=True)
class ContactsFound:
    """What the devices show at the end."""

    different: int = 0
    """A device shows another name of somebody than its user gave them, or another decision about them."""
    missed: int = 0
    """Somebody was added, and none of their devices shows it."""
    examples: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(what)


class ContactLife:
    """All decisions, and what follows from them."""

    def __init__(
        self,
        people: list[Person],
        ledger: Ledger,
        reactions: ReactionLedger,
        is_asked: Callable[[Person], bool],
        clock: VirtualClock,
        random: Random,
    ) -> None:
        """
        :param is_asked: whether somebody is in a group that they have not joined.
        """
        self.added = self.named = self.removed = self.blocks = 0
        self.shown = 0
        """Messages, reactions and news of somebody that were shown while they were blocked."""
        self._people = people
        self._ledger = ledger
        self._reactions = reactions
        self._is_asked = is_asked
        self._clock = clock
        self._random = random
        self._contacts: dict[tuple[Person, Person], bool] = {}
        """Whether the one has added the other at last, of all of whom they ever had."""
        self._names: dict[tuple[Person, Person], str] = {}
        self._untold: dict[tuple[bytes, bytes], tuple[Person, Person]] = {}
        """Who was added and is to learn it: by the keys of both, the one who has added first."""
        self._hiding: set[tuple[int, bytes]] = set()
        """Devices that are to show nothing of somebody, by index and key."""
        self._lifting = 0
        """People who are being unblocked, on devices that were off."""

    # what people do

    def decide(self) -> None:
        """Somebody decides something about somebody else. What makes no sense, or cannot be now, is left out."""
        random = self._random
        person = random.choice(self._people)
        close = [one for talk in person.conversations if talk.name is None for one in talk.members if one is not person]
        everybody = [one for one in self._people if one is not person]
        other = random.choice(close if close and random.random() < CLOSE else everybody)
        (kind,) = random.choices(_KINDS, _WEIGHTS)
        with contextlib.suppress(Down):  # nothing has happened
            self._decide(kind, person, other)

    def _decide(self, kind: str, person: Person, other: Person) -> None:
        device, pair = person.devices[0], (person, other)
        contacts, now = device.messenger.feature(Contacts), device.now
        match kind:
            case "add" if not self._contacts.get(pair) and not person.is_apart(other):
                device.do(partial(contacts.add, other.key, now))
                self._contacts[pair] = True
                if not any(one.messenger.feature(Contacts).get(person.key).has_added_us for one in other.devices):
                    self._untold[person.key.compressed, other.key.compressed] = pair
                self.added += 1
            case "name":
                name = f"Friend {other.index} of {person.index}, {self.named}"
                device.do(partial(contacts.set_nickname, other.key, name, now))
                self._names[pair] = name
                self.named += 1
            case "remove" if self._contacts.get(pair):
                device.do(partial(contacts.remove, other.key, now))
                self._contacts[pair] = False
                self.removed += 1
            case "block" if self._may_block(person, other):
                self._block(person, other)

    def _may_block(self, person: Person, other: Person) -> bool:
        return not person.is_apart(other) and all(one.up for one in person.devices) and not self._is_asked(person)

    def _block(self, person: Person, other: Person) -> None:
        """
        :raises Down: the first device died over it, and nothing has happened.
        """
        for device in person.devices:
            self.block_on(device, other) if device is person.devices[0] else self._until_done(device, other)
        person.blocked.add(other)
        self._ledger.blocked(person, other)
        self._reactions.blocked(person, other)
        self._untold.pop((other.key.compressed, person.key.compressed), None)
        self._untold.pop((person.key.compressed, other.key.compressed), None)
        self.blocks += 1
        wait = SHORTEST_BLOCK + self._random.expovariate(1 / BLOCK)
        self._clock.after(wait, lambda: self._unblock(person, other))

    def _until_done(self, device: Device, other: Person) -> None:
        """Block somebody on a further device, as soon as it is on."""
        try:
            self.block_on(device, other)
        except Down:
            self._clock.after(_AGAIN, lambda: self._until_done(device, other))

    def block_on(self, device: Device, other: Person) -> None:
        """Block somebody on one device.

        :raises Down: nothing has happened.
        """
        device.do(lambda: device.messenger.feature(Contacts).block(other.key, device.now))
        self._hiding.add((device.index, other.key.compressed))

    def _unblock(self, person: Person, other: Person) -> None:
        """Take what comes of somebody again, on all devices at once."""
        if not all(device.up and (device.index, other.key.compressed) in self._hiding for device in person.devices):
            self._clock.after(_AGAIN, lambda: self._unblock(person, other))
            return
        for device in person.devices:
            self._hiding.discard((device.index, other.key.compressed))
        self._lifting += 1
        self._lift(person, other, list(person.devices))

    def _lift(self, person: Person, other: Person, devices: list[Device]) -> None:
        left = [device for device in devices if not self._lifted(device, other)]
        if left:
            self._clock.after(_AGAIN, lambda: self._lift(person, other, left))
            return
        self._lifting -= 1
        person.blocked.discard(other)
        self._ledger.unblocked(person, other)

    @staticmethod
    def _lifted(device: Device, other: Person) -> bool:
        """Whether a device takes what comes of somebody; False: it is off, or died over it."""
        try:
            device.do(lambda: device.messenger.feature(Contacts).unblock(other.key, device.now))
        except Down:
            return False
        except LocalError:
            pass  # another device has said so already
        return True

    # what devices show

    def told(self, device: Device, author: bytes) -> None:
        """A device shows something of somebody, by their compressed key."""
        self.shown += (device.index, author) in self._hiding

    def told_of(self, device: Device, contact: Contact) -> None:
        """A device shows something new about somebody."""
        if contact.has_added_us:
            self._untold.pop((contact.key.compressed, device.key.compressed), None)

    @property
    def is_settled(self) -> bool:
        """Nobody is blocked any more, and everybody who was added knows it."""
        return not (self._untold or self._lifting or any(person.blocked for person in self._people))

    def figures(self, found: ContactsFound) -> ContactFigures:
        """For the report."""
        return ContactFigures(
            added=self.added,
            named=self.named,
            removed=self.removed,
            blocked=self.blocks,
            shown=self.shown,
            missed=found.missed,
            different=found.different,
        )

    def inspect(self) -> ContactsFound:
        """Compare what devices show with what was decided on them."""
        found = ContactsFound(missed=len(self._untold))
        for one, other in self._untold.values():
            found.note(f"person {other.index} does not know that person {one.index} has added them")
        for (one, other), name in self._names.items():
            device = one.devices[0]
            shown = device.messenger.feature(Names).reader.of(other.key).name
            if shown != name:
                found.different += 1
                found.note(f"{device.name} calls person {other.index} {shown!r} instead of {name!r}")
        for (one, other), added in self._contacts.items():
            device = one.devices[0]
            if device.messenger.feature(Contacts).get(other.key).added is not added:
                found.different += 1
                found.note(f"{device.name} has {'not ' if added else ''}added person {other.index}")
        return found
