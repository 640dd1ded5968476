"""What a mailserver has, and what is asked for: by somebody honest, and by peers that do not read the answer (A56)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from pystatus.mailserver.config import MAX_LIMIT, MAX_WAITING
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MessagesRequest

HONEST_TOPIC, LARGE_TOPIC = b"\0\0\0\1", b"\0\0\0\2"
HONEST_ENVELOPES = 50
HONEST_SIZE = 500
LARGE_SIZE = 10_000
"""Bytes of an envelope that attackers ask for: a page of them is as large as a page may be, 10 MB."""
AGE = 3_600
"""Seconds since what is in the archive was sent."""


def archived() -> list[Envelope]:
    """What a mailserver has before it is attacked."""
    sent = int(time.time()) - AGE
    sizes = [(HONEST_TOPIC, HONEST_SIZE)] * HONEST_ENVELOPES + [(LARGE_TOPIC, LARGE_SIZE)] * MAX_LIMIT
    return [Envelope.create(sent + 15, 15, topic, os.urandom(size), 1) for topic, size in sizes]


def request(topic: bytes) -> MessagesRequest:
    """Ask for a page of a topic."""
    now = int(time.time())
    return MessagesRequest(os.urandom(32), now - 2 * AGE, now, MAX_LIMIT, b"", b"", (topic,))


def large_pages() -> Iterator[tuple[int, bytes]]:
    """A56: requests for the largest pages, as many as a mailserver lets one peer have."""
    for _ in range(MAX_WAITING + 1):
        yield packets.P2P_REQUEST, request(LARGE_TOPIC).encode()
