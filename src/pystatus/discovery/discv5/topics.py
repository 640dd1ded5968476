"""Topics of Discovery v5: their names in packets, and their place among the nodes (overlay.md §3.2, §3.6)."""

from __future__ import annotations

from pystatus.crypto.hashing import keccak256
from pystatus.discovery.discv5.limits import MAX_TOPIC_SIZE
from pystatus.errors import LocalError

PREFIX_BITS = 64
"""Distances between topics and nodes are measured on that many leading bits of their hashes (overlay.md §3.6)."""
MAX_DISTANCE = (1 << PREFIX_BITS) - 1


def encode_topic(topic: str) -> bytes:
    """What a packet says for ``topic``.

    :raises LocalError: it is empty or too long.
    """
    try:
        encoded = topic.encode()
    except UnicodeEncodeError:
        raise LocalError("A topic of discovery has to be text that UTF-8 can express.") from None
    if not 0 < len(encoded) <= MAX_TOPIC_SIZE:
        raise LocalError(f"A topic of discovery has 1 to {MAX_TOPIC_SIZE} bytes in UTF-8; this one has {len(encoded)}.")
    return encoded


def is_topic(encoded: bytes) -> bool:
    """Whether a packet names a topic that we keep ads of."""
    if not 0 < len(encoded) <= MAX_TOPIC_SIZE:
        return False
    try:
        encoded.decode()
    except UnicodeDecodeError:
        return False
    return True


def topic_prefix(topic: bytes) -> int:
    """Where a topic is among the nodes: the first 64 bits of its Keccak-256 (overlay.md §3.6)."""
    return hash_prefix(keccak256(topic))


def hash_prefix(digest: bytes) -> int:
    """The first 64 bits of a 32-byte hash, as a number."""
    return int.from_bytes(digest[:8])
