"""Opening a browser at an address with a one-time code, so that no process list shows the code.

A browser is given the name of a file that only its owner can read, and which leads to the address. The file is there
for as long as the code can be used.
"""

from __future__ import annotations

import asyncio
import html
import webbrowser
from pathlib import Path

from pystatus.apps.web import running_servers
from pystatus.apps.web.codes import CODE_SECONDS, MAX_CODES
from pystatus.storage import files

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>pystatus</title>
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}"></head>
<body><p><a href="{address}" rel="noreferrer">pystatus</a></p></body>
</html>
"""


class RedirectFiles:
    """Of one server."""

    def __init__(self, data_directory: Path) -> None:
        self._data_directory = data_directory
        self._ends: dict[Path, asyncio.TimerHandle] = {}

    def to(self, address: str) -> Path:
        """A file that leads to an address, for a minute.

        :raises LocalError: the disk refused.
        """
        while len(self._ends) >= MAX_CODES:
            self._remove(next(iter(self._ends)))
        path = files.scratch_name(running_servers.directory(self._data_directory) / "open").with_suffix(".html")
        with files.explained_files(f"The file that leads to the page cannot be written: {path}"):
            files.make_private(path, _PAGE.format(address=html.escape(address)).encode())
        self._ends[path] = asyncio.get_running_loop().call_later(CODE_SECONDS, self._remove, path)
        return path

    def close(self) -> None:
        """Remove them."""
        for path in list(self._ends):
            self._remove(path)

    def _remove(self, path: Path) -> None:
        self._ends.pop(path).cancel()
        path.unlink(missing_ok=True)


def open_browser(address: str) -> bool:
    """Have a browser open an address; False: there is none."""
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
