"""The files of the page, as the package has them. Nothing else of any disk is served: a path is a key of a table, and
never a path of a file system."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from importlib.abc import Traversable

from pystatus.errors import LocalError
from pystatus.records import dataclass

ROOT = resources.files(__package__).joinpath("static")
"""Where the page is. ``make web`` writes it."""
INDEX = "/index.html"
TYPES: Mapping[str, str] = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain",
}
"""What is served, by the end of its name; nothing else is."""
_TEXT = ("text/", "application/", "image/svg")
_HASHED = re.compile(r"/assets/(?:[^/]+/)*[^/]+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+")


@dataclass(frozen=True)
class StaticFile:
    """One file. ``is_hashed``: its name changes with its contents."""

    path: str
    content_type: str
    source: Traversable

    @property
    def is_hashed(self) -> bool:
        return _HASHED.fullmatch(self.path) is not None

    @cached_property
    def contents(self) -> bytes:
        """Read once."""
        return self.source.read_bytes()

    @property
    def charset(self) -> str | None:
        return "utf-8" if self.content_type.startswith(_TEXT) else None


class StaticFiles:
    """All of them, by the path of the URL."""

    def __init__(self, root: Traversable | None = None) -> None:
        """
        :param root: the directory; ``None``: that of the package.
        :raises LocalError: the page is not there.
        """
        self._files = _files(ROOT if root is None else root, "")
        if INDEX not in self._files:
            raise LocalError(
                "This installation of pystatus has no page: its files are missing. Install pystatus anew; in a copy of "
                "its source 'make web' makes them."
            )

    def get(self, path: str) -> StaticFile | None:
        """The file at this path of the URL, as it stands there; ``None``: there is none."""
        return self._files.get(INDEX if path == "/" else path)


def _files(directory: Traversable, path: str) -> dict[str, StaticFile]:
    found: dict[str, StaticFile] = {}
    if not directory.is_dir():
        return found
    for one in directory.iterdir():
        place = f"{path}/{one.name}"
        content_type = TYPES.get(one.name[one.name.rfind(".") :]) if "." in one.name else None
        if one.is_dir():
            found |= _files(one, place)
        elif content_type is not None:
            found[place] = StaticFile(place, content_type, one)
    return found
