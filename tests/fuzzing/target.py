"""What a decoder is under the fuzzer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from pystatus.errors import RemoteError

MAX_INPUT = 4_096
"""Bytes of an input: the paths of a decoder are all reached with less. What large inputs cost, the attacks measure."""
RUNS = 20_000
"""Executions of a decoder in the test suite."""
SLOW = 0.05
"""Seconds of processor time that no input may take."""


@dataclass(frozen=True)
class Target:
    """A decoder, or a few that read the same bytes."""

    name: str
    """What ``make fuzz PARSER=…`` calls it."""
    run: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    """Good inputs, and bad ones that were interesting once."""
    covers: tuple[str, ...]
    """The functions, as ``wire/rlp.py:decode`` or ``devp2p/enr.py:NodeRecord.decode``."""
    allowed: tuple[type[Exception], ...] = (RemoteError,)
    """What it may raise."""
    max_input: int = MAX_INPUT
    runs: int = RUNS
    """Executions in the test suite."""

    def execute(self, data: bytes) -> bool:
        """Decode.

        :returns: whether it was accepted.
        :raises Exception: any but those that are allowed.
        """
        try:
            self.run(data)
        except self.allowed:
            return False
        return True


def as_text(run: Callable[[str], object]) -> Callable[[bytes], object]:
    """A decoder of text, given bytes: each character of Latin-1 is one of them, and real UTF-8 is decoded."""

    def run_with(data: bytes) -> object:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = data.decode("latin-1")
        return run(text)

    return run_with


def every(*calls: Callable[[], object], allowed: type[Exception] = RemoteError) -> None:
    """Make all these calls, whatever the others say.

    :raises Exception: the last refusal, if all have refused.
    """
    problem: Exception | None = None
    accepted = 0
    for call in calls:
        try:
            call()
            accepted += 1
        except allowed as error:
            problem = error
    if problem is not None and not accepted:
        raise problem


def each(*runs: Callable[[bytes], object], allowed: type[Exception] = RemoteError) -> Callable[[bytes], None]:
    """Several decoders of the same bytes."""

    def run_all(data: bytes) -> None:
        every(*(partial(run, data) for run in runs), allowed=allowed)

    return run_all
