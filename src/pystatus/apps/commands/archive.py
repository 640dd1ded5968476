"""``pystatus archive``: what a mailserver keeps, looked at and copied."""

from __future__ import annotations

from typing import Annotated

import typer

from pystatus.apps.commands.node import Archive, ConfigFile, DataDirectory, reader
from pystatus.apps.options import AsJson
from pystatus.apps.output import Output

app = typer.Typer(no_args_is_help=True, help="Look at what a mailserver keeps, and copy it.")

Where = Annotated[
    str,
    typer.Argument(
        metavar="ARCHIVE", help="A file, postgresql://…, or the LevelDB directory of a status-go mailserver.",
        show_default=False,
    ),
]  # fmt: skip


@app.command("show", short_help="Say how full an archive is.")
def show(archive: Where, as_json: AsJson = False) -> None:
    """Say how many envelopes an archive has, how large it is, and of which time they are."""
    from pystatus.apps import copying
    from pystatus.net.loop import run

    run(copying.show(archive, Output(as_json=as_json)))


@app.command("copy", short_help="Copy an archive into another one.")
def copy(
    source: Where,
    archive: Archive = None,
    config: ConfigFile = None,
    data_dir: DataDirectory = None,
    again: Annotated[bool, typer.Option("--again", help="Begin anew instead of where it was broken off.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy all envelopes of ARCHIVE into the archive of --archive, or of the settings. ARCHIVE is only read.

    The newest come first. A copy that was broken off continues where it was; doing it twice does no harm.
    """
    from pystatus.apps import copying
    from pystatus.net.loop import run

    settings = reader(config, {"data_dir": data_dir, "mailserver.archive": archive})().settings
    run(copying.copy(source, settings, Output(as_json=as_json), again=again))
