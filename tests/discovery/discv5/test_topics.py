"""Names of topics and where they are."""

from __future__ import annotations

import os

import pytest

from pystatus.discovery.discv5.draws import below, exponential
from pystatus.discovery.discv5.packets import topic_hash
from pystatus.discovery.discv5.topics import encode_topic, is_topic, topic_prefix
from pystatus.errors import LocalError
from tests.support.vectors import Case, case_id, cases, unhex


@pytest.mark.parametrize("case", cases("discv5", "topic_hash"), ids=case_id)
def test_hash_of_the_topics_of_a_ping(case: Case) -> None:
    assert topic_hash([unhex(topic) for topic in case["topics_hex"]]) == unhex(case["topic_hash"])


@pytest.mark.parametrize("case", cases("discv5", "topic_position"), ids=case_id)
def test_position_of_a_topic(case: Case) -> None:
    assert topic_prefix(case["topic"].encode()) == int(case["prefix_decimal"]) == int(case["prefix"], 16)


@pytest.mark.parametrize("topic", ["whisper", "LES2@d4e56740f876aef8", "ü" * 32, "x" * 64, "💬" * 16])
def test_names(topic: str) -> None:
    assert is_topic(encode_topic(topic))


@pytest.mark.parametrize("topic", ["", "x" * 65, "ü" * 33, "\ud800"])
def test_names_that_nobody_may_register(topic: str) -> None:
    with pytest.raises(LocalError, match="topic of discovery"):
        encode_topic(topic)


@pytest.mark.parametrize("encoded", [b"", b"x" * 65, b"\x80", b"\xed\xa0\x80"])
def test_names_that_no_packet_may_register(encoded: bytes) -> None:
    assert not is_topic(encoded)


def test_draws() -> None:
    assert {below(os.urandom, 3) for _ in range(200)} == {0, 1, 2}
    assert below(lambda size: b"\xff" * size, 1) == 0
    draws = [exponential(os.urandom) for _ in range(2000)]
    assert 0.8 < sum(draws) / len(draws) < 1.2
    assert exponential(lambda size: b"\xff" * size) == 0.0  # the smallest
    assert 38 < exponential(bytes) < 39  # the largest
