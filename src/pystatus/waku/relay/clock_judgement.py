"""What is known of our clock: by the envelopes of peers, and by time servers where some are asked.

One notion for all who are told: events, commands, log, health and metrics. Which of both is right, where they say
different things, is decided in :mod:`pystatus.timekeeping.keeper`; here is what that means, in words.
"""

from __future__ import annotations

from pystatus.records import dataclass
from pystatus.wording import counted

TOLERATED = 5.0
"""Seconds by which a clock may be off and is not called wrong. Half of what envelopes may be sent ahead of their time
(waku.md §2.5), as the other one's clock may be off, too."""

MAX_CORRECTION = 7_200.0
"""Seconds by which the machine's clock may be off and is put right by time servers. Ours: an hour of summer time that
somebody has forgotten, and as much again. Nobody signs what a time server says, and what somebody writes by a time that
is ahead waits until it has come: so long at most, whatever servers say."""


@dataclass(frozen=True, slots=True)
class ClockJudgement:
    """What peers and time servers make of our clock."""

    offset: int = 0
    """Seconds that the clocks of those peers who disagree are ahead of the time that we use, about: positive if ours
    is behind."""
    disagreeing: int = 0
    """Voices that say that our time is off by that."""
    agreeing: int = 0
    """Voices whose envelopes agree with our time."""
    servers: int = 0
    """Time servers of one mind; 0: none is asked, or too few have answered."""
    servers_offset: float = 0.0
    """Seconds that their time is ahead of the machine's clock."""
    correction: float = 0.0
    """Seconds that the time which we use is ahead of the machine's clock."""

    @property
    def is_suspected(self) -> bool:
        """Whether the time that we use is wrong, as far as can be told, so that what we send is refused for it."""
        if self._peers_disagree:
            return not self._servers_vouch
        return self._servers_contradict and not self.agreeing

    @property
    def is_shared(self) -> bool:
        """Whether it is more than one peer's word."""
        return self.is_suspected and (self.disagreeing > 1 or self._servers_contradict)

    @property
    def is_corrected(self) -> bool:
        """Whether the machine's clock is wrong, and the time of the servers is used in its place."""
        return self._servers_vouch and abs(self.servers_offset) > TOLERATED

    @property
    def peers_are_wrong(self) -> bool:
        """Whether it is the peers' clocks that are wrong, as servers say. They refuse what we send all the same."""
        return self._peers_disagree and self._servers_vouch

    @property
    def servers_are_doubted(self) -> bool:
        """Whether peers say that our time is right, and time servers that it is wrong: they are not believed."""
        return self._servers_contradict and not self._peers_disagree and self.agreeing > 0

    @property
    def is_held(self) -> bool:
        """Whether peers refuse what we send for its time, whoever is wrong: nothing counts as sent meanwhile."""
        return self.is_suspected or self._peers_disagree

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.is_held or self.is_corrected or self.servers_are_doubted)

    @property
    def kind(self) -> tuple[bool, ...]:
        """What is the matter: who has been told of one kind is told of another."""
        return (
            self.is_suspected, self.is_shared, self.peers_are_wrong, self.is_corrected, self.servers_are_doubted,
        )  # fmt: skip

    @property
    def machine_offset(self) -> int:
        """Seconds that the right time is ahead of the machine's clock, as far as is known; 0: nothing says that it is
        wrong."""
        if self._servers_contradict or self.is_corrected:
            return round(self.servers_offset)
        return round(self.offset + self.correction) if self.is_suspected else 0

    @property
    def advice(self) -> str:
        """What to do about it, as a sentence; empty: nothing."""
        if self.is_suspected:
            return "Set the clock: until then messages get lost."
        if self.peers_are_wrong:
            return "Use other relays: these refuse what is sent, and what they bring is refused."
        if self.is_corrected:
            return "Set the clock, so that the time servers are not needed."
        if self.servers_are_doubted:
            return "Name other time servers, or none."
        return ""

    def __str__(self) -> str:
        """What it means, for people: the beginning of a sentence, or all of it without the full stop."""
        servers = counted(self.servers, "time server says", "time servers say")
        if self.peers_are_wrong:
            whose = counted(self.disagreeing, "peer has", "peers have")
            return f"{whose} a clock that is {_off(-self.offset)}, as {servers}"
        if self.servers_are_doubted:
            return (
                f"{servers} that the clock of this machine is {_off(self.machine_offset)}, and "
                f"{counted(self.agreeing, 'peer says', 'peers say')} that it is right: the peers are believed"
            )
        what = f"the clock of this machine is {_off(self.machine_offset)}"
        if self.is_corrected:
            return f"{what}: {servers} so, and their time is used"
        if self.is_suspected and self._servers_contradict:
            rest = ", and that is too far off to be put right here" if abs(self.servers_offset) > MAX_CORRECTION else ""
            return f"{what}: {servers} so{rest}"
        if self.is_shared:
            return f"{what}: {counted(self.disagreeing, 'peer says', 'peers say')} so"
        if self.is_suspected:
            return f"{what}, unless the only peer that says so has a wrong clock"
        if self.servers:
            return f"the clock of this machine agrees with {counted(self.servers, 'time server')}"
        return "the clock of this machine agrees with those of its peers"

    @property
    def _peers_disagree(self) -> bool:
        return self.disagreeing > self.agreeing

    @property
    def _servers_vouch(self) -> bool:
        """Whether time servers say that the time which we use is right."""
        return self.servers > 0 and abs(self.servers_offset - self.correction) <= TOLERATED

    @property
    def _servers_contradict(self) -> bool:
        return self.servers > 0 and not self._servers_vouch


def _off(offset: int) -> str:
    return f"about {duration(abs(offset))} {'behind' if offset > 0 else 'ahead'}"


def duration(seconds: int) -> str:
    """In words, rounded to what matters."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}s"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
