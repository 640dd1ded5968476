"""The messenger of one account: every input of its user, its relays and its clock.

Each public method that changes anything is an input, to be called by :meth:`Messenger.run`: it writes through the store
and names its effects, which are due when the transaction has committed. ``now`` is Unix seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.messenger.batch import Batch, Outcome
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.copies import drop_installation_id
from pystatus.messenger.effects import Effect
from pystatus.messenger.events import RenewalReason
from pystatus.messenger.features.registry import AnyFeature
from pystatus.messenger.installation import VOUCHED_TIME, Installation
from pystatus.messenger.receiving import Receiver
from pystatus.messenger.records import SEEN_RETENTION, MessageState
from pystatus.messenger.store import MessengerStore
from pystatus.transport.channels import ChannelKind
from pystatus.vouched_time import is_due
from pystatus.waku.envelope import Envelope

HOUSEKEEPING = 600
"""Seconds between two rounds of forgetting what is too old: as long as it takes peers to confirm the time."""


class Messenger:
    """Composes the layers below for one account. Does no I/O. :meth:`start` makes one."""

    def __init__(
        self,
        identity: PrivateKey,
        store: MessengerStore,
        random: RandomSource,
        config: MessengerConfig,
        batch: Batch,
        now: float,
        renewal: RenewalReason | None,
    ) -> None:
        """Inside a transaction: see :meth:`start`."""
        self._batch = batch
        self._config = config
        self._identity = identity
        self._store = store
        self._random = random
        self._relays: set[Hashable] = set()
        self._suspected = False
        self._kept_house_at = -math.inf
        self._next_due: float | None = None
        self._parts = self._installed(renewal, now)
        """Those of the installation that the profile is; replaced when it becomes another one."""
        self._begin(renewal, now)

    @classmethod
    def start(
        cls,
        identity: PrivateKey,
        store: MessengerStore,
        random: RandomSource,
        config: MessengerConfig | None = None,
        *,
        now: float,
        renewal: RenewalReason | None = None,
    ) -> tuple[Messenger, list[Effect]]:
        """The messenger of a profile that was opened, which takes up where the last run ended; and what is due now.

        :param renewal: why the profile has to become a device of its own, if it has to: it was restored from a backup
            or copied, and no ratchet key may be used twice (secure-transport.md A7).
        :raises StorageError: nothing of it happened.
        """
        batch = Batch(store)
        (outcome,), effects = batch.run(
            [lambda: cls(identity, store, random, config or MessengerConfig(), batch, now, renewal)], lambda: None
        )
        if outcome.error is not None:
            raise outcome.error
        messenger: Messenger = outcome.result
        return messenger, effects

    def run(self, inputs: Iterable[Callable[[], Any]], now: float) -> tuple[list[Outcome], list[Effect]]:
        """Handle inputs in one transaction, and send what comes of them all together.

        :param inputs: each is asked for when the one before is done; see :meth:`Batch.run`.
        :raises StorageError: nothing of it happened.
        """
        return self._batch.run(inputs, lambda: self._finish(now))

    def feature(self, kind: type[AnyFeature]) -> AnyFeature:
        """One of :mod:`pystatus.messenger.features`; what of it changes anything is an input."""
        return self._parts.features.of(kind)

    def _installed(self, renewal: RenewalReason | None, now: float) -> Installation:
        """The installation that the profile is; another one than before if there is a reason for it."""
        if renewal is not None:
            drop_installation_id(self._store, now)
        return Installation(
            self._identity,
            self._store,
            self._random,
            self._config,
            self._batch,
            now,
            connected=bool(self._relays),
        )

    def _begin(self, renewal: RenewalReason | None, now: float) -> None:
        self._parts.begin(renewal, now)
        self._tell_features(now)
        self.on_timer(now)

    # relays

    @property
    def receiver(self) -> Receiver:
        """What takes envelopes of our topics: :meth:`Receiver.receive` is an input. Ask for it each time: it is
        another one when the profile has become another device."""
        return self._parts.receiver

    def receive_from_history(self, envelope: Envelope, now: float) -> None:
        """A mailserver has kept an envelope of one of our topics: the same, and proof that it is archived."""
        self._parts.vouched.note(envelope.sent, now)
        self.envelope_archived(envelope.hash)
        if not self._store.is_seen(envelope.hash):
            self._parts.receiver.receive(envelope, now, live=False)

    def relay_ready(self, relay: Hashable, now: float) -> None:
        """A relay can take envelopes."""
        self._relays.add(relay)
        self._parts.failures.relays_changed(True, now)
        self._tell_features(now)

    def relay_lost(self, relay: Hashable, now: float) -> None:
        """A relay is gone; what it was handed last may be lost."""
        self._relays.discard(relay)
        self._parts.failures.relays_changed(bool(self._relays), now)
        self._parts.outbox.relay_lost(relay, now)
        self._tell_features(now)

    def _tell_features(self, now: float) -> None:
        self._parts.features.relays_changed(bool(self._relays) and not self._suspected, now)

    def envelope_handed_over(
        self, envelope_hash: bytes, relay: Hashable, now: float, *, clock_agrees: bool = True
    ) -> None:
        """``relay`` was handed an envelope of ours.

        :param clock_agrees: peers agree with our clock, so none will refuse it for its time.
        """
        sent = self._parts.outbox.handed_over(envelope_hash, relay, now, clock_agrees=clock_agrees)
        self._parts.states.advance_all(sent, MessageState.SENT)

    def clock_judged(self, now: float, *, suspected: bool) -> None:
        """Peers suspect our clock, or no longer: meanwhile nothing counts as sent, and nothing is due by it that others
        would notice."""
        self._suspected = suspected
        self._parts.outbox.doubt(suspected)
        self._tell_features(now)

    def envelope_confirmed(self, envelope_hash: bytes) -> None:
        """A relay says that it took an envelope of ours, or one that was not handed it brings it back."""
        self._parts.states.advance_all(self._parts.outbox.confirmed(envelope_hash), MessageState.SEEN)

    def envelope_archived(self, envelope_hash: bytes) -> None:
        """A mailserver has an envelope, perhaps one of ours."""
        message_ids = tuple(self._store.sent_in(envelope_hash))
        if message_ids:
            self._parts.outbox.proven(message_ids)
        self._parts.states.advance_all(message_ids, MessageState.ARCHIVED)

    def envelope_refused(self, envelope_hash: bytes, relay: Hashable, *, for_its_time: bool = False) -> None:
        """``relay`` says that it did not take an envelope of ours, perhaps because of its time."""
        self._parts.outbox.refused(envelope_hash, relay, for_its_time=for_its_time)

    def envelope_expired(self, envelope_hash: bytes, now: float) -> None:
        """An envelope of ours is past its life."""
        given_up = self._parts.outbox.expired(envelope_hash, connected=bool(self._relays))
        if given_up is None:
            return
        if given_up.channel is ChannelKind.PUBLIC:
            for message_id in given_up.message_ids:  # one that a relay had stays sent: nobody acknowledges it
                self._parts.states.advance(message_id, MessageState.FAILED)
        elif not self._parts.private.repeats:
            self._parts.states.give_up(given_up.message_ids)

    def _finish(self, now: float) -> None:
        """Make envelopes of everything that waits, and look when something is due."""
        if self._parts.copies.found is not None:
            renewal = self._parts.copies.found
            self._parts = self._installed(renewal, now)
            self._begin(renewal, now)
        self._next_due = None
        if not self._relays:
            return
        self._parts.states.give_up(self._parts.private.flush(now, self._parts.vouched.for_deletion(now)))
        self._parts.features.flush(now)
        self._parts.posting.post_queued(now)
        waiting = [
            self._parts.private.next_timer(),
            self._parts.features.next_flush(),
            self._parts.failures.next_timer(),
        ]
        self._next_due = min((due for due in waiting if due is not None), default=None)

    # time

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` is due, Unix seconds."""
        others = (self._next_due, self._parts.outbox.next_timer(), self._parts.features.next_timer())
        return min([self._kept_house_at + HOUSEKEEPING, *(time for time in others if time is not None)])

    def on_timer(self, now: float, *, confirmed: bool = False) -> None:
        """Say what is sent; publish the contact code when it is time; tell what stays unopened; forget what is too old.
        Early calls are harmless.

        :param confirmed: peers confirm that it is ``now``.
        """
        self._parts.states.advance_all(self._parts.outbox.settled(now), MessageState.SENT)
        self._parts.features.on_timer(now)
        self._parts.failures.on_timer(now)
        if is_due(self._kept_house_at, HOUSEKEEPING, now):
            self._kept_house_at = now
            self._keep_house(now, confirmed=confirmed)

    def _keep_house(self, now: float, *, confirmed: bool) -> None:
        """Forget what is too old, by a time that something beside the clock vouches for."""
        self._parts.vouched.advance(now)
        if confirmed:
            self._parts.vouched.confirm(now)
        self._store.save_setting(VOUCHED_TIME, self._parts.vouched.kept)
        until = self._parts.vouched.for_deletion(now)
        self._store.forget_envelopes(int(until) - SEEN_RETENTION)
        self._parts.copies.forgotten(int(until) - SEEN_RETENTION)
        self._parts.secure.prune(until)
        self._parts.private.prune(until)
