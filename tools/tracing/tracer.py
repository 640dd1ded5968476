"""Records what a process does between two moments: the source files that its calls enter, and its event loop."""

from __future__ import annotations

import socket
import sys
import threading
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from tools.tracing.forms import Forms, is_envelope


class Kind(StrEnum):
    """What can be recorded."""

    CALL = "call"
    """A function was called: of a file of pystatus."""
    RETURN = "return"
    """It returned the message in one of its forms."""
    TURN = "turn"
    """The event loop began a turn."""
    READ = "read"
    """It read a socket."""
    WRITTEN = "written"
    """It wrote to a socket."""


class Step(NamedTuple):
    """One thing that happened."""

    kind: str
    file: str = ""
    """Below ``src/pystatus``; empty for the event loop."""
    carries: bool = False
    """Whether the function was given the message in one of its forms, or returned it."""
    hands_over: bool = False
    """Whether another file gave it the message."""
    envelope: bool = False
    """Whether that was as an envelope."""
    function: str = ""
    """Its name in the file."""


class Tracer:
    """The profile function of all threads. It records while it is armed."""

    def __init__(self, source: Path, least: int) -> None:
        """
        :param source: the folder that holds the package.
        :param least: see :class:`Forms`.
        """
        self._prefix = f"{source}/pystatus/"
        self._forms = Forms(least)
        self._is_armed = False
        self._steps: list[Step] = []

    def install(self) -> None:
        """Look at what this thread does, and all that are started from now on."""
        threading.setprofile(self._happened)
        sys.setprofile(self._happened)

    def begin(self) -> None:
        """Record, from nothing."""
        self._steps = []
        self._forms.forget()
        self._is_armed = True

    def end(self) -> list[Step]:
        """Record no more. Returns what was recorded."""
        self._is_armed = False
        return self._steps

    def _happened(self, frame: FrameType, event: str, argument: Any) -> None:
        if not self._is_armed:
            return
        code = frame.f_code
        if event == "c_call":
            self._called_socket(argument, code.co_name)
        elif code.co_filename.startswith(self._prefix):
            if event == "call":
                self._called(frame)
            elif event == "return":
                self._returned(frame, argument)
        elif event == "call" and code.co_name == "_run_once" and code.co_filename.endswith("base_events.py"):
            self._steps.append(Step(Kind.TURN))

    def _called_socket(self, function: Any, caller: str) -> None:
        is_wakeup = caller in ("_read_from_self", "_write_to_self")  # between threads, not a peer's
        if is_wakeup or not isinstance(getattr(function, "__self__", None), socket.socket):
            return
        if function.__name__ in ("recv", "recv_into"):
            self._steps.append(Step(Kind.READ))
        elif function.__name__ in ("send", "sendmsg"):
            self._steps.append(Step(Kind.WRITTEN))

    def _called(self, frame: FrameType) -> None:
        given = self._given(frame)
        caller = frame.f_back
        is_from_outside = caller is None or caller.f_code.co_filename != frame.f_code.co_filename
        envelope = any(is_envelope(each) or is_envelope(getattr(each, "envelope", None)) for each in given)
        self._steps.append(
            Step(
                Kind.CALL,
                self._file(frame),
                carries=bool(given),
                hands_over=bool(given) and is_from_outside,
                envelope=envelope,
                function=frame.f_code.co_qualname,
            )
        )

    def _returned(self, frame: FrameType, value: Any) -> None:
        if value is None or isinstance(value, int | float):
            return
        if self._forms.includes(value):
            self._steps.append(Step(Kind.RETURN, self._file(frame), carries=True, function=frame.f_code.co_qualname))
        elif self._given(frame):
            self._forms.made(value)

    def _given(self, frame: FrameType) -> list[object]:
        """The arguments that are forms of the message, with what was captured where the function was made."""
        code, values = frame.f_code, frame.f_locals
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        given = []
        for name in (*names, *code.co_freevars):
            value = values.get(name)
            if self._forms.is_of(value) if name in ("self", "cls") else self._forms.includes(value):
                given.append(value)
        return given

    def _file(self, frame: FrameType) -> str:
        return frame.f_code.co_filename.removeprefix(self._prefix)
