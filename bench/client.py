"""Two full clients with encrypted profiles and a relay, in three processes, over TCP on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from bench.harness import Measurement
from bench.support.node import running_node
from bench.support.receiver import PASSWORD, PROFILE
from pystatus.account.account import Account
from pystatus.client import Client
from pystatus.crypto.keys import PrivateKey
from pystatus.net.loop import run
from pystatus.storage.profiles import Profiles

MESSAGES = 5_000
"""Messages of the burst."""
PROBES = 200
"""Messages sent one by one to measure latency."""
PAUSE = 0.02
"""Seconds between two probes, so that each finds everybody idle."""


RECEIVER = "from bench.support.receiver import main; main()"
"""What the process of the receiving client runs."""


class Receiver:
    """The other client's process."""

    def __init__(self, directory: str, enode: str, other: str) -> None:
        command = [sys.executable, "-c", RECEIVER, directory, enode, other]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.key: str = self.read()
        self._watched = psutil.Process(self._process.pid)

    def read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    @property
    def rss(self) -> int:
        return self._watched.memory_info().rss

    def stop(self) -> None:
        self._process.communicate()


async def converse(directory: str, enode: str) -> tuple[float, float, int]:
    """Messages a second in a burst, median latency in seconds, and the idle receiver's memory in bytes."""
    loop = asyncio.get_running_loop()
    async with Client.open("alice", PASSWORD, data_dir=directory, peers=[enode]) as client:
        await client.wait_for_peer()
        receiver = await loop.run_in_executor(None, Receiver, directory, enode, client.public_key.hex)
        chat = await client.open_chat(receiver.key)
        idle = receiver.rss
        await client.send_text(chat, "hello.")
        await loop.run_in_executor(None, receiver.read)

        latencies = []
        for number in range(PROBES):
            await asyncio.sleep(PAUSE)
            sent = time.time()
            await client.send_text(chat, f"probe {number}.")
            ((_, arrived),) = await loop.run_in_executor(None, receiver.read)
            latencies.append(arrived - sent)

        started = time.time()
        texts = [f"message {number}" for number in range(MESSAGES - 1)] + ["the end."]
        await asyncio.gather(*(client.send_text(chat, text) for text in texts))
        arrivals = await loop.run_in_executor(None, receiver.read)
        assert [text for text, _ in arrivals] == texts
        receiver.stop()
        return MESSAGES / (arrivals[-1][1] - started), statistics.median(latencies), idle


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as directory, running_node() as node:
        for name in ("alice", PROFILE):
            account = Account.from_private_key(PrivateKey.generate(os.urandom))
            Profiles(Path(directory)).create(account, PASSWORD, name)
        node_rss = node.usage().rss_bytes
        throughput, latency, client_rss = run(converse(directory, str(node.enode)))
    yield Measurement("client.messages_1to1", round(throughput), "1/s", f"burst of {MESSAGES}, both ends durable")
    yield Measurement("client.latency_1to1", round(latency, 5), "s", f"median of {PROBES}, send to the handler's call")
    yield Measurement("client.idle_rss", round(client_rss / 1e6, 1), "MB", "connected, one chat")
    yield Measurement("node.idle_rss", round(node_rss / 1e6, 1), "MB", "bare relay without peers")
