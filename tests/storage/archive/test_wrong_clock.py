"""A mailserver that was started once with a clock that is far ahead: what it has kept is still there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus.mailserver.server.archive import Archive
from pystatus.net import archiver as module
from pystatus.net.archiver import Archiver
from pystatus.simulation.clock import VirtualClock
from pystatus.waku.envelope import Envelope
from tests.storage.archive.support import START, envelope, fill, hashes

DAY = 86_400
RETENTION = 30 * DAY
NOW = START + 31 * DAY
AHEAD = 40 * DAY


@pytest.fixture
def stored() -> list[Envelope]:
    """One envelope every noon, and one a minute ago."""
    return [*(envelope(day, START + day * DAY + DAY // 2) for day in range(31)), envelope(31, NOW - 60)]


def fresh(stored: list[Envelope], now: float) -> set[bytes]:
    return {one.hash for one in stored if one.sent >= now - RETENTION}


class Run:
    """A mailserver that runs."""

    def __init__(self, archive: Archive, now: float, confirmed: Callable[[float], bool] = lambda now: False) -> None:
        self.clock = VirtualClock(now)
        self.archiver = Archiver(archive, self.clock, retention=RETENTION, confirmed=confirmed)

    async def rounds(self, count: int = 1) -> None:
        """So many times, ten minutes apart, what is too old is looked for."""
        for _ in range(count):
            await self.archiver._prune_once()
            self.clock.jump(module.PRUNE_SECONDS)


async def test_a_start_with_a_clock_that_is_ahead_removes_nothing(archive: Archive, stored: list[Envelope]) -> None:
    await fill(archive, stored)
    await Run(archive, NOW).rounds()
    for _ in range(3):
        await Run(archive, NOW + AHEAD).rounds(6)
    assert await hashes(archive) == fresh(stored, NOW)
    await Run(archive, NOW + DAY).rounds()
    assert await hashes(archive) == fresh(stored, NOW), "nothing confirms the day yet"


async def test_an_archive_of_an_older_version_vouches_by_its_newest_envelope(
    archive: Archive, stored: list[Envelope]
) -> None:
    await fill(archive, stored)
    await Run(archive, NOW + AHEAD).rounds(6)
    assert await hashes(archive) == fresh(stored, NOW)


async def test_an_archive_begun_with_a_clock_that_is_ahead_vouches_for_nothing(
    archive: Archive, stored: list[Envelope]
) -> None:
    """Peers with the same wrong clock have filled it."""
    await Run(archive, NOW + AHEAD).rounds()
    await fill(archive, [*stored, envelope(99, NOW + AHEAD)])
    await Run(archive, NOW + AHEAD).rounds(6)
    assert await hashes(archive) == {one.hash for one in [*stored, envelope(99, NOW + AHEAD)]}


async def test_after_a_real_absence_what_is_too_old_goes_when_peers_confirm_the_time(
    archive: Archive, stored: list[Envelope]
) -> None:
    await fill(archive, stored)
    await Run(archive, NOW).rounds()
    confirmed = [False, False, True]
    run = Run(archive, NOW + AHEAD, lambda now: confirmed.pop(0))
    await run.rounds(2)
    assert await hashes(archive) == fresh(stored, NOW)
    await run.rounds()
    assert await hashes(archive) == set()


async def test_a_mailserver_that_goes_on_for_weeks_needs_nobody(archive: Archive, stored: list[Envelope]) -> None:
    await fill(archive, stored)
    run = Run(archive, NOW)
    await run.rounds(1 + 5 * 144)
    assert await hashes(archive) == fresh(stored, NOW + 5 * DAY)


async def test_what_came_from_the_future_goes_when_the_time_is_confirmed(
    archive: Archive, stored: list[Envelope]
) -> None:
    """It would outlive all that is real when the archive has to keep to its size."""
    future = [envelope(number, NOW + AHEAD + number) for number in range(100, 110)]
    edge = envelope(200, NOW + module.FUTURE_SECONDS - 1)
    await fill(archive, [*stored, edge, *future])
    await Run(archive, NOW).rounds(6)
    assert await hashes(archive) >= {one.hash for one in future}
    await Run(archive, NOW, lambda now: True).rounds()
    assert await hashes(archive) == fresh([*stored, edge], NOW)


async def test_it_is_said_once_that_nothing_is_removed_and_why(
    archive: Archive, stored: list[Envelope], caplog: pytest.LogCaptureFixture
) -> None:
    await fill(archive, stored)
    await Run(archive, NOW).rounds()
    assert caplog.text == ""
    await Run(archive, NOW + AHEAD).rounds(3)
    assert caplog.text.count("the clock is 40 days ahead of the end of the last run") == 1
