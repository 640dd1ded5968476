"""Between relay and archive: batches, and an archive that is slow, full, away, or back again."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence

import pytest

from pystatus.errors import LocalError
from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.server.archive import (
    MAX_BATCH,
    ArchiveError,
    ArchiveFull,
    ArchiveQuery,
    ArchiveState,
    Kept,
    Page,
)
from pystatus.net import archiver as module
from pystatus.net.archiver import Archiver
from pystatus.simulation.clock import VirtualClock
from pystatus.waku.envelope import Envelope
from pystatus.wording import counted
from tests.waku.network import NOW, envelope

PATIENCE = 10.0


class FakeArchive:
    """Stores in a list; fails when told."""

    def __init__(self) -> None:
        self.batches: list[list[Envelope]] = []
        self.fails: Exception | None = None
        self.pruned: list[tuple[int, int | None]] = []
        self.vouched: int | None = int(NOW)
        self.newest: int | None = None
        self.was_pruned = asyncio.Event()
        self.tried = asyncio.Event()

    async def add(self, envelopes: Sequence[Envelope]) -> int:
        self.tried.set()
        if self.fails is not None:
            raise self.fails
        self.batches.append(list(envelopes))
        return len(envelopes)

    async def page(self, query: ArchiveQuery) -> Page:
        return Page((), more=False)

    async def removed_before(self) -> int:
        return 0

    async def ledger(self) -> Sequence[Kept]:
        return ()

    async def keep(self, keeper: bytes, entries: Sequence[CoverageEntry]) -> None:
        return

    async def vouched_time(self) -> int | None:
        return self.vouched

    async def keep_vouched_time(self, second: int) -> None:
        self.vouched = second

    async def prune(self, before: int, after: int | None = None) -> int:
        self.pruned.append((before, after))
        self.was_pruned.set()
        if self.fails is not None:
            raise self.fails
        return 3

    async def state(self) -> ArchiveState:
        return ArchiveState(0, 0, None, self.newest)

    async def close(self) -> None:
        return


class FakeFile:
    """Keeps what waits in a list; fails when told."""

    def __init__(self, contents: Sequence[bytes] = (), room: int = 1_000_000) -> None:
        self.contents: list[bytes] | None = list(contents) or None
        self.room = room
        self.fails: LocalError | None = None

    def read(self) -> Sequence[bytes]:
        if self.fails is not None:
            raise self.fails
        return list(self.contents or ())

    def write(self, envelopes: Iterable[bytes]) -> int:
        if self.fails is not None:
            raise self.fails
        self.contents = list(envelopes)[: self.room]
        return len(self.contents)

    def remove(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.contents = None


def archiver(archive: FakeArchive, retention: float | None = None) -> Archiver:
    return Archiver(archive, VirtualClock(NOW), retention=retention)


async def test_what_comes_together_is_stored_together() -> None:
    archive = FakeArchive()
    filling = archiver(archive)
    filling.start()
    for number in range(MAX_BATCH + 500):
        filling.add(envelope(number))
    async with asyncio.timeout(PATIENCE):
        await filling.stored()
    assert [len(batch) for batch in archive.batches] == [MAX_BATCH, 500]
    filling.add(envelope(9_999))
    async with asyncio.timeout(PATIENCE):
        await filling.stored()
    assert len(archive.batches[-1]) == 1
    assert filling.archived == MAX_BATCH + 501
    await filling.close()


async def test_large_envelopes_make_small_batches() -> None:
    archive = FakeArchive()
    filling = archiver(archive)
    for number in range(12):
        filling.add(envelope(number, size=1_000_000))
    filling.start()
    async with asyncio.timeout(PATIENCE):
        await filling.stored()
    assert [len(batch) for batch in archive.batches] == [8, 4]
    await filling.close()


async def test_closing_stores_what_waits() -> None:
    archive = FakeArchive()
    filling = archiver(archive)
    filling.start()
    filling.add(envelope(1))
    await filling.close()
    assert archive.batches == [[envelope(1)]]


@pytest.mark.parametrize("failure", [ArchiveFull("no room"), ArchiveError("away")], ids=["full", "away"])
async def test_an_archive_that_is_back_gets_what_waited(
    failure: ArchiveError, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    archive = FakeArchive()
    archive.fails = failure
    filling = archiver(archive)
    filling.start()
    filling.add(envelope(1))
    async with asyncio.timeout(PATIENCE):
        for _ in range(3):  # it is tried again and again, and said once
            await archive.tried.wait()
            archive.tried.clear()
        assert filling.problem == str(failure)
        filling.add(envelope(2))
        archive.fails = None
        await filling.stored()
    assert filling.problem is None
    assert [one for batch in archive.batches for one in batch] == [envelope(1), envelope(2)]
    assert filling.lost == 0
    assert not caplog.records  # whoever watches the archive writes the lines
    await filling.close()


async def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(module, "MAX_BACKLOG", 10)
    archive = FakeArchive()
    archive.fails = ArchiveError("away")
    filling = archiver(archive)
    filling.start()
    for number in range(25):
        filling.add(envelope(number))
    assert filling.lost == 15
    monkeypatch.setattr(module, "MAX_BACKLOG", 100)
    monkeypatch.setattr(module, "MAX_BACKLOG_BYTES", 5_000)
    for number in range(100, 110):
        filling.add(envelope(number))
    assert filling.lost == 15 + 5
    await filling.close()
    assert filling.lost == 35
    assert "15 envelopes are lost: away" in caplog.text


@pytest.mark.requirement("WM-4")
async def test_what_cannot_be_asked_for_is_not_kept() -> None:
    """Claimed to be older than a day, or too large for any packet."""
    archive = FakeArchive()
    filling = archiver(archive)
    filling.start()
    old = envelope(1, now=NOW - module.MAX_LATENESS - 1, ttl=module.MAX_LATENESS + 100)
    filling.add(old)
    filling.add(envelope(2, size=(1 << 20) - 8))
    filling.add(envelope(3, now=NOW - module.MAX_LATENESS, ttl=module.MAX_LATENESS + 100))
    await filling.close()
    assert filling.ignored == 2
    assert len(archive.batches[0]) == 1


@pytest.mark.parametrize(("retention", "before"), [(None, 0), (3_600.0, int(NOW) - 3_600), (1e12, 0)])
async def test_pruning_begins_at_once(retention: float | None, before: int) -> None:
    archive = FakeArchive()
    filling = archiver(archive, retention)
    filling.start()
    async with asyncio.timeout(PATIENCE):
        await archive.was_pruned.wait()
    assert archive.pruned == [(before, None)]
    await filling.close()


async def test_pruning_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PRUNE_SECONDS", 0.01)
    archive = FakeArchive()
    archive.fails = ArchiveError("away")
    filling = archiver(archive)
    filling.start()
    async with asyncio.timeout(PATIENCE):
        for _ in range(2):
            await archive.was_pruned.wait()
            archive.was_pruned.clear()
    await filling.close()


async def test_a_mistake_of_ours_is_told(caplog: pytest.LogCaptureFixture) -> None:
    archive = FakeArchive()
    archive.fails = ZeroDivisionError("a bug")
    filling = archiver(archive)
    filling.start()
    filling.add(envelope(1))
    with pytest.raises(ZeroDivisionError):
        await filling.close()
    assert "archiving has ended" in caplog.text


async def test_an_archiver_that_never_began_ends_quietly() -> None:
    await archiver(FakeArchive()).close()


def test_no_retention_at_all_is_a_mistake() -> None:
    with pytest.raises(LocalError):
        Archiver(FakeArchive(), VirtualClock(NOW), retention=0)


async def test_who_waits_for_storing_is_told_then_and_not_before() -> None:
    archive = FakeArchive()
    filling = archiver(archive)
    told: list[str] = []
    filling.when_stored(lambda: told.append("nothing to wait for"))
    assert told == ["nothing to wait for"]
    filling.add(envelope(1))
    filling.when_stored(lambda: told.append("one"))
    filling.add(envelope(2))
    filling.when_stored(lambda: told.append("two"))
    assert told == ["nothing to wait for"]
    filling.start()
    async with asyncio.timeout(PATIENCE):
        await filling.stored()
    assert told == ["nothing to wait for", "one", "two"]
    await filling.close()


async def test_what_had_to_be_given_up_is_never_said_to_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BACKLOG", 1)
    archive = FakeArchive()
    archive.fails = ArchiveError("away")
    clock = VirtualClock(NOW)
    filling = Archiver(archive, clock)
    told: list[str] = []
    filling.add(envelope(1))
    filling.when_stored(lambda: told.append("taken"))
    filling.add(envelope(2))
    filling.when_stored(lambda: told.append("given up"))
    monkeypatch.setattr(module, "MAX_BACKLOG", 10)
    filling.add(envelope(3))
    filling.when_stored(lambda: told.append("perhaps the one that was given up"))
    clock.jump(module.DOUBT_SECONDS)
    filling.when_stored(lambda: told.append("taken again"))
    monkeypatch.setattr(module, "MAX_WAITING", 2)
    filling.when_stored(lambda: told.append("one too many"))
    archive.fails = None
    filling.start()
    async with asyncio.timeout(PATIENCE):
        await filling.stored()
    assert told == ["taken", "taken again"]
    await filling.close()


async def test_what_others_hand_over_may_be_old_and_does_not_wait_for_company() -> None:
    archive = FakeArchive()
    clock = VirtualClock(NOW)
    filling = Archiver(archive, clock, max_lateness=math.inf, batch_seconds=0.0, prunes=False)
    filling.start()
    old = envelope(1, now=NOW - 20 * module.MAX_LATENESS)
    filling.add(old)
    filling.add(envelope(2, size=(1 << 20) - 8))  # it could be given to nobody, however it came
    async with asyncio.timeout(PATIENCE):
        await filling.stored()
    await filling.close()
    assert archive.batches == [[old]]
    assert (filling.ignored, archive.pruned) == (1, [])


def raws(*numbers: int) -> list[bytes]:
    return [envelope(number).raw for number in numbers]


async def tried(archive: FakeArchive) -> None:
    async with asyncio.timeout(PATIENCE):
        await archive.tried.wait()


async def test_what_waits_survives_a_close_and_is_stored_after_the_next_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    archive, file = FakeArchive(), FakeFile()
    archive.fails = ArchiveError("away")
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.start()
    for number in range(3):
        filling.add(envelope(number))
    await tried(archive)
    await filling.close()
    assert file.contents == raws(0, 1, 2)
    assert filling.lost == 0
    assert caplog.messages == ["3 envelopes wait in a file until the next start: away"]

    late = VirtualClock(NOW)
    late.jump(10 * module.MAX_LATENESS)  # they had been accepted in time
    again = Archiver(archive, late, file=file)
    again.start()
    archive.tried.clear()
    await tried(archive)
    assert file.contents == raws(0, 1, 2), "it is there until they are stored"
    await again.close()
    assert file.contents == raws(0, 1, 2)

    archive.fails = None
    third = Archiver(archive, late, file=file)
    third.start()
    await third.close()
    assert [one.raw for one in archive.batches[0]] == raws(0, 1, 2)
    assert file.contents is None
    assert third.lost == again.lost == 0


async def test_new_ones_are_kept_with_those_that_waited_before() -> None:
    archive, file = FakeArchive(), FakeFile(raws(1, 2))
    archive.fails = ArchiveError("away")
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.add(envelope(3))
    await filling.close()  # before it was ever started
    assert sorted(file.contents or ()) == sorted(raws(1, 2, 3))


async def test_an_archive_that_is_back_at_the_close_gets_all_of_it() -> None:
    archive, file = FakeArchive(), FakeFile()
    archive.fails = ArchiveError("away")
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.start()
    filling.add(envelope(1))
    await tried(archive)
    archive.fails = None
    await filling.close()
    assert file.contents is None
    assert filling.archived == 1


async def test_an_archive_that_does_not_answer_does_not_hold_up_the_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.05)
    archive, file = FakeArchive(), FakeFile()

    async def hang(envelopes: Sequence[Envelope]) -> int:
        archive.tried.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(archive, "add", hang)
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.start()
    filling.add(envelope(1))
    await tried(archive)
    async with asyncio.timeout(PATIENCE):
        await filling.close()
    assert file.contents == raws(1)


@pytest.mark.parametrize("room", [0, 2])
async def test_what_finds_no_room_in_the_file_is_counted_as_lost(room: int, caplog: pytest.LogCaptureFixture) -> None:
    archive, file = FakeArchive(), FakeFile(room=room)
    archive.fails = ArchiveFull("no room")
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.start()
    for number in range(5):
        filling.add(envelope(number))
    await tried(archive)
    await filling.close()
    assert file.contents == raws(0, 1, 2, 3, 4)[:room]
    assert filling.lost == 5 - room
    assert f"{counted(5 - room, 'envelope is', 'envelopes are')} lost: no room" in caplog.messages


async def test_a_file_that_cannot_be_written_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    archive, file = FakeArchive(), FakeFile()
    archive.fails = ArchiveError("no disk")
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.start()
    filling.add(envelope(1))
    await tried(archive)
    file.fails = LocalError("The file cannot be written.")
    await filling.close()
    assert caplog.messages == ["The file cannot be written.", "1 envelope is lost: no disk"]


async def test_a_file_that_cannot_be_read_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    archive, file = FakeArchive(), FakeFile(raws(1))
    file.fails = LocalError("The file cannot be read.")
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.start()
    filling.add(envelope(2))
    async with asyncio.timeout(PATIENCE):
        await filling.stored()
    file.fails = None
    await filling.close()
    assert file.contents == raws(1)
    assert "The file cannot be read." in caplog.messages


async def test_what_is_in_the_file_and_is_no_envelope_harms_nobody() -> None:
    archive, file = FakeArchive(), FakeFile([b"nonsense", *raws(1)])
    filling = Archiver(archive, VirtualClock(NOW), file=file)
    filling.start()
    await filling.close()
    assert [one.raw for one in archive.batches[0]] == raws(1)
    assert file.contents is None


async def test_what_can_be_fetched_again_is_neither_kept_nor_lost(caplog: pytest.LogCaptureFixture) -> None:
    archive = FakeArchive()
    archive.fails = ArchiveError("away")
    filling = Archiver(archive, VirtualClock(NOW), refetched=True)
    filling.start()
    filling.add(envelope(1))
    await tried(archive)
    await filling.close()
    assert filling.lost == 0
    assert not caplog.records
