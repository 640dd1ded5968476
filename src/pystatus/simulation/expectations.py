"""Who wrote what, who got it, and when: exact, in some 60 bytes for each message however long a simulation is."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pystatus.messenger.records import Message, MessageState
from pystatus.simulation.device import Device
from pystatus.simulation.samples import MessageSample, TakeMessage
from pystatus.simulation.users import Conversation, Person, number_of, text_of

_NOTHING = -1
MAX_EXAMPLES = 20
"""Problems of one kind that are described; the others are only counted."""


@dataclass(slots=True)
class Findings:
    """What must not happen."""

    wrong: int = 0
    """Told with another text, author, chat or answer than was written."""
    repeated: int = 0
    """Told twice on one device."""
    undecryptable: int = 0
    """Told that something of somebody's device could not be opened in time. It is no failure: it is repeated for days,
    and what is lost in the end is counted as that."""
    given_up: int = 0
    """The sender was told that a message failed; it was then sent again, as people do."""


class _Numbers:
    """A set of numbers, one bit for each."""

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        self._bits = bytearray()

    def __contains__(self, number: int) -> bool:
        return number >> 3 < len(self._bits) and bool(self._bits[number >> 3] & 1 << (number & 7))

    def add(self, number: int) -> None:
        if number >> 3 >= len(self._bits):
            self._bits.extend(bytes((number >> 3) + 1 - len(self._bits)))
        self._bits[number >> 3] |= 1 << (number & 7)


class Ledger:
    """Each message has a number, by which everything about it is found."""

    def __init__(self, people: list[Person], *, begin: float = 0.0, take: TakeMessage | None = None) -> None:
        """
        :param begin: the time from which samples count.
        :param take: called with each sample as it is measured; see :meth:`missed` for the rest.
        """
        self._begin = begin
        self._take = take
        self.findings = Findings()
        self.examples: list[str] = []
        """Some of the findings, as sentences."""
        self.missing = 0
        """How many times a person has not got a message (yet) on any device. Public chats are not counted."""
        self.unconfirmed: dict[bytes, int] = {}
        """Messages between two with data sync that the sender does not know to be delivered: number by id."""
        self.latencies = array("d")
        """Seconds from writing to each person's first device; one-to-one."""
        self.public_latencies = array("d")
        self.confirmations = array("d")
        """Seconds from writing until the sender knew that it was delivered."""
        self.conversations: dict[int, Conversation] = {}
        self._people = people
        self._authors = array("i")
        self._chats = array("i")
        self._lengths = array("i")
        self._answers = array("i")
        self._written = array("d")
        self._owner: dict[int, Person] = {}
        self._told: dict[int, _Numbers] = {}
        self._arrived = [_Numbers() for _ in people]
        for person in people:
            for device in person.devices:
                self.add(device, person)

    def __len__(self) -> int:
        return len(self._authors)

    # what happens

    def add(self, device: Device, person: Person, holds: Iterable[int] = ()) -> None:
        """``person`` has a further device, which has the messages ``holds`` of others already (from a backup)."""
        self._owner[device.index] = person
        self._told[device.index] = told = _Numbers()
        for number in holds:
            told.add(number)

    def written(
        self, author: Person, conversation: Conversation, length: int, answers: int | None, message: Message, now: float
    ) -> None:
        """``author`` wrote the next message."""
        number = len(self)
        self.conversations[conversation.index] = conversation
        self._authors.append(author.index)
        self._chats.append(conversation.index)
        self._lengths.append(length)
        self._answers.append(_NOTHING if answers is None else answers)
        self._written.append(now)
        if conversation.name is None:
            self.missing += 1
            if all(member.datasync for member in conversation.members):
                self.unconfirmed[message.id] = number

    def told(self, device: Device, message: Message, now: float) -> None:
        """``device`` shows a message that somebody else wrote."""
        number = number_of(message.text)
        if number is None or number >= len(self):
            self._find_wrong(f"{device.name} shows {message.text!r}, which nobody wrote")
            return
        person = self._owner[device.index]
        self._compare(device, person, number, message)
        if number in self._told[device.index]:
            self.findings.repeated += 1
            self._example(f"{device.name} was told of message {number} twice")
            return
        self._told[device.index].add(number)
        if number not in self._arrived[person.index]:
            self._arrived[person.index].add(number)
            public = self.conversations[self._chats[number]].name is not None
            delay = now - self._written[number]
            (self.public_latencies if public else self.latencies).append(delay)
            self.missing -= not public
            if self._take is not None:
                self._take(self._sample("received", number, person.index, delay))

    def state(self, device: Device, message_id: bytes, state: MessageState, now: float) -> None:
        """``device`` shows that an own message got further."""
        if state in (MessageState.FAILED, MessageState.UNCONFIRMED):
            self.findings.given_up += 1
        elif state is MessageState.DELIVERED:
            number = self.unconfirmed.pop(message_id, None)
            if number is None:
                return
            delay = now - self._written[number]
            self.confirmations.append(delay)
            if self._take is not None:
                self._take(self._sample("confirmed", number, None, delay))
            if not self.arrived(number):
                self._find_wrong(f"{device.name} shows message {number} as delivered; nobody has it")

    # what is known

    def arrived(self, number: int) -> bool:
        """Whether everybody else in its conversation was told of a message, on any device."""
        members = self.conversations[self._chats[number]].members
        return all(number in self._arrived[person.index] for person in members if person.index != self._authors[number])

    def missed(self) -> Iterator[MessageSample]:
        """What has not happened: everything that nobody was told of, and what its author does not know delivered."""
        for number, chat in enumerate(self._chats):
            for person in self.conversations[chat].members:
                if person.index != self._authors[number] and number not in self._arrived[person.index]:
                    yield self._sample("received", number, person.index, None)
        for number in self.unconfirmed.values():
            yield self._sample("confirmed", number, None, None)

    def _sample(self, measure: str, number: int, reader: int | None, delay: float | None) -> MessageSample:
        public = self.conversations[self._chats[number]].name is not None
        return MessageSample(
            measure=measure,
            chat="public" if public else "private",
            message=number,
            author=self._authors[number],
            reader=reader,
            written=self._written[number] - self._begin,
            delay=delay,
        )

    def author(self, number: int) -> Person:
        return self._people[self._authors[number]]

    def answered(self, number: int) -> int | None:
        """The message that a message answers."""
        answers = self._answers[number]
        return None if answers == _NOTHING else answers

    def numbers(self) -> dict[int, array[int]]:
        """The messages of each conversation, by its index, in the order in which they were written."""
        found: dict[int, array[int]] = {}
        for number, chat in enumerate(self._chats):
            found.setdefault(chat, array("i")).append(number)
        return found

    def _compare(self, device: Device, person: Person, number: int, message: Message) -> None:
        author = self._people[self._authors[number]]
        conversation = self.conversations[self._chats[number]]
        if (
            message.text != text_of(number, self._lengths[number])
            or message.author != author.key
            or author is person
            or person not in conversation.members
            or message.chat_id != conversation.chat_id(person)
            or (message.response_to is None) != (self._answers[number] == _NOTHING)
        ):
            self._find_wrong(f"{device.name} shows message {number} otherwise than it was written: {message!r}")

    def _find_wrong(self, what: str) -> None:
        self.findings.wrong += 1
        self._example(what)

    def _example(self, what: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(what)
