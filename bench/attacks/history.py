"""History that is asked for: by somebody honest, and by peers that do not read the answer (A56)."""

from __future__ import annotations

import asyncio
import os
import time

from bench.attacks.target import Target
from pystatus.mailserver.config import MAX_LIMIT, MAX_WAITING
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MessagesRequest
from tests.adversary.hostile import HostilePeer, Refused

HONEST_TOPIC, LARGE_TOPIC = b"\0\0\0\1", b"\0\0\0\2"
HONEST_ENVELOPES = 50
HONEST_SIZE = 500
LARGE_SIZE = 10_000
"""Bytes of an envelope that attackers ask for: a page of them is as large as a page may be, 10 MB."""
AGE = 3_600
"""Seconds since what is in the archive was sent."""
SLOW_READERS = 8
"""Peers at a time that ask and do not read; the node answers fewer at once."""
HELD = 22.0
"""Seconds until an attacker comes anew: a node gives up who does not read for 20, and who does not read does not see
that."""
PATIENCE = 5.0
PAUSE = 0.05
"""Seconds before somebody who was refused tries again."""


def archived() -> list[Envelope]:
    """What a mailserver has before it is attacked."""
    sent = int(time.time()) - AGE
    sizes = [(HONEST_TOPIC, HONEST_SIZE)] * HONEST_ENVELOPES + [(LARGE_TOPIC, LARGE_SIZE)] * MAX_LIMIT
    return [Envelope.create(sent + 15, 15, topic, os.urandom(size), 1) for topic, size in sizes]


def request(topic: bytes) -> MessagesRequest:
    """Ask for a page of a topic."""
    now = int(time.time())
    return MessagesRequest(os.urandom(32), now - 2 * AGE, now, MAX_LIMIT, b"", b"", (topic,))


class SlowReaders:
    """A56: they ask for as many large pages as may wait, and read nothing."""

    def __init__(self, target: Target) -> None:
        self.connections = self.packets = self.sent_bytes = 0
        self._target = target

    async def go_on(self) -> None:
        async with asyncio.TaskGroup() as attackers:
            for _ in range(SLOW_READERS):
                attackers.create_task(self._one())

    async def _one(self) -> None:
        while True:
            peer = HostilePeer(self._target.relay)
            try:
                async with asyncio.timeout(PATIENCE):
                    await peer.connect()
                self.connections += 1
                peer.stop_reading()
                for _ in range(MAX_WAITING + 1):
                    peer.send(packets.P2P_REQUEST, request(LARGE_TOPIC).encode())
                    self.packets += 1
                async with asyncio.timeout(HELD):
                    await peer.gone.wait()
            except (Refused, OSError, TimeoutError):
                await asyncio.sleep(PAUSE)
            finally:
                self.sent_bytes += peer.sent_bytes
                peer.hang_up()
