"""A28: archive poisoning: future timestamps, disk fill.

Expected: quota, oldest pruned first, ingestion refuses what relay would refuse.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from pystatus.mailserver.completion import Completed, Failed
from pystatus.mailserver.config import MailserverConfig
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.archive import ArchiveFull
from pystatus.mailserver.server.server import Server
from pystatus.net.archiver import MAX_LATENESS, Archiver
from pystatus.net.mailserver import Mailserver
from pystatus.net.watched_archive import WatchedArchive
from pystatus.simulation.clock import VirtualClock
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku import packets
from pystatus.waku.bloom import FULL_BLOOM
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RelayConfig
from tests.mailserver.support import KEY, Conversation, sealed
from tests.scenarios.test_history import envelope as fresh
from tests.scenarios.test_history import everything as everything_of_topic
from tests.scenarios.test_history import site
from tests.storage.archive.support import START, everything, hashes, read
from tests.waku.network import NOW, TOPIC, Wire, envelope

HOUR = 3_600
LIMIT = 8 << 20


def size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.glob("archive.db*"))


async def test_times_of_the_future_and_of_long_ago_are_not_archived(tmp_path: Path) -> None:
    """The relay refuses the future. What claims to have been on its way for years it relays, and nobody archives."""
    clock = VirtualClock(NOW)
    archive = await SqliteArchive.open(tmp_path / "archive.db")
    archiver = Archiver(archive, clock)
    mailserver = Mailserver(Server(KEY), archive, archiver, clock, lambda *_: None, lambda: None)
    wire = Wire(RelayConfig(min_pow=0.0))  # so that no lifetime is too expensive
    wire.relay.keeper = mailserver
    await mailserver.start()
    honest = envelope(1)
    poison = [
        envelope(2, now=NOW + 11),  # from the future
        envelope(3, now=NOW + 10 * 365 * 86_400),
        Envelope.create(int(NOW) + 5, 0, TOPIC, bytes(300), 1),  # no lifetime
        Envelope.create(100, 200, TOPIC, bytes(300), 1),  # sent before time began
        Envelope.create(int(NOW) + 60, int(NOW), TOPIC, bytes(300), 1),  # on its way since 1970
        Envelope.create(int(NOW) + 60, MAX_LATENESS + 61 + 60, TOPIC, bytes(300), 1),
    ]
    wire.give(*poison, honest)
    await mailserver.archiver.stored()
    assert read(await archive.page(everything())) == [honest]
    assert (archiver.archived, archiver.ignored) == (1, 2)
    await mailserver.close()


async def test_an_hour_of_flood_stays_within_the_set_size(tmp_path: Path) -> None:
    """By a fast clock: a thousand envelopes a minute, ten times of what fits. The oldest give way, and all the while
    the newest can be asked for."""
    clock = VirtualClock(NOW)
    clock.set(float(START))
    archive = await SqliteArchive.open(tmp_path / "archive.db", max_bytes=LIMIT)
    archiver = Archiver(archive, clock)
    archiver.start()
    newest: Envelope | None = None
    for minute in range(60):
        clock.set(START + minute * 60.0)
        for number in range(1_000):
            newest = Envelope.create(
                int(clock.now()) + 15, 15, os.urandom(4) if number % 2 else TOPIC, os.urandom(1_000), 1
            )
            archiver.add(newest)
        await archiver.stored()
        assert size(tmp_path) <= LIMIT
        assert newest is not None
        found = read(await archive.page(everything(topics=frozenset([newest.topic]), limit=5)))
        assert newest in found
    state = await archive.state()
    assert state.oldest is not None
    assert state.newest == START + 59 * 60
    assert state.oldest > START + HOUR // 2
    assert archiver.lost == 0
    # Of the time that is left nothing is missing.
    assert len(await hashes(archive)) == state.envelopes
    await archiver.close()
    await archive.close()


async def test_with_a_full_disk_it_goes_on_serving(tmp_path: Path) -> None:
    async with site(tmp_path, MailserverConfig()) as here, here.asker() as asker:
        before = fresh(age=600)
        watched = here.mailserver._archive
        assert isinstance(watched, WatchedArchive)
        archive = watched._archive
        assert isinstance(archive, SqliteArchive)
        await archive.add([before])
        writer = archive._writer.connection
        await archive._write(lambda: writer.execute("PRAGMA max_page_count = 1").fetchone())
        asker.received.clear()
        failed = asyncio.Event()
        add = archive.add

        async def watched_add(envelopes: object) -> int:
            try:
                return await add(envelopes)  # type: ignore[arg-type]
            except ArchiveFull:
                failed.set()
                raise

        archive.add = watched_add  # type: ignore[method-assign]
        for _ in range(100):
            here.node.post(fresh(size=5_000))
        async with asyncio.timeout(30):
            await failed.wait()
        completion = await asker.ask(replace(everything_of_topic(), upper=before.sent))
        assert isinstance(completion, Completed)
        assert before in asker.received
        completion = await asker.ask(everything_of_topic())
        assert isinstance(completion, Failed)
        assert "ask again" in completion.text  # what waits is not denied
        assert here.mailserver.archiver.problem is not None
        assert "disk" in here.mailserver.archiver.problem
        assert here.mailserver.archiver.lost == 0  # they wait, and are stored when there is room
        await archive._write(lambda: writer.execute("PRAGMA max_page_count = 1000000").fetchone())
    async with site(tmp_path) as here, here.asker() as asker:
        await asker.ask(everything_of_topic())
        assert len(asker.received) == 101


def test_what_a_relay_refuses_is_never_handed_over() -> None:
    """Proof of work, size, expiry: one judgement for relaying and for archiving."""
    kept: list[Envelope] = []

    class EnvelopeSink:
        def accepted(self, envelope: Envelope) -> None:
            kept.append(envelope)

        def when_stored(self, then: object) -> None:
            raise AssertionError

        def requested(self, peer_id: object, payload: bytes) -> None:
            raise AssertionError

    wire = Wire(RelayConfig(min_pow=1.0))
    wire.relay.keeper = EnvelopeSink()
    wire.receive(packets.MESSAGES, packets.encode_messages([envelope(1), envelope(2, now=NOW - 100)]))
    assert kept == []


def test_a_request_for_the_far_future_finds_nothing_and_is_cheap() -> None:
    conversation = Conversation(envelope(1))
    page, completed = conversation.page(sealed(HistoryRequest(int(NOW) + 1_000, (1 << 32) - 1, FULL_BLOOM)))
    assert (page, completed.cursor) == ([], b"")
