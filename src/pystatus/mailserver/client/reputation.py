"""How well mailservers have behaved, and whom to ask first."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import field

from pystatus.mailserver.client.query import Query
from pystatus.mailserver.config import MAX_LIMIT
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.mailserver.timing import LACKING_REST
from pystatus.records import dataclass

FIRST_LIMIT = 100
"""Envelopes in the first page: a screen of messages, soon."""
LEAST_LIMIT = 50
"""Envelopes in a page of a server that does not manage more."""
LIMIT_FACTOR = 10
"""By which pages grow while they come: after the first screen the rest is wanted in as few journeys as possible."""
ASSUMED_SECONDS = 1.0
"""That a server takes for a page, before it was measured."""
SMOOTHING = 0.3
"""Weight of the last page in the average."""
FIRST_REST = 15.0
"""Seconds for which a server is left alone after a failure; twice as long after each further one."""
LONGEST_REST = 3600.0
"""Seconds for which a server is left alone at most, and at once if it lied."""
PATIENCE = 10.0
"""Seconds without any sign of a server that is to answer, or to connect (waku.md §7.10)."""
SLOW_FACTOR = 3.0
"""A page that takes so many times the average is asked for elsewhere, too."""
SOONEST_HEDGE = 1.0
"""Seconds that any server is given before that."""
LATEST_HEDGE = 5.0
"""Seconds that no server is given more of, however slow it always was."""
MAX_PENDING = 32
"""Spans that a server may be fetching itself. With more of them in a row it is one that refuses."""
MAX_ABSENT = 1_000
"""Spans that are remembered of what a server says that it does not have of one topic. With more of them it is believed
to have nothing between the first and the last; others are asked."""
MAX_ALL_ABSENT = 100_000
"""The same of all topics together, 13 MB: of each as many as fall to it."""
LEAST_ABSENT = 4
"""The same of one topic, however many there are: what one answer states."""


@dataclass(frozen=True, slots=True)
class Absent:
    """What a server said that it does not have, of the topics of which it was asked. Of others it may have it: what it
    lacks of a time need not be all of it."""

    spans: Mapping[bytes, TimeRanges] = field(default_factory=dict)
    """By topic; none is empty."""
    until: float = 0.0
    """When it is asked for again: Unix seconds."""

    def at(self, now: float) -> Mapping[bytes, TimeRanges]:
        """What of it still holds."""
        return self.spans if now < self.until else {}

    def of(self, topic: bytes, now: float) -> TimeRanges:
        """What of it still holds for one topic."""
        return self.spans.get(topic, NOTHING) if now < self.until else NOTHING

    def more(self, topics: Collection[bytes], spans: TimeRanges, now: float, seconds: float) -> Absent:
        """Something else, too. What was said first is asked for again no later for it."""
        before = self.at(now)
        if not spans:
            return self
        every = {**before, **{topic: before.get(topic, NOTHING) | spans for topic in topics}}
        most = min(MAX_ABSENT, max(LEAST_ABSENT, MAX_ALL_ABSENT // len(every)))
        every = {topic: _at_most(most, absent) for topic, absent in every.items()}
        return Absent(every, self.until if before else now + seconds)


def _at_most(count: int, spans: TimeRanges) -> TimeRanges:
    return spans if len(spans) <= count else TimeRanges([TimeRange(spans.oldest.lower, spans.newest.upper)])


@dataclass(slots=True)
class Reputation:
    """One mailserver, as far as it was seen to behave."""

    id: bytes
    """Its node id, 64 bytes."""
    is_wanted: bool = False
    """Whether a connection is asked for."""
    is_ready: bool = False
    """Whether it can be asked."""
    limit: int = FIRST_LIMIT
    """Envelopes to ask for in a page."""
    page_seconds: float = ASSUMED_SECONDS
    """That a page takes, on average."""
    failures: int = 0
    """Since the last page that came to its end."""
    is_silent: bool = False
    """Whether it was connected the last time, and has never answered anything."""
    has_answered: bool = False
    """Whether a page of it ever came to its end."""
    rests_until: float = 0.0
    """Unix seconds."""
    deadline: float | None = None
    """When it will have failed, if there is no sign of it: Unix seconds."""
    query: Query | None = None
    """What it is asked for at present."""
    query_since: float = 0.0
    """Unix seconds."""
    request_id: bytes = field(default=b"")
    """32 bytes: of the page that is awaited."""
    abandoned_id: bytes = b""
    """Of the last one that was given up: its answer may still come."""
    asked_at: float = 0.0
    """When the page was asked for: Unix seconds."""
    is_hedged: bool = False
    """Whether somebody else is asked for the same."""
    lacks: Absent = field(default_factory=Absent)
    """What it says that it lacks."""
    awaits: Absent = field(default_factory=Absent)
    """What it says that it is fetching itself."""

    def can_be_asked(self, now: float) -> bool:
        """Whether it is there and trusted, idle and not resting."""
        return self.is_wanted and self.is_ready and self.query is None and now >= self.rests_until

    def absent(self, topic: bytes, now: float) -> TimeRanges:
        """What of a topic it need not be asked for at present."""
        return self.lacks.of(topic, now) | self.awaits.of(topic, now)

    def said_lacking(self, query: Query, now: float) -> None:
        """It has answered a question, and lacks what the question says."""
        self.lacks = self.lacks.more(query.asked_topics, query.lacking, now, LACKING_REST)

    def said_pending(self, query: Query, now: float, wait: float) -> bool:
        """It is fetching that itself. Whether that can be so: a server that names more and more is to rest."""
        self.awaits = self.awaits.more(query.asked_topics, query.lacking, now, wait)
        return max(map(len, self.awaits.spans.values()), default=0) <= MAX_PENDING

    @property
    def keeps_silent(self) -> bool:
        """Whether it is connected, and there was no sign of it since it was asked, nor ever an answer."""
        is_asked = self.is_ready and self.query is not None and not self.has_answered
        return is_asked and self.deadline is not None and self.deadline <= self.asked_at + PATIENCE

    @property
    def rank(self) -> tuple[int, float]:
        """Smaller is better."""
        return self.failures, self.page_seconds

    @property
    def hedge_at(self) -> float:
        """When its page is late: Unix seconds."""
        return self.asked_at + min(LATEST_HEDGE, max(SOONEST_HEDGE, SLOW_FACTOR * self.page_seconds))

    def ask(self, request_id: bytes, now: float) -> None:
        """A page is asked for."""
        self.request_id = request_id
        self.asked_at = now
        self.is_hedged = False
        self.await_sign(now)

    def await_sign(self, now: float, until: float = math.inf) -> None:
        """It has failed if there is no sign of it for :data:`PATIENCE`, or at ``until`` in any case."""
        self.deadline = min(now + PATIENCE, until)

    def clock_set_back(self, now: float) -> None:
        """Times that were set by the former clock would take too long to come."""
        self.rests_until = min(self.rests_until, now + LONGEST_REST)
        self.lacks = self.awaits = Absent()
        self.asked_at = min(self.asked_at, now)
        if self.deadline is not None:
            self.deadline = min(self.deadline, now + PATIENCE)

    def succeeded(self, now: float) -> None:
        """A page came to its end."""
        self.page_seconds += SMOOTHING * (max(0.0, now - self.asked_at) - self.page_seconds)
        self.failures = 0
        self.is_silent = False
        self.has_answered = True
        self.limit = min(MAX_LIMIT, self.limit * LIMIT_FACTOR)
        self.deadline = None

    def refused(self, now: float) -> None:
        """It says that it cannot answer: nothing is asked of it for a while."""
        self.failures += 1
        self.rests_until = now + min(LONGEST_REST, FIRST_REST * 2 ** min(self.failures - 1, 16))
        self.limit = max(LEAST_LIMIT, self.limit // 2)
        self.abandoned_id = self.request_id
        self.query = None
        self.deadline = None

    def failed(self, now: float) -> None:
        """It did not answer: the connection is given up, too."""
        self.refused(now)
        self.is_wanted = self.is_ready = False

    def lied(self, now: float) -> None:
        """It answered what cannot be true."""
        self.failed(now)
        self.rests_until = now + LONGEST_REST
