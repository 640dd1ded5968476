"""Envelopes to archive, and what to ask for."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pystatus.mailserver.cursor import LAST_SECOND, Key
from pystatus.mailserver.server.archive import Archive, ArchiveQuery, Page
from pystatus.waku.envelope import Envelope

START = 1_600_000_000
TOPICS = [bytes((number, 2 * number, 3 * number, number % 8)) for number in range(60)]
"""Some whose bits fall into one byte, so that both forms of their bloom differ."""
EVERYTHING = 10 << 20


def envelope(number: int, sent: int = START, topic: bytes = TOPICS[0], size: int = 300) -> Envelope:
    """Different numbers make different ones."""
    return Envelope.create(sent + 15, 15, topic, number.to_bytes(4, "big") * (size // 4), 1)


def mixture(count: int, seconds: int, seed: int = 1, topics: Sequence[bytes] = TOPICS) -> list[Envelope]:
    """Envelopes of several topics within some time, in no order."""
    source = random.Random(seed)
    envelopes = []
    for number in range(count):
        sent, topic, size = START + source.randrange(seconds), source.choice(topics), source.randrange(4, 900)
        envelopes.append(envelope(number + (seed << 20), sent, topic, size))
    return envelopes


def everything(
    *,
    lower: int = 0,
    upper: int = LAST_SECOND,
    limit: int = 1_000,
    max_bytes: int = EVERYTHING,
    topics: frozenset[bytes] | None = None,
    bloom: bytes | None = None,
    before: Key | None = None,
) -> ArchiveQuery:
    return ArchiveQuery(lower, before or Key(upper + 1, b""), limit, max_bytes, topics, bloom)


async def fill(archive: Archive, envelopes: Sequence[Envelope], batch: int = 1_000) -> int:
    return sum([await archive.add(envelopes[start : start + batch]) for start in range(0, len(envelopes), batch)])


def read(page: Page) -> list[Envelope]:
    return [Envelope.decode(raw) for raw in page.envelopes]


async def hashes(archive: Archive) -> set[bytes]:
    """Of all envelopes, page by page."""
    found: list[bytes] = []
    query = everything()
    while True:
        page = await archive.page(query)
        found += [one.hash for one in read(page)]
        if not page.more:
            assert len(found) == len(set(found))
            return set(found)
        query = everything(before=Key.of(read(page)[-1]))
