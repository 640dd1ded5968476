"""``pystatus demo``: try it, all on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

SUMMARY = "Try it: a chat with an echo contact, all on this machine."
PLACE = 160


def demo(
    script: Annotated[
        bool, typer.Option("--script", help="Play a scene without a person; exit code 0 only if all of it went well.")
    ] = False,
) -> None:
    """Chat with an echo contact through a relay, all on this machine. Nothing is kept."""
    from pystatus.apps.demo import run

    raise typer.Exit(run(script))
