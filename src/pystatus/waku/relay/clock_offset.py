"""How far the clock of this machine is from those of its peers, as their envelopes tell (waku.md §2.5).

An envelope says when it was sent. One that arrives fresh and is admitted agrees with our clock; one that is refused for
its time does not. Every network of peers (/24, /48) has one voice, by the last envelopes that it brought: nobody counts
more by sending more. Our clock is *suspected* when more voices disagree than agree, and all of them by about the same;
the suspicion is *shared* when it is not one peer's alone. Where most agree, it is the others' clocks that are wrong.

What peers say moves no clock and loses no message: it is told, and while it holds nothing is called sent. In the other
direction, that envelopes agree for a while, nothing else contradicting, confirms the time, from which old things are
deleted (:mod:`pystatus.vouched_time`). No I/O; times are Unix seconds by our own clock.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from pystatus.waku.relay.clock_judgement import ClockJudgement

LAST_SAMPLES = 8
"""Envelopes by which a voice is judged: the latest ones, so that a clock that was put right is soon seen to be."""
SAME_MOMENT = 0.1
"""Seconds within which another envelope of a voice that has agreed all the time is not looked at."""
_NEVER = (None, math.inf, -math.inf)
WINDOW = 600.0
"""Seconds that an envelope counts."""
LEAST_REFUSED = 3
"""Envelopes refused for their time, of all voices together, below which nobody's clock is suspected."""
SPREAD = 100
"""Seconds by which the envelopes of one voice may differ: what is sent now differs by the life of an envelope (60 s)
and the clocks of authors (10 s each way). More is junk of all ages, and says nothing."""
OF_ONE_MIND = 30
"""Seconds by which voices may differ that say the same, each by its freshest envelope: the clocks of authors (10 s each
way), and how long an envelope was under way. With 100 s two of ten relays with wrong clocks outvoted one that was right
(``pystatus simulate network --clock-wrong 33``)."""
FRESH_TTL = 60
"""Seconds: envelopes that live longer may be admitted long after they were sent, and agree with any clock. Those of
Status live 50 at most (waku.md §2.7)."""
ON_THE_WAY = 2
"""Seconds for which an envelope that has expired says nothing about clocks: it may have been sent at the end of its
life, as is some of what a relay has for a new peer, and have expired before it was read. Ours."""
MAX_VOICES = 256
"""Voices remembered, some 900 kB; the one that was silent longest goes first."""
MAX_BATCH_SAMPLES = LAST_SAMPLES
"""Refused envelopes of one packet that are looked at: more would only displace each other."""
FEW_SECONDS = 300.0
"""For which voices that disagree are not believed if they are no majority of those that are connected, and none agrees
yet: the first to complain are as likely wrong as we are, and who has taken an envelope does not say so. Ours: within it
a network that is of any use brings something; a client all of whose relays complain does not wait."""
REPEATED_SECONDS = 10.0
"""Between two looks at what a peer brings that we have already: it agrees with our clock, or it had not taken that."""
CONFIRMING_ENVELOPES = 3
"""Envelopes in agreement that confirm the time …"""
CONFIRMING_SECONDS = 600.0
"""… if at least so many seconds lie between the first and the last of them, …"""
CONFIRMING_GAP = 3_600.0
"""… and never more than so many between two: a step of the clock would hide in a longer one."""
JUDGE_SECONDS = 1.0
"""Between two judgements: each looks at all voices, and whoever floods must not make us do it for each packet."""


class _Sample(NamedTuple):
    at: float
    offset: int
    agrees: bool


class _Voice:
    """What one network of peers brought last."""

    __slots__ = ("agreed", "peer", "samples")

    def __init__(self) -> None:
        self.peer: Hashable = None
        """Who brought the last one."""
        self.samples: deque[_Sample] = deque(maxlen=LAST_SAMPLES)
        self.agreed = 0
        """How many agreed since the last that did not."""

    def forget(self, now: float) -> None:
        """Drop what is too old, or from a time that has not come: the clock was set back."""
        while self.samples and not 0.0 <= now - self.samples[0].at <= WINDOW:
            self.samples.popleft()

    @property
    def agreeing(self) -> int:
        return sum(sample.agrees for sample in self.samples)

    @property
    def refused(self) -> int:
        return len(self.samples) - self.agreeing

    @property
    def offsets(self) -> list[int]:
        return [sample.offset for sample in self.samples if not sample.agrees]

    @property
    def offset(self) -> int:
        """That of the envelope that was refused and is the freshest; there are some. The others are older."""
        return max(self.offsets)

    @property
    def disagrees(self) -> bool:
        offsets = self.offsets
        return self.refused > self.agreeing and max(offsets) - min(offsets) <= SPREAD


class ClockOffset:
    """Hears the envelopes of all peers, and judges."""

    def __init__(self, voices: Callable[[], int] = lambda: 1) -> None:
        """
        :param voices: how many voices are connected, whether they have said anything or not.
        """
        self.judgement = ClockJudgement()
        """The last one."""
        self.wrong_peers: dict[Hashable, int] = {}
        """Peers whose clocks are wrong while ours is right, and by how many seconds they are ahead of it."""
        self._voices: dict[Hashable, _Voice] = {}
        self.quiet: tuple[Hashable, float, float] = _NEVER
        """A voice that has agreed all the time, and from when until when envelopes of it that agree say nothing new."""
        self._connected = voices
        self._few_since: float | None = None
        """Since when a few voices disagree."""
        self._latest: _Voice | None = None
        """The one that was heard last."""
        self._judged_at: float | None = None
        self._is_due = False
        self._confirming: tuple[int, float, float] = (0, 0.0, 0.0)

    def told(self, voice: Hashable, peer: Hashable, now: float, offset: int) -> None:
        """A peer refuses what we have just sent, and says by how much its time is off: as good as several envelopes."""
        self.heard(voice, peer, now, None, [offset] * LEAST_REFUSED)
        self._judged_at = None

    def heard(
        self, voice: Hashable, peer: Hashable, now: float, agreeing: int | None, refused: Sequence[int] = ()
    ) -> None:
        """A packet of envelopes came, or an answer to ours.

        :param voice: where the peer is: its network, or the peer itself if it is local.
        :param agreeing: ``sent - now`` of an envelope that was admitted, if any lives :data:`FRESH_TTL` at most.
        :param refused: the same of those that were refused for their time.
        """
        heard = self._voices.get(voice)
        if heard is None or heard is not self._latest:
            heard = self._latest = self._voices.pop(voice, None) or _Voice()
            self._voices[voice] = heard
            if len(self._voices) > MAX_VOICES:
                del self._voices[next(iter(self._voices))]
        heard.peer = peer
        if agreeing is not None:
            heard.samples.append(_Sample(now, agreeing, True))
            heard.agreed += 1
            self._agree(now)
        for offset in refused:
            heard.samples.append(_Sample(now, offset, False))
            heard.agreed = 0
            self._is_due = True
        self.quiet = (voice, now, now + SAME_MOMENT) if heard.agreed >= LAST_SAMPLES else _NEVER

    def stepped(self) -> None:
        """Our clock has been set: what was heard before says nothing about it."""
        self._voices.clear()
        self._few_since = None
        self.quiet = _NEVER
        self._judged_at = None
        self._confirming = (0, 0.0, 0.0)

    def next_timer(self) -> float | None:
        """When :meth:`judge` says more than the last time; ``None``: nothing was refused since then."""
        if self._is_due:
            return (self._judged_at or 0.0) + JUDGE_SECONDS
        return None if self._few_since is None else self._few_since + FEW_SECONDS

    def judge(self, now: float) -> ClockJudgement:
        """The judgement, made anew if there was none in the last second."""
        if self._judged_at is not None and 0.0 <= now - self._judged_at < JUDGE_SECONDS:
            return self.judgement
        self._judged_at = now
        self._is_due = False
        for key in [key for key, voice in self._voices.items() if self._is_over(voice, now)]:
            del self._voices[key]
        contrary = [voice for voice in self._voices.values() if voice.disagrees]
        disagreeing = self._of_one_mind(contrary)
        agreeing = sum(not voice.disagrees and voice.agreeing > 0 for voice in self._voices.values())
        refused = sum(voice.refused for voice in disagreeing)
        if refused < LEAST_REFUSED or (len(disagreeing) == 1 and disagreeing[0].agreeing):
            disagreeing = []
        if len(disagreeing) > agreeing > 0 and 2 * len(disagreeing) <= len(contrary) + agreeing:
            disagreeing = []  # those who are off differ among each other, and that we agree with somebody is no chance
        if self._is_to_wait(len(disagreeing), agreeing, now):
            disagreeing = []
        offset = _middle([voice.offset for voice in disagreeing]) if disagreeing else 0
        self.judgement = ClockJudgement(offset, len(disagreeing), agreeing)
        if self.judgement.is_suspected:
            self._confirming = (0, 0.0, 0.0)
            self.wrong_peers = {}
        else:
            self.wrong_peers = {voice.peer: voice.offset for voice in contrary} if agreeing else {}
        return self.judgement

    def _is_to_wait(self, disagreeing: int, agreeing: int, now: float) -> bool:
        """Whether a few voices have disagreed for a short time only, and others may say something yet."""
        if not disagreeing or agreeing or 2 * disagreeing > self._connected():
            self._few_since = None
            return False
        if self._few_since is None or self._few_since > now:
            self._few_since = now
        return now - self._few_since < FEW_SECONDS

    def confirms(self, now: float) -> bool:
        """Whether envelopes have agreed with our clock for long enough, up to now, that old things may be deleted."""
        if self.judge(now).is_suspected:
            return False
        count, first, last = self._confirming
        return (
            count >= CONFIRMING_ENVELOPES and last - first >= CONFIRMING_SECONDS and 0.0 <= now - last <= CONFIRMING_GAP
        )

    def _agree(self, now: float) -> None:
        count, first, last = self._confirming
        if count and 0.0 <= now - last <= CONFIRMING_GAP:
            self._confirming = (count + 1, first, now)
        else:
            self._confirming = (1, now, now)

    @staticmethod
    def _is_over(voice: _Voice, now: float) -> bool:
        voice.forget(now)
        return not voice.samples

    @staticmethod
    def _of_one_mind(voices: Iterable[_Voice]) -> list[_Voice]:
        """The largest group of those that are off by about the same."""
        known = sorted(voices, key=lambda voice: voice.offset)
        largest: list[_Voice] = []
        start = 0
        for end, voice in enumerate(known, 1):
            while voice.offset - known[start].offset > OF_ONE_MIND:
                start += 1
            if end - start > len(largest):
                largest = known[start:end]
        return largest


def _middle(offsets: list[int]) -> int:
    from statistics import median  # it loads decimal numbers and fractions; hardly a relay has ever to judge

    return int(median(offsets))
