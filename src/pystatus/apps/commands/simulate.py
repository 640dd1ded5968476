"""``pystatus simulate``: conversations over a network that is as bad as one likes, and networks of relays; for
researchers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pystatus.apps.exits import Exit, refused
from pystatus.apps.kinds import LONGEST_TIME, number, whole
from pystatus.apps.options import AsJson
from pystatus.apps.output import Output
from pystatus.apps.values import option, range_kind
from pystatus.simulation.nodes.settings import LEAST_SIZE, MAX_NODES, MAX_TOPICS, MOST_SIZE
from pystatus.simulation.settings import MAX_DEVICES, MAX_MESSAGES, MAX_PEOPLE, MAX_SKEW

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

HIGHEST_SEED = (1 << 63) - 1
"""Of the seeds, which may be any whole numbers, those that every JSON reader takes."""


@app.callback()
def simulate() -> None:
    """Try the protocol in simulated time: real messengers, a network and clocks that are made up."""


def _percent(what: str, *, all_of_it: bool = True) -> Any:
    """
    :param all_of_it: 100 % is allowed.
    """
    return option(number(0, 100, below=not all_of_it), metavar="PERCENT", help=what)


def _number(what: str, lowest: int, highest: int, metavar: str = "N") -> Any:
    return option(whole(lowest, highest), metavar=metavar, help=what)


def _seconds(what: str, *, above: bool = False, highest: float = LONGEST_TIME) -> Any:
    """
    :param above: it must be above 0.
    """
    return option(number(0, highest, above=above), metavar="SECONDS", help=what)


@app.command("chat", short_help="Let people talk, and count what is lost, repeated or late.")
def chat(
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
    as_json: AsJson = False,
) -> None:
    """Let people talk over a network with chosen faults, in simulated time, and report what became of it.

    Ends with exit code 1 if a private message was lost, repeated, changed or shown out of order; a public one that is
    missed is a failure only where nothing can be lost, because nothing repeats it.
    """
    from pystatus.apps import simulating
    from pystatus.simulation.settings import Conditions, Workload

    with refused():
        workload = Workload(
            people=people,
            messages=messages,
            devices=devices,
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
    raise typer.Exit(Exit.DONE if ok else Exit.FAILED)


@app.command("network", short_help="Let relays pass on envelopes, and show the load of each.")
def network(
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
    as_json: AsJson = False,
) -> None:
    """Run a network of real relays in this process, on links in memory, and show what each has to do.

    Ends with exit code 1 if a node got what it had not asked for, or sent an honest peer away, or, as long as links do
    not break, if an envelope has not reached a node that is interested in its topic.
    """
    from pystatus.apps import simulating
    from pystatus.simulation.nodes.settings import Links, Load, Topology

    with refused():
        topology = Topology(
            nodes=nodes,
            degree=degree,
            with_topics=with_topics / 100,
            uplinks=uplinks,
            topics=topics,
            topics_each=topics_each,
        )
        load = Load(rate=rate, seconds=seconds, size=size)
        links = Links(delay=delay, churn=churn / 100, away=away)
    ok = simulating.run_network(topology, load, links, seed, Output(as_json=as_json), real_time=real_time)
    raise typer.Exit(Exit.DONE if ok else Exit.FAILED)
