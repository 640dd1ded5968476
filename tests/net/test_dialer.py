"""The pool on real connections, with sources that find what the test says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.net.dialer import Dialer
from pystatus.net.dialling import HungUp
from pystatus.net.peer import Peer
from pystatus.peers import inbound_limiter
from pystatus.peers.backoff import Backoff
from pystatus.peers.candidates import DialCandidates
from pystatus.peers.events import DiscoveryStarted, DiscoveryStopped, PoolEvent
from pystatus.peers.limits import TopicLimits
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import WHISPER, WHISPERMAIL, Source
from tests.net.support import CONFIG, PATIENCE, TestNode, key
from tests.net.test_source_runner import FakeSource

SOON = Backoff(initial=0.001, maximum=0.01)


class Seeker(TestNode):
    """A node whose peers are found by two sources."""

    __test__ = False

    def __init__(self, limits: dict[str, TopicLimits], registered: tuple[str, ...] = ()) -> None:
        super().__init__(100, replace(CONFIG, stable_after=0.0))
        self.pool = PeerPool(limits, os.urandom, candidates=DialCandidates(os.urandom, SOON), stable_after=0.0)
        self.events: asyncio.Queue[PoolEvent] = asyncio.Queue()
        self.finder = Dialer(self, self.pool, registered=registered, report=self.events.put_nowait)
        self.source = FakeSource()
        self.finder.add(self.source)
        came, left = self.app.peer_connected, self.app.peer_disconnected

        def peer_connected(peer: Peer) -> None:
            self.finder.peer_connected(peer)
            self.finder.peer_ready(peer)
            came(peer)

        def peer_disconnected(peer: Peer, reason: str) -> None:
            self.finder.peer_gone(peer)
            left(peer, reason)

        self.app.peer_connected = peer_connected  # type: ignore[method-assign]
        self.app.peer_disconnected = peer_disconnected  # type: ignore[method-assign]

    async def __aenter__(self) -> Seeker:
        self._patience = asyncio.timeout(PATIENCE)
        await self._patience.__aenter__()
        await super().__aenter__()
        await self.finder.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.finder.close()
        await super().__aexit__(*error)  # type: ignore[arg-type]  # as it came
        await self._patience.__aexit__(*error)  # type: ignore[arg-type]  # likewise


@pytest.fixture
async def relays() -> AsyncIterator[list[TestNode]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(TestNode(number)) for number in (1, 2, 3, 4)]


@pytest.mark.requirement("CL-13", "CL-16", "WK-2")
async def test_what_a_source_finds_becomes_a_peer_that_says_where_it_comes_from(relays: list[TestNode]) -> None:
    async with Seeker({WHISPER: TopicLimits(1, 1)}) as seeker:
        assert await seeker.source.next(2) == ["start", (WHISPER, 3.0)]
        seeker.finder.found(Source.RENDEZVOUS, WHISPER, relays[0].enode)
        peer = await seeker.app.connected.get()
        assert (peer.id, peer.source, str(peer.source)) == (relays[0].enode.node_id, Source.RENDEZVOUS, "rendezvous")
        assert await seeker.source.next(1) == [(WHISPER, 30.0)]
        assert await seeker.events.get() == DiscoveryStarted((WHISPER,))
        assert (await relays[0].wait_for_peer()).source is None


@pytest.mark.requirement("CL-24", "CL-27")
async def test_peers_that_die_are_replaced(relays: list[TestNode]) -> None:
    async with Seeker({WHISPER: TopicLimits(2, 2)}) as seeker:
        for relay in relays:
            seeker.finder.found(Source.DISCV5, WHISPER, relay.enode)
        first, second = await seeker.app.connected.get(), await seeker.app.connected.get()
        for peer in (first, second):
            next(relay for relay in relays if relay.enode.node_id == peer.id).set_max_peers(0, 0)
            peer.disconnect()
        others = {(await seeker.app.connected.get()).id for _ in range(2)}
        assert others.isdisjoint({first.id, second.id})


async def test_a_static_peer_says_so(relays: list[TestNode]) -> None:
    async with Seeker({WHISPER: TopicLimits(1, 1)}) as seeker:
        seeker.add_static(relays[0].enode)
        assert (await seeker.app.connected.get()).source is Source.STATIC


async def test_lower_limits_disconnect_the_newest(relays: list[TestNode]) -> None:
    async with Seeker({WHISPER: TopicLimits(2, 2)}) as seeker:
        seeker.finder.found(Source.DISCV5, WHISPER, relays[0].enode)
        oldest = await seeker.app.connected.get()
        seeker.finder.found(Source.DISCV5, WHISPER, relays[1].enode)
        newest = await seeker.app.connected.get()
        seeker.finder.set_limits(WHISPER, TopicLimits(1, 1))
        assert (await seeker.app.disconnected.get())[0] is newest
        assert seeker.peers == (oldest,)


@pytest.mark.requirement("CL-21", "CL-22")
async def test_what_is_registered_is_registered_before_the_start_is_over() -> None:
    async with Seeker({WHISPER: TopicLimits(0, 0)}, registered=(WHISPER, WHISPERMAIL)) as seeker:
        asked = [seeker.source.asked.get_nowait() for _ in range(3)]
        assert (asked[0], set(asked[1:])) == ("start", {f"+{WHISPER}", f"+{WHISPERMAIL}"})


async def test_a_node_that_cannot_be_found_does_not_start() -> None:
    seeker = Seeker({WHISPER: TopicLimits(1, 1)}, registered=(WHISPER,))
    seeker.source.problem = LocalError("UDP port 1 is already in use on this machine.")
    with pytest.raises(LocalError, match="UDP port 1"):
        await seeker.finder.start()
    await seeker.finder.close()


async def test_what_is_found_after_the_end_is_nothing(relays: list[TestNode]) -> None:
    seeker = Seeker({WHISPER: TopicLimits(1, 1)})
    async with seeker:
        await seeker.source.next(2)
    assert await seeker.source.next(1) == ["close"]
    seeker.finder.found(Source.DISCV5, WHISPER, relays[0].enode)
    assert len(seeker.pool.candidates) == 0
    assert seeker.events.get_nowait() == DiscoveryStarted((WHISPER,))
    assert seeker.events.get_nowait() == DiscoveryStopped(is_satisfied=False)


@pytest.mark.requirement("CL-28")
async def test_a_client_that_restarts_at_once_is_let_in_half_a_minute_later(
    relays: list[TestNode], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its relay lets an address in once in 30 seconds, and hangs up (overlay.md §6.3): it is busy, and no bad node."""
    monkeypatch.setattr(inbound_limiter, "is_local", lambda address: False)
    for is_first in (True, False):
        async with Seeker({WHISPER: TopicLimits(1, 1)}) as seeker:
            seeker.finder.found(Source.CACHE, WHISPER, relays[0].enode)
            failure = await seeker.dialled.get()
            (candidate,) = seeker.pool.candidates
            if is_first:
                assert failure is None
                continue
            assert isinstance(failure, HungUp)
            while candidate.is_busy:  # noqa: ASYNC110 - the pool is told in the next turn
                await asyncio.sleep(0)
            assert (candidate.failures, candidate.has_hung_up) == (0, True)
            assert candidate.due > asyncio.get_running_loop().time() + CONFIG.inbound_throttle


async def test_what_answers_and_is_no_relay_has_not_hung_up() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n" + bytes(500))
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server, Seeker({WHISPER: TopicLimits(1, 1)}) as seeker:
        port = server.sockets[0].getsockname()[1]
        failure = await seeker.dial(Enode(key(1).public_key, "127.0.0.1", port, port))
        assert not isinstance(failure, HungUp)
        assert "no relay" in str(failure)
