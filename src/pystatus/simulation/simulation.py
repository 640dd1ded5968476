"""A whole simulation: people are made and talk, while network and devices do what was asked for; then one counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import TracebackType

from pystatus.arguments import checked
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.events import Event, MessageReceived, MessageStateChanged, MessageUndecryptable
from pystatus.messenger.features.contacts import ContactChanged, ContactRequested
from pystatus.messenger.features.group_changes import AddedToGroup, GroupChanged
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.reactions import ReactionReceived
from pystatus.messenger.records import MessageState
from pystatus.simulation.clock import START, VirtualClock
from pystatus.simulation.contact_life import ContactLife
from pystatus.simulation.device import Crash, Device, Down
from pystatus.simulation.device_life import DeviceLife
from pystatus.simulation.expectations import MAX_EXAMPLES, Ledger
from pystatus.simulation.group_life import GroupLife
from pystatus.simulation.network import Network
from pystatus.simulation.profile import ChannelKeys, Profile
from pystatus.simulation.randomness import stream
from pystatus.simulation.reaction_ledger import ReactionLedger
from pystatus.simulation.report import (
    Delays,
    FurtherDevices,
    GroupFigures,
    PictureFigures,
    Report,
)
from pystatus.simulation.samples import TakeMessage
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.users import Conversation, Person, circle
from pystatus.simulation.verification import inspect
from pystatus.simulation.writing import Writing
from pystatus.transport import topics
from pystatus.waku.envelope import Envelope

PREPARATION = 60.0
"""Seconds until the first message: people come online, contact codes are published, own devices are paired."""
PATIENCE = 12 * 3_600.0
"""Seconds without any progress after which what is missing is called lost: data sync waits 6 h at most."""
ABSENCES = 20
"""Absences of average length that are waited for besides."""
SHORTEST_PATIENCE = 120.0
"""The same where nothing is repeated any more."""
RESEND_AFTER = 60.0
"""Seconds after which a person sends a failed message again."""
DYING_AFTER = 30.0
"""A device that is to crash does it at an input within so many seconds; when nothing comes, it is switched off."""

Progress = Callable[[int, int], None]
"""Called with the number of messages that have arrived and that are written altogether."""


class Simulation:
    """One run. Use it as a context manager, or :meth:`close` it."""

    @checked
    def __init__(
        self,
        workload: Workload,
        conditions: Conditions,
        seed: int,
        *,
        directory: Path | None = None,
        keys: ChannelKeys | None = None,
        take: TakeMessage | None = None,
    ) -> None:
        """
        :param take: called with every sample, those of what has not happened at the end.
        :param directory: keep the databases in files there, so that the memory does not grow with the messages.
        :param keys: channel keys to begin with; those that are derived are added.
        """
        self.workload = workload
        self.conditions = conditions
        self.seed = seed
        self.clock = VirtualClock()
        self.network: Network[Device] = Network(self.clock, conditions, stream(seed, "network"))
        self.network.on_envelope = self._on_envelope
        self._random = stream(seed, "people")
        self._churn = stream(seed, "churn")
        self._directory = directory
        self._keys: ChannelKeys = {} if keys is None else keys
        self._digest = hashlib.sha256()
        self._contact_codes = 0
        self._contact_code_bytes = 0
        self._crashes = self._restarts = self._disconnections = 0
        self._last_progress = START
        self._agreed_at: float | None = None
        self._agree = False
        self._made = 0
        self._owners: dict[int, Person] = {}
        self.people = [self._make_person(index) for index in range(workload.people)]
        self._contact_code_topics = {topics.topic(topics.contact_code(person.key)) for person in self.people}
        self.conversations = circle(self.people, workload, self._random)
        self._take = take
        self.ledger = Ledger(self.people, begin=START + PREPARATION, take=take)
        self.reactions = ReactionLedger()
        self.groups = GroupLife(
            self.people, workload, self._left, self.clock, stream(seed, "groups"), len(self.conversations)
        )
        self.contacts = ContactLife(
            self.people, self.ledger, self.reactions, self.groups.is_asked, self.clock, stream(seed, "contacts")
        )
        self.further = DeviceLife(
            self.people, self._make_device, self._begin, self.ledger, self.clock, stream(seed, "further devices")
        )
        self._writing = Writing(
            self.people,
            workload,
            self.ledger,
            self.groups,
            self.reactions,
            self.contacts,
            self.clock,
            self._random,
            stream(seed, "content"),
            self._progressed,
        )

    def __enter__(self) -> Simulation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the databases."""
        for device in self.devices:
            device.profile.close()

    @property
    def devices(self) -> list[Device]:
        return [device for person in self.people for device in person.devices]

    # making people

    def _make_person(self, index: int) -> Person:
        random = stream(self.seed, f"person {index}")
        identity = PrivateKey.generate(random.randbytes)
        person = Person(index, identity, datasync=random.random() >= self.workload.without_datasync)
        for _ in range(random.randint(*self.workload.devices)):
            person.devices.append(self._make_device(person, random))
        return person

    def _make_device(self, person: Person, random: Random) -> Device:
        name, skew = f"{person.index}.{len(person.devices)}", self.conditions.skew
        path = None if self._directory is None else self._directory / f"{name}.db"
        self._owners[self._made] = person
        self._made += 1
        return Device(
            name,
            self._made - 1,
            person.identity,
            Profile(self._keys, path),
            self.clock,
            self.network,
            stream(self.seed, f"device {name}"),
            clock_error=random.uniform(-skew / 2, skew / 2),
            config=MessengerConfig(datasync=person.datasync),
            on_event=self._on_event,
        )

    # running

    def run(self, progress: Progress | None = None) -> Report:
        """Let everybody talk until all is written and nothing is missing, or no hope is left."""
        for device in self.devices:
            self.network.connect(device)
            for conversation in self.people_of(device).conversations:
                if conversation.name is not None:
                    device.join(conversation.name)
        self.further.pair()
        self.clock.run_until(START + PREPARATION / 2)
        self.further.enable()
        self.clock.run_until(START + PREPARATION)
        for device in self.devices:
            self._plan_absence(device)
        if self.workload.groups:
            self.groups.begin()
        self._writing.plan()
        step, total = max(1, self.workload.messages // 200), self.workload.messages
        reported = 0
        while not self._finished():
            self.clock.step()
            if progress is not None and (done := self._done()) >= reported + step:
                reported = done
                progress(done, total)
        return self._report()

    def _done(self) -> int:
        """Messages that have arrived: those between two, and those in groups that nobody lacks."""
        return len(self.ledger.latencies) + self.ledger.groups.complete

    def people_of(self, device: Device) -> Person:
        """Whose device it is."""
        return self._owners[device.index]

    def _finished(self) -> bool:
        """Nothing is missing, or nothing has happened for so long that nothing will."""
        if self._writing.finished_at is None:
            return False
        if self.clock.next_time() is None:
            return True
        idle = self.clock.now() - max(self._last_progress, self._writing.finished_at)
        settled = self.ledger.is_settled and self.contacts.is_settled
        if settled and idle > SHORTEST_PATIENCE and self._groups_agree():
            # Copies that are still under way must not be told again.
            return True
        return idle > PATIENCE + ABSENCES * self.conditions.away

    def _groups_agree(self) -> bool:
        """Every member shows the same. It is looked at once after each thing that happens."""
        if self._agreed_at != self._last_progress:
            self._agreed_at = self._last_progress
            self._agree = not self.groups.differences()
        return self._agree

    # what counts

    def _progressed(self) -> None:
        self._last_progress = self.clock.now()
        self.further.begin_due(self.workload.new_devices, len(self.ledger) / self.workload.messages)

    def _begin(self, device: Device) -> None:
        """A further device is there."""
        self.network.connect(device)
        self._plan_absence(device)

    def _left(self, conversation: Conversation, people: set[Person]) -> None:
        self.ledger.left(conversation, people)
        self.reactions.left(conversation, people)

    # what happens to devices

    def _plan_absence(self, device: Device) -> None:
        churn = self.conditions.churn
        if churn:
            present = self.conditions.away * (1 - churn) / churn
            self.clock.after(self._churn.expovariate(1 / present), lambda: self._leave(device))

    def _leave(self, device: Device) -> None:
        """The device loses its connection (half of the times), is restarted, or crashes."""
        away = self._churn.expovariate(1 / self.conditions.away)
        kind = self._churn.random()
        if kind < 0.5:
            self._disconnections += 1
            self.network.disconnect(device)
        elif kind < 0.7:
            self._restarts += 1
            device.stop()
        else:
            self._crashes += 1
            device.crash = self._churn.choice((Crash.BEFORE_COMMIT, Crash.AFTER_COMMIT))
            away += DYING_AFTER
            self.clock.after(DYING_AFTER, lambda: self._switch_off(device))
        self.clock.after(away, lambda: self._return(device))

    def _switch_off(self, device: Device) -> None:
        if device.up:
            device.stop()

    def _return(self, device: Device) -> None:
        if not device.up:
            device.start()
        if device.link is None:
            self.network.connect(device)
        self._plan_absence(device)

    # what is told

    def _on_envelope(self, device: Device, envelope: Envelope) -> None:
        if envelope.topic in self._contact_code_topics:
            self._contact_codes += 1
            self._contact_code_bytes += len(envelope.raw)

    def _on_event(self, device: Device, event: Event) -> None:
        now = self.clock.now()
        match event:
            case MessageReceived(message, _):
                self._digest.update(b"%.6f %d " % (now, device.index) + message.id)
                self.ledger.told(device, message, now)
                self.contacts.told(device, message.author.compressed)
                self._last_progress = now
            case ContactChanged(contact) | ContactRequested(contact):
                self.contacts.told_of(device, contact)
                self._last_progress = now
            case AddedToGroup(chat, _):
                self.groups.added(device, chat.id)
                self._last_progress = now
            case GroupChanged(_, news):
                self._digest.update(b"".join([b"%.6f %d " % (now, device.index), *(one.id for one in news)]))
                self._last_progress = now
            case ReactionReceived(reaction, _):
                self._digest.update(b"%.6f %d %d " % (now, device.index, reaction.clock) + reaction.message_id)
                self.reactions.told(device, reaction)
                self.contacts.told(device, reaction.author.compressed)
            case MessageStateChanged(message_id, state):
                if message_id in self.ledger.groups.unconfirmed:  # judged when it counts who has left
                    self.clock.after(0.0, lambda: self.ledger.state(device, message_id, state, now))
                else:
                    self.ledger.state(device, message_id, state, now)
                if state in (MessageState.FAILED, MessageState.UNCONFIRMED):
                    self.clock.after(RESEND_AFTER, lambda: self._resend(device, message_id))
            case MessageUndecryptable():
                self.ledger.findings.undecryptable += 1
            case _:
                pass

    def _resend(self, device: Device, message_id: bytes) -> None:
        try:
            device.do(lambda: device.messenger.feature(Messages).resend(message_id, device.now))
        except Down:
            self.clock.after(RESEND_AFTER, lambda: self._resend(device, message_id))
        except LocalError:
            pass  # delivered meanwhile

    # the end

    def _report(self) -> Report:
        for device in self.devices:
            if not device.up:
                device.start()
        if self._take is not None:
            for sample in self.ledger.missed():
                self._take(sample)
        inspection, findings, traffic = inspect(self.ledger), self.ledger.findings, self.network.traffic
        differences, reactions, in_groups = self.groups.differences(), self.reactions.inspect(), self.ledger.groups
        contacts = self.contacts.inspect()
        digest = hashlib.sha256(self._digest.digest() + self.network.digest.encode())
        return Report(
            seed=self.seed,
            people=len(self.people),
            devices=len(self.devices),
            messages=len(self.ledger),
            simulated_seconds=self._last_progress - START,
            lost=inspection.lost,
            repeated=findings.repeated,
            wrong=findings.wrong,
            disordered=inspection.disordered,
            answers_before=inspection.answers_before,
            unconfirmed=len(self.ledger.unconfirmed),
            devices_missed=inspection.devices_missed,
            public_missed=inspection.public_missed,
            public_expected=inspection.public_expected,
            public_fails=self.conditions.fair,
            undecryptable=findings.undecryptable,
            given_up=findings.given_up,
            crashes=self._crashes,
            restarts=self._restarts,
            disconnections=self._disconnections,
            latency=Delays.of(self.ledger.latencies),
            groups=GroupFigures(
                made=len(self.groups.conversations),
                changes=self.groups.changes,
                joins=self.groups.joins,
                messages=in_groups.messages,
                expected=in_groups.expected,
                lost=inspection.group_lost,
                excused=in_groups.excused,
                unconfirmed=len(in_groups.unconfirmed),
                different=len(differences),
            ),
            group_latency=Delays.of(self.ledger.group_latencies),
            reactions=self.reactions.figures(reactions),
            contacts=self.contacts.figures(contacts),
            further=FurtherDevices(begun=self.further.begun, enabled=self.further.enabled),
            pictures=PictureFigures(sent=self.ledger.pictures, wrong=inspection.pictures_wrong),
            public_latency=Delays.of(self.ledger.public_latencies),
            confirmation=Delays.of(self.ledger.confirmations),
            envelopes=traffic.envelopes - self._contact_codes,
            envelope_bytes=traffic.envelope_bytes - self._contact_code_bytes,
            contact_codes=self._contact_codes,
            deliveries=traffic.deliveries,
            deliveries_lost=traffic.lost,
            deliveries_repeated=traffic.duplicated,
            deliveries_late=traffic.late,
            deliveries_corrupted=traffic.corrupted,
            deliveries_cut=traffic.cut,
            deliveries_refused=traffic.refused,
            digest=digest.hexdigest(),
            examples=(
                *self.ledger.examples,
                *inspection.examples,
                *differences[:MAX_EXAMPLES],
                *reactions.examples,
                *contacts.examples,
            ),
        )
