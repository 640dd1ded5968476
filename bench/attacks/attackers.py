"""``python -m bench.attacks.attackers ATTACK TARGET``: attackers in a process.

They print a line when they are ready, begin at a line of standard input, and stop when it ends; then they print what
they have done. Whoever is sent away comes again at once, as somebody else.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import sys
from collections.abc import Callable, Iterator
from typing import Protocol

from bench.attacks import crowds, floods, strangers
from bench.attacks.floods import Packet
from bench.attacks.history import SlowReaders
from bench.attacks.target import Target
from pystatus.net.loop import run
from pystatus.waku.status import StatusOptions
from tests.adversary.hostile import HostilePeer, Refused

ATTACKERS = 4
"""Connections at a time."""
PATIENCE = 5.0
"""Seconds until an attacker that is not let in tries again."""
PAUSE = 0.05
"""Seconds before somebody who was refused tries again."""
NOTHING = StatusOptions(pow_requirement=0.0, topic_interest=())
"""The Status of an attacker: it wants no envelopes of others, whose reading would take its time."""


class Running(Protocol):
    """An attack under way."""

    connections: int
    packets: int
    sent_bytes: int

    async def go_on(self) -> None:
        """Attack until cancelled."""


class Flood:
    """Some peers of a relay that send the same sort of packets."""

    def __init__(self, make: Callable[[Target], Iterator[Packet]], target: Target, rate: float = math.inf) -> None:
        """
        :param rate: packets a second, of all together; by default as many as the victim reads.
        """
        self.connections = self.packets = self.sent_bytes = 0
        self._make = make
        self._target = target
        self._pause = ATTACKERS / rate

    async def go_on(self) -> None:
        async with asyncio.TaskGroup() as attackers:
            for _ in range(ATTACKERS):
                attackers.create_task(self._one())

    async def _one(self) -> None:
        while True:
            peer = HostilePeer(self._target.relay, status=NOTHING.encode())
            try:
                async with asyncio.timeout(PATIENCE):
                    await peer.connect()
                self.connections += 1
                await self._send(peer)
            except (Refused, OSError, TimeoutError):
                await asyncio.sleep(PAUSE)
            finally:
                self.sent_bytes += peer.sent_bytes
                peer.hang_up()

    async def _send(self, peer: HostilePeer) -> None:
        loop = asyncio.get_running_loop()
        next_at = loop.time()
        for code, body in self._make(self._target):
            await peer.room()
            next_at = max(next_at + self._pause, loop.time())
            await asyncio.sleep(next_at - loop.time())
            if peer.gone.is_set():
                return
            peer.send(code, body)
            self.packets += 1


ATTACKS: dict[str, Callable[[Target], Running]] = {
    "A17": lambda target: Flood(floods.low_pow, target),
    "A18": lambda target: Flood(floods.duplicates, target),
    "A20": lambda target: Flood(floods.odd_sizes, target),
    "A49": lambda target: Flood(strangers.silent, target, strangers.RATE),
    "A50": lambda target: Flood(floods.many_items, target),
    "A51": lambda target: Flood(floods.blamed_relay, target),
    "A52": lambda target: Flood(floods.full_pool, target),
    "A53": lambda target: Flood(strangers.skips_keys, target, strangers.RATE),
    "A54": lambda target: Flood(strangers.wants_answers, target, strangers.RATE),
    "A55": lambda target: crowds.Crowd(crowds.METRICS, target),
    "A56": SlowReaders,
    "A57": lambda target: crowds.Crowd(crowds.RPC, target),
}


async def main(name: str, target: str) -> None:
    loop = asyncio.get_running_loop()
    attack = ATTACKS[name](Target.decode(target))
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    task = asyncio.create_task(attack.go_on())
    stop = loop.run_in_executor(None, sys.stdin.read)
    await asyncio.wait([task, stop], return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    print(
        json.dumps({"connections": attack.connections, "packets": attack.packets, "bytes": attack.sent_bytes}),
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.attackers", description=__doc__)
    parser.add_argument("name", choices=ATTACKS, metavar="ATTACK", help=", ".join(ATTACKS))
    parser.add_argument("target", metavar="TARGET")
    run(main(**vars(parser.parse_args())))
