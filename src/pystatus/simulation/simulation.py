"""A whole simulation: people are made and talk, while network and devices do what was asked for; then one counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

from pystatus.arguments import checked
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.events import Event, MessageReceived, MessageStateChanged, MessageUndecryptable
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.records import MessageState
from pystatus.simulation.device import Crash, Device, Down
from pystatus.simulation.event_queue import Agenda
from pystatus.simulation.expectations import Ledger
from pystatus.simulation.network import Network
from pystatus.simulation.profile import ChannelKeys, Profile
from pystatus.simulation.randomness import stream
from pystatus.simulation.report import Delays, Report
from pystatus.simulation.samples import TakeMessage
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.users import LONGEST, SHORTEST, Conversation, Person, circle, number_of, text_of
from pystatus.simulation.verification import inspect
from pystatus.transport import topics
from pystatus.waku.envelope import Envelope

START = 1_600_000_000.0
"""The true time at which a simulation begins, Unix seconds."""
PREPARATION = 60.0
"""Seconds until the first message: people come online, contact codes are published, own devices are paired."""
PATIENCE = 12 * 3_600.0
"""Seconds without any progress after which what is missing is called lost: data sync waits 6 h at most."""
ABSENCES = 20
"""Absences of average length that are waited for besides."""
SHORTEST_PATIENCE = 120.0
"""The same where nothing is repeated any more."""
MAX_BURST = 10
"""Messages that a person writes at once."""
RECENT = 8
"""Among so many of the latest messages people choose what they answer."""
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
        self.agenda = Agenda(START)
        self.network = Network(self.agenda, conditions, stream(seed, "network"))
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
        self._all_written_at: float | None = None
        self._made = 0
        self.people = [self._make_person(index) for index in range(workload.people)]
        self._owners = {device.index: person for person in self.people for device in person.devices}
        self._contact_code_topics = {topics.topic(topics.contact_code(person.key)) for person in self.people}
        self.conversations = circle(self.people, workload, self._random)
        self._take = take
        self.ledger = Ledger(self.people, begin=START + PREPARATION, take=take)

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
        for number in range(random.randint(*self.workload.devices)):
            name = f"{index}.{number}"
            path = None if self._directory is None else self._directory / f"{name}.db"
            skew = self.conditions.skew
            person.devices.append(
                Device(
                    name,
                    self._made,
                    person.identity,
                    Profile(self._keys, path),
                    self.agenda,
                    self.network,
                    stream(self.seed, f"device {name}"),
                    clock_error=random.uniform(-skew / 2, skew / 2),
                    config=MessengerConfig(datasync=person.datasync),
                    on_event=self._on_event,
                )
            )
            self._made += 1
        return person

    # running

    def run(self, progress: Progress | None = None) -> Report:
        """Let everybody talk until all is written and nothing is missing, or no hope is left."""
        for device in self.devices:
            self.network.connect(device)
            for conversation in self.people_of(device).conversations:
                if conversation.name is not None:
                    device.join(conversation.name)
        self._pair()
        self.agenda.run_until(START + PREPARATION)
        for device in self.devices:
            self._plan_absence(device)
        self._plan_writing()
        step, total = max(1, self.workload.messages // 200), self.workload.messages
        reported = 0
        while not self._finished():
            self.agenda.step()
            if progress is not None and (done := len(self.ledger.latencies)) >= reported + step:
                reported = done
                progress(done, total)
        return self._report()

    def people_of(self, device: Device) -> Person:
        """Whose device it is."""
        return self._owners[device.index]

    def _finished(self) -> bool:
        """Nothing is missing, or nothing has happened for so long that nothing will."""
        if self._all_written_at is None:
            return False
        if self.agenda.next_time() is None:
            return True
        idle = self.agenda.now - max(self._last_progress, self._all_written_at)
        if not self.ledger.missing and not self.ledger.unconfirmed:
            # Copies that are still under way must not be told again.
            return idle > SHORTEST_PATIENCE
        return idle > PATIENCE + ABSENCES * self.conditions.away

    def _pair(self) -> None:
        """Every device of a person knows and enables the others."""
        for person in self.people:
            if len(person.devices) == 1:
                continue
            for device in person.devices:
                pair = device.messenger.feature(Devices).pair
                device.do(partial(pair, f"device {device.name}", device.now))
        self.agenda.run_until(START + PREPARATION / 2)
        for person in self.people:
            for device in person.devices:
                devices = device.messenger.feature(Devices)
                for other in devices.all():
                    if not other.enabled:
                        device.do(partial(devices.set_enabled, other.installation_id, True))

    # writing

    def _plan_writing(self) -> None:
        mean = self.workload.pace / self.workload.people
        self.agenda.after(self._random.expovariate(1 / mean), self._write)

    def _write(self) -> None:
        """Somebody has something to say."""
        random, workload = self._random, self.workload
        person = random.choice(self.people)
        public = random.random() < workload.public
        choices = [one for one in person.conversations if (one.name is not None) == public]
        conversation = random.choice(choices)
        device = random.choice(person.devices)
        count = random.randint(2, MAX_BURST) if random.random() < workload.bursts else 1
        try:
            for _ in range(min(count, workload.messages - len(self.ledger))):
                self._write_one(person, device, conversation)
        except Down:
            pass  # they will write something else later
        if len(self.ledger) < workload.messages:
            self._plan_writing()
        else:
            self._all_written_at = self.agenda.now

    def _write_one(self, person: Person, device: Device, conversation: Conversation) -> None:
        random = self._random
        number, length = len(self.ledger), random.randint(SHORTEST, LONGEST)
        if not device.up:
            raise Down
        if conversation.name is None:
            (other,) = (member for member in conversation.members if member is not person)
            chat_id = device.meet(other.key).id
        else:
            chat_id = conversation.name
        answered = None
        if random.random() < self.workload.answers:
            recent = device.store.messages(chat_id, RECENT, None)
            answered = random.choice(recent) if recent else None
        message = device.say(chat_id, text_of(number, length), answered.id if answered else None)
        answers = number_of(answered.text) if answered else None
        self.ledger.written(person, conversation, length, answers, message, self.agenda.now)
        self._last_progress = self.agenda.now

    # what happens to devices

    def _plan_absence(self, device: Device) -> None:
        churn = self.conditions.churn
        if churn:
            present = self.conditions.away * (1 - churn) / churn
            self.agenda.after(self._churn.expovariate(1 / present), lambda: self._leave(device))

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
            self.agenda.after(DYING_AFTER, lambda: self._switch_off(device))
        self.agenda.after(away, lambda: self._return(device))

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
        now = self.agenda.now
        match event:
            case MessageReceived(message, _):
                self._digest.update(b"%.6f %d " % (now, device.index) + message.id)
                self.ledger.told(device, message, now)
                self._last_progress = now
            case MessageStateChanged(message_id, state):
                self.ledger.state(device, message_id, state, now)
                if state in (MessageState.FAILED, MessageState.UNCONFIRMED):
                    self.agenda.after(RESEND_AFTER, lambda: self._resend(device, message_id))
            case MessageUndecryptable():
                self.ledger.findings.undecryptable += 1
            case _:
                pass

    def _resend(self, device: Device, message_id: bytes) -> None:
        try:
            device.do(lambda: device.messenger.feature(Messages).resend(message_id, device.now))
        except Down:
            self.agenda.after(RESEND_AFTER, lambda: self._resend(device, message_id))
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
            examples=(*self.ledger.examples, *inspection.examples),
        )
