"""``pystatus simulate``: conversations over a network that is as bad as one likes, and networks of relays; for
researchers."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from pystatus.apps.options import AsJson
from pystatus.apps.output import Output
from pystatus.errors import LocalError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

_RANGE = re.compile(r"([1-9])(?:-([1-9]))?")


@app.callback()
def simulate() -> None:
    """Try the protocol in simulated time: real messengers, a network and clocks that are made up."""


def _percent(what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(min=0.0, max=100.0, metavar="PERCENT", help=what)
    return option


@app.command("chat", short_help="Let people talk, and count what is lost, repeated or late.")
def chat(
    people: Annotated[int, typer.Option(metavar="N", help="How many people talk.")] = 10,
    messages: Annotated[int, typer.Option(metavar="N", help="How many messages they write altogether.")] = 200,
    devices: Annotated[
        str, typer.Option(metavar="N[-M]", help="Devices of a person, or fewest and most; at most three.")
    ] = "1",
    loss: Annotated[float, _percent("Deliveries that never arrive.")] = 0.0,
    duplicates: Annotated[float, _percent("Deliveries that arrive twice.")] = 0.0,
    reorder: Annotated[float, _percent("Deliveries that are late, so that others overtake them.")] = 0.0,
    corrupt: Annotated[float, _percent("Deliveries in which up to three bits are flipped.")] = 0.0,
    churn: Annotated[
        float, _percent("Share of the time that a device is away: disconnected, restarted or crashed.")
    ] = 0.0,
    away: Annotated[float, typer.Option(metavar="SECONDS", help="How long a device is away on average.")] = 60.0,
    skew: Annotated[float, typer.Option(metavar="SECONDS", help="How far two clocks are apart at most.")] = 0.0,
    delay: Annotated[
        float, typer.Option(metavar="SECONDS", help="Of each of an envelope's two legs, on average.")
    ] = 0.1,
    late: Annotated[float, typer.Option(metavar="SECONDS", help="By how much a late delivery is late at most.")] = 5.0,
    contacts: Annotated[int, typer.Option(metavar="N", help="With how many others a person talks, about.")] = 6,
    public: Annotated[float, _percent("Messages that are written in public chats.")] = 0.0,
    answers: Annotated[float, _percent("Messages that name one that they answer.")] = 30.0,
    bursts: Annotated[float, _percent("Occasions at which a person writes several messages at once.")] = 5.0,
    pace: Annotated[
        float, typer.Option(metavar="SECONDS", help="Between two occasions of one person, on average.")
    ] = 30.0,
    without_datasync: Annotated[float, _percent("People who send once and acknowledge nothing.")] = 0.0,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same run.")] = 1,
    on_disk: Annotated[
        bool, typer.Option("--on-disk", help="Keep the databases in temporary files, for very many messages.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let people talk over a network with chosen faults, in simulated time, and report what became of it.

    Ends with exit code 1 if a private message was lost, repeated, changed or shown out of order; a public one that is
    missed is a failure only where nothing can be lost, because nothing repeats it.
    """
    from pystatus.apps import simulating
    from pystatus.simulation.settings import Conditions, Workload

    workload = Workload(
        people=people,
        messages=messages,
        devices=_range(devices),
        contacts=contacts,
        without_datasync=without_datasync / 100,
        public=public / 100,
        answers=answers / 100,
        bursts=bursts / 100,
        pace=pace,
    )
    conditions = Conditions(
        loss=loss / 100,
        duplicates=duplicates / 100,
        reorder=reorder / 100,
        corruption=corrupt / 100,
        churn=churn / 100,
        away=away,
        skew=skew,
        delay=delay,
        lateness=late,
    )
    ok = simulating.run(workload, conditions, seed, Output(as_json=as_json), on_disk=on_disk)
    raise typer.Exit(0 if ok else 1)


@app.command("network", short_help="Let relays pass on envelopes, and show the load of each.")
def network(
    nodes: Annotated[int, typer.Option(metavar="N", help="How many nodes there are.")] = 85,
    degree: Annotated[int, typer.Option(metavar="N", help="Links of a full node to other full nodes, on average.")] = 6,
    with_topics: Annotated[float, _percent("Nodes that ask for some topics; the others are full nodes.")] = 40.0,
    uplinks: Annotated[int, typer.Option(metavar="N", help="Full nodes that a node with topics is linked with.")] = 3,
    topics: Annotated[int, typer.Option(metavar="N", help="Topics on which envelopes are written.")] = 20,
    topics_each: Annotated[int, typer.Option(metavar="N", help="Topics that a node with topics asks for.")] = 3,
    rate: Annotated[float, typer.Option(metavar="N", help="Messages a second in the whole network.")] = 50.0,
    seconds: Annotated[float, typer.Option(metavar="SECONDS", help="How long messages are written.")] = 60.0,
    size: Annotated[int, typer.Option(metavar="BYTES", help="Data in an envelope.")] = 500,
    delay: Annotated[float, typer.Option(metavar="SECONDS", help="Of a link, on average.")] = 0.05,
    churn: Annotated[float, _percent("Share of the time that a link is broken.")] = 0.0,
    away: Annotated[float, typer.Option(metavar="SECONDS", help="How long a link is broken on average.")] = 5.0,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="Let a simulated second take a second, and tell how late it got.")
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same run.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Run a network of real relays in this process, on links in memory, and show what each has to do.

    Ends with exit code 1 if a node got what it had not asked for, or sent an honest peer away, or, as long as links do
    not break, if an envelope has not reached a node that is interested in its topic.
    """
    from pystatus.apps import simulating
    from pystatus.simulation.nodes.settings import Links, Load, Topology

    ok = simulating.run_network(
        Topology(
            nodes=nodes,
            degree=degree,
            with_topics=with_topics / 100,
            uplinks=uplinks,
            topics=topics,
            topics_each=topics_each,
        ),
        Load(rate=rate, seconds=seconds, size=size),
        Links(delay=delay, churn=churn / 100, away=away),
        seed,
        Output(as_json=as_json),
        real_time=real_time,
    )
    raise typer.Exit(0 if ok else 1)


def _range(text: str) -> tuple[int, int]:
    """
    :raises LocalError: neither a number nor two with a dash between them.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise LocalError(f"{text!r} is no number of devices. Write for example 2, or 1-3.")
    fewest = int(match[1])
    return fewest, int(match[2] or fewest)
