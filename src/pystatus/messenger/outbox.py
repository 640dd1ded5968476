"""From stored to sent: which envelope carries which entry of the outbox, and when one has to be made again.

A sealed message stays in the store until an envelope of it was with a relay that stayed connected long enough to have
passed it on. An envelope that expires before that is replaced by a new one with the same contents, so receivers
recognise the message and show it once.

    queued --post--> in flight --expired with no reliable relay--> queued   (at most MAX_ATTEMPTS envelopes)
                        |--expired, was with a reliable relay--> done
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from pystatus.messenger.records import OutboxEntry
from pystatus.messenger.store import MessengerStore

MAX_ATTEMPTS = 6
"""Envelopes made for one message before it counts as failed (payloads.md §7: the app's setting)."""
SETTLE_SECONDS = 2.0
"""How long a relay has to stay connected after it was handed an envelope to count as having passed it on.

The reference relays every 0.3 s; six times that leaves room for a slow link.
"""


@dataclass(slots=True)
class _Flight:
    entry: OutboxEntry
    relays: dict[Hashable, float] = field(default_factory=dict)
    """Relays that were handed the envelope and have not vanished at once, and when (Unix seconds)."""
    sent: bool = False
    """Any relay was ever handed it."""


class Outbox:
    """Keeps the store's outbox in step with the envelopes that are under way."""

    def __init__(self, store: MessengerStore) -> None:
        self._store = store
        self._taken = 0
        self._again: list[OutboxEntry] = []
        self._flights: dict[bytes, _Flight] = {}

    def add(self, entry: OutboxEntry) -> None:
        """Store a sealed message. It is queued by being stored, so one whose input is undone is never sent."""
        self._store.add_to_outbox(entry)

    def take_queued(self) -> list[OutboxEntry]:
        """Everything that waits for an envelope, oldest first. The caller posts each and reports :meth:`posted`."""
        added = self._store.outbox(self._taken)
        if added:
            self._taken = added[-1].number
        queued, self._again = [*self._again, *added], []
        return queued

    def posted(self, entry: OutboxEntry, envelope_hash: bytes) -> None:
        """The envelope with this hash now carries ``entry``."""
        self._flights[envelope_hash] = _Flight(entry)

    def handed_over(self, envelope_hash: bytes, relay: Hashable, now: float) -> tuple[bytes, ...]:
        """``relay`` was handed the envelope: the ids of the messages that are sent thereby, if they were not before."""
        flight = self._flights.get(envelope_hash)
        if flight is None:
            return ()
        first = not flight.sent
        flight.sent = True
        flight.relays.setdefault(relay, now)
        return flight.entry.message_ids if first else ()

    def confirmed(self, envelope_hash: bytes) -> tuple[bytes, ...]:
        """A relay says that it took the envelope: the ids of the messages that are seen thereby."""
        flight = self._flights.get(envelope_hash)
        return () if flight is None else flight.entry.message_ids

    def refused(self, envelope_hash: bytes, relay: Hashable) -> None:
        """``relay`` says that it did not take the envelope: if no other has, it is made again when it has expired."""
        flight = self._flights.get(envelope_hash)
        if flight is not None:
            flight.relays.pop(relay, None)

    def relay_lost(self, relay: Hashable, now: float) -> None:
        """What ``relay`` was handed in its last seconds may have died with it."""
        for flight in self._flights.values():
            handed_at = flight.relays.get(relay)
            if handed_at is not None and now - handed_at < SETTLE_SECONDS:
                del flight.relays[relay]

    def expired(self, envelope_hash: bytes, *, connected: bool) -> OutboxEntry | None:
        """The envelope's life is over: the entry that is given up by it, if that was its last attempt.

        ``connected`` says whether any relay is there; without one the attempt does not count.
        """
        flight = self._flights.pop(envelope_hash, None)
        if flight is None:
            return None
        entry = flight.entry
        if flight.relays:
            self._store.remove_from_outbox(entry.number)
            return None
        if connected:
            self._store.count_attempt(entry.number)
            entry = replace(entry, attempts=entry.attempts + 1)
        if entry.attempts >= MAX_ATTEMPTS:
            self._store.remove_from_outbox(entry.number)
            return entry
        self._again.append(entry)
        return None
