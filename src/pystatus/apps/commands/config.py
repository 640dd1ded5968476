"""``pystatus config``: the settings of a node, looked at without starting it."""

from __future__ import annotations

from typing import Annotated

import typer

from pystatus.apps.commands.node import ConfigFile, reader
from pystatus.apps.options import AsJson
from pystatus.apps.output import Output

app = typer.Typer(no_args_is_help=True, help="Check and show the settings of a node.")


@app.command("check")
def check(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", help="Settings in TOML. Default: the file that PYSTATUS_CONFIG names.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a settings file together with the environment. Exit code 0: a node would start with it."""
    from pystatus.apps import configuring

    configuring.check(reader(file, {})(), Output(as_json=as_json))


@app.command("show")
def show(
    config: ConfigFile = None,
    effective: Annotated[
        bool, typer.Option("--effective", help="All settings, also those that have their default.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the settings that a node would have, and where each comes from."""
    from pystatus.apps import configuring

    configuring.show(reader(config, {})(), Output(as_json=as_json), everything=effective)
