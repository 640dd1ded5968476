"""How an attack is measured, and what may be seen at the most."""

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
NICENESS = 5
"""Of the attackers: on a machine of their own they would not take the time of those who measure."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What honest people and the operator of the victim may see at the most. Nothing may be lost."""

    p99: float = 0.100
    """Seconds."""
    times_quiet: float = 0.0
    """The 99th percentile may be that many times the quiet one, if that is more."""
    memory: int = 64 << 20
    """Bytes above the most of before."""
    log: float = 1_000.0
    """Bytes a second."""
    disk: int = 0
    """Bytes by which the disk may grow if attackers sent less: a budget that all of them share."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen for a while."""

    sent: int
    received: int
    p50: float
    """Seconds, of those honest people for whom it took longest."""
    p99: float
    memory: int
    """Bytes, the most of any victim."""
    log: int
    """Bytes by which logs grew."""
    disk: int
    """Bytes by which what victims keep grew."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """What attackers did."""

    connections: int
    packets: int
    bytes: int
    """That they wrote to their sockets."""


@dataclass(frozen=True, slots=True)
class Row:
    """One attack."""

    name: str
    quiet: Seen
    attacked: Seen
    done: Done

    @property
    def lost(self) -> int:
        return self.attacked.sent - self.attacked.received

    @property
    def memory(self) -> int:
        """Bytes above the most of before."""
        return self.attacked.memory - self.quiet.memory

    @property
    def log(self) -> float:
        """Bytes a second."""
        return self.attacked.log / self.attacked.seconds

    @property
    def disk(self) -> float:
        """Bytes of growth, beside what honest people alone make a disk grow by in that time."""
        return self.attacked.disk - self.quiet.disk * self.attacked.seconds / self.quiet.seconds

    def __str__(self) -> str:
        quiet, attacked, done = self.quiet, self.attacked, self.done
        return (
            f"{self.name}  honest {attacked.sent} sent, {attacked.received} received, {self.lost} lost;  "
            f"p50 {attacked.p50 * 1e3:.1f} ms, quiet {quiet.p50 * 1e3:.1f};  "
            f"p99 {attacked.p99 * 1e3:.1f} ms, quiet {quiet.p99 * 1e3:.1f};  "
            f"memory {quiet.memory / 1e6:.1f} MB quiet, {self.memory / 1e6:+.1f};  "
            f"log {self.log:.0f} B/s;  disk {self.disk / 1e6:+.2f} MB;  "
            f"attackers {done.bytes / 1e6:.1f} MB, {done.packets} packets, {done.connections} connections"
        )

    def exceeded(self, bounds: Bounds) -> list[str]:
        """A sentence for each bound that does not hold."""
        p99 = max(bounds.p99, bounds.times_quiet * self.quiet.p99)
        found = []
        if not self.done.bytes:
            found.append("The attackers sent nothing, so this was no attack.")
        if self.lost:
            found.append(f"{self.lost} of {self.attacked.sent} things that honest people said were lost.")
        if self.attacked.p99 > p99:
            found.append(f"The 99th percentile was {self.attacked.p99 * 1e3:.1f} ms; {p99 * 1e3:.1f} ms are allowed.")
        if self.memory > bounds.memory:
            found.append(f"Memory grew by {self.memory / 1e6:.1f} MB; {bounds.memory / 1e6:.1f} MB are allowed.")
        if self.log > bounds.log:
            found.append(f"The log grew by {self.log:.0f} bytes a second; {bounds.log:.0f} are allowed.")
        disk, why = max((bounds.disk, "the budget of all strangers"), (self.done.bytes, "what attackers sent"))
        if self.disk > disk:
            found.append(
                f"{self.disk / 1e6:.2f} MB were written to the disk; {disk / 1e6:.2f} MB are allowed, which is {why}."
            )
        return [f"{self.name}: {sentence}" for sentence in found]


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
    bounds: Bounds = Bounds()


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
    while any(one.received < one.sent for one in honest) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
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
