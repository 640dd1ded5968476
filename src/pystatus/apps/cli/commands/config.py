"""``pystatus config``: the settings of a node, looked at without starting it."""

from __future__ import annotations

import json
from collections.abc import Callable

import typer

from pystatus.apps.cli import networks, relay_options
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import argument
from pystatus.settings import display
from pystatus.settings.kinds import PATH
from pystatus.settings.model import ENTRIES
from pystatus.settings.sources import DEFAULT, Effective

SUMMARY = "Check and show the settings of a relay."
PLACE = 130

app = typer.Typer(no_args_is_help=True, help="Check and show the settings of a node.")


def _check(effective: Effective, read: Callable[[], Effective], out: Output) -> None:
    """Check a settings file together with the environment. Exit code 0: a node would start with it."""
    from pystatus.settings import mapping

    effective, _ = networks.of_node(effective, read)
    mapping.check(effective.settings)
    relay_options.warn_of_unknown()
    given = sum(origin != DEFAULT for origin in effective.origins.values())
    out.result({"ok": True, "settings": given}, f"The settings are good: {given} of {len(ENTRIES)} are set.")


def _show(effective: Effective, _: Callable[[], Effective], out: Output, *, everything: bool) -> None:
    """Show the settings of a node, and where each comes from."""
    relay_options.warn_of_unknown()
    settings = list(display.shown(effective, everything=everything))
    width = max((len(one.key) for one in settings), default=0)
    for one in settings:
        out.result(
            {"key": one.key, "value": one.value, "source": one.origin},
            f"{one.key:{width}} = {json.dumps(one.value, ensure_ascii=False)}  # {one.origin}",
        )
    if not settings:
        out.note("Nothing is set: every setting has its default. --effective shows them.")


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
