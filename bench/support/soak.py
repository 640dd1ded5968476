"""Honest peers that talk through relays for a long time, at a steady rate, while others come and go."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing

from bench.support.ends import EVERYTHING, End
from bench.support.traffic import TTL, Author, Reader, percentile
from bench.support.watch import Watched
from pystatus.devp2p.enode import Enode
from pystatus.waku.status import StatusOptions

RATE = 2000
"""Envelopes a second, of all honest peers together."""
HONEST_PEERS = 4
"""They are spread over the relays; everybody sends, and everybody gets what the others send."""
TOPICS = [bytes([number]) * 4 for number in range(1, 65)]
LARGEST_BATCH = 10
"""Envelopes in one packet, at most."""
TICK = 0.02
"""Seconds between two rounds of sending."""
VISIT_PAUSE = 2.0
"""Seconds between two visitors, on average."""
LONGEST_VISIT = 8.0
"""Seconds."""
VISITOR_TOPICS = 8
"""What a visitor that is no full node asks for."""
WARM = 4.0 * TTL
"""Seconds until pools hold what they will hold and the allocator has seen several visitors, who are given the whole
pool at once; from then on nothing may grow."""
REPORT_EVERY = 60
"""Seconds between two lines."""
PATIENCE = 60.0
"""Seconds that the last envelopes, and the last visitors' sockets, have to arrive and to close."""
POLL = 0.05
"""Seconds."""


class Soak:
    """The traffic of one run, and what became of it."""

    def __init__(self, enodes: Sequence[Enode], processes: Sequence[Watched], seconds: float) -> None:
        """
        :param processes: the relays', in the order of ``enodes``.
        """
        self.authors = [Author(number, TOPICS) for number in range(HONEST_PEERS)]
        self.readers = [Reader() for _ in self.authors]
        self.ends = [End(reader.read) for reader in self.readers]
        self.visits = 0
        self.took = 0.0
        """Seconds of sending."""
        self.descriptors_left = [0] * len(processes)
        """How many more file descriptors than before each relay has when all visitors have gone."""
        self._enodes = enodes
        self._processes = processes
        self._seconds = seconds
        self._chance = random.Random(1)

    @property
    def written(self) -> int:
        return sum(author.written for author in self.authors)

    @property
    def lost(self) -> int:
        """Envelopes that an honest peer did not get, summed over the peers."""
        return sum(
            reader.numbers[author.number].lost(author.written)
            for reader, own in zip(self.readers, self.authors, strict=True)
            for author in self.authors
            if author is not own
        )

    @property
    def repeated(self) -> int:
        """Envelopes that a peer got again."""
        return sum(numbers.repeated for reader in self.readers for numbers in reader.numbers.values())

    @property
    def gone(self) -> list[str]:
        """Why honest peers were disconnected."""
        return [reason for end in self.ends for reason in end.gone]

    async def run(self) -> None:
        for number, end in enumerate(self.ends):
            await end.connect(self._enodes[number % len(self._enodes)])
        # When the first word has reached everybody, the relays have found each other.
        self.ends[0].send(self.authors[0].write(1))
        await eventually(self._all_arrived)
        before = [watched.process.num_fds() for watched in self._processes]
        async with asyncio.TaskGroup() as tasks:
            others = [tasks.create_task(self._visitors()), tasks.create_task(self._watch())]
            await self._send_all()
            for task in others:
                task.cancel()
        await eventually(self._all_arrived)
        await eventually(lambda: all(w.process.num_fds() <= n for w, n in zip(self._processes, before, strict=True)))
        self.descriptors_left = [w.process.num_fds() - n for w, n in zip(self._processes, before, strict=True)]
        for end in self.ends:
            await end.close()

    def _all_arrived(self) -> bool:
        return sum(end.received for end in self.ends) >= self.written * (HONEST_PEERS - 1)

    def line(self) -> str:
        """How it goes."""
        memory = ", ".join(f"{watched.memory[-1] / 1e6:.1f} MB" for watched in self._processes if watched.memory)
        descriptors = ", ".join(str(watched.descriptors[-1]) for watched in self._processes if watched.descriptors)
        delays = sum((reader.delays for reader in self.readers), Counter[int]())
        return (
            f"{self.written} envelopes, {self.visits} visitors; relays: {memory}, {descriptors} file descriptors; "
            f"delays: median {percentile(delays, 0.5) * 1e3:.1f} ms, p99 {percentile(delays, 0.99) * 1e3:.1f} ms"
        )

    async def _send_all(self) -> None:
        clock = asyncio.get_running_loop().time
        started = clock()
        total = int(RATE * self._seconds)
        while (written := self.written) < total:
            due = min(total, int((clock() - started) * RATE))
            while written < due:
                count = min(due - written, self._chance.randint(1, LARGEST_BATCH))
                turn = self._chance.randrange(HONEST_PEERS)
                self.ends[turn].send(self.authors[turn].write(count))
                written += count
            await asyncio.sleep(TICK)
        self.took = clock() - started

    async def _watch(self) -> None:
        await asyncio.sleep(min(WARM, self._seconds / 2))
        while True:
            for _ in range(REPORT_EVERY):
                for watched in self._processes:
                    watched.look()
                await asyncio.sleep(1)
            print(self.line(), flush=True)

    async def _visitors(self) -> None:
        """A quarter are full nodes, which are given the whole pool; a quarter hang up before they have said a word; the
        others ask for some topics."""
        async with asyncio.TaskGroup() as visits:
            while True:
                enode = self._chance.choice(self._enodes)
                match self.visits % 4:
                    case 0:
                        visits.create_task(self._ring(enode))
                    case 1:
                        visits.create_task(self._visit(enode, EVERYTHING))
                    case _:
                        topics = tuple(sorted(self._chance.sample(TOPICS, VISITOR_TOPICS)))
                        visits.create_task(self._visit(enode, StatusOptions(pow_requirement=0, topic_interest=topics)))
                self.visits += 1
                await asyncio.sleep(self._chance.uniform(0, 2 * VISIT_PAUSE))

    async def _ring(self, enode: Enode) -> None:
        assert enode.host is not None
        with closing(socket.create_connection((enode.host, enode.port))) as connection:
            # Closed with a reset, as when a machine dies.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            await asyncio.sleep(self._chance.uniform(0, 1))

    async def _visit(self, enode: Enode, status: StatusOptions) -> None:
        visitor = End(status=status)
        try:
            await visitor.connect(enode)
            await asyncio.sleep(self._chance.uniform(0, LONGEST_VISIT))
        finally:
            await visitor.close()
        assert not visitor.gone, visitor.gone


async def eventually(condition: Callable[[], bool]) -> None:
    """Return when ``condition`` holds, or when patience is over: the caller looks again and says what is wrong."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while not condition() and loop.time() < deadline:  # noqa: ASYNC110 - these are other processes; nobody tells us
        await asyncio.sleep(POLL)
