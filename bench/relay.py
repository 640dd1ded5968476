"""A real node in a process of its own, between peers over TCP: how much goes through it, how late, at what cost."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.harness import Measurement
from bench.support.ends import End
from bench.support.node import RunningNode, Usage, running_node
from bench.support.sink import Sink
from bench.support.traffic import ENVELOPE_SIZE, Author, Reader, percentile
from pystatus.net.loop import run
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope

RUNS = {1: 100_000, 4: 50_000, 25: 25_000}
"""Receiving peers, and envelopes in one run: some two to four seconds."""
TTL = 60
"""Seconds; a run is over long before."""
TOPICS = 5_000
"""As many partition topics as Status has, each with its share."""
QUEUED_BYTES = 1 << 20
"""How far the sender runs ahead of its socket."""
WINDOW = 5_000
"""How many envelopes it runs ahead of the slowest receiver: a node drops what waits for a peer beyond 16 MiB."""
PATIENCE = 120.0
"""Seconds after which a run has failed."""
BATCHES = (1, 10, 100)
"""Envelopes in one packet."""
CPU_BATCH = 10
"""The one whose cost is told."""
SAME = 0.01
"""What a sink's count may be wrong by: it sees bytes, and does not know how many envelopes they are."""

MEMORY_ENVELOPES = 90_000
"""Envelopes pooled while memory is measured; with those before them, as many as a pool takes."""
MEMORY_WARM = 10_000
"""Envelopes before, so that buffers have their size."""
MEMORY_PEERS = (1, 25)

LATENCY_RATE = 10_000
"""Envelopes a second, each in a packet of its own: a third of what a node is to carry in that form."""
LATENCY_SECONDS = 5
TICK = 0.001
"""Seconds between two rounds of sending."""

IDLE_PEERS = 4
IDLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Run:
    """What it took to relay everything."""

    seconds: float
    before: Usage
    after: Usage

    @property
    def cpu_seconds(self) -> float:
        return self.after.cpu_seconds - self.before.cpu_seconds

    @property
    def growth(self) -> int:
        """Bytes of memory."""
        return self.after.rss_bytes - self.before.rss_bytes


def prepare(count: int, batch: int) -> list[bytes]:
    """Messages packets with ``count`` distinct envelopes on as many topics as a large network has.

    Their contents are random like what is encrypted: they must not shrink by compression, else the rest is cheaper too.
    """
    expiry = int(time.time()) + TTL
    overhead = len(Envelope.create(expiry, TTL, bytes(4), bytes(ENVELOPE_SIZE), 1).raw) - ENVELOPE_SIZE
    topics = [os.urandom(4) for _ in range(TOPICS)]
    envelopes = [
        Envelope.create(expiry, TTL, topics[number % TOPICS], os.urandom(ENVELOPE_SIZE - overhead), 1)
        for number in range(count)
    ]
    assert len(envelopes[0].raw) == ENVELOPE_SIZE
    return [packets.encode_messages(envelopes[start : start + batch]) for start in range(0, count, batch)]


class Peers:
    """One peer that sends, one that receives and looks at it, and sinks for the rest."""

    def __init__(self, node: RunningNode, receiving: int) -> None:
        self.node = node
        self.sender, self.receiver = End(), End()
        self._sinks = [Sink() for _ in range(receiving - 1)]

    async def connect(self) -> None:
        for end in (self.sender, self.receiver):
            await end.connect(self.node.enode)
        for sink in self._sinks:
            await sink.connect(self.node.enode)

    async def relay(self, payloads: list[bytes], count: int) -> Run:
        """Send ``count`` envelopes and wait until everybody has them."""
        before = self.node.usage()
        had = self.receiver.received
        expected = had + count
        for sink in self._sinks:
            sink.bytes = 0
        batch = count // len(payloads)
        started = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            for number, payload in enumerate(payloads):
                self.sender.send_packet(payload)
                sent = had + (number + 1) * batch
                # Nothing tells when a socket has drained, or how far a sink is.
                while self.sender.pending_bytes > QUEUED_BYTES or sent - self._least(had) > WINDOW:  # noqa: ASYNC110 - as said
                    await asyncio.sleep(0)
            # The same holds for the end.
            while self._least(had) < expected * (1 - SAME) or self.receiver.received < expected:  # noqa: ASYNC110 - as said
                await asyncio.sleep(0)
        elapsed = time.perf_counter() - started
        assert not self.sender.gone
        assert not self.receiver.gone
        assert not any(sink.is_gone for sink in self._sinks)
        return Run(elapsed, before, self.node.usage())

    def _least(self, had: int) -> float:
        """How many envelopes the slowest peer has."""
        return min([self.receiver.received, *(had + sink.bytes / ENVELOPE_SIZE for sink in self._sinks)])

    async def close(self) -> None:
        for end in (self.sender, self.receiver):
            await end.close()
        for sink in self._sinks:
            sink.close()


async def throughput(node: RunningNode, batch: int, receiving: int) -> Run:
    peers = Peers(node, receiving)
    payloads = prepare(RUNS[receiving], batch)
    await peers.connect()
    result = await peers.relay(payloads, RUNS[receiving])
    await peers.close()
    return result


async def memory(node: RunningNode, receiving: int) -> float:
    """Bytes of the node's memory for each envelope in its pool."""
    peers = Peers(node, receiving)
    payloads = prepare(MEMORY_WARM + MEMORY_ENVELOPES, CPU_BATCH)
    await peers.connect()
    first = MEMORY_WARM // CPU_BATCH
    await peers.relay(payloads[:first], MEMORY_WARM)
    result = await peers.relay(payloads[first:], MEMORY_ENVELOPES)
    await peers.close()
    return result.growth / MEMORY_ENVELOPES


async def delays(node: RunningNode | None) -> Reader:
    """What is read at the end of a steady stream, through ``node`` or without anything between."""
    reader = Reader()
    sender, receiver = End(), End(reader.read, listens=node is None)
    if node is None:
        await receiver.listen()
        await sender.connect(receiver.enode)
    else:
        await receiver.connect(node.enode)
        await sender.connect(node.enode)
    author = Author(0, [os.urandom(4)])
    clock = asyncio.get_running_loop().time
    started = clock()
    while author.written < LATENCY_RATE * LATENCY_SECONDS:
        for _ in range(author.written, int((clock() - started) * LATENCY_RATE)):
            sender.send(author.write(1))
        await asyncio.sleep(TICK)
    await receiver.wait_for(author.written)
    await sender.close()
    await receiver.close()
    return reader


async def idle(node: RunningNode) -> Run:
    """A node with some peers that say nothing."""
    ends = [End() for _ in range(IDLE_PEERS)]
    for end in ends:
        await end.connect(node.enode)
    before = node.usage()
    await asyncio.sleep(IDLE_SECONDS)
    after = node.usage()
    for end in ends:
        await end.close()
    return Run(IDLE_SECONDS, before, after)


def measure() -> Iterator[Measurement]:
    for receiving, count in RUNS.items():
        for batch in BATCHES:
            with running_node() as node:
                result = run(throughput(node, batch, receiving))
            cpu = result.cpu_seconds / count * 1e6
            note = f"{count} envelopes of {ENVELOPE_SIZE} bytes to {receiving}; node: {cpu:.1f} us CPU an envelope"
            name = f"relay.batch_{batch}" if receiving == 1 else f"relay.batch_{batch}_to_{receiving}"
            yield Measurement(name, round(count / result.seconds), "1/s", note)
            if (batch, receiving) == (CPU_BATCH, 1):
                yield Measurement("relay.cpu_per_envelope", round(cpu, 2), "us", f"one worker, {batch} in a packet")
    for receiving in MEMORY_PEERS:
        with running_node() as node:
            used = run(memory(node, receiving))
        name = "relay.memory_per_envelope" if receiving == 1 else f"relay.memory_per_envelope_to_{receiving}"
        yield Measurement(name, round(used), "bytes", f"pooled, {ENVELOPE_SIZE} bytes in RLP, {receiving} have it")
    with running_node() as node:
        through = run(delays(node)).delays
    direct = run(delays(None)).delays
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        one, other = percentile(through, share) * 1e3, percentile(direct, share) * 1e3
        note = f"at {LATENCY_RATE} a second: {one:.1f} ms through a node, {other:.1f} ms without one"
        yield Measurement(f"relay.latency_added_{name}", round(one - other, 2), "ms", note)
    with running_node() as node:
        result = run(idle(node))
    share = 100 * result.cpu_seconds / result.seconds
    yield Measurement("node.idle_cpu", round(share, 2), "%", f"of one core, with {IDLE_PEERS} silent peers")
