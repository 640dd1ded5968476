"""The client's side of the offline inbox: whom to ask for what is missing, and what came of it (8/WAKU-MAIL).

What is to be asked is on the :class:`~pystatus.mailserver.client.agenda.Agenda`; this is about the mailservers. A span
counts as answered when its last page came, without what the mailserver says that it lacks: that is asked of others.

Inputs and the time (Unix seconds) in, actions out: after each input take :meth:`Fetcher.next_action` until it is
``None``, and call :meth:`Fetcher.on_timer` when :meth:`Fetcher.next_timer` says. Nothing that a server says is believed
(A26).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.mailserver.client.actions import (
    Action,
    Connect,
    Disconnect,
    DropCoverage,
    EnvelopesFound,
    Progress,
    SaveCoverage,
    SaveQuota,
    SaveStart,
    SendRequest,
)
from pystatus.mailserver.client.agenda import Agenda
from pystatus.mailserver.client.budget import Budget
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.planning import Plan, silence_of
from pystatus.mailserver.client.query import Query
from pystatus.mailserver.client.reputation import Reputation
from pystatus.mailserver.client.roster import Roster
from pystatus.mailserver.completion import Failed, parse_completion
from pystatus.mailserver.coverage import ALL_TOPICS, CoverageEntry
from pystatus.mailserver.lacking import Pending
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.mailserver.timing import CLOCK_SKEW, SETTLING, SPREAD, day_of
from pystatus.waku.data import SymmetricKey
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RELAY_MIN_POW

MAX_PAGE_SECONDS = 60.0
"""For one page, however steadily it drips."""
MAX_QUERY_SECONDS = 600.0
"""For all pages of one span; whoever takes longer is asked for less at a time, after others."""


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
        entries: Iterable[CoverageEntry] = (),
        starts: Mapping[bytes, int] | None = None,
        spent: SaveQuota | None = None,
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
        self._servers = Roster(ids)
        self._agenda = Agenda(
            self._config,
            min(self._config.copies, len(self._servers)),
            entries=entries,
            starts=starts or {},
            ease=int.from_bytes(random(4), "big") % SPREAD,
            now=now,
        )
        self._budget = Budget(self._config.daily_bytes, spent)
        self._plan = Plan(self._config, self._agenda, self._servers, self._budget)
        self._now = now
        self._forgot_on: int | None = None
        self._total = 0
        self._envelopes = 0
        self._actions: deque[Action] = deque()
        if self._agenda.is_ahead(now, CLOCK_SKEW):
            self._clock_was_ahead()

    # inputs

    def set_topics(self, topics: Iterable[bytes], now: float) -> None:
        """Fetch the history of these topics (4 bytes each), and of no others."""
        if self._agenda.topics == (wanted := frozenset(topics)):
            return
        self._agenda.topics = wanted
        for topic in sorted(wanted - self._agenda.starts.keys()):
            self._start(topic, int(now) - self._config.look_back)
        self.check(now)

    def want(self, topics: Iterable[bytes], since: float, now: float) -> None:
        """Fetch the history of these topics from a Unix second on, if it did not reach so far. They need not be among
        those of :meth:`set_topics` yet."""
        for topic in topics:
            if self._agenda.starts.get(topic, int(now)) > since:
                self._start(topic, int(since))
        self.check(now)

    def check(self, now: float) -> None:
        """Look whether something is missing up to now: at the start, after a sleep, and when the user wants it."""
        self._now = now
        self._look()
        self._total = self.missing
        self._envelopes = 0
        self._go_on(tell=True)

    def ask_again(self, now: float) -> None:
        """Look, and ask for what mailservers said they lack, too: the user wants it."""
        self._servers.forget_lacking()
        self.check(now)

    def known(self, entries: Iterable[CoverageEntry], first: int, heard_since: int | None, now: float) -> None:
        """This is here already: a mailserver has heard it, or others who fill the same archive have. It is not given
        back as :class:`SaveCoverage`.

        :param entries: of seconds that were settled.
        :param first: of all topics, nothing is wanted before this Unix second.
        :param heard_since: from this Unix second on everything is heard, and nothing is asked; ``None``: nothing is.
        """
        self._now = now
        self._agenda.starts[ALL_TOPICS] = first
        self._agenda.heard_since = heard_since
        self._look()
        for entry in entries:
            self._agenda.add(entry)
        self._total = max(self._total, self.missing)
        self._go_on(tell=True)

    def server_ready(self, server: bytes, now: float) -> None:
        """A mailserver is connected and can be asked."""
        standing = self._servers.get(server)
        if standing is None:
            return
        standing.is_ready = True
        standing.deadline = None
        if now > self._agenda.horizon + SETTLING or self._is_set_back(now):
            self.check(now)
        else:
            self._now = now
            self._go_on()

    def server_gone(self, server: bytes, now: float) -> None:
        """A mailserver is not connected any more."""
        standing = self._servers.get(server)
        if standing is None or not standing.is_ready:
            return
        is_news = self._enter(now)
        standing.is_ready = False
        if standing.query is not None:
            self._leave(standing, "it went away in the middle of an answer")
            is_news = True
        elif standing.is_wanted:
            standing.await_sign(now)
        self._go_on(tell=is_news)

    def received(self, server: bytes, envelopes: Iterable[Envelope], now: float) -> None:
        """A trusted peer has sent envelopes to us alone."""
        standing = self._servers.get(server)
        if standing is None or not standing.is_ready:  # it was left; this was on its way
            return
        is_news = self._enter(now)
        try:
            if standing.query is None:
                raise RemoteError("it sends what nobody asked for")
            wanted = standing.query.receive(envelopes)
            standing.await_sign(now, until=standing.asked_at + MAX_PAGE_SECONDS)
            if wanted:
                self._actions.append(EnvelopesFound(server, tuple(wanted)))
        except RemoteError as error:
            self._leave(standing, str(error), lied=True)
            is_news = True
        if is_news:  # else there is no more to ask than before, and a page may come in a thousand packets
            self._go_on(tell=True)

    def completed(self, server: bytes, content: bytes, now: float) -> None:
        """A trusted peer says that a request is answered.

        Implements: WM-17
        """
        standing = self._servers.get(server)
        if standing is None or not standing.is_ready:
            return
        self._enter(now)
        problem = None
        try:
            completion = parse_completion(content)
            if completion.request_id == standing.abandoned_id:
                return
            if standing.query is None or completion.request_id != standing.request_id:
                raise RemoteError("it answers what nobody asked")
            self._spend(standing.query.take_bytes())
            if isinstance(completion, Failed):
                problem = self._failed(standing, standing.query, completion.text)
            else:
                is_last = standing.query.complete(completion)
                self._page_came(standing, standing.query, is_last=is_last)
        except RemoteError as error:
            self._leave(standing, str(error), lied=True)
        self._go_on(tell=True, problem=problem)

    # outputs

    def next_action(self) -> Action | None:
        """The next thing to do, or ``None``."""
        return self._actions.popleft() if self._actions else None

    @property
    def missing(self) -> int:
        """Seconds of history that nobody has answered yet and somebody may have, of all topics together."""
        return self._plan.missing(self._now)

    @property
    def lacking(self) -> int:
        """Seconds of history that all mailservers say they lack, of all topics together."""
        return self._plan.lacking(self._now)

    @property
    def lacked_by_all(self) -> TimeRanges:
        """Of all topics: what every mailserver says that it lacks, and is not fetching either."""
        return self._servers.lacked_by_all(ALL_TOPICS, self._now)

    def gaps(self, topics: Iterable[bytes]) -> TimeRanges:
        """The seconds of which something of these topics may be missing."""
        return TimeRanges(span for topic in topics for span in self._agenda.unanswered(topic))

    @property
    def until(self) -> int:
        """The Unix second of the last look: of what was sent in it or later, :meth:`gaps` says nothing."""
        return self._agenda.horizon

    def unsettled(self, within: TimeRange) -> TimeRanges:
        """Of all topics: what is not proven to be here, though it may have been answered."""
        return self._agenda.lacking(ALL_TOPICS, within)

    @property
    def problem(self) -> str | None:
        """Why it does not go on at present, as a sentence."""
        return self._plan.problem(self._now)

    @property
    def is_asking(self) -> bool:
        """Whether something is being asked for, or somebody is awaited who is to be asked something."""
        return self._plan.is_asking(self._now)

    # time

    def next_timer(self) -> float:
        """When :meth:`on_timer` is due: Unix seconds, after the time of the last input. Before it nothing is to be
        done but for another input."""
        return self._plan.next_timer(self._now)

    def on_timer(self, now: float) -> None:
        """Give up on who is silent, ask others, look again. Early calls are harmless."""
        is_news = self._enter(now)
        problem = None
        for standing in self._servers:
            if standing.deadline is not None and now >= standing.deadline:
                standing.is_silent = standing.keeps_silent
                problem = silence_of(standing) if standing.is_silent else problem
                self._leave(standing, "it does not answer" if standing.is_ready else "it cannot be reached")
                is_news = True
        if now >= self._agenda.horizon + self._config.check_seconds:
            self.check(now)
        else:
            self._go_on(tell=is_news, problem=problem)

    def _enter(self, now: float) -> bool:
        """An input comes. Whether the clock was put back since the last one."""
        self._now = now
        was_ahead = self._is_set_back(now)
        if was_ahead:
            self._look()
        return was_ahead

    def _look(self) -> None:
        before = self._agenda.horizon
        self._agenda.look(self._now)
        if self._agenda.horizon < before - CLOCK_SKEW:
            self._clock_was_ahead()
        if self._agenda.topics and self._forgot_on != (today := day_of(self._now)):
            self._forgot_on = today
            self._actions.append(DropCoverage(self._agenda.horizon - self._config.reach, self._agenda.outlived()))

    # planning

    def _go_on(self, *, tell: bool = False, problem: str | None = None) -> None:
        """Give everybody who is idle something to do, and tell how far it is."""
        self._actions.extend(Connect(standing.id) for standing in self._plan.connect(self._now))
        for standing, query in self._plan.queries(self._now):
            standing.query_since = self._now
            self._ask(standing, query)
        if tell:
            missing, lacking = self.missing, self.lacking
            problem = problem or self.problem
            self._actions.append(Progress(missing, self._total, self._envelopes, problem, lacking, self.is_asking))

    # what came of it

    def _ask(self, standing: Reputation, query: Query) -> None:
        key = self._keys[standing.id]
        request = query.request().seal(key, self._signer, self._now, RELAY_MIN_POW, self._random)
        standing.ask(request.hash, self._now)
        self._actions.append(SendRequest(standing.id, request.raw))

    def _page_came(self, standing: Reputation, query: Query, *, is_last: bool) -> None:
        self._envelopes += query.page_envelopes
        if not is_last and self._now >= standing.query_since + MAX_QUERY_SECONDS:
            self._leave(standing, "it does not come to an end")
            return
        standing.succeeded(self._now)
        if is_last:
            standing.said_lacking(query, self._now)
            self._answered(standing, query)
        elif self._budget.is_spent(self._now):
            standing.query = None
            self._agenda.ask_for_less()  # so that tomorrow's bytes reach to the end of one
        else:
            query.limit = standing.limit
            self._ask(standing, query)

    def _answered(self, standing: Reputation, query: Query) -> None:
        standing.query = None
        self._actions.extend(SaveCoverage(entry) for entry in self._agenda.cover(query, standing.id))
        self._agenda.answered(query)

    def _failed(self, standing: Reputation, query: Query, text: str) -> str | None:
        """It may be fetching itself what it lacks; or it is busy. Who refuses twice in a row makes room for somebody
        else. Who refuses a later page may answer only so many in a time (waku.md D17): a span of one page comes to its
        end."""
        pending = Pending.parse(text)
        if pending is not None and query.stop(pending) and standing.said_pending(query, self._now, pending.wait):
            standing.succeeded(self._now)
            self._answered(standing, query)
            return None
        if query.pages:
            self._agenda.ask_for_less()
        standing.query = None
        if standing.failures:
            self._leave(standing, f"it refuses to answer: {text}")
        else:
            standing.refused(self._now)
        return f"A mailserver refuses to answer: {text}"

    def _leave(self, standing: Reputation, reason: str, *, lied: bool = False) -> None:
        if standing.query is not None:
            self._spend(standing.query.take_bytes())
            self._agenda.ask_for_less()
        if lied:
            standing.lied(self._now)
        else:
            standing.failed(self._now)
        self._actions.append(Disconnect(standing.id, reason))

    def _start(self, topic: bytes, since: int) -> None:
        self._agenda.starts[topic] = since
        self._actions.append(SaveStart(topic, since))

    def _is_set_back(self, now: float) -> bool:
        return now < self._agenda.horizon - CLOCK_SKEW

    def _clock_was_ahead(self) -> None:
        """What was asked and what was said by that clock does not hold."""
        self._actions.extend(SaveCoverage(entry) for entry in self._agenda.distrust())
        for topic, since in list(self._agenda.starts.items()):
            if since > self._agenda.horizon:
                self._start(topic, self._agenda.horizon - self._config.look_back)
        self._servers.clock_set_back(self._now)

    def _spend(self, size: int) -> None:
        spent = self._budget.spend(size, self._now)
        if spent is not None:
            self._actions.append(spent)
