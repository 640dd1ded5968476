"""How long people wait before anything happens."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.harness import Measurement
from bench.support.node import running_node

REPETITIONS = 7
EVERYTHING = "import pystatus; pystatus.Client, pystatus.Node"
NOTHING = "pass"


def seconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def node_start() -> float:
    with running_node() as node:
        return node.start_seconds


def measure() -> Iterator[Measurement]:
    bare = statistics.median(seconds(NOTHING) for _ in range(REPETITIONS))
    full = statistics.median(seconds(EVERYTHING) for _ in range(REPETITIONS))
    yield Measurement(
        "import.seconds", round(full - bare, 4), "s", "pystatus with Client and Node, above a bare Python"
    )
    started = statistics.median(node_start() for _ in range(REPETITIONS))
    yield Measurement("node.start_seconds", round(started, 4), "s", "process start to listening, Python included")
