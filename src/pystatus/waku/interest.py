"""Which envelopes a node wants to be sent: all of them, some topics, or a bloom filter (6/WAKU1, waku.md §4.2)."""

from __future__ import annotations

from collections.abc import Collection

from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.waku.bloom import (
    BLOOM_SIZE,
    FULL_BLOOM,
    TOPIC_SIZE,
    bloom_matches,
    is_full_bloom,
    topic_bloom,
    topics_bloom,
)
from pystatus.waku.status import MAX_TOPICS, StatusOptions


@dataclass(frozen=True, slots=True)
class Interest:
    """At most one of the two filters; with neither, everything. Topics win where both are given
    (tests/vectors/README.md fact 20).

    Implements: WK-63
    """

    topics: frozenset[bytes] | None = None
    """Exactly these; an empty set is no interest in anything."""
    bloom: bytes | None = None
    """64 bytes."""

    @classmethod
    def in_topics(cls, topics: Collection[bytes]) -> Interest:
        """
        :raises LocalError: more than 10,000 topics, or one that has not 4 bytes.

        Implements: WK-35
        """
        wanted = frozenset(topics)
        if len(wanted) > MAX_TOPICS or any(len(topic) != TOPIC_SIZE for topic in wanted):
            raise LocalError(f"A node asks for at most {MAX_TOPICS} topics of {TOPIC_SIZE} bytes; ask for everything.")
        return cls(topics=wanted)

    @classmethod
    def in_bloom(cls, bloom: bytes) -> Interest:
        """
        :raises LocalError: not 64 bytes.
        """
        if len(bloom) != BLOOM_SIZE:
            raise LocalError(f"A bloom filter has {BLOOM_SIZE} bytes, not {len(bloom)}.")
        return EVERYTHING if is_full_bloom(bloom) else cls(bloom=bloom)

    @classmethod
    def announced(cls, options: StatusOptions, otherwise: Interest) -> Interest:
        """What a peer's options say about it, or ``otherwise`` if they do not.

        Implements: WK-31, WK-32, WK-34
        """
        if options.topic_interest is not None:
            return cls(topics=frozenset(options.topic_interest))
        if options.bloom_filter is None:
            return otherwise
        return EVERYTHING if is_full_bloom(options.bloom_filter) else cls(bloom=options.bloom_filter)

    def announcement(self) -> StatusOptions:
        """The option that tells a peer. Topics are sorted, so that equal interests are equal bytes."""
        if self.topics is not None:
            return StatusOptions(topic_interest=tuple(sorted(self.topics)))
        return StatusOptions(bloom_filter=self.bloom or FULL_BLOOM)

    def as_bloom(self) -> bytes:
        """A bloom filter, 64 bytes, that lets pass what is wanted, and some more."""
        return (self.bloom or FULL_BLOOM) if self.topics is None else topics_bloom(self.topics)

    def wants(self, topic: bytes) -> bool:
        """Whether an envelope of ``topic`` is to be sent to the node.

        Implements: WK-33, WK-63, WU-5
        """
        if self.topics is not None:
            return topic in self.topics
        return self.bloom is None or bloom_matches(self.bloom, topic_bloom(topic))


EVERYTHING = Interest()
"""The interest of a full node."""
