"""What a line of the log may hold: texts of others are cut and cleaned before they are joined into it (A58).

Every module takes its logger from :func:`get_logger`, so this holds for each argument of each call, and for every
handler: those of a program that uses pystatus as a library, too. Nobody has to know which texts are of others; all are
treated alike. How often a line is written is another matter, which a handler decides.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pystatus import sanitise

MAX_ARGUMENT = 500
"""Code points of one argument. Sentences of our own have fewer, what they quote included."""
MAX_TEMPLATE = 1_000
"""Code points of the text that the arguments are put into; a library may have joined it already."""
MAX_TRACEBACK = 20_000
"""Code points of a traceback, which quotes the text of an exception."""

_BOUND = "_is_bound"
_formatter = logging.Formatter()


def get_logger(name: str) -> logging.Logger:
    """The logger of a module, whose records are bounded."""
    logger = logging.getLogger(name)
    logger.addFilter(_bounded)
    return logger


def about(subject: str) -> dict[str, str]:
    """For ``extra=`` of a call: a line about what our operator has named or done. Lines that strangers cause do not
    crowd it out, so ``subject`` must be nothing that a stranger can choose or pretend to be."""
    return {"subject": subject}


def bound(record: logging.LogRecord) -> None:
    """Cut and clean what ``record`` says. Nothing changes the second time."""
    if hasattr(record, _BOUND):
        return
    setattr(record, _BOUND, True)
    if not isinstance(record.msg, str) or not record.args:
        record.msg = _text(record.msg, MAX_TEMPLATE)
    is_repr = "%r" in record.msg
    if isinstance(record.args, Mapping) and "%(" not in record.msg:
        record.args = (record.args,)  # it is an argument itself
    if isinstance(record.args, Mapping):
        record.args = {key: _argument(value, is_repr) for key, value in record.args.items()}
    elif record.args:
        record.args = tuple(_argument(value, is_repr) for value in record.args)
    try:
        record.getMessage()
    except (TypeError, ValueError, KeyError):  # what counts is that there is a line
        record.args = ()
    if record.exc_info and record.exc_info[0] is not None:
        # Formatters take the text if there is one.
        record.exc_text = sanitise.block(_formatter.formatException(record.exc_info), MAX_TRACEBACK)
    if record.stack_info:
        record.stack_info = sanitise.block(record.stack_info, MAX_TRACEBACK)


class _Argument(str):
    """What stands for an argument: the same for ``%s``, and another text for ``%r``."""

    __slots__ = ("_repr",)
    _repr: str

    def __repr__(self) -> str:
        return self._repr


def _bounded(record: logging.LogRecord) -> bool:
    bound(record)
    return True


def _argument(value: Any, is_repr: bool) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    argument = _Argument(_text(value, MAX_ARGUMENT))
    argument._repr = argument
    if is_repr:
        if isinstance(value, str | bytes | bytearray):  # else all of it is escaped before most of that is cut
            value = value[:MAX_ARGUMENT]
        argument._repr = sanitise.one_line(repr(value), MAX_ARGUMENT)
    return argument


def _text(value: object, limit: int) -> str:
    return sanitise.one_line(str(value), limit)
