"""Running a simulation from the command line: progress, what it took, the report."""

from __future__ import annotations

import contextlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import typer

from pystatus.apps.output import Output
from pystatus.simulation.nodes.network import NodeNetwork
from pystatus.simulation.nodes.pace import RealTime
from pystatus.simulation.nodes.settings import Links, Load, Topology
from pystatus.simulation.report import Report
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which ``ru_maxrss`` counts."""


def run(workload: Workload, conditions: Conditions, seed: int, out: Output, *, on_disk: bool) -> bool:
    """Run and report; whether nothing was lost, repeated, changed or out of order."""
    started = time.perf_counter()
    with _databases(on_disk) as directory, Simulation(workload, conditions, seed, directory=directory) as simulation:
        show = not out.as_json and sys.stderr.isatty()
        report = simulation.run(_show_progress if show else None)
        if show:
            typer.echo("\r\033[K", nl=False, err=True)
    seconds, peak = time.perf_counter() - started, peak_memory()
    _print(report, seconds, peak, out)
    return report.ok


def run_network(topology: Topology, load: Load, links: Links, seed: int, out: Output, *, real_time: bool) -> bool:
    """Run a network of relays and report; whether every envelope reached everybody who wants it, and nobody else.

    :param real_time: a simulated second takes a second, or longer if the processor does not keep up.
    """
    started = time.perf_counter()
    pace = RealTime(time.perf_counter, time.sleep) if real_time else None
    show = not out.as_json and sys.stderr.isatty()
    report = NodeNetwork(topology, load, links, seed).run(_show_progress if show else None, pace)
    if show:
        typer.echo("\r\033[K", nl=False, err=True)
    for example in report.examples:
        out.event({"example": example}, example)
    seconds, peak = time.perf_counter() - started, peak_memory()
    fields = {**report.as_dict(), "wall_seconds": round(seconds, 3), "peak_memory_bytes": peak}
    lines = [*report.lines(), "", f"It took {seconds:.1f} s and {peak / 1e6:.0f} MB."]
    if pace is not None:
        fields["longest_lag"] = round(pace.longest_lag, 4)
        lines.append(f"In real time; at most {pace.longest_lag:.3f} s late.")
    lines.append("All well." if report.ok else "Not well: see above.")
    out.result(fields, "\n".join(lines))
    return report.ok


def peak_memory() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT


@contextlib.contextmanager
def _databases(on_disk: bool) -> Iterator[Path | None]:
    if not on_disk:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="pystatus-simulation-") as directory:
        yield Path(directory)


def _show_progress(done: int, total: int) -> None:
    typer.echo(f"\r\033[K{done} of {total} messages", nl=False, err=True)


def _print(report: Report, seconds: float, peak: int, out: Output) -> None:
    for example in report.examples:
        out.event({"example": example}, example)
    fields = {**report.as_dict(), "wall_seconds": round(seconds, 3), "peak_memory_bytes": peak}
    lines = [
        *report.lines(),
        f"It took {seconds:.1f} s and {peak / 1e6:.0f} MB.",
        "All well." if report.ok else "Not well: see above.",
    ]
    out.result(fields, "\n".join(lines))
