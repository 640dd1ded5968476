"""Who wrote what, who got it, and when: exact, in some 60 bytes for each message however long a simulation is."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pystatus.messenger.records import Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType
from pystatus.simulation.device import Device
from pystatus.simulation.group_ledger import GroupLedger
from pystatus.simulation.samples import MessageSample, TakeMessage
from pystatus.simulation.users import Conversation, Person, number_of, text_of

_NOTHING = -1
MAX_EXAMPLES = 20
"""Problems of one kind that are described; the others are only counted."""
_SAMPLED = {ChatKind.ONE_TO_ONE: "private", ChatKind.PUBLIC: "public", ChatKind.PRIVATE_GROUP: "group"}
"""What samples call the conversations."""


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
        """How many times a person has not got a message between two (yet) on any device."""
        self.groups = GroupLedger()
        self.unconfirmed: dict[bytes, int] = {}
        """Messages between two with data sync that the sender does not know to be delivered: number by id."""
        self.latencies = array("d")
        """Seconds from writing to each person's first device; one-to-one."""
        self.public_latencies = array("d")
        self.group_latencies = array("d")
        self._latencies = {
            ChatKind.ONE_TO_ONE: self.latencies,
            ChatKind.PUBLIC: self.public_latencies,
            ChatKind.PRIVATE_GROUP: self.group_latencies,
        }
        self.confirmations = array("d")
        """Seconds from writing until the sender knew that it was delivered."""
        self.conversations: dict[int, Conversation] = {}
        self._excused: dict[int, int] = {}
        """By conversations of two: the number of messages, of all, before which none of it is demanded any more."""
        self._people = people
        self._authors = array("i")
        self._chats = array("i")
        self._lengths = array("i")
        self._answers = array("i")
        self._written = array("d")
        self._owner: dict[int, Person] = {}
        self._told: dict[int, _Numbers] = {}
        self._arrived = [_Numbers() for _ in people]
        self._pictures = _Numbers()
        self.pictures = 0
        """How many of the messages are pictures."""
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
        """``author`` wrote the next message. One to a group: see also :meth:`GroupLedger.written`."""
        number = len(self)
        if message.content_type == ContentType.IMAGE:
            self._pictures.add(number)
            self.pictures += 1
        self.conversations[conversation.index] = conversation
        self._authors.append(author.index)
        self._chats.append(conversation.index)
        self._lengths.append(length)
        self._answers.append(_NOTHING if answers is None else answers)
        self._written.append(now)
        if conversation.kind is ChatKind.ONE_TO_ONE and not self._is_apart(conversation):
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
            conversation = self.conversations[self._chats[number]]
            delay = now - self._written[number]
            self._latencies[conversation.kind].append(delay)
            self.missing -= conversation.kind is ChatKind.ONE_TO_ONE and not self.is_excused(number)
            if conversation.is_group and not self.groups.arrived(number, conversation, person):
                self._find_wrong(f"{device.name} shows message {number}, which was not sent to it")
            if self._take is not None:
                self._take(self._sample("received", number, person.index, delay))

    def state(self, device: Device, message_id: bytes, state: MessageState, now: float) -> None:
        """``device`` shows that an own message got further."""
        if state in (MessageState.FAILED, MessageState.UNCONFIRMED):
            self.findings.given_up += 1
        elif state is MessageState.DELIVERED:
            if (number := self.groups.unconfirmed.pop(message_id, None)) is not None:
                if not self.groups.is_complete(number, self.conversations[self._chats[number]]):
                    self._find_wrong(f"{device.name} shows message {number} as delivered; somebody lacks it")
                return
            number = self.unconfirmed.pop(message_id, None)
            if number is None:
                return
            delay = now - self._written[number]
            self.confirmations.append(delay)
            if self._take is not None:
                self._take(self._sample("confirmed", number, None, delay))
            if not self.arrived(number):
                self._find_wrong(f"{device.name} shows message {number} as delivered; nobody has it")

    def left(self, conversation: Conversation, people: set[Person]) -> None:
        """``people`` are not in a group any more: see :meth:`GroupLedger.left`."""
        authors = {number: self.author(number) for number in self.groups.pending(conversation)}
        self.groups.left(conversation, people, authors)

    def blocked(self, person: Person, other: Person) -> None:
        """``person`` blocks ``other``: their chat is deleted there, and what is under way between them may never come.
        Nothing of that is demanded."""
        for conversation in (one for one in person.conversations if set(one.members) == {person, other}):
            first = self._excused.get(conversation.index, 0)
            for number in range(first, len(self)):
                if self._chats[number] == conversation.index:
                    reader = next(one for one in (person, other) if one.index != self._authors[number])
                    self.missing -= number not in self._arrived[reader.index]
            self.unconfirmed = {
                one: number for one, number in self.unconfirmed.items() if self._chats[number] != conversation.index
            }
            self._excused[conversation.index] = len(self)
        self.groups.blocked(person, other, self.author)

    def unblocked(self, person: Person, other: Person) -> None:
        """``person`` takes what comes of ``other`` again: what is written from now on is demanded."""
        for conversation in (one for one in person.conversations if set(one.members) == {person, other}):
            self._excused[conversation.index] = len(self)

    # what is known

    def is_excused(self, number: int) -> bool:
        """Whether a message between two need not be anywhere, as one had blocked the other or did so since."""
        conversation = self.conversations[self._chats[number]]
        return number < self._excused.get(conversation.index, 0) or self._is_apart(conversation)

    @staticmethod
    def _is_apart(conversation: Conversation) -> bool:
        """Whether one of two has blocked the other."""
        if conversation.kind is not ChatKind.ONE_TO_ONE:
            return False
        one, other = conversation.members
        return one.is_apart(other)

    @property
    def is_settled(self) -> bool:
        """Everything has arrived that is repeated, and its authors know it."""
        return not (self.missing or self.unconfirmed or self.groups.missing or self.groups.unconfirmed)

    def arrived(self, number: int) -> bool:
        """Whether everybody else in its conversation was told of a message, on any device."""
        members = self.conversations[self._chats[number]].members
        return all(number in self._arrived[person.index] for person in members if person.index != self._authors[number])

    def missed(self) -> Iterator[MessageSample]:
        """What has not happened: everything that nobody was told of, and what its author does not know delivered."""
        for number, chat in enumerate(self._chats):
            conversation = self.conversations[chat]
            for person in conversation.members:
                if conversation.is_group and not self.groups.lacks(number, conversation, person):
                    continue
                if self.is_excused(number):
                    continue
                if person.index != self._authors[number] and number not in self._arrived[person.index]:
                    yield self._sample("received", number, person.index, None)
        for number in self.unconfirmed.values():
            yield self._sample("confirmed", number, None, None)

    def _sample(self, measure: str, number: int, reader: int | None, delay: float | None) -> MessageSample:
        return MessageSample(
            measure=measure,
            chat=_SAMPLED[self.conversations[self._chats[number]].kind],
            message=number,
            author=self._authors[number],
            reader=reader,
            written=self._written[number] - self._begin,
            delay=delay,
        )

    def is_picture(self, number: int) -> bool:
        """Whether a message is a picture."""
        return number in self._pictures

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
            or (message.content_type == ContentType.IMAGE) != self.is_picture(number)
            or (message.response_to is None) != (self._answers[number] == _NOTHING)
        ):
            self._find_wrong(f"{device.name} shows message {number} otherwise than it was written: {message!r}")

    def _find_wrong(self, what: str) -> None:
        self.findings.wrong += 1
        self._example(what)

    def _example(self, what: str) -> None:
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(what)
