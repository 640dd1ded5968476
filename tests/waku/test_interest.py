"""What a node asks for, and how it is told."""

import pytest

from pystatus.errors import LocalError
from pystatus.waku.bloom import EMPTY_BLOOM, FULL_BLOOM, topic_bloom, topics_bloom
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.status import MAX_TOPICS, StatusOptions
from tests.waku.network import OTHER_TOPIC, TOPIC

BLOOM = topics_bloom([TOPIC])


@pytest.mark.requirement("WK-31", "WK-63")
@pytest.mark.parametrize(
    ("options", "interest"),
    [
        (StatusOptions(), EVERYTHING),
        (StatusOptions(bloom_filter=b""), EVERYTHING),
        (StatusOptions(bloom_filter=FULL_BLOOM), EVERYTHING),
        (StatusOptions(bloom_filter=BLOOM), Interest(bloom=BLOOM)),
        (StatusOptions(topic_interest=()), Interest(topics=frozenset())),
        (StatusOptions(topic_interest=(TOPIC, TOPIC)), Interest(topics=frozenset([TOPIC]))),
        (StatusOptions(topic_interest=(TOPIC,), bloom_filter=FULL_BLOOM), Interest(topics=frozenset([TOPIC]))),
    ],
)
def test_what_a_status_says(options: StatusOptions, interest: Interest) -> None:
    """WK-31, WK-63 and tests/vectors/README.md fact 20."""
    assert Interest.announced(options, EVERYTHING) == interest


@pytest.mark.requirement("WK-29")
def test_absent_is_unchanged() -> None:
    before = Interest.in_topics([TOPIC])
    assert Interest.announced(StatusOptions(light_node=True), before) is before


@pytest.mark.parametrize(
    "interest", [EVERYTHING, Interest.in_topics([]), Interest.in_topics([TOPIC, OTHER_TOPIC]), Interest.in_bloom(BLOOM)]
)
def test_what_is_announced_is_understood(interest: Interest) -> None:
    assert Interest.announced(interest.announcement(), Interest.in_topics([])) == interest


def test_wanting() -> None:
    assert EVERYTHING.wants(TOPIC)
    assert Interest.in_topics([TOPIC]).wants(TOPIC)
    assert not Interest.in_topics([TOPIC]).wants(OTHER_TOPIC)
    assert not Interest.in_topics([]).wants(TOPIC)
    assert Interest.in_bloom(BLOOM).wants(TOPIC)
    assert not Interest.in_bloom(BLOOM).wants(OTHER_TOPIC)
    assert not Interest.in_bloom(EMPTY_BLOOM).wants(TOPIC)


def test_topics_whose_bits_share_a_byte() -> None:
    """waku.md D9: a filter made by the reference has one bit of this topic, ours has all of them; it passes through
    both."""
    topic = bytes.fromhex("01020307")
    assert topic_bloom(topic) != topics_bloom([topic])
    assert Interest.in_bloom(topic_bloom(topic)).wants(topic)
    assert Interest.in_bloom(topics_bloom([topic])).wants(topic)


def test_a_full_bloom_is_everything() -> None:
    assert Interest.in_bloom(FULL_BLOOM) is EVERYTHING


def test_limits() -> None:
    many = [number.to_bytes(4, "big") for number in range(MAX_TOPICS + 1)]
    assert Interest.in_topics(many[1:]).wants(many[1])
    for wrong in (many, [b"abc"]):
        with pytest.raises(LocalError):
            Interest.in_topics(wrong)
    with pytest.raises(LocalError):
        Interest.in_bloom(bytes(63))


@pytest.mark.requirement("WK-32", "WK-34")
def test_the_last_filter_counts_alone() -> None:
    """Only a bloom filter: the topics of before are forgotten. Only topics: the bloom filter is."""
    bloom, topics = Interest.in_bloom(BLOOM), Interest.in_topics([OTHER_TOPIC])
    assert Interest.announced(StatusOptions(bloom_filter=BLOOM), topics) == bloom
    assert Interest.announced(StatusOptions(topic_interest=(OTHER_TOPIC,)), bloom) == topics
