"""A27: client asks full bloom x 10 years x limit 2^32-1, 100 in parallel, short bloom, garbage cursor.

Expected: caps, one request in flight per peer, clear error, no crash.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from pystatus.errors import RemoteError
from pystatus.mailserver.completion import Completed
from pystatus.mailserver.config import MAX_LIMIT, MAX_PAGE_BYTES, MAX_WAITING
from pystatus.mailserver.cursor import LAST_SECOND
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.archive import ArchiveQuery
from pystatus.waku.bloom import FULL_BLOOM
from pystatus.waku.data import seal
from pystatus.waku.envelope import Envelope
from pystatus.wire import rlp
from tests.mailserver.support import KEY, SIGNER, Conversation, drawn, last_day, plain, sealed
from tests.scenarios.test_history import envelope as fresh
from tests.scenarios.test_history import everything, site
from tests.storage.archive.support import mixture
from tests.waku.network import NOW, envelope

TEN_YEARS = 10 * 365 * 86_400


def test_everything_of_ten_years_at_once() -> None:
    """The limit is said; within it one page is read and no more, however much matches."""
    greedy = HistoryRequest(int(NOW) - TEN_YEARS, int(NOW), FULL_BLOOM, limit=LAST_SECOND)
    conversation = Conversation(*[envelope(number, now=NOW - number) for number in range(MAX_LIMIT + 500)])
    failed = conversation.ask(sealed(greedy))
    assert failed is not None
    assert "the limit is 1000 envelopes" in failed.text
    page, completed = conversation.page(sealed(HistoryRequest(0, LAST_SECOND, FULL_BLOOM)))
    assert len(page) == MAX_LIMIT
    assert completed.cursor


def test_a_page_is_bounded_in_bytes_whatever_is_asked_for() -> None:
    asked: list[ArchiveQuery] = []
    conversation = Conversation(*[envelope(number, size=900_000) for number in range(15)])
    assert conversation.ask(sealed(last_day())) is None
    work = conversation.work()
    asked.append(work.query)
    batches, completion = conversation.answer(work)
    assert sum(len(one.raw) for batch in batches for one in batch) <= MAX_PAGE_BYTES
    assert isinstance(completion, Completed)
    assert completion.cursor
    assert asked[0].max_bytes == MAX_PAGE_BYTES


async def test_a_hundred_at_once_are_answered_one_after_another_or_refused(tmp_path: Path) -> None:
    async with site(tmp_path) as here, here.asker() as asker:
        here.node.post(fresh())
        await here.mailserver.archiver.stored()
        for _ in range(100):
            asker.send(everything())
        await asker.wait(lambda: len(asker.completions) == 100)
        answered = [completion for completion in asker.completions if isinstance(completion, Completed)]
        # One was being answered and eight waited, whenever one more came.
        assert len(answered) >= MAX_WAITING
        assert len(asker.received) == len(answered)
        assert len(answered) + here.mailserver.server.refused == 100
        # Who has learned it is served as before.
        assert isinstance(await asker.ask(everything()), Completed)


@pytest.mark.parametrize("size", [1, 63, 65, 512])
def test_a_bloom_filter_of_another_size(size: int) -> None:
    """The reference's server dies of it. Sealed or plain, it is answered."""
    conversation = Conversation(envelope(1))
    forms: tuple[rlp.Encodable, ...] = ((1, 2, bytes(size), [], 1, b"", True), (1, 2, bytes(size), 1))
    for number, form in enumerate(forms):
        data = seal(KEY, rlp.encode(form), SIGNER, drawn)
        failed = conversation.ask(Envelope.mine(NOW, 50 + number, bytes(4), data, 0.002))
        assert failed is not None
        assert f"a bloom filter has 64 bytes, not {size}" in failed.text
    failed = conversation.ask(rlp.encode((bytes(32), 1, 2, 3, b"", bytes(size), [])))
    assert failed is not None
    assert f"{size} bytes" in failed.text


def test_cursors_that_no_server_made() -> None:
    """Those of another length are refused; those of no envelope are a place like any other."""
    conversation = Conversation(envelope(1), envelope(2, now=NOW - 5))
    for garbage in (b"x", bytes(35), bytes(37), bytes(10_000)):
        failed = conversation.ask(plain(last_day(cursor=garbage)))
        assert failed is not None
        assert "a cursor has 36 bytes" in failed.text
    source = random.Random(27)
    for _ in range(200):
        page, completed = conversation.page(plain(last_day(cursor=source.randbytes(36))))
        assert len(page) <= 2
        assert not completed.cursor
    assert len(conversation.page(plain(last_day(cursor=b"\xff" * 36)))[0]) == 2
    assert conversation.page(plain(last_day(cursor=bytes(36))))[0] == []


def test_noise() -> None:
    """Nothing but an answer or a penalty, and the server goes on."""
    conversation = Conversation(envelope(1))
    source = random.Random(2727)
    good = plain(last_day()).encode()
    for _ in range(2_000):
        damaged = bytearray(good)
        for _ in range(source.randrange(1, 4)):
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            failed = conversation.ask(bytes(damaged), f"peer {source.random()}")
        except RemoteError:
            continue
        if failed is None:
            conversation.answer(conversation.work())
    assert len(conversation.page(sealed(last_day()))[0]) == 1


async def test_the_widest_searches_over_a_real_archive(tmp_path: Path) -> None:
    """Ten thousand topics that occur and that do not, over all of time, among envelopes of forty days."""
    async with site(tmp_path) as here, here.asker() as asker:
        stored = mixture(3_000, 40 * 86_400)
        for start in range(0, len(stored), 1_000):
            await here.mailserver._archive.add(stored[start : start + 1_000])
        source = random.Random(5)
        topics = tuple(source.randbytes(4) for _ in range(9_940)) + tuple({one.topic for one in stored})
        wide = HistoryRequest(0, LAST_SECOND, os.urandom(64), topics)
        completion = await asker.ask(wide)
        assert isinstance(completion, Completed)
        assert completion.cursor
        half = HistoryRequest(0, LAST_SECOND, bytes(source.randrange(256) | 0x55 for _ in range(64)))
        assert isinstance(await asker.ask(half), Completed)
