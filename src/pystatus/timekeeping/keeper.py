"""Which time is used: the machine's, or that of the time servers. Three have a word in it.

* The *machine's clock* is what there is at first.
* *Time servers* of one mind (:mod:`pystatus.timekeeping.agreement`) are believed, up to
  :data:`~pystatus.waku.relay.clock_judgement.MAX_CORRECTION`: first at once, so that what is sent has the right
  time; later by :data:`MOST_AT_ONCE` at a time and never back, as no clock drifts further within an hour.
* *Peers* move no clock. But where two of them or more say that the machine's clock was right before it was corrected,
  two of three are against the servers, and the correction is taken back. Where peers contradict the machine and the
  servers together, it is their clocks that are wrong.

So servers that lie are found out by peers, and peers that lie by servers. Who lies as both can do what peers alone can
do: refuse what is sent. No I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pystatus.timekeeping.agreement import Agreement
from pystatus.timekeeping.corrected_clock import CorrectedClock
from pystatus.waku.relay.clock_judgement import MAX_CORRECTION, TOLERATED, ClockJudgement

FAST_PERIOD = 120.0
"""Seconds between two rounds of questions until one was answered (status-go v0.64.0: FastNTPSyncPeriod)."""
SLOW_PERIOD = 3_600.0
"""The same afterwards (status-go v0.64.0: SlowNTPSyncPeriod). Without any answer the pause grows to it."""
MOST_AT_ONCE = 5.0
"""Seconds by which one round moves the time, after the first. Ours: half of what envelopes may be off by, so that
servers which begin to lie are contradicted by peers within three rounds."""
OLDEST = 4 * SLOW_PERIOD
"""Seconds after which an answer says nothing about the clock any more. What it has corrected stays corrected."""


class TimeKeeper:
    """Sets the correction of one clock."""

    def __init__(self, clock: CorrectedClock) -> None:
        self._clock = clock
        self._agreement: Agreement | None = None
        self._heard_at = 0.0
        self._is_synchronised = False
        """Whether the machine's clock runs as it did when servers were believed last."""
        self._is_limited = False
        """Whether the last round asked for more than it could have."""
        self._is_withdrawn = False
        """Whether the correction was taken back, because peers agree with the machine's clock."""
        self._may_turn = True
        """Whether peers may change which time is used: once for each round, so that they do not make it swing."""
        self._silent = 0
        """Rounds since the last agreement."""

    @property
    def is_synchronised(self) -> bool:
        """Whether servers are believed, and nothing has happened to the machine's clock since then."""
        return self._is_synchronised

    def heard(self, agreement: Agreement | None, peers: ClockJudgement) -> None:
        """A round of questions is over.

        :param agreement: what the servers say about the machine's clock; ``None``: too few answered, or they differ.
        :param peers: what peers say about the time that is used.
        """
        self._is_limited = False
        if agreement is None:
            self._silent += 1
            return
        self._silent = 0
        self._may_turn = True
        self._agreement, self._heard_at = agreement, self._clock.monotonic()
        offset = agreement.offset
        if abs(offset) > MAX_CORRECTION:
            return
        if abs(offset) <= TOLERATED:  # the machine agrees: nobody has anything to hold against it
            self._is_withdrawn = False
        elif not self._is_synchronised and peers.agreeing > 1 and not peers.disagreeing:
            self._is_withdrawn = not self._clock.correction
        if not self._is_withdrawn:
            self._correct(offset)

    def peers_said(self, peers: ClockJudgement) -> bool:
        """Peers have another opinion of the time that is used than before. Whether it changes which one that is.

        :param peers: their word alone: :attr:`ClockJudgement.offset`, ``disagreeing`` and ``agreeing``.
        """
        if peers.disagreeing < 2 or peers.disagreeing <= peers.agreeing or not self._may_turn:
            return False
        correction = self._clock.correction
        if self._is_withdrawn:
            offset = None if self._agreement is None else self._agreement.offset
            if offset is None or abs(offset) > MAX_CORRECTION or not _is_nearer(peers.offset - offset, peers.offset):
                return False
            self._is_withdrawn = False
            self._clock.step(offset)
        elif abs(correction) > TOLERATED and _is_nearer(peers.offset + correction, peers.offset):
            self._is_withdrawn = True
            self._clock.step(0.0)
        else:
            return False
        self._may_turn = False
        return True

    def machine_set(self) -> None:
        """The machine's clock was set, or it has slept: what servers said of it says nothing any more."""
        self._agreement = None
        self._is_synchronised = self._is_withdrawn = False

    def joined(self, peers: ClockJudgement) -> ClockJudgement:
        """What peers say, with what time servers say."""
        agreement = self._agreement
        correction = self._clock.correction
        if agreement is None or self._clock.monotonic() - self._heard_at > OLDEST:
            return replace(peers, correction=correction)
        if self._is_withdrawn and not peers.agreeing:  # they are not believed, and nobody says otherwise yet
            return replace(peers, correction=correction)
        return replace(peers, servers=agreement.servers, servers_offset=agreement.offset, correction=correction)

    def pause(self, chance: Callable[[], float]) -> float:
        """Seconds until the next round, up to a tenth more or less, so that nodes which were started together do not
        ask together.

        :param chance: a number from 0 to 1.
        """
        if self._is_limited:
            pause = FAST_PERIOD
        elif self._silent:
            pause = min(FAST_PERIOD * 2 ** min(self._silent - 1, 10), SLOW_PERIOD)
        else:
            pause = SLOW_PERIOD
        return pause * (0.9 + 0.2 * chance())

    def _correct(self, offset: float) -> None:
        clock = self._clock
        way = offset - clock.correction
        if not self._is_synchronised and abs(way) > MOST_AT_ONCE:
            clock.step(offset)
        else:
            self._is_limited = abs(way) > MOST_AT_ONCE
            clock.slew(clock.correction + max(-MOST_AT_ONCE, min(way, MOST_AT_ONCE)))
        self._is_synchronised = True


def _is_nearer(one: float, other: float) -> bool:
    """Whether peers whose time is ``one`` ahead of a clock agree with it rather than with one that they are ``other``
    ahead of: what they bring is up to a minute old, so they never agree exactly."""
    return abs(one) < abs(other) / 2
