"""What was seen, in numbers, and how much of it is remembered."""

from __future__ import annotations

import os
import time

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.inspector.names import TopicNames
from pystatus.inspector.statistics import MAX_REMEMBERED, MAX_TOPICS, RATE_SECONDS, Statistics
from pystatus.inspector.views import table
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


@pytest.mark.parametrize(
    ("begun", "now", "span"), [(1000.2, 1000.9, 1), (998.0, 1001.0, 4), (900.0, 1000.9, RATE_SECONDS)]
)
def test_a_rate_is_never_of_more_seconds_than_have_begun(begun: float, now: float, span: int) -> None:
    statistics = Statistics()
    statistics.rate.begin(begun)
    for _ in range(20):
        statistics.envelope(envelope(), 1000.5)
    assert statistics.rate.at(now)[0] == 20 / span
    shown = "\n".join(table(statistics, TopicNames(), "a capture", now, 1))
    assert f"{20 / span:.1f}/s" in shown
    assert f"in the last {span} second" in shown


def test_a_name_that_is_cut_off_says_so_and_nothing_is_measured_of_nothing() -> None:
    statistics = Statistics()
    assert not any(line.startswith(("size", "pow", "ttl")) for line in table(statistics, TopicNames(), "", 1.0, 1))
    names = TopicNames(people=[PrivateKey(bytes([number]) * 32).public_key for number in range(1, 20)])
    topic, whole = max(((topic, names.of(topic) or "") for topic in names.chosen), key=lambda pair: len(pair[1]))
    statistics.envelope(envelope(topic), 1.0)
    shown = table(statistics, names, "", 1.0, 1)[-1].split("  ")[-1]
    assert len(shown) < len(whole)
    assert shown.endswith("…")
    assert whole.startswith(shown[:-1])


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
