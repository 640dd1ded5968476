"""Who is to get the messages of private groups: who had joined when they were written, and stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pystatus.simulation.users import Conversation, Person


class GroupLedger:
    """Messages by their numbers. A set of people is a number here, with one bit for each: some 200 bytes a message."""

    def __init__(self) -> None:
        self.expected = 0
        """Arrivals that are to happen: one for each message and each other member who had joined, and stays."""
        self.excused = 0
        """Arrivals that are not to happen any more: the reader or the author left the group before."""
        self.missing = 0
        """How many of those that are expected have not happened (yet)."""
        self.unconfirmed: dict[bytes, int] = {}
        """Messages that the author does not know to be with all to whom they went: number by id."""
        self._readers: dict[int, int] = {}
        """To whom each message was sent."""
        self._owed: dict[int, int] = {}
        """Those of them who have it, or are to get it."""
        self._pending: dict[int, dict[int, int]] = {}
        """Those who are to get it: by group and by message, without those that are complete."""

    @property
    def messages(self) -> int:
        """Written altogether."""
        return len(self._readers)

    @property
    def complete(self) -> int:
        """Messages that nobody lacks."""
        return self.messages - sum(map(len, self._pending.values()))

    def written(
        self,
        number: int,
        message_id: bytes,
        conversation: Conversation,
        author: Person,
        readers: Iterable[Person],
        joined: set[Person],
    ) -> None:
        """A message was sent to ``readers``. Of those who have blocked the author, or whom the author has blocked,
        nothing is demanded.

        :param joined: who takes part in the group in truth; the author's device may not know it all yet.
        """
        readers = list(readers)
        owed = _bits(reader for reader in readers if reader in joined and not author.is_apart(reader))
        self._readers[number], self._owed[number] = _bits(readers), owed
        if owed:
            self.expected += owed.bit_count()
            self.missing += owed.bit_count()
            if not any(author.is_apart(reader) for reader in readers):
                self.unconfirmed[message_id] = number
            self._pending.setdefault(conversation.index, {})[number] = owed

    def arrived(self, number: int, conversation: Conversation, person: Person) -> bool:
        """``person`` has a message for the first time. False: it was not sent to them."""
        bit = 1 << person.index
        pending = self._pending.get(conversation.index, {})
        if pending.get(number, 0) & bit:
            self._settle(pending, number, pending[number] & ~bit)
        return bool(self._readers[number] & bit)

    def left(self, conversation: Conversation, people: set[Person], authors: dict[int, Person]) -> None:
        """``people`` do not take part in a group any more: nothing more of it is to reach them, and what they have
        written reaches only those who do not know it yet.

        :param authors: of all messages of the group that somebody lacks, by number.
        """
        pending, gone = self._pending.get(conversation.index, {}), _bits(people)
        for number, lacking in list(pending.items()):
            dropped = lacking if authors[number] in people else lacking & gone
            self._owed[number] &= ~dropped
            self.expected -= dropped.bit_count()
            self.excused += dropped.bit_count()
            self._settle(pending, number, lacking & ~dropped)
        self.unconfirmed = {one: number for one, number in self.unconfirmed.items() if self._owed[number]}

    def blocked(self, person: Person, other: Person, author: Callable[[int], Person]) -> None:
        """``person`` blocks ``other``: what ``other`` has written is deleted there, and what is under way between them
        may never come.

        :param author: who has written a message.
        """
        apart = {person: 1 << other.index, other: 1 << person.index}
        for pending in self._pending.values():
            for number, lacking in list(pending.items()):
                dropped = lacking & apart.get(author(number), 0)
                self._owed[number] &= ~dropped
                self.expected -= dropped.bit_count()
                self.excused += dropped.bit_count()
                self._settle(pending, number, lacking & ~dropped)
        for number in self._owed:
            if author(number) is other:
                self._owed[number] &= ~apart[other]
        self.unconfirmed = {
            one: number
            for one, number in self.unconfirmed.items()
            if not self._readers[number] & apart.get(author(number), 0)
        }

    def pending(self, conversation: Conversation) -> Iterator[int]:
        """The messages of a group that somebody lacks."""
        return iter(self._pending.get(conversation.index, {}))

    def lacks(self, number: int, conversation: Conversation, person: Person) -> bool:
        """Whether a message is to reach ``person`` and has not."""
        return bool(self._pending.get(conversation.index, {}).get(number, 0) & 1 << person.index)

    def is_complete(self, number: int, conversation: Conversation) -> bool:
        """Whether nobody lacks a message."""
        return number not in self._pending.get(conversation.index, {})

    def owes(self, number: int, person: Person) -> bool:
        """Whether ``person`` is to have a message at the end."""
        return bool(self._owed[number] & 1 << person.index)

    def _settle(self, pending: dict[int, int], number: int, lacking: int) -> None:
        self.missing += lacking.bit_count() - pending[number].bit_count()
        if lacking:
            pending[number] = lacking
        else:
            del pending[number]


def _bits(people: Iterable[Person]) -> int:
    bits = 0
    for person in people:
        bits |= 1 << person.index
    return bits
