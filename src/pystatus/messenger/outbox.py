"""From stored to sent: which envelope carries which entry of the outbox, and when one has to be made again.

A sealed message stays in the store until an envelope of it was with a relay that stayed connected long enough to have
passed it on. An envelope that expires before that is replaced by a new one with the same contents, so receivers
recognise the message and show it once.

    queued --post--> in flight --expired with no reliable relay--> queued   (at most MAX_ATTEMPTS envelopes)
                        |--expired, was with a reliable relay--> done

In public nobody acknowledges anything, and a message may be lost with the relay that had it. So it is queued again
until something proves that the network has it: a relay confirms it or brings back what it was not handed, or a
mailserver has it. Receivers know it by its id.

A program may end before an envelope expires; the next run begins with a new one. So an attempt is counted when an
envelope is handed over, and what has had all of them is done with at the next start.

While our clock is suspected, relays may drop what they are handed without a word. Then nothing counts as sent, no
attempt is counted, and what has expired is queued again until the clock is right.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from pystatus.crypto.hashing import keccak_state
from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.messenger.batch import Batch
from pystatus.messenger.channels import Channels
from pystatus.messenger.copies import Copies
from pystatus.messenger.effects import Publish
from pystatus.messenger.message_states import MessageStates
from pystatus.messenger.records import OutboxEntry
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.transport.channels import ChannelKind
from pystatus.transport.sealing import seal

log = get_logger(__name__)

REFUSAL_SECONDS = 0.5
"""Seconds in which a relay that was handed an envelope says that its time is wrong, if it does: the longest way to a
relay and back. A message counts as sent only then, unless peers agree with our clock."""
DOUBTFUL_ENVELOPES = 10
"""Envelopes under way at most while our clock is suspected: enough to notice when it is right again."""
MAX_ATTEMPTS = 6
"""Envelopes made for one message before it counts as failed (payloads.md §7: the app's setting)."""
SETTLE_SECONDS = 2.0
"""How long a relay has to stay connected after it was handed an envelope to count as having passed it on.

The reference relays every 0.3 s; six times that leaves room for a slow link.
"""


def _is_public(entry: OutboxEntry) -> bool:
    """Whether it has messages of a public chat."""
    return entry.channel is ChannelKind.PUBLIC and bool(entry.message_ids)


@dataclass(slots=True)
class _Flight:
    entry: OutboxEntry
    relays: dict[Hashable, float] = field(default_factory=dict)
    """Relays that were handed the envelope and have not vanished at once, and when (Unix seconds)."""
    sent: bool = False
    """Its messages were said to be sent."""
    proven: bool = False
    """The network has its messages."""

    @property
    def is_to_be_repeated(self) -> bool:
        """It is of a public chat, and nothing proves that anybody beside a relay or two has it."""
        return _is_public(self.entry) and not self.proven

    doubtful: bool = False
    """Our clock was suspected while it was under way, or a relay has refused it for its time."""


class Outbox:
    """Keeps the store's outbox in step with the envelopes that are under way.

    Implements: PL-22
    """

    def __init__(self, store: MessengerStore) -> None:
        self._store = store
        self._taken = 0
        self._again: list[OutboxEntry] = []
        self._flights: dict[bytes, _Flight] = {}
        self._unsettled: dict[bytes, _Flight] = {}
        self._is_doubtful = False

    def doubt(self, doubtful: bool) -> None:
        """Peers suspect our clock from now on, or no longer."""
        self._is_doubtful = doubtful
        if doubtful:
            for flight in self._flights.values():
                flight.doubtful = True

    def add(self, entry: OutboxEntry) -> None:
        """Store a sealed message. It is queued by being stored, so one whose input is undone is never sent."""
        self._store.add_to_outbox(entry)

    def add_once(self, entry: OutboxEntry) -> None:
        """The same for what is worth one envelope and no more: an answer that is asked for again if it gets lost."""
        self.add(replace(entry, attempts=MAX_ATTEMPTS - 1))

    def remove(self, entry: OutboxEntry) -> None:
        """What waits for an envelope, or another one, is not sent any more. An envelope that is under way is."""
        self._store.remove_from_outbox(entry.number)
        self._again = [one for one in self._again if one.number != entry.number]
        for envelope_hash in [one for one, flight in self._flights.items() if flight.entry.number == entry.number]:
            del self._flights[envelope_hash]
            self._unsettled.pop(envelope_hash, None)

    def take_queued(self, is_ahead: Callable[[OutboxEntry], bool] = lambda entry: False) -> list[OutboxEntry]:
        """Everything that waits for an envelope, oldest first. The caller posts each and reports :meth:`posted`.

        :param is_ahead: whether a message was written at a time that has not come yet: everybody would refuse it.
        """
        added = self._store.outbox(self._taken)
        if added:
            self._taken = added[-1].number
        waiting = [*self._again, *added]
        room = max(0, DOUBTFUL_ENVELOPES - len(self._flights)) if self._is_doubtful else len(waiting)
        queued: list[OutboxEntry] = []
        self._again = []
        for entry in waiting:
            if entry.attempts >= MAX_ATTEMPTS:  # handed over in that many runs, none of which saw the last one expire
                self._store.remove_from_outbox(entry.number)
                continue
            (self._again if len(queued) >= room or is_ahead(entry) else queued).append(entry)
        return queued

    def posted(self, entry: OutboxEntry, envelope_hash: bytes) -> None:
        """The envelope with this hash now carries ``entry``."""
        self._flights[envelope_hash] = _Flight(entry, doubtful=self._is_doubtful)

    def handed_over(
        self, envelope_hash: bytes, relay: Hashable, now: float, *, clock_agrees: bool = True
    ) -> tuple[bytes, ...]:
        """``relay`` was handed the envelope: the ids of the messages that are sent thereby, if they were not before.

        :param clock_agrees: peers agree with our clock. Otherwise it takes :data:`REFUSAL_SECONDS` without a refusal
            until they are sent: see :meth:`settled`.
        """
        flight = self._flights.get(envelope_hash)
        if flight is None:
            return ()
        flight.relays.setdefault(relay, now)
        if flight.sent:
            return ()
        if not clock_agrees or flight.doubtful:
            self._unsettled[envelope_hash] = flight
            return ()
        return self._claim(envelope_hash, flight)

    def settled(self, now: float) -> tuple[bytes, ...]:
        """The ids of the messages that are sent by now, because a relay has not refused them for long enough."""
        sent: list[bytes] = []
        for envelope_hash, flight in list(self._unsettled.items()):
            # A clock that was set back shall not keep anybody waiting.
            if not flight.doubtful and any(
                not 0.0 <= now - handed_at < REFUSAL_SECONDS for handed_at in flight.relays.values()
            ):
                sent += self._claim(envelope_hash, flight)
        return tuple(sent)

    def next_timer(self) -> float | None:
        """When to ask :meth:`settled` next, Unix seconds; None: nothing waits for it."""
        times = [
            handed_at
            for flight in self._unsettled.values()
            if not flight.doubtful
            for handed_at in flight.relays.values()
        ]
        return min(times) + REFUSAL_SECONDS if times else None

    def _claim(self, envelope_hash: bytes, flight: _Flight) -> tuple[bytes, ...]:
        if not flight.sent:
            flight.sent = True
            self._count(flight)
        self._unsettled.pop(envelope_hash, None)
        return flight.entry.message_ids

    def _count(self, flight: _Flight) -> None:
        self._store.count_attempt(flight.entry.number)
        flight.entry = replace(flight.entry, attempts=flight.entry.attempts + 1)

    def confirmed(self, envelope_hash: bytes) -> tuple[bytes, ...]:
        """A relay says that it took the envelope, or brings it back: the ids of the messages that are seen thereby."""
        flight = self._flights.get(envelope_hash)
        if flight is None:
            return ()
        claimed = self._claim(envelope_hash, flight)
        self._prove(flight)
        return claimed

    def proven(self, message_ids: tuple[bytes, ...]) -> None:
        """The network has these messages, whichever envelope brought them there."""
        for flight in self._flights.values():
            if flight.entry.message_ids == message_ids:
                self._prove(flight)
        for entry in [entry for entry in self._again if _is_public(entry) and entry.message_ids == message_ids]:
            self._again.remove(entry)
            self._store.remove_from_outbox(entry.number)

    def _prove(self, flight: _Flight) -> None:
        flight.proven = True
        if _is_public(flight.entry):  # else the next run would post it once more
            self._store.remove_from_outbox(flight.entry.number)

    def refused(self, envelope_hash: bytes, relay: Hashable, *, for_its_time: bool = False) -> None:
        """``relay`` says that it did not take the envelope: if no other has, it is made again when it has expired. One
        that was refused for its time is made again as often as it takes."""
        flight = self._flights.get(envelope_hash)
        if flight is not None:
            flight.relays.pop(relay, None)
            flight.doubtful = flight.doubtful or (for_its_time and not flight.relays)

    def relay_lost(self, relay: Hashable, now: float) -> None:
        """What ``relay`` was handed in its last seconds may have died with it."""
        for flight in self._flights.values():
            handed_at = flight.relays.get(relay)
            if handed_at is not None and now - handed_at < SETTLE_SECONDS:
                del flight.relays[relay]

    def expired(self, envelope_hash: bytes, *, connected: bool) -> OutboxEntry | None:
        """The envelope's life is over: the entry that is given up by it, if that was its last attempt.

        ``connected`` says whether any relay is there; without one the attempt does not count, unless it was handed
        over.
        """
        flight = self._flights.pop(envelope_hash, None)
        self._unsettled.pop(envelope_hash, None)
        if flight is None:
            return None
        done = flight.proven and _is_public(flight.entry)
        if done or (flight.relays and (flight.sent or not flight.doubtful)):
            if not flight.sent:
                self._count(flight)
            if flight.is_to_be_repeated and flight.entry.attempts < MAX_ATTEMPTS:
                self._again.append(flight.entry)
            else:
                self._store.remove_from_outbox(flight.entry.number)
            return None
        if connected and not (flight.doubtful or flight.sent):
            self._count(flight)
        entry = flight.entry
        if entry.attempts >= MAX_ATTEMPTS:
            self._store.remove_from_outbox(entry.number)
            return entry
        self._again.append(entry)
        return None


class Posting:
    """Makes envelopes of what waits in the outbox."""

    def __init__(
        self,
        identity: PrivateKey,
        store: MessengerStore,
        outbox: Outbox,
        channels: Channels,
        states: MessageStates,
        copies: Copies,
        batch: Batch,
        random: RandomSource,
    ) -> None:
        self._identity = identity
        self._store = store
        self._outbox = outbox
        self._channels = channels
        self._states = states
        self._copies = copies
        self._batch = batch
        self._random = random

    def post_queued(self, now: float) -> None:
        """Make an envelope of everything that waits for one, to be published after the commit."""
        for entry in self._outbox.take_queued(lambda entry: self._is_ahead(entry, now)):
            channel = self._channels.channel(entry.channel, entry.target)
            try:
                envelope = seal(channel, entry.payload, self._identity, now, self._random)
            except LocalError as error:  # it would be the same at each start
                log.warning("something cannot be sent: %s", error)
                self._store.remove_from_outbox(entry.number)
                self._states.give_up(entry.message_ids, str(error))
                continue
            self._outbox.posted(entry, envelope.hash)
            self._copies.sent(keccak_state(entry.payload).digest(), now)
            if entry.message_ids:
                self._store.note_sent(envelope.hash, entry.message_ids, int(now))
            self._batch.add(Publish(envelope))

    def _is_ahead(self, entry: OutboxEntry, now: float) -> bool:
        """Whether the messages were written with a clock so far ahead that their readers would refuse them now."""
        clock = self._store.newest_clock(entry.message_ids)
        return clock is not None and clock > now * 1000 + MAX_CLOCK_AHEAD_MS
