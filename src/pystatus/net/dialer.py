"""Drives the peer pool: dials whom it names, and has the sources search what it wants (overlay.md §7)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from pystatus.devp2p.enode import Enode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.log_texts import get_logger
from pystatus.net.dialling import HungUp, Unreachable
from pystatus.net.listeners import PeerListener
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.net.source_runner import SourceRunner
from pystatus.peers.candidates import DialCandidate
from pystatus.peers.events import PoolEvent
from pystatus.peers.limits import TopicLimits
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import DiscoverySource, Source

log = get_logger(__name__)


class Dialer(PeerListener):
    """Looks for peers as long as there are not enough, and rests otherwise.

    Implements: WK-2, WK-60, CL-13, CL-16
    """

    def __init__(
        self,
        network: PeerManager,
        pool: PeerPool,
        *,
        registered: Sequence[str] = (),
        report: Callable[[PoolEvent], None] = lambda event: None,
    ) -> None:
        """
        :param registered: the topics under which others are to find this node.
        :param report: called for everything that the pool reports; must not block.
        """
        self.pool = pool
        self._network = network
        self._registered = tuple(registered)
        self._report = report
        self._runners: list[SourceRunner] = []
        self._looks: list[Callable[[], None]] = []
        self._changed = asyncio.Event()
        self._dials: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def sources(self) -> tuple[DiscoverySource, ...]:
        """What looks for nodes, whether it runs or not."""
        return tuple(runner.source for runner in self._runners)

    def add(self, source: DiscoverySource, look: Callable[[], None] | None = None) -> None:
        """Use one more source. To be called before :meth:`start`.

        :param look: called whenever another node may be wanted; for a source that is read, and does not call by itself.
        """
        self._runners.append(SourceRunner(source))
        if look is not None:
            self._looks.append(look)

    async def start(self) -> None:
        """Begin to look.

        :raises LocalError: a source by which others are to find this node cannot start.
        """
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(_report_crash)
        self.pool.start(self._now())
        self._direct_sources()
        try:
            for runner in self._runners:
                await runner.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Look no more. Peers that were found stay."""
        tasks = [task for task in (self._task, *self._dials) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._task = None
        self.pool.stop()
        self._tell()
        for runner in self._runners:
            await runner.close()

    # What is found, who comes and who goes

    def found(self, source: Source, topic: str, enode: Enode) -> None:
        """A source has found a node: see :data:`~pystatus.peers.sources.Found`."""
        if self._task is None:
            return  # it has ended, or has not begun
        if self.pool.found(source, topic, enode, self._now()):
            self._changed.set()
        else:
            log.debug("no place for candidate %s", enode)

    def set_limits(self, topic: str, limits: TopicLimits) -> None:
        """Want another number of peers of a topic.

        :raises KeyError: the pool has no such topic.
        """
        self.pool.set_limits(topic, limits, self._now())
        self._changed.set()

    def reject(self, node_id: bytes, topic: str, reason: str) -> None:
        """Disconnect a peer that is one of this topic, and do not try it for a while."""
        if self.pool.reject(node_id, topic):
            for peer in self._network.peers:
                if peer.id == node_id:
                    peer.disconnect(DisconnectReason.REQUESTED, reason)

    def is_hungry(self) -> bool:
        """Whether a peer is missing and nobody can be dialled but those that have failed."""
        return self.pool.is_hungry(self._now(), self._network.places, self._network.may_dial)

    def peer_connected(self, peer: Peer) -> None:
        """A peer has connected: one of ours if we have dialled it."""
        if not peer.inbound:
            self.pool.connected(peer.enode, peer.address, self._now(), peer.source)
            self._changed.set()

    def peer_ready(self, peer: Peer) -> None:
        """It speaks Waku."""
        self.pool.confirmed(peer.id)

    def peer_gone(self, peer: Peer) -> None:
        """A peer has disconnected: its place may be for another."""
        self.pool.gone(peer.id, self._now(), misbehaved=self._network.is_banned(peer.id))
        self._changed.set()

    # Inside

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            self.pool.on_timer(self._now())
            self._fill()
            self._dismiss()
            self._direct_sources()
            self._tell()
            try:
                async with asyncio.timeout_at(self._next_time()):
                    await self._changed.wait()
            except TimeoutError:
                continue  # it is time

    def _fill(self) -> None:
        """Dial as many as are missing, and look for more where there are no candidates."""
        while (one := self.pool.next_dial(self._now(), self._network.places, self._network.may_dial)) is not None:
            task = asyncio.create_task(self._dial(one))
            self._dials.add(task)
            task.add_done_callback(_report_crash)

    async def _dial(self, candidate: DialCandidate) -> None:
        try:
            failure = await self._network.dial(candidate.enode, candidate.source)
        finally:
            task = asyncio.current_task()
            assert task is not None
            self._dials.discard(task)
        if failure is not None:
            log.debug("%s: %s", candidate.enode, failure)
        # Nothing happens if it is connected, or was.
        self.pool.dial_failed(
            candidate.enode.node_id,
            self._now(),
            is_answered=not isinstance(failure, Unreachable),
            has_hung_up=isinstance(failure, HungUp),
        )
        self._changed.set()

    def _dismiss(self) -> None:
        surplus = self.pool.surplus()
        for peer in self._network.peers if surplus else ():
            if peer.id in surplus:
                peer.disconnect(DisconnectReason.REQUESTED, "there are more peers than are wanted")

    def _direct_sources(self) -> None:
        for runner in self._runners:
            runner.set(self.pool.searched, self._registered)
        for look in self._looks:
            look()

    def _tell(self) -> None:
        for event in self.pool.take_events():
            self._report(event)

    def _next_time(self) -> float | None:
        return self.pool.next_timer(self._now(), self._network.places, self._network.may_dial)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _report_crash(task: asyncio.Task[None]) -> None:
    """A task that ends with an error is a bug of ours; asyncio would tell of it only when the task is collected."""
    if not task.cancelled() and task.exception() is not None:
        task.get_loop().call_exception_handler({"message": "a finder has crashed", "exception": task.exception()})
