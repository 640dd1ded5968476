"""What is still to be asked of mailservers, and what of it next.

Three things are, in this order: what nobody has answered; what too few have answered; and what was answered a day ago
or more, once more. Each of a span of time for many topics at once, the newest first. An answer proves what was settled
when it was asked for; the rest of it holds until the next look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.query import Query
from pystatus.mailserver.coverage import ALL_TOPICS, Coverage, CoverageEntry
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.mailserver.timing import DAY, DISTRUST, LONGEST_HISTORY, SETTLING, day_of

MAX_TOPICS_AT_ONCE = 100
"""In one request: with more, the bloom filter of servers that know no topics lets nearly everything pass."""
LEAST_STEP = 600
"""Seconds of history that are asked for where there is much."""
STEP_FACTOR = 16
"""By which the step grows at most where there is little: a month takes a few questions then."""
GOAL = 900
"""Envelopes of one span where it is to grow: nearly a page, so that each question is one journey to the server and
back, and a server that answers one request in a while can answer it."""
MANY_PAGES = 4
"""Pages above which there is much in a span."""


class Agenda:
    """The ledger, what is wanted of the past, and how much of it is asked for at a time."""

    def __init__(
        self,
        config: FetchConfig,
        copies: int,
        *,
        entries: Iterable[CoverageEntry],
        starts: Mapping[bytes, int],
        ease: int,
        now: float,
    ) -> None:
        """
        :param copies: servers that are asked for the same.
        :param ease: seconds by which questions a day later are asked later still.
        """
        self._config = config
        self._ease = ease
        self._ledger = Coverage(entries, copies)
        self._fresh = Coverage(copies=copies)
        self._copies = copies
        self.topics: frozenset[bytes] = frozenset()
        """4 bytes each, or :data:`ALL_TOPICS` alone."""
        self.starts = dict(starts)
        """Since when each topic is wanted, Unix seconds; of more topics than are wanted at present."""
        self.step = config.first_step
        """Seconds of history that are asked for at a time."""
        self.horizon = int(now)
        """When it was looked last what is missing."""
        self.heard_since: int | None = None
        """From this second on everything is heard without asking; ``None``: nothing is."""

    # looking

    def look(self, now: float) -> None:
        """See what is missing up to now."""
        self.horizon = int(now)
        self._fresh = Coverage(copies=self._copies)
        self._ledger.forget_before(self.horizon - self._config.reach)

    def outlived(self) -> tuple[bytes, ...]:
        """Topics of which nothing is wanted or known within reach: their starts are forgotten, and are to be."""
        known = self._ledger.topics()
        reach = self.horizon - self._config.reach
        gone = [t for t, start in self.starts.items() if start < reach and t not in self.topics and t not in known]
        for topic in gone:
            del self.starts[topic]
        return tuple(sorted(gone))

    def is_ahead(self, now: float, tolerance: int) -> bool:
        """Whether the ledger is of a future that is still to come: a clock was wrong."""
        late = int(now) + tolerance
        return self._ledger.latest > late - SETTLING or self._ledger.latest_day > day_of(late)

    def distrust(self) -> list[CoverageEntry]:
        """The clock was ahead. Nobody knows since when it was, nor what was asked too early for it: the last day is
        asked for again. What is to be stored of it."""
        changed = self._ledger.forget_days_after(day_of(self.horizon))
        return changed + self._ledger.forget_after(self.horizon - DISTRUST)

    def add(self, entry: CoverageEntry) -> None:
        """This is here already."""
        self._ledger.add(entry)

    def cover(self, query: Query, server: bytes) -> list[CoverageEntry]:
        """A server has answered this. What is to be stored of it."""
        settled = TimeRanges([TimeRange(0, query.asked_at - SETTLING)])
        if query.horizon == self.horizon:  # else what was left open then is asked for again by now
            self._fresh.cover(query.asked_topics, server, query.answered)
        return self._ledger.cover(query.asked_topics, server, query.answered & settled, day_of(query.asked_at))

    # what is there, and what is not

    def target(self, topic: bytes) -> TimeRange:
        """What is wanted."""
        start = self.starts.get(topic, self.horizon - self._config.look_back)
        end = self.horizon if self.heard_since is None else min(self.horizon, self.heard_since)
        return TimeRange(max(start, self.horizon - self._config.reach), end)

    def lacking(self, topic: bytes, within: TimeRange) -> TimeRanges:
        """What of it is not proven to be here."""
        return self._ledger.missing(topic, within)

    def unanswered(self, topic: bytes) -> TimeRanges:
        """The gaps of a topic: what is wanted and was not answered, be it proven or only since the last look.

        Implements: PL-25
        """
        within = self.target(topic)
        missing = self._ledger.missing(topic, within)
        return missing & self._fresh.missing(topic, within) if missing else missing

    def all_unanswered(self) -> dict[bytes, TimeRanges]:
        """For each topic."""
        return {topic: self.unanswered(topic) for topic in self.topics}

    def unproven(self, server: bytes) -> dict[bytes, TimeRanges]:
        """For each topic, what this server is still to be asked because too few were."""
        if self._copies < 2:
            return {}
        unproven = {}
        for topic in self.topics:
            within = self.target(topic)
            lacking = self._ledger.unproven(topic, within, server)
            unproven[topic] = lacking & self._fresh.unproven(topic, within, server) if lacking else lacking
        return unproven

    def due(self, now: float) -> dict[bytes, TimeRanges]:
        """For each topic, what any server is to be asked for once more, a day later."""
        today = day_of(now - self._ease)
        return {topic: self._ledger.due(topic, self.target(topic), today) for topic in self.topics}

    def due_changes(self, now: float) -> float:
        """When more will be due: Unix seconds."""
        return float((day_of(now - self._ease) + 1) * DAY + self._ease)

    # questions

    def query(self, wanted: dict[bytes, TimeRanges], flying: Iterable[Query], limit: int, now: float) -> Query | None:
        """A question for the newest span that is not being asked for already, of all topics of which it is wanted.

        :param wanted: for each topic; what is being asked for is taken out of it.
        :param limit: envelopes in a page.
        """
        for query in flying:
            spans = TimeRanges([query.span])
            for topic in query.asked_topics:
                if topic in wanted:
                    wanted[topic] -= spans
        newest = {topic: spans.newest for topic, spans in wanted.items() if spans}
        if not newest:
            return None
        upper = max(span.upper for span in newest.values())
        topics = sorted(topic for topic, span in newest.items() if span.upper == upper)[:MAX_TOPICS_AT_ONCE]
        lowers = [max(upper - self.step, newest[topic].lower) for topic in topics]
        # As far back as all of them want it, or nearly: one new topic is no reason to ask for the others again.
        lower = min(lower for lower in lowers if lower >= max(lowers) - LEAST_STEP)
        asked = frozenset(topic for topic in topics if topic != ALL_TOPICS)
        return Query(asked, TimeRange(lower, upper), self.horizon, limit, now)

    def answered(self, query: Query) -> None:
        """See how much there is in a span, and ask for more or less at a time."""
        if query.pages > MANY_PAGES:
            self.ask_for_less()
        elif query.span.seconds >= self.step:
            fitting = self.step * GOAL // max(1, query.envelopes)
            self.step = max(self.step, min(fitting, self.step * STEP_FACTOR, LONGEST_HISTORY))

    def ask_for_less(self) -> None:
        """There was too much in a span."""
        self.step = max(LEAST_STEP, self.step // 2)
