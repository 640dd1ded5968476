"""A fetcher of history and the mailservers that it asks, in virtual time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from pystatus.mailserver.client.actions import (
    Connect,
    Disconnect,
    DropCoverage,
    EnvelopesFound,
    FetchConfig,
    Progress,
    SaveCoverage,
    SaveQuota,
    SaveStart,
    SendRequest,
)
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.completion import Completed, Completion, Failed, decode_completion
from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.waku import packets
from pystatus.waku.bloom import bloom_matches
from pystatus.waku.data import unseal
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import KEY, SIGNER, ListArchive, drawn
from tests.waku.network import NOW, TOPIC, envelope

Part: TypeAlias = tuple[Envelope, ...] | Completion
"""What a mailserver sends: a P2P Message, or a P2P Request Complete."""
Later: TypeAlias = tuple[float, Part]
"""The seconds after the request, and what comes then."""
MOST_TURNS = 100
"""Calls of the timer in which no time passes. With more of them it goes round in circles."""


def old(number: int, *, age: float = 100, topic: bytes = TOPIC, size: int = 300) -> Envelope:
    """An envelope that was sent ``age`` seconds before the fetcher came."""
    return envelope(number, topic, now=NOW - age, size=size)


def opened(payload: bytes) -> tuple[bytes, HistoryRequest]:
    """The id of a sealed request, and what it asks for."""
    request = packets.decode_p2p_request(payload)
    assert isinstance(request, Envelope)
    return request.hash, HistoryRequest.decode(unseal(KEY, request.data).payload)


class Site:
    """A mailserver that behaves: the real server before a list of envelopes. Others override :meth:`answer`."""

    seconds = 0.1
    """That a page takes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.id = name.encode().ljust(64, b".")
        self.server = Server(KEY)
        self.archive = ListArchive()
        self.is_up = True
        self.is_wanted = False
        self.connection = 0
        """Counts up; odd while it is connected."""

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        """What comes of a request."""
        failed = self.server.receive("the client", payload, now)
        if failed is not None:
            yield self.seconds, failed
            return
        work = self.server.next_work()
        assert work is not None
        self.server.done(work)
        for code, body in self.server.answer(work, self.archive.page(work.query)):
            part = decode_completion(body) if code == packets.P2P_REQUEST_COMPLETE else packets.decode_messages(body)
            yield self.seconds, tuple(part) if isinstance(part, list) else part


class ReferenceSite(Site):
    """As the reference on LevelDB: the oldest first, by bloom filter whatever the topics, and a cursor whenever the
    limit was reached (waku.md §7.5, §7.6)."""

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        request_id, request = opened(payload)
        cursor = Key.from_cursor(request.cursor)
        page = [
            one
            for one in sorted(self.archive.envelopes.values(), key=Key.of)
            if request.lower <= one.sent <= request.upper
            and (cursor is None or Key.of(one) > cursor)
            and bloom_matches(request.bloom, one.bloom)
        ][: request.limit]
        for one in page:
            yield self.seconds, (one,)
        if page:
            cursor_then = Key.of(page[-1]).cursor if len(page) == request.limit else b""
            yield self.seconds, Completed(request_id, page[-1].hash, cursor_then)
        else:
            yield self.seconds, Completed(request_id)


class SilentSite(Site):
    """Is connected, and never says a word."""

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        return ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as its server read it."""

    name: str
    request: HistoryRequest
    at: float
    """Seconds since the beginning."""


class Inbox:
    """A fetcher, its shell, and the mailservers. Everything that happened is to be looked at."""

    def __init__(
        self,
        *sites: Site | str,
        config: FetchConfig | None = None,
        pinned: str | None = None,
        entries: Iterable[CoverageEntry] = (),
        starts: Mapping[bytes, int] | None = None,
        spent: SaveQuota | None = None,
        now: float = NOW,
    ) -> None:
        made = [Site(site) if isinstance(site, str) else site for site in sites]
        self.sites = {site.id: site for site in made}
        self.config = config
        self.elapsed = 0.0
        self._clock = now
        self.fetcher = Fetcher(
            {site.id: KEY for site in made},
            SIGNER,
            drawn,
            config,
            pinned=None if pinned is None else Site(pinned).id,
            entries=entries,
            starts=starts,
            spent=spent,
            now=now,
        )
        self.asked: list[Asked] = []
        self.found: list[Envelope] = []
        self.told: list[Progress] = []
        self.left: list[tuple[str, str]] = []
        """Who was left, and why."""
        self.connects: list[str] = []
        self.kept = {(entry.topic, entry.server, entry.day): entry for entry in entries}
        self.starts = dict(starts or {})
        self.forgotten: list[DropCoverage] = []
        self.spent = spent
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._timer = 0.0
        self._settle()

    # what happens

    @property
    def now(self) -> float:
        """What the clock of the machine says."""
        return self._clock + self.elapsed

    def set_clock(self, seconds: float) -> None:
        """Somebody sets the clock, and nobody is told."""
        self._clock += seconds

    def store(self, *envelopes: Envelope) -> None:
        """Every mailserver has archived these."""
        for site in self.sites.values():
            site.archive.envelopes.update({one.hash: one for one in envelopes})

    def fetch(self, *topics: bytes) -> None:
        """These topics, and no others, are wanted."""
        self.fetcher.set_topics(topics or (TOPIC,), self.now)
        self._settle()

    def do(self, what: Callable[[Fetcher, float], object]) -> None:
        """Any other input."""
        what(self.fetcher, self.now)
        self._settle()

    def give(self, name: str, part: Part) -> None:
        """A mailserver sends something."""
        if isinstance(part, tuple):
            self.fetcher.received(self[name].id, part, self.now)
        else:
            self.fetcher.completed(self[name].id, packets.decode_request_complete(part.encode()), self.now)
        self._settle()

    def lose(self, name: str, *, is_up: bool = False) -> None:
        """A mailserver's connection breaks; it comes back if ``is_up``."""
        site = self[name]
        site.is_up = is_up
        site.connection += 1
        self.fetcher.server_gone(site.id, self.now)
        self._dial(site)
        self._settle()

    def wait(self, seconds: float) -> None:
        """Let time pass; packets arrive, and the timer fires when it is due."""
        end = self.elapsed + seconds
        turns = 0
        while (due := min([self._timer, *(at for at, _, _ in self._events[:1])])) <= end:
            if due > self.elapsed:
                turns = 0
            self.elapsed = max(self.elapsed, due)
            if self._events and self._events[0][0] <= self.elapsed:
                heapq.heappop(self._events)[2]()
            else:
                turns += 1
                assert turns < MOST_TURNS, "it goes round in circles"
                self.fetcher.on_timer(self.now)
            self._settle()
        self.elapsed = end

    def restarted(self, after: float = 0.0) -> Inbox:
        """The program ends, and begins again with what was kept, among the same mailservers."""
        for site in self.sites.values():
            site.connection += site.connection % 2
            site.is_wanted = False
        return Inbox(
            *self.sites.values(),
            config=self.config,
            entries=self.kept.values(),
            starts=self.starts,
            spent=self.spent,
            now=self.now + after,
        )

    # what there is to see

    def __getitem__(self, name: str) -> Site:
        return self.sites[Site(name).id]

    @property
    def is_complete(self) -> bool:
        return not self.fetcher.missing

    @property
    def problem(self) -> str | None:
        return self.told[-1].problem

    def covered(self, name: str | None = None, topic: bytes = TOPIC) -> TimeRanges:
        """What is stored of the ledger: all of it, or of one mailserver."""
        return TimeRanges(
            span
            for entry in self.kept.values()
            if entry.topic == topic and (name is None or entry.server == self[name].id)
            for span in entry.covered
        )

    def who_covers(self) -> set[str]:
        """The mailservers that are in what is stored of the ledger."""
        return {self.sites[entry.server].name for entry in self.kept.values() if entry.server}

    def spans(self, name: str | None = None) -> list[TimeRange]:
        """The spans that were asked for, without the pages that followed: seconds before the beginning, both ends
        within."""
        return [
            TimeRange(asked.request.lower - int(NOW), asked.request.upper - int(NOW))
            for asked in self.asked
            if name in (None, asked.name) and not asked.request.cursor
        ]

    def names(self) -> list[str]:
        """Who was asked, one name for each page."""
        return [asked.name for asked in self.asked]

    # between fetcher and mailservers

    def _settle(self) -> None:
        while (action := self.fetcher.next_action()) is not None:
            match action:
                case Connect(server):
                    site = self.sites[server]
                    site.is_wanted = True
                    self.connects.append(site.name)
                    self._dial(site)
                case Disconnect(server, reason):
                    site = self.sites[server]
                    site.connection += site.connection % 2
                    site.is_wanted = False
                    self.left.append((site.name, reason))
                case SendRequest(server, payload):
                    self._ask(self.sites[server], payload)
                case EnvelopesFound(_, envelopes):
                    assert envelopes
                    self.found.extend(envelopes)
                case SaveCoverage(entry):
                    keep(self.kept, entry)
                case SaveStart(topic, since):
                    self.starts[topic] = since
                case SaveQuota():
                    self.spent = action
                case DropCoverage():
                    self.forgotten.append(action)
                case Progress():
                    self.told.append(action)
        self._timer = self.elapsed + max(0.0, self.fetcher.next_timer() - self.now)

    def _dial(self, site: Site) -> None:
        def connected() -> None:
            if not site.is_wanted:
                return
            if site.is_up:
                site.connection += 1 - site.connection % 2
                self.fetcher.server_ready(site.id, self.now)
            else:
                self._at(1.0, connected)

        self._at(0.05, connected)

    def _ask(self, site: Site, payload: bytes) -> None:
        assert site.connection % 2, "asked without a connection"
        self.asked.append(Asked(site.name, opened(payload)[1], self.elapsed))
        self._next_part(site, iter(site.answer(payload, self.now)), site.connection, 0.0)

    def _next_part(self, site: Site, parts: Iterator[Later], connection: int, before: float) -> None:
        later = next(parts, None)
        if later is None:
            return

        def arrived() -> None:
            if site.connection == connection:
                self.give(site.name, later[1])
                self._next_part(site, parts, connection, later[0])

        self._at(later[0] - before, arrived)

    def _at(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.elapsed + seconds, next(self._number), event))


def keep(kept: dict[tuple[bytes, bytes, int], CoverageEntry], entry: CoverageEntry) -> None:
    """Store an entry of a ledger in place of its former one."""
    kept.pop((entry.topic, entry.server, entry.day), None)
    if entry.covered:
        kept[entry.topic, entry.server, entry.day] = entry


def failure(payload: bytes, text: str) -> Failed:
    """The refusal of this request."""
    return Failed(opened(payload)[0], text)
