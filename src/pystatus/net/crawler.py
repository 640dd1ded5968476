"""Walks a network of Discovery v5: puts the questions of a :class:`~pystatus.discovery.discv5.crawl.Crawl`, so many a
second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.crawl import MAX_NODES, Crawl, CrawledNode
from pystatus.discovery.discv5.events import Event, NodesAnswered, QueryFailed
from pystatus.discovery.discv5.limits import Limits
from pystatus.discovery.discv5.node import Times
from pystatus.net.bootnodes import Lookup, system_lookup
from pystatus.net.discv5 import DiscoveryNode
from pystatus.net.udp_endpoint import machine_times
from pystatus.token_bucket import TokenBucket

QUERIES_PER_SECOND = 50.0
"""Questions a second, by default: 10,000 nodes take a quarter of an hour, and nobody is asked more than four times a
second."""
MAX_QUERIES_PER_SECOND = 500.0
"""The most that may be chosen: about what one process of this kind answers."""
MAX_UNDER_WAY = 100
"""Questions without an answer as yet; each is given up within a second or so."""
MAX_SECONDS = 3_600.0
"""Of a crawl: an hour. What is found later is another network."""
REMEMBERED = 5_000
"""Nodes that its own node remembers, and twice as many as it takes up, so that hardly one is forgotten while it is
asked."""
TURN = 0.02
"""Seconds between two looks at what may be asked."""


class Crawler:
    """One crawl. Its node has a key of its own and accepts no peers."""

    def __init__(
        self,
        listen: tuple[Sequence[str], int],
        bootnodes: Sequence[Enode],
        random: RandomSource,
        *,
        max_nodes: int = MAX_NODES,
        queries_per_second: float = QUERIES_PER_SECOND,
        on_node: Callable[[CrawledNode], None] = lambda node: None,
        lookup: Lookup = system_lookup,
        times: Callable[[], Times] = machine_times,
    ) -> None:
        """
        :param listen: hosts to bind to, and the UDP port; 0 takes a free one.
        :param bootnodes: where it begins; their hosts may be names.
        :param on_node: called for each node that has told all it knows, or does not answer.
        """
        self.crawl = Crawl(random, max_nodes=max_nodes)
        self._rate = queries_per_second
        self._on_node = on_node
        self._told: set[int] = set()
        self._queries: dict[int, int] = {}
        """The node of each question, by the id of the query."""
        self._bootnodes = list(bootnodes)
        self._node = DiscoveryNode(
            PrivateKey.generate(random),
            listen,
            bootnodes,
            random,
            self._hear,
            tcp_port=0,
            limits=Limits(
                max_nodes=2 * max(max_nodes, Limits.max_nodes)
            ),  # so that none is forgotten while it is asked
            share=1.0,
            lookup=lookup,
            times=times,
            on_bootnodes=self._begin,
        )

    async def run(self, seconds: float) -> bool:
        """Walk until there is nothing left to ask, or until the time is over; whether it came to its end.

        :raises LocalError: no socket can be bound.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        bucket = TokenBucket(max(1.0, self._rate / 10), self._rate, loop.time())
        async with self._node:
            while loop.time() < until:
                self._ask(bucket)
                if self.crawl.is_done and not self._awaits_names:
                    return True
                await asyncio.sleep(TURN)
        return False

    @property
    def problem(self) -> str | None:
        """Why a bootnode has no address, as the end of a sentence; None: each has one."""
        return self._node.problem

    @property
    def _awaits_names(self) -> bool:
        return not self.crawl.nodes and bool(self._bootnodes)

    def _begin(self, bootnodes: list[Enode]) -> None:
        now = asyncio.get_running_loop().time()
        for node in bootnodes:
            self.crawl.add(node, now)

    def _ask(self, bucket: TokenBucket) -> None:
        now = asyncio.get_running_loop().time()
        udp = self._node.udp
        assert udp is not None, "it runs"
        while self.crawl.under_way < MAX_UNDER_WAY and bucket.tokens(now) >= 1:
            question = self.crawl.next_question(now)
            if question is None:
                break
            bucket.take(now)
            number, target = question
            query = udp.discovery.query(self.crawl.nodes[number].enode, target, udp.now)
            self._queries[query] = number
        udp.wake()

    def _hear(self, event: Event) -> None:
        if not isinstance(event, NodesAnswered | QueryFailed):
            return
        number = self._queries.pop(event.query_id, None)
        if number is None:
            return
        now = asyncio.get_running_loop().time()
        if isinstance(event, NodesAnswered):
            self.crawl.answered(number, [node.enode for node in event.nodes], now)
        else:
            self.crawl.failed(number, now)
        node = self.crawl.nodes[number]
        if node.is_done and number not in self._told:
            self._told.add(number)
            self._on_node(node)
