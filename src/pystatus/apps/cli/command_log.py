"""The log of a command, which shares standard error with the status line."""

from __future__ import annotations

from pystatus.apps.cli import status_line
from pystatus.logs import stderr_log
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import LogFormat


def set_up(levels: Levels, form: LogFormat | None, *, as_json: bool, plain: bool = False) -> None:
    """See :func:`pystatus.logs.stderr_log.set_up`."""
    stderr_log.set_up(levels, form, as_json=as_json, plain=plain, beside=status_line.above)
