"""``pystatus inspect``: see what passes a node, or what a capture holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pystatus.apps.options import DEFAULT_LEVELS, AsJson, LogFormatOption, LogLevelOption, count_option, for_option
from pystatus.apps.output import Output

ENODE = "enode://"


def inspect(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="A node, enode://…, or a file that --record wrote.", show_default=False),
    ],
    chat: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHAT",
            help="Name the topics of this chat: a public one, #name or name, or a person's chat key. Repeatable.",
            show_default=False,
        ),
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="Ask for, and show, the topics of --chat alone.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the envelopes of a node into this new file.", show_default=False),
    ] = None,
    count: Annotated[int | None, count_option("different envelopes")] = None,
    seconds: Annotated[float | None, for_option("envelopes")] = None,
    log_level: LogLevelOption = DEFAULT_LEVELS,
    log_format: LogFormatOption = None,
    as_json: AsJson = False,
) -> None:
    """Show packets, envelopes, topics and rates: of a node, as a peer that forwards nothing, or of a capture."""
    from pystatus.apps import chats, logs
    from pystatus.apps.inspecting import inspector
    from pystatus.apps.inspecting.names import TopicNames
    from pystatus.errors import LocalError
    from pystatus.net.loop import run
    from pystatus.overlay.enode import Enode

    logs.set_up(log_level, log_format, as_json=as_json)
    named = [chats.named(text) for text in chat or ()]
    if only and not named:
        raise typer.BadParameter("it needs a --chat.", param_hint="'--only'")
    names = TopicNames(
        [one for one in named if isinstance(one, str)], [one for one in named if not isinstance(one, str)]
    )
    wanted = inspector.Wanted(names, only, count, seconds)
    out = Output(as_json=as_json)
    if not source.startswith(ENODE):
        if record is not None or seconds is not None:
            raise typer.BadParameter("--record and --for are for nodes, not for captures.", param_hint="'SOURCE'")
        inspector.read_capture(Path(source), wanted, out)
        return
    node = Enode.parse(source)
    if not node.is_complete:
        raise LocalError(f'"{source[:200]}" says not where to dial. Add @host:port to the node id.')
    run(inspector.watch(node, wanted, out, record=record))
