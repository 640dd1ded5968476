"""``pystatus archive``: what a mailserver keeps, looked at and copied."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pystatus.apps.cli import relay_options
from pystatus.apps.cli.options import AsJson
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import argument
from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, Refused, RemoteError
from pystatus.mailserver.cursor import Key
from pystatus.mailserver.server.archive import ArchiveState
from pystatus.net.loop import run
from pystatus.settings.archive import is_archive_of, open_archive
from pystatus.settings.kinds import ARCHIVE
from pystatus.settings.model import Settings
from pystatus.settings.sources import Effective
from pystatus.storage.archive import copying
from pystatus.storage.archive.copying import START, Copied
from pystatus.storage.archive.sources import ArchiveSource, open_source
from pystatus.storage.files import explained_files, make_directory, read_small, write_private
from pystatus.storage.paths import default_data_directory
from pystatus.wording import counted

SUMMARY = "Look at what a mailserver keeps, and copy it."
PLACE = 90

app = typer.Typer(no_args_is_help=True, help=SUMMARY)

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
    run(show_state(archive, Output(as_json=as_json)))


def _copy(effective: Effective, _: Callable[[], Effective], out: Output, *, source: str, again: bool) -> None:
    """Copy all envelopes of ARCHIVE into the archive of --archive, or of the settings. ARCHIVE is only read.

    The newest come first. A copy that was broken off continues where it was; doing it twice does no harm.
    """
    run(copy_into(source, effective.settings, out, again=again))


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


MAX_POSITION_SIZE = 4_096
"""Bytes of the file with the position of a copy; ours have about 200."""


class Position:
    """The file that remembers how far a copy is, so that it can be continued."""

    def __init__(self, directory: Path, source: str, target: str) -> None:
        name = keccak256(f"{source}\n{target}".encode()).hex()[:16]
        self._path = directory / f"archive-copy-{name}.json"

    def read(self) -> Copied:
        """Where the last attempt ended; the beginning if there was none, or nobody can tell."""
        try:
            values = json.loads(read_small(self._path, MAX_POSITION_SIZE))
            reached = Key.from_cursor(bytes.fromhex(values["reached"]))
            numbers = [int(values[name]) for name in ("read", "new", "unusable")]
        except (OSError, ValueError, KeyError, TypeError, RecursionError, RemoteError):
            return START
        return START if reached is None else Copied(reached, *numbers)

    def write(self, state: Copied) -> None:
        """
        :raises LocalError: the file cannot be written.
        """
        values = {
            "reached": state.reached.cursor.hex(), "read": state.read, "new": state.new, "unusable": state.unusable
        }  # fmt: skip
        with explained_files(f"The progress cannot be stored in {self._path}"):
            make_directory(self._path.parent)
            write_private(self._path, json.dumps(values).encode())

    def clear(self) -> None:
        """The copy is complete."""
        self._path.unlink(missing_ok=True)


async def copy_into(source: str, settings: Settings, out: Output, *, again: bool) -> None:
    """Copy an archive into the one of the settings, with a bar where somebody watches.

    :raises Refused: both are the same.
    :raises LocalError: one of them cannot be opened, or fails.
    """
    if is_archive_of(settings, source):
        raise Refused("This is the archive that is copied into. Name another one with --archive.")
    position = Position(settings.data_dir or default_data_directory(), source, settings.mailserver.archive or "")
    begin = START if again else position.read()
    opened = await open_source(source)
    try:
        target = await open_archive(settings)
        try:
            total = await opened.count()
            if begin.read:
                out.note(f"Continued after {counted(begin.read, 'envelope')}.")
            watched = not out.as_json and sys.stderr.isatty()
            unknown = None if total else itertools.count()  # a bar without an end
            with typer.progressbar(unknown, length=total or None, file=sys.stderr, hidden=not watched) as bar:
                bar.update(begin.read)
                done = begin.read

                def progress(state: Copied) -> None:
                    nonlocal done
                    position.write(state)
                    bar.update(state.read - done)
                    done = state.read

                state = await copying.copy(opened, target, progress, begin)
        finally:
            await target.close()
    finally:
        await opened.close()
    position.clear()
    known = state.read - state.new - state.unusable
    out.result(
        {"event": "copied", "read": state.read, "new": state.new, "known": known, "unusable": state.unusable},
        f"{counted(state.read, 'envelope')} read: {state.new} new, {known} known already, {state.unusable} unusable.",
    )


async def show_state(name: str, out: Output) -> None:
    """Say what is in an archive of ours.

    :raises LocalError: it cannot be opened, or is none of ours.
    """
    source = await open_source(name)
    try:
        if not isinstance(source, ArchiveSource):
            raise LocalError("This archive is one of status-go. Copy it with pystatus archive copy.")
        state = await source.state()
    finally:
        await source.close()
    fields = {"envelopes": state.envelopes, "bytes": state.bytes, "oldest": state.oldest, "newest": state.newest}
    out.result(fields, f"{counted(state.envelopes, 'envelope')}, {counted(state.bytes, 'byte')}{_sent_between(state)}.")


def _sent_between(state: ArchiveState) -> str:
    """Of which time the envelopes are, where there are any, by the clock of the reader."""
    if state.oldest is None or state.newest is None:
        return ""
    times = (datetime.fromtimestamp(second, UTC).astimezone() for second in (state.oldest, state.newest))
    return ", sent between {:%Y-%m-%d %H:%M:%S} and {:%Y-%m-%d %H:%M:%S}".format(*times)
