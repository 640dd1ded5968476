"""The client's side of the offline inbox: what is missing, whom to ask for it, and what came of it (8/WAKU-MAIL).

The past of a topic is asked for in spans, the newest first. A span counts as covered by a mailserver when its last page
came back complete; the last :data:`OVERLAP` seconds before the asking never do, as something may be archived late. What
is covered by nobody is asked for first; when nothing of that is left, other servers are asked for the same.

Inputs and the time (Unix seconds) in, actions out: after each input take :meth:`Fetcher.next_action` until it is
``None``. Nothing that a server says is believed (A26).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.mailserver.completion import Failed, parse_completion
from pystatus.mailserver.fetching import (
    CLOCK_SKEW,
    DAY,
    LONGEST_HISTORY,
    OVERLAP,
    Action,
    Ask,
    Connect,
    Disconnect,
    FetchConfig,
    Found,
    Keep,
    KeepSpent,
    KeepStart,
    Progress,
)
from pystatus.mailserver.ledger import ALL_TOPICS, Entry, Ledger
from pystatus.mailserver.query import Query
from pystatus.mailserver.spans import NOTHING, Span, Spans
from pystatus.mailserver.standing import Standing
from pystatus.waku.config import RELAY_MIN_POW
from pystatus.waku.data import SymmetricKey
from pystatus.waku.envelope import Envelope

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
MAX_PAGE_SECONDS = 60.0
"""For one page, however steadily it drips."""
MAX_QUERY_SECONDS = 600.0
"""For all pages of one span; whoever takes longer is asked for less at a time, after others."""

DISTRUST = DAY
"""Seconds before now that are asked for once more when the clock is found to have been ahead."""

_BUDGET_SPENT = "Today's limit for history is used up; it goes on tomorrow."
_NOBODY = "No mailserver can be reached at present."


class Fetcher:
    """One client's, or one mailserver's, questions to mailservers."""

    def __init__(
        self,
        keys: Mapping[bytes, SymmetricKey],
        signer: PrivateKey,
        random: RandomSource,
        config: FetchConfig | None = None,
        *,
        pinned: bytes | None = None,
        entries: Iterable[Entry] = (),
        starts: Mapping[bytes, int] | None = None,
        spent: KeepSpent | None = None,
        now: float,
    ) -> None:
        """
        :param keys: for each mailserver, by its node id, what requests to it are sealed with.
        :param signer: signs the requests; better not a key that says who we are.
        :param pinned: the one that is asked, and no other.
        :param entries: what was kept of the ledger.
        :param starts: what was kept of the topics.
        :param spent: what was kept of the day's bytes.
        :raises LocalError: nothing is known of the pinned one.
        """
        if pinned is not None and pinned not in keys:
            raise LocalError("The mailserver to be asked is not in the list of mailservers: add it there.")
        self._config = config or FetchConfig()
        self._keys = keys
        self._signer = signer
        self._random = random
        # At random, so that not everybody asks the same.
        ids = sorted([pinned] if pinned is not None else keys, key=lambda _: random(8))
        self._servers = {server: Standing(server) for server in ids}
        self._copies = min(self._config.copies, len(self._servers))
        self._ledger = Ledger(entries)
        self._starts = dict(starts or {})
        self._topics: frozenset[bytes] = frozenset()
        self._spent = spent or KeepSpent(0, 0)
        self._step = self._config.first_step
        self._horizon = int(now)
        self._total = 0
        self._envelopes = 0
        self._actions: deque[Action] = deque()
        if self._ledger.latest > self._horizon - OVERLAP + CLOCK_SKEW:
            self._clock_was_ahead(now)

    # inputs

    def set_topics(self, topics: Iterable[bytes], now: float) -> None:
        """Fetch the history of these topics (4 bytes each), and of no others."""
        if self._topics == (wanted := frozenset(topics)):
            return
        self._topics = wanted
        for topic in sorted(self._topics - self._starts.keys()):
            self._start(topic, int(now) - self._config.look_back)
        self.check(now)

    def want(self, topics: Iterable[bytes], since: float, now: float) -> None:
        """Fetch the history of these topics from a Unix second on, if it did not reach so far. They need not be among
        those of :meth:`set_topics` yet."""
        for topic in topics:
            if self._starts.get(topic, int(now)) > since:
                self._start(topic, int(since))
        self.check(now)

    def check(self, now: float) -> None:
        """Look whether something is missing up to now: at the start, after a sleep, and when the user wants it."""
        self._look(now)
        self._total = self.missing
        self._envelopes = 0
        self._plan(now)
        self._tell()

    def known(self, entries: Iterable[Entry], now: float) -> None:
        """This is here already: a mailserver has heard it, or others who fill the same archive have. It is not given
        back as :class:`Keep`; what was sent less than :data:`OVERLAP` seconds ago must not be in it."""
        self._look(now)
        for entry in entries:
            self._ledger.add(entry)
        self._total = max(self._total, self.missing)
        self._plan(now)
        self._tell()

    def server_ready(self, server: bytes, now: float) -> None:
        """A mailserver is connected and can be asked."""
        standing = self._servers.get(server)
        if standing is None:
            return
        standing.is_ready = True
        standing.deadline = None
        if now > self._horizon + OVERLAP or self._is_set_back(now):
            self.check(now)
        else:
            self._plan(now)

    def server_gone(self, server: bytes, now: float) -> None:
        """A mailserver is not connected any more."""
        standing = self._servers.get(server)
        if standing is None or not standing.is_ready:
            return
        standing.is_ready = False
        if standing.query is not None:
            self._leave(standing, "it went away in the middle of an answer", now)
        elif standing.is_wanted:
            standing.await_sign(now)
        self._plan(now)

    def received(self, server: bytes, envelopes: Iterable[Envelope], now: float) -> None:
        """A trusted peer has sent envelopes to us alone."""
        standing = self._servers.get(server)
        if standing is None or not standing.is_ready:  # it was left; this was on its way
            return
        if self._is_set_back(now):
            self.check(now)
        try:
            if standing.query is None:
                raise RemoteError("it sends what nobody asked for")
            wanted = standing.query.receive(envelopes)
            standing.await_sign(now, until=standing.asked_at + MAX_PAGE_SECONDS)
            if wanted:
                self._actions.append(Found(server, tuple(wanted)))
        except RemoteError as error:
            self._leave(standing, str(error), now, lied=True)
        self._plan(now)

    def completed(self, server: bytes, content: bytes, now: float) -> None:
        """A trusted peer says that a request is answered."""
        standing = self._servers.get(server)
        if standing is None or not standing.is_ready:
            return
        if self._is_set_back(now):
            self.check(now)
        try:
            completion = parse_completion(content)
            if completion.request_id == standing.abandoned_id:
                return
            if standing.query is None or completion.request_id != standing.request_id:
                raise RemoteError("it answers what nobody asked")
            self._spend(standing.query.take_bytes(), now)
            if isinstance(completion, Failed):
                self._refused(standing, standing.query, completion.text, now)
            else:
                is_last = standing.query.complete(completion)
                self._page_came(standing, standing.query, now, is_last=is_last)
        except RemoteError as error:
            self._leave(standing, str(error), now, lied=True)
        self._plan(now)

    # outputs

    def next_action(self) -> Action | None:
        """The next thing to do, or ``None``."""
        return self._actions.popleft() if self._actions else None

    @property
    def missing(self) -> int:
        """Seconds of history that nobody has answered yet, of all topics together."""
        return sum(spans.seconds for spans in self._lacking().values())

    def gaps(self, topics: Iterable[bytes]) -> Spans:
        """The seconds of which something of these topics may be missing."""
        return Spans(span for topic in topics for span in self._ledger.missing(topic, self._target(topic)))

    @property
    def problem(self) -> str | None:
        """Why it does not go on at present, as a sentence."""
        if not self.missing:
            return None
        if self._is_spent(self._horizon):
            return _BUDGET_SPENT
        if not any(standing.is_ready for standing in self._servers.values()):
            return _NOBODY
        return None

    # time

    def next_timer(self, now: float) -> float:
        """When :meth:`on_timer` is due."""
        times = [self._horizon + self._config.check_seconds]
        for standing in self._servers.values():
            if standing.deadline is not None:
                times.append(standing.deadline)
            if standing.query is None and standing.rests_until > now:
                times.append(standing.rests_until)
        if self._idle(now) and not self._is_spent(now):
            times.extend(standing.hedge_at for standing, _ in self._urgent())
        return min(times)

    def on_timer(self, now: float) -> None:
        """Give up on who is silent, ask others, look again. Early calls are harmless."""
        for standing in self._servers.values():
            if standing.deadline is not None and now >= standing.deadline:
                what = "it does not answer" if standing.is_ready else "it cannot be reached"
                self._leave(standing, what, now)
        if now >= self._horizon + self._config.check_seconds or self._is_set_back(now):
            self.check(now)
        else:
            self._plan(now)

    # planning

    def _look(self, now: float) -> None:
        before, self._horizon = self._horizon, int(now)
        self._ledger.forget_after(before - OVERLAP)  # as much as was kept
        self._ledger.forget_before(self._horizon - self._config.reach)
        if self._horizon < before - CLOCK_SKEW:
            self._clock_was_ahead(now)

    def _plan(self, now: float) -> None:
        """Give everybody who is idle something to do."""
        self._connect(now)
        if self._is_spent(now):
            return
        for standing in self._idle(now):
            query = self._next_query(standing, now)
            if query is not None:
                standing.query = query
                standing.query_since = now
                self._ask(standing, query, now)

    def _idle(self, now: float) -> list[Standing]:
        idle = [standing for standing in self._servers.values() if standing.can_be_asked(now)]
        return sorted(idle, key=lambda standing: standing.rank)

    def _next_query(self, standing: Standing, now: float) -> Query | None:
        lacking = self._lacking()
        if any(lacking.values()):
            return self._newest_of(lacking, standing) or self._hedge(standing, now)
        if self._copies > 1:
            return self._newest_of(self._unproven(standing), standing)
        return None

    def _newest_of(self, lacking: dict[bytes, Spans], standing: Standing) -> Query | None:
        """The newest span that is not being asked for already, of all topics that lack it."""
        for other in self._servers.values():
            if other.query is not None:
                flying = Spans([other.query.span])
                for topic in other.query.topics or (ALL_TOPICS,):
                    if topic in lacking:
                        lacking[topic] -= flying
        newest = {topic: spans.newest for topic, spans in lacking.items() if spans}
        if not newest:
            return None
        upper = max(span.upper for span in newest.values())
        topics = sorted(topic for topic, span in newest.items() if span.upper == upper)[:MAX_TOPICS_AT_ONCE]
        lowers = [max(upper - self._step, newest[topic].lower) for topic in topics]
        # As far back as all of them lack it, or nearly: one new topic is no reason to ask for the others again.
        lower = min(lower for lower in lowers if lower >= max(lowers) - LEAST_STEP)
        wanted = frozenset(topic for topic in topics if topic != ALL_TOPICS)
        return Query(wanted, Span(lower, upper), self._horizon, standing.limit)

    def _hedge(self, standing: Standing, now: float) -> Query | None:
        """What somebody else is slow to answer."""
        for other, slow in self._urgent():
            if now >= other.hedge_at:
                other.is_hedged = True
                return Query(slow.topics, slow.span, slow.horizon, standing.limit)
        return None

    def _urgent(self) -> Iterator[tuple[Standing, Query]]:
        """Who alone is asked for something that nobody has answered yet."""
        awaited = [(standing, standing.query) for standing in self._servers.values() if standing.query is not None]
        lacking = self._lacking() if awaited else {}
        for standing, query in awaited:
            span = Spans([query.span])
            topics = query.topics or (ALL_TOPICS,)
            if not standing.is_hedged and any(lacking.get(topic, NOTHING) & span for topic in topics):
                yield standing, query

    def _lacking(self) -> dict[bytes, Spans]:
        return {topic: self._ledger.missing(topic, self._target(topic)) for topic in self._topics}

    def _unproven(self, standing: Standing) -> dict[bytes, Spans]:
        return {
            topic: self._ledger.unproven(topic, self._target(topic), standing.id, self._copies)
            for topic in self._topics
        }

    def _target(self, topic: bytes) -> Span:
        start = self._starts.get(topic, self._horizon - self._config.look_back)
        return Span(max(start, self._horizon - self._config.reach), self._horizon - self._config.delay)

    def _connect(self, now: float) -> None:
        """See that the best servers are connected, as far as they are not resting."""
        wanted = max(self._config.connections, self._copies)
        count = sum(standing.is_wanted for standing in self._servers.values())
        for standing in sorted(self._servers.values(), key=lambda standing: (standing.failures, not standing.is_ready)):
            if count >= wanted:
                return
            if not standing.is_wanted and now >= standing.rests_until:
                count += 1
                standing.is_wanted = True
                if not standing.is_ready:
                    standing.await_sign(now)
                self._actions.append(Connect(standing.id))

    # what came of it

    def _ask(self, standing: Standing, query: Query, now: float) -> None:
        request = query.request().seal(self._keys[standing.id], self._signer, now, RELAY_MIN_POW, self._random)
        standing.ask(request.hash, now)
        self._actions.append(Ask(standing.id, request.raw))

    def _page_came(self, standing: Standing, query: Query, now: float, *, is_last: bool) -> None:
        self._envelopes += query.page_envelopes
        if not is_last and now >= standing.query_since + MAX_QUERY_SECONDS:
            self._leave(standing, "it does not come to an end", now)
            return
        standing.succeeded(now)
        if is_last:
            standing.query = None
            self._covered(standing, query)
        elif self._is_spent(now):
            standing.query = None
            self._ask_for_less()  # so that tomorrow's bytes reach to the end of one
        else:
            query.limit = standing.limit
            self._ask(standing, query, now)
        self._tell()

    def _covered(self, standing: Standing, query: Query) -> None:
        settled = query.horizon - OVERLAP
        span = query.span
        if query.horizon != self._horizon:  # what was left open then is asked for again by now
            span = Span(span.lower, min(span.upper, settled))
        allowed = Spans([Span(0, settled)])
        for entry in self._ledger.cover(query.topics or (ALL_TOPICS,), standing.id, span):
            self._actions.append(Keep(Entry(entry.topic, entry.server, entry.covered & allowed)))
        if query.pages > MANY_PAGES:
            self._ask_for_less()
        elif query.span.seconds >= self._step:
            fitting = self._step * GOAL // max(1, query.envelopes)
            self._step = max(self._step, min(fitting, self._step * STEP_FACTOR, LONGEST_HISTORY))

    def _refused(self, standing: Standing, query: Query, text: str, now: float) -> None:
        """It may be busy; who refuses twice in a row makes room for somebody else. Who refuses a later page may answer
        only so many in a time (D17): a span of one page comes to its end."""
        if query.pages:
            self._ask_for_less()
        standing.query = None
        if standing.failures:
            self._leave(standing, f"it refuses to answer: {text}", now)
        else:
            standing.refused(now)
        self._tell(f"A mailserver refuses to answer: {text}")

    def _ask_for_less(self) -> None:
        self._step = max(LEAST_STEP, self._step // 2)

    def _leave(self, standing: Standing, reason: str, now: float, *, lied: bool = False) -> None:
        if standing.query is not None:
            self._spend(standing.query.take_bytes(), now)
            self._ask_for_less()
        if lied:
            standing.lied(now)
        else:
            standing.failed(now)
        self._actions.append(Disconnect(standing.id, reason))
        self._tell()

    def _tell(self, problem: str | None = None) -> None:
        self._actions.append(Progress(self.missing, self._total, self._envelopes, problem or self.problem))

    def _start(self, topic: bytes, since: int) -> None:
        self._starts[topic] = since
        self._actions.append(KeepStart(topic, since))

    def _is_set_back(self, now: float) -> bool:
        return now < self._horizon - CLOCK_SKEW

    def _clock_was_ahead(self, now: float) -> None:
        """Nobody knows since when it was, nor what was asked too early for it: the last day is asked for again."""
        self._actions.extend(Keep(entry) for entry in self._ledger.forget_after(self._horizon - DISTRUST))
        for topic, since in list(self._starts.items()):
            if since > self._horizon:
                self._start(topic, self._horizon - self._config.look_back)
        for standing in self._servers.values():
            standing.clock_set_back(now)
            if standing.query is not None:
                standing.query.horizon = 0

    def _spend(self, size: int, now: float) -> None:
        self._spent = KeepSpent(int(now) // DAY, self._spent_today(now) + size)
        if self._config.daily_bytes is not None and size:
            self._actions.append(self._spent)

    def _is_spent(self, now: float) -> bool:
        limit = self._config.daily_bytes
        return limit is not None and self._spent_today(now) >= limit

    def _spent_today(self, now: float) -> int:
        return self._spent.bytes if self._spent.day == int(now) // DAY else 0
