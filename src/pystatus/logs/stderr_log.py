"""The log of a command: lines on standard error, bounded in length (A41, A58) and in number (A58).

What strangers say in it was cut and cleaned by :mod:`pystatus.log_texts`; :mod:`~pystatus.logs.repetition` says how
often the same is said. A module that the level names at debug (``info,pystatus.net=debug``) is shown with every line.

Libraries have no say in it. Of what they log only warnings and errors are shown, unless the level names the library
(``info,asyncpg=debug``): one line each without a traceback, as they tell what our code is told as an exception and
deals with; and one a second of each library, as a stranger may be who makes them speak. Only a traceback that leads
through our own code is shown in full: it reports a mistake of ours.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import TextIO, TypeAlias

from pystatus import sanitise
from pystatus.log_texts import bound
from pystatus.logs.levels import Levels
from pystatus.logs.repetition import OURS, REPEAT_SECONDS, Repetition

MAX_LINE = 1_000
"""Code points of a message of the log. Ours are far shorter; what they quote may not be. In JSON, which is ASCII, one
takes 12 bytes at most, so a line without a traceback takes less than 13 kB."""
MAX_LIBRARY_LINE = 300
"""Code points of a message of a library; it may quote what a stranger sent."""

_MORE = "_more"
_SOURCES = Path(__file__).resolve().parents[1]


Beside: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Inside of what it returns, lines may be written to standard error."""


class LogFormat(StrEnum):
    """How a line of the log looks."""

    CONSOLE = "console"
    JSON = "json"


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the moment: a terminal's screen puts itself in its place."""

    def __init__(self, beside: Beside) -> None:
        logging.Handler.__init__(self)
        self._beside = beside
        self._repetition = Repetition()
        self._timer: threading.Timer | None = None

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # standard error may be another one by then
        return sys.stderr

    def _write(self, record: logging.LogRecord) -> None:
        with self._beside():
            super().emit(record)

    def emit(self, record: logging.LogRecord) -> None:
        is_named = _is_named(record.name)
        if not _is_ours(record.name) and not is_named:
            record = _of_library(record)
        bound(record)
        if is_named or self._repetition.takes(record, time.monotonic()):
            self._write(record)
        elif self._timer is None:
            self._set_timer()

    def close(self) -> None:
        """Write what still waits."""
        self.acquire()
        try:
            self._write_due(at_end=True)
        finally:
            self.release()
        super().close()

    def _set_timer(self) -> None:
        # A thread, for there may be no event loop, or one that hangs.
        self._timer = threading.Timer(REPEAT_SECONDS, self._timer_due)
        self._timer.daemon = True
        self._timer.start()

    def _timer_due(self) -> None:
        self.acquire()
        try:
            self._write_due()
        finally:
            self.release()

    def _write_due(self, *, at_end: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for record, more, seconds in self._repetition.due(time.monotonic(), at_end=at_end):
            if more:
                setattr(record, _MORE, f" (… {more} more like this in {max(1, round(seconds))} s)")
            self._write(record)
        if self._repetition.is_waiting:
            self._set_timer()


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == OURS


def _is_named(name: str) -> bool:
    """Whether the level names this logger, or one above it, to see all of what it says."""
    if not _is_ours(name):
        return logging.getLogger(name).isEnabledFor(logging.INFO)
    while name != OURS and (dot := name.rfind(".")) > 0:
        if logging.getLogger(name).level == logging.DEBUG:
            return True
        name = name[:dot]
    return False


def _of_library(record: logging.LogRecord) -> logging.LogRecord:
    """What is shown of a record of a library."""
    bound(record)
    text = record.getMessage()
    error = record.exc_info[1] if record.exc_info else None
    is_our_mistake = error is not None and _leads_through_ours(error.__traceback__)
    if error is not None and not is_our_mistake:
        text += f" ({type(error).__name__}: {sanitise.one_line(str(error), MAX_LIBRARY_LINE)})"
    shown = logging.makeLogRecord(record.__dict__)
    shown.msg, shown.args, shown.stack_info = "%s", (sanitise.one_line(text, MAX_LIBRARY_LINE),), None
    if not is_our_mistake:
        shown.exc_info = shown.exc_text = None
    return shown


def _leads_through_ours(trace: TracebackType | None) -> bool:
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).is_relative_to(_SOURCES):
            return True
        trace = trace.tb_next
    return False


def _message(record: logging.LogRecord) -> str:
    return sanitise.one_line(record.getMessage(), MAX_LINE) + getattr(record, _MORE, "")


class _Console(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        bound(record)
        time = datetime.fromtimestamp(record.created, UTC).astimezone()
        line = f"{time:%Y-%m-%d %H:%M:%S} {record.levelname:<7} {record.name}: {_message(record)}"
        if record.exc_text:
            line += "".join(f"\n    | {part}" for part in record.exc_text.split("\n"))  # or one could pass for a record
        return line


class _Plain(_Console):
    """For people who chat: a warning of ours is a sentence like all others that a command says."""

    def format(self, record: logging.LogRecord) -> str:
        bound(record)
        if record.levelno != logging.WARNING or record.exc_text or not _is_ours(record.name):
            return super().format(record)
        text = _message(record)
        return f"Warning: {text[:1].upper()}{text[1:]}{'' if text.endswith(('.', ')')) else '.'}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        bound(record)
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_text:
            fields["traceback"] = record.exc_text
        return json.dumps(fields)


def set_up(
    levels: Levels, form: LogFormat | None, *, as_json: bool, plain: bool = False, beside: Beside = nullcontext
) -> None:
    """Log as ``levels`` say, until the process ends; unless ``form`` says how, as the rest of the output looks.

    :param plain: unless ``form`` says how, warnings are sentences without a time and a module.
    :param beside: makes room for a line, where something else is drawn on the terminal.
    """
    is_plain = plain and form is None
    form = form or (LogFormat.JSON if as_json else LogFormat.CONSOLE)
    handler = _Handler(beside)
    handler.setFormatter(_Json() if form == LogFormat.JSON else _Plain() if is_plain else _Console())
    logging.basicConfig(handlers=[handler], force=True)
    set_levels(levels)


def set_levels(levels: Levels, before: Levels | None = None) -> None:
    """Change how much is logged. The modules that ``before`` named are like all others again."""
    for module, _ in before.modules if before is not None else ():
        logging.getLogger(module).setLevel(logging.NOTSET)
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(levels.level.upper())
    for module, level in levels.modules:
        logging.getLogger(module).setLevel(level.upper())
