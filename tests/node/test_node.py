"""The public node: relays over real sockets, refuses what it should, and says what is wrong."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.net.dialling import DialBegan
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.node import WAKU_1, NodeEvent, PeerGone, PeerJoined, client_id, parse_listen_address
from pystatus.waku import packets
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.relay.events import (
    EnvelopeConfirmed,
    EnvelopeExpired,
    EnvelopeReceived,
    EnvelopeRefused,
    EnvelopeSent,
)
from pystatus.waku.status import RateLimits, StatusOptions
from tests.net.support import RawClient

TOPIC = b"\x12\x34\x56\x78"
PATIENCE = 30.0


class Recorder:
    """Keeps what a node reports and lets a test wait for it."""

    def __init__(self) -> None:
        self.events: list[NodeEvent] = []
        self._news = asyncio.Event()

    def __call__(self, event: NodeEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def wait(self, wanted: Callable[[NodeEvent], bool]) -> NodeEvent:
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in self.events:
                    if wanted(event):
                        return event
                self._news.clear()
                await self._news.wait()


def envelope(ttl: int = 15) -> Envelope:
    return Envelope.mine(time.time(), ttl, TOPIC, os.urandom(300), 0.002)


async def test_an_envelope_crosses_a_relay_to_those_who_watch_its_topic() -> None:
    sent, watched, other = Recorder(), Recorder(), Recorder()
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        peers = (str(relay.enode),)
        client = NodeConfig(peers=peers, full_node=False)
        async with (
            Node(client, on_event=sent) as sender,
            Node(client, on_event=watched) as receiver,
            Node(client, on_event=other) as bystander,
        ):
            for node in (sender, receiver, bystander):
                await node.wait_for_peer(PATIENCE)
            receiver.watch([TOPIC])
            one = envelope()
            sender.post(one)
            await watched.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == one)
            await sent.wait(lambda event: isinstance(event, EnvelopeSent) and event.envelope_hash == one.hash)
            assert len(relay.relay.pool) == 1
            assert len(relay.peers) == 3
        assert not [event for event in other.events if isinstance(event, EnvelopeReceived)]
    assert {type(event) for event in other.events} <= {DialBegan, PeerJoined, PeerGone}


@pytest.mark.requirement("WK-61")
async def test_an_own_envelope_reaches_a_peer_that_comes_later_and_expires_in_the_end() -> None:
    sent = Recorder()
    async with (
        Node(NodeConfig(listen="127.0.0.1:0")) as relay,
        Node(NodeConfig(full_node=False), on_event=sent) as node,
    ):
        one = envelope(ttl=1)
        node.post(one)
        node.add_peer(str(relay.enode))
        await sent.wait(lambda event: isinstance(event, EnvelopeSent))
        await sent.wait(lambda event: isinstance(event, EnvelopeExpired) and event.envelope_hash == one.hash)


@pytest.mark.requirement("WK-1")
async def test_whoever_connects_meets_devp2p_over_rlpx() -> None:
    """The RLPx handshake proves the key of the enode and the Hello of devp2p names Waku."""
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        stranger = LocalNode(PrivateKey.generate(os.urandom), "stranger", (WAKU_1,))
        client = await RawClient.dial(relay.enode, 0, local=stranger)
        event = await client.connected()
        assert event.remote_id == relay.enode.node_id
        assert event.client_id == client_id()
        assert [shared.capability for shared in event.shared] == [WAKU_1.capability]
        client.connection.disconnect(DisconnectReason.REQUESTED)
        client.pump()
        await client.lost


@pytest.mark.requirement("WK-1")
async def test_who_speaks_no_rlpx_is_hung_up_on() -> None:
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.enode.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: relay\r\n\r\n" * 20)
        assert await reader.read() == b""
        writer.close()


async def test_a_peer_that_leaves_is_reported() -> None:
    recorder = Recorder()
    async with Node(NodeConfig(listen="127.0.0.1:0"), on_event=recorder) as relay:
        async with Node(NodeConfig(peers=(str(relay.enode),))) as leaving:
            await leaving.wait_for_peer(PATIENCE)
            await recorder.wait(lambda event: isinstance(event, PeerJoined))
        gone = await recorder.wait(lambda event: isinstance(event, PeerGone))
        assert isinstance(gone, PeerGone)
        assert "quitting" in gone.reason
        assert relay.peers == ()
        with pytest.raises(TimeoutError):
            await relay.wait_for_peer(0.01)


async def test_what_no_honest_peer_would_take_is_not_posted() -> None:
    async with Node() as node:
        with pytest.raises(LocalError, match="cannot be sent"):
            node.post(Envelope.mine(time.time() - 100, 15, TOPIC, os.urandom(300), 0.0))


async def test_a_port_in_use_is_a_sentence() -> None:
    async with Node(NodeConfig(listen="127.0.0.1:0")) as node:
        with pytest.raises(LocalError, match="already in use"):
            await Node(NodeConfig(listen=f"127.0.0.1:{node.enode.port}")).start()


async def test_the_node_key_is_the_identity() -> None:
    key = PrivateKey.generate(os.urandom)
    async with Node(NodeConfig(listen="127.0.0.1:0", key=key)) as node:
        assert node.enode.public_key == key.public_key


async def test_closing_twice_is_closing_once() -> None:
    node = Node()
    await node.start()
    await node.close()
    await node.close()
    await node.run_forever()


@pytest.mark.parametrize("listen", ["localhost", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:http"])
def test_malformed_addresses_are_sentences(listen: str) -> None:
    with pytest.raises(LocalError, match="not an address to listen on"):
        NodeConfig(listen=listen)


def test_malformed_peers_are_sentences() -> None:
    with pytest.raises(LocalError, match="not an enode address"):
        NodeConfig(peers=("http://example.org",))
    node_id = PrivateKey.generate(os.urandom).public_key.xy.hex()
    with pytest.raises(LocalError, match="says not where to dial"):
        NodeConfig(peers=(f"enode://{node_id}",))


@pytest.mark.parametrize(
    ("text", "hosts", "port"),
    [
        ("127.0.0.1:30303", ("127.0.0.1",), 30303),
        ("[::1]:0", ("::1",), 0),
        (":443", ("0.0.0.0", "::"), 443),
        ("relay.example.org:30303", ("relay.example.org",), 30303),
    ],
)
def test_addresses_to_listen_on(text: str, hosts: tuple[str, ...], port: int) -> None:
    assert parse_listen_address(text) == (hosts, port)


async def test_parties_of_one_node_do_not_disturb_each_other() -> None:
    """A client and the callers of the RPC share a node: each hears of its own topics, peers are asked for all."""
    other_topic = b"\x01\x02\x03\x04"
    client, rpc = Recorder(), Recorder()
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        config = NodeConfig(peers=(str(relay.enode),), full_node=False)
        async with Node(config, on_event=client) as node:
            await node.wait_for_peer(PATIENCE)
            node.watch([TOPIC])
            party = node.open_watch(rpc)
            party.set_topics([other_topic])
            mine, its = envelope(), Envelope.mine(time.time(), 15, other_topic, os.urandom(300), 0.002)
            relay.post(mine)
            relay.post(its)
            await client.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == mine)
            await rpc.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == its)
            party.set_topics(None)
            anything = Envelope.mine(time.time(), 15, b"any!", os.urandom(300), 0.002)
            relay.post(anything)
            await rpc.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == anything)
            party.close()
    heard = [event.envelope for event in client.events if isinstance(event, EnvelopeReceived)]
    assert heard == [mine]
    assert mine not in [event.envelope for event in rpc.events[:1] if isinstance(event, EnvelopeReceived)]


def is_arrival_of(envelope: Envelope, event: NodeEvent) -> bool:
    return isinstance(event, EnvelopeReceived) and event.envelope == envelope


async def test_for_more_topics_than_may_be_named_a_bloom_filter_asks() -> None:
    heard = Recorder()
    many = [number.to_bytes(4, "big") for number in range(10_000)]
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        config = NodeConfig(peers=(str(relay.enode),), full_node=False)
        assert config.interest_in(many).topics == frozenset(many)
        node = Node(config, on_event=heard)
        node.watch([TOPIC])
        node.open_watch(heard).set_topics(many)
        async with node:
            await node.wait_for_peer()
            (peer,) = relay.peers
            assert relay.relay.peer(peer).interest.topics is None
            for topic in (TOPIC, many[-1]):
                envelope = Envelope.mine(time.time(), 15, topic, os.urandom(300), 0.002)
                relay.post(envelope)
                await heard.wait(partial(is_arrival_of, envelope))


@pytest.mark.parametrize("topics", [0, 10_001])
def test_how_many_topics_may_be_named_has_limits(topics: int) -> None:
    with pytest.raises(LocalError, match="names 1 to 10000 topics"):
        NodeConfig(max_topics=topics)


async def test_a_bloom_filter_lets_through_what_matches_it() -> None:
    heard = Recorder()
    matching, other = TOPIC, b"\x10\x20\x30\x00"
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        config = NodeConfig(peers=(str(relay.enode),), full_node=False)
        async with Node(config, on_event=heard) as node:
            node.configure(replace(node.config, interest=Interest.in_bloom(topics_bloom([matching]))))
            await node.wait_for_peer(PATIENCE)
            node.open_watch(heard).set_topics([b"mine"])
            for topic in (other, matching, b"mine"):
                relay.post(Envelope.mine(time.time(), 15, topic, os.urandom(300), 0.002))
            await heard.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope.topic == b"mine")
            assert len(node.relay.pool) == 2


# Confirmations, limits, bans, settings


def quiet(**settings: Any) -> NodeConfig:
    """A node that wants nothing."""
    return NodeConfig(full_node=False, **settings)


@pytest.mark.requirement("WK-48", "WK-49")
async def test_two_of_ours_confirm_what_they_take() -> None:
    told = Recorder()
    async with (
        Node(NodeConfig(listen="127.0.0.1:0", confirmations=True)) as relay,
        Node(quiet(peers=(str(relay.enode),)), on_event=told) as node,
    ):
        await node.wait_for_peer(PATIENCE)
        one = envelope()
        node.post(one)
        await told.wait(lambda event: isinstance(event, EnvelopeConfirmed) and event.envelope_hash == one.hash)
        kinds = [type(event) for event in told.events]
        assert kinds.index(EnvelopeSent) < kinds.index(EnvelopeConfirmed)
        assert EnvelopeRefused not in kinds


class Foreign:
    """A peer that is none of ours: what it sends is up to the test."""

    def __init__(self, key: PrivateKey | None = None) -> None:
        self.network = PeerManager(LocalNode(key or PrivateKey.generate(os.urandom), "foreign", (WAKU_1,)), self)
        self.ready: asyncio.Queue[Peer] = asyncio.Queue()
        self.updates: asyncio.Queue[StatusOptions] = asyncio.Queue()
        self.gone: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> Foreign:
        await self.network.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.network.close()

    def peer_connected(self, peer: Peer) -> None:
        peer.send(WAKU_1.capability, packets.STATUS, StatusOptions(pow_requirement=0.0).encode())

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> None:
        if code == packets.STATUS:
            self.ready.put_nowait(peer)
        elif code == packets.STATUS_UPDATE:
            self.updates.put_nowait(StatusOptions.decode(payload))

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        self.gone.put_nowait(reason)


def junk(count: int) -> bytes:
    """A packet of envelopes without proof of work."""
    return packets.encode_messages([Envelope.mine(time.time(), 15, TOPIC, os.urandom(300), 0) for _ in range(count)])


@pytest.mark.requirement("WK-39")
async def test_who_sends_junk_is_banned_until_the_ban_is_lifted() -> None:
    key = PrivateKey.generate(os.urandom)
    config = NodeConfig(listen="127.0.0.1:0", min_pow=1e9)
    async with asyncio.timeout(PATIENCE), Node(config) as relay, Foreign(key) as foreign:
        foreign.network.add_static(relay.enode)
        peer = await foreign.ready.get()
        peer.send(WAKU_1.capability, packets.MESSAGES, junk(25))
        assert "subprotocol error" in await foreign.gone.get()
        (ban,) = relay.network.bans
        assert ban.node_id == key.public_key.xy
        assert "misbehaved" in ban.reason
        assert relay.relay.counters.misbehaved == 1
        assert relay.network.lift_ban(ban.node_id)
        assert not relay.network.lift_ban(ban.node_id)
        await foreign.ready.get()


async def test_who_is_whitelisted_is_not_banned_but_disconnected() -> None:
    key = PrivateKey.generate(os.urandom)
    config = NodeConfig(listen="127.0.0.1:0", min_pow=1e9, whitelist=(key.public_key.xy.hex(),))
    async with asyncio.timeout(PATIENCE), Node(config) as relay, Foreign(key) as foreign:
        foreign.network.add_static(relay.enode)
        for _ in range(2):
            (await foreign.ready.get()).send(WAKU_1.capability, packets.MESSAGES, junk(25))
            await foreign.gone.get()
        assert relay.network.bans == ()


@pytest.mark.requirement("WK-36", "WK-38")
async def test_limits_hold_for_all_but_static_peers() -> None:
    """A peer above its limit is not heard; once it is added as a static peer it is, and no limit is announced to it."""
    key = PrivateKey.generate(os.urandom)
    seen = Recorder()
    config = NodeConfig(listen="127.0.0.1:0", min_pow=0.0, packet_rates=RateLimits(peer=1))
    async with asyncio.timeout(PATIENCE), Node(config, on_event=seen) as relay, Foreign(key) as foreign:
        relay.watch([TOPIC])
        foreign.network.add_static(relay.enode)
        peer = await foreign.ready.get()
        for _ in range(40):
            peer.send(WAKU_1.capability, packets.MESSAGES, junk(1))
        while not relay.relay.counters.rate_limited["peer"]:  # noqa: ASYNC110 - counters tell nobody that they have changed
            await asyncio.sleep(0)
        assert relay.relay.counters.envelopes_new <= 20 + 1
        relay.add_peer(f"enode://{key.public_key.xy.hex()}@127.0.0.1:1")
        assert (await foreign.updates.get()).packet_rate_limits == RateLimits()
        last = Envelope.mine(time.time(), 15, TOPIC, os.urandom(300), 0)
        peer.send(WAKU_1.capability, packets.MESSAGES, packets.encode_messages([last]))
        await seen.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == last)


@pytest.mark.requirement("WK-40")
async def test_settings_change_while_the_node_runs() -> None:
    async with asyncio.timeout(PATIENCE), Node(NodeConfig(listen="127.0.0.1:0")) as relay, Foreign() as foreign:
        foreign.network.add_static(relay.enode)
        await foreign.ready.get()
        relay.configure(replace(relay.config, min_pow=0.5))
        assert await foreign.updates.get() == StatusOptions(pow_requirement=0.5)
        relay.configure(replace(relay.config, confirmations=True))
        relay.configure(replace(relay.config, light=True))
        relay.configure(replace(relay.config, interest=Interest.in_topics([TOPIC])))
        relay.configure(replace(relay.config, packet_rates=RateLimits(ip=7), byte_rates=RateLimits()))
        assert await foreign.updates.get() == StatusOptions(
            light_node=True,
            confirmations_enabled=True,
            topic_interest=(TOPIC,),
            packet_rate_limits=RateLimits(ip=7),
            bytes_rate_limits=RateLimits(),
        )
        assert (relay.relay.config.packet_rates, relay.relay.config.byte_rates) == (RateLimits(ip=7), RateLimits())


async def test_a_node_that_asks_by_a_bloom_filter() -> None:
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay, asyncio.timeout(PATIENCE):
        received = Recorder()
        config = quiet(peers=(str(relay.enode),), bloom=True)
        async with Node(config, on_event=received) as node, Node(quiet(peers=(str(relay.enode),))) as sender:
            node.watch([TOPIC])
            await node.wait_for_peer()
            await sender.wait_for_peer()
            one = envelope()
            sender.post(one)
            await received.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == one)


async def test_own_envelopes_may_be_held_back() -> None:
    """Half of the longest delay, as the dice have it: nobody gets it before, and then it is sent."""
    sent = Recorder()
    clock = Stepped()
    async with Node(NodeConfig(listen="127.0.0.1:0"), clock=clock) as relay, asyncio.timeout(PATIENCE):
        config = quiet(peers=(str(relay.enode),), post_delay=0.02)
        async with Node(config, clock=clock, on_event=sent) as node:
            await node.wait_for_peer()
            one = envelope()
            node.post(one)
            assert len(node.relay.pool) == 0
            clock.offset += 0.02
            await sent.wait(lambda event: isinstance(event, EnvelopeSent) and event.envelope_hash == one.hash)
    with pytest.raises(LocalError, match="held back 0 to 5 seconds"):
        NodeConfig(post_delay=60)


class Stepped:
    """This machine's clock, and what a test adds to it."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset


def test_settings_that_contradict_each_other_are_sentences() -> None:
    with pytest.raises(LocalError, match="less than one packet"):
        NodeConfig(byte_rates=RateLimits(peer=1))
    NodeConfig(byte_rates=RateLimits(peer=1 << 20), max_packet_size=1 << 20)
    with pytest.raises(LocalError, match="cannot be whitelisted"):
        NodeConfig(whitelist=("example.org",))


async def test_places_for_those_who_dial_us_may_be_fewer_than_for_all() -> None:
    config = NodeConfig(listen="127.0.0.1:0", max_peers=2, max_inbound_peers=1)
    async with asyncio.timeout(PATIENCE), Node(config) as relay, Foreign() as one, Foreign() as other:
        one.network.add_static(relay.enode)
        await one.ready.get()
        static = other.network.add_static(relay.enode)
        while static.failure is None:  # noqa: ASYNC110 - nor does a dialler
            await asyncio.sleep(0)
        assert "too many peers" in static.failure
