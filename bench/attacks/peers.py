"""Attackers that are peers of a relay."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator

from bench.attacks.floods import Packet
from bench.attacks.history import large_pages
from bench.attacks.target import Target
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
SLOW_READERS = 8
"""Peers at a time that ask and do not read; the node answers fewer at once."""
HELD = 22.0
"""Seconds until an attacker comes anew: a node gives up who does not read for 20, and who does not read does not see
that."""


class Flood:
    """Some peers of a relay that send the same sort of packets, and come anew when they are sent away."""

    attackers = ATTACKERS

    def __init__(self, make: Callable[[Target], Iterator[Packet]], target: Target, rate: float = math.inf) -> None:
        """
        :param rate: packets a second, of all together; by default as many as the victim reads.
        """
        self.connections = self.packets = self.sent_bytes = 0
        self._make = make
        self._target = target
        self._pause = self.attackers / rate

    async def go_on(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as attackers:
            for _ in range(self.attackers):
                attackers.create_task(self._one())

    async def _one(self) -> None:
        while True:
            peer = HostilePeer(self._target.relay, status=NOTHING.encode())
            try:
                async with asyncio.timeout(PATIENCE):
                    await peer.connect()
                self.connections += 1
                await self.attack(peer)
            except (Refused, OSError, TimeoutError):
                await asyncio.sleep(PAUSE)
            finally:
                self.sent_bytes += peer.sent_bytes
                peer.hang_up()

    async def attack(self, peer: HostilePeer) -> None:
        """With one connection, as long as there is one."""
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


class SlowReaders(Flood):
    """A56: they ask a mailserver for as many large pages as may wait, and read nothing."""

    attackers = SLOW_READERS

    def __init__(self, target: Target) -> None:
        super().__init__(lambda _: large_pages(), target)

    async def attack(self, peer: HostilePeer) -> None:
        peer.stop_reading()
        await super().attack(peer)
        async with asyncio.timeout(HELD):
            await peer.gone.wait()
