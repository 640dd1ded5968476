"""``pystatus inspect``: see what passes a node, or what a capture holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pystatus.apps.cli.options import (
    DEFAULT_LEVELS,
    AsJson,
    LogFormatOption,
    LogLevelOption,
    ProxyOption,
    count_option,
    for_option,
    route,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import CHAT, SOURCE, argument, option
from pystatus.errors import Refused, refused
from pystatus.settings.kinds import PATH

SUMMARY = "See what passes a relay."
PLACE = 110


def inspect(
    source: Annotated[
        Any, argument(SOURCE, metavar="SOURCE", help="A node, enode://…, or a file that --record wrote.")
    ],
    chat: Annotated[
        list[str] | None,
        option(
            CHAT,
            metavar="CHAT",
            help="Name the topics of this chat: a public one, #name or name, or a person's chat key. Repeatable.",
        ),
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="Ask for, and show, the topics of --chat alone.")] = False,
    record: Annotated[
        Path | None,
        option(PATH, metavar="FILE", help="Write the envelopes of a node into this new file."),
    ] = None,
    count: Annotated[int | None, count_option("different envelopes")] = None,
    seconds: Annotated[float | None, for_option("envelopes")] = None,
    proxy: ProxyOption = None,
    log_level: LogLevelOption = DEFAULT_LEVELS,
    log_format: LogFormatOption = None,
    as_json: AsJson = False,
) -> None:
    """Show packets, envelopes, topics and rates: of a node, as a peer that forwards nothing, or of a capture."""
    from pystatus.apps.cli import command_log
    from pystatus.faces import places
    from pystatus.inspector import inspector
    from pystatus.inspector.names import TopicNames
    from pystatus.net.loop import run

    command_log.set_up(log_level, log_format, as_json=as_json)
    with refused("--chat"):
        named = [places.named(text) for text in chat or ()]
    if only and not named:
        raise Refused("--only needs a --chat.")
    names = TopicNames(
        [one for one in named if isinstance(one, str)], [one for one in named if not isinstance(one, str)]
    )
    wanted = inspector.Wanted(names, only, count, seconds)
    out = Output(as_json=as_json)
    if isinstance(source, Path):
        if record is not None or seconds is not None:
            raise Refused("--record and --for are for nodes, not for captures.")
        inspector.read_capture(source, wanted, out)
    else:
        is_live = not as_json and sys.stdout.isatty()
        run(inspector.watch(source, wanted, out, is_live=is_live, record=record, route=route(proxy)))
