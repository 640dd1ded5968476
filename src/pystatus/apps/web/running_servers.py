"""How a command finds a page that is served already: a file for each server, which nobody else may read.

It has the port, and a token for which the server gives one-time codes. Neither is in a process list or in a log.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.rpc.dispatcher import UNDECODABLE
from pystatus.storage import files

DIRECTORY = "page"
"""Of these files, in the data directory."""
MAX_RECORD = 4_096
"""Bytes of one."""
MAX_ANSWER = 64 << 10
"""Bytes of an answer of a server."""
MAX_SERVERS = 100
"""Files that are looked at. Ours: nobody serves so many pages."""
PATIENCE = 2.0
"""Seconds for an answer, of this machine. Ours."""


class _Record(msgspec.Struct):
    port: int
    token: str


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is served. ``address`` is where it is, with a new code, and ``file`` leads there, if it was asked
    for. ``profile`` is the key uid of the one that is open there, or was last; empty: none was."""

    address: str
    file: str
    profile: str


def directory(data_directory: Path) -> Path:
    """Where the files are; it is made if need be."""
    found = data_directory / DIRECTORY
    with files.explained_files(f"The page cannot be served: {found}"):
        files.make_directory(found)
    return found


@contextmanager
def recorded(data_directory: Path, port: int, token: str) -> Iterator[None]:
    """As long as a server runs, other commands find it.

    :raises LocalError: the disk refused.
    """
    path = directory(data_directory) / f"{port}.json"
    with files.explained_files(f"The page cannot be served: {path}"):
        files.write_private(path, msgspec.json.encode(_Record(port, token)))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find(data_directory: Path, profile: str | None, *, file: bool) -> Served | None:
    """A page that is served, with a new code; ``None``: there is none. Files of servers that are gone are removed.

    :param profile: the key uid of the one that is to be shown there; ``None``: whichever.
    :param file: have a file made that leads there.
    """
    place = data_directory / DIRECTORY
    for path in sorted(place.glob("*.json"))[:MAX_SERVERS]:
        served = _asked(path, file=file)
        if served is not None and profile in (None, served.profile):
            return served
    return None


def _asked(path: Path, *, file: bool) -> Served | None:
    try:
        record = msgspec.json.decode(files.read_small(path, MAX_RECORD), type=_Record)
    except (OSError, *UNDECODABLE):
        return None
    request = urllib.request.Request(
        f"http://127.0.0.1:{record.port}/code",
        data=msgspec.json.encode({"file": file}),
        headers={"Authorization": f"Bearer {record.token}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy is set: it is this machine
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            said: Any = json.loads(answer.read(MAX_ANSWER))
    except urllib.error.HTTPError:  # another program has the port now
        return None
    except (OSError, ValueError, RecursionError):
        path.unlink(missing_ok=True)
        return None
    try:
        return msgspec.convert(said, Served)
    except msgspec.ValidationError:
        return None


def check_found(served: Served | None) -> Served:
    """
    :raises LocalError: there is none.
    """
    if served is None:
        raise LocalError("No page is served here. Start one: pystatus web")
    return served
