"""How often the log says the same."""

from __future__ import annotations

import gc
import logging
import random
import sys
import weakref
from collections import Counter

import pytest

from pystatus.logs.repetition import IMPORTANT_AT_ONCE, MAX_KINDS, Repetition


def record(
    text: str = "connected", *, line: int = 1, level: int = logging.INFO, name: str = "pystatus.net", about: str = ""
) -> logging.LogRecord:
    fields = {"name": name, "levelno": level, "pathname": "peers.py", "lineno": line, "msg": text}
    return logging.makeLogRecord({**fields, "subject": about or None})


class Log:
    """A log that is looked at as often as somebody writes, and at each full second."""

    def __init__(self, seed: int = 1) -> None:
        self.repetition = Repetition(random.Random(seed).random)
        self.lines: list[tuple[float, str, int]] = []

    def write(self, now: float, one: logging.LogRecord) -> None:
        if self.repetition.takes(one, now):
            self.lines.append((now, one.msg, 0))

    def look(self, now: float, *, at_end: bool = False) -> None:
        self.lines += ((now, one.msg, more) for one, more, _ in self.repetition.due(now, at_end=at_end))

    @property
    def told(self) -> int:
        """How many lines there were, those that were left out included."""
        return sum(1 + more for _, _, more in self.lines)


def test_what_is_said_once_a_second_is_said_at_once() -> None:
    log = Log()
    for second in range(100):
        log.write(float(second), record())
    assert [now for now, _, _ in log.lines] == list(range(100))


def test_what_is_said_a_hundred_times_a_second_is_one_line_with_the_number_of_the_others() -> None:
    log = Log()
    for step in range(6_000):
        log.write(step / 100, record())
        if step % 100 == 99:
            log.look(step / 100 + 0.01)
    assert len(log.lines) <= 61
    log.look(61.0, at_end=True)
    assert log.told == 6_000
    assert not log.repetition.is_waiting


def test_two_in_a_second_are_both_written() -> None:
    log = Log()
    log.write(0.0, record("one"))
    log.write(0.1, record("two"))
    log.look(0.5)
    assert [text for _, text, _ in log.lines] == ["one"]
    log.look(1.0)
    assert [text for _, text, _ in log.lines] == ["one", "two"]
    assert log.told == 2


def test_a_line_of_another_place_or_of_a_library_does_not_wait() -> None:
    log = Log()
    for step in range(50):
        log.write(step / 100, record())
    for other in (record(line=2), record(name="aiohttp.server"), record(name="asyncpg.pool")):
        assert log.repetition.takes(other, 0.5)
    assert not log.repetition.takes(record(name="aiohttp.client"), 0.5)


def test_what_strangers_cause_hides_nothing_that_the_operator_has_named() -> None:
    log = Log()
    for step in range(500):
        log.write(step / 100, record())
        if step % 100 == 50:
            assert log.repetition.takes(record(about="a static peer"), step / 100)


def test_nobody_decides_whose_line_is_left_out() -> None:
    """The first, the last and all others have the same chance, however the attacker places its own."""
    written: Counter[str] = Counter()
    for seed in range(3_000):
        log = Log(seed)
        log.write(0.0, record("attacker"))
        for place in range(10):
            log.write(0.1 + place / 20, record(f"peer {place}"))
        log.look(1.0)
        written[log.lines[1][1]] += 1
    assert len(written) == 10
    assert min(written.values()) > 200
    assert max(written.values()) < 400


@pytest.mark.parametrize("level", [logging.WARNING, logging.ERROR, logging.CRITICAL])
def test_what_is_important_is_written_at_once_within_reason(level: int) -> None:
    log = Log()
    for number in range(IMPORTANT_AT_ONCE):
        log.write(0.0, record(f"worker {number} has ended", level=level))
    assert len(log.lines) == IMPORTANT_AT_ONCE
    for step in range(1_000):
        log.write(step / 100, record("a handler failed", level=level))
        log.look(step / 100)
    assert len(log.lines) <= IMPORTANT_AT_ONCE + 11
    log.look(10.0, at_end=True)
    assert log.told == IMPORTANT_AT_ONCE + 1_000


def test_a_line_that_waits_holds_nothing_of_what_failed() -> None:
    """A frame that an exception went through holds a packet, or the body of a request."""

    class Body:
        pass

    def fail() -> weakref.ref[Body]:
        body = Body()
        try:
            raise RuntimeError(f"with {body}")
        except RuntimeError:
            failed = logging.makeLogRecord({**record("it failed").__dict__, "exc_info": sys.exc_info()})
            log.write(0.5, failed)
        return weakref.ref(body)

    log = Log()
    log.write(0.0, record("it failed"))
    body = fail()
    gc.collect()
    assert body() is None
    (waiting, _, _), *_ = log.repetition.due(1.5)
    assert waiting.exc_text is not None
    assert "RuntimeError: with" in waiting.exc_text


def test_what_is_remembered_of_what_rests_is_bounded() -> None:
    repetition = Repetition()
    for number in range(10 * MAX_KINDS):
        repetition.takes(record(line=number), float(number))
        assert len(repetition._kinds) <= MAX_KINDS
