"""What a mailserver knows of its archive: what is lacking in it, and the fetching of that from other mailservers, by
ordinary history requests (8/WAKU-MAIL).

What is here is kept in the archive as a ledger: under its own node id what this mailserver has heard itself, under that
of each other one what that one has answered to its end. What nobody covers is lacking: the server says so to whoever
asks, and it is fetched, the newest first. An entry is stored after the envelopes that it speaks of. Several mailservers
on one archive read each other's entries.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Protocol

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.log_texts import get_logger
from pystatus.mailserver.client.actions import DropCoverage, EnvelopesFound, Progress, SaveCoverage
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.coverage import ALL_TOPICS, FINAL, LONG_AGO, CoverageEntry
from pystatus.mailserver.lacking import EVER, Holdings
from pystatus.mailserver.server.archive import Archive, ArchiveError, Kept
from pystatus.mailserver.server.uptime import Uptime
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.mailserver.timing import (
    CLOCK_SKEW,
    DISTRUST,
    LONGEST_HISTORY,
    LOOK_SECONDS,
    PENDING_SECONDS,
    SETTLING,
    SHARE_SECONDS,
)
from pystatus.net.archiver import Archiver
from pystatus.net.clock import Clock
from pystatus.net.peer import Peer
from pystatus.net.static import StaticPeer
from pystatus.node.config import NodeConfig
from pystatus.node.history_client import Fetch
from pystatus.node.mailserver_session import MailserverSession, Outcome
from pystatus.outage import Outage
from pystatus.waku.data import SymmetricKey
from pystatus.waku.relay.relay import Relay
from pystatus.wording import counted

log = get_logger(__name__)

START_WAIT = 5
"""Seconds after which it is worth asking a mailserver again that has not read its ledger yet."""
FETCH_WAIT = 30
"""Seconds after which it is worth asking again for what is being fetched."""
EDGE = 60
"""Seconds of the longest history of which nothing is said: whoever asks for all of it has another clock."""


class SyncedNode(Protocol):
    """What a mailserver needs of its node to hear and to catch up; see :class:`~pystatus.node.node.Node`."""

    config: NodeConfig
    relay: Relay

    @property
    def enode(self) -> Enode: ...

    @property
    def peers(self) -> tuple[Peer, ...]: ...

    @property
    def static_peers(self) -> tuple[StaticPeer, ...]: ...


class MailserverSync:
    """What one mailserver lacks, and the fetching of it. Between :meth:`start` and :meth:`close` it has a task."""

    def __init__(
        self,
        node: SyncedNode,
        fetch: Fetch,
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
        :param fetch: lets a fetcher ask the others.
        :param heard: stores what the relay accepts.
        :param key: what requests to the others are sealed with.
        :param others: enode URLs of the mailservers to catch up from, by node id. This one may be among them, so that
            a whole fleet can have one list.
        :param retention: seconds that envelopes are kept; ``None``: longer than others can be asked for.
        """
        self._node = node
        self._fetch = fetch
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
        """Stores what others have handed over. Its times were checked by :mod:`pystatus.mailserver.client.query`."""
        self._presence = Uptime()
        self._present = NOTHING
        self._own: dict[tuple[bytes, int], TimeRanges] = {}
        self._unstored: set[tuple[bytes, int]] = set()
        self._storing = asyncio.Lock()
        self._shared_at = -math.inf
        self._since: int | None = None
        self._first = 0
        self._lacked = NOTHING
        self._pending_until = -math.inf
        self._fetcher: Fetcher | None = None
        self._inquiry: MailserverSession | None = None
        self._is_behind = False
        self._problem: str | None = None
        self._unreachable = Outage(log, "other mailservers cannot be asked", "other mailservers can be asked again")
        self._timer: asyncio.TimerHandle | None = None
        self._something = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen, and to ask. The node has been started."""
        self.found.start()
        self._tick()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(_tell)

    async def close(self) -> None:
        """Ask nobody any more, store what has been heard and fetched, and stop."""
        if self._inquiry is not None:
            self._inquiry.close()
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            try:
                await self._keep_heard(self._within(self._clock.now()))
            except ArchiveError as error:
                log.warning("what was heard last is fetched again at the next start: %s", error)
        await self.found.close()

    @property
    def lacking(self) -> int | None:
        """Seconds within the retention that nobody is known to have covered; ``None``: not known yet."""
        if self._fetcher is None:
            return None
        now = int(self._clock.now())
        return self._unsettled(TimeRange(self._first, now if self._since is None else min(now, self._since))).seconds

    def holdings(self, now: float) -> Holdings:
        """What to say to whoever asks at this Unix second. Until the ledger is read, nothing is known."""
        if self._fetcher is None:
            everything = TimeRanges([EVER])
            return Holdings(everything, everything, START_WAIT)
        within = TimeRange(self._first, EVER.upper if self._since is None else self._since)
        fetchable = self._unsettled(within)
        sayable = TimeRanges([TimeRange(int(now) - LONGEST_HISTORY + EDGE, EVER.upper)])
        if self._hears_nobody:
            here = TimeRanges([within]) - fetchable
            began = here.oldest.lower if here else within.upper
            # Before it began there was nothing; but before what is still kept there was.
            sayable &= TimeRanges([TimeRange(0 if began == self._first else began, EVER.upper)])
        unstored = self._heard.unstored_since
        waiting = NOTHING if unstored is None else TimeRanges([TimeRange(unstored - SETTLING, EVER.upper)])
        lacking = (fetchable | TimeRanges([TimeRange(0, self._first)])) & sayable | waiting
        if not self._others or not 0 <= self._pending_until - now <= PENDING_SECONDS:
            return Holdings(lacking, waiting, FETCH_WAIT)
        settled_in = 0 if self._since is None else self._since + SETTLING - now
        wait = settled_in + LOOK_SECONDS if settled_in > 0 else FETCH_WAIT
        return Holdings(lacking, (fetchable & sayable) - self._fetcher.lacked_by_all | waiting, wait)

    async def share(self) -> None:
        """Store what we have heard, read what others have, and look what is lacking: every minute by itself, and when
        what was missed at the last start is settled.

        :raises ArchiveError: it cannot be done now; nothing is forgotten.
        """
        self._shared_at = self._clock.now()
        known = await self._archive.ledger()
        removed_before = await self._archive.removed_before()
        now = self._clock.now()  # the archive may have taken its time, in which others have answered
        within = self._within(now)
        self._first = max(int(now) - self._reach, removed_before)
        if self._fetcher is None:
            self._begin(known, within, now)
        await self._keep_heard(within)
        self._tell_fetcher(_shared(one, within) for one in known if one.keeper != self._id)
        self._tell_problem()

    async def _keep_heard(self, within: TimeRanges) -> None:
        """Store what was heard, and what of the ledger is in reach."""
        self._present = present = self._present & within
        self._heard.when_stored(lambda: self._hear(present))
        latest = max((covered.newest.upper for covered in self._own.values() if covered), default=0)
        if latest > within.newest.upper + CLOCK_SKEW:  # a clock was ahead, and nobody knows since when
            within &= TimeRanges([TimeRange(0, within.newest.upper - DISTRUST)])
        for key, covered in self._own.items():
            if covered & within != covered:
                self._own[key] = covered & within
                self._unstored.add(key)
        await self._store()

    def look(self) -> None:
        """Look who is there to hear from: every five seconds by itself. Who names nobody is a network of its own: what
        its peers send is all there is."""
        now = self._clock.now()
        node = self._node
        relays: list[object] = [peer for peer in node.peers if node.relay.peer(peer).is_relay]
        if self._hears_nobody:
            relays = [node]
        before = self._since
        span = self._presence.look(now, relays, self._heard.lost)
        if span is not None:
            self._present |= TimeRanges([span])
        self._since = self._presence.since
        if self._since != before:
            self._pending_until = now + PENDING_SECONDS

    @property
    def _hears_nobody(self) -> bool:
        """Whether it names nobody to hear from."""
        return not (self._node.static_peers or self._node.config.dns_lists or self._others)

    def _within(self, now: float) -> TimeRanges:
        """What the ledger may speak of."""
        return TimeRanges([TimeRange(int(now) - self._reach, int(now) - SETTLING)])

    def _unsettled(self, within: TimeRange) -> TimeRanges:
        assert self._fetcher is not None
        return self._fetcher.unsettled(within)

    def _tick(self) -> None:
        self.look()
        self._something.set()
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._tick)

    async def _run(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                if self.is_due:
                    await self.share()
                elif self._fetcher is not None:
                    await self._store()
            except ArchiveError as error:  # whoever watches the archive writes the line; it is tried again
                log.debug("the ledger of the archive cannot be used at present: %s", error)

    @property
    def is_due(self) -> bool:
        """Whether it is time to :meth:`share`."""
        now = self._clock.now()
        if self._since is not None and self._shared_at < self._since + SETTLING <= now:
            return True  # all that was missed can be had from others by now
        return not 0 <= now - self._shared_at < SHARE_SECONDS

    def _begin(self, known: Iterable[Kept], within: TimeRanges, now: float) -> None:
        for one in known:
            if one.keeper == self._id:
                self._own[one.entry.server, one.entry.day] = one.entry.covered
        self._fetcher = fetcher = Fetcher(
            dict.fromkeys(self._others, self._key),
            PrivateKey.generate(self._random),
            self._random,
            FetchConfig(reach=self._reach),
            entries=[_shared(one, within) for one in known],
            now=now,
        )
        self._pending_until = now + PENDING_SECONDS
        fetcher.known([], self._first, self._since, now)
        fetcher.set_topics([ALL_TOPICS], now)
        self._inquiry = self._fetch(fetcher, self._others.values(), self._take, self.found.when_stored)

    def _tell_fetcher(self, shared: Iterable[CoverageEntry]) -> None:
        assert self._inquiry is not None
        heard = CoverageEntry(ALL_TOPICS, FINAL, self._own.get((self._id, LONG_AGO), NOTHING))
        known = [*shared, heard]
        self._inquiry.do(lambda fetcher, now: fetcher.known(known, self._first, self._since, now))
        # The oldest moments, of which nobody says anything, come by themselves: that is no progress.
        self._lacked = self._unsettled(TimeRange(self._first + EDGE + int(SHARE_SECONDS), EVER.upper))

    def _hear(self, present: TimeRanges) -> None:
        """All that was heard in these seconds is stored."""
        own = self._id, LONG_AGO
        heard = self._own.get(own, NOTHING)
        if heard | present != heard:
            self._own[own] = heard | present
            self._unstored.add(own)

    def _take(self, outcome: Outcome) -> None:
        match outcome:
            case EnvelopesFound(_, envelopes):
                for envelope in envelopes:
                    self.found.add(envelope)
            case SaveCoverage(entry):  # what it speaks of is stored: else the page would not have been completed
                key = entry.server, entry.day
                self._own[key] = entry.covered
                self._unstored.add(key)
                self._something.set()
                if self._lacked & entry.covered:
                    self._pending_until = self._clock.now() + PENDING_SECONDS
                    self._lacked -= entry.covered
            case Progress():
                self._tell_progress()
            case DropCoverage():
                pass  # with every look, what is out of reach is left out of what is stored
            case _:
                raise AssertionError(f"a mailserver keeps no {outcome}")

    async def _store(self) -> None:
        async with self._storing:  # of two at a time, the one that knows less could be the last
            keys, self._unstored = self._unstored, set()
            if not keys:
                return
            try:
                entries = [CoverageEntry(ALL_TOPICS, server, self._own[server, day], day) for server, day in keys]
                await self._archive.keep(self._id, entries)
            except BaseException:  # also where the task ends meanwhile: closing stores what it has not
                self._unstored |= keys
                raise
            for key in keys - self._unstored:
                if self._own.get(key) == NOTHING:  # it may have gone by another call meanwhile
                    del self._own[key]

    def _tell_progress(self) -> None:
        lacking = self.lacking
        assert lacking is not None
        if not self._others or bool(lacking) is self._is_behind:
            return
        self._is_behind = bool(lacking)
        if lacking:
            log.info("catching up: %s of history are lacking", timedelta(seconds=lacking))
        else:
            log.info(
                "caught up: nothing is lacking; %s came so far",
                counted(self.found.archived, "envelope"),
            )

    def _tell_problem(self) -> None:
        assert self._fetcher is not None
        before, self._problem = self._problem, self._fetcher.problem if self._others else None
        now = asyncio.get_running_loop().time()
        if self._problem is None:
            self._unreachable.worked(now)
        elif self._problem == before:  # at first nobody is connected: it is worth a word when it lasts
            lacking = timedelta(seconds=self.lacking or 0)
            self._unreachable.failed(now, f"{lacking} of history are lacking: {self._problem}")


def _shared(kept: Kept, within: TimeRanges) -> CoverageEntry:
    """An entry of the archive for a fetcher: what a keeper has heard itself nobody need be asked for."""
    entry = kept.entry
    server = FINAL if entry.server == kept.keeper else entry.server
    return CoverageEntry(ALL_TOPICS, server, entry.covered & within, LONG_AGO if server == FINAL else entry.day)


def _tell(task: asyncio.Task[None]) -> None:
    """A mistake of ours must not end it in silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("catching up has ended", exc_info=error)
