"""``pystatus simulate``: conversations over a network that is as bad as one likes, networks of relays and of discovery,
and what somebody receives in a day; for researchers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pystatus.apps.cli.options import AsJson
from pystatus.apps.cli.simulation_runs import run
from pystatus.apps.cli.values import ANYTHING, DRAWING, SAMPLES, option, range_kind
from pystatus.settings.kinds import LONGEST_TIME, number, percent, whole
from pystatus.simulation.discovery import settings as discovery_settings
from pystatus.simulation.experiment import HIGHEST_SEED, MAX_RUNS
from pystatus.simulation.nodes.settings import (
    LEAST_CLOCK_ERROR,
    LEAST_SIZE,
    MAX_NODES,
    MAX_TOPICS,
    MOST_CLOCK_ERROR,
    MOST_SIZE,
)
from pystatus.simulation.scaling import population
from pystatus.simulation.settings import MAX_DEVICES, MAX_MESSAGES, MAX_PEOPLE, MAX_SKEW

SUMMARY = "Try the protocol in simulated time."
PLACE = 170

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


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
    groups: Annotated[float, _percent("Messages that are written in private groups.")] = 0.0,
    images: Annotated[float, _percent("Messages between two and in groups that are small pictures.")] = 0.0,
    reactions: Annotated[float, _percent("Messages after which somebody puts an emoji somewhere.")] = 0.0,
    decisions: Annotated[
        float, _percent("Messages after which somebody adds, names, removes or blocks somebody else.")
    ] = 0.0,
    new_devices: Annotated[int, _number("How often somebody begins to use a further device.", 0, MAX_PEOPLE)] = 0,
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

    Ends with exit code 1 if a private message was lost, repeated, changed or shown out of order, if a picture has other
    bytes, if members show different groups or reactions, if something is shown of somebody who is blocked, or if a
    decision about a person is not shown; a public message or a reaction that is missed is a failure
    only where nothing can be lost, because nothing repeats it.
    """
    run(context, "chat", sweep, repeat, samples, picture, as_json, overwrite=overwrite)


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
    clock_wrong: Annotated[float, _percent("Nodes whose clock is wrong.")] = 0.0,
    clock_error: Annotated[
        float,
        option(
            number(LEAST_CLOCK_ERROR, MOST_CLOCK_ERROR),
            metavar="SECONDS",
            help="By how much a wrong clock is off at most, either way.",
        ),
    ] = 600.0,
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
    not break, if an envelope has not reached a node that is interested in its topic. Of nodes with a wrong clock no
    envelope is expected; it ends with 1 if one of them does not say that its clock is wrong, or another node does.
    """
    run(context, "network", sweep, repeat, samples, picture, as_json, overwrite=overwrite)


@app.command("discovery", short_help="Let nodes find each other by topic, and show what that takes.")
def discovery(
    context: typer.Context,
    nodes: Annotated[
        int, _number("How many nodes there are.", discovery_settings.MIN_NODES, discovery_settings.MAX_NODES)
    ] = 1_000,
    bootnodes: Annotated[int, _number("Nodes that never leave, from which all begin.", 1, 1_000)] = 8,
    registering: Annotated[float, _percent("Nodes that register the topic.")] = 5.0,
    searching: Annotated[float, _percent("Nodes that search the topic once.")] = 10.0,
    churn: Annotated[float, _percent("Nodes that leave in an hour; as many join.")] = 30.0,
    delay: Annotated[float, _seconds("From one node to another, on average.", above=True, highest=1.0)] = 0.05,
    loss: Annotated[float, _percent("Datagrams that never arrive.", all_of_it=False)] = 1.0,
    seconds: Annotated[float, _seconds("How long is measured.", above=True)] = 600.0,
    joining: Annotated[float, _seconds("Within how long the first nodes join.")] = 120.0,
    settling: Annotated[float, _seconds("How long then nothing is measured.")] = 180.0,
    lookups: Annotated[
        int, _number("Lookups of drawn targets that are measured.", 0, discovery_settings.MAX_LOOKUPS)
    ] = 200,
    seed: Annotated[int, _number("The same seed gives the same run.", 0, HIGHEST_SEED)] = 1,
    sweep: SweepOption = None,
    repeat: Repeat = 1,
    samples: Samples = None,
    picture: Picture = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Run a network of Discovery v5 nodes in this process, and show how well they find a topic and each other.

    Shares are in percent: 20 and 20% are a fifth. Below 1 the sign is needed, as in 0.2%.

    Ends with exit code 1 if fewer than 95 % of the searches find a node that is there, if half of those that do need
    more than 5 lookups or one in twenty more than 15, or if fewer than 90 % of the lookups find the nearest node.
    """
    run(context, "discovery", sweep, repeat, samples, picture, as_json, overwrite=overwrite)


@app.command("eclipse", short_help="Let attackers surround a node that starts.")
def eclipse(
    context: typer.Context,
    nodes: Annotated[
        int, _number("How many honest nodes there are.", discovery_settings.MIN_NODES, discovery_settings.MAX_NODES)
    ] = 5_000,
    attackers: Annotated[int, _number("Hostile identities.", 1, discovery_settings.MAX_ATTACKERS)] = 2_000,
    networks: Annotated[int, _number("/24 networks that they have.", 1, discovery_settings.MAX_NETWORKS)] = 8,
    grinding: Annotated[int, _number("Identities that they make for each that they use.", 1, 1_000)] = 20,
    registering: Annotated[float, _percent("Honest nodes that register the topic.")] = 5.0,
    churn: Annotated[float, _percent("Honest nodes that leave in an hour; as many join.")] = 30.0,
    delay: Annotated[float, _seconds("From one node to another, on average.", above=True, highest=1.0)] = 0.05,
    loss: Annotated[float, _percent("Datagrams that never arrive.", all_of_it=False)] = 1.0,
    seconds: Annotated[float, _seconds("How long the victim is there.", above=True)] = 300.0,
    joining: Annotated[float, _seconds("Within how long the honest nodes join.")] = 120.0,
    settling: Annotated[float, _seconds("How long later the victim starts.")] = 180.0,
    seed: Annotated[int, _number("The same seed gives the same run.", 0, HIGHEST_SEED)] = 1,
    sweep: SweepOption = None,
    repeat: Repeat = 1,
    as_json: AsJson = False,
) -> None:
    """Let attackers with many identities in few networks surround a node that starts, and show how many of its peers
    they are: with the limits for networks of this client, and without them.

    Shares are in percent: 20 and 20% are a fifth. Below 1 the sign is needed, as in 0.2%.

    Ends with exit code 1 if they hold more than half of the peers that it has chosen, with the limits.
    """
    run(context, "eclipse", sweep, repeat, None, None, as_json, overwrite=False)


@app.command("scaling", short_help="Show what a user receives in a day, by the number of users.")
def scaling(
    context: typer.Context,
    users: Annotated[int, _number("How many users there are.", 1, population.MAX_USERS)] = 10_000,
    listeners: Annotated[int, _number("Users whose topics are measured.", 1, 100_000)] = 200,
    topics: Annotated[
        int, _number("Topics that each of them listens to.", population.OWN_TOPICS, population.MAX_TOPICS)
    ] = 100,
    requests: Annotated[
        int, _number("Requests to a mailserver that the topics are divided among.", 1, population.MAX_TOPICS)
    ] = 4,
    peers: Annotated[int, _number("Links of a relay to others, on average.", 2, population.RELAYS - 1)] = 2,
    messages: Annotated[
        float,
        option(number(0, MAX_MESSAGES, above=True), metavar="N", help="Messages that a user receives in a day."),
    ] = 100.0,
    private: Annotated[float, _percent("Messages that are between two people.")] = 50.0,
    offline: Annotated[float, _percent("Share of the time that a user is not connected.")] = 90.0,
    seed: Annotated[int, _number("The same seed gives the same run.", 0, HIGHEST_SEED)] = 1,
    sweep: SweepOption = None,
    repeat: Repeat = 1,
    picture: Picture = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Show what a user receives in a day in eight ways of listening: as the published model of Whisper and Waku has it,
    and with its terms measured.

    Measured are the users on a partition topic, what passes a bloom filter by accident, the copies that relays send,
    and the envelopes of a message, with real keys, topics, filters, relays and messengers.

    Shares are in percent: 20 and 20% are a fifth. Below 1 the sign is needed, as in 0.2%.

    Ends with exit code 1 if an envelope or a message was lost while it was measured.
    """
    run(context, "scaling", sweep, repeat, None, picture, as_json, overwrite=overwrite)
