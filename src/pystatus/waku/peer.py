"""What a relay knows of one peer: its Status, what waits for it, how it behaves (waku.md §4.3, §4.4, §10)."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.errors import RemoteError
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.envelope import Envelope
from pystatus.waku.events import EnvelopeConfirmed, EnvelopeRefused, Event, PeerId
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import MessageResponse
from pystatus.waku.status import StatusOptions

ASSUMED_MIN_POW = 0.001
"""Proof of work that a peer asks for if it does not say (waku.md §2.7)."""

MALFORMED_PENALTY = 10
"""Points for a packet that does not decode (waku.md §10; those for envelopes are with the refusals)."""
BAN_SCORE = 100
"""Points at which a peer is disconnected."""
SCORE_DECAY = 1.0
"""Points that are forgiven in a second."""

UPDATE_BURST = 100
"""Status Updates that a peer may send at once: the reference sends one for each filter that it installs."""
UPDATE_RATE = 10.0
"""Status Updates a second in the long run; one may cost a millisecond and a look at the pool (A21)."""

MAX_AWAITED_BATCHES = 256
"""Batches with own envelopes that wait for one peer's confirmation; beyond it the oldest is forgotten."""


class Misbehaviour(RemoteError):
    """The peer has collected too many points. Disconnect it, and do not let it in again for ten minutes."""


class Peer:
    """One connection. The relay is the only user; it reads the attributes directly."""

    __slots__ = (
        "_score",
        "_scored_at",
        "_update_allowance",
        "_updated_at",
        "announced",
        "awaited",
        "bytes_received",
        "bytes_sent",
        "confirmations",
        "dialect",
        "echoes",
        "failed",
        "id",
        "interest",
        "light",
        "min_pow",
        "next_offer",
        "number",
        "queue",
        "ready",
        "status_deadline",
        "trusted",
        "writable",
    )

    def __init__(
        self, peer_id: PeerId, number: int, dialect: Dialect, status_deadline: float, announced: StatusOptions
    ) -> None:
        self.id = peer_id
        self.number = number
        """Never used twice, so that an envelope can remember who has it after a peer is gone."""
        self.dialect = dialect
        self.status_deadline = status_deadline
        self.announced = announced
        """What we last told it of ourselves."""
        self.ready = False
        """Its Status has arrived."""
        self.failed = False
        """To be disconnected; nothing from it or to it counts any more."""
        self.writable = True
        self.trusted = False
        """Its P2P packets are read."""
        self.interest = EVERYTHING
        self.min_pow = ASSUMED_MIN_POW
        self.light = False
        self.confirmations = False
        self.queue: list[Envelope] = []
        """What goes into its next Messages packets."""
        self.echoes: set[bytes] = set()
        """Hashes in :attr:`queue` that it sent us meanwhile."""
        self.next_offer = float("-inf")
        """When the pool may be searched for it again."""
        self.awaited: dict[bytes, tuple[bytes, ...]] = {}
        """Own envelopes by batch hash, until it confirms the batch."""
        self.bytes_received = 0
        self.bytes_sent = 0
        self._score = 0.0
        self._scored_at = 0.0
        self._update_allowance = float(UPDATE_BURST)
        self._updated_at = float("-inf")

    def greet(self, options: StatusOptions) -> None:
        """Take its Status: what is absent has its default."""
        self.interest = EVERYTHING
        self.min_pow = ASSUMED_MIN_POW
        self.apply(options)
        self.ready = True

    def apply(self, options: StatusOptions) -> bool:
        """Take a Status Update: what is absent stays. Whether it may want envelopes now that it did not want before."""
        interest = Interest.announced(options, self.interest)
        min_pow = self.min_pow if options.pow_requirement is None else options.pow_requirement
        changed = interest != self.interest or min_pow < self.min_pow
        self.interest = interest
        self.min_pow = min_pow
        if options.light_node is not None:
            self.light = options.light_node
        if options.confirmations_enabled is not None:
            self.confirmations = options.confirmations_enabled
        return changed

    def announce(self, options: StatusOptions) -> StatusOptions | None:
        """What to tell it now that ``options`` are ours: only what has changed (WK-29), nothing before it is ready."""
        told = self.announced
        if not self.ready or options == told:
            return None
        self.announced = options
        return StatusOptions(
            pow_requirement=None if options.pow_requirement == told.pow_requirement else options.pow_requirement,
            bloom_filter=None if options.bloom_filter == told.bloom_filter else options.bloom_filter,
            topic_interest=None if options.topic_interest == told.topic_interest else options.topic_interest,
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

    def may_update(self, now: float) -> bool:
        """Whether another Status Update is within the rate; counts it."""
        earned = max(0.0, now - self._updated_at) * UPDATE_RATE
        self._update_allowance = min(UPDATE_BURST, self._update_allowance + earned)
        self._updated_at = now
        if self._update_allowance < 1:
            return False
        self._update_allowance -= 1
        return True

    def take_queue(self, second: int, limit: int) -> Sequence[Envelope]:
        """Take out about ``limit`` bytes of what waits, without what has expired or what the peer has sent itself."""
        taken: list[Envelope] = []
        size = 0
        position = 0
        for envelope in self.queue:
            if size >= limit:
                break
            position += 1
            if envelope.expiry >= second and envelope.hash not in self.echoes:
                taken.append(envelope)
                size += len(envelope.raw)
        del self.queue[:position]
        if not self.queue:
            self.echoes.clear()
        return taken

    def limit_queue(self, limit: int) -> int:
        """Drop the oldest of what waits while it is more than ``limit`` bytes, and say how many envelopes that were."""
        excess = sum([len(envelope.raw) for envelope in self.queue]) - limit
        position = 0
        while excess > 0:
            excess -= len(self.queue[position].raw)
            position += 1
        del self.queue[:position]
        return position

    def await_confirmation(self, batch_hash: bytes, envelope_hashes: tuple[bytes, ...]) -> None:
        """Remember own envelopes of a batch until the peer confirms it."""
        self.awaited[batch_hash] = envelope_hashes
        if len(self.awaited) > MAX_AWAITED_BATCHES:
            del self.awaited[next(iter(self.awaited))]

    def settle(self, response: MessageResponse) -> list[Event]:
        """What its answer to a batch says of our envelopes. The first answer counts; to other batches there is none."""
        errors = {error.envelope_hash: error for error in response.errors}
        events: list[Event] = []
        for envelope_hash in self.awaited.pop(response.batch_hash, ()):
            error = errors.get(envelope_hash)
            if error is None:
                events.append(EnvelopeConfirmed(envelope_hash, self.id))
            else:
                events.append(EnvelopeRefused(envelope_hash, self.id, error.code, error.description))
        return events
