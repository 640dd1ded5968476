"""When a relay says what its peers make of its clock (waku.md §2.5, §4.7)."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.waku.relay.admission import offset_said
from pystatus.waku.relay.clock_judgement import TOLERATED, ClockJudgement
from pystatus.waku.relay.clock_offset import SPREAD, ClockOffset
from pystatus.waku.relay.events import ClockJudged, EnvelopeRefused, Event
from pystatus.waku.relay.peer import Peer
from pystatus.waku.relay.sent import SentEnvelopes

JUDGE_AGAIN = 30.0
"""Seconds between two looks at whether a suspicion of our clock still holds, if nothing comes in."""


class ClockWatch:
    """Judges now and then, and tells when the judgement has changed."""

    def __init__(self, tell: Callable[[ClockJudged], None], voices: Callable[[], int]) -> None:
        """
        :param voices: see :class:`ClockOffset`.
        """
        self.offset = ClockOffset(voices)
        self._tell = tell
        self._told = ClockJudgement()
        self._again_at: float | None = None
        self._quiet: ClockJudgement | None = None
        """The last judgement, if nobody is suspected by it: it says nothing new a second time."""

    def answered(self, peer: Peer, event: Event, now: float, own: SentEnvelopes) -> None:
        """A peer has said what became of an own envelope. If it was refused for its time, it says how far that is from
        its own. So far we are from it, too, unless the envelope is not of now: it was long under way, or was made
        before our clock was set. Of one that is no longer among ``own`` nobody can tell."""
        if isinstance(event, EnvelopeRefused) and event.is_of_time:
            offset, entry = offset_said(event.description), own.get(event.envelope_hash)
            if offset is not None and entry is not None:
                ahead = entry.envelope.sent - int(now) - offset
                if abs(ahead) > TOLERATED:
                    self.offset.told(peer.voice, peer.id, now, ahead)

    def look(self, now: float) -> None:
        """Judge, if it is time."""
        told, judgement = self._told, self.offset.judge(now)
        if judgement is self._quiet:  # it is asked for each packet, and nearly always all is well
            return
        self._quiet = None if judgement.is_suspected else judgement
        # A suspicion ends by itself when nothing is heard any more.
        self._again_at = now + JUDGE_AGAIN if judgement.is_suspected else None
        if judgement.is_suspected or told.is_suspected:
            changed = (judgement.is_suspected, judgement.is_shared) != (told.is_suspected, told.is_shared)
            if changed or abs(judgement.offset - told.offset) > SPREAD:
                self._told = judgement
                self._tell(ClockJudged(judgement))

    def next_timer(self) -> float | None:
        """When to look again, if nothing else happens."""
        times = (self._again_at, self.offset.next_timer())
        return min((time for time in times if time is not None), default=None)
