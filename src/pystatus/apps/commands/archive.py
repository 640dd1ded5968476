"""``pystatus archive``: what a mailserver keeps, looked at and copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps import relay_options
from pystatus.apps.options import AsJson
from pystatus.apps.output import Output
from pystatus.apps.values import argument
from pystatus.settings.kinds import ARCHIVE

if TYPE_CHECKING:
    from pystatus.settings.sources import Effective

app = typer.Typer(no_args_is_help=True, help="Look at what a mailserver keeps, and copy it.")

_ARCHIVE = argument(
    ARCHIVE,
    metavar="ARCHIVE",
    help="A file, postgresql://…, or the LevelDB directory of a status-go mailserver.",
    as_text=True,
    quote=False,
)


@app.command("show", short_help="Say how full an archive is.")
def show(archive: Annotated[str, _ARCHIVE], as_json: AsJson = False) -> None:
    """Say how many envelopes an archive has, how large it is, and of which time they are."""
    from pystatus.apps import copying
    from pystatus.net.loop import run

    run(copying.show(archive, Output(as_json=as_json)))


def _copy(effective: Effective, _: Callable[[], Effective], out: Output, *, source: str, again: bool) -> None:
    """Copy all envelopes of ARCHIVE into the archive of --archive, or of the settings. ARCHIVE is only read.

    The newest come first. A copy that was broken off continues where it was; doing it twice does no harm.
    """
    from pystatus.apps import copying
    from pystatus.net.loop import run

    run(copying.copy(source, effective.settings, out, again=again))


app.command("copy", short_help="Copy an archive into another one.")(
    relay_options.command(
        _copy,
        relay_options.options("mailserver.archive", "data_dir"),
        relay_options.parameter("source", str, _ARCHIVE),
        relay_options.parameter(
            "again", bool, typer.Option("--again", help="Begin anew instead of where it was broken off."), False
        ),
    )
)
