"""Conversations in simulated time: what a message costs on the network, and how fast the simulator is."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.harness import Measurement
from pystatus.simulation.profile import ChannelKeys
from pystatus.simulation.report import Report
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation

SOAK = Conditions(loss=0.05, duplicates=0.05, reorder=0.1, corruption=0.01, churn=0.1, skew=8.0)
LOSSES = (0.0, 0.05, 0.2)
DIALOGUE = Workload(people=2, messages=1_000, contacts=1, pace=1.0, bursts=0.0)
"""One message a second from each side, at random moments."""
BURST = 1_500
"""Messages that one side writes within a second."""


def measure() -> Iterator[Measurement]:
    keys: ChannelKeys = {}
    crowd = Workload(people=20, messages=2_000)
    for loss in LOSSES:
        report, _ = _run(crowd, Conditions(loss=loss), keys)
        name = f"simulation.{loss * 100:.0f}%_loss"
        note = f"20 people; received p50 {report.latency.p50:.2f} s, p99 {report.latency.p99:.1f} s"
        yield Measurement(f"{name}.envelopes", round(report.envelopes_per_message, 3), "/msg", note)
        yield Measurement(f"{name}.bytes", round(report.bytes_per_message), "B/msg", note)
    for loss in (0.0, 0.1):
        report, _ = _run(DIALOGUE, Conditions(loss=loss), keys)
        note = "one message a second from each side"
        yield Measurement(
            f"simulation.dialogue_{loss * 100:.0f}%_loss", round(report.envelopes_per_message, 3), "/msg", note
        )
    yield Measurement("simulation.burst", round(_burst(keys), 3), "/msg", f"{BURST} messages within a second")
    report, seconds = _run(Workload(people=50, messages=5_000), SOAK, keys)
    assert report.ok
    yield Measurement("simulation.soak", round(report.messages / seconds, 1), "1/s", "messages computed, bad network")


def _run(workload: Workload, conditions: Conditions, keys: ChannelKeys) -> tuple[Report, float]:
    with Simulation(workload, conditions, 1, keys=keys) as simulation:
        started = time.perf_counter()
        return simulation.run(), time.perf_counter() - started


def _burst(keys: ChannelKeys) -> float:
    """Envelopes of both sides for each message."""
    with Simulation(Workload(people=2, messages=20, contacts=1), Conditions(), 1, keys=keys) as simulation:
        simulation.run()
        writer, reader = simulation.devices
        traffic, clock = simulation.network.traffic, simulation.clock
        before = traffic.envelopes
        for number in range(BURST):
            writer.say(reader.key.hex, f"burst {number}")
            clock.wait(1 / BURST)
        clock.wait(60)
        return (traffic.envelopes - before) / BURST
