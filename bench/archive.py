"""Archives: how fast they fill, how soon a page comes, how large they get; and a relay with its archive on."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.harness import Measurement
from bench.relay import BATCHES, RUNS, throughput
from bench.support.node import RunningNode
from bench.support.traffic import ENVELOPE_SIZE
from pystatus.mailserver.config import MAX_LIMIT, MAX_PAGE_BYTES
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.server.archive import MAX_BATCH, Archive, ArchiveQuery
from pystatus.net.loop import run
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku.envelope import Envelope
from tests.support.postgres import PostgresServer

ENVELOPES = int(os.environ.get("PYSTATUS_ARCHIVE_ENVELOPES", 1_000_000))
"""In the archive that is searched. Fewer make a quicker run, whose figures are others."""
BUSY_ENVELOPES = 100_000
"""All sent within one second: the hardest to store, because their hashes have no order."""
SIZE = 500
"""Bytes of an envelope."""
TOPICS = 1_000
DAY = 86_400
DAYS = 10
START = 1_600_000_000
PAGES = 200
"""Searches of each kind."""

NODE = """
import asyncio, sys
from pathlib import Path
from pystatus.net.loop import run
from pystatus.node import Node, NodeConfig
from pystatus.mailserver.server.server import Server
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku.data import SymmetricKey
async def main():
    node = Node(NodeConfig(listen="127.0.0.1:0"))
    node.keep_history(await SqliteArchive.open(Path(sys.argv[1])), Server(SymmetricKey(b"1" * 32)))
    async with node:
        print(node.enode, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        await node.mailserver.archiver.stored()
        assert node.mailserver.archiver.archived == int(sys.argv[2]), node.mailserver.archiver.archived
run(main())
"""


class Traffic:
    """Envelopes of ten days, or of one second, on a thousand topics."""

    def __init__(self) -> None:
        self.random = random.Random(1)
        self.topics = [self.random.randbytes(4) for _ in range(TOPICS)]
        self._padding = SIZE - len(Envelope.create(START, 15, bytes(4), bytes(300), 1).raw) + 300

    def envelope(self, sent: int) -> Envelope:
        return Envelope.create(sent + 15, 15, self.random.choice(self.topics), self.random.randbytes(self._padding), 1)

    def batches(self, count: int, seconds: int, start: int = START) -> Iterator[list[Envelope]]:
        for first in range(0, count, MAX_BATCH):
            yield [self.envelope(start + number * seconds // count) for number in range(first, first + MAX_BATCH)]


async def ingest(archive: Archive, batches: Iterator[list[Envelope]]) -> float:
    """Envelopes stored in a second, without the time that it takes to make them."""
    count = 0
    seconds = 0.0
    for batch in batches:
        started = time.perf_counter()
        count += await archive.add(batch)
        seconds += time.perf_counter() - started
    return count / seconds


async def pages(archive: Archive, make: Callable[[], ArchiveQuery]) -> tuple[float, float]:
    """95th percentile of the time of a page, in milliseconds, and envelopes in the mean one."""
    times = []
    count = 0
    for _ in range(PAGES):
        query = make()
        started = time.perf_counter()
        page = await archive.page(query)
        times.append(time.perf_counter() - started)
        count += len(page.envelopes)
    return statistics.quantiles(times, n=20)[-1] * 1e3, count / PAGES


async def measure_archive(archive: Archive, suffix: str) -> list[Measurement]:
    traffic = Traffic()
    spread = await ingest(archive, traffic.batches(ENVELOPES, DAYS * DAY))
    note = f"{ENVELOPES} envelopes of {SIZE} bytes over {DAYS} days and {TOPICS} topics, {MAX_BATCH} in a batch"
    found = [Measurement(f"archive.ingest{suffix}", round(spread), "1/s", note)]
    size = (await archive.state()).bytes / ENVELOPES
    found.append(Measurement(f"archive.bytes_per_envelope{suffix}", round(size), "bytes", f"of {SIZE} in RLP"))

    def query(seconds: int, topics: frozenset[bytes] | None) -> ArchiveQuery:
        lower = START + traffic.random.randrange(0, DAYS * DAY - seconds + 1)
        return ArchiveQuery(lower, Key(lower + seconds, b""), MAX_LIMIT, MAX_PAGE_BYTES, topics)

    def one_topic() -> frozenset[bytes]:
        return frozenset([traffic.random.choice(traffic.topics)])

    for name, make in (
        ("page_topic_24h", lambda: query(DAY, one_topic())),
        ("topic_10d", lambda: query(DAYS * DAY, one_topic())),
        ("page_all_24h", lambda: query(DAY, None)),
    ):
        slow, count = await pages(archive, make)
        found.append(Measurement(f"archive.{name}{suffix}", round(slow, 2), "ms", f"p95, {count:.0f} envelopes"))
    busy = await ingest(archive, traffic.batches(BUSY_ENVELOPES, 1, START + 2 * DAYS * DAY))
    note = f"{BUSY_ENVELOPES} envelopes of one second"
    found.append(Measurement(f"archive.ingest_busy{suffix}", round(busy), "1/s", note))
    await archive.close()
    return found


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as directory:

        async def in_sqlite() -> list[Measurement]:
            return await measure_archive(await SqliteArchive.open(Path(directory) / "archive.db"), "")

        yield from run(in_sqlite())
    server = PostgresServer()
    try:

        async def in_postgres() -> list[Measurement]:
            return await measure_archive(await PostgresArchive.open(server.new_database()), "_postgres")

        yield from run(in_postgres())
    finally:
        server.close()
    for batch in BATCHES:
        with tempfile.TemporaryDirectory() as directory:
            count = RUNS[1]
            node = RunningNode(NODE, str(Path(directory) / "archive.db"), str(count))
            try:
                result = run(throughput(node, batch, 1))
            finally:
                node.stop()
        cpu = result.cpu_seconds / count * 1e6
        note = f"{count} envelopes of {ENVELOPE_SIZE} bytes, all archived in SQLite; node: {cpu:.1f} us CPU an envelope"
        yield Measurement(f"relay.archive_{batch}", round(count / result.seconds), "1/s", note)
