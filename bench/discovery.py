"""Discovery v5: what one node answers, what a bootnode needs, and how long a client waits for its first relay."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from ipaddress import IPv4Address

import psutil

from bench.harness import Measurement
from bench.support.discovery_load import HERE, LATE, Stranger, Strangers
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.service import Discovery

STRANGERS = 8
"""They are the table of the node: an answer is one packet."""
QUESTIONS = 5_000
"""Signed before they are asked, and asked before they expire."""
ASKERS = 1_000
"""Of the bootnode, each at an address of its own: at 2,000 a second each asks less often than an address may."""
RATE = 2_000.0
"""Questions a second that a bootnode is to answer."""
RATE_SECONDS = 45.0
"""After which the memory of replays is as large as it gets (40 seconds of packets)."""
WINDOW = 128
"""Questions under way when as many are asked as are answered."""
BUSY_SECONDS = 5.0
OUTSIDE = IPv4Address("20.0.0.0")
"""A /8 of the internet: in a namespace without any connection it is ours."""
NAMESPACE = (
    *("unshare", "--map-root-user", "--net", "sh", "-c"),
    f'ip link set lo up && ip route add local {OUTSIDE}/8 dev lo && exec "$@"',
    "sh",
)
"""Before a command: it runs there."""
IDLE_SECONDS = 1.0
"""After which a bootnode that has nothing to do is looked at."""


def times() -> Times:
    return Times(time.monotonic(), time.time())


def packets() -> Measurement:
    """In one process, without sockets."""
    node = Discovery(PrivateKey.generate(os.urandom), Endpoint(HERE, 30301, 30301), os.urandom, times())
    node.set_bootnodes([], times())
    own = Endpoint(HERE, 30301, 30301)
    strangers = [Stranger() for _ in range(STRANGERS)]
    for number, one in enumerate(strangers):
        one.port = 40_000 + number
        node.receive(one.ping(own), (HERE, one.port), times())
        for datagram in node.datagrams_to_send():
            pong = one.answer_to(datagram.data, own)
            if pong is not None:
                node.receive(pong, (HERE, one.port), times())
    node.datagrams_to_send()
    questions = [(one.question(), (HERE, one.port)) for _ in range(QUESTIONS // STRANGERS) for one in strangers]
    answers = 0
    started = time.perf_counter()
    for question, source in questions:
        node.receive(question, source, times())
        answers += len(node.datagrams_to_send())
    seconds = time.perf_counter() - started
    assert answers >= len(questions), "every question is answered"
    return Measurement("discovery.packets", round(len(questions) / seconds, 1), "1/s", "parsed and answered, one core")


class Bootnode:
    """``pystatus bootnode`` as a process."""

    def __init__(self, directory: str) -> None:
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pystatus", "bootnode", "--listen", "127.0.0.1:0", "--data-dir", directory],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.enode = Enode.parse(self._process.stdout.readline())
        self.start_seconds = time.perf_counter() - started
        self._watched = psutil.Process(self._process.pid)

    @property
    def rss(self) -> float:
        """Megabytes."""
        return self._watched.memory_info().rss / 1e6

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        _, said = self._process.communicate()
        assert self._process.returncode == 0, said


@contextlib.contextmanager
def bootnode() -> Iterator[Bootnode]:
    with tempfile.TemporaryDirectory() as directory:
        node = Bootnode(directory)
        try:
            yield node
        finally:
            node.stop()


def served(network: IPv4Address) -> Iterator[Measurement]:
    """By one process over UDP; the strangers have the other core."""
    with bootnode() as node:
        yield Measurement("bootnode.start_seconds", round(node.start_seconds, 4), "s", "process start to listening")
        time.sleep(IDLE_SECONDS)
        yield Measurement("bootnode.idle_rss", round(node.rss, 1), "MB")
        strangers = Strangers(node.enode, ASKERS, network)
        strangers.introduce()
        paced = strangers.ask(RATE, RATE_SECONDS)
        note = f"of {RATE:,.0f} questions a second, {ASKERS:,} addresses of {network}/8, answered within {LATE:g} s"
        yield Measurement("bootnode.answered", round(100 * paced.answered / paced.asked, 2), "%", note)
        note = f"after {RATE_SECONDS:g} seconds of that"
        yield Measurement("bootnode.busy_rss", round(node.rss, 1), "MB", note)
        most = strangers.ask_at_once(WINDOW, BUSY_SECONDS)
        strangers.close()
        yield Measurement("bootnode.packets", round(most.answered / most.seconds, 1), "1/s", "answered by one process")
        yield Measurement("bootnode.dropped", round(100 - 100 * most.answered / most.asked, 2), "%", "of those")


def served_elsewhere() -> Iterator[Measurement]:
    """The same in a network namespace, where the strangers have addresses of the internet; on this machine, whose own
    addresses no limit concerns, where none can be made."""
    try:
        has_namespaces = not subprocess.run([*NAMESPACE, "true"], stderr=subprocess.DEVNULL, check=False).returncode
    except FileNotFoundError:
        has_namespaces = False
    if not has_namespaces:
        yield from served(IPv4Address("127.0.0.0"))
        return
    command = [*NAMESPACE, sys.executable, "-m", "bench.discovery"]
    inside = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    for line in inside.stdout.splitlines():
        yield Measurement(**json.loads(line))


def measure() -> Iterator[Measurement]:
    yield packets()
    yield from served_elsewhere()


if __name__ == "__main__":  # in the namespace
    argparse.ArgumentParser(prog="python -m bench.discovery", description=__doc__).parse_args()
    for measured in served(OUTSIDE):
        print(json.dumps(asdict(measured)), flush=True)
