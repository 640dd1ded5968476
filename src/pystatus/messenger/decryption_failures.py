"""Messages that could not be opened, until their sender has had the time to send them again (secure-transport.md §7).

Our bundle reply and the repetitions of data sync open most of them some seconds later. So a failure is remembered, and
the user is told when the time for both is over: one notice for each device of a sender.

    failed ──a message that was under way at that time is opened──► forgotten
       └──────HEALING_TIME with a relay──────► told, once a day at most for one device
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.events import MessageUndecryptable
from pystatus.records import dataclass
from pystatus.secure_transport.config import DAY
from pystatus.secure_transport.secure_transport import Opened

HEALING_TIME = 180.0
"""Seconds with a relay until a failure is told. The fourth attempt of data sync comes after 126 s at the latest
(datasync.md §5: 15 + 30 + 60 s and a fifth), the repetition that our reply to it brings after another 18 s, and each of
the two envelopes that this takes lives 15 s."""
COUNTING_INTERVAL = 10.0
"""Seconds between two times that the waiting is counted, and the most that counts between them: a clock that jumps, and
a machine that slept, do not shorten the time that healing has."""
TELL_AGAIN = DAY
"""Seconds after a notice until further failures of the same device are told. What is lost is repeated, and fails, up to
twelve times within two days (datasync.md §5)."""
MAX_DEVICES = 512
"""Devices of which failures are remembered: with :data:`MAX_FAILURES` each some 600 kB."""
MAX_STRANGERS = 32
"""Of these the devices of people with whom we have no chat, all together. A place is free again :data:`TELL_AGAIN`
after its notice, so strangers cause 32 notices a day at most."""
MAX_FAILURES = 16
"""Times that are remembered of one device; further failures are counted together with the latest."""
MAX_REPEATED = 256
"""Devices of people we know whose last repetitions are remembered, in memory, and as many of strangers: what strangers
send makes us forget nothing of a contact."""
REPETITIONS = 8
"""Repetitions that are remembered of each."""


@dataclass(frozen=True, slots=True)
class FailingDevice:
    """A device whose messages did not open here."""

    number: int
    """Given by the store; 0 before. Of two devices, the one that failed first has the lower one."""
    identity: bytes
    """Whose it is: the compressed key, 33 bytes."""
    installation_id: str
    known: bool
    """We have a chat with that person."""
    told_s: int | None = None
    """When the last notice was given, Unix seconds."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What one device sent at one time and did not open."""

    sent_s: int
    """When the envelope was made, as its sender says; Unix seconds."""
    count: int
    waited: float
    """Seconds with a relay since then."""
    reason: str
    """Of the last of them; our own words."""


class DecryptionFailureStore(Protocol):
    """The storage of this module. Beginning and ending transactions is the caller's business."""

    def device(self, identity: bytes, installation_id: str) -> FailingDevice | None: ...

    def devices(self) -> Sequence[FailingDevice]:
        """All, the one that failed first at the front."""

    def count(self, *, known: bool | None = None) -> int:
        """How many devices are remembered: of people with whom we have a chat, of strangers, or (None) of all."""

    def add(self, device: FailingDevice) -> FailingDevice:
        """Insert, under a number of its own."""

    def save(self, device: FailingDevice) -> None:
        """Replace what changes: ``known`` and ``told_s``."""

    def drop(self, number: int) -> None:
        """Forget a device and its failures."""

    def failures(self, number: int) -> Sequence[Failure]:
        """Those of one device, the earliest sent at the front."""

    def add_failure(self, number: int, sent_s: int, reason: str, most: int) -> None:
        """Count a failure. With ``most`` times stored it counts together with the latest."""

    def drop_failures(self, number: int, first_s: int, last_s: int) -> None:
        """Forget the failures of one device that were sent from ``first_s`` to ``last_s``, both included."""

    def drop_told(self, number: int, waited: float) -> None:
        """Forget the failures of one device that have waited so long."""

    def pass_time(self, seconds: float) -> None:
        """Every failure has waited so much longer."""

    def is_waiting(self, less_than: float) -> bool:
        """Whether any failure has waited less than that."""


class DecryptionFailures:
    """Remembers failures, forgets those that healed, and tells the others."""

    def __init__(
        self,
        store: DecryptionFailureStore,
        is_known: Callable[[PublicKey], bool],
        tell: Callable[[MessageUndecryptable], None],
    ) -> None:
        """
        :param is_known: whether we have a chat with that person; strangers share :data:`MAX_STRANGERS`.
        :param tell: called for each notice, inside the transaction.
        """
        self._store = store
        self._is_known = is_known
        self._tell = tell
        self._connected = False
        self._counted_at = 0.0
        # Old messages come newest first from a mailserver: the repetition of a message before its failure.
        self._repeated: dict[bool, OrderedDict[tuple[bytes, str], deque[tuple[int, int]]]] = {
            True: OrderedDict(),
            False: OrderedDict(),
        }
        """By whether we know whose device it is."""

    # what came

    def failed(self, sender: PublicKey, opened: Opened, sent_s: int, now: float) -> None:
        """A message of somebody else did not open. ``sent_s`` is when its envelope was made, Unix seconds."""
        source = (sender.compressed, opened.installation_id)
        for repeated in self._repeated.values():
            if any(written <= sent_s <= sent for written, sent in repeated.get(source, ())):
                return
        device = self._device(sender, opened.installation_id)
        if device is None:
            return
        self._count(now)
        self._store.add_failure(device.number, sent_s, str(opened.problem), MAX_FAILURES)

    def opened(self, sender: PublicKey, installation_id: str, written_s: int, sent_s: int) -> None:
        """A private message of ``sender``'s device was opened that was written at ``written_s`` and sent, this time, in
        an envelope of ``sent_s`` (Unix seconds; the sender's clock says both).

        Whatever came from the device between the two and did not open may have been this message: data sync repeats
        everything that we have not acknowledged, so its other messages of that time come in the same way.
        """
        source = (sender.compressed, installation_id)
        if written_s < sent_s:
            repeated = self._repeated[self._is_known(sender)]
            repeated.setdefault(source, deque(maxlen=REPETITIONS)).append((written_s, sent_s))
            repeated.move_to_end(source)
            if len(repeated) > MAX_REPEATED:
                repeated.popitem(last=False)
        device = self._store.device(*source)
        if device is None:
            return
        self._store.drop_failures(device.number, written_s, sent_s)
        if not self._store.failures(device.number):
            self._store.drop(device.number)

    def _device(self, sender: PublicKey, installation_id: str) -> FailingDevice | None:
        """The row of a device, made if need be; None: there is no room for a stranger."""
        known = self._is_known(sender)
        device = self._store.device(sender.compressed, installation_id)
        if device is not None:
            if known and not device.known:
                device = replace(device, known=True)
                self._store.save(device)
            return device
        if not known and self._store.count(known=False) >= MAX_STRANGERS:
            return None
        if self._store.count() >= MAX_DEVICES:
            self._make_room()
        return self._store.add(FailingDevice(0, sender.compressed, installation_id, known))

    def _make_room(self) -> None:
        """Strangers go first; what a contact's device waits for is told early then, rather than never."""
        device = min(self._store.devices(), key=lambda device: (device.known, device.number))
        if device.known:
            self._give_notice(device, self._store.failures(device.number))
        self._store.drop(device.number)

    # time

    def relays_changed(self, connected: bool, now: float) -> None:
        """Whether there is a relay from now on: without one nothing can heal, so no time passes."""
        self._count(now)
        self._connected = connected

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` is due, Unix seconds; None: nothing waits."""
        if self._connected and self._store.is_waiting(HEALING_TIME):
            return self._counted_at + COUNTING_INTERVAL
        return None

    def on_timer(self, now: float) -> None:
        """Tell what has waited long enough, and forget of whom it is told for long enough."""
        self._count(now)
        for device in self._store.devices():
            if device.told_s is not None and abs(now - device.told_s) < TELL_AGAIN:
                continue
            failures = self._store.failures(device.number)
            over = [failure for failure in failures if failure.waited >= HEALING_TIME]
            if over:
                self._give_notice(device, over)
                self._store.drop_told(device.number, HEALING_TIME)
                self._store.save(replace(device, told_s=int(now)))
            elif not failures:
                self._store.drop(device.number)

    def _count(self, now: float) -> None:
        passed = min(now - self._counted_at, COUNTING_INTERVAL)
        if self._connected and passed > 0:
            self._store.pass_time(passed)
        self._counted_at = now

    def _give_notice(self, device: FailingDevice, failures: Sequence[Failure]) -> None:
        if failures:
            count = sum(failure.count for failure in failures)
            sender = PublicKey.from_bytes(device.identity)
            self._tell(MessageUndecryptable(sender, failures[-1].reason, device.installation_id, count))
