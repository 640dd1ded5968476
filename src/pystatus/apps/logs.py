"""The log of a command: lines on standard error. What strangers say in it is made safe to show (A41)."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from pystatus.apps.levels import Levels
from pystatus.apps.options import LogFormat
from pystatus.payloads import sanitise

MAX_LINE = 1_000
"""Code points of a message of the log. Ours are far shorter; what they quote may not be."""
MAX_TRACEBACK = 20_000
"""Code points of a traceback."""


class _Console(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).astimezone()
        text = sanitise.one_line(record.getMessage(), MAX_LINE)
        line = f"{time:%Y-%m-%d %H:%M:%S} {record.levelname:<7} {record.name}: {text}"
        if record.exc_info:
            traceback = sanitise.block(self.formatException(record.exc_info), MAX_TRACEBACK)
            line += "".join(f"\n    | {part}" for part in traceback.split("\n"))  # or a part could pass for a record
        return line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def set_up(levels: Levels, form: LogFormat | None, *, as_json: bool) -> None:
    """Log as ``levels`` say, until the process ends; unless ``form`` says how, as the rest of the output looks."""
    form = form or (LogFormat.JSON if as_json else LogFormat.CONSOLE)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == LogFormat.JSON else _Console())
    logging.basicConfig(handlers=[handler], force=True)
    set_levels(levels)


def set_levels(levels: Levels, before: Levels | None = None) -> None:
    """Change how much is logged. The modules that ``before`` named are like all others again."""
    for module, _ in before.modules if before is not None else ():
        logging.getLogger(module).setLevel(logging.NOTSET)
    logging.getLogger().setLevel(levels.level.upper())
    for module, level in levels.modules:
        logging.getLogger(module).setLevel(level.upper())
