"""Which mailserver is asked what at a given moment, how far it is, and when something else can be done."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.mailserver.client.agenda import Agenda
from pystatus.mailserver.client.budget import ONCE_MORE_SHARE, Budget
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.query import Query
from pystatus.mailserver.client.reputation import Reputation
from pystatus.mailserver.client.roster import Roster
from pystatus.mailserver.time_ranges import TimeRanges
from pystatus.wording import counted

_BUDGET_SPENT = "Today's limit for history is used up; it goes on tomorrow."
_PENDING = "A mailserver does not have all of it yet: it is asked again in {}."
_NOBODY = "No mailserver can be reached at present."
_SILENT = (
    "The mailserver {} is connected, but does not answer requests. It may be a relay that keeps no history: check its "
    "enode, or name another one."
)


class Plan:
    """What is to be asked, whom it can be asked of, and what it may cost. All times are Unix seconds."""

    def __init__(self, config: FetchConfig, agenda: Agenda, servers: Roster, budget: Budget) -> None:
        self._check_seconds = config.check_seconds
        self._connections = max(config.connections, min(config.copies, len(servers)))
        self._agenda = agenda
        self._servers = servers
        self._budget = budget

    # what to do

    def connect(self, now: float) -> list[Reputation]:
        """See that the best servers are connected."""
        return self._servers.connect(self._connections, now)

    def queries(self, now: float) -> Iterator[tuple[Reputation, Query]]:
        """Give everybody who is idle something to do."""
        if self._budget.is_spent(now):
            return
        for standing in self._servers.idle(now):
            standing.query = self._next_query(standing, now)
            if standing.query is not None:
                yield standing, standing.query

    def next_timer(self, now: float) -> float:
        """When something more can be done, after all that can be at ``now``."""
        coming = [self._agenda.due_changes(now), self._budget.renewed_at(now), *self._servers.times()]
        if self._servers.idle(now) and not self._budget.is_spent(now):
            coming.extend(standing.hedge_at for standing, _ in self._urgent())
        # What has come by now was dealt with by the last input, or nothing can be done about it; but for deadlines.
        return min(
            self._agenda.horizon + self._check_seconds,
            *self._servers.deadlines(),
            *(at for at in coming if at > now),
        )

    # how far it is

    def missing(self, now: float) -> int:
        """Seconds of history that nobody has answered yet and somebody may have, of all topics together."""
        return sum(
            (spans - self._servers.lacked_by_all(topic, now)).seconds
            for topic, spans in self._agenda.all_unanswered().items()
        )

    def lacking(self, now: float) -> int:
        """Seconds of history that all mailservers say they lack, of all topics together."""
        return sum(
            (spans & self._servers.lacked_by_all(topic, now)).seconds
            for topic, spans in self._agenda.all_unanswered().items()
        )

    def problem(self, now: float) -> str | None:
        """Why it does not go on at present, as a sentence."""
        if not self.missing(now):
            return None
        if self._budget.is_spent(now):
            return _BUDGET_SPENT
        if all(standing.failures and not standing.is_ready for standing in self._servers):
            silent = [standing for standing in self._servers if standing.is_silent]
            return silence_of(silent[0]) if silent else _NOBODY
        waits = [one.awaits.until - now for one in self._servers if one.awaits.at(now)]
        return (
            _PENDING.format(counted(max(1, round(min(waits))), "second"))
            if waits and not self._servers.flying()
            else None
        )

    def is_asking(self, now: float) -> bool:
        """Whether something is being asked for, or somebody is awaited who is to be asked something."""
        return bool(self._servers.flying()) or any(
            standing.is_wanted and not standing.is_ready and self._next_query(standing, now) is not None
            for standing in self._servers
        )

    # choosing

    def _next_query(self, standing: Reputation, now: float) -> Query | None:
        missing = _had_by(standing, self._agenda.all_unanswered(), now)
        if any(missing.values()):
            return self._query(missing, standing, now) or self._hedge(standing, now)
        if self._budget.is_spent(now, ONCE_MORE_SHARE):
            return None
        unproven = _had_by(standing, self._agenda.unproven(standing.id), now)
        due = _had_by(standing, self._agenda.due(now), now)
        return self._query(unproven, standing, now) or self._query(due, standing, now)

    def _query(self, wanted: dict[bytes, TimeRanges], standing: Reputation, now: float) -> Query | None:
        return self._agenda.query(wanted, self._servers.flying(), standing.limit, now)

    def _hedge(self, standing: Reputation, now: float) -> Query | None:
        """What somebody else is slow to answer."""
        for other, slow in self._urgent():
            span = TimeRanges([slow.span])
            if now >= other.hedge_at and not any(standing.absent(topic, now) & span for topic in slow.asked_topics):
                other.is_hedged = True
                return Query(slow.topics, slow.span, slow.horizon, standing.limit, now)
        return None

    def _urgent(self) -> Iterator[tuple[Reputation, Query]]:
        """Who alone is asked for something that nobody has answered yet."""
        for standing in self._servers:
            query = standing.query
            if query is not None and not standing.is_hedged and self._is_missing(query):
                yield standing, query

    def _is_missing(self, query: Query) -> bool:
        span = TimeRanges([query.span])
        topics = [topic for topic in query.asked_topics if topic in self._agenda.topics]
        return any(self._agenda.unanswered(topic) & span for topic in topics)


def silence_of(standing: Reputation) -> str:
    """What is to be said of a mailserver that is connected and does not answer, as a sentence."""
    return _SILENT.format(standing.id[:8].hex())


def _had_by(standing: Reputation, wanted: dict[bytes, TimeRanges], now: float) -> dict[bytes, TimeRanges]:
    """Without what this server does not have."""
    return {topic: spans - standing.absent(topic, now) for topic, spans in wanted.items()}
