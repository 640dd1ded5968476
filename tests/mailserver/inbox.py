"""A fetcher of history and the mailservers that it asks, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pystatus.mailserver.client.actions import (
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
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.completion import Failed
from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.simulation.clock import VirtualClock
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from tests.mailserver.servers import Part, opened, our_answer, part, reference_answer
from tests.mailserver.support import KEY, SIGNER, ListArchive, drawn
from tests.waku.network import NOW, TOPIC, envelope

Later: TypeAlias = tuple[float, Part]
"""The seconds after the request, and what comes then."""


def old(number: int, *, age: float = 100, topic: bytes = TOPIC, size: int = 300) -> Envelope:
    """An envelope that was sent ``age`` seconds before the fetcher came."""
    return envelope(number, topic, now=NOW - age, size=size)


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
        for packet in our_answer(self.server, self.archive, "the client", payload, now):
            yield self.seconds, part(packet)


class ReferenceSite(Site):
    """The reference's."""

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        for packet in reference_answer(self.archive, payload):
            yield self.seconds, part(packet)


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
        self.running = VirtualClock(0.0)
        """Counts the seconds since the beginning, whatever the clock of the machine says."""
        self.running.watch(lambda: self._timer, self._on_timer)
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
        self._timer = 0.0
        self._settle()

    # what happens

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self.running.now()

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
        self.running.wait(seconds)

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: time passes, and nothing happens."""
        self.running.set(self.elapsed + seconds)

    def _on_timer(self) -> None:
        self.fetcher.on_timer(self.now)
        self._settle()

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
        def happens() -> None:
            event()
            self._settle()

        self.running.after(seconds, happens)


def keep(kept: dict[tuple[bytes, bytes, int], CoverageEntry], entry: CoverageEntry) -> None:
    """Store an entry of a ledger in place of its former one."""
    kept.pop((entry.topic, entry.server, entry.day), None)
    if entry.covered:
        kept[entry.topic, entry.server, entry.day] = entry


def failure(payload: bytes, text: str) -> Failed:
    """The refusal of this request."""
    return Failed(opened(payload)[0], text)
