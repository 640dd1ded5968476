"""What the people of a simulation write, when and where, and what they put under messages of others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from pystatus.messenger.features.reactions import Reactions
from pystatus.messenger.records import Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ReactionType
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.contact_life import ContactLife
from pystatus.simulation.device import Device, Down
from pystatus.simulation.expectations import Ledger
from pystatus.simulation.group_life import GroupLife
from pystatus.simulation.reaction_ledger import ReactionLedger
from pystatus.simulation.settings import Workload
from pystatus.simulation.tiny_image import tiny_image
from pystatus.simulation.users import LONGEST, SHORTEST, Conversation, Person, number_of, text_of

MAX_BURST = 10
"""Messages that a person writes at once."""
RECENT = 8
"""Among so many of the latest messages people choose what they answer."""
RETRACTED = 0.4
"""Share of those with an emoji under one of the latest messages that take it back rather than put another one there."""


class Writing:
    """Somebody has something to say, again and again, until all messages are written."""

    def __init__(
        self,
        people: list[Person],
        workload: Workload,
        ledger: Ledger,
        groups: GroupLife,
        reactions: ReactionLedger,
        contacts: ContactLife,
        clock: VirtualClock,
        random: Random,
        content: Random,
        happened: Callable[[], None],
    ) -> None:
        """
        :param random: the chance of texts between two and in public chats.
        :param content: that of everything else, so that what is between two is the same without it.
        :param happened: called when something was written.
        """
        self.finished_at: float | None = None
        """When the last message was written."""
        self._people = people
        self._workload = workload
        self._ledger = ledger
        self._groups = groups
        self._reactions = reactions
        self._contacts = contacts
        self._clock = clock
        self._random = random
        self._chance = content
        self._happened = happened

    def plan(self) -> None:
        """Let somebody write, a little later, and so on until all is written."""
        mean = self._workload.pace / self._workload.people
        self._clock.after(self._random.expovariate(1 / mean), self._write)

    def _write(self) -> None:
        """Somebody has something to say."""
        random, workload = self._random, self._workload
        person, device, conversation = self._choose_group() or self._choose()
        if conversation.is_blocked_by(person):  # there is nothing to say
            self.plan()
            return
        count = random.randint(2, MAX_BURST) if random.random() < workload.bursts else 1
        try:
            for _ in range(min(count, workload.messages - len(self._ledger))):
                if conversation.is_blocked_by(person):  # decided since the last one
                    break
                self._write_one(person, device, conversation)
                if workload.reactions and self._chance.random() < workload.reactions:
                    self._react(conversation)
                if workload.decisions and self._chance.random() < workload.decisions:
                    self._contacts.decide()
        except Down:
            pass  # they will write something else later
        if len(self._ledger) < workload.messages:
            self.plan()
        else:
            self.finished_at = self._clock.now()

    def _choose(self) -> tuple[Person, Device, Conversation]:
        """Who writes, and where: between two, or in a public chat."""
        random = self._random
        person = random.choice(self._people)
        public = random.random() < self._workload.public
        conversation = random.choice([one for one in person.conversations if one.is_public == public])
        return person, random.choice(person.devices), conversation

    def _choose_group(self) -> tuple[Person, Device, Conversation] | None:
        """The same in a group. None: not now, or nobody else would read it; then they write elsewhere."""
        if not self._workload.groups or self._chance.random() >= self._workload.groups:
            return None
        chosen = self._groups.choose()
        if chosen is None:
            return None
        person, conversation = chosen
        device = self._chance.choice(person.devices)
        return (person, device, conversation) if self._groups.readers(device, conversation) else None

    def _write_one(self, person: Person, device: Device, conversation: Conversation) -> None:
        """Write the next message.

        :raises Down: the device is off, or died over it.
        """
        random, workload = self._random, self._workload
        number, length = len(self._ledger), random.randint(SHORTEST, LONGEST)
        if not device.up:
            raise Down
        chat_id = self._chat_id(person, device, conversation)
        answered = None
        if random.random() < workload.answers:
            recent = self._recent(device, chat_id)
            answered = random.choice(recent) if recent else None
        text, answered_id = text_of(number, length), answered.id if answered else None
        if workload.images and not conversation.is_public and self._chance.random() < workload.images:
            message = device.show(chat_id, text, tiny_image(number), answered_id)
        else:
            message = device.say(chat_id, text, answered_id)
        answers = number_of(answered.text) if answered else None
        self._ledger.written(person, conversation, length, answers, message, self._clock.now())
        if conversation.is_group:
            joined = self._groups.joined(conversation)
            if person not in joined:  # removed, and does not know it yet
                joined = set()
            readers = self._groups.readers(device, conversation)
            self._ledger.groups.written(number, message.id, conversation, person, readers, joined)
        self._happened()

    def _chat_id(self, person: Person, device: Device, conversation: Conversation) -> str:
        """What a conversation is called on a device, where the chat of two is opened if it is not there."""
        if conversation.kind is not ChatKind.ONE_TO_ONE:
            return conversation.chat_id(person)
        (other,) = (member for member in conversation.members if member is not person)
        return device.meet(other.key).id

    def _readers(self, person: Person, device: Device, conversation: Conversation) -> list[Person]:
        """To whom what a device writes goes."""
        if conversation.is_group:
            return self._groups.readers(device, conversation)
        return [member for member in conversation.members if member is not person]

    @staticmethod
    def _recent(device: Device, chat_id: str) -> list[Message]:
        """The latest messages that people have written."""
        return [one for one in device.store.messages(chat_id, RECENT, None) if number_of(one.text) is not None]

    def _react(self, conversation: Conversation) -> None:
        """Somebody puts an emoji under one of the latest messages, or takes theirs back."""
        random = self._chance
        person = random.choice(conversation.members)
        device = random.choice(person.devices)
        readers = self._readers(person, device, conversation)
        recent = self._recent(device, conversation.chat_id(person))
        if not (device.up and readers and recent) or conversation.is_blocked_by(person):
            return
        reactions, message, now = device.messenger.feature(Reactions), random.choice(recent), device.now
        own = [(one.id, kind.type) for one in recent for kind in reactions.listed(one.id) if kind.author == person.key]
        if own and random.random() < RETRACTED:
            act = partial(reactions.retract, *random.choice(own), now)
        else:
            kinds = [kind for kind in ReactionType if kind is not ReactionType.UNKNOWN]
            act = partial(reactions.add, message.id, random.choice(kinds), now)
        reaction = device.do(act)
        if conversation.is_group:
            joined = self._groups.joined(conversation)
            readers = [one for one in readers if one in joined] if person in joined else []
        readers = [one for one in readers if not person.is_apart(one)]
        self._reactions.wrote(person, device, conversation, set(readers), reaction)
