"""Bloom filters: the vectors, and what makes the two forms fit together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError
from pystatus.waku.bloom import (
    EMPTY_BLOOM,
    FULL_BLOOM,
    bloom_matches,
    is_full_bloom,
    topic_bloom,
    topics_bloom,
)
from tests.support.vectors import Case, case_id, cases, unhex

topics = st.binary(min_size=4, max_size=4)


@pytest.mark.parametrize("case", cases("pow_bloom", "topic_to_bloom"), ids=case_id)
def test_bloom_of_a_topic(case: Case) -> None:
    bloom = topic_bloom(unhex(case["topic"]))
    assert bloom == unhex(case["bloom"])
    assert bloom == unhex(case["bloom_used_in_mailserver_requests"])


@pytest.mark.parametrize("case", cases("pow_bloom", "bloom_match"), ids=case_id)
def test_matching(case: Case) -> None:
    bloom = None if case["filter"] is None else unhex(case["filter"])
    assert bloom_matches(bloom, unhex(case["sample"])) is case["match"]


@pytest.mark.requirement("WK-63")
@pytest.mark.parametrize("case", cases("pow_bloom", "is_full_node"), ids=case_id)
def test_full_nodes(case: Case) -> None:
    assert is_full_bloom(None if case["bloom"] is None else unhex(case["bloom"])) is case["full_node"]


def test_an_empty_string_is_a_full_filter() -> None:
    assert is_full_bloom(b"")


@pytest.mark.parametrize(
    ("topic", "assigned", "merged"),
    [
        ("ffaadd11", {21: 0x04, 27: 0x20, 63: 0x80}, {21: 0x04, 27: 0x20, 63: 0x80}),
        ("00011000", {0: 0x02, 2: 0x01}, {0: 0x03, 2: 0x01}),
        ("00000000", {0: 0x01}, {0: 0x01}),
        ("01020307", {32: 0x08}, {32: 0x0E}),
    ],
)
def test_both_forms(topic: str, assigned: dict[int, int], merged: dict[int, int]) -> None:
    """The known answers of waku.md §12."""
    as_bytes = bytes.fromhex(topic)
    assert topic_bloom(as_bytes) == bytes(assigned.get(i, 0) for i in range(64))
    assert topics_bloom([as_bytes]) == bytes(merged.get(i, 0) for i in range(64))


@given(st.lists(topics, max_size=30))
def test_what_is_advertised_covers_what_is_tested(wanted: list[bytes]) -> None:
    advertised = topics_bloom(wanted)
    assert all(bloom_matches(advertised, topic_bloom(topic)) for topic in wanted)
    assert bloom_matches(FULL_BLOOM, advertised)


@given(topics)
def test_a_filter_of_nothing_matches_no_topic(topic: bytes) -> None:
    assert not bloom_matches(EMPTY_BLOOM, topic_bloom(topic))


@pytest.mark.parametrize("size", [0, 3, 5])
def test_a_topic_has_four_bytes(size: int) -> None:
    with pytest.raises(LocalError):
        topic_bloom(bytes(size))
    with pytest.raises(LocalError):
        topics_bloom([bytes(size)])
