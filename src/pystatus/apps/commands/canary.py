"""``pystatus canary``: is a relay well? For people, and for what watches relays."""

from __future__ import annotations

from typing import Annotated

import typer

from pystatus.apps.options import AsJson
from pystatus.apps.output import Output

DEFAULT_TIMEOUT = 10.0
"""Seconds for the whole check."""


def canary(
    enode: Annotated[str, typer.Argument(metavar="ENODE", help="The relay, enode://…@host:port.", show_default=False)],
    roundtrip: Annotated[
        bool, typer.Option("--roundtrip", help="Also send an envelope and wait for it on a second connection.")
    ] = False,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="For the whole check.")] = DEFAULT_TIMEOUT,
    as_json: AsJson = False,
) -> None:
    """Connect to a relay as a peer does, and say how long each step takes.

    Steps: connect (TCP), keys (RLPx), hello, status, clock (are they of one time?); with --roundtrip second and
    envelope in place of it.
    Exit code 0: all went well; 1: a step failed; 2: the command line is wrong. A relay lets one address in every 30
    seconds: with --roundtrip from afar give it --timeout 60.
    """
    from pystatus.apps import canary as checking
    from pystatus.errors import LocalError
    from pystatus.net.loop import run

    try:
        relay = checking.relay_of(enode)
    except LocalError as error:
        raise typer.BadParameter(str(error), param_hint="'ENODE'") from error
    raise typer.Exit(run(checking.check(relay, Output(as_json=as_json), timeout=timeout, roundtrip=roundtrip)))
