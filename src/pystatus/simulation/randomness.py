"""All chance of a run comes from its seed."""

from __future__ import annotations

from random import Random


def stream(seed: int, name: str) -> Random:
    """An independent source of chance. ``stream(…).randbytes`` is a :data:`~pystatus.crypto.random.RandomSource`.

    Each device, the network and the people have one of their own, so that a change in one disturbs the others least.
    The keys made with it protect nobody: they have to be the same in each run.
    """
    return Random(f"{seed}/{name}")  # noqa: S311 - repeatable, and protects nobody
