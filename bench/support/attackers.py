"""``.venv/bin/python -m bench.support.attackers ATTACK ENODE``: attackers in a process, until standard input ends.

Whoever is sent away comes again at once, as somebody else. On standard output it says at the end what it has done.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle

from bench.support.ends import End
from pystatus.net.loop import run
from pystatus.overlay.enode import Enode
from pystatus.waku import packets
from pystatus.waku.envelope import MAX_ENVELOPE_SIZE, Envelope

ATTACKERS = 4
"""Connections at a time."""
TTL = 60
"""Seconds, of envelopes that are to be valid."""
LONG_TTL = 1_000_000_000
"""Seconds. The proof of work is divided by it: what is left is far below any requirement."""
DATA_SIZE = 500
QUEUED_BYTES = 1 << 20
"""How far an attacker runs ahead of its socket."""
PAUSE = 0.0005
"""Seconds between two looks at a full socket."""
PATIENCE = 5.0
"""Seconds until an attacker that is not let in tries again."""


def _envelope(ttl: int, data: bytes) -> Envelope:
    return Envelope.create(int(time.time()) + ttl, ttl, os.urandom(4), data)


def low_pow() -> Iterator[bytes]:
    """A17: a few that are forgiven, then a hundred, which is more than enough to be sent away."""
    while True:
        for count in (10, 100):
            yield packets.encode_messages([_envelope(LONG_TTL, os.urandom(DATA_SIZE)) for _ in range(count)])


def duplicates() -> Iterator[bytes]:
    """A18: the same envelope for ever, alone and a hundred times in one packet."""
    envelope = _envelope(TTL, os.urandom(DATA_SIZE))
    renewed = time.monotonic()
    while True:
        for count in [1] * 100 + [100] * 10:
            yield packets.encode_messages([envelope] * count)
        if time.monotonic() - renewed > TTL / 2:  # before it expires: it is to be known, not refused
            envelope, renewed = _envelope(TTL, os.urandom(DATA_SIZE)), time.monotonic()


def odd_sizes() -> Iterator[bytes]:
    """A20: an envelope that is too large, empty batches, and 100,000 envelopes in one packet."""
    oversized = packets.encode_messages([_envelope(TTL, bytes(MAX_ENVELOPE_SIZE))])
    tiny = _envelope(TTL, b"")
    crowd = packets.encode_messages([tiny] * 100_000)
    return cycle([oversized, *[packets.encode_messages([])] * 100, crowd])


ATTACKS: dict[str, Callable[[], Iterator[bytes]]] = {"A17": low_pow, "A18": duplicates, "A20": odd_sizes}


class Attack:
    """Some attackers that do the same."""

    def __init__(self, enode: Enode, make: Callable[[], Iterator[bytes]]) -> None:
        self.packets = 0
        self.megabytes = 0.0
        """Of packets, before compression."""
        self.connections = 0
        self._enode = enode
        self._make = make

    async def go_on(self) -> None:
        """One attacker."""
        while True:
            end = End()
            try:
                async with asyncio.timeout(PATIENCE):
                    await end.connect(self._enode)
                self.connections += 1
                await self._send(end)
            except TimeoutError:
                pass  # not let in: try again as somebody else
            finally:
                await end.close()

    async def _send(self, end: End) -> None:
        for payload in self._make():
            while end.pending_bytes > QUEUED_BYTES and not end.gone:  # noqa: ASYNC110 - sockets tell nobody
                await asyncio.sleep(PAUSE)
            if end.gone:
                return
            end.send_packet(payload)
            self.packets += 1
            self.megabytes += len(payload) / 1e6
            await asyncio.sleep(0)


async def main(name: str, enode: str) -> None:
    attack = Attack(Enode.parse(enode), ATTACKS[name])
    tasks = [asyncio.create_task(attack.go_on()) for _ in range(ATTACKERS)]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    done = {
        "connections": attack.connections,
        "packets": attack.packets,
        "megabytes": round(attack.megabytes, 1),
    }
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.support.attackers", description=__doc__)
    parser.add_argument("name", choices=ATTACKS, metavar="ATTACK", help=", ".join(ATTACKS))
    parser.add_argument("enode", metavar="ENODE")
    run(main(**vars(parser.parse_args())))
