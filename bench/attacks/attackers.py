"""``python -m bench.attacks.attackers ATTACK TARGET``: attackers in a process.

They print a line when they are ready, begin at a line of standard input, and stop when it ends; then they print what
they have done. Whoever is sent away comes again at once, as somebody else.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from typing import Protocol

from bench.attacks import crowds, floods, strangers
from bench.attacks.peers import Flood, SlowReaders
from bench.attacks.target import Target
from pystatus.net.loop import run


class Running(Protocol):
    """An attack under way."""

    connections: int
    packets: int
    sent_bytes: int

    async def go_on(self) -> None:
        """Attack until cancelled."""


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
