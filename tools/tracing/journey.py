"""What was recorded of a journey, cut to it and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.tracing.tracer import Kind, Step


@dataclass(frozen=True)
class Journey:
    """One journey, by what all its rounds have in common."""

    title: str
    files: Sequence[str]
    """Those on the way, below ``src/pystatus``, in the order of their first use."""
    others: Sequence[str]
    """Those that run meanwhile without the message: what a function on the way asks or tells, and timers."""
    handed_over: int
    """Calls from one file into another that give the message in one of its forms."""
    as_envelope: int
    """Those of them that give it as an envelope."""
    turns: int
    """Of the event loop that begin between the first step and the last."""
    functions: Mapping[str, Sequence[str]]
    """For each file on the way those that are given the message, or return it, in the order of their first use."""


def received(steps: Sequence[Step]) -> Sequence[Step]:
    """From the read that brings the envelope to the event."""
    known = next(place for place, step in enumerate(steps) if step.envelope)
    begin = max(place for place in range(known) if steps[place].kind == Kind.READ)
    return steps[begin:]


def sent(steps: Sequence[Step]) -> Sequence[Step]:
    """From the call to the first bytes that are written to a socket."""
    return steps[: next(place for place, step in enumerate(steps) if step.kind == Kind.WRITTEN)]


def answered(steps: Sequence[Step]) -> Sequence[Step]:
    """From the read that brings the request to the bytes that end the answer."""
    begin = next(place for place, step in enumerate(steps) if step.kind == Kind.READ)
    return steps[begin : max(place for place, step in enumerate(steps) if step.kind == Kind.WRITTEN)]


def journey(title: str, rounds: Sequence[Sequence[Step]]) -> Journey:
    """What all rounds have in common: a timer that is due in one of them is none of it."""
    first = rounds[0]
    on_the_way = [{step.file for step in steps if step.carries} for steps in rounds]
    ran = [{step.file for step in steps if step.file} for steps in rounds]
    files = [file for file in _in_order(first, carries=True) if all(file in each for each in on_the_way)]
    others = [
        file for file in _in_order(first, carries=False) if file not in files and all(file in each for each in ran)
    ]
    return Journey(
        title,
        files,
        others,
        min(sum(step.hands_over for step in steps) for steps in rounds),
        min(sum(step.hands_over and step.envelope for step in steps) for steps in rounds),
        min(sum(step.kind == Kind.TURN for step in steps) for steps in rounds),
        {
            file: list(dict.fromkeys(step.function for step in first if step.carries and step.file == file))
            for file in files
        },
    )


def _in_order(steps: Sequence[Step], *, carries: bool) -> list[str]:
    """Files in the order of their first use: those of steps with the message, or of all."""
    return list(dict.fromkeys(step.file for step in steps if step.file and (step.carries or not carries)))
