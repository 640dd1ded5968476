"""A real node in a process of its own, between one peer that sends and one that receives, over TCP."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from bench.harness import Measurement
from pystatus.crypto.keys import PrivateKey
from pystatus.net.loop import run
from pystatus.net.peer import Peer
from pystatus.net.peers import PeerNetwork
from pystatus.node import WAKU_1, client_id
from pystatus.overlay.devp2p.capabilities import Capability
from pystatus.overlay.enode import Enode
from pystatus.overlay.local_node import LocalNode
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.status import StatusOptions

ENVELOPES = 100_000
"""Envelopes in one run: two to four seconds."""
ENVELOPE_SIZE = 560
"""Bytes of one envelope in RLP: a short one-to-one message."""
TTL = 60
"""Seconds; a run is over long before."""
QUEUED_BYTES = 1 << 20
"""How far the sender runs ahead of its socket."""
BATCHES = (1, 10, 100)
"""Envelopes in one packet."""

NODE = """
import asyncio, sys
from pystatus.net.loop import run
from pystatus.node import Node, NodeConfig
async def main():
    async with Node(NodeConfig(listen="127.0.0.1:0")) as node:
        print(node.enode, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
run(main())
"""


@dataclass(frozen=True, slots=True)
class Usage:
    cpu_seconds: float
    rss_bytes: int


class RunningNode:
    """A bare relay in another process."""

    def __init__(self) -> None:
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-c", NODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.enode = Enode.parse(self._process.stdout.readline())
        self.start_seconds = time.perf_counter() - started
        self._watched = psutil.Process(self._process.pid)

    def usage(self) -> Usage:
        cpu = self._watched.cpu_times()
        return Usage(cpu.user + cpu.system, self._watched.memory_info().rss)

    def stop(self) -> None:
        self._process.communicate()


@contextmanager
def running_node() -> Iterator[RunningNode]:
    node = RunningNode()
    try:
        yield node
    finally:
        node.stop()


class End:
    """One peer of the node: says that it is a full node, and counts what it gets."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.received = 0
        self.expected = ENVELOPES
        self.done = asyncio.Event()
        self.gone: list[str] = []

    def peer_connected(self, peer: Peer) -> None:
        peer.send(WAKU_1.capability, packets.STATUS, StatusOptions(pow_requirement=0.0).encode())

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> None:
        if code == packets.STATUS:
            self.ready.set()
        elif code == packets.MESSAGES:
            self.received += sum(1 for _ in packets.split_messages(payload))
            if self.received >= self.expected:
                self.done.set()

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        self.gone.append(reason)


def network(application: End) -> PeerNetwork:
    return PeerNetwork(LocalNode(PrivateKey.generate(os.urandom), client_id(), (WAKU_1,)), application)


def prepare(batch: int) -> list[bytes]:
    """Messages packets with :data:`ENVELOPES` distinct envelopes."""
    expiry = int(time.time()) + TTL
    overhead = len(Envelope.create(expiry, TTL, bytes(4), bytes(ENVELOPE_SIZE), 1).raw) - ENVELOPE_SIZE
    blob = os.urandom(ENVELOPE_SIZE - overhead - 4)
    envelopes = [
        Envelope.create(expiry, TTL, os.urandom(4), number.to_bytes(4, "big") + blob, 1) for number in range(ENVELOPES)
    ]
    assert len(envelopes[0].raw) == ENVELOPE_SIZE
    return [packets.encode_messages(envelopes[start : start + batch]) for start in range(0, ENVELOPES, batch)]


async def relay(node: RunningNode, batch: int) -> tuple[float, Usage, Usage]:
    """Send everything through ``node``: seconds, and its resources before and after."""
    sender, receiver = End(), End()
    out, back = network(sender), network(receiver)
    await out.start()
    await back.start()
    payloads = prepare(batch)
    out.add_static(node.enode)
    back.add_static(node.enode)
    peer = await out.wait_for_peer()
    await sender.ready.wait()
    await receiver.ready.wait()
    before = node.usage()
    started = time.perf_counter()
    for payload in payloads:
        peer.send(WAKU_1.capability, packets.MESSAGES, payload)
        while peer.pending_bytes > QUEUED_BYTES:  # noqa: ASYNC110 - nothing tells when a socket has drained
            await asyncio.sleep(0)
    await receiver.done.wait()
    elapsed = time.perf_counter() - started
    after = node.usage()
    assert not sender.gone
    assert not receiver.gone
    await out.close()
    await back.close()
    return elapsed, before, after


def measure() -> Iterator[Measurement]:
    for batch in BATCHES:
        with running_node() as node:
            elapsed, before, after = run(relay(node, batch))
        cpu = (after.cpu_seconds - before.cpu_seconds) / ENVELOPES
        note = (
            f"{ENVELOPES} envelopes of {ENVELOPE_SIZE} bytes; node: {cpu * 1e6:.1f} us CPU an envelope, "
            f"{before.rss_bytes / 1e6:.0f} MB before, {after.rss_bytes / 1e6:.0f} MB with all of them pooled"
        )
        yield Measurement(f"relay.batch_{batch}", round(ENVELOPES / elapsed), "1/s", note)
