"""What a worker tells of itself, in a form that goes from one process to another."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from pystatus.metrics import reading
from pystatus.metrics.series import Sample
from pystatus.node import Node
from pystatus.records import dataclass
from pystatus.waku.relay.clock_judgement import ClockJudgement

_STATM = Path("/proc/self/statm")
OF_THE_WHOLE = ("pystatus_ready", "pystatus_info")
"""Series that say nothing of one process."""


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """One worker's numbers."""

    pid: int
    peers: int
    """Peers with which envelopes are exchanged. Other workers are none of them."""
    clock: ClockJudgement
    """What its peers make of this machine's clock."""
    address_problem: str | None
    """Why others may not reach the node, as far as this worker has to know it."""
    samples: list[Sample]
    """The series of a node in one process, and those of the process itself."""

    @classmethod
    def of(cls, node: Node) -> WorkerReport:
        """The numbers of ``node``, in this process."""
        return cls(os.getpid(), len(node.peers), node.clock, node.address.problem, [*_samples(node)])


def _samples(node: Node) -> Iterator[Sample]:
    for sample in reading.samples(node, ready=False):
        if sample[0] not in OF_THE_WHOLE:
            yield sample
    yield "pystatus_worker_cpu_seconds_total", (), time.process_time()
    yield "pystatus_worker_resident_memory_bytes", (), _resident_bytes()


def _resident_bytes() -> int:
    """Memory that this process has now."""
    return int(_STATM.read_text().split()[1]) * resource.getpagesize()
