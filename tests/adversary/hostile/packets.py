"""Bodies of packets and envelopes that cost their receiver more than their sender."""

from __future__ import annotations

from pystatus.waku.envelope import Envelope

TOPIC = b"junk"
LIST_HEADER = 5
"""Bytes before the items of a list of 16 MiB at most."""


def filled(item: bytes, size: int) -> bytes:
    """A list of ``size`` bytes or little less, with as many of one encoded item as there can be (attack A50).

    :param size: up to 16 MiB, and at least 64 KiB.
    """
    items = item * ((size - LIST_HEADER) // len(item))
    return b"\xfb" + len(items).to_bytes(4, "big") + items


def junk(number: int, now: float, *, seconds: int = 15, ttl: int | None = None, topic: bytes = TOPIC) -> Envelope:
    """The smallest envelope of which there are as many as there are numbers: 18 bytes (attacks A51, A52).

    :param seconds: from ``now`` until it expires.
    :param ttl: what it claims to live, if not just as long.
    """
    lives = seconds if ttl is None else ttl
    return Envelope.create(int(now) + seconds, lives, topic, number.to_bytes(4, "big"))
