"""A bare relay in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from pystatus.devp2p.enode import Enode

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

    def __init__(self, code: str = NODE, *arguments: str) -> None:
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.enode = Enode.parse(self._process.stdout.readline())
        self.start_seconds = time.perf_counter() - started
        self._watched = psutil.Process(self._process.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

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
