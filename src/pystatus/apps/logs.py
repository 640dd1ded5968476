"""The log of a command: lines on standard error. What strangers say in it is made safe to show (A41).

Libraries have no say in it. Of what they log only warnings and errors are shown, unless the level names the library
(``info,asyncpg=debug``): one line each without a traceback, as they tell what our code is told as an exception and
deals with; and one a second of each library, as a stranger may be who makes them speak. Only a traceback that leads
through our own code is shown in full: it reports a mistake of ours.
"""

from __future__ import annotations

import json
import logging
import math
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from pystatus.apps.levels import Levels
from pystatus.apps.options import LogFormat
from pystatus.payloads import sanitise

MAX_LINE = 1_000
"""Code points of a message of the log. Ours are far shorter; what they quote may not be."""
MAX_TRACEBACK = 20_000
"""Code points of a traceback."""
MAX_LIBRARY_LINE = 300
"""Code points of a message of a library; it may quote what a stranger sent."""
LIBRARY_SECONDS = 1.0
"""Between two lines of one library."""

_OURS = "pystatus"
_SOURCES = Path(__file__).resolve().parents[1]


class Libraries:
    """What is shown of what libraries log."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def shown(self, record: logging.LogRecord) -> logging.LogRecord | None:
        """The record; if it is of a library, what is shown of it, or ``None``."""
        library = record.name.partition(".")[0]
        if library == _OURS or logging.getLogger(record.name).isEnabledFor(logging.INFO):
            return record
        now = self._clock()
        if now - self._last.get(library, -math.inf) < LIBRARY_SECONDS:
            self._left_out[library] = self._left_out.get(library, 0) + 1
            return None
        self._last[library] = now
        text = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        is_our_mistake = error is not None and _leads_through_ours(error.__traceback__)
        if error is not None and not is_our_mistake:
            text += f" ({type(error).__name__}: {error})"
        text = sanitise.one_line(text, MAX_LIBRARY_LINE)
        if left_out := self._left_out.pop(library, 0):
            text += f" ({left_out} more lines of {library} before it)"
        shown = logging.makeLogRecord(record.__dict__)
        shown.msg, shown.args, shown.stack_info = "%s", (text,), None
        if not is_our_mistake:
            shown.exc_info = shown.exc_text = None
        return shown


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the moment: a terminal's screen puts itself in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self._libraries = Libraries()

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        shown = self._libraries.shown(record)
        if shown is not None:
            super().emit(shown)


def _leads_through_ours(trace: TracebackType | None) -> bool:
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).is_relative_to(_SOURCES):
            return True
        trace = trace.tb_next
    return False


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
    handler = _Handler()
    handler.setFormatter(_Json() if form == LogFormat.JSON else _Console())
    logging.basicConfig(handlers=[handler], force=True)
    set_levels(levels)


def set_levels(levels: Levels, before: Levels | None = None) -> None:
    """Change how much is logged. The modules that ``before`` named are like all others again."""
    for module, _ in before.modules if before is not None else ():
        logging.getLogger(module).setLevel(logging.NOTSET)
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(levels.level.upper())
    for module, level in levels.modules:
        logging.getLogger(module).setLevel(level.upper())
