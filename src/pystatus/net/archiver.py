"""Between relay and archive: takes envelopes at once, stores them in batches, prunes, and says what is wrong."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from pystatus.errors import LocalError, RemoteError
from pystatus.log_texts import get_logger
from pystatus.mailserver.server.archive import MAX_BATCH, MAX_BATCH_SECONDS, Archive, ArchiveError
from pystatus.mailserver.server.server import fits_a_packet
from pystatus.net.clock import Clock
from pystatus.vouched_time import VouchedTime
from pystatus.waku.envelope import Envelope

log = get_logger(__name__)

MAX_BATCH_BYTES = 8 << 20
"""Bytes of a batch, so that large envelopes do not make large transactions."""
MAX_BACKLOG = 200_000
"""Envelopes that wait for an archive which is slow or away: some seconds of the fastest relay, hours of a fleet."""
MAX_BACKLOG_BYTES = 256 << 20
MAX_WAITING = 10_000
"""Packets of envelopes whose confirmation waits until they are stored; further ones are not confirmed."""
DOUBT_SECONDS = 60.0
"""After an envelope had to be given up, nothing is said to be stored for so long: by then it has expired."""
MAX_LATENESS = 86_400
"""Seconds between sending and arrival. A relay accepts any lifetime, so an envelope can claim to be years old; nobody
looks for it there, and it would only spread an archive's files over all of time (A28)."""
RETRY_SECONDS = 5.0
"""Between two attempts while the archive is full or away."""
PRUNE_SECONDS = 600.0
"""Between two looks at what is too old."""
FUTURE_SECONDS = 86_400
"""Seconds after a confirmed time from which an envelope cannot be of: it came while the clock was ahead, and would
outlive all that is real."""
TOLD_UNCONFIRMED = 86_400.0
"""Seconds by which the clock has to be ahead of what is vouched for to be worth a line."""
CLOSE_SECONDS = 2.0
"""Seconds that an archive has to store what waits when the node closes; the rest is kept in a file. With the time that
peers get before, it has to end within the 10 seconds after which Docker kills."""


class Backlog(Protocol):
    """Where what waits is kept from one run of the node to the next. All methods block, and raise
    :class:`~pystatus.errors.LocalError` if the disk refuses."""

    def read(self) -> Sequence[bytes]:
        """The envelopes that were written, in RLP."""

    def write(self, envelopes: Iterable[bytes]) -> int:
        """Write as many of the envelopes as there is room for, in place of others; how many these are."""

    def remove(self) -> None:
        """What was written is in the archive."""


class Archiver:
    """Fills one archive. Between :meth:`start` and :meth:`close` it has a task, and another one for pruning."""

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        *,
        retention: float | None = None,
        max_lateness: float = MAX_LATENESS,
        batch_seconds: float = MAX_BATCH_SECONDS,
        prunes: bool = True,
        file: Backlog | None = None,
        refetched: bool = False,
        confirmed: Callable[[float], bool] = lambda now: False,
    ) -> None:
        """
        :param retention: seconds that envelopes are kept; ``None``: for ever, as far as the archive's size allows.
        :param max_lateness: seconds between sending and arrival.
        :param batch_seconds: that an envelope waits for others to be stored with.
        :param prunes: whether it is the one of several on this archive that removes what is too old.
        :param file: where what waits when the node closes is kept until it starts again.
        :param refetched: whether what is not stored will be fetched again from where it came.
        :param confirmed: whether peers confirm that it is now the given Unix time. Nothing is removed for its age by a
            clock that is ahead of what the last run, or they, vouch for.
        :raises LocalError: a retention of no time at all.
        """
        if retention is not None and retention <= 0:
            raise LocalError("The retention of an archive is longer than nothing.")
        self.archived = 0
        """Envelopes stored so far that were new."""
        self.lost = 0
        """Envelopes that were not stored because the archive was full or away for too long."""
        self.ignored = 0
        """Envelopes that no client could be given, or that claim to be older than is allowed."""
        self.problem: str | None = None
        """Why nothing is stored at present, as a sentence; ``None`` if all is well."""
        self._archive = archive
        self._clock = clock
        self._retention = retention
        self._max_lateness = max_lateness
        self._batch_seconds = batch_seconds
        self._prunes = prunes
        self._file = file
        self._refetched = refetched
        self._file_until: int | None = None
        self._file_problem = ""
        self._is_file_read = False
        self._reading = asyncio.Lock()
        self._confirmed = confirmed
        self._vouched: VouchedTime | None = None
        self._told_unconfirmed = False
        self._backlog: deque[Envelope] = deque()
        self._backlog_bytes = 0
        self._taken = 0
        self._settled = 0
        self._doubtful_until = -math.inf
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._stored = asyncio.Event()
        self._closed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, envelope: Envelope) -> None:
        """Take an envelope that was accepted. It is stored within 0.2 s, if the archive can."""
        if self._clock.now() - envelope.sent > self._max_lateness or not fits_a_packet(envelope):
            self.ignored += 1
        else:
            self._take(envelope)

    def _take(self, envelope: Envelope) -> None:
        size = len(envelope.raw)
        backlog = self._backlog
        if len(backlog) >= MAX_BACKLOG or self._backlog_bytes + size > MAX_BACKLOG_BYTES:
            self.lost += 1
            self._doubtful_until = self._clock.now() + DOUBT_SECONDS
        else:
            backlog.append(envelope)
            self._taken += 1
            self._backlog_bytes += size
            if len(backlog) == 1:
                self._some.set()
            elif len(backlog) == MAX_BATCH:
                self._enough.set()

    def when_stored(self, then: Callable[[], None]) -> None:
        """Call ``then`` when all that was added so far is stored. Never, if something had to be given up a moment ago,
        for it may be just that, coming once more from another peer; or if too many wait already.
        """
        if self._clock.now() < self._doubtful_until or len(self._waiting) >= MAX_WAITING:
            return
        if self._settled == self._taken:
            then()
        else:
            self._waiting.append((self._taken, then))

    def start(self) -> None:
        """Begin to store and to prune."""
        self._tasks = [asyncio.create_task(self._store())]
        if self._prunes:
            self._tasks.append(asyncio.create_task(self._prune()))
        for task in self._tasks:
            task.add_done_callback(_tell)

    @property
    def waiting(self) -> int:
        """Envelopes that are not stored yet."""
        return len(self._backlog)

    @property
    def unstored_since(self) -> int | None:
        """The Unix second in which the first envelope was sent that the archive does not take at present; ``None``: it
        takes all."""
        return None if self.problem is None or not self._backlog else self._backlog[0].sent

    async def close(self) -> None:
        """Store what is waiting, or keep it in the file, and stop."""
        for event in (self._closed, self._some, self._enough):
            event.set()
        safe = 0  # of all that was ever taken
        if self.problem is not None:  # first, as whoever stops us may not wait for an archive that is away
            safe = await self._write_file()
        if self._tasks:
            storing, *pruning = self._tasks
            for task in pruning:
                task.cancel()
            await asyncio.gather(*pruning, return_exceptions=True)
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await storing
            except TimeoutError:
                self.problem = f"The archive did not answer within {CLOSE_SECONDS:g} seconds."
            self._tasks = []
        if self._refetched:
            return
        await self._remove_file()
        if self._backlog and safe <= self._settled:
            safe = await self._write_file()
        waits, lost = safe - self._settled, self._taken - max(safe, self._settled)
        if waits > 0:
            log.warning("%d envelopes wait in a file, and are stored after the next start: %s", waits, self.problem)
        if lost > 0:
            self.lost += lost
            log.error("%d envelopes are lost: %s", lost, self.problem)

    async def _write_file(self) -> int:
        """Write what waits into the file. How many of all that were ever taken are safe then."""
        if self._file is None or self._refetched:
            return 0
        await self._read_file()
        if not self._is_file_read:
            return 0
        settled, waiting = self._settled, [envelope.raw for envelope in self._backlog]
        try:
            written = await asyncio.to_thread(self._file.write, waiting)
        except LocalError as error:
            if str(error) != self._file_problem:  # it is tried once more when the archive has had its time
                log.error("%s", error)
            self._file_problem = str(error)
            return 0
        self._file_until = settled + written
        return self._file_until

    async def _read_file(self) -> None:
        """Take up what waited when the node closed."""
        if self._file is None or self._is_file_read:
            return
        async with self._reading:
            if self._is_file_read:
                return
            try:
                raws = await asyncio.to_thread(self._file.read)
            except LocalError as error:
                log.error("%s", error)
                return
            self._is_file_read = True
            for raw in raws:
                try:
                    self._take(Envelope.decode(raw))
                except RemoteError:
                    log.debug("something in the file of envelopes that waited is no envelope")
            if raws:
                log.info("%d envelopes waited for the archive in a file", len(raws))
                self._file_until = self._taken

    async def _remove_file(self) -> None:
        """Remove the file when all that is in it is stored."""
        if self._file is None or self._file_until is None or self._settled < self._file_until:
            return
        self._file_until = None
        try:
            await asyncio.to_thread(self._file.remove)
        except LocalError as error:  # its envelopes are stored once more after the next start, which does no harm
            log.warning("%s", error)

    async def stored(self) -> None:
        """Wait until everything that was added has been stored."""
        while self._backlog:
            self._stored.clear()
            await self._stored.wait()

    async def _store(self) -> None:
        await self._read_file()
        await self._remove_file()
        while not self._closed.is_set():
            await self._some.wait()
            self._some.clear()
            try:
                # Wait for company, but not for long: a message is asked for soonest just after it came.
                async with asyncio.timeout(self._batch_seconds):
                    await self._enough.wait()
            except TimeoutError:
                pass
            self._enough.clear()
            await self._store_all()
        await self._store_all()

    async def _store_all(self) -> None:
        while self._backlog:
            if not await self._store_batch():
                if self._closed.is_set():
                    return
                try:
                    async with asyncio.timeout(RETRY_SECONDS):
                        await self._closed.wait()
                except TimeoutError:
                    pass
        self._stored.set()

    async def _store_batch(self) -> bool:
        batch: list[Envelope] = []
        size = 0
        for envelope in self._backlog:
            size += len(envelope.raw)
            if len(batch) == MAX_BATCH or (batch and size > MAX_BATCH_BYTES):
                size -= len(envelope.raw)
                break
            batch.append(envelope)
        try:
            self.archived += await self._archive.add(batch)
        except ArchiveError as error:  # the log is told by whoever watches the archive
            self.problem = str(error)
            return False
        self.problem = None
        for _ in batch:
            self._backlog.popleft()
        self._backlog_bytes -= size
        self._settled += len(batch)
        while self._waiting and self._waiting[0][0] <= self._settled:
            self._waiting.popleft()[1]()
        await self._remove_file()
        return True

    async def _prune(self) -> None:
        while True:
            try:
                removed = await self._prune_once()
                if removed:
                    log.info("%d envelopes were too old and are gone from the archive", removed)
            except ArchiveError as error:
                log.debug("the archive could not be pruned: %s", error)
            await asyncio.sleep(PRUNE_SECONDS)

    async def _prune_once(self) -> int:
        archive, now = self._archive, self._clock.now()
        if self._vouched is None:
            last = await archive.vouched_time()
            self._vouched = VouchedTime((await archive.state()).newest or 0 if last is None else last)
        vouched = self._vouched
        vouched.advance(now)
        is_confirmed = self._confirmed(now)
        if is_confirmed:
            vouched.confirm(now)
        self._tell_unconfirmed(vouched.unconfirmed(now))
        await archive.keep_vouched_time(vouched.kept)
        before = 0 if self._retention is None else max(0, int(vouched.for_deletion(now) - self._retention))
        return await archive.prune(before, int(now) + FUTURE_SECONDS if is_confirmed else None)

    def _tell_unconfirmed(self, seconds: float | None) -> None:
        """Say once that nothing is removed for its age, and why."""
        if self._retention is None or seconds is None or seconds <= TOLD_UNCONFIRMED:
            self._told_unconfirmed = False
        elif not self._told_unconfirmed:
            self._told_unconfirmed = True
            log.warning(
                "the clock is %d days ahead of the end of the last run: until peers confirm the time, "
                "envelopes are not removed for their age",
                seconds // 86_400,
            )


def _tell(task: asyncio.Task[None]) -> None:
    """A mistake of ours must not end archiving in silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("archiving has ended", exc_info=error)
