"""Dials nodes of lists in DNS until there are enough peers (6/WAKU1 "Discovery", overlay.md §5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.entries import Link
from pystatus.log_texts import get_logger
from pystatus.net.addresses import is_public
from pystatus.net.config import Backoff
from pystatus.net.dial_candidates import DialCandidates
from pystatus.net.dns import Resolver
from pystatus.net.dns_lists import DnsLists
from pystatus.net.listeners import PeerListener
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer

log = get_logger(__name__)

REFRESH = Backoff(initial=60.0, maximum=1800.0)
"""When the roots of the lists are looked at again: every half an hour (overlay.md §5.2), sooner as long as there is
none. Half of it is left out at random, so that nodes which started together do not ask together."""


class Dialer(PeerListener):
    """Looks for peers as long as there are not enough, and rests otherwise.

    Implements: WK-2, WK-60
    """

    def __init__(
        self,
        network: PeerManager,
        links: Iterable[Link],
        random: RandomSource,
        *,
        enough: int,
        local: bool,
        resolver: Resolver,
        candidates: DialCandidates | None = None,
        refresh: Backoff = REFRESH,
    ) -> None:
        """
        :param enough: peers that we dialled, static ones included, with which no more are looked for.
        :param local: dial addresses of this machine and of local networks, too. A list of strangers must not be able
            to make a node knock there.
        """
        self.lists = DnsLists(list(links), resolver, random)
        self.candidates = DialCandidates() if candidates is None else candidates
        self._network = network
        self._random = random
        self._enough = enough
        self._local = local
        self._refresh = refresh
        self._refreshed = 0
        self._refresh_at = 0.0
        self._changed = asyncio.Event()
        self._connected: dict[bytes, float] = {}
        self._dials: dict[bytes, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._refresh_at = self._next_refresh()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(_report_crash)

    async def close(self) -> None:
        """Look no more. Peers that were found stay."""
        tasks = [task for task in (self._task, *self._dials.values()) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def peer_gone(self, peer: Peer) -> None:
        """A peer has disconnected: its place may be for another."""
        since = self._connected.pop(peer.id, None)
        if since is not None:
            now = self._now()
            if now - since >= self._network.config.stable_after:
                self.candidates.left(peer.id, now, self._chance())
            else:
                self.candidates.failed(peer.id, now, self._chance())
        self._changed.set()

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            if self._now() >= self._refresh_at:
                self.lists.refresh()
                self._refresh_at = self._next_refresh()
            await self._fill()
            try:
                async with asyncio.timeout_at(self._next_time()):
                    await self._changed.wait()
            except TimeoutError:
                continue  # it is time

    async def _fill(self) -> None:
        """Dial as many as are missing."""
        while self._missing() > 0:
            enode = self.candidates.take(self._now(), self._network.may_dial)
            if enode is None:
                record = await self.lists.find()
                if record is None:
                    return
                self._consider(record)
            else:
                self._dials[enode.node_id] = task = asyncio.create_task(self._dial(enode))
                task.add_done_callback(_report_crash)

    def _consider(self, record: NodeRecord) -> None:
        enode, address = record.enode, record.address
        if address is None or not enode.is_complete:
            return  # nobody can dial it
        if not (is_public(address) or self._local):
            log.info("a node list names %s, which is no public address", address)
        elif not self.candidates.add(enode, self._now()):
            log.debug("no place for candidate %s", enode)

    async def _dial(self, enode: Enode) -> None:
        node_id = enode.node_id
        try:
            failure = await self._network.dial(enode)
        finally:
            del self._dials[node_id]
            self._changed.set()
        # It may have left again before we are told that it came; then there is no peer_gone to wait for.
        if failure is None and not any(peer.id == node_id for peer in self._network.peers):
            failure = "it has left at once"
        if failure is None:
            self._connected[node_id] = self._now()
        else:
            log.debug("%s: %s", enode, failure)
            self.candidates.failed(node_id, self._now(), self._chance())

    def _missing(self) -> int:
        dialled = sum(not peer.inbound and not peer.is_within_node for peer in self._network.peers)
        wanted = self._enough - dialled - len(self._dials)
        return min(wanted, self._network.places - len(self._dials))

    def _next_time(self) -> float | None:
        """When there is something to do again, unless a peer leaves or an attempt ends; ``None``: not before."""
        if self._missing() <= 0:
            return None
        due = self.candidates.next_due(self._network.may_dial)  # who is banned now is looked at after a refresh
        return self._refresh_at if due is None else min(due, self._refresh_at)

    def _next_refresh(self) -> float:
        # Until every list has a root: soon, then less and less often.
        self._refreshed = 64 if self.lists.is_known else self._refreshed + 1
        return self._now() + self._refresh.pause(self._refreshed, self._chance())

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _chance(self) -> float:
        return int.from_bytes(self._random(4), "big") / 2**32


def _report_crash(task: asyncio.Task[None]) -> None:
    """A task that ends with an error is a bug of ours; asyncio would tell of it only when the task is collected."""
    if not task.cancelled() and task.exception() is not None:
        task.get_loop().call_exception_handler({"message": "a finder has crashed", "exception": task.exception()})
