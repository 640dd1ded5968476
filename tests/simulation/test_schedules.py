"""Two people with up to three devices each, and a network that may do anything: hypothesis looks for a schedule that
breaks the promises.

No wrong plaintext, nothing shown twice, nothing called delivered that is not, no device taken for a copy, and every
message is delivered once the network is fair again. Everything is real but the network and the time.
``make fuzz-sessions`` runs 100,000 of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.messenger.events import CopySuspected, DeviceRenewed, Event, MessageReceived, MessageStateChanged
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.records import MessageState
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.device import Crash, Device, Down
from pystatus.simulation.expectations import Ledger
from pystatus.simulation.network import Link, Network
from pystatus.simulation.profile import Profile
from pystatus.simulation.randomness import stream
from pystatus.simulation.settings import MAX_DEVICES, Conditions
from pystatus.simulation.users import Conversation, Person, number_of, text_of
from pystatus.simulation.verification import inspect
from pystatus.transport import topics
from pystatus.waku.envelope import Envelope
from tests.simulation.support import KEYS

SCHEDULES = int(os.environ.get("PYSTATUS_SCHEDULES", "200"))
STEPS = 40
FAIR_SECONDS = 24 * 3_600.0
"""How long the network has to be fair for everything to arrive: contact codes come every 6 h, repetitions likewise."""
SETTLING_SECONDS = 60.0
"""Time for acknowledgements that are under way."""
SILENT_SECONDS = 4 * 3_600.0

WHO = st.integers(0, 1)
WHICH = st.integers(0, 999)


@dataclass
class Held:
    """An envelope on its way to a device."""

    device: Device
    envelope: Envelope


class HoldingNetwork(Network[Device]):
    """Keeps each delivery until the test decides about it."""

    held: list[Held]
    fair = False

    def give(self, link: Link[Device], envelope: Envelope) -> None:
        if self.fair:
            super().give(link, envelope)
        else:
            self.held.append(Held(link.device, envelope))


class Schedule(RuleBasedStateMachine):
    """One schedule."""

    @initialize(seed=st.integers(0, 2**16), met=st.booleans())
    def begin(self, seed: int, met: bool) -> None:
        self.seed = seed
        self.clock = VirtualClock()
        self.network = HoldingNetwork(self.clock, Conditions(delay=0.0), stream(0, "network"))
        self.network.held = []
        self.made = 0
        self.removed: list[Device] = []
        self.backups: list[tuple[Profile, Person]] = []
        self.people = [Person(index, PrivateKey(bytes([7 + index] * 32))) for index in range(2)]
        self.talk = Conversation(0, (self.people[0], self.people[1]))
        self.ledger = Ledger(self.people)
        self.waiting: dict[int, Device] = {}
        """Messages of which the device that wrote them does not know that they were delivered."""
        for person in self.people:
            self.add(person, Profile(KEYS))
        self.settle()
        if met:
            self.deliver_all()

    # devices

    def add(self, person: Person, profile: Profile) -> Device:
        random = stream(self.seed, f"device {self.made}")
        device = Device(
            f"{person.index}.{self.made}",
            self.made,
            person.identity,
            profile,
            self.clock,
            self.network,
            random,
            on_event=self.on_event,
        )
        self.made += 1
        person.devices.append(device)
        self.ledger.add(device, person, self.numbers_on(device, person))
        self.network.connect(device)
        return device

    def numbers_on(self, device: Device, person: Person) -> list[int]:
        chat_id = self.talk.chat_id(person)
        numbers = (number_of(message.text) for message in device.store.messages(chat_id, 10_000, None))
        return [number for number in numbers if number is not None]

    def device(self, who: int, which: int) -> Device:
        devices = self.people[who].devices
        return devices[which % len(devices)]

    def on_event(self, device: Device, event: Event) -> None:
        match event:
            case MessageReceived(message, _):
                self.ledger.told(device, message, self.clock.now())
            case MessageStateChanged(message_id, state):
                if state is MessageState.DELIVERED:
                    self.waiting.pop(self.ledger.unconfirmed.get(message_id, -1), None)
                self.ledger.state(device, message_id, state, self.clock.now())
            case DeviceRenewed() | CopySuspected():
                raise AssertionError("a device was taken for a copy")
            case _:
                pass

    def settle(self) -> None:
        """Let happen what is due now: envelopes reach the relays, the node reports that they were handed over."""
        self.clock.run_until(self.clock.now())

    # people

    @rule(who=WHO, which=WHICH, count=st.sampled_from([1, 1, 1, 4]), answers=st.booleans())
    def send(self, who: int, which: int, count: int, answers: bool) -> None:
        person, device = self.people[who], self.device(who, which)
        try:
            for _ in range(count):
                chat_id = device.meet(self.people[1 - who].key).id
                latest = device.store.messages(chat_id, 1, None) if answers else []
                number = len(self.ledger)
                message = device.say(chat_id, text_of(number, 20), latest[0].id if latest else None)
                asked = number_of(latest[0].text) if latest else None
                self.ledger.written(person, self.talk, 20, asked, message, self.clock.now())
                self.waiting[number] = device
        except Down:
            pass
        self.settle()

    @precondition(lambda self: any(len(person.devices) < MAX_DEVICES for person in self.people))
    @rule(who=WHO)
    def new_device(self, who: int) -> None:
        """The same account on a fresh device."""
        if len(self.people[who].devices) < MAX_DEVICES:
            self.add(self.people[who], Profile(KEYS))
            self.settle()

    @rule(who=WHO, which=WHICH)
    def introduce(self, who: int, which: int) -> None:
        device = self.device(who, which)
        device.hear(lambda: device.messenger.feature(Devices).pair("a device", device.now))
        self.settle()

    @rule(who=WHO, which=WHICH, enabled=st.sampled_from([True, True, False]))
    def enable_others(self, who: int, which: int, enabled: bool) -> None:
        """As far as they are known, and three devices allow."""
        device = self.device(who, which)
        if device.up:
            for other in device.messenger.feature(Devices).all():
                if not other.is_this and other.enabled != enabled:
                    name = other.installation_id
                    devices = device.messenger.feature(Devices)
                    device.hear(lambda name=name, devices=devices: devices.set_enabled(name, enabled, device.now))  # type: ignore[misc]

    @rule(who=WHO, which=WHICH)
    def back_up(self, who: int, which: int) -> None:
        self.backups = [*self.backups[-3:], (self.device(who, which).profile.backup(), self.people[who])]

    @precondition(lambda self: self.backups)
    @rule(at=WHICH, which=WHICH)
    def restore(self, at: int, which: int) -> None:
        """A device is replaced by what a backup of one of its person's devices holds."""
        backup, person = self.backups[at % len(self.backups)]
        device = person.devices.pop(which % len(person.devices))
        if device.up:
            device.stop()
        # What only that device knew is gone with it.
        self.waiting = {number: author for number, author in self.waiting.items() if author is not device}
        self.removed.append(device)
        self.add(person, Profile(KEYS, restored=backup))
        self.settle()

    @rule(who=WHO, which=WHICH)
    def restart(self, who: int, which: int) -> None:
        device = self.device(who, which)
        if device.up:
            device.stop()
        self.come_back(who, which)

    @rule(who=WHO, which=WHICH, how=st.sampled_from(list(Crash)))
    def crash_next(self, who: int, which: int, how: Crash) -> None:
        device = self.device(who, which)
        if device.up:
            device.crash = how

    @rule(who=WHO, which=WHICH)
    def come_back(self, who: int, which: int) -> None:
        device = self.device(who, which)
        if not device.up:
            device.start()
        if device.link is None:
            self.network.connect(device)
        self.settle()

    # the network

    @rule(who=WHO, which=WHICH)
    def lose_connection(self, who: int, which: int) -> None:
        device = self.device(who, which)
        if device.link is not None:
            self.network.disconnect(device)

    def _arrives(self, held: Held, envelope: Envelope) -> None:
        device = held.device
        device.hear(lambda: device.messenger.receiver.receive(envelope, device.now))

    @precondition(lambda self: self.network.held)
    @rule(at=WHICH, keep=st.booleans())
    def deliver(self, at: int, keep: bool) -> None:
        """However late it is, as mailservers do; perhaps not for the last time."""
        held = self.network.held[at % len(self.network.held)]
        if not keep:
            self.network.held.remove(held)
        self._arrives(held, held.envelope)
        self.settle()

    @rule()
    def deliver_all(self) -> None:
        """In the right order, until there is nothing more."""
        for _ in range(10):
            waiting, self.network.held = self.network.held, []
            for held in waiting:
                self._arrives(held, held.envelope)
            self.clock.wait(0.5)
            if not self.network.held:
                break

    @precondition(lambda self: self.network.held)
    @rule(at=WHICH, all_of_them=st.booleans())
    def drop(self, at: int, all_of_them: bool) -> None:
        if all_of_them:
            self.network.held.clear()
        else:
            del self.network.held[at % len(self.network.held)]

    @precondition(lambda self: self.network.held)
    @rule(at=WHICH, bit=st.integers(0, 8 * 700))
    def corrupt(self, at: int, bit: int) -> None:
        """A damaged copy arrives before the good one, if that ever does."""
        held = self.network.held[at % len(self.network.held)]
        damaged = bytearray(held.envelope.raw)
        damaged[bit // 8 % len(damaged)] ^= 1 << bit % 8
        try:
            envelope = Envelope.decode(bytes(damaged))
        except RemoteError:
            return
        self._arrives(held, envelope)
        self.settle()

    @rule(seconds=st.sampled_from([0.02, 0.4, 2.0, 16.0, 120.0, 600.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.wait(seconds)

    # the end

    def teardown(self) -> None:
        if not hasattr(self, "ledger"):
            return
        try:
            self.be_fair()
            self.judge()
            self.fall_silent()
        finally:
            for device in [*(device for person in self.people for device in person.devices), *self.removed]:
                device.profile.close()

    def be_fair(self) -> None:
        """Everybody is there, and what is sent from now on arrives."""
        self.network.held.clear()
        self.network.fair = True
        for person in self.people:
            for device in person.devices:
                device.crash = None
                if not device.up:
                    device.start()
                if device.link is None:
                    self.network.connect(device)
        end = self.clock.now() + FAIR_SECONDS
        while self.clock.now() < end and self.waiting:
            self.clock.wait(60)
        self.clock.wait(SETTLING_SECONDS)

    def fall_silent(self) -> None:
        """When everything is delivered, the two have nothing more to say to each other. Not looked at: copies for own
        devices, and what devices repeat that were restored, or speak to such that are gone."""
        if self.removed:
            return
        one, other = self.people
        between = {
            one.index: {topics.topic(topics.partitioned(other.key))},
            other.index: {topics.topic(topics.partitioned(one.key))},
        }
        negotiated = topics.topic(topics.negotiated(one.identity.agree(other.key)))
        said: list[tuple[str, Envelope]] = []

        def listen(device: Device, envelope: Envelope) -> None:
            owner = next(person for person in self.people if person.key == device.key)
            if envelope.topic == negotiated or envelope.topic in between[owner.index]:
                said.append((device.name, envelope))

        self.network.on_envelope = listen
        self.clock.wait(SILENT_SECONDS)
        assert said == []

    def judge(self) -> None:
        assert self.ledger.examples == []
        assert (self.ledger.findings.wrong, self.ledger.findings.repeated) == (0, 0)
        assert self.waiting == {}, "not delivered, or the sender does not know"
        found = inspect(self.ledger)
        assert (found.disordered, found.answers_before) == (0, 0), found.examples


Schedule.TestCase.settings = settings(
    max_examples=SCHEDULES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestSchedule = pytest.mark.long(Schedule.TestCase)
