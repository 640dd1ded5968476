"""A mailserver that was away fetches what it lacks from others, by ordinary history requests (8/WAKU-MAIL).

What is here is kept in the archive as a ledger: under its own node id what this mailserver has heard itself, under that
of each other one what that one has answered to its end. What nobody covers is asked for, the newest first. An entry is
stored after the envelopes that it speaks of. Several mailservers on one archive read each other's entries.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.mailserver.archive import Archive, ArchiveError, Kept
from pystatus.mailserver.fetcher import Fetcher
from pystatus.mailserver.fetching import LONGEST_HISTORY, FetchConfig, Found, Keep, Progress
from pystatus.mailserver.ledger import ALL_TOPICS, Entry
from pystatus.mailserver.presence import LOOK_SECONDS, SETTLED, Presence
from pystatus.mailserver.spans import NOTHING, Span, Spans
from pystatus.net.archiver import Archiver
from pystatus.net.clock import Clock
from pystatus.outage import Outage
from pystatus.waku.data import SymmetricKey

if TYPE_CHECKING:
    from pystatus.node.inquiry import Inquiry, Outcome
    from pystatus.node.node import Node

log = logging.getLogger(__name__)

SHARE_SECONDS = 60.0
"""Between two looks at what others on the same archive have, and two updates of what we have heard. So much that was
heard is asked for again after a crash."""


class CatchingUp:
    """What one mailserver lacks, and the fetching of it. Between :meth:`start` and :meth:`close` it has a task."""

    def __init__(
        self,
        node: Node,
        archive: Archive,
        heard: Archiver,
        clock: Clock,
        random: RandomSource,
        *,
        key: SymmetricKey,
        others: Mapping[bytes, str],
        retention: float | None = None,
    ) -> None:
        """
        :param heard: stores what the relay accepts.
        :param key: what requests to the others are sealed with.
        :param others: enode URLs of the mailservers to catch up from, by node id. This one may be among them, so that
            a whole fleet can have one list.
        :param retention: seconds that envelopes are kept; ``None``: longer than others can be asked for.
        """
        self._node = node
        self._archive = archive
        self._heard = heard
        self._clock = clock
        self._random = random
        self._key = key
        self._reach = int(min(LONGEST_HISTORY, math.inf if retention is None else retention))
        self._id = node.enode.node_id
        self._others = {server: enode for server, enode in others.items() if server != self._id}
        if len(self._others) < len(others):
            log.info("this mailserver is itself among those to catch up from, and is passed over")
        self.found = Archiver(archive, clock, max_lateness=math.inf, batch_seconds=0.0, prunes=False, refetched=True)
        """Stores what others have handed over: :class:`~pystatus.mailserver.query.Query` has looked at the times."""
        self._presence = Presence()
        self._present = NOTHING
        self._own: dict[bytes, Spans] = {}
        self._unstored: set[bytes] = set()
        self._shared_at = -math.inf
        self._fetcher: Fetcher | None = None
        self._inquiry: Inquiry | None = None
        self._is_behind = False
        self._problem: str | None = None
        self._unreachable = Outage(log, "other mailservers cannot be asked", "other mailservers can be asked again")
        self._timer: asyncio.TimerHandle | None = None
        self._something = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen, and to ask. The node has been started."""
        self.found.start()
        self._tick()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(_tell)

    async def close(self) -> None:
        """Store what has been fetched, and stop."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.found.close()

    @property
    def lacking(self) -> int | None:
        """Seconds within the retention that nobody is known to have covered; ``None``: not known yet."""
        return None if self._fetcher is None else self._fetcher.missing

    async def share(self) -> None:
        """Store what we have heard, read what others have, and look what is lacking: every minute by itself.

        :raises ArchiveError: it cannot be done now; nothing is forgotten.
        """
        now = self._clock.now()
        self._shared_at = now
        within = Spans([Span(int(now) - self._reach, int(now) - SETTLED)])
        self._present = present = self._present & within
        self._heard.when_stored(lambda: self._hear(present))
        known = await self._archive.ledger()
        if self._fetcher is None:
            self._begin(known, within, now)
        for server, covered in self._own.items():
            if covered & within != covered:
                self._own[server] = covered & within
                self._unstored.add(server)
        await self._store()
        entries = [one.entry for one in known if one.keeper != self._id]
        entries.append(Entry(ALL_TOPICS, self._id, self._own.get(self._id, NOTHING)))
        self._tell_fetcher(Entry(ALL_TOPICS, one.server, one.covered & within) for one in entries)
        self._tell_problem()

    def look(self) -> None:
        """Look who is there to hear from: every five seconds by itself."""
        relays = [peer for peer in self._node.peers if self._node.is_relay(peer)]
        span = self._presence.look(self._clock.now(), relays, self._heard.lost)
        if span is not None:
            self._present |= Spans([span])

    def _tick(self) -> None:
        self.look()
        self._something.set()
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._tick)

    async def _run(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                if not 0 <= self._clock.now() - self._shared_at < SHARE_SECONDS:
                    await self.share()
                elif self._fetcher is not None:
                    await self._store()
            except ArchiveError as error:  # whoever watches the archive writes the line; it is tried again
                log.debug("the ledger of the archive cannot be used at present: %s", error)

    def _begin(self, known: Iterable[Kept], within: Spans, now: float) -> None:
        covered: dict[bytes, Spans] = {}
        for one in known:
            server = one.entry.server
            covered[server] = covered.get(server, NOTHING) | (one.entry.covered & within)
            if one.keeper == self._id:
                self._own[server] = self._own.get(server, NOTHING) | one.entry.covered
        self._fetcher = fetcher = Fetcher(
            dict.fromkeys(self._others, self._key),
            PrivateKey.generate(self._random),
            self._random,
            FetchConfig(copies=1, reach=self._reach, delay=min(self._reach, SETTLED)),
            entries=[Entry(ALL_TOPICS, server, spans) for server, spans in covered.items()],
            starts={ALL_TOPICS: 0},
            now=now,
        )
        fetcher.set_topics([ALL_TOPICS], now)
        self._inquiry = self._node.fetch_history(fetcher, self._others.values(), self._take, self.found.when_stored)

    def _tell_fetcher(self, entries: Iterable[Entry]) -> None:
        assert self._inquiry is not None
        known = list(entries)
        self._inquiry.do(lambda fetcher, now: fetcher.known(known, now))

    def _hear(self, present: Spans) -> None:
        """All that was heard in these seconds is stored."""
        heard = self._own.get(self._id, NOTHING)
        if heard | present != heard:
            self._own[self._id] = heard | present
            self._unstored.add(self._id)

    def _take(self, outcome: Outcome) -> None:
        match outcome:
            case Found(_, envelopes):
                for envelope in envelopes:
                    self.found.add(envelope)
            case Keep(entry):  # what it speaks of is stored: else the page would not have been completed
                self._own[entry.server] = entry.covered
                self._unstored.add(entry.server)
                self._something.set()
            case Progress(missing):
                self._tell_progress(missing)
            case _:
                raise AssertionError(f"a mailserver keeps no {outcome}")

    async def _store(self) -> None:
        servers, self._unstored = self._unstored, set()
        if not servers:
            return
        try:
            await self._archive.keep(self._id, [Entry(ALL_TOPICS, server, self._own[server]) for server in servers])
        except ArchiveError:
            self._unstored |= servers
            raise

    def _tell_progress(self, missing: int) -> None:
        if not self._others or bool(missing) is self._is_behind:
            return
        self._is_behind = bool(missing)
        if missing:
            log.info("catching up: %s of history are lacking", timedelta(seconds=missing))
        else:
            log.info("caught up: nothing is lacking; %d envelopes were new so far", self.found.archived)

    def _tell_problem(self) -> None:
        assert self._fetcher is not None
        before, self._problem = self._problem, self._fetcher.problem if self._others else None
        now = asyncio.get_running_loop().time()
        if self._problem is None:
            self._unreachable.worked(now)
        elif self._problem == before:  # at first nobody is connected: it is worth a word when it lasts
            lacking = timedelta(seconds=self._fetcher.missing)
            self._unreachable.failed(now, f"{lacking} of history are lacking: {self._problem}")


def _tell(task: asyncio.Task[None]) -> None:
    """A mistake of ours must not end it in silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("catching up has ended", exc_info=error)
