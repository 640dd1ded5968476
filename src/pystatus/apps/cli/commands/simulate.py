"""``pystatus simulate``: conversations over a network that is as bad as one likes, and networks of relays; for
researchers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from pystatus.apps.cli.exits import Exit, NoReader
from pystatus.apps.cli.options import AsJson
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.targets import check_target
from pystatus.apps.cli.values import ANYTHING, DRAWING, SAMPLES, BadValue, option, range_kind
from pystatus.errors import Refused, StatusError, refused
from pystatus.net.signals import held_back, tidied_up
from pystatus.settings.kinds import LONGEST_TIME, number, percent, quoted, whole
from pystatus.simulation.experiment import HIGHEST_SEED, MAX_RUNS, Experiment, Parameters, Run, Sweep, option_name
from pystatus.simulation.nodes.settings import LEAST_SIZE, MAX_NODES, MAX_TOPICS, MOST_SIZE
from pystatus.simulation.picture import Series, draw
from pystatus.simulation.sample_file import sample_file
from pystatus.simulation.samples import Sample
from pystatus.simulation.settings import MAX_DEVICES, MAX_MESSAGES, MAX_PEOPLE, MAX_SKEW
from pystatus.simulation.subjects import CHAT, NETWORK, Outcome, Progress, Subject
from pystatus.storage.files import explained_files, replaced
from pystatus.version import VERSION
from pystatus.wording import counted

SUMMARY = "Try the protocol in simulated time."
PLACE = 170

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


MAX_VALUES = 100
"""Values of a sweep: a picture with more could not be read."""
PROGRESS_STEPS = 200
"""How often a run tells how far it is, about."""
NO_PARAMETERS = ("sweep", "repeat", "samples", "picture", "overwrite", "as_json")
"""Options that say nothing of a single run."""

SweepOption = Annotated[
    list[str] | None,
    option(
        ANYTHING,
        metavar="OPTION=VALUE,…",
        help="Run once for each value of another option, for example churn=0,5,20.",
        show_default=False,
    ),
]
Repeat = Annotated[
    int,
    option(whole(1, MAX_RUNS), metavar="N", help="Run each so many times, with one seed after the other."),
]
Samples = Annotated[
    Path | None,
    option(
        SAMPLES,
        metavar="FILE",
        help="Write every single delay and loss of all runs into FILE, a .csv or a .jsonl.",
        show_default=False,
    ),
]
Picture = Annotated[
    Path | None,
    option(DRAWING, metavar="FILE", help="Draw delays and losses of all runs into FILE, an .svg.", show_default=False),
]


Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace files of --samples and --picture that are there already.")
]


@app.callback()
def simulate() -> None:
    """Try the protocol in simulated time: real messengers, a network and clocks that are made up."""


def _percent(what: str, *, all_of_it: bool = True) -> Any:
    """
    :param all_of_it: 100 % is allowed.
    """
    return option(percent(all_of_it=all_of_it), metavar="PERCENT", help=what)


def _number(what: str, lowest: int, highest: int, metavar: str = "N") -> Any:
    return option(whole(lowest, highest), metavar=metavar, help=what)


def _seconds(what: str, *, above: bool = False, highest: float = LONGEST_TIME) -> Any:
    """
    :param above: it must be above 0.
    """
    return option(number(0, highest, above=above), metavar="SECONDS", help=what)


@app.command("chat", short_help="Let people talk, and count what is lost, repeated or late.")
def chat(
    context: typer.Context,
    people: Annotated[int, _number("How many people talk.", 2, MAX_PEOPLE)] = 10,
    messages: Annotated[int, _number("How many messages they write altogether.", 1, MAX_MESSAGES)] = 200,
    devices: Annotated[
        Any, option(range_kind(MAX_DEVICES), metavar="N[-M]", help="Devices of a person, or fewest and most.")
    ] = "1",
    loss: Annotated[float, _percent("Deliveries that never arrive.", all_of_it=False)] = 0.0,
    duplicates: Annotated[float, _percent("Deliveries that arrive twice.", all_of_it=False)] = 0.0,
    reorder: Annotated[
        float, _percent("Deliveries that are late, so that others overtake them.", all_of_it=False)
    ] = 0.0,
    corrupt: Annotated[float, _percent("Deliveries in which up to three bits are flipped.", all_of_it=False)] = 0.0,
    churn: Annotated[
        float, _percent("Share of the time that a device is away: disconnected, restarted or crashed.", all_of_it=False)
    ] = 0.0,
    away: Annotated[float, _seconds("How long a device is away on average.", above=True)] = 60.0,
    skew: Annotated[float, _seconds("How far two clocks are apart at most.", highest=MAX_SKEW)] = 0.0,
    delay: Annotated[float, _seconds("Of each of an envelope's two legs, on average.")] = 0.1,
    late: Annotated[float, _seconds("By how much a late delivery is late at most.")] = 5.0,
    contacts: Annotated[int, _number("With how many others a person talks, about.", 1, MAX_PEOPLE)] = 6,
    public: Annotated[float, _percent("Messages that are written in public chats.")] = 0.0,
    answers: Annotated[float, _percent("Messages that name one that they answer.")] = 30.0,
    bursts: Annotated[float, _percent("Occasions at which a person writes several messages at once.")] = 5.0,
    pace: Annotated[float, _seconds("Between two occasions of one person, on average.", above=True)] = 30.0,
    without_datasync: Annotated[float, _percent("People who send once and acknowledge nothing.")] = 0.0,
    seed: Annotated[int, _number("The same seed gives the same run.", 0, HIGHEST_SEED)] = 1,
    on_disk: Annotated[
        bool, typer.Option("--on-disk", help="Keep the databases in temporary files, for very many messages.")
    ] = False,
    sweep: SweepOption = None,
    repeat: Repeat = 1,
    samples: Samples = None,
    picture: Picture = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Let people talk over a network with chosen faults, in simulated time, and report what became of it.

    Shares are in percent: 20 and 20% are a fifth. Below 1 the sign is needed, as in 0.2%.

    Ends with exit code 1 if a private message was lost, repeated, changed or shown out of order; a public one that is
    missed is a failure only where nothing can be lost, because nothing repeats it.
    """
    _run(context, "chat", sweep, repeat, samples, picture, as_json, overwrite=overwrite)


@app.command("network", short_help="Let relays pass on envelopes, and show the load of each.")
def network(
    context: typer.Context,
    nodes: Annotated[int, _number("How many nodes there are.", 2, MAX_NODES)] = 85,
    degree: Annotated[int, _number("Links of a full node to other full nodes, on average.", 2, MAX_NODES)] = 6,
    with_topics: Annotated[float, _percent("Nodes that ask for some topics; the others are full nodes.")] = 40.0,
    uplinks: Annotated[int, _number("Full nodes that a node with topics is linked with.", 1, MAX_NODES)] = 3,
    topics: Annotated[int, _number("Topics on which envelopes are written.", 1, MAX_TOPICS)] = 20,
    topics_each: Annotated[int, _number("Topics that a node with topics asks for.", 1, MAX_TOPICS)] = 3,
    rate: Annotated[
        float, option(number(0, MAX_MESSAGES, above=True), metavar="N", help="Messages a second in the whole network.")
    ] = 50.0,
    seconds: Annotated[float, _seconds("How long messages are written.", above=True)] = 60.0,
    size: Annotated[int, _number("Data in an envelope.", LEAST_SIZE, MOST_SIZE, "BYTES")] = 500,
    delay: Annotated[float, _seconds("Of a link, on average.")] = 0.05,
    churn: Annotated[float, _percent("Share of the time that a link is broken.", all_of_it=False)] = 0.0,
    away: Annotated[float, _seconds("How long a link is broken on average.", above=True)] = 5.0,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Let a simulated second take a second, and tell how late it got.")
    ] = False,
    seed: Annotated[int, _number("The same seed gives the same run.", 0, HIGHEST_SEED)] = 1,
    sweep: SweepOption = None,
    repeat: Repeat = 1,
    samples: Samples = None,
    picture: Picture = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Run a network of real relays in this process, on links in memory, and show what each has to do.

    Shares are in percent: 20 and 20% are a fifth. Below 1 the sign is needed, as in 0.2%.

    Ends with exit code 1 if a node got what it had not asked for, or sent an honest peer away, or, as long as links do
    not break, if an envelope has not reached a node that is interested in its topic.
    """
    _run(context, "network", sweep, repeat, samples, picture, as_json, overwrite=overwrite)


def _run(
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
    for name, path in (("--samples", samples), ("--picture", picture)):
        if path is not None:
            check_target(name, path, overwrite=overwrite)
    # In the order of the help, however they were typed: so the same command is echoed, and drawn, the same.
    names = [one.name for one in context.command.params if one.name in context.params]
    parameters = {name: context.params[name] for name in names if name is not None and name not in NO_PARAMETERS}
    experiment = Experiment(command, parameters, _parse_sweep(context, sweep or (), parameters), repeat)
    subject = {"chat": CHAT, "network": NETWORK}[command]
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
    with refused():
        prepared = [(one, subject.prepare(one.parameters)) for one in experiment.runs()]
    swept = () if experiment.sweep is None else (experiment.sweep.name,)
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
                    raise
                ended = error
                break
            all_well = all_well and outcome.report.ok
        if drawing is not None:
            drawing.write(_picture(experiment, series, finished).encode())
    if ended is not None:
        _tell_kept(finished, len(experiment), [path for path in (samples, picture) if path], out, ended)
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
        out.aside({"event": "ended-early", "runs": finished, "of": count, "files": names}, kept)


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
