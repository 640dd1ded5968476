"""Fifty people talk on a bad network, in simulated time: nothing is lost, repeated or out of order, memory stays flat.

3,000 messages here, in some fifteen seconds, with all the people and faults of the long forms. ``make soak-chat`` sends
100,000; ``PYSTATUS_SOAK_MESSAGES`` says how many.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from pystatus.simulation.settings import Workload
from pystatus.simulation.simulation import Simulation
from tests.simulation.support import BAD_NETWORK

MESSAGES = int(os.environ.get("PYSTATUS_SOAK_MESSAGES", "3000"))
WARM = 0.4
"""Share of the messages after which caches have their final size; from then on memory may not grow."""
GROWTH = 12e6
"""Bytes by which it may grow all the same: what this very test keeps about messages, and what the allocator does."""
GROWTH_PER_MESSAGE = 150
"""Bytes: the ledger's sixty, and histories' places in the databases' indexes."""


def test_soak(tmp_path: Path) -> None:
    used: list[int] = []

    def measure(done: int, total: int) -> None:
        if done >= WARM * total:
            used.append(resident_memory())

    with Simulation(Workload(people=50, messages=MESSAGES), BAD_NETWORK, 1, directory=tmp_path) as simulation:
        report = simulation.run(measure)
    print("\n".join(report.lines()))

    assert report.ok, report.examples
    assert (report.lost, report.repeated, report.disordered, report.answers_before) == (0, 0, 0, 0)
    assert report.unconfirmed == 0
    assert max(used) - used[0] < GROWTH + GROWTH_PER_MESSAGE * MESSAGES * (1 - WARM)


def resident_memory() -> int:
    """Bytes of memory that this process has now."""
    return psutil.Process().memory_info().rss
