"""Of which seconds everything is here: for each topic, what each mailserver has answered to its end, and when it was
asked. Only settled seconds are in it (:data:`~pystatus.mailserver.timing.SETTLING`).

A second is *missing* until a mailserver has answered it. It is *final* when as many of them as are wanted have, and one
was asked :data:`~pystatus.mailserver.timing.DAYS_LATER` after the first; nothing more is remembered of it then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.mailserver.timing import DAYS_LATER
from pystatus.records import dataclass

ALL_TOPICS = b""
"""In place of a topic: everything, as mailservers want it from each other."""
FINAL = b""
"""In place of a mailserver: nobody need be asked any more."""
LONG_AGO = 0
"""In place of the day of asking, where it is not known: versions before there were days kept none."""
MAX_SPANS = 1_000
"""Spans of one topic, of all mailservers and days together. Of the server that has most of them the oldest beyond that
are forgotten, and asked for again: a server chooses into how many pieces it answers, and each answer is compared with
all of them."""


@dataclass(frozen=True, slots=True)
class CoverageEntry:
    """What one mailserver has answered of one topic when it was asked on one day."""

    topic: bytes
    """4 bytes, or :data:`ALL_TOPICS`."""
    server: bytes
    """Its node id, 64 bytes, or :data:`FINAL`."""
    covered: TimeRanges
    """Nothing: there is no such entry any more."""
    day: int = LONG_AGO
    """On which it was asked, in days since 1970 (UTC)."""


class Coverage:
    """What was fetched. Whoever keeps it stores the entries that changes return."""

    def __init__(self, entries: Iterable[CoverageEntry] = (), copies: int = 1) -> None:
        """
        :param copies: mailservers that have to answer the same before it is final.
        """
        self._copies = copies
        self._topics: dict[bytes, _TopicCoverage] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: CoverageEntry) -> None:
        """This is here, too; whoever says so stores it."""
        self._of(entry.topic).add(entry.server, entry.day, entry.covered)

    def cover(
        self, topics: Iterable[bytes], server: bytes, spans: TimeRanges, day: int = LONG_AGO
    ) -> list[CoverageEntry]:
        """The server has answered these spans of these topics to their end, asked on this day. What is to be stored."""
        changed = []
        for topic in topics:
            coverage = self._of(topic)
            before = dict(coverage.spans)
            coverage.add(server, day, spans - coverage.get(FINAL, LONG_AGO))
            coverage.settle(self._copies)
            changed += _changed(topic, before, coverage.spans)
        return changed

    def forget_before(self, second: int) -> None:
        """Nobody asks any more for what was sent before ``second``: it needs no room here. Whoever stores it may forget
        it likewise."""
        self._keep_within(TimeRange(second, max(second, self.latest)))

    def forget_after(self, second: int) -> list[CoverageEntry]:
        """Believe nothing beyond ``second``. What is to be stored of it."""
        return self._keep_within(TimeRange(0, second))

    def forget_days_after(self, day: int) -> list[CoverageEntry]:
        """Believe no answer to a question of a later day: a clock was ahead. What is to be stored of it."""
        changed = []
        for topic, coverage in self._topics.items():
            before = dict(coverage.spans)
            for server, asked in before:
                if asked > day:
                    coverage.set(server, asked, NOTHING)
            changed += _changed(topic, before, coverage.spans)
        return changed

    @property
    def latest(self) -> int:
        """The second behind the last one that is covered of anything; 0 if nothing is."""
        every = (coverage.answered for coverage in self._topics.values())
        return max((answered.newest.upper for answered in every if answered), default=0)

    @property
    def latest_day(self) -> int:
        """The last day on which anything was asked."""
        return max((day for coverage in self._topics.values() for _, day in coverage.spans), default=LONG_AGO)

    def topics(self) -> Collection[bytes]:
        """Those of which anything is covered."""
        return {topic for topic, coverage in self._topics.items() if coverage.answered}

    def missing(self, topic: bytes, within: TimeRange) -> TimeRanges:
        """What no mailserver has answered."""
        coverage = self._topics.get(topic)
        return TimeRanges([within]) - (NOTHING if coverage is None else coverage.answered)

    def unproven(self, topic: bytes, within: TimeRange, server: bytes) -> TimeRanges:
        """What ``server`` has not answered, and fewer than the wanted number of others have."""
        coverage = self._topics.get(topic)
        if coverage is None:
            return TimeRanges([within])
        lacking = TimeRanges([within]) - coverage.by_server(server)
        return lacking - coverage.proven(self._copies) if lacking else lacking

    def due(self, topic: bytes, within: TimeRange, today: int) -> TimeRanges:
        """What was answered so long ago that it is to be asked for once more."""
        coverage = self._topics.get(topic)
        return NOTHING if coverage is None else TimeRanges([within]) & coverage.due(today)

    def _of(self, topic: bytes) -> _TopicCoverage:
        return self._topics.setdefault(topic, _TopicCoverage())

    def _keep_within(self, limits: TimeRange) -> list[CoverageEntry]:
        kept = TimeRanges([limits])
        changed = []
        for topic, coverage in self._topics.items():
            before = dict(coverage.spans)
            for (server, day), spans in before.items():
                coverage.set(server, day, spans & kept)
            changed += _changed(topic, before, coverage.spans)
        self._topics = {topic: coverage for topic, coverage in self._topics.items() if coverage.spans}
        return changed


class _TopicCoverage:
    """What was answered of one topic, by server and day."""

    __slots__ = ("_answered", "_due", "_proven", "spans")

    def __init__(self) -> None:
        self.spans: dict[tuple[bytes, int], TimeRanges] = {}
        self._forget()

    def _forget(self) -> None:
        self._answered: TimeRanges | None = None
        self._proven: TimeRanges | None = None
        self._due: tuple[int, TimeRanges] | None = None

    def get(self, server: bytes, day: int) -> TimeRanges:
        return self.spans.get((server, day), NOTHING)

    def set(self, server: bytes, day: int, spans: TimeRanges) -> None:
        if spans == self.get(server, day):
            return
        self._forget()
        if spans:
            self.spans[server, day] = spans.last(MAX_SPANS)
            self._make_room()
        else:
            del self.spans[server, day]

    def _make_room(self) -> None:
        while (surplus := sum(map(len, self.spans.values())) - MAX_SPANS) > 0:
            counts: Counter[bytes] = Counter()
            for (server, _), spans in self.spans.items():
                counts[server] += len(spans)
            most = max(counts, key=counts.__getitem__)
            largest = max((key for key in self.spans if key[0] == most), key=lambda key: len(self.spans[key]))
            count = len(self.spans[largest])
            kept = max(count // 2, count - surplus)
            if kept:
                self.spans[largest] = self.spans[largest].last(kept)
            else:
                del self.spans[largest]

    def add(self, server: bytes, day: int, spans: TimeRanges) -> None:
        self.set(server, day, self.get(server, day) | spans)

    @property
    def answered(self) -> TimeRanges:
        """By anybody."""
        if self._answered is None:
            self._answered = _union(self.spans.values())
        return self._answered

    def by_server(self, server: bytes) -> TimeRanges:
        """By this one, and what is final."""
        return _union(spans for (one, _), spans in self.spans.items() if one in (server, FINAL))

    def proven(self, copies: int) -> TimeRanges:
        """By so many, and what is final."""
        if self._proven is None:
            servers = {server for server, _ in self.spans if server != FINAL}
            whole = [_union(spans for (one, _), spans in self.spans.items() if one == server) for server in servers]
            self._proven = TimeRanges(_deep(copies, whole)) | self.get(FINAL, LONG_AGO)
        return self._proven

    def due(self, today: int) -> TimeRanges:
        """First answered :data:`DAYS_LATER` ago or before, and not since."""
        if self._due is None or self._due[0] != today:
            old, again = NOTHING, self._asked_again()
            for _, answered in self._by_day(today - DAYS_LATER):
                old |= answered
            self._due = today, old - again - self.get(FINAL, LONG_AGO)
        return self._due[1]

    def settle(self, copies: int) -> None:
        """Make final what has been answered often enough, and late enough."""
        done = (self.proven(copies) & self._asked_again()) - self.get(FINAL, LONG_AGO)
        if done:
            for (server, day), spans in list(self.spans.items()):
                if server != FINAL:
                    self.set(server, day, spans - done)
            self.add(FINAL, LONG_AGO, done)

    def _asked_again(self) -> TimeRanges:
        """What was asked for :data:`DAYS_LATER` after it was answered first."""
        again = NOTHING
        days = list(self._by_day())
        for day, answered in days:
            for earlier, before in days:
                if earlier + DAYS_LATER > day:
                    break
                again |= before & answered
        return again

    def _by_day(self, last: int | None = None) -> Iterator[tuple[int, TimeRanges]]:
        days = sorted({day for server, day in self.spans if server != FINAL and (last is None or day <= last)})
        for day in days:
            yield day, _union(spans for (server, one), spans in self.spans.items() if one == day and server != FINAL)


def _changed(
    topic: bytes, before: dict[tuple[bytes, int], TimeRanges], after: dict[tuple[bytes, int], TimeRanges]
) -> list[CoverageEntry]:
    keys = sorted({key for key in before.keys() | after.keys() if before.get(key) != after.get(key)})
    return [CoverageEntry(topic, server, after.get((server, day), NOTHING), day) for server, day in keys]


def _union(parts: Iterable[TimeRanges]) -> TimeRanges:
    every = list(parts)
    return every[0] if len(every) == 1 else TimeRanges(span for spans in every for span in spans)


def _deep(copies: int, parts: Iterable[TimeRanges]) -> Iterator[TimeRange]:
    """The seconds that at least so many of ``parts`` have."""
    edges: Counter[int] = Counter()
    for part in parts:
        for lower, upper in part:
            edges[lower] += 1
            edges[upper] -= 1
    depth, since = 0, 0
    for second, change in sorted(edges.items()):
        if depth >= copies:
            yield TimeRange(since, second)
        depth, since = depth + change, second
