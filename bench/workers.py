"""A relay in two processes, beside one in one process: what an envelope costs, and how many go through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from bench.harness import Measurement
from bench.relay import Peers, Run, prepare
from bench.support.node import RunningNode, Usage
from pystatus.net.loop import run

BATCH = 10
"""Envelopes in one packet."""
RUNS = {1: 50_000, 25: 15_000}
"""Receiving peers, and envelopes in one run."""
WORKERS = 2

NODE = """
import asyncio, os, sys
from pystatus.workers.supervisor import Supervisor
from pystatus.crypto.keys import PrivateKey
from pystatus.net.loop import run
from pystatus.node import NodeConfig
async def main():
    config = NodeConfig(listen="127.0.0.1:0", key=PrivateKey.generate(os.urandom))
    async with Supervisor(config, int(sys.argv[1])) as node:
        print(node.enode, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
run(main())
"""


class RunningWorkers(RunningNode):
    """A bare relay in several other processes."""

    def __init__(self, workers: int) -> None:
        super().__init__(NODE, str(workers))
        supervisor = psutil.Process(self.pid)
        self._processes = [supervisor, *supervisor.children()]

    def usage(self) -> Usage:
        """Of all processes together."""
        times = [process.cpu_times() for process in self._processes]
        memory = sum(process.memory_info().rss for process in self._processes)
        return Usage(sum(time.user + time.system for time in times), memory)


@contextmanager
def running(workers: int) -> Iterator[RunningWorkers]:
    node = RunningWorkers(workers)
    try:
        yield node
    finally:
        node.stop()


async def relay(node: RunningWorkers, receiving: int) -> Run:
    """The peers are of this machine, so they take the workers in turn: the first to send and to receive have different
    ones, and everything passes from worker to worker."""
    peers = Peers(node, receiving)
    payloads = prepare(RUNS[receiving], BATCH)
    await peers.connect()
    try:
        return await peers.relay(payloads, RUNS[receiving])
    finally:
        await peers.close()


def measure() -> Iterator[Measurement]:
    for receiving, count in RUNS.items():
        for workers in (1, WORKERS):
            with running(workers) as node:
                result = run(relay(node, receiving))
            cpu = result.cpu_seconds / count * 1e6
            ending = f"{f'_to_{receiving}' if receiving > 1 else ''}_{workers}_worker{'s' if workers > 1 else ''}"
            note = f"all processes; {count / result.seconds:,.0f} envelopes a second, {BATCH} in a packet"
            yield Measurement(f"relay.cpu_per_envelope{ending}", round(cpu, 2), "us", note)
