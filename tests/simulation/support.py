"""What the simulation's tests share."""

from __future__ import annotations

from typing import Any

from pystatus.simulation.profile import ChannelKeys
from pystatus.simulation.report import Report
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation

KEYS: ChannelKeys = {}
"""Channel keys that tests have derived; they follow from the seeds, and each takes 7 ms."""

BAD_NETWORK = Conditions(loss=0.05, duplicates=0.05, reorder=0.1, corruption=0.01, churn=0.1, skew=8.0)
"""The network of the soak."""


def simulate(
    conditions: Conditions | None = None, *, seed: int = 1, people: int = 4, messages: int = 60, **workload: Any
) -> Report:
    """The report of a simulation, small by default."""
    sizes = Workload(people=people, messages=messages, **workload)
    with Simulation(sizes, conditions or Conditions(), seed, keys=KEYS) as simulation:
        return simulation.run()
