"""A source runs while it is needed, and what is asked of it is told once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from pystatus.errors import LocalError
from pystatus.net.source_runner import SourceRunner
from pystatus.peers.backoff import Backoff
from pystatus.peers.sources import WHISPER, WHISPERMAIL, Source

AT_ONCE = Backoff(initial=0.001, maximum=0.001, jitter=0.0)


class FakeSource:
    """Writes down what is asked of it."""

    source = Source.DISCV5

    def __init__(self) -> None:
        self.asked: asyncio.Queue[object] = asyncio.Queue()
        self.problem: LocalError | None = None
        self.crash: Exception | None = None
        self.crash_at_close: Exception | None = None
        self.last_crash: Exception | None = None
        self.closing: asyncio.Event | None = None

    async def start(self) -> None:
        await asyncio.sleep(0)
        self.asked.put_nowait("start" if self.problem is None else "failed")
        if self.problem is not None:
            raise self.problem

    async def close(self) -> None:
        await asyncio.sleep(0)
        if self.crash_at_close is not None:
            raise self.crash_at_close
        if self.closing is not None:
            self.asked.put_nowait("closing")
            await self.closing.wait()
        self.asked.put_nowait("close")

    def search(self, topic: str, period: float | None) -> None:
        if self.crash is not None:
            self.last_crash = self.crash
            raise self.crash
        self.asked.put_nowait((topic, period))

    def register(self, topic: str) -> None:
        self.asked.put_nowait(f"+{topic}")

    def unregister(self, topic: str) -> None:
        self.asked.put_nowait(f"-{topic}")

    async def next(self, count: int) -> list[object]:
        async with asyncio.timeout(10):
            return [await self.asked.get() for _ in range(count)]


@pytest.fixture
async def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
async def runner(source: FakeSource) -> AsyncIterator[SourceRunner]:
    runner = SourceRunner(source, AT_ONCE)
    yield runner
    await runner.close()


async def test_it_starts_with_the_first_search_and_closes_with_the_last(
    source: FakeSource, runner: SourceRunner
) -> None:
    await runner.start()
    assert source.asked.empty()
    runner.set({WHISPER: 3.0, WHISPERMAIL: None}, ())
    assert await source.next(2) == ["start", (WHISPER, 3.0)]
    runner.set({WHISPER: 30.0, WHISPERMAIL: 3.0}, ())
    assert await source.next(2) == [(WHISPER, 30.0), (WHISPERMAIL, 3.0)]
    runner.set({WHISPER: 30.0, WHISPERMAIL: None}, ())
    assert await source.next(1) == [(WHISPERMAIL, None)]
    runner.set({WHISPER: None, WHISPERMAIL: None}, ())
    assert await source.next(1) == ["close"]
    runner.set({WHISPER: 3.0, WHISPERMAIL: None}, ())
    assert await source.next(2) == ["start", (WHISPER, 3.0)]


@pytest.mark.requirement("CL-21")
async def test_what_is_registered_keeps_it_running(source: FakeSource, runner: SourceRunner) -> None:
    runner.set({WHISPER: None}, [WHISPER])
    await runner.start()
    assert await source.next(2) == ["start", f"+{WHISPER}"]
    runner.set({WHISPER: None}, [WHISPER, WHISPERMAIL])
    assert await source.next(1) == [f"+{WHISPERMAIL}"]
    runner.set({WHISPER: None}, [WHISPERMAIL])
    assert await source.next(1) == [f"-{WHISPER}"]


async def test_topics_are_registered_in_their_order(source: FakeSource, runner: SourceRunner) -> None:
    topics = [f"topic {number}" for number in (3, 1, 2, 5, 4)]
    runner.set({}, topics)
    await runner.start()
    assert await source.next(6) == ["start", *(f"+{topic}" for topic in topics)]


async def test_the_same_again_is_not_said_again(source: FakeSource, runner: SourceRunner) -> None:
    runner.set({WHISPER: 3.0}, [WHISPER])
    await runner.start()
    await source.next(3)
    runner.set({WHISPER: 3.0}, [WHISPER])
    assert source.asked.empty()


async def test_one_that_others_find_us_by_has_to_start(source: FakeSource, runner: SourceRunner) -> None:
    source.problem = LocalError("UDP port 1 is already in use on this machine.")
    runner.set({}, [WHISPER])
    with pytest.raises(LocalError, match="UDP port 1"):
        await runner.start()


async def test_one_that_cannot_start_is_tried_again_and_the_log_says_it_once(
    source: FakeSource, runner: SourceRunner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pystatus.net.source_runner")
    source.problem = LocalError("UDP port 1 is already in use on this machine.")
    await runner.start()
    runner.set({WHISPER: 3.0}, ())
    assert await source.next(3) == ["failed"] * 3
    source.problem = None
    while await source.next(1) != ["start"]:
        pass
    assert await source.next(1) == [(WHISPER, 3.0)]
    assert caplog.text.count("peers cannot be looked for with discv5: UDP port 1 is already in use") == 1
    assert "peers are looked for with discv5 again" in caplog.text


async def test_closing_again_changes_nothing(source: FakeSource, runner: SourceRunner) -> None:
    runner.set({WHISPER: 3.0}, ())
    await runner.start()
    await source.next(2)
    await runner.close()
    await runner.close()
    assert await source.next(1) == ["close"]
    assert source.asked.empty()


class Crash(Exception):
    """A bug of a source."""


async def test_a_source_that_crashes_is_closed_and_started_again(source: FakeSource, runner: SourceRunner) -> None:
    crashes = _listen_for_crashes()
    source.crash = Crash()
    await runner.start()
    runner.set({WHISPER: 3.0}, ())
    assert await source.next(4) == ["start", "close", "start", "close"]
    source.crash = None
    while await source.next(1) != [(WHISPER, 3.0)]:
        pass
    assert all(isinstance(crash, Crash) for crash in crashes)
    assert len(crashes) >= 2


async def test_who_directs_a_source_that_crashes_does_not_crash(source: FakeSource, runner: SourceRunner) -> None:
    """Else one source would end the search of all others, and the dialling."""
    crashes = _listen_for_crashes()
    await runner.start()
    runner.set({WHISPER: 3.0}, ())
    await source.next(2)
    source.crash = Crash()
    runner.set({WHISPER: 30.0}, ())
    assert await source.next(2) == ["close", "start"]
    source.crash = None
    assert crashes[:1] == [source.last_crash]


async def test_a_source_that_crashes_when_it_is_closed_is_closed(source: FakeSource, runner: SourceRunner) -> None:
    crashes = _listen_for_crashes()
    await runner.start()
    runner.set({WHISPER: 3.0}, ())
    await source.next(2)
    source.crash_at_close = Crash()
    await runner.close()
    assert not runner.is_running
    assert crashes == [source.crash_at_close]


async def test_a_source_whose_closing_is_broken_off_is_closed_again(source: FakeSource, runner: SourceRunner) -> None:
    """Else its sockets would stay open: the node closes while a source ends because there are enough peers."""
    await runner.start()
    runner.set({WHISPER: 3.0}, ())
    await source.next(2)
    source.closing = asyncio.Event()
    runner.set({WHISPER: None}, ())
    assert await source.next(1) == ["closing"]
    ending = asyncio.create_task(runner.close())
    assert await source.next(1) == ["closing"]
    source.closing.set()
    await ending
    assert await source.next(1) == ["close"]


def _listen_for_crashes() -> list[object]:
    """What the event loop is told of crashes from now on."""
    found: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: found.append(context["exception"]))
    return found
