"""A daemon and its callers: what a call takes, how fast events are read, and how soon one face shows what another did.

The daemon is a process of its own; its four readers of events are one more."""

from __future__ import annotations

import argparse
import asyncio
import http.client
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
from pystatus.account.account import Account
from pystatus.client import Client
from pystatus.client.features.conversations import ChatChanged, Conversations
from pystatus.crypto.keys import PrivateKey
from pystatus.faces.attach.attached import AttachedClient
from pystatus.net.loop import run
from pystatus.storage.profiles import Profiles

PASSWORD = "benchmark"
TEXTS = 5_000
"""That are posted before: 10,000 events and more."""
CALLS = 500
READERS = 4
FOLLOWS = 200
CHAT = "bench"


async def prepare(data_dir: str) -> int:
    """A profile with a long journal. The cursor of its last event."""
    async with Client.open("alice", PASSWORD, data_dir=data_dir) as client:
        await client.join(CHAT)
        for beginning in range(0, TEXTS, 500):
            await asyncio.gather(*(client.send_text(CHAT, f"text {beginning + n}") for n in range(500)))
        return client.cursor


class Daemon:
    """One that runs."""

    def __init__(self, data_dir: str, peer: str) -> None:
        command = [sys.executable, "-m", "pystatus", "daemon", "alice", "--port", "0", "--peer", peer, "--json"]
        environment = {**os.environ, "PYSTATUS_DATA_DIR": data_dir, "PYSTATUS_PASSWORD": PASSWORD}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self._process.stdout is not None
        told = json.loads(self._process.stdout.readline())
        self.port = int(told["url"].rpartition(":")[2])
        self.token = Path(told["token_file"]).read_text().strip()

    @property
    def rss(self) -> int:
        return psutil.Process(self._process.pid).memory_info().rss

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def call_times(daemon: Daemon) -> list[float]:
    """Milliseconds that a page of 50 messages takes over HTTP, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
    body = '{"jsonrpc": "2.0", "id": 1, "method": "client_history", "params": ["bench", 50]}'
    headers = {"Authorization": f"Bearer {daemon.token}", "Content-Type": "application/json"}
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        assert answer.status == 200
        assert b'"text 4999"' in answer.read()
        times.append(1_000 * (time.perf_counter() - began))
    return times


def event_rate(daemon: Daemon, events: int) -> float:
    """Events a second that each of several readers gets who read at the same time."""
    command = [sys.executable, "-m", "bench.daemon", str(daemon.port), daemon.token, str(events)]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return events / (time.perf_counter() - began)


async def read(port: int, token: str, events: int) -> None:
    """Several readers in this process, until each has them all."""

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /{token}/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        count = 0
        last = b""
        while count < events:
            data = await reader.read(1 << 20)
            assert data
            count += (last + data).count(b"\nid: ") - last.count(b"\nid: ")
            last = data[-4:]
        writer.close()

    await asyncio.gather(*(one() for _ in range(READERS)))


async def follow_times(profiles: Profiles) -> list[float]:
    """Milliseconds until one face hears what another one did."""
    profile = profiles.find("alice")
    times = []
    async with AttachedClient(profile) as one, AttachedClient(profile) as other:
        events = other.events()
        for number in range(FOLLOWS):
            began = time.perf_counter()
            await one.feature(Conversations).set_draft(CHAT, f"draft {number}")
            async for event in events:
                if isinstance(event, ChatChanged):
                    break
            draft = other.feature(Conversations).draft(CHAT)
            assert draft is not None
            assert draft.text == f"draft {number}"
            times.append(1_000 * (time.perf_counter() - began))
    return times


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as data_dir, running_node() as node:
        profiles = Profiles(data_dir)
        profiles.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "alice")
        cursor: Any = run(prepare(data_dir))
        daemon = Daemon(data_dir, str(node.enode))
        try:
            times = call_times(daemon)
            yield Measurement(
                "daemon.rpc_ms", round(statistics.median(times), 3), "ms", "median, 50 messages over HTTP"
            )
            yield Measurement("daemon.rpc_p95_ms", round(p95(times), 3), "ms", "p95 of them")
            rate = event_rate(daemon, cursor)
            yield Measurement("daemon.events", round(rate), "1/s", f"to each of {READERS} readers, from the journal")
            follows = run(follow_times(profiles))
            yield Measurement("faces.follow_ms", round(p95(follows), 3), "ms", "p95, a draft of one face at another")
            yield Measurement("daemon.rss", round(daemon.rss / 1e6, 1), "MB", "after that")
        finally:
            daemon.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.daemon", description=read.__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("token")
    parser.add_argument("events", type=int)
    asyncio.run(read(**vars(parser.parse_args())))
