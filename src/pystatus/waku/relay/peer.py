"""What a relay knows of one peer: its Status, what waits for it, how it behaves (waku.md §4.3, §4.4, §10)."""

from __future__ import annotations

import dataclasses

from pystatus.errors import RemoteError
from pystatus.token_bucket import TokenBucket
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import (
    LEAST_CHARGE,
    MessageResponse,
)
from pystatus.waku.relay.events import EnvelopeConfirmed, EnvelopeRefused, Event, PeerId
from pystatus.waku.relay.peer_queue import PeerQueue
from pystatus.waku.relay.pool_usage import SourceUsage
from pystatus.waku.relay.rate_limits import Account, Source, Throttle, TopicAccounts, throttle
from pystatus.waku.status import MAX_OPTIONS_SIZE, RateLimits, StatusOptions

ASSUMED_MIN_POW = 0.001
"""Proof of work that a peer asks for if it does not say (waku.md §2.7)."""

MALFORMED_PENALTY = 10
"""Points for a packet that does not decode (waku.md §10; those for envelopes are with the refusals)."""
RATE_PENALTY = 1
"""Points for a packet above a rate limit: who exceeds it once a second for ever stays, who floods goes at once."""
BAN_SCORE = 100
"""Points at which a peer is disconnected."""
SCORE_DECAY = 1.0
"""Points that are forgiven in a second."""

UPDATE_BURST = 100
"""Status Updates of the largest size that a peer may send at once; one may cost a millisecond and a look at the pool
(A21)."""
UPDATE_RATE = 10.0
"""The same, a second in the long run."""
SMALL_UPDATE = 1 / 16
"""What a small Status Update counts; larger ones count by their size, as that is what they cost. The reference sends
one for each filter that it installs, with all its topics: so may a client install 1,300 filters at once."""

COMPLAINT_BURST = 8
"""Message responses about the time of envelopes that a peer may get at once, without having asked for any."""
COMPLAINT_RATE = 0.5
"""The same, a second in the long run: a clock that is wrong is wrong for longer than that."""

MAX_AWAITED_BATCHES = 256
"""Batches with own envelopes that wait for one peer's confirmation; beyond it the oldest is forgotten."""


class Misbehaviour(RemoteError):
    """The peer has collected too many points. Disconnect it, and do not let it in again for ten minutes."""


class Peer:
    """One connection. The relay changes it, and reads the attributes directly; others read it alone (see
    :meth:`pystatus.waku.relay.relay.Relay.peer`)."""

    __slots__ = (
        "_complaints",
        "_score",
        "_scored_at",
        "_updates",
        "accounts",
        "alone",
        "announced",
        "awaited",
        "byte_rates",
        "bytes_received",
        "bytes_sent",
        "confirmations",
        "dialect",
        "excess",
        "failed",
        "guarantee",
        "id",
        "interest",
        "is_queued",
        "light",
        "min_pow",
        "next_offer",
        "number",
        "packet_rates",
        "queue",
        "ready",
        "repeated_at",
        "source",
        "throttle",
        "topic_accounts",
        "trusted",
        "unlimited",
        "usage",
        "voice",
        "writable",
    )

    def __init__(
        self,
        peer_id: PeerId,
        number: int,
        dialect: Dialect,
        now: float,
        options: StatusOptions,
        usage: SourceUsage,
        source: Source | None = None,
        *,
        unlimited: bool = False,
    ) -> None:
        self.id = peer_id
        self.number = number
        """Never used twice, so that an envelope can remember who has it after a peer is gone."""
        self.alone = frozenset((number,))
        """Who has what this peer brings first."""
        self.dialect = dialect
        self.source = source
        """Where it is; ``None``: no limit of addresses concerns it."""
        self.usage = usage
        """Of the pool, by all peers that come from where it comes."""
        self.voice = peer_id if source is None else source.prefix
        """With whom it shares one voice about our clock."""
        self.repeated_at = 0.0
        """When what it brought and we had was counted for that."""
        self.unlimited = unlimited
        """No limit at all concerns it."""
        self.announced = self.to_announce(options)
        """What we last told it of ourselves."""
        self.ready = False
        """Its Status has arrived."""
        self.failed = False
        """To be disconnected; nothing from it or to it counts any more."""
        self.writable = True
        self.trusted = False
        """Its P2P packets are read."""
        self.interest = EVERYTHING
        """What it asks for."""
        self.min_pow = ASSUMED_MIN_POW
        self.light = False
        self.confirmations = False
        self.packet_rates = self.byte_rates = RateLimits()
        """The limits that it announces."""
        self.throttle: Throttle | None = None
        """How those hold us back."""
        self.accounts: tuple[Account, ...] = ()
        """What it may still send; none of them: as much as it likes."""
        self.guarantee: Account | None = None
        """What it may send when others have used up what its address may."""
        self.excess: Account | None = None
        """What it may send in vain before that costs points."""
        self.topic_accounts: TopicAccounts | None = None
        self.queue = PeerQueue()
        """What goes into its next Messages packets."""
        self.is_queued = False
        """Whether its queue will be looked at."""
        self.next_offer = float("-inf")
        """When the pool may be searched for it again."""
        self.awaited: dict[bytes, tuple[bytes, ...]] = {}
        """Own envelopes by batch hash, until it confirms the batch."""
        self.bytes_received = 0
        self.bytes_sent = 0
        self._score = 0.0
        self._scored_at = 0.0
        self._updates = TokenBucket(UPDATE_BURST, UPDATE_RATE, now)
        self._complaints = TokenBucket(COMPLAINT_BURST, COMPLAINT_RATE, now)

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of packets received from it and sent to it."""
        return self.bytes_received, self.bytes_sent

    @property
    def is_relay(self) -> bool:
        """Whether it says that it takes every envelope and passes it on."""
        return self.interest == EVERYTHING and not self.light

    def greet(self, options: StatusOptions, now: float) -> None:
        """Take its Status: what is absent has its default."""
        self.apply(options, now)
        self.ready = True

    def apply(self, options: StatusOptions, now: float) -> bool:
        """Take a Status Update: what is absent stays. Whether it may want envelopes now that it did not want before.

        Implements: WK-28, WK-29
        """
        interest = Interest.announced(options, self.interest)
        min_pow = self.min_pow if options.pow_requirement is None else options.pow_requirement
        changed = interest != self.interest or min_pow < self.min_pow
        self.interest = interest
        self.min_pow = min_pow
        if options.light_node is not None:
            self.light = options.light_node
        if options.confirmations_enabled is not None:
            self.confirmations = options.confirmations_enabled
        packet_rates = options.packet_rate_limits or self.packet_rates
        byte_rates = options.bytes_rate_limits or self.byte_rates
        if (packet_rates, byte_rates) != (self.packet_rates, self.byte_rates):
            self.packet_rates, self.byte_rates = packet_rates, byte_rates
            self.throttle = throttle(packet_rates, byte_rates, now)
        return changed

    def to_announce(self, options: StatusOptions) -> StatusOptions:
        """What it is told while ``options`` are ours: if no limit concerns it, it need not hold back."""
        if not self.unlimited:
            return options
        return dataclasses.replace(options, packet_rate_limits=RateLimits(), bytes_rate_limits=RateLimits())

    def announce(self, options: StatusOptions) -> StatusOptions | None:
        """What to tell it now that ``options`` are ours: only what has changed, nothing before it is ready.

        Implements: WK-29, WK-40
        """
        told = self.announced
        options = self.to_announce(options)
        if not self.ready or options == told:
            return None
        self.announced = options
        return StatusOptions(
            pow_requirement=None if options.pow_requirement == told.pow_requirement else options.pow_requirement,
            bloom_filter=None if options.bloom_filter == told.bloom_filter else options.bloom_filter,
            light_node=None if options.light_node == told.light_node else options.light_node,
            confirmations_enabled=(
                None if options.confirmations_enabled == told.confirmations_enabled else options.confirmations_enabled
            ),
            packet_rate_limits=(
                None if options.packet_rate_limits == told.packet_rate_limits else options.packet_rate_limits
            ),
            topic_interest=None if options.topic_interest == told.topic_interest else options.topic_interest,
            bytes_rate_limits=None
            if options.bytes_rate_limits == told.bytes_rate_limits
            else options.bytes_rate_limits,
        )

    def penalise(self, points: float, now: float) -> None:
        """Count misbehaviour; points decay by one a second.

        :raises Misbehaviour: that was enough.
        """
        forgiven = max(0.0, now - self._scored_at) * SCORE_DECAY
        self._score = max(0.0, self._score - forgiven) + points
        self._scored_at = now
        if self._score >= BAN_SCORE:
            raise Misbehaviour(f"peer misbehaved: {self._score:.0f} points")

    def charge_small(self, count: int, size: int) -> None:
        """A packet of ``size`` bytes had so many envelopes: small ones count more than their bytes (A51)."""
        surplus = count * LEAST_CHARGE - size
        if surplus > 0:
            for account in self.accounts:
                account.charge_more(surplus)

    def may_update(self, size: int, now: float) -> bool:
        """Whether another Status Update, of ``size`` bytes, is within the rate; counts it."""
        return self._updates.take(now, max(SMALL_UPDATE, size / MAX_OPTIONS_SIZE))

    def may_be_told(self, now: float) -> bool:
        """Whether a complaint that it did not ask for is within the rate; counts it."""
        return self._complaints.take(now)

    def leave(self) -> None:
        """Nothing from it or to it counts any more. Of what others still hold of it, little is left."""
        self.failed = True
        self.queue.clear()
        self.awaited.clear()
        self.interest = EVERYTHING
        self.topic_accounts = None

    def await_confirmation(self, batch_hash: bytes, envelope_hashes: tuple[bytes, ...]) -> None:
        """Remember own envelopes of a batch until the peer confirms it."""
        self.awaited[batch_hash] = envelope_hashes
        if len(self.awaited) > MAX_AWAITED_BATCHES:
            del self.awaited[next(iter(self.awaited))]

    def settle(self, response: MessageResponse) -> list[Event]:
        """What its answer to a batch says of our envelopes. The first answer counts; to other batches there is none.

        A peer that does not confirm batches answers only to complain, and confirms nothing by that.
        """
        errors = {error.envelope_hash: error for error in response.errors}
        events: list[Event] = []
        for envelope_hash in self.awaited.pop(response.batch_hash, ()):
            error = errors.get(envelope_hash)
            if error is not None:
                events.append(EnvelopeRefused(envelope_hash, self.id, error.code, error.description))
            elif self.confirmations:
                events.append(EnvelopeConfirmed(envelope_hash, self.id))
        return events
