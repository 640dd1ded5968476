"""A node that finds its peers in a list: real connections on this machine, a list without DNS."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import entry_name
from pystatus.net.dialer import Dialer
from pystatus.net.dns_source import DnsSource
from pystatus.net.peer import Peer
from pystatus.peers.backoff import Backoff
from pystatus.peers.candidates import MAX_CANDIDATES, DialCandidates
from pystatus.peers.limits import TopicLimits
from pystatus.peers.pool import PeerPool
from pystatus.peers.sources import WHISPER
from tests.net.support import CONFIG, PATIENCE, TestNode, key
from tests.support import dns_zone
from tests.support.dns_zone import Zone, ZoneResolver, link, publish

HOME = "nodes.example.org"
OWNER = dns_zone.key(1)
SOON = Backoff(initial=0.001, maximum=0.01)
NEVER = Backoff(initial=10_000.0, maximum=10_000.0)
LOOPBACK = bytes([127, 0, 0, 1])


def entry(number: int, port: int, address: bytes = LOOPBACK, seq: int = 1) -> NodeRecord:
    return NodeRecord.sign(key(number), seq, {b"ip": address, b"tcp": port})


def entry_of(number: int, node: TestNode) -> NodeRecord:
    return entry(number, node.enode.port)


def published(*records: NodeRecord, seq: int = 1) -> Zone:
    return publish(OWNER, HOME, records, seq=seq)


class Seeker(TestNode):
    """A node with a finder, which it tells who leaves, as the public node does."""

    __test__ = False

    def __init__(
        self,
        zone: Zone,
        *,
        enough: int = 1,
        max_peers: int = 25,
        number: int = 100,
        backoff: Backoff = SOON,
        limit: int = MAX_CANDIDATES,
        local: bool = True,
        refresh: Backoff = NEVER,
        resolver: ZoneResolver | None = None,
    ) -> None:
        super().__init__(number, replace(CONFIG, max_peers=max_peers))
        self.resolver = resolver or ZoneResolver(zone)
        self.candidates = DialCandidates(os.urandom, backoff, limit)
        pool = PeerPool(
            {WHISPER: TopicLimits(enough, enough)}, os.urandom, candidates=self.candidates, stable_after=0.0
        )
        self.finder = Dialer(self, pool)
        lists = DnsSource(
            [link(OWNER, HOME)],
            self.resolver,
            os.urandom,
            self.finder.found,
            local=local,
            is_wanted=self.finder.is_hungry,
            refresh=refresh,
        )
        self.finder.add(lists, lists.look)
        came, left = self.app.peer_connected, self.app.peer_disconnected

        def peer_connected(peer: Peer) -> None:
            self.finder.peer_connected(peer)
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

    async def __aexit__(self, *error: Any) -> None:
        await self.finder.close()
        await super().__aexit__(*error)
        await self._patience.__aexit__(*error)


@pytest.fixture
async def relays() -> AsyncIterator[list[TestNode]]:
    """Three nodes with keys 1 to 3."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(TestNode(number)) for number in (1, 2, 3)]


@pytest.mark.requirement("WK-60", "WK-2")
async def test_a_node_finds_a_peer_in_a_list(relays: list[TestNode]) -> None:
    async with Seeker(published(entry_of(1, relays[0]))) as seeker:
        peer = await seeker.wait_for_peer()
        assert (peer.id, peer.inbound) == (key(1).public_key.xy, False)
        assert seeker.static_peers == ()


async def test_it_looks_no_further_than_for_enough(relays: list[TestNode]) -> None:
    zone = published(*(entry_of(number, relay) for number, relay in enumerate(relays, 1)))
    async with Seeker(zone, enough=2) as seeker:
        for _ in range(2):
            assert await seeker.dialled.get() is None
        assert len(seeker.peers) == 2
        assert len(seeker.candidates) == 2


async def test_when_a_peer_leaves_another_takes_its_place(relays: list[TestNode]) -> None:
    zone = published(*(entry_of(number, relay) for number, relay in enumerate(relays, 1)))
    async with Seeker(zone, backoff=NEVER) as seeker:
        first = await seeker.app.connected.get()
        first.disconnect()
        assert (await seeker.app.connected.get()).id != first.id


class OneNodeAlone(ZoneResolver):
    """Answers for one of the nodes, and never for another one."""

    def __init__(self, zone: Zone, *nodes: NodeRecord) -> None:
        super().__init__(zone)
        self._leaves = {f"{entry_name(str(node))}.{HOME}" for node in nodes}

    async def texts(self, name: str) -> list[bytes]:
        if name in self._leaves and self._leaves.intersection(self.asked):
            await asyncio.Event().wait()
        return await super().texts(name)


async def test_a_list_that_does_not_answer_keeps_nobody_from_being_dialled(relays: list[TestNode]) -> None:
    nodes = [entry_of(number, relay) for number, relay in enumerate(relays, 1)]
    async with Seeker({}, enough=2, resolver=OneNodeAlone(published(*nodes), *nodes)) as seeker:
        for _ in range(3):
            peer = await seeker.app.connected.get()
            peer.disconnect()  # a second one is still looked for


async def test_a_peer_that_comes_back_is_dialled_again(relays: list[TestNode]) -> None:
    async with Seeker(published(entry_of(1, relays[0]))) as seeker:
        for _ in range(3):
            peer = await seeker.app.connected.get()
            peer.disconnect()


async def test_static_peers_count_and_are_left_to_their_dialler(relays: list[TestNode]) -> None:
    async with Seeker(published(entry_of(1, relays[0]), entry_of(2, relays[1])), enough=2) as seeker:
        seeker.add_static(relays[0].enode)
        ids = {(await seeker.app.connected.get()).id for _ in range(2)}
        assert ids == {key(1).public_key.xy, key(2).public_key.xy}


async def test_dead_nodes_are_passed_over(relays: list[TestNode]) -> None:
    dead = [entry(number, port=1) for number in range(10, 20)]
    async with Seeker(published(*dead, entry_of(1, relays[0]))) as seeker:
        assert (await seeker.wait_for_peer()).id == key(1).public_key.xy


async def test_a_node_of_another_network_is_left_for_a_while(relays: list[TestNode]) -> None:
    """A record does not say whether a node speaks Waku; its Hello does."""
    async with TestNode(9, subprotocols=(Subprotocol(Capability("eth", 63), 17),)) as other:
        zone = published(entry_of(9, other))
        async with Seeker(zone, backoff=NEVER) as seeker:
            assert await seeker.dialled.get() is not None
            await asyncio.sleep(0)
            due = seeker.candidates.next_due()
            assert due is not None
            assert due > asyncio.get_running_loop().time() + 1000
            assert seeker.peers == ()


async def test_who_is_banned_is_not_dialled(relays: list[TestNode]) -> None:
    async with Seeker(published(entry_of(1, relays[0]))) as seeker:
        peer = await seeker.app.connected.get()
        seeker.ban(peer, "it lied")
        peer.disconnect()
        await seeker.app.disconnected.get()
        assert not seeker.may_dial(relays[0].enode)
        assert seeker.finder.pool.next_dial(float("inf"), 25, seeker.may_dial) is None


async def test_itself_in_the_list_is_not_dialled(relays: list[TestNode]) -> None:
    async with Seeker(published(entry_of(1, relays[0]), entry(100, port=1)), enough=2) as seeker:
        for _ in seeker.resolver.zone:
            await seeker.resolver.questions.get()
        assert await seeker.dialled.get() is None
        assert not seeker.may_dial(seeker.enode)
        assert seeker.dialled.empty()


async def test_a_peer_that_leaves_before_the_dialler_is_told(relays: list[TestNode]) -> None:
    """It waits like one that could not be reached, and is not taken for connected for ever."""
    async with Seeker(published(entry_of(1, relays[0]))) as seeker:
        seeker.app.on_connected = lambda peer: peer.disconnect()
        for _ in range(3):
            await seeker.app.disconnected.get()


async def test_the_places_of_others_are_not_taken(relays: list[TestNode]) -> None:
    """With all places taken nobody is looked for, and nothing is asked."""
    async with Seeker({}, max_peers=0) as seeker:
        await asyncio.sleep(0)
        assert (seeker.places, seeker.resolver.asked) == (0, [])


@pytest.mark.requirement("WK-60")
async def test_local_addresses_are_dialled_only_where_it_is_allowed(relays: list[TestNode]) -> None:
    """A43, overlay.md §10.3: whoever publishes a list must not make a node knock at doors of its own network."""
    nowhere = NodeRecord.sign(key(8), 1, {})
    async with Seeker(published(entry_of(1, relays[0]), nowhere), local=False) as seeker:
        for _ in seeker.resolver.zone:
            await seeker.resolver.questions.get()
        await asyncio.sleep(0)
        assert (len(seeker.candidates), seeker.peers) == (0, ())


async def test_there_is_no_place_for_more_candidates(relays: list[TestNode]) -> None:
    records = [entry(number, port=1) for number in range(10, 20)]
    async with Seeker(published(*records, entry_of(1, relays[0])), limit=1) as seeker:
        assert (await seeker.wait_for_peer()).id == key(1).public_key.xy


async def test_the_list_is_looked_at_again_when_it_did_not_come(relays: list[TestNode]) -> None:
    async with Seeker({}, refresh=SOON) as seeker:
        for _ in range(3):
            await seeker.resolver.questions.get()
        seeker.resolver.zone = published(entry_of(1, relays[0]))
        assert (await seeker.wait_for_peer()).id == key(1).public_key.xy


async def test_a_new_version_names_a_new_node(relays: list[TestNode]) -> None:
    async with Seeker(published(entry(9, port=1)), refresh=SOON) as seeker:
        await seeker.dialled.get()
        seeker.resolver.zone = published(entry_of(1, relays[0]), seq=2)
        assert (await seeker.wait_for_peer()).id == key(1).public_key.xy


async def test_closing_while_it_dials(relays: list[TestNode]) -> None:
    async with Seeker(published(*(entry_of(n, relay) for n, relay in enumerate(relays, 1))), enough=3) as seeker:
        await seeker.resolver.questions.get()


def test_one_that_never_started_can_be_closed() -> None:
    async def closed() -> None:
        seeker = Seeker({})
        await seeker.finder.close()

    asyncio.run(closed())


async def test_nodes_that_were_given_up_are_reported_again(relays: list[TestNode]) -> None:
    """A list names a node once. One that was away for long is dialled again when the list is looked at."""
    async with Seeker(published(entry_of(1, relays[0])), refresh=SOON) as seeker:
        for _ in range(3):
            peer = await seeker.app.connected.get()
            seeker.candidates.give_up(next(iter(seeker.candidates)), -1e6)  # long ago
            peer.disconnect()
