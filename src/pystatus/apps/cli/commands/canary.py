"""``pystatus canary``: is a relay well? For people, and for what watches relays."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pystatus.apps.cli.options import AsJson
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import RELAY, argument, option
from pystatus.settings.kinds import LONGEST_TIME, number

SUMMARY = "Check that a relay works."
PLACE = 140

DEFAULT_TIMEOUT = 10.0
"""Seconds for the whole check."""


def canary(
    relay: Annotated[Any, argument(RELAY, metavar="ENODE", help="The relay, enode://…@host:port.")],
    roundtrip: Annotated[
        bool, typer.Option("--roundtrip", help="Also send an envelope and wait for it on a second connection.")
    ] = False,
    timeout: Annotated[
        float, option(number(0.1, LONGEST_TIME), metavar="SECONDS", help="For the whole check.")
    ] = DEFAULT_TIMEOUT,
    as_json: AsJson = False,
) -> None:
    """Connect to a relay as a peer does, and say how long each step takes.

    Steps: connect (TCP), keys (RLPx), hello, status, clock (are they of one time?); with --roundtrip second and
    envelope in place of it.
    Exit code 0: all went well; 1: a step failed. A relay lets one address in every 30 seconds: with --roundtrip from
    afar give it --timeout 60.
    """
    from pystatus.apps import canary as checking
    from pystatus.net.loop import run

    raise typer.Exit(run(checking.check(relay, Output(as_json=as_json), timeout=timeout, roundtrip=roundtrip)))
