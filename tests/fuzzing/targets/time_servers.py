"""Answers of time servers."""

from __future__ import annotations

from pystatus.timekeeping import sntp
from tests.fuzzing.target import RUNS, Target
from tests.support.time_servers import answer

SENT = 1_700_000_000.0
QUESTION = sntp.question(bytes(range(sntp.COOKIE_SIZE)))


def _answer(data: bytes) -> None:
    data = data.ljust(sntp.PACKET_SIZE, b"\0")[: sntp.PACKET_SIZE]  # shorter ones are no answers
    found = sntp.read(data, SENT, SENT + 1)
    assert 0 <= found.delay <= 1


TARGETS = (
    Target(
        "sntp-answer",
        _answer,
        lambda: [
            answer(QUESTION, SENT + 60.5),
            answer(QUESTION, SENT, stratum=0, reference=b"RATE"),
            answer(QUESTION, SENT, first=3 << 6 | 4 << 3 | 4),
            answer(QUESTION, 2_085_978_496.5),
        ],
        ("timekeeping/sntp.py:read",),
        max_input=100,
        runs=RUNS // 4,
    ),
)
