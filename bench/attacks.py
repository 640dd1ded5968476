"""``make bench-attacks``: what honest peers notice while a node is attacked.

A node runs in a process of its own, and two honest peers in this one: what the first sends goes through the node to the
second. Meanwhile attackers in a third process do their worst, each connecting anew, as somebody else, whenever it is
sent away. The machine has to carry all three; on two cores the attackers get what the others leave.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench.support.attackers import ATTACKS
from bench.support.ends import End
from bench.support.node import RunningNode, running_node
from bench.support.traffic import Author, Reader, percentile
from bench.support.watch import Watched
from pystatus.net.loop import run

RATE = 200
"""Honest envelopes a second: four times the busiest Status network that was recorded."""
SECONDS = 10.0
"""How long each attack lasts, and how long it is quiet before."""
WARM = 2.0
"""Seconds of traffic that are not measured."""
TICK = 0.005
"""Seconds between two rounds of sending."""
LOOK = 0.1
"""Seconds between two looks at the memory."""
NICENESS = 5
"""Of the attackers: on a machine of their own they would not take the time of those who measure."""
PATIENCE = 30.0
"""Seconds until an envelope that has not arrived is given up."""
TIMES_QUIET = 2.0
LONGEST = 0.020
"""Seconds that the 99th percentile may take, or twice as long as without an attack, whichever is more."""
GROWTH = 64 << 20
"""Bytes of memory that the node may take more than without an attack."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What honest peers and the system saw for a while."""

    p50: float
    p99: float
    memory: int
    """Bytes, the most."""
    lost: int


class Honest:
    """Two honest peers of a node, one of which sends to the other."""

    def __init__(self, node: RunningNode) -> None:
        self.node = node
        self.author = Author(0, [os.urandom(4)])
        self.reader = Reader()
        self.sender, self.receiver = End(), End(self.reader.read)

    async def connect(self) -> None:
        for end in (self.sender, self.receiver):
            await end.connect(self.node.enode)

    async def close(self) -> None:
        assert not self.sender.gone, self.sender.gone
        assert not self.receiver.gone, self.receiver.gone
        for end in (self.sender, self.receiver):
            await end.close()

    async def talk(self, seconds: float) -> Seen:
        """Send for so long, at a steady pace."""
        clock = asyncio.get_running_loop().time
        watched = Watched.of(self.node.pid)
        self.reader.delays.clear()
        before, started = self.author.written, clock()
        while (elapsed := clock() - started) < seconds:
            if elapsed >= len(watched.memory) * LOOK:
                watched.look()
            for _ in range(self.author.written - before, int(elapsed * RATE)):
                self.sender.send(self.author.write(1))
            await asyncio.sleep(TICK)
        written = self.author.written
        deadline = clock() + PATIENCE
        while (lost := self.reader.numbers[0].lost(written)) and clock() < deadline:  # noqa: ASYNC110 - the reader tells nobody
            await asyncio.sleep(TICK)
        delays = self.reader.delays
        return Seen(percentile(delays, 0.5), percentile(delays, 0.99), max(watched.memory), lost)


class Attackers:
    """Their process, for as long as it is entered."""

    def __init__(self, attack: str, enode: str) -> None:
        self._command = [sys.executable, "-m", "bench.support.attackers", attack, enode]
        self._process: subprocess.Popen[str]
        self.done: dict[str, float] = {}

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.nice(NICENESS),
        )

    async def __aenter__(self) -> Attackers:
        self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        output = await asyncio.get_running_loop().run_in_executor(None, lambda: self._process.communicate()[0])
        self.done = json.loads(output)


async def compare(node: RunningNode, attack: str) -> bool:
    """Print what an attack does to honest peers; whether it is within the limits."""
    honest = Honest(node)
    async with AsyncExitStack() as stack:
        await honest.connect()
        stack.push_async_callback(honest.close)
        await honest.talk(WARM)
        quiet = await honest.talk(SECONDS)
        async with Attackers(attack, str(node.enode)) as attackers:
            await honest.talk(WARM)
            attacked = await honest.talk(SECONDS)
    limit = max(LONGEST, TIMES_QUIET * quiet.p99)
    growth = attacked.memory - quiet.memory
    done = attackers.done
    ok = attacked.p99 < limit and growth < GROWTH and not attacked.lost and done["packets"] > 0
    print(
        f"{attack}  p99 {attacked.p99 * 1e3:5.1f} ms, quiet {quiet.p99 * 1e3:.1f} ms, limit {limit * 1e3:.1f} ms;  "
        f"p50 {attacked.p50 * 1e3:.1f} ms, quiet {quiet.p50 * 1e3:.1f} ms;  "
        f"memory {growth / 1e6:+.1f} MB, limit {GROWTH / 1e6:.0f} MB;  lost {attacked.lost};  "
        f"{done['packets']:.0f} packets, {done['megabytes']:.0f} MB in {done['connections']:.0f} connections"
        f"  {'ok' if ok else 'MISSED'}",
        flush=True,
    )
    return ok


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description=__doc__)
    names = f"all by default; there are: {', '.join(ATTACKS)}"
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=names)
    attacks = parser.parse_args().attacks
    unknown = sorted(set(attacks) - set(ATTACKS))
    if unknown:
        parser.error(f"no attack called {', '.join(unknown)}; there are: {', '.join(ATTACKS)}")
    well = True
    for attack in attacks or ATTACKS:
        with running_node() as node:
            well &= run(compare(node, attack))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
