"""An archive whose failures are told once: what the log says of it, whoever used it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence

from pystatus.log_texts import get_logger
from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.server.archive import (
    Archive,
    ArchiveAway,
    ArchiveBusy,
    ArchiveError,
    ArchiveFull,
    ArchiveQuery,
    ArchiveReadOnly,
    ArchiveState,
    Kept,
    Page,
)
from pystatus.outage import Outage
from pystatus.waku.envelope import Envelope

log = get_logger(__name__)

_READING, _ADDING, _KEEPING = "reading", "adding", "keeping"


class WatchedArchive:
    """Passes everything on to another archive, errors included, and writes the lines of an
    :class:`~pystatus.outage.Outage`."""

    def __init__(self, archive: Archive, waiting: Callable[[], tuple[int, int]] = lambda: (0, 0)) -> None:
        """
        :param waiting: how many envelopes wait to be stored, and how many were lost in all.
        """
        self.waiting = waiting
        self._archive = archive
        self._lost = 0
        self._failing: set[str] = set()
        self._outage = Outage(log, "the archive fails", "the archive works again", logging.ERROR)
        self._pruning = Outage(log, "nothing is removed from the archive", "old envelopes are removed again")

    async def add(self, envelopes: Sequence[Envelope]) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.add`."""
        with self._watched(_ADDING):
            return await self._archive.add(envelopes)

    async def page(self, query: ArchiveQuery) -> Page:
        """See :meth:`pystatus.mailserver.server.archive.Archive.page`."""
        with self._watched(_READING):
            return await self._archive.page(query)

    async def ledger(self) -> Sequence[Kept]:
        """See :meth:`pystatus.mailserver.server.archive.Archive.ledger`."""
        with self._watched(_READING):
            return await self._archive.ledger()

    async def removed_before(self) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.removed_before`."""
        with self._watched(_READING):
            return await self._archive.removed_before()

    async def keep(self, keeper: bytes, entries: Sequence[CoverageEntry]) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.keep`."""
        with self._watched(_KEEPING):
            await self._archive.keep(keeper, entries)

    async def vouched_time(self) -> int | None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.vouched_time`."""
        with self._watched(_READING):
            return await self._archive.vouched_time()

    async def keep_vouched_time(self, second: int) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.keep_vouched_time`."""
        with self._watched(_KEEPING):
            await self._archive.keep_vouched_time(second)

    async def prune(self, before: int, after: int | None = None) -> int:
        """See :meth:`pystatus.mailserver.server.archive.Archive.prune`."""
        try:
            removed = await self._archive.prune(before, after)
        except (ArchiveAway, ArchiveReadOnly) as error:
            self._failed(error, _ADDING)
            raise
        except ArchiveError as error:  # room for new envelopes is another matter
            self._pruning.failed(_now(), error)
            raise
        self._pruning.worked(_now())
        return removed

    async def state(self) -> ArchiveState:
        """See :meth:`pystatus.mailserver.server.archive.Archive.state`."""
        with self._watched(_READING):
            return await self._archive.state()

    async def close(self) -> None:
        """See :meth:`pystatus.mailserver.server.archive.Archive.close`."""
        await self._archive.close()

    @contextlib.contextmanager
    def _watched(self, doing: str) -> Iterator[None]:
        try:
            yield
        except ArchiveBusy:  # it works, and has too much to do
            raise
        except ArchiveError as error:
            self._failed(error, doing)
            raise
        if self._failing:
            # What can be written can be read; the little that is kept may find room where envelopes do not.
            self._failing -= {doing, _READING}
            if not self._failing:
                waiting, lost = self.waiting()
                self._outage.worked(_now(), f"; {waiting} envelopes waited, {lost - self._lost} were lost")

    def _failed(self, error: ArchiveError, doing: str) -> None:
        if not self._failing:
            self._lost = self.waiting()[1]
        self._failing |= {_READING, _ADDING} if isinstance(error, ArchiveAway) else {doing}
        self._outage.failed(_now(), f"{_effect(error, doing)}: {error}")


def _effect(error: ArchiveError, doing: str) -> str:
    match error:
        case ArchiveAway():
            return "nothing new is stored, and no history is served"
        case ArchiveFull() | ArchiveReadOnly():
            return "nothing new is stored, history is still served"
        case _:
            return "history cannot be read" if doing == _READING else "nothing new is stored"


def _now() -> float:
    return asyncio.get_running_loop().time()


_: type[Archive] = WatchedArchive
