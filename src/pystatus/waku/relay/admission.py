"""Which received envelopes a node takes (waku.md §2.5 and decisions.md "Waku")."""

from __future__ import annotations

import math
import re
from enum import Enum

from pystatus.waku.bloom import EMPTY_BLOOM, bloom_matches, bloom_union, topic_bloom
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE, Envelope
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.packets import OTHER_ERROR, TIME_NOT_SYNCED

SYNC_ALLOWANCE = 10
"""Seconds: how far clocks may be apart (waku.md §2.5)."""
EXPIRED_ALLOWANCE = 2 * SYNC_ALLOWANCE
"""Seconds since expiry after which an envelope is reported as very old; until then it is dropped in silence."""
TOLERANCE_SECONDS = 10.0
"""How long an own setting stays good after a change, because peers hear of it later (waku.md §5.3)."""
FORGIVEN_SECONDS = 600.0
"""How long what fits a former setting costs no points, at least: a slow connection may still hold what was sent before
the change became known. An honest relay pays for nothing that we once asked for (A51)."""
MAX_TOLERATED = 32
"""Former settings kept for the tolerance. Changes reach peers coalesced; whoever changes faster loses the oldest."""


class Refusal(Enum):
    """Why an envelope was not taken: what a message response says, and what it costs the sender.

    What an honest relay may pass on costs nothing, because others made it: errors of time (either clock may be wrong,
    A16), sizes and lifetimes that other nodes accept, and what fits a setting that we had (A51).
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
    NO_LIFETIME = ("envelope with a ttl of 0", OTHER_ERROR, 0)
    """The reference takes it and passes it on."""
    TOO_LARGE = ("envelope too large", OTHER_ERROR, 0)
    """Waku has no option that tells peers our limit."""
    LOW_POW = ("proof of work too low", OTHER_ERROR, 5)
    FORMER_POW = ("proof of work too low by now", OTHER_ERROR, 0)
    LOW_POW_FOR_FUTURE = ("proof of work too low for an envelope from the future", TIME_NOT_SYNCED, 0)
    NOT_WANTED = ("not in our topics", OTHER_ERROR, 1)
    FORMERLY_WANTED = ("not in our topics by now", OTHER_ERROR, 0)
    NEARLY_WANTED = ("not in our topics, but in their bloom filter", OTHER_ERROR, 0)
    """To a peer whose dialect has no topics we can only tell the filter."""
    POOL_FULL = ("no room", OTHER_ERROR, 0)
    TOO_MANY = ("too many of this topic", OTHER_ERROR, 0)
    """Above the limit of the peer for the topic."""

    def said(self, offset: int) -> str:
        """The description for a message response. For a refusal of time it has ``sent - now``, in seconds by our clock,
        so that whoever sent it sees how far the clocks are apart (:func:`offset_said`)."""
        return f"{self.description} (sent {offset:+d} s from now)" if self.is_of_time else self.description

    @property
    def is_of_time(self) -> bool:
        """Whether it would be taken at another time: either clock may be wrong."""
        return self in _OF_TIME


_SAID = re.compile(r"\(sent ([+-][0-9]{1,10}) s from now\)$")
_OF_TIME = frozenset({Refusal.FROM_FUTURE, Refusal.EXPIRED, Refusal.VERY_OLD})


def offset_said(description: str) -> int | None:
    """The seconds in a description of :meth:`Refusal.said`, or ``None``: other words, which mean nothing to us."""
    found = _SAID.search(description)
    return None if found is None else int(found[1])


class Admission:
    """A node's own settings, its former ones while they are tolerated, and the judgement that follows from them."""

    def __init__(
        self, interest: Interest = EVERYTHING, min_pow: float = 0.0, max_envelope_size: int = MAX_ENVELOPE_SIZE
    ) -> None:
        self.interest = interest
        self.bloom = interest.as_bloom()
        """The interest as a bloom filter: made once, because thousands of topics take milliseconds."""
        self.min_pow = min_pow
        self.max_envelope_size = max_envelope_size
        self.lowest_pow = min_pow
        """What an envelope needs now: the lowest of all values in force."""
        self._former_interests: list[tuple[float, Interest]] = []
        self._former_pows: list[tuple[float, float]] = []
        self._forgiven = FormerSettings()

    def set_interest(self, interest: Interest, now: float) -> None:
        """Change the interest at ``now`` (Unix seconds); the former one stays good for 10 s."""
        self._former_interests = [*self._former_interests, (now + TOLERANCE_SECONDS, self.interest)][-MAX_TOLERATED:]
        self._forgiven.add(self.bloom, self.min_pow, now)
        self.interest = interest
        self.bloom = interest.as_bloom()

    def set_min_pow(self, min_pow: float, now: float) -> None:
        """Change the proof of work asked for at ``now``; the former one stays good for 10 s."""
        self._former_pows = [*self._former_pows, (now + TOLERANCE_SECONDS, self.min_pow)][-MAX_TOLERATED:]
        self._forgiven.add(self.bloom, self.min_pow, now)
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
        """Why ``envelope`` is not taken from a peer at Unix second ``second``, or ``None`` if it is.

        Implements: WK-9
        """
        refusal = self.refuse_own(envelope, second)
        if refusal is None and self.interest is not EVERYTHING and not self.wants(envelope.topic):
            return Refusal.FORMERLY_WANTED if self._forgiven.wanted(envelope.topic) else Refusal.NOT_WANTED
        return refusal

    def refuse_own(self, envelope: Envelope, second: int) -> Refusal | None:
        """The same for an own envelope, whose topic need not be of interest.

        Implements: WK-9, WK-11, WK-12, WU-3
        """
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
            if envelope.reaches(self.lowest_pow):
                return Refusal.LOW_POW_FOR_FUTURE
            return Refusal.FORMER_POW if envelope.reaches(self._forgiven.min_pow) else Refusal.LOW_POW
        return None

    def wants(self, topic: bytes) -> bool:
        """Whether ``topic`` is of interest now, or was a moment ago."""
        return self.interest.wants(topic) or any(former.wants(topic) for _, former in self._former_interests)

    def _find_lowest_pow(self) -> None:
        self.lowest_pow = min([self.min_pow, *(former for _, former in self._former_pows)])


class FormerSettings:
    """What we asked for in the last :data:`FORGIVEN_SECONDS` and longer, up to twice that: two sums of settings, of
    which the older one is dropped now and then. So it takes the same memory however often the settings change."""

    def __init__(self) -> None:
        self._sums: list[tuple[bytes, float]] = [(EMPTY_BLOOM, math.inf)] * 2
        self._since = -math.inf

    @property
    def min_pow(self) -> float:
        """The lowest proof of work that we asked for; infinite if there was no change."""
        return min(min_pow for _, min_pow in self._sums)

    def wanted(self, topic: bytes) -> bool:
        """Whether this topic may have been among those that we asked for."""
        return any(bloom_matches(bloom, topic_bloom(topic)) for bloom, _ in self._sums)

    def add(self, interest: bytes, min_pow: float, now: float) -> None:
        """These settings end.

        :param interest: as a bloom filter.
        """
        if not self._since <= now < self._since + FORGIVEN_SECONDS:
            self._sums = [self._sums[1], (EMPTY_BLOOM, math.inf)]
            self._since = now
        bloom, lowest = self._sums[1]
        self._sums[1] = bloom_union(bloom, interest), min(lowest, min_pow)
