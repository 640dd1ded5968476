"""Finds nodes by asking Rendezvous nodes, and registers with them (overlay.md §4.4, §10.4)."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Coroutine, Sequence
from typing import TypeAlias

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.rendezvous.client import (
    REGISTRATION_PERIOD,
    Answer,
    RequestRefused,
    check_registered,
    discover_request,
    merge,
    read_records,
    register_request,
)
from pystatus.discovery.rendezvous.lots import LotSet, below
from pystatus.discovery.rendezvous.messages import MessageType
from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p.multiaddr import PeerAddress
from pystatus.log_texts import get_logger
from pystatus.net.listening import system_text
from pystatus.net.rendezvous_link import RendezvousLink
from pystatus.net.route import DIRECT, Route
from pystatus.net.routes import dialled_enode
from pystatus.outage import Outage
from pystatus.peers.sources import Found, Source

log = get_logger(__name__)

RendezvousNode: TypeAlias = PeerAddress
"""A server that is named in the settings."""

REQUEST_TIMEOUT = 5.0
"""Seconds for one request, connecting included (overlay.md §4.4)."""
PROXIED_TIMEOUT = 20.0
"""The same through a proxy: a new way through Tor takes some seconds, and is given up there after 20."""
ASKED_AT_ONCE = 2
"""Servers that are asked for each answer, where there are so many: one alone could choose our peers (overlay.md
§10.4)."""
PATIENCE = 1.0
"""Seconds for which the answer of one server waits for that of the other, to be merged with it. Ours: a server that is
slow, or says nothing, must not keep what the other one knows."""
FIRST_PAUSE = 5.0
"""Seconds without a try after a first failure; twice as many after each further one. Ours."""
LONGEST_PAUSE = 300.0
"""The longest such pause: servers are named by people, so they come back."""
RECORD_PERIOD = 0.5
"""Seconds until the own record is asked for again, where there is none yet: while a router is looked for. Ours."""
MAX_NODES = 16
"""Servers that are named in the settings. The production network had six (overlay.md §8.2)."""


class _Server:
    """One Rendezvous node: the connection to it, and how it has behaved."""

    def __init__(self, node: RendezvousNode, random: RandomSource, route: Route) -> None:
        self.node = node
        self._route = route
        self.retry_at = 0.0
        """When it may be tried again, of the clock of the event loop."""
        self._random = random
        self._timeout = REQUEST_TIMEOUT if route.proxy is None else PROXIED_TIMEOUT
        self._failures = 0
        self._failed_at = -math.inf
        self._link: RendezvousLink | None = None
        self._connecting = asyncio.Lock()
        self._outage = Outage(log, f"Rendezvous node {node} cannot be asked", f"Rendezvous node {node} answers again")
        self.refusals = Outage(
            log, f"Rendezvous node {node} does not register us", f"Rendezvous node {node} registers us"
        )
        """Registrations that it understood and did not want."""

    async def ask(self, identity: PrivateKey, kind: MessageType, request: bytes) -> tuple[bytes, IPAddress]:
        """One request: the body of the answer, and where the server is.

        :param kind: of the answer.
        :raises RemoteError: it cannot be reached, or does not answer as it should; then it is left alone for a while.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._timeout):
                link = await self._connected(identity)
                body = await link.ask(kind, request)
        except (OSError, RemoteError) as error:  # TimeoutError is an OSError
            raise self.failed(error, began) from error
        self._failures = 0
        self._outage.worked(loop.time())
        return body, link.address

    def failed(self, error: Exception, began: float = math.inf) -> RemoteError:
        """What came of it cannot be used. The connection is given up, and the next one is made after a pause.

        :param began: when it was asked for. Requests that were under way together have failed for one reason, and make
            one pause.
        """
        now = asyncio.get_running_loop().time()
        why = system_text(error) if isinstance(error, OSError) else str(error)
        why = why or ("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__)
        if now >= self.retry_at and began > self._failed_at:
            pause = min(FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
            self._failures = min(self._failures + 1, 16)
            self.retry_at = now + pause * (0.75 + below(self._random, 500) / 1000)
            self._failed_at = now
        self._outage.failed(now, why)
        self._drop()
        return RemoteError(f"Rendezvous node {self.node}: {why}")

    def moved(self, now: float) -> None:
        """We have another address: the connection is of no more use, and that it fails is not the server's fault."""
        self.retry_at, self._failed_at = 0.0, now
        self._drop()

    async def close(self) -> None:
        """End the connection."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def _connected(self, identity: PrivateKey) -> RendezvousLink:
        async with self._connecting:
            if self._link is None or self._link.is_over:
                self._link = await RendezvousLink.open(identity, self.node, self._random, self._route)
            return self._link

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.abort()


class RendezvousSource:
    """Registers at one server after another, and asks two at a time. See
    :class:`~pystatus.peers.sources.DiscoverySource`.

    Implements: CL-18, CL-23
    """

    source = Source.RENDEZVOUS

    def __init__(
        self,
        key: PrivateKey,
        nodes: Sequence[RendezvousNode],
        record: Callable[[], NodeRecord | None],
        random: RandomSource,
        found: Found,
        route: Route = DIRECT,
    ) -> None:
        """
        :param key: of this node, which is not reported to itself. At the servers we are somebody else after each start,
            as in the reference.
        :param nodes: at least one.
        :param record: what is registered, asked for each time; ``None``: nothing yet. May raise
            :class:`~pystatus.errors.LocalError`; then it is asked again at the next time.
        :param route: how the servers are reached.
        :raises LocalError: no node is named, or too many.
        """
        if not 0 < len(nodes) <= MAX_NODES:
            raise LocalError(f"To find others by Rendezvous, name 1 to {MAX_NODES} Rendezvous nodes, not {len(nodes)}.")
        self.problem: str | None = None
        """What went wrong last, as a sentence; ``None``: nothing yet."""
        self._key = key
        self._identity = key
        self._record = record
        self._random = random
        self._found = found
        self._servers = [_Server(node, random, route) for node in dict.fromkeys(nodes)]
        self._unrecorded = Outage(
            log, "nothing can be registered with Rendezvous nodes", "Rendezvous nodes are told of this node again"
        )
        self._is_running = False
        self._moved = asyncio.Event()
        self._periods: dict[str, float] = {}
        self._changed: dict[str, asyncio.Event] = {}
        self._searching: dict[str, asyncio.Task[None]] = {}
        self._registering: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """All of them, and those that are being cancelled."""

    async def start(self) -> None:
        """Begin."""
        self._identity = PrivateKey.generate(self._random)
        self._is_running = True

    async def close(self) -> None:
        """End: nothing is searched, registered, or reported any more."""
        self._is_running = False
        self._periods.clear()
        self._searching.clear()
        self._registering.clear()
        self._changed.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for server in self._servers:
            await server.close()

    def search(self, topic: str, period: float | None) -> None:
        """Look for nodes of a topic now and then every ``period`` seconds, or at the new pace; ``None``: stop.

        :raises LocalError: no server would take this topic, or the source was not started.
        """
        if period is None:
            self._periods.pop(topic, None)
            _end(self._searching.pop(topic, None))
            return
        self._check_running()
        request = discover_request(topic)
        self._periods[topic] = period
        if topic in self._searching:
            self._changed[topic].set()
        else:
            self._changed[topic] = asyncio.Event()
            self._searching[topic] = self._begin(self._keep_searching(topic, request))

    def register(self, topic: str) -> None:
        """Be found under a topic, until :meth:`unregister` or :meth:`close`.

        :raises LocalError: no server would take this topic, or the source was not started.
        """
        self._check_running()
        discover_request(topic)  # whether the topic is one
        if topic not in self._registering:
            self._registering[topic] = self._begin(self._keep_registering(topic))

    def unregister(self, topic: str) -> None:
        """Be found under it no more, as soon as the servers have forgotten us."""
        _end(self._registering.pop(topic, None))

    def address_changed(self) -> None:
        """The record names another address from now on: register with it at once."""
        now = asyncio.get_running_loop().time()
        for server in self._servers:
            server.moved(now)
        self._moved.set()
        self._moved = asyncio.Event()

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a search or registration by Rendezvous has ended", exc_info=error)

    def _check_running(self) -> None:
        if not self._is_running:
            raise LocalError("Start the search by Rendezvous before you name topics.")

    async def _keep_searching(self, topic: str, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        changed = self._changed[topic]
        while True:
            began = loop.time()
            await self._look(topic, request)
            while (pause := began + self._periods[topic] - loop.time()) > 0:
                changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await changed.wait()

    async def _look(self, topic: str, request: bytes) -> None:
        servers = self._available(ASKED_AT_ONCE)
        if not servers:
            return
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._discover(server, request)) for server in servers]
            await asyncio.wait(asked, timeout=PATIENCE)
            late = [task for task in asked if not task.done()]
            self._tell(topic, [task.result() for task in asked if task.done()])
            for task in late:
                self._tell(topic, [await task])

    def _tell(self, topic: str, answers: Sequence[Answer | None]) -> None:
        for record in merge(answer for answer in answers if answer is not None):
            if record.public_key != self._key.public_key:
                self._found(self.source, topic, dialled_enode(record))

    async def _discover(self, server: _Server, request: bytes) -> Answer | None:
        try:
            body, address = await server.ask(self._identity, MessageType.DISCOVER_RESPONSE, request)
        except RemoteError as error:
            self.problem = str(error)
            return None
        try:
            answer = read_records(body, address)
        except RequestRefused as error:
            self.problem = f"{server.node}: {error}"
            return None
        except RemoteError as error:
            self.problem = str(server.failed(error))
            return None
        if answer.refused:
            log.debug("of an answer of a Rendezvous node %d are left out", answer.refused)
        return answer

    async def _keep_registering(self, topic: str) -> None:
        while True:
            record = self._current_record()
            if record is not None:
                for server in self._available(1):
                    await self._register(server, register_request(topic, record))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RECORD_PERIOD if record is None else REGISTRATION_PERIOD):
                    await self._moved.wait()

    def _current_record(self) -> NodeRecord | None:
        """What is registered; ``None``: nothing yet, or it cannot be stored now, as the disk is full."""
        now = asyncio.get_running_loop().time()
        try:
            record = self._record()
        except LocalError as error:
            self.problem = str(error)
            self._unrecorded.failed(now, error)
            return None
        self._unrecorded.worked(now)
        return record

    async def _register(self, server: _Server, request: bytes) -> None:
        try:
            body, _ = await server.ask(self._identity, MessageType.REGISTER_RESPONSE, request)
        except RemoteError as error:
            self.problem = str(error)
            return
        now = asyncio.get_running_loop().time()
        try:
            check_registered(body)
        except RequestRefused as error:
            self.problem = f"{server.node}: {error}"
            server.refusals.failed(now, error)
        except RemoteError as error:
            self.problem = str(server.failed(error))
        else:
            server.refusals.worked(now)

    def _available(self, count: int) -> list[_Server]:
        """Servers that may be asked now, drawn by lot."""
        now = asyncio.get_running_loop().time()
        lots: LotSet[_Server] = LotSet()
        for server in self._servers:
            if now >= server.retry_at:
                lots.add(server)
        return lots.draw(count, self._random)


def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
