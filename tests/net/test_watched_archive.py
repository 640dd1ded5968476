"""What the log says of an archive that fails."""

from __future__ import annotations

import asyncio
import logging

import pytest

from pystatus.mailserver.cursor import Key
from pystatus.mailserver.server.archive import (
    ArchiveAway,
    ArchiveBusy,
    ArchiveError,
    ArchiveFull,
    ArchiveQuery,
    ArchiveReadOnly,
    Page,
)
from pystatus.net import watched_archive as module
from pystatus.net.watched_archive import WatchedArchive
from tests.net.test_archiver import FakeArchive
from tests.waku.network import envelope

QUERY = ArchiveQuery(0, Key(1 << 31, b""), 10, 1 << 20)


class Failing(FakeArchive):
    """Reading and writing fail each for themselves."""

    reads_fail: Exception | None = None

    async def page(self, query: ArchiveQuery) -> Page:
        if self.reads_fail is not None:
            raise self.reads_fail
        return Page((), more=False)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of the clock, to be changed."""
    now = [1_000.0]
    monkeypatch.setattr(module, "_now", lambda: now[0])
    return now


async def attempt(archive: WatchedArchive, *doing: str) -> None:
    """Do these things once; whoever does them gets the archive's own errors."""
    for one in doing:
        try:
            if one == "add":
                await archive.add([envelope(1)])
            elif one == "page":
                await archive.page(QUERY)
            elif one == "keep":
                await archive.keep(bytes(64), [])
            elif one == "ledger":
                await archive.ledger()
            elif one == "state":
                await archive.state()
            else:
                await archive.prune(0)
        except ArchiveError:
            pass


@pytest.mark.parametrize(
    ("error", "effect"),
    [
        (ArchiveAway("The database is away."), "nothing new is stored, and no history is served: The database is away"),
        (ArchiveFull("The disk is full."), "nothing new is stored, history is still served: The disk is full"),
        (ArchiveReadOnly("It is read-only."), "nothing new is stored, history is still served: It is read-only"),
        (ArchiveError("It is broken."), "nothing new is stored: It is broken"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
async def test_it_says_one_true_line_and_one_when_it_is_over(
    error: ArchiveError, effect: str, time: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    archive = Failing()
    waiting = [(0, 7)]
    watched = WatchedArchive(archive, lambda: waiting[0])
    archive.fails = error
    archive.reads_fail = error if isinstance(error, ArchiveAway) else None
    for _ in range(20):
        await attempt(watched, "add", "page", "keep", "ledger", "prune", "state")
    assert [(record.levelno, record.getMessage()) for record in caplog.records if "removed" not in record.message] == [
        (logging.ERROR, f"the archive fails: {effect}")
    ]
    caplog.clear()
    archive.fails = archive.reads_fail = None
    time[0] += 33
    waiting[0] = (120, 10)
    await attempt(watched, "page")
    assert not caplog.records, "it is over when it can be written"
    await attempt(watched, "add", "add", "page")
    assert caplog.messages == ["the archive works again, after 0:00:33; 120 envelopes waited, 3 were lost"]


async def test_reading_that_fails_ends_with_reading(time: list[float], caplog: pytest.LogCaptureFixture) -> None:
    archive = Failing()
    watched = WatchedArchive(archive)
    archive.reads_fail = ArchiveError("A page is damaged.")
    await attempt(watched, "page", "page")
    assert caplog.messages == ["the archive fails: history cannot be read: A page is damaged"]
    archive.reads_fail = None
    await attempt(watched, "page")
    assert len(caplog.messages) == 2


async def test_a_search_that_takes_too_long_is_not_a_failure_of_the_archive(caplog: pytest.LogCaptureFixture) -> None:
    archive = Failing()
    archive.reads_fail = ArchiveBusy("ask for less")
    watched = WatchedArchive(archive)
    with pytest.raises(ArchiveBusy):
        await watched.page(QUERY)
    assert not caplog.records


async def test_pruning_that_fails_has_a_line_of_its_own(time: list[float], caplog: pytest.LogCaptureFixture) -> None:
    archive = Failing()
    watched = WatchedArchive(archive)
    archive.fails = ArchiveError("The last 6 hours alone are larger than the set size.")
    await attempt(watched, "prune", "prune")
    archive.fails = None
    await attempt(watched, "add", "page", "prune")
    assert caplog.messages == [
        "nothing is removed from the archive: The last 6 hours alone are larger than the set size",
        "old envelopes are removed again, after 0:00:00",
    ]


async def test_errors_and_results_are_those_of_the_archive() -> None:
    archive = Failing()
    watched = WatchedArchive(archive)
    assert await watched.add([envelope(1)]) == 1
    assert await watched.prune(5) == 3
    assert (await watched.state()).envelopes == 0
    assert list(await watched.ledger()) == []
    archive.fails = ArchiveFull("no room")
    with pytest.raises(ArchiveFull, match="no room"):
        await watched.add([envelope(1)])
    await watched.close()
    await asyncio.sleep(0)
