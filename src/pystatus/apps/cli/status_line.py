"""The line at the bottom of a terminal that is written over: what goes on at the moment.

It is on standard error, and only where that is a terminal: pipes, files and logs get nothing of it. Whatever else is
written meanwhile goes above it (:func:`above`), and nothing is left of it in the end.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from pystatus import sanitise

DEFAULT_COLUMNS = 80
"""Width of a terminal that does not say how wide it is."""
BAR_CELLS = 20
"""Characters of a bar."""

_CLEAR = "\r\033[K"
_shown = ""  # one for the process, as standard error is


def is_watched() -> bool:
    """Whether somebody sees the line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def show(text: str) -> None:
    """Put ``text``, which is made safe to show and cut at the width, in place of the line; an empty one ends it."""
    global _shown
    if text == _shown or not is_watched():
        return
    _shown = text
    _write(_CLEAR + _fitting(text))


@contextlib.contextmanager
def above() -> Iterator[None]:
    """Inside, other lines may be written to the terminal."""
    if not _shown:
        yield
        return
    _write(_CLEAR)
    try:
        yield
    finally:
        _write(_fitting(_shown))


def bar(done: int, total: int) -> str:
    """``[#####...............]  25 %``."""
    share = min(1.0, done / total) if total > 0 else 1.0
    filled = int(share * BAR_CELLS)
    return f"[{'#' * filled}{'.' * (BAR_CELLS - filled)}] {int(100 * share):3d} %"


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _fitting(text: str) -> str:
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or DEFAULT_COLUMNS
    except (OSError, ValueError):  # a terminal without a size, or one that a program plays
        columns = DEFAULT_COLUMNS
    return sanitise.one_line(text, columns - 1) if text else ""
