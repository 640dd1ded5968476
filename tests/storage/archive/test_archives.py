"""What every archive does, whatever it is made of."""

from __future__ import annotations

import asyncio
import random

import pytest

from pystatus.mailserver.cursor import Key
from pystatus.mailserver.server.archive import Archive
from pystatus.waku.bloom import EMPTY_BLOOM, topics_bloom
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import DAY, ListArchive
from tests.storage.archive.support import START, TOPICS, envelope, everything, fill, hashes, mixture, read


@pytest.mark.requirement("WM-2")
async def test_what_is_added_can_be_read_again_byte_for_byte(archive: Archive) -> None:
    stored = [envelope(1), envelope(2, START + 7, TOPICS[1], 50_000), Envelope.create(5, 4, b"\0" * 4, b"", 0)]
    assert await archive.add(stored) == 3
    assert read(await archive.page(everything())) == sorted(stored, key=Key.of, reverse=True)


async def test_what_is_there_already_is_no_news(archive: Archive) -> None:
    stored = [envelope(number) for number in range(10)]
    assert await archive.add(stored[:6]) == 6
    assert await archive.add(stored) == 4
    assert await archive.add([]) == 0
    assert await archive.add([stored[0], stored[0]]) == 0
    assert (await archive.state()).envelopes == 10
    assert await hashes(archive) == {one.hash for one in stored}


async def test_an_envelope_twice_in_one_batch_is_stored_once(archive: Archive) -> None:
    assert await archive.add([envelope(1), envelope(1), envelope(2)]) == 2
    assert len(await hashes(archive)) == 2


async def test_an_empty_archive(archive: Archive) -> None:
    page = await archive.page(everything(topics=frozenset(TOPICS)))
    assert (list(page.envelopes), page.more) == ([], False)
    state = await archive.state()
    assert (state.envelopes, state.oldest, state.newest) == (0, None, None)
    assert await archive.prune(START) == 0


async def test_pages_are_those_of_a_list(archive: Archive) -> None:
    """Ranges, topics, blooms, limits and cursors at random, against the simplest archive there is."""
    source = random.Random(7)
    stored = mixture(1_500, 3 * DAY) + [envelope(number, START + 5_000) for number in range(50)]
    await fill(archive, stored)
    model = ListArchive(stored)
    for number in range(150):
        topics = bloom = None
        kind = source.randrange(4)
        if kind == 1:
            topics = frozenset(source.sample([*TOPICS, b"none"], source.choice([1, 2, 30])))
        elif kind == 2:
            bloom = topics_bloom(source.sample(TOPICS, source.choice([1, 2, 30])))
        elif kind == 3:
            topics = frozenset(source.sample(TOPICS, 2))
        lower = START + source.randrange(-DAY, 3 * DAY)
        query = everything(
            lower=lower,
            upper=lower + source.choice([0, 100, DAY, 10 * DAY]),
            limit=source.choice([1, 7, 100, 1_000]),
            max_bytes=source.choice([1, 5_000, 10 << 20]),
            topics=topics,
            bloom=bloom,
            before=Key.of(source.choice(stored)) if number % 3 == 0 else None,
        )
        found, expected = await archive.page(query), model.page(query)
        assert read(found) == [Envelope.decode(raw) for raw in expected.envelopes], query
        assert found.more == expected.more, query


async def test_a_bloom_filter_of_nothing_finds_nothing(archive: Archive) -> None:
    await fill(archive, mixture(100, 100))
    assert list((await archive.page(everything(bloom=EMPTY_BLOOM))).envelopes) == []


async def test_every_topic_matches_its_own_bloom_filter(archive: Archive) -> None:
    """In the advertised form: what a client asks for contains what the server tests with."""
    stored = [envelope(number, START + number, topic) for number, topic in enumerate(TOPICS)]
    await fill(archive, stored)
    for one in stored:
        assert one in read(await archive.page(everything(bloom=topics_bloom([one.topic]))))


async def test_many_write_and_read_at_once(archive: Archive) -> None:
    stored = mixture(2_000, DAY)
    batches = [stored[start : start + 100] for start in range(0, len(stored), 100)]
    results = await asyncio.gather(
        *(archive.add(batch) for batch in batches), *(archive.page(everything(limit=10)) for _ in batches)
    )
    assert sum(result for result in results if isinstance(result, int)) == 2_000
    assert await hashes(archive) == {one.hash for one in stored}


async def test_pruning_removes_what_is_old_and_nothing_else(archive: Archive) -> None:
    stored = mixture(3_000, 5 * DAY)
    await fill(archive, stored)
    limit = START + 2 * DAY + 1_234
    kept = {one.hash for one in stored if one.sent >= limit}
    assert await archive.prune(limit) == len(stored) - len(kept)
    assert await hashes(archive) == kept
    assert await archive.prune(limit) == 0
    state = await archive.state()
    assert state.oldest is not None
    assert state.oldest >= limit
    # Topics that were pruned away come back with their envelopes.
    assert await fill(archive, stored) == len(stored) - len(kept)
    assert await hashes(archive) == {one.hash for one in stored}
    assert read(await archive.page(everything(bloom=topics_bloom([stored[0].topic]), limit=1)))


async def test_a_cursor_survives_the_pruning_of_its_envelope(archive: Archive) -> None:
    stored = [envelope(number, START + 10 * number) for number in range(10)]
    await fill(archive, stored)
    page = read(await archive.page(everything(limit=3)))
    assert await archive.prune(START + 65) == 7
    assert read(await archive.page(everything(before=Key.of(page[-1])))) == []
    await archive.add([stored[6]])
    assert read(await archive.page(everything(before=Key.of(page[-1])))) == [stored[6]]


async def test_times_at_the_ends_of_what_can_be_said(archive: Archive) -> None:
    """Archives may be filled from others: whatever the time is, it is stored and found."""
    first = Envelope.create(0, 0, TOPICS[0], b"first", 0)
    last = Envelope.create((1 << 32) - 1, 0, TOPICS[0], b"last", 0)
    assert await archive.add([first, last]) == 2
    assert read(await archive.page(everything(topics=frozenset([TOPICS[0]])))) == [last, first]
    assert read(await archive.page(everything(lower=1))) == [last]
