"""The mailservers that may be asked, and which of them are to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pystatus.mailserver.client.query import Query
from pystatus.mailserver.client.reputation import Absent, Reputation
from pystatus.mailserver.time_ranges import NOTHING, TimeRanges


class Roster:
    """All of them, in the order in which they are tried."""

    def __init__(self, servers: Iterable[bytes]) -> None:
        self._standings = {server: Reputation(server) for server in servers}

    def __iter__(self) -> Iterator[Reputation]:
        return iter(self._standings.values())

    def __len__(self) -> int:
        return len(self._standings)

    def __getitem__(self, server: bytes) -> Reputation:
        return self._standings[server]

    def get(self, server: bytes) -> Reputation | None:
        """One of them; ``None``: it is none of ours."""
        return self._standings.get(server)

    def idle(self, now: float) -> list[Reputation]:
        """Those that can be asked something, the best first."""
        return sorted((one for one in self if one.can_be_asked(now)), key=lambda one: one.rank)

    def flying(self) -> list[Query]:
        """What is being asked for."""
        return [one.query for one in self if one.query is not None]

    def connect(self, wanted: int, now: float) -> list[Reputation]:
        """Those that are to be connected now so that ``wanted`` are, as far as they are not resting."""
        count = sum(one.is_wanted for one in self)
        chosen = []
        for one in sorted(self, key=lambda one: (one.failures, not one.is_ready)):
            if count < wanted and not one.is_wanted and now >= one.rests_until:
                count += 1
                one.is_wanted = True
                if not one.is_ready:
                    one.await_sign(now)
                chosen.append(one)
        return chosen

    def lacked_by_all(self, topic: bytes, now: float) -> TimeRanges:
        """What every one of them says that it lacks of a topic, and is not fetching either."""
        if not self._standings:
            return NOTHING
        first, *others = (one.lacks.of(topic, now) for one in self)
        for other in others:
            if not first:
                break
            first &= other
        return first

    def forget_lacking(self) -> None:
        """Whatever they said that they lack may be asked for again."""
        for one in self:
            one.lacks = Absent()

    def times(self) -> Iterator[float]:
        """When one of them may be asked again, for anything or for what it lacked: Unix seconds."""
        for one in self:
            yield from (one.rests_until, one.lacks.until, one.awaits.until)

    def deadlines(self) -> Iterator[float]:
        """When one of them will have failed: Unix seconds."""
        return (one.deadline for one in self if one.deadline is not None)

    def clock_set_back(self, now: float) -> None:
        """Times and answers of the former clock do not hold."""
        for one in self:
            one.clock_set_back(now)
            if one.query is not None:
                one.query.asked_at = one.query.horizon = 0
