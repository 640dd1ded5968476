"""Several runs of a simulation: one for each value of a sweep and each repetition, and how each is made again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pystatus import typed
from pystatus.errors import Refused
from pystatus.records import dataclass

MAX_RUNS = 10_000
"""Runs of one command: days of computing, and as many lines."""
HIGHEST_SEED = (1 << 63) - 1
"""Of the seeds, which may be any whole numbers, those that every JSON reader takes."""
Parameters = Mapping[str, Any]
"""Values by the names of the options, with ``_`` for ``-``."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """An option, and the values that it has one after the other."""

    name: str
    """With ``_`` for ``-``, as in the parameters."""
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an experiment."""

    number: int
    """From 0."""
    parameters: Parameters
    swept: str | None
    """The option that has another value in other runs."""

    @property
    def label(self) -> str:
        """The value that it was given by the sweep: ``loss=20``; empty without one."""
        return "" if self.swept is None else f"{option_name(self.swept)}={_word(echoed(self.parameters[self.swept]))}"

    @property
    def echo(self) -> dict[str, object]:
        """All parameters, for programs."""
        return {name: echoed(value) for name, value in self.parameters.items()}


@dataclass(frozen=True, slots=True)
class Experiment:
    """What a command was asked for."""

    command: str
    """The subcommand of ``pystatus simulate``."""
    parameters: Parameters
    """``seed`` is among them."""
    sweep: Sweep | None = None
    repeat: int = 1
    """Runs of each value, with one seed after the other."""

    def __post_init__(self) -> None:
        """
        :raises Refused: too many runs, or seeds that could not be typed again.
        """
        if len(self) > MAX_RUNS:
            raise Refused(f"{len(self)} runs are too many. One command does {MAX_RUNS} at most.")
        if self.parameters["seed"] + self.repeat - 1 > HIGHEST_SEED:
            raise Refused(f"--repeat: the seeds would be beyond {HIGHEST_SEED}. Begin with a smaller --seed.")

    def __len__(self) -> int:
        return self.repeat * (len(self.sweep.values) if self.sweep is not None else 1)

    def runs(self) -> Iterator[Run]:
        """Each run. All values of a sweep have the same seeds, so that what differs is due to the value."""
        swept: Sequence[Parameters] = [{}]
        if self.sweep is not None:
            swept = [{self.sweep.name: value} for value in self.sweep.values]
        number = 0
        for changed in swept:
            for repetition in range(self.repeat):
                parameters = {**self.parameters, **changed, "seed": self.parameters["seed"] + repetition}
                yield Run(number, parameters, None if self.sweep is None else self.sweep.name)
                number += 1

    def command_line(self, run: Run | None = None) -> str:
        """What makes one run, or the whole experiment, once more: every parameter is in it."""
        words = ["pystatus", "simulate", self.command]
        for name, value in (self.parameters if run is None else run.parameters).items():
            if self.sweep is not None and run is None and name == self.sweep.name:
                continue
            shown = echoed(value)
            if shown is True:
                words.append(f"--{option_name(name)}")
            elif shown is not False:
                words += [f"--{option_name(name)}", _word(shown)]
        if run is None and self.sweep is not None:
            values = ",".join(_word(echoed(value)) for value in self.sweep.values)
            words += ["--sweep", f"{option_name(self.sweep.name)}={values}"]
        if run is None and self.repeat > 1:
            words += ["--repeat", str(self.repeat)]
        return shlex.join(words)


def echoed(value: Any) -> object:
    """A parameter as the command line takes it: a number, a text, a yes or no."""
    if isinstance(value, tuple):  # from 1 to 3
        lowest, highest = value
        return str(lowest) if lowest == highest else f"{lowest}-{highest}"
    return value


def _word(value: object) -> str:
    """A value as somebody types it: ``5`` in place of ``5.0``, and ``0.2%`` of a percentage."""
    if isinstance(value, typed.Percent):
        return value.typed
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def option_name(name: str) -> str:
    """A parameter as the command line calls it."""
    return name.replace("_", "-")
