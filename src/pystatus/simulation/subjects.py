"""What can be simulated with parameters by name: each subject makes runs of them, and says what they took."""

from __future__ import annotations

import contextlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from pystatus.records import dataclass
from pystatus.simulation.discovery import settings as discovery_settings
from pystatus.simulation.discovery.eclipse import Eclipse, EclipseReport
from pystatus.simulation.discovery.network import DiscoveryNetwork
from pystatus.simulation.discovery.report import DiscoveryReport
from pystatus.simulation.discovery.settings import Attack, Population
from pystatus.simulation.drawings import DelayDrawing, DiscoveryDrawing, Drawing, LoadDrawing
from pystatus.simulation.experiment import Parameters
from pystatus.simulation.nodes.network import NodeNetwork
from pystatus.simulation.nodes.realtime import RealTime
from pystatus.simulation.nodes.report import NetworkReport
from pystatus.simulation.nodes.settings import Clocks, Links, Load, Topology
from pystatus.simulation.report import Report
from pystatus.simulation.samples import ArrivalSample, DiscoverySample, MessageSample, Sample
from pystatus.simulation.scaling.population import Population as Users
from pystatus.simulation.scaling.report import ScalingReport, compare
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which ``ru_maxrss`` counts."""

AnyReport: TypeAlias = Report | NetworkReport | DiscoveryReport | EclipseReport | ScalingReport
Take = Callable[[Any], None]
"""Called with every sample."""
Progress = Callable[[int, int], None]
"""Called with what is done and what is to be done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run."""

    report: AnyReport
    extra: dict[str, object]
    """What is measured besides, for programs."""
    extra_lines: Sequence[str] = ()
    """The same for people."""


Simulate = Callable[[Take | None, Progress], Outcome]
"""One run, ready to begin."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is simulated."""

    prepare: Callable[[Parameters], Simulate]
    """Raises LocalError for parameters that do not go together."""
    sample: type[Sample]
    drawing: Callable[[], Drawing] = DelayDrawing
    """What ``--picture`` draws."""
    unit: str = "messages"
    """In which progress is told."""


def _chat(parameters: Parameters) -> Simulate:
    share = _shares(parameters)
    workload = Workload(
        people=parameters["people"],
        messages=parameters["messages"],
        devices=parameters["devices"],
        contacts=parameters["contacts"],
        without_datasync=share("without_datasync"),
        public=share("public"),
        groups=share("groups"),
        images=share("images"),
        reactions=share("reactions"),
        decisions=share("decisions"),
        new_devices=parameters["new_devices"],
        answers=share("answers"),
        bursts=share("bursts"),
        pace=parameters["pace"],
    )
    conditions = Conditions(
        loss=share("loss"),
        duplicates=share("duplicates"),
        reorder=share("reorder"),
        corruption=share("corrupt"),
        churn=share("churn"),
        away=parameters["away"],
        skew=parameters["skew"],
        delay=parameters["delay"],
        lateness=parameters["late"],
    )

    def simulate(take: Take | None, progress: Progress) -> Outcome:
        started = time.perf_counter()
        with (
            _databases(parameters["on_disk"]) as directory,
            Simulation(workload, conditions, parameters["seed"], directory=directory, take=take) as simulation,
        ):
            report = simulation.run(progress)
        return _measured(report, started)

    return simulate


CHAT = Subject(_chat, MessageSample)
"""People who talk over a bad network."""


@contextlib.contextmanager
def _databases(on_disk: bool) -> Iterator[Path | None]:
    if not on_disk:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="pystatus-simulation-") as directory:
        yield Path(directory)


def _network(parameters: Parameters) -> Simulate:
    share = _shares(parameters)
    topology = Topology(
        nodes=parameters["nodes"],
        degree=parameters["degree"],
        with_topics=share("with_topics"),
        uplinks=parameters["uplinks"],
        topics=parameters["topics"],
        topics_each=parameters["topics_each"],
    )
    load = Load(rate=parameters["rate"], seconds=parameters["seconds"], size=parameters["size"])
    links = Links(delay=parameters["delay"], churn=share("churn"), away=parameters["away"])
    clocks = Clocks(wrong=share("clock_wrong"), error=parameters["clock_error"])

    def simulate(take: Take | None, progress: Progress) -> Outcome:
        started = time.perf_counter()
        pace = RealTime(time.perf_counter, time.sleep) if parameters["real_time"] else None
        report = NodeNetwork(topology, load, links, parameters["seed"], clocks=clocks, take=take).run(progress, pace)
        outcome = _measured(report, started)
        if pace is None:
            return outcome
        line = f"In real time; at most {pace.longest_lag:.3f} s late."
        return Outcome(
            report, {**outcome.extra, "longest_lag": round(pace.longest_lag, 4)}, [*outcome.extra_lines, line]
        )

    return simulate


NETWORK = Subject(_network, ArrivalSample)
"""Relays that pass on envelopes, in real time or as fast as the processor can."""


def _discovery(parameters: Parameters) -> Simulate:
    share = _shares(parameters)
    population = Population(
        nodes=parameters["nodes"],
        bootnodes=parameters["bootnodes"],
        registering=share("registering"),
        searching=share("searching"),
        churn=share("churn"),
        joining=parameters["joining"],
        settling=parameters["settling"],
        seconds=parameters["seconds"],
        lookups=parameters["lookups"],
    )
    links = discovery_settings.Links(delay=parameters["delay"], loss=share("loss"))

    def simulate(take: Take | None, progress: Progress) -> Outcome:
        started = time.perf_counter()
        return _measured(DiscoveryNetwork(population, links, parameters["seed"], take=take).run(progress), started)

    return simulate


DISCOVERY = Subject(_discovery, DiscoverySample, DiscoveryDrawing, "simulated seconds")
"""Nodes of Discovery v5 that find a topic and each other."""


def _eclipse(parameters: Parameters) -> Simulate:
    share = _shares(parameters)
    population = Population(
        nodes=parameters["nodes"],
        registering=share("registering"),
        searching=0.0,
        churn=share("churn"),
        joining=parameters["joining"],
        settling=parameters["settling"],
        seconds=parameters["seconds"],
        lookups=0,
    )
    links = discovery_settings.Links(delay=parameters["delay"], loss=share("loss"))
    attack = Attack(attackers=parameters["attackers"], networks=parameters["networks"], grinding=parameters["grinding"])

    def simulate(take: Take | None, progress: Progress) -> Outcome:
        started = time.perf_counter()
        return _measured(Eclipse(population, links, attack, parameters["seed"]).run(progress), started)

    return simulate


ECLIPSE = Subject(_eclipse, DiscoverySample, DiscoveryDrawing, "simulated seconds")
"""Attackers who want to be all that a new node sees. It has neither samples nor a picture."""


def _scaling(parameters: Parameters) -> Simulate:
    share = _shares(parameters)
    users = Users(
        users=parameters["users"],
        listeners=min(parameters["listeners"], parameters["users"]),
        topics=parameters["topics"],
        requests=parameters["requests"],
        peers=parameters["peers"],
        messages=parameters["messages"],
        private=share("private"),
        offline=share("offline"),
    )

    def simulate(take: Take | None, progress: Progress) -> Outcome:
        started = time.perf_counter()
        return _measured(compare(users, parameters["seed"], progress), started)

    return simulate


SCALING = Subject(_scaling, DiscoverySample, LoadDrawing, "users")
"""What everybody receives in a day, beside a published model. It has no samples."""
SUBJECTS = {"chat": CHAT, "network": NETWORK, "discovery": DISCOVERY, "eclipse": ECLIPSE, "scaling": SCALING}
"""By the name of the command."""


def _shares(parameters: Parameters) -> Callable[[str], float]:
    """The command line has percents, the simulation shares."""
    return lambda name: float(parameters[name]) / 100


def _measured(report: AnyReport, started: float) -> Outcome:
    seconds, peak = time.perf_counter() - started, peak_memory()
    extra: dict[str, object] = {"wall_seconds": round(seconds, 3), "peak_memory_bytes": peak}
    return Outcome(report, extra, [f"It took {seconds:.1f} s and {peak / 1e6:.0f} MB."])


def peak_memory() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
