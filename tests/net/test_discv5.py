"""Discovery v5 on this machine's own sockets: several nodes in one process, whose clocks the test moves on."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_address

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.discovery.discv5.events import Event, LookupDone, Registered
from pystatus.discovery.discv5.node import Times
from pystatus.discovery.discv5.packets import PREFIX, Ping, decode_body
from pystatus.discovery.discv5.refusals import Reason
from pystatus.errors import LocalError
from pystatus.net.crawler import Crawler
from pystatus.net.discv5 import DiscoveryNode, Discv5Source
from pystatus.net.listening import datagram_sockets
from pystatus.net.udp_endpoint import machine_times
from pystatus.peers.sources import Source
from tests.net.support import PATIENCE, key

LOOPBACK = (("127.0.0.1",), 0)
TICKET = 61.0
"""Seconds after which the ticket for a topic that nobody has registered may be used (overlay.md §3.5)."""


class World:
    """Nodes with one clock, which the test moves on."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self.unix_ahead = 0.0
        self.nodes: list[DiscoveryNode] = []
        self.heard: dict[int, list[Event]] = {}
        """What each node has told, by the number of its key."""

    def times(self) -> Times:
        now = machine_times()
        return Times(now.monotonic + self._ahead, now.unix + self._ahead + self.unix_ahead)

    def node(self, number: int, bootnodes: Sequence[Enode] = ()) -> DiscoveryNode:
        heard = self.heard[number] = []
        node = DiscoveryNode(key(number), LOOPBACK, bootnodes, os.urandom, heard.append, share=1, times=self.times)
        self.nodes.append(node)
        return node

    def source(self, number: int, bootnodes: Sequence[Enode], found: Callable[..., None]) -> Discv5Source:
        source = Discv5Source(key(number), LOOPBACK, bootnodes, os.urandom, found, share=1, times=self.times)
        self.nodes.append(source.node)
        return source

    def move(self, seconds: float) -> None:
        self._ahead += seconds
        for node in self.nodes:
            if node.udp is not None:
                node.udp.wake()

    async def answered(self) -> None:
        """What was asked has its answers: nothing has come or gone for a moment."""
        before = -1
        while (now := self._datagrams()) != before:
            before = now
            await asyncio.sleep(0.02)

    def _datagrams(self) -> int:
        counted = [node.discovery.counters for node in self.nodes if node.udp is not None]
        return sum(one.datagrams_in + one.datagrams_out for one in counted)


def enode(node: DiscoveryNode, number: int) -> Enode:
    return Enode(key(number).public_key, "127.0.0.1", node.port, node.port)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)


async def while_time_passes(world: World, condition: Callable[[], bool]) -> None:
    """Let minutes pass in moments, but no answer take half a second of them."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            world.move(0.4)
            await world.answered()


def known(node: DiscoveryNode) -> int:
    return len(node.discovery.table)


async def looked_up(world: World, node: DiscoveryNode, number: int) -> LookupDone:
    """What a node finds near to a hash."""
    assert node.udp is not None
    lookup = node.discovery.lookup(bytes(32), node.udp.now)
    node.udp.wake()
    done: list[LookupDone] = []

    def is_done() -> bool:
        done.extend(one for one in world.heard[number] if isinstance(one, LookupDone) and one.lookup_id == lookup)
        return bool(done)

    await until(is_done)
    return done[0]


@asynccontextmanager
async def network(world: World, size: int) -> AsyncIterator[list[DiscoveryNode]]:
    """A bootnode and others that know nobody else at first."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(world.node(1))
        others = [
            await stack.enter_async_context(world.node(number, [enode(first, 1)])) for number in range(2, size + 1)
        ]
        yield [first, *others]


async def test_nodes_that_know_a_bootnode_find_each_other() -> None:
    world = World()
    async with network(world, 8) as nodes:
        await while_time_passes(world, lambda: all(known(node) == 7 for node in nodes))


async def test_a_bootnode_with_another_key_than_its_enode_says_is_not_believed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """So somebody with an old invitation does not land in the network that is at its address now."""
    world = World()
    async with network(world, 3) as nodes, world.node(9, [enode(nodes[0], 8)]) as node:
        await while_time_passes(world, lambda: node.problem is not None)
        assert known(node) == 0
        assert node.discovery.counters.refused[Reason.KEY] > 0
        place = f"at 127.0.0.1:{nodes[0].port} is another node than the enode of the bootnode says"
        assert (node.problem or "").startswith(place)
        assert [line for line in caplog.messages if place in line] == [f"a bootnode is not asked: {node.problem}"]


async def test_a_network_needs_its_bootnode_only_once() -> None:
    world = World()
    async with network(world, 5) as nodes:
        await while_time_passes(world, lambda: all(known(node) == 4 for node in nodes))
        await nodes[0].close()
        found = await looked_up(world, nodes[1], 2)
        assert {one.public_key for one in found.nodes} >= {key(number).public_key for number in (3, 4, 5)}


@pytest.mark.requirement("CL-14")
@pytest.mark.requirement("CL-21")
async def test_a_source_finds_who_has_registered_and_says_where_it_comes_from() -> None:
    world = World()
    found: list[tuple[Source, str, Enode]] = []
    async with network(world, 3) as nodes:
        first = enode(nodes[0], 1)
        relay = world.source(20, [first], lambda *what: None)
        client = world.source(21, [first], lambda *what: found.append(what))
        relay.register("whisper")
        relay.register("whisper")
        client.search("whisper", 3.0)
        await relay.start()
        await client.start()
        try:
            await until(lambda: known(client.node) >= 3)
            await while_time_passes(world, lambda: bool(found))
            source, topic, node = found[0]
            assert (source, topic, node) == (Source.DISCV5, "whisper", enode(relay.node, 20))
            client.search("whisper", None)
            heard = len(found)
            for _ in range(20):
                world.move(3.0)
                await asyncio.sleep(0.001)
            assert len(found) == heard
        finally:
            await relay.close()
            await client.close()
            await client.close()


async def test_a_source_can_be_begun_anew_and_asks_for_nothing_of_before() -> None:
    world = World()
    found: list[tuple[Source, str, Enode]] = []
    async with network(world, 2) as nodes:
        source = world.source(20, [enode(nodes[0], 1)], lambda *what: found.append(what))
        for _ in range(2):
            source.search("whisper", None)
            source.unregister("whisper")
            await source.start()
            await until(lambda: known(source.node) >= 1)
            source.search("whisper", 3.0)
            source.register("whisper")
            source.unregister("whisper")
            await source.close()
    assert found == []


async def test_a_source_that_begins_anew_does_not_need_its_bootnode_again() -> None:
    """A client closes it while there are enough peers, and has another port each time."""
    world = World()
    async with network(world, 3) as nodes:
        source = world.source(20, [enode(nodes[0], 1)], lambda *what: None)
        source.search("whisper", 3.0)
        await source.start()
        await while_time_passes(world, lambda: known(source.node) == 3)
        await source.close()
        await nodes[0].close()
        for _ in range(2):  # also if it found nobody in between
            source.search("whisper", 3.0)
            await source.start()
            await source.close()
        await source.start()
        try:
            await while_time_passes(world, lambda: known(source.node) == 2)
        finally:
            await source.close()


async def test_garbage_and_floods_are_counted_and_the_network_goes_on() -> None:
    world = World()
    async with network(world, 3) as nodes:
        await while_time_passes(world, lambda: all(known(node) == 2 for node in nodes))
        victim = nodes[0]
        noise = random.Random(3)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for size in range(300):
                stranger.sendto(noise.randbytes(size), ("127.0.0.1", victim.port))
                stranger.sendto(PREFIX + noise.randbytes(size), ("127.0.0.1", victim.port))
                await asyncio.sleep(0)
        refused = victim.discovery.counters.refused
        await until(lambda: sum(refused.values()) >= 500)
        assert known(victim) == 2
        assert len((await looked_up(world, nodes[1], 2)).nodes) == 2


@pytest.mark.parametrize("jump", [-86_400.0 * 365, 86_400.0 * 365])
async def test_a_time_of_day_that_jumps_breaks_nothing(jump: float) -> None:
    """As long as it is wrong, packets have expired for others; afterwards all is as before."""
    world = World()
    async with network(world, 2) as nodes:
        await while_time_passes(world, lambda: all(known(node) == 1 for node in nodes))
        world.unix_ahead = jump
        world.move(61.0)
        await asyncio.sleep(0.01)
        world.unix_ahead = 0.0
        late = world.node(3, [enode(nodes[0], 1)])
        async with late:
            await while_time_passes(world, lambda: known(late) == 2)


async def test_the_ports_are_free_afterwards_and_one_in_use_is_a_sentence() -> None:
    world = World()
    node = world.node(1)
    await node.start()
    taken = DiscoveryNode(key(2), (("127.0.0.1",), node.port), [], os.urandom, lambda event: None)
    with pytest.raises(LocalError, match=rf"^UDP port {node.port} is already in use"):
        await taken.start()
    await node.close()
    await node.close()
    async with taken:
        assert (taken.host, taken.port) == ("127.0.0.1", node.port)


async def test_a_bootnode_that_is_not_there_is_tried_and_nothing_else_happens() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        world = World()
        node = world.node(2, [Enode(key(1).public_key, "127.0.0.1", 1, silent.getsockname()[1])])
        async with node:
            silent.setblocking(False)
            first = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(silent, 2_000), PATIENCE)
            assert first.startswith(PREFIX)
            assert known(node) == 0
            assert node.problem is None
            heard = 0
            minute = world.times().monotonic + 60
            await while_time_passes(world, lambda: world.times().monotonic > minute)
            while True:
                try:
                    silent.recv(2_000)
                    heard += 1
                except BlockingIOError:
                    break
            assert heard <= 30, "in a minute: it backs off"


async def test_a_name_for_the_bootnode_is_looked_up() -> None:
    world = World()
    async with network(world, 2) as nodes:

        async def lookup(host: str) -> list[str]:
            assert host == "boot.example.org"
            return ["2001:db8::1", "127.0.0.1"]

        named = Enode(key(1).public_key, "boot.example.org", 0, nodes[0].port)
        async with DiscoveryNode(key(9), LOOPBACK, [named], os.urandom, lambda event: None, lookup=lookup) as node:
            await until(lambda: known(node) == 2)


async def test_a_crawl_finds_all_and_knows_who_is_away() -> None:
    world = World()
    async with network(world, 6) as nodes:
        await while_time_passes(world, lambda: all(known(node) == 5 for node in nodes))
        away = nodes[3].port
        await nodes[3].close()
        told: list[int] = []
        crawler = Crawler(
            LOOPBACK,
            [enode(nodes[0], 1)],
            os.urandom,
            queries_per_second=500.0,
            on_node=lambda node: told.append(node.enode.udp_port),
            times=world.times,
        )
        assert await crawler.run(PATIENCE)
        crawl = crawler.crawl
        assert len(told) == len(set(told)) == len(crawl.nodes) == 6
        assert [node.enode.udp_port for node in crawl.nodes if not node.answered] == [away]
        assert all(len(node.neighbours) >= 4 for node in crawl.nodes if node.answered)


async def test_a_crawl_of_nobody_ends() -> None:
    crawler = Crawler(LOOPBACK, [Enode(key(1).public_key, "127.0.0.1", 1, 1)], os.urandom)
    assert await crawler.run(PATIENCE)
    assert [node.answered for node in crawler.crawl.nodes] == [False]
    assert not await Crawler(LOOPBACK, [Enode(key(1).public_key, "x.invalid", 1, 1)], os.urandom).run(0.05)


async def test_registering_is_told() -> None:
    world = World()
    async with network(world, 3) as nodes:
        relay = world.node(20, [enode(nodes[0], 1)])
        registered = world.heard[20]
        async with relay:
            assert relay.udp is not None
            relay.discovery.register("whisper", relay.udp.now)
            await while_time_passes(world, lambda: any(isinstance(event, Registered) for event in registered))
            (event, *_) = [event for event in registered if isinstance(event, Registered)]
            assert event.topic == "whisper"


@pytest.mark.parametrize("topic", ["", "x" * 65, "\ud800"])
async def test_what_is_no_topic_is_refused_and_forgotten(topic: str) -> None:
    world = World()
    async with network(world, 1) as nodes:
        source = world.source(20, [enode(nodes[0], 1)], lambda *what: None)
        for _ in range(2):  # before it runs, and while it does
            with pytest.raises(LocalError, match="topic"):
                source.search(topic, 3.0)
            with pytest.raises(LocalError, match="topic"):
                source.register(topic)
            source.search(topic, None)
            source.unregister(topic)
            await source.close()
            await source.start()
        await source.close()


async def test_a_start_that_fails_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: object) -> None:
        raise LocalError("It cannot begin.")

    monkeypatch.setattr("pystatus.net.bootnodes.Bootnodes.start", start)
    node = World().node(1)
    with pytest.raises(LocalError, match="It cannot begin"):
        await node.start()
    assert node.udp is None
    for one in datagram_sockets(("127.0.0.1",), node.port):
        one.close()


async def test_an_advertised_address_is_told_to_others_and_a_name_is_not() -> None:
    for host, told in (("192.0.2.7", "192.0.2.7"), ("relay.example.org", "127.0.0.1")):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.bind(("127.0.0.1", 0))
            asked.setblocking(False)
            boot = Enode(key(1).public_key, "127.0.0.1", 1, asked.getsockname()[1])
            node = DiscoveryNode(
                key(2), LOOPBACK, [boot], os.urandom, lambda event: None, advertised=host, tcp_port=30303
            )
            async with node:
                datagram = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(asked, 2_000), PATIENCE)
                ping = decode_body(datagram)
                assert isinstance(ping, Ping)
                assert (ip_address(ping.sender.ip), ping.sender.tcp_port) == (ip_address(told), 30303)
                assert ping.sender.udp_port == node.port


async def test_a_node_that_listens_on_ipv6_only_says_that_its_bootnodes_are_elsewhere() -> None:
    there = Enode(key(1).public_key, "192.0.2.1", 30301, 30301)
    node = DiscoveryNode(key(2), (("::1",), 0), [there], os.urandom, lambda event: None)
    async with node:
        assert str(node.problem).startswith("no bootnode has an IPv6 address")
        assert node.udp is not None
        assert node.udp.send_errors == {}
