"""``pystatus config``: the settings of a node, looked at without starting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from pystatus.apps import relay_options
from pystatus.apps.output import Output
from pystatus.apps.values import argument
from pystatus.settings.kinds import PATH

if TYPE_CHECKING:
    from pystatus.settings.sources import Effective

app = typer.Typer(no_args_is_help=True, help="Check and show the settings of a node.")


def _check(effective: Effective, _: Callable[[], Effective], out: Output) -> None:
    """Check a settings file together with the environment. Exit code 0: a node would start with it."""
    from pystatus.apps import configuring

    configuring.check(effective, out)


def _show(effective: Effective, _: Callable[[], Effective], out: Output, *, everything: bool) -> None:
    """Show the settings that a node would have, and where each comes from."""
    from pystatus.apps import configuring

    configuring.show(effective, out, everything=everything)


app.command("check")(
    relay_options.command(
        _check,
        (),
        config=argument(PATH, metavar="FILE", help="Settings in TOML. Default: the file that PYSTATUS_CONFIG names."),
    )
)
app.command("show")(
    relay_options.command(
        _show,
        (),
        relay_options.parameter(
            "everything",
            bool,
            typer.Option("--effective", help="All settings, also those that have their default."),
            False,
        ),
    )
)
