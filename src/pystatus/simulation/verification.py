"""After the last message: what every device holds, compared with what was written and with what the others hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pystatus.messenger.features.media import Media
from pystatus.messenger.records import Cursor, Message
from pystatus.simulation.device import Device
from pystatus.simulation.expectations import MAX_EXAMPLES, Ledger
from pystatus.simulation.tiny_image import tiny_image
from pystatus.simulation.users import Conversation, number_of

PAGE = 500
"""Messages read at once."""


@dataclass(slots=True)
class Inspection:
    """What the histories say."""

    lost: int = 0
    """A one-to-one message that a person has on no device, or any message that its author has on none."""
    group_lost: int = 0
    """A message of a group that somebody has on no device who is to have it."""
    pictures_wrong: int = 0
    """A picture that a device holds, with other bytes than were sent, or without any."""
    public_missed: int = 0
    """A message of a public chat that a reader has on no device: nothing repeats it."""
    public_expected: int = 0
    """Arrivals at readers; nobody is a reader of what is their own."""
    devices_missed: int = 0
    """A message that is on some device of a person, but not on this one."""
    disordered: int = 0
    """Two devices show different places (clock or id) for a message."""
    answers_before: int = 0
    """An answer stands before what it answers."""
    examples: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(what)


def inspect(ledger: Ledger) -> Inspection:
    """Read the history of every conversation on every device."""
    found = Inspection()
    for index, numbers in ledger.numbers().items():
        _inspect(ledger, ledger.conversations[index], list(numbers), found)
    return found


def _inspect(ledger: Ledger, conversation: Conversation, numbers: list[int], found: Inspection) -> None:
    places: dict[int, tuple[int, bytes]] = {}
    for person in conversation.members:
        held: list[set[int]] = []
        for device in person.devices:
            held.append(_read(ledger, device, conversation.chat_id(person), places, found))
        somewhere = set().union(*held)
        missing = [number for number in numbers if number not in somewhere]
        if conversation.is_group:
            others = [number for number in missing if ledger.groups.owes(number, person)]
            found.group_lost += len(others)
            for number in others:
                found.note(f"person {person.index} lost message {number} of a group")
            missing = [number for number in missing if ledger.author(number) is person]
        if conversation.is_public:  # it has to arrive at everybody else; its author has it already
            found.public_expected += sum(ledger.author(number) is not person for number in numbers)
            found.public_missed += sum(ledger.author(number) is not person for number in missing)
            missing = [number for number in missing if ledger.author(number) is person]
        missing = [number for number in missing if not ledger.is_excused(number)]
        found.lost += len(missing)
        for number in missing:
            found.note(f"person {person.index} lost message {number} of person {ledger.author(number).index}")
        found.devices_missed += sum(len(somewhere - one) for one in held)


def _read(
    ledger: Ledger, device: Device, chat_id: str, places: dict[int, tuple[int, bytes]], found: Inspection
) -> set[int]:
    """The numbers that one device holds; its order is compared with ``places``, those that were seen elsewhere."""
    held: set[int] = set()
    later: tuple[int, bytes] | None = None
    for message in _newest_first(device, chat_id):
        number = number_of(message.text)
        if number is None:
            continue
        place = (message.clock, message.id)
        if places.setdefault(number, place) != place or (later is not None and place >= later):
            found.disordered += 1
            found.note(f"{device.name} shows message {number} at another place than others do")
        later = place
        if ledger.is_picture(number) and device.messenger.feature(Media).data(message.id) != tiny_image(number):
            found.pictures_wrong += 1
            found.note(f"{device.name} has another picture than message {number} is")
        if message.response_to is not None and ledger.answered(number) in held:
            found.answers_before += 1
            found.note(f"{device.name} shows message {number} before message {ledger.answered(number)}, its question")
        held.add(number)
    return held


def _newest_first(device: Device, chat_id: str) -> Iterator[Message]:
    before: Cursor | None = None
    while page := device.store.messages(chat_id, PAGE, before):
        yield from page
        before = page[-1].cursor
