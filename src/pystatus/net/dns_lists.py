"""Reads node lists from DNS, one name at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import Link
from pystatus.discovery.dns.tree import ListVersions, NodeList
from pystatus.errors import LocalError, RemoteError
from pystatus.log_texts import get_logger
from pystatus.net.dns import Resolver
from pystatus.outage import Outage
from pystatus.token_bucket import TokenBucket

log = get_logger(__name__)

MAX_LISTS = 16
"""Lists that are named in the settings."""
BURST = 50
"""Queries that may follow each other at once: a list of three hundred nodes is begun, and four peers found, with far
fewer."""
QUERIES_PER_SECOND = 3.0
"""Queries a second in the long run (overlay.md §5.2)."""


class DnsLists:
    """Node lists that are read as far as somebody asks for nodes, in turns."""

    def __init__(
        self,
        links: Sequence[Link],
        resolver: Resolver,
        random: RandomSource,
        *,
        versions: ListVersions | None = None,
    ) -> None:
        self.lists = [NodeList(link, random, versions=versions) for link in links]
        self.problem: str | None = None
        """What went wrong last, as a sentence; ``None``: nothing yet."""
        self._outages = {
            link.domain: Outage(
                log,
                f"names of the node list {link.domain} cannot be resolved",
                f"names of the node list {link.domain} are resolved again",
            )
            for link in links
        }
        self._resolver = resolver
        self._bucket: TokenBucket | None = None
        self._turn = 0

    @property
    def is_known(self) -> bool:
        """Whether there is a root of every list."""
        return all(one.is_known for one in self.lists)

    def refresh(self) -> None:
        """Look at the roots again."""
        for one in self.lists:
            one.refresh()

    async def find(self) -> NodeRecord | None:
        """One more node of one of the lists; ``None``: there are no more before :meth:`refresh`. Not to be called
        while another call is under way."""
        ended = 0
        while ended < len(self.lists):
            self._turn = (self._turn + 1) % len(self.lists)
            nodes = self.lists[self._turn]
            name = nodes.next_name()
            if name is None:
                ended += 1
                continue
            ended = 0
            record = await self._resolve(nodes, name)
            if record is not None:
                return record
        return None

    async def _resolve(self, nodes: NodeList, name: str) -> NodeRecord | None:
        """One name: then it is another list's turn, so that none can hold up the others."""
        outage = self._outages[nodes.link.domain]
        await self._pace()
        try:
            texts = await self._resolver.texts(name)
        except RemoteError as error:
            nodes.unanswered(name)
            self.problem = str(error)
            outage.failed(asyncio.get_running_loop().time(), error)
            return None
        outage.worked(asyncio.get_running_loop().time())
        try:
            return nodes.answered(name, texts)
        except RemoteError as error:
            self.problem = str(error)
            log.debug("%s", error)
            return None

    async def _pace(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._bucket is None:
            self._bucket = TokenBucket(BURST, QUERIES_PER_SECOND, now)
        pause = self._bucket.seconds_until(1, now)
        self._bucket.spend(now)
        if pause:
            await asyncio.sleep(pause)


def parse_lists(texts: Iterable[str]) -> tuple[Link, ...]:
    """The lists of the settings, each once.

    :raises LocalError: one is malformed; two are at one place and of different owners; or too many.
    """
    links = tuple(dict.fromkeys(Link.parse(text) for text in texts))
    if len({link.domain for link in links}) < len(links):
        raise LocalError("Two node lists have the same domain and different keys: take one of them out.")
    if len(links) > MAX_LISTS:
        raise LocalError(f"{len(links)} node lists are too many: name {MAX_LISTS} at most.")
    return links
