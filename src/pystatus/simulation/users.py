"""The people of a simulation: who they are, with whom they talk, and what they write."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.payloads.chats import ChatKind
from pystatus.simulation.device import Device
from pystatus.simulation.settings import Workload

_WORDS = (
    "so the train was late again and we walked along the river until the lights went on, then somebody had the idea "
    "to try the new place behind the market where they bake bread at night and play records nobody remembers "
)
"""What people say, cut where the length asks for it."""
SHORTEST, LONGEST = 4, 240
"""Characters of a text beside its number."""


@dataclass(eq=False, slots=True)
class Person:
    """Somebody with a chat key and one to three devices."""

    index: int
    identity: PrivateKey
    datasync: bool = True
    """Their messages are repeated until they are acknowledged, and they acknowledge what they get."""
    devices: list[Device] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    blocked: set[Person] = field(default_factory=set)
    """Of whom they want to see nothing at present."""

    @property
    def key(self) -> PublicKey:
        return self.identity.public_key

    def is_apart(self, other: Person) -> bool:
        """Whether one of the two has blocked the other."""
        return other in self.blocked or self in other.blocked


@dataclass(eq=False, slots=True)
class Conversation:
    """Two people, a public chat, or a private group."""

    index: int
    members: tuple[Person, ...]
    """Of a group all who ever were."""
    name: str | None = None
    """The id of the chat of a public one or of a group, which is the same for all; None: one-to-one."""
    kind: ChatKind = ChatKind.ONE_TO_ONE

    @property
    def is_group(self) -> bool:
        return self.kind is ChatKind.PRIVATE_GROUP

    @property
    def is_public(self) -> bool:
        return self.kind is ChatKind.PUBLIC

    def is_blocked_by(self, person: Person) -> bool:
        """Whether ``person`` has blocked the other one of two."""
        return self.kind is ChatKind.ONE_TO_ONE and any(member in person.blocked for member in self.members)

    def chat_id(self, person: Person) -> str:
        """What the conversation is called on the devices of ``person``."""
        if self.name is not None:
            return self.name
        one, other = self.members
        return (other if person is one else one).key.hex


def circle(people: list[Person], workload: Workload, random: Random) -> list[Conversation]:
    """Conversations such that each person has about ``workload.contacts`` of one-to-one, and all the public chats."""
    pairs: set[tuple[int, int]] = set()
    wanted = min(len(people) * workload.contacts // 2, len(people) * (len(people) - 1) // 2)
    for index in range(len(people)):  # nobody is left out
        pairs.add(_pair(index, (index + 1) % len(people)))
    while len(pairs) < wanted:
        pairs.add(_pair(*random.sample(range(len(people)), 2)))
    conversations = [
        Conversation(index, (people[one], people[other])) for index, (one, other) in enumerate(sorted(pairs))
    ]
    if workload.public:
        names = (f"room-{number}" for number in range(workload.public_chats))
        conversations += [
            Conversation(index, tuple(people), name, ChatKind.PUBLIC)
            for index, name in enumerate(names, len(conversations))
        ]
    for conversation in conversations:
        for person in conversation.members:
            person.conversations.append(conversation)
    return conversations


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def text_of(number: int, length: int) -> str:
    """The text of message ``number``. It begins with the number, so that whoever gets it knows what it should be."""
    return f"{number} {(_WORDS * 2)[number % 97 :][:length]}"


def number_of(text: str) -> int | None:
    """The number of the message with this text; None if it is none of ours."""
    number, _, _ = text.partition(" ")
    return int(number) if number.isascii() and number.isdigit() else None
