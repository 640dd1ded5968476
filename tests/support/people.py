"""People with messengers, joined by a network in memory that does what the test says."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync.config import PACING
from pystatus.messenger.batch import Outcome
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.effects import (
    Continue,
    Effect,
    InterestChanged,
    LookUpTransactions,
    Notify,
    Publish,
    RequestHistory,
)
from pystatus.messenger.events import Event, MessageReceived, MessageStateChanged, RenewalReason
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.messenger import Messenger
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.simulation.clock import VirtualClock
from pystatus.storage.database import Database
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.waku.envelope import Envelope

T = TypeVar("T")
KEY = bytes(range(32))
RELAY = "relay"


class Person:
    """One account on one device, with a database that survives :meth:`restart`."""

    def __init__(
        self,
        directory: Path,
        name: str,
        network: Network,
        identity: PrivateKey | None = None,
        *,
        datasync: bool = True,
        config: MessengerConfig | None = None,
    ) -> None:
        self.network = network
        self.name = name
        self.identity = identity or PrivateKey.generate(os.urandom)
        self._config = config or MessengerConfig(datasync=datasync)
        self.path = directory / f"{name}.db"
        Database.open(self.path, KEY, create=True).close()
        self.events: list[Event] = []
        self.topics: frozenset[bytes] = frozenset()
        self.interests = 0
        """How often relays were told them."""
        self.wanted: list[RequestHistory] = []
        self.looked_up: list[tuple[str, ...]] = []
        """The transactions that a chain was asked for, by rounds."""
        self.online = False
        self.unfinished: list[Callable[[float], None]] = []
        """What is left of an input that is too long for one transaction."""
        self.finishes = True
        """Whether that is carried out at once, before every other input, as a client does."""
        self._open()

    def reopen(self, *, renewal: RenewalReason | None = None) -> None:
        """After :meth:`close`: the database may be another one now."""
        online, self.online = self.online, False
        self._open(renewal=renewal)
        if online:
            self.connect()

    def _open(self, *, renewal: RenewalReason | None = None) -> None:
        self.database = Database.open(self.path, KEY)
        self.store = SqlMessengerStore(self.database)
        self._start(renewal)

    def _start(self, renewal: RenewalReason | None = None) -> None:
        self.messenger, effects = Messenger.start(
            self.identity, self.store, os.urandom, self._config, now=self.network.now, renewal=renewal
        )
        for effect in effects:
            self._carry_out(effect)

    def close(self) -> None:
        self.database.close()

    def restart(self) -> None:
        """As after a crash: only what is on the disk is left."""
        self.unfinished = []
        self.close()
        self.reopen()

    def restart_in_place(self) -> None:
        """A new messenger on the database that is open."""
        self._start()
        if self.online:
            self.connect()

    def connect(self) -> None:
        self.online = True
        self.do(lambda: self.messenger.relay_ready(RELAY, self.network.now))

    def disconnect(self) -> None:
        self.online = False
        self.do(lambda: self.messenger.relay_lost(RELAY, self.network.now))

    def do(self, handle: Callable[[], T]) -> T:
        """One input, its effects carried out; its error raised."""
        (result,) = self.do_all([handle])
        return result

    def do_all(self, inputs: Sequence[Callable[[], T]]) -> list[T]:
        """Inputs that share a transaction, as far as one may be that long, their effects carried out; the first error
        raised."""
        outcomes: list[Outcome] = []
        waiting: list[Callable[[], object]] = list(inputs)
        while waiting:
            done, effects = self.messenger.run(waiting, self.network.now)
            outcomes += done
            del waiting[: len(done)]
            for effect in effects:
                self._carry_out(effect)
            while self.unfinished and self.finishes:
                rest = self.unfinished.pop(0)
                self.do(lambda rest=rest: rest(self.network.now))  # type: ignore[misc]
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        return [outcome.result for outcome in outcomes]

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Publish(envelope):
                self.network.publish(self, envelope)
            case InterestChanged(topics):
                self.topics = topics
                self.interests += 1
            case RequestHistory():
                self.wanted.append(effect)
            case LookUpTransactions(hashes):
                self.looked_up.append(hashes)
            case Continue(handle):
                self.unfinished.append(handle)
            case Notify(event):
                self.events.append(event)

    # what people do

    @property
    def key(self) -> PublicKey:
        return self.identity.public_key

    @property
    def secure(self) -> SecureTransport:
        """The encryption layer on the same database, for others who want the bundle."""
        installation_id = str(self.store.setting("installation_id"))
        return SecureTransport(self.identity, installation_id, self.store.encryption, os.urandom)

    def join(self, name: str) -> Chat:
        return self.do(lambda: self.messenger.feature(Chats).join(name, self.network.now))

    def meet(self, other: Person) -> Chat:
        return self.do(lambda: self.messenger.feature(Chats).open_one_to_one(other.key, self.network.now))

    def say(self, chat: Chat | str, text: str) -> Message:
        chat_id = chat if isinstance(chat, str) else chat.id
        message = self.do(lambda: self.messenger.feature(Messages).send_text(chat_id, text, now=self.network.now))
        self.network.wait(2 * PACING)
        return message

    def receive(self, envelope: Envelope) -> None:
        self.do(lambda: self.messenger.receiver.receive(envelope, self.network.now))

    def expire(self, envelope: Envelope) -> None:
        """Our node says that an envelope of ours is past its life."""
        self.do(lambda: self.messenger.envelope_expired(envelope.hash, self.network.now))

    def tick(self, *, confirmed: bool = False) -> None:
        """Our clock is looked at; ``confirmed``: relays confirm what it says."""
        self.do(lambda: self.messenger.on_timer(self.network.now, confirmed=confirmed))

    @property
    def heard(self) -> list[str]:
        """The texts that others wrote, as they were told."""
        return [event.message.text for event in self.events if isinstance(event, MessageReceived)]

    def states(self, message: Message) -> list[MessageState]:
        changes = [event for event in self.events if isinstance(event, MessageStateChanged)]
        return [event.state for event in changes if event.message_id == message.id]


class Network:
    """Hands each envelope to everybody who is online and wants its topic, unless told to hold it back."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.clock = VirtualClock()
        self.clock.watch(lambda: min((due for due, _ in self._timers()), default=None), self._tick)
        self.people: list[Person] = []
        self.envelopes: list[Envelope] = []
        self.held: list[tuple[Person, Envelope]] = []
        self.holding = False
        self.losing = False

    @property
    def now(self) -> float:
        """What everybody's clock says. It may be set, forward or back; nothing that is due meanwhile is done then."""
        return self.clock.now()

    @now.setter
    def now(self, time: float) -> None:
        self.clock.set(time)

    def add(
        self,
        name: str,
        *,
        online: bool = True,
        identity: PrivateKey | None = None,
        datasync: bool = True,
        config: MessengerConfig | None = None,
    ) -> Person:
        """A new device: of a new person, or of the one with this ``identity``."""
        person = Person(self._directory, name, self, identity, datasync=datasync, config=config)
        self.people.append(person)
        if online:
            person.connect()
        return person

    def contact(self, person: Person, name: str) -> Person:
        """A new person who has talked with ``person``, and was answered."""
        other = self.add(name)
        person.say(person.meet(other), "hello")
        other.say(person.key.hex, "hello yourself")
        self.wait(1)
        return other

    def publish(self, author: Person, envelope: Envelope) -> None:
        self.envelopes.append(envelope)
        if self.holding:
            self.held.append((author, envelope))
        else:
            self.deliver(author, envelope)

    def deliver(self, author: Person, envelope: Envelope) -> None:
        author.do(lambda: author.messenger.envelope_handed_over(envelope.hash, RELAY, self.now))
        if self.losing:
            return
        for person in self.people:
            if person is not author and person.online and envelope.topic in person.topics:
                for _ in range(self.hand_to(person)):
                    person.receive(envelope)

    def hand_to(self, person: Person) -> int:
        """How often somebody gets an envelope that is for them; less than once where it is lost."""
        return 1

    def release(self) -> None:
        """Deliver what was held back, in its order."""
        self.holding = False
        held, self.held = self.held, []
        for author, envelope in held:
            self.deliver(author, envelope)

    def wait(self, seconds: float) -> None:
        """Let time pass: everybody's timers run when they are due."""
        self.clock.wait(seconds)

    def _timers(self) -> list[tuple[float, Person]]:
        return [(due, person) for person in self.people if (due := person.messenger.next_timer()) is not None]

    def _tick(self) -> None:
        _, person = min(self._timers(), key=lambda timer: timer[0])
        person.tick()

    def close(self) -> None:
        for person in self.people:
            person.close()


def group_of(network: Network, *names: str) -> tuple[Chat, list[Person]]:
    """A group of the first with the others, who have all joined."""
    people = [network.add(name) for name in names]
    first, *others = people
    keys = [other.key for other in others]
    chat = first.do(lambda: first.messenger.feature(Groups).create("harbour", keys, network.now))
    network.wait(1)
    for person in others:
        person.do(lambda p=person: p.messenger.feature(Groups).join(chat.id, network.now))  # type: ignore[misc]
        network.wait(1)
    return chat, people
