"""How an attack is measured."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.attacks.honest import Honest
from bench.attacks.rows import Bounds, Done, Row, Seen
from bench.attacks.target import Target
from bench.attacks.victims import Scene
from bench.support.traffic import percentile

QUIET_SECONDS = 15.0
"""Seconds for which it is quiet before, at most."""
WARM = 2.0
"""Seconds of honest traffic that are not measured, before."""
TICK = 0.005
"""Seconds between two rounds of sending."""
LOOK = 0.1
"""Seconds between two looks at the memory."""
PATIENCE = 30.0
"""Seconds until what has not arrived is given up."""
DEFAULT = Bounds()
NICENESS = 5
"""Of the attackers: on a machine of their own they would not take the time of those who measure."""


class Attackers:
    """Their process. They begin when this is entered, and stop at the end."""

    def __init__(self, name: str, target: Target) -> None:
        self._command = ("-m", "bench.attacks.attackers", name, target.encode())
        self.done: Done

    async def start(self) -> None:
        """Return when they are ready."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=lambda: os.nice(NICENESS),
        )
        assert self._process.stdout is not None
        if await self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("the attackers have ended before they began")

    async def __aenter__(self) -> Attackers:
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        output = (await self._process.communicate())[0]
        if self._process.returncode:
            raise RuntimeError("the attackers have failed")
        self.done = Done(**json.loads(output))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One attack: on whom, and what may be seen."""

    scene: Callable[[Path], AbstractAsyncContextManager[Scene]]
    bounds: Bounds = DEFAULT


async def watch(scene: Scene, seconds: float) -> Seen:
    """Let honest people talk for so long, and look at the victims."""
    loop = asyncio.get_running_loop()
    honest = scene.honest
    log = sum(victim.log_bytes for victim in scene.victims)
    disk = sum(victim.disk_bytes for victim in scene.victims)
    before = [(one.sent, one.received) for one in honest]
    for one in honest:
        one.delays.clear()
    memory = 0
    looked = started = loop.time()
    while (elapsed := loop.time() - started) < seconds:
        if loop.time() >= looked:
            looked += LOOK
            memory = max([memory, *(victim.memory for victim in scene.victims)])
        for one, (sent, _) in zip(honest, before, strict=True):
            for _ in range(one.sent - sent, int(elapsed * one.rate)):
                one.say()
        await asyncio.sleep(TICK)
    await _arrival(honest)
    return Seen(
        sum(one.sent - sent for one, (sent, _) in zip(honest, before, strict=True)),
        sum(one.received - received for one, (_, received) in zip(honest, before, strict=True)),
        max(percentile(one.delays, 0.5) for one in honest),
        max(percentile(one.delays, 0.99) for one in honest),
        memory,
        sum(victim.log_bytes for victim in scene.victims) - log,
        sum(victim.disk_bytes for victim in scene.victims) - disk,
        seconds,
    )


async def _arrival(honest: Sequence[Honest]) -> None:
    """Return when everything has arrived, or patience is over."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    # Each of them counts what arrives, and nothing tells when all of it has.
    while any(one.received < one.sent for one in honest) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - as said
        await asyncio.sleep(TICK)


async def measure(name: str, scenario: Scenario, seconds: float, folder: Path) -> Row:
    """Watch a victim in quiet and then under attack for ``seconds``."""
    async with AsyncExitStack() as stack:
        scene = await stack.enter_async_context(scenario.scene(folder))
        for one in scene.honest:
            await stack.enter_async_context(one)
        attackers = Attackers(name, scene.target)
        await attackers.start()
        await watch(scene, WARM)
        quiet = await watch(scene, min(seconds, QUIET_SECONDS))
        async with attackers:
            attacked = await watch(scene, seconds)
        return Row(name, quiet, attacked, attackers.done)
