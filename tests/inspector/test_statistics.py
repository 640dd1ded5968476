"""What was seen, in numbers, and how much of it is remembered."""

from __future__ import annotations

import os
import time

import pytest

from pystatus.inspector.statistics import MAX_REMEMBERED, MAX_TOPICS, RATE_SECONDS, Statistics
from pystatus.waku.capture import MAX_RECORDED_SIZE
from pystatus.waku.envelope import Envelope


def envelope(topic: bytes = b"aaaa") -> Envelope:
    return Envelope.mine(time.time(), 30, topic, os.urandom(300), 0.002)


def test_rates_are_those_of_the_last_seconds() -> None:
    statistics = Statistics()
    for at in range(20):
        statistics.envelope(envelope(), 1000.0 + at / 2)
    per_second, bytes_per_second = statistics.rate.at(1009.5)
    assert per_second == 2.0
    assert bytes_per_second == pytest.approx(statistics.size.total / RATE_SECONDS)
    assert statistics.rate.at(1012.0)[0] == pytest.approx(1.4)
    assert statistics.rate.at(2000.0) == (0.0, 0.0)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_TOPICS <= 10_000
    assert MAX_REMEMBERED <= 200_000
    monkeypatch.setattr("pystatus.inspector.statistics.MAX_TOPICS", 2)
    monkeypatch.setattr("pystatus.inspector.statistics.MAX_REMEMBERED", 2)
    statistics = Statistics()
    first = envelope(b"aaaa")
    for one in (first, envelope(b"bbbb"), envelope(b"cccc")):
        assert statistics.envelope(one, 1.0)
    assert set(statistics.topics) == {b"aaaa", b"bbbb"}
    assert statistics.other.envelopes == 1
    assert statistics.envelope(first, 2.0)  # forgotten, so it counts as new
    assert len(first.raw) < MAX_RECORDED_SIZE
