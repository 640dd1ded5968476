"""Running simulations from the command line: progress, what it took, reports, samples and the picture."""

from __future__ import annotations

import contextlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pystatus.apps.exits import NoReader, refused
from pystatus.apps.experiment import Experiment, Parameters, Run
from pystatus.apps.output import Output
from pystatus.apps.sampling import sample_file
from pystatus.apps.signals import held_back, tidied_up
from pystatus.errors import StatusError
from pystatus.simulation.nodes.network import NodeNetwork
from pystatus.simulation.nodes.realtime import RealTime
from pystatus.simulation.nodes.report import NetworkReport
from pystatus.simulation.nodes.settings import Links, Load, Topology
from pystatus.simulation.picture import Series, draw
from pystatus.simulation.report import Report
from pystatus.simulation.samples import ArrivalSample, MessageSample, Sample
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation
from pystatus.storage.files import explained_files, replaced
from pystatus.version import VERSION
from pystatus.wording import counted

PROGRESS_STEPS = 200
"""How often a run tells how far it is, about."""

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which ``ru_maxrss`` counts."""

Take = Callable[[Any], None]
"""Called with every sample."""
Progress = Callable[[int, int], None]
"""Called with what is done and what is to be done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run."""

    report: Report | NetworkReport
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


def run(experiment: Experiment, subject: Subject, out: Output, *, samples: Path | None, picture: Path | None) -> bool:
    """Do all runs and report each; whether all are well.

    :raises Refused: parameters that do not go together, before anything is run.
    :raises LocalError: the disk refused.
    :raises KeyboardInterrupt, SystemExit: it was ended; the files have what came of the runs that were over by then.
    """
    with refused():
        prepared = [(one, subject.prepare(one.parameters)) for one in experiment.runs()]
    swept = () if experiment.sweep is None else (experiment.sweep.name,)
    files = [path for path in (samples, picture) if path]
    with tidied_up(), contextlib.ExitStack() as stack:
        stack.callback(out.status, "")
        file = stack.enter_context(sample_file(samples, _columns(swept), subject.sample)) if samples else None
        drawing = stack.enter_context(_picture_file(picture)) if picture else None
        series: dict[str, Series] = {}
        all_well, finished, ended = True, 0, None
        for one, simulate in prepared:
            echo = one.echo
            head = (one.number, one.parameters["seed"], *(echo[name] for name in swept))

            def take(sample: Sample, one: Run = one, head: tuple[object, ...] = head) -> None:
                if file is not None:
                    file.add(head, sample)
                if drawing is not None and sample.series is not None:
                    _drawn(series, one, sample.series).add(one.number, sample.delay)

            try:
                outcome = simulate(take if file or drawing else None, _progress(out, one, len(experiment)))
                with held_back():  # a run is either kept and printed, or neither
                    if file is not None:
                        file.keep()
                    finished += 1
                    out.status("")
                    _print(experiment, one, outcome, out)
            except (KeyboardInterrupt, SystemExit, StatusError) as error:  # Ctrl-C, a signal, nobody reads the output
                if not finished:
                    out.status("")
                    _tell_kept(0, len(experiment), files, out, error)
                    raise
                ended = error
                break
            all_well = all_well and outcome.report.ok
        if drawing is not None:
            drawing.write(_picture(experiment, series, finished).encode())
    if ended is not None:
        _tell_kept(finished, len(experiment), files, out, ended)
        raise ended
    return all_well


def _columns(swept: Sequence[str]) -> list[str]:
    """Those that say of which run a sample is. What is swept may have the name of a column of the samples."""
    return ["run", "seed", *(f"swept_{name}" for name in swept)]


@contextlib.contextmanager
def _picture_file(path: Path) -> Iterator[BinaryIO]:
    with explained_files(f"The picture {path} cannot be written"), replaced(path) as file:
        yield file


def _picture(experiment: Experiment, series: dict[str, Series], finished: int) -> str:
    """Of the runs that came to their end."""
    title = f"pystatus simulate {experiment.command}"
    if finished < len(experiment):
        title += f" ({finished} of {len(experiment)} runs)"
        for one in series.values():
            one.drop(finished)
    return draw([one for one in series.values() if any(one.expected)], title, experiment.command_line())


def _tell_kept(finished: int, count: int, files: Sequence[Path], out: Output, ended: BaseException) -> None:
    if files and not isinstance(ended, NoReader):
        names = [str(path) for path in files]
        kept = f"Ended after {finished} of {counted(count, 'run')}. What came of them is in {' and '.join(names)}."
        if not finished:
            which = "run" if count == 1 else f"first of {count} runs"
            kept = f"Ended during the {which}: there is nothing to write into {' and '.join(names)}."
        out.aside({"event": "ended-early", "runs": finished, "of": count, "files": names if finished else []}, kept)


def _drawn(series: dict[str, Series], one: Run, name: str) -> Series:
    label = f"{one.label}, {name}" if one.label else name
    return series.setdefault(label, Series(label))


def _progress(out: Output, one: Run, count: int) -> Progress:
    which = f"run {one.number + 1} of {count}: " if count > 1 else ""
    told = -1

    def show(done: int, total: int) -> None:
        nonlocal told
        if (step := done * PROGRESS_STEPS // max(1, total)) != told:
            told = step
            out.status(f"{which}{done} of {total} messages")

    return show


def _print(experiment: Experiment, one: Run, outcome: Outcome, out: Output) -> None:
    report = outcome.report
    for example in report.examples:
        out.note(example)
    fields = {
        "run": one.number,
        "version": VERSION,
        "command": experiment.command_line(one),
        "parameters": one.echo,
        **report.as_dict(),
        **outcome.extra,
        "examples": list(report.examples),
    }
    lines = [*report.lines(), "", *outcome.extra_lines, "All well." if report.ok else "Not well: see above."]
    if len(experiment) > 1:
        lines = [f"Run {one.number + 1} of {len(experiment)}: {experiment.command_line(one)}", "", *lines, ""]
    out.result(fields, "\n".join(lines))


# conversations


def _chat(parameters: Parameters) -> Simulate:
    share = _shares(parameters)
    workload = Workload(
        people=parameters["people"],
        messages=parameters["messages"],
        devices=parameters["devices"],
        contacts=parameters["contacts"],
        without_datasync=share("without_datasync"),
        public=share("public"),
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


# relays


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

    def simulate(take: Take | None, progress: Progress) -> Outcome:
        started = time.perf_counter()
        pace = RealTime(time.perf_counter, time.sleep) if parameters["real_time"] else None
        report = NodeNetwork(topology, load, links, parameters["seed"], take=take).run(progress, pace)
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


def _shares(parameters: Parameters) -> Callable[[str], float]:
    """The command line has percents, the simulation shares."""
    return lambda name: float(parameters[name]) / 100


def _measured(report: Report | NetworkReport, started: float) -> Outcome:
    seconds, peak = time.perf_counter() - started, peak_memory()
    extra: dict[str, object] = {"wall_seconds": round(seconds, 3), "peak_memory_bytes": peak}
    return Outcome(report, extra, [f"It took {seconds:.1f} s and {peak / 1e6:.0f} MB."])


def peak_memory() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
