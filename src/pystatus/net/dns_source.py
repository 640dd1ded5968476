"""Node lists in DNS as a source of the peer pool (6/WAKU1 "Discovery", overlay.md §5).

Implements: WK-60, CL-31
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import is_public
from pystatus.discovery.dns.entries import Link
from pystatus.discovery.dns.tree import ListVersions
from pystatus.log_texts import get_logger
from pystatus.net.dns import Resolver
from pystatus.net.dns_lists import DnsLists
from pystatus.net.routes import dialled_enode
from pystatus.peers.backoff import Backoff
from pystatus.peers.sources import WHISPER, Found, Source

log = get_logger(__name__)

REFRESH = Backoff(initial=60.0, maximum=1800.0)
"""When the roots of the lists are looked at again: every half an hour (overlay.md §5.2), sooner as long as there is
none. Half of it is left out at random, so that nodes which started together do not ask together."""
TOLD_AGAIN = 100
"""Nodes that were read before and are reported once more when the roots are looked at again: half of what the pool
remembers. A node that it has given up may be back."""


class DnsSource:
    """Reads the lists one name at a time, as long as nodes are wanted. Lists have no topics: these are relays."""

    source = Source.DNS

    def __init__(
        self,
        links: Iterable[Link],
        resolver: Resolver,
        random: RandomSource,
        found: Found,
        *,
        local: bool,
        is_wanted: Callable[[], bool] = lambda: True,
        refresh: Backoff = REFRESH,
        versions: ListVersions | None = None,
    ) -> None:
        """
        :param local: report addresses of this machine and of local networks, too. A list of strangers must not be able
            to make a node knock there.
        :param is_wanted: whether another node is of use now; asked before each name.
        :param versions: of the lists, from earlier runs.
        """
        self.lists = DnsLists(list(links), resolver, random, versions=versions)
        self._random = random
        self._found = found
        self._local = local
        self._is_wanted = is_wanted
        self._refresh = refresh
        self._refreshed = 0
        self._refresh_at = math.inf
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.Task[None] | None = None
        """A name in the lists is being resolved."""
        self._is_searched = False
        self._is_exhausted = False
        """The lists have no more nodes before they are looked at again."""

    async def start(self) -> None:
        """Begin: nothing is read before :meth:`search`."""
        if math.isinf(self._refresh_at):
            self._refresh_at = self._next_refresh()

    async def close(self) -> None:
        """Read no more."""
        self._is_searched = False
        self._stop_timer()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    def search(self, topic: str, period: float | None) -> None:
        """See :class:`~pystatus.peers.sources.DiscoverySource`. How fast the lists are read is their own matter."""
        if topic != WHISPER:
            return
        self._is_searched = period is not None
        self._stop_timer()
        if self._is_searched:
            pause = max(0.0, self._refresh_at - self._now())
            self._timer = asyncio.get_running_loop().call_later(pause, self._look_again)
            self.look()

    def register(self, topic: str) -> None:
        """Nothing: a list is made by its owner."""

    def unregister(self, topic: str) -> None:
        """Nothing."""

    def look(self) -> None:
        """Read on if a node is wanted: to be called whenever that may have changed."""
        if self._is_searched and self._reading is None and not self._is_exhausted and self._is_wanted():
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(_report_crash)

    async def _read(self) -> None:
        """One more node of the lists."""
        try:
            record = await self.lists.find()
        finally:
            self._reading = None
        if record is None:
            self._is_exhausted = True
            return
        self._consider(record)
        self.look()

    def _consider(self, record: NodeRecord) -> None:
        enode, address = dialled_enode(record), record.address
        if address is None or not enode.is_complete:
            return  # nobody can dial it
        if not (is_public(address) or self._local):
            log.info("a node list names %s, which is no public address", address)
        else:
            self._found(Source.DNS, WHISPER, enode)

    def _look_again(self) -> None:
        """It is time to look at the roots."""
        self.lists.refresh()
        self._is_exhausted = False
        self._refresh_at = self._next_refresh()
        if self._is_wanted():
            known = [node for one in self.lists.lists for node in one.nodes]
            for node in sorted(known, key=lambda _: self._random(8))[:TOLD_AGAIN]:
                self._consider(node)
        self.search(WHISPER, 0.0)

    def _next_refresh(self) -> float:
        # Until every list has a root: soon, then less and less often.
        self._refreshed = 64 if self.lists.is_known else self._refreshed + 1
        chance = int.from_bytes(self._random(4), "big") / 2**32
        return self._now() + self._refresh.pause(self._refreshed, chance)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _report_crash(task: asyncio.Task[None]) -> None:
    """A task that ends with an error is a bug of ours; asyncio would tell of it only when the task is collected."""
    if not task.cancelled() and task.exception() is not None:
        task.get_loop().call_exception_handler({"message": "a list reader crashed", "exception": task.exception()})
