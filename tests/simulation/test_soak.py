"""Fifty people talk on a bad network, in simulated time, between two and in groups, with texts, pictures and reactions;
they add, name and block each other, and some begin to use a further device: nothing is lost, repeated, changed or out
of order, nothing is shown of who is blocked, all members show the same groups, memory stays flat.

3,000 messages here, in some twenty-five seconds, with all the people and faults of the long forms. ``make soak-chat``
sends 100,000; ``PYSTATUS_SOAK_MESSAGES`` says how many.
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from pystatus.simulation.settings import Workload
from pystatus.simulation.simulation import Simulation
from tests.simulation.support import BAD_NETWORK

MESSAGES = int(os.environ.get("PYSTATUS_SOAK_MESSAGES", "3000"))
WARM = 0.4
"""Share of the messages after which caches have their final size; from then on memory may not grow."""
NEW_DEVICES = 6
"""Further devices that people begin to use."""
GROWTH = 12e6 + NEW_DEVICES * 1e6
"""Bytes by which it may grow all the same: what this very test keeps about messages, what the allocator does, and what
further devices take."""
GROWTH_PER_MESSAGE = 150
"""Bytes: the ledger's sixty, and histories' places in the databases' indexes."""


@pytest.mark.long
def test_soak(tmp_path: Path) -> None:
    used: list[int] = []

    def measure(done: int, total: int) -> None:
        if done >= WARM * total:
            used.append(resident_memory())

    workload = Workload(
        people=50,
        messages=MESSAGES,
        groups=0.15,
        images=0.05,
        reactions=0.1,
        decisions=0.1,
        new_devices=NEW_DEVICES,
    )
    with Simulation(workload, BAD_NETWORK, 1, directory=tmp_path) as simulation:
        report = simulation.run(measure)
    print("\n".join(report.lines()))

    assert report.ok, report.examples
    assert (report.lost, report.repeated, report.disordered, report.answers_before) == (0, 0, 0, 0)
    assert (report.unconfirmed, report.groups.unconfirmed) == (0, 0)
    assert (report.groups.lost, report.groups.different) == (0, 0)
    assert report.groups.messages > MESSAGES / 10
    assert report.groups.expected > report.groups.messages
    assert (report.reactions.different, report.pictures.wrong) == (0, 0)
    assert report.reactions.expected > report.reactions.missed
    assert report.reactions.retracted > 0 < report.pictures.sent
    assert (report.contacts.shown, report.contacts.missed, report.contacts.different) == (0, 0, 0)
    assert min(report.contacts.added, report.contacts.named, report.contacts.removed, report.contacts.blocked) > 0
    assert report.further.enabled == report.further.begun == NEW_DEVICES
    assert max(used) - used[0] < GROWTH + GROWTH_PER_MESSAGE * MESSAGES * (1 - WARM)


def resident_memory() -> int:
    """Bytes of memory that this process has now."""
    return psutil.Process().memory_info().rss
