"""Bloom filters over topics: 512 bits, three of them for a topic (6/WAKU1 "Bloom Filter", waku.md §4.5, D9).

The reference *assigns* the byte of each bit instead of OR-ing it, so a topic whose bits share a byte keeps only the
last of them. Hence two forms: what is tested is the assigned one (:func:`topic_bloom`, a subset), what is advertised is
the OR of all bits (:func:`topics_bloom`, a superset). That way neither side withholds what the other wants.
"""

from collections.abc import Iterable

from pystatus.errors import LocalError

BLOOM_SIZE = 64
"""Bytes in a bloom filter."""
TOPIC_SIZE = 4
"""Bytes in a topic."""

FULL_BLOOM = b"\xff" * BLOOM_SIZE
EMPTY_BLOOM = bytes(BLOOM_SIZE)


def _bits(topic: bytes) -> tuple[int, int, int]:
    if len(topic) != TOPIC_SIZE:
        raise LocalError(f"A topic has {TOPIC_SIZE} bytes, not {len(topic)}.")
    a, b, c, high = topic
    return a + ((high & 1) << 8), b + ((high & 2) << 7), c + ((high & 4) << 6)


def topic_bloom(topic: bytes) -> bytes:
    """The bloom of one topic as the reference computes it: to test against a peer's filter."""
    bloom = bytearray(BLOOM_SIZE)
    for bit in _bits(topic):
        bloom[bit >> 3] = 1 << (bit & 7)
    return bytes(bloom)


def topics_bloom(topics: Iterable[bytes]) -> bytes:
    """The bloom with every bit of every topic: to advertise."""
    bloom = bytearray(BLOOM_SIZE)
    for topic in topics:
        for bit in _bits(topic):
            bloom[bit >> 3] |= 1 << (bit & 7)
    return bytes(bloom)


def bloom_union(one: bytes, other: bytes) -> bytes:
    """The bloom that lets pass what either does."""
    return (int.from_bytes(one, "big") | int.from_bytes(other, "big")).to_bytes(BLOOM_SIZE, "big")


def bloom_matches(bloom: bytes | None, sample: bytes) -> bool:
    """Whether every bit of ``sample`` is in ``bloom``. ``None`` is the filter that lets everything pass."""
    if bloom is None:
        return True
    return int.from_bytes(sample, "big") & ~int.from_bytes(bloom, "big") == 0


def is_full_bloom(bloom: bytes | None) -> bool:
    """Whether this filter makes a full node: absent, empty, or all ones.

    Implements: WK-63
    """
    return not bloom or bloom == FULL_BLOOM
