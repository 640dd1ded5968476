"""Runs of ``pystatus simulate``: sweeps and repetitions, what is printed of each, and files of samples and pictures."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

from pystatus.apps.cli.exits import Exit, NoReader
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.targets import check_target
from pystatus.apps.cli.values import BadValue
from pystatus.errors import Refused, StatusError, refused
from pystatus.settings.kinds import quoted
from pystatus.simulation.experiment import Experiment, Parameters, Run, Sweep, option_name
from pystatus.simulation.sample_file import sample_file
from pystatus.simulation.samples import Sample
from pystatus.storage.files import explained_files, replaced
from pystatus.version import VERSION
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.simulation.drawings import Drawing
    from pystatus.simulation.subjects import Outcome, Progress, Subject

MAX_VALUES = 100
"""Values of a sweep: a picture with more could not be read."""
PROGRESS_STEPS = 200
"""How often a run tells how far it is, about."""
NO_PARAMETERS = ("sweep", "repeat", "samples", "picture", "overwrite", "as_json")
"""Options that say nothing of a single run."""


def run(
    context: typer.Context,
    command: str,
    sweep: list[str] | None,
    repeat: int,
    samples: Path | None,
    picture: Path | None,
    as_json: bool,
    *,
    overwrite: bool,
) -> None:
    from pystatus.simulation.subjects import SUBJECTS

    for name, path in (("--samples", samples), ("--picture", picture)):
        if path is not None:
            check_target(name, path, overwrite=overwrite)
    # In the order of the help, however they were typed: so the same command is echoed, and drawn, the same.
    names = [one.name for one in context.command.params if one.name in context.params]
    parameters = {name: context.params[name] for name in names if name is not None and name not in NO_PARAMETERS}
    experiment = Experiment(command, parameters, _parse_sweep(context, sweep or (), parameters), repeat)
    subject = SUBJECTS[command]
    ok = _run_all(experiment, subject, Output(as_json=as_json), samples=samples, picture=picture)
    raise typer.Exit(Exit.DONE if ok else Exit.FAILED)


def _parse_sweep(context: typer.Context, texts: Sequence[str], parameters: Parameters) -> Sweep | None:
    """``churn=0,5,20``: an option of the command and its values, each read as the option reads it.

    :param texts: what was given, each time that it was.
    :raises Refused: given twice, no such option, not a value of it, or the option has a value of its own.
    """
    if not texts:
        return None
    if len(texts) > 1:
        raise Refused("--sweep is given once, for one option. For a second one run the command once for each value.")
    option, equals, listed = texts[0].partition("=")
    name = option.strip().removeprefix("--").replace("-", "_")
    options = [one for one, value in parameters.items() if one != "seed" and not isinstance(value, bool)]
    if name not in options:
        raise Refused(
            f"--sweep: {quoted(option)} cannot be swept. Write for example churn=0,5,20. There are "
            f"{', '.join(map(option_name, options))}."
        )
    if not equals:
        raise Refused(f"--sweep: the values are missing. Write for example {option_name(name)}=VALUE,VALUE.")
    source = context.get_parameter_source(name)
    if source is not None and source.name == "COMMANDLINE":
        raise Refused(
            f"--{option_name(name)} and --sweep {option_name(name)} exclude each other. Leave one of them out."
        )
    words = [word.strip() for word in listed.split(",") if word.strip()]
    if not 0 < len(words) <= MAX_VALUES:
        raise Refused(f"--sweep has 1 to {MAX_VALUES} values with commas between them, not {len(words)}.")
    (read,) = (one.process_value for one in context.command.params if one.name == name)
    try:
        return Sweep(name, [read(context, word) for word in dict.fromkeys(words)])
    except BadValue as bad:
        raise Refused(bad.wrong.said_of(f"--sweep {option_name(name)}")) from bad


def _run_all(
    experiment: Experiment, subject: Subject, out: Output, *, samples: Path | None, picture: Path | None
) -> bool:
    """Do all runs and report each; whether all are well.

    :raises Refused: parameters that do not go together, before anything is run.
    :raises LocalError: the disk refused.
    :raises KeyboardInterrupt, SystemExit: it was ended; the files have what came of the runs that were over by then.
    """
    from pystatus.net.signals import held_back, tidied_up

    with refused():
        prepared = [(one, subject.prepare(one.parameters)) for one in experiment.runs()]
    swept = () if experiment.sweep is None else (experiment.sweep.name,)
    files = [path for path in (samples, picture) if path]
    with tidied_up(), contextlib.ExitStack() as stack:
        stack.callback(out.status, "")
        file = stack.enter_context(sample_file(samples, _columns(swept), subject.sample)) if samples else None
        picture_file = stack.enter_context(_picture_file(picture)) if picture else None
        drawing = subject.drawing() if picture else None
        all_well, finished, ended = True, 0, None
        for one, simulate in prepared:
            echo = one.echo
            head = (one.number, one.parameters["seed"], *(echo[name] for name in swept))

            def take(sample: Sample, one: Run = one, head: tuple[object, ...] = head) -> None:
                if file is not None:
                    file.add(head, sample)
                if drawing is not None:
                    drawing.add(one, sample)

            try:
                outcome = simulate(
                    take if file or drawing else None, _progress(out, one, len(experiment), subject.unit)
                )
                with held_back():  # a run is either kept and printed, or neither
                    if file is not None:
                        file.keep()
                    if drawing is not None:
                        drawing.finish(outcome.report)
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
        if picture_file is not None and drawing is not None:
            picture_file.write(_picture(experiment, drawing, finished).encode())
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


def _picture(experiment: Experiment, drawing: Drawing, finished: int) -> str:
    """Of the runs that came to their end."""
    title = f"pystatus simulate {experiment.command}"
    if finished < len(experiment):
        title += f" ({finished} of {len(experiment)} runs)"
    return drawing.draw(experiment, title, finished)


def _tell_kept(finished: int, count: int, files: Sequence[Path], out: Output, ended: BaseException) -> None:
    if files and not isinstance(ended, NoReader):
        names = [str(path) for path in files]
        kept = f"Ended after {finished} of {counted(count, 'run')}. What came of them is in {' and '.join(names)}."
        if not finished:
            which = "run" if count == 1 else f"first of {count} runs"
            kept = f"Ended during the {which}: there is nothing to write into {' and '.join(names)}."
        out.aside({"event": "ended-early", "runs": finished, "of": count, "files": names if finished else []}, kept)


def _progress(out: Output, one: Run, count: int, unit: str) -> Progress:
    which = f"run {one.number + 1} of {count}: " if count > 1 else ""
    told = -1

    def show(done: int, total: int) -> None:
        nonlocal told
        if (step := done * PROGRESS_STEPS // max(1, total)) != told:
            told = step
            out.status(f"{which}{done} of {total} {unit}")

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
