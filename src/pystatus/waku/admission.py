"""Which received envelopes a node takes (waku.md §2.5 and decisions.md "Waku")."""

from __future__ import annotations

from enum import Enum

from pystatus.waku.envelope import MAX_ENVELOPE_SIZE, Envelope
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import OTHER_ERROR, TIME_NOT_SYNCED

SYNC_ALLOWANCE = 10
"""Seconds: how far clocks may be apart (waku.md §2.5)."""
EXPIRED_ALLOWANCE = 2 * SYNC_ALLOWANCE
"""Seconds since expiry after which an envelope is reported as very old; until then it is dropped in silence."""
TOLERANCE_SECONDS = 10.0
"""How long an own setting stays good after a change, because peers hear of it later (waku.md §5.3)."""
MAX_TOLERATED = 32
"""Former settings kept for the tolerance. Changes reach peers coalesced; whoever changes faster loses the oldest."""


class Refusal(Enum):
    """Why an envelope was not taken: what a message response says, and what it costs the sender.

    Errors of time cost nothing: either clock may be wrong, and an honest peer is not banned for its own (A16).
    """

    description: str
    code: int | None
    """In a message response; ``None``: not reported."""
    penalty: int
    """Points of misbehaviour (waku.md §10)."""

    def __init__(self, description: str, code: int | None, penalty: int) -> None:
        self.description = description
        self.code = code
        self.penalty = penalty

    FROM_FUTURE = ("envelope from the future", TIME_NOT_SYNCED, 0)
    EXPIRED = ("expired a moment ago", None, 0)
    VERY_OLD = ("very old envelope", TIME_NOT_SYNCED, 0)
    NO_LIFETIME = ("envelope with a ttl of 0", OTHER_ERROR, 5)
    TOO_LARGE = ("envelope too large", OTHER_ERROR, 5)
    LOW_POW = ("proof of work too low", OTHER_ERROR, 5)
    LOW_POW_FOR_FUTURE = ("proof of work too low for an envelope from the future", TIME_NOT_SYNCED, 0)
    NOT_WANTED = ("not in our topics", OTHER_ERROR, 1)
    POOL_FULL = ("no room", OTHER_ERROR, 0)
    TOO_MANY = ("too many of this topic", OTHER_ERROR, 0)
    """Above the limit of the peer for the topic: counted as one packet too many."""


class Admission:
    """A node's own settings, its former ones while they are tolerated, and the judgement that follows from them."""

    def __init__(
        self, interest: Interest = EVERYTHING, min_pow: float = 0.0, max_envelope_size: int = MAX_ENVELOPE_SIZE
    ) -> None:
        self.interest = interest
        self.min_pow = min_pow
        self.max_envelope_size = max_envelope_size
        self.lowest_pow = min_pow
        """What an envelope needs now: the lowest of all values in force."""
        self._former_interests: list[tuple[float, Interest]] = []
        self._former_pows: list[tuple[float, float]] = []

    def set_interest(self, interest: Interest, now: float) -> None:
        """Change the interest at ``now`` (Unix seconds); the former one stays good for 10 s."""
        self._former_interests = [*self._former_interests, (now + TOLERANCE_SECONDS, self.interest)][-MAX_TOLERATED:]
        self.interest = interest

    def set_min_pow(self, min_pow: float, now: float) -> None:
        """Change the proof of work asked for at ``now``; the former one stays good for 10 s."""
        self._former_pows = [*self._former_pows, (now + TOLERANCE_SECONDS, self.min_pow)][-MAX_TOLERATED:]
        self.min_pow = min_pow
        self._find_lowest_pow()

    def next_timer(self) -> float | None:
        """When the oldest tolerance ends."""
        ends = [former[0][0] for former in (self._former_interests, self._former_pows) if former]
        return min(ends, default=None)

    def on_timer(self, now: float) -> None:
        """End the tolerances that are over."""
        self._former_interests = [former for former in self._former_interests if former[0] > now]
        self._former_pows = [former for former in self._former_pows if former[0] > now]
        self._find_lowest_pow()

    def refuse(self, envelope: Envelope, second: int) -> Refusal | None:
        """Why ``envelope`` is not taken from a peer at Unix second ``second``, or ``None`` if it is."""
        refusal = self.refuse_own(envelope, second)
        if refusal is None and self.interest is not EVERYTHING and not self.wants(envelope.topic):
            return Refusal.NOT_WANTED
        return refusal

    def refuse_own(self, envelope: Envelope, second: int) -> Refusal | None:
        """The same for an own envelope, whose topic need not be of interest."""
        expiry = envelope.expiry
        ttl = envelope.ttl
        ahead = expiry - ttl - second
        # expiry < ttl: the sending time wraps around to the far future.
        if ahead > SYNC_ALLOWANCE or expiry < ttl:
            return Refusal.FROM_FUTURE
        if expiry < second:
            return Refusal.VERY_OLD if expiry + EXPIRED_ALLOWANCE < second else Refusal.EXPIRED
        if ttl == 0:
            return Refusal.NO_LIFETIME
        if envelope.size > self.max_envelope_size:
            return Refusal.TOO_LARGE
        if not envelope.reaches(self.lowest_pow, ahead + 1 if ahead > 0 else 0):
            return Refusal.LOW_POW_FOR_FUTURE if envelope.reaches(self.lowest_pow) else Refusal.LOW_POW
        return None

    def wants(self, topic: bytes) -> bool:
        """Whether ``topic`` is of interest now, or was a moment ago."""
        return self.interest.wants(topic) or any(former.wants(topic) for _, former in self._former_interests)

    def _find_lowest_pow(self) -> None:
        self.lowest_pow = min([self.min_pow, *(former for _, former in self._former_pows)])
