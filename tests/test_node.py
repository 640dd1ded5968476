"""The public node: relays over real sockets, refuses what it should, and says what is wrong."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

import pytest

from pystatus import LocalError, Node, NodeConfig, PrivateKey
from pystatus.node import NodeEvent, PeerGone, PeerJoined, parse_listen_address
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.envelope import Envelope
from pystatus.waku.events import EnvelopeExpired, EnvelopeReceived, EnvelopeSent

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
            assert relay.pooled == 1
            assert len(relay.peers) == 3
        assert not [event for event in other.events if isinstance(event, EnvelopeReceived)]
    assert {type(event) for event in other.events} <= {PeerJoined, PeerGone}


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
            assert node.watches_anything
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


async def test_more_topics_than_may_be_asked_for_change_nothing() -> None:
    async with Node(NodeConfig(full_node=False)) as node:
        node.watch([TOPIC])
        party = node.open_watch(Recorder())
        with pytest.raises(LocalError, match="at most 10000 topics"):
            party.set_topics(number.to_bytes(4, "big") for number in range(10_001))
        assert node.watches_anything
        node.watch([])
        assert not node.watches_anything


async def test_a_bloom_filter_lets_through_what_matches_it() -> None:
    heard = Recorder()
    matching, other = TOPIC, b"\x10\x20\x30\x00"
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        config = NodeConfig(peers=(str(relay.enode),), full_node=False)
        async with Node(config, on_event=heard) as node:
            node.set_bloom_filter(topics_bloom([matching]))
            await node.wait_for_peer(PATIENCE)
            node.open_watch(heard).set_topics([b"mine"])
            for topic in (other, matching, b"mine"):
                relay.post(Envelope.mine(time.time(), 15, topic, os.urandom(300), 0.002))
            await heard.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope.topic == b"mine")
            assert node.pooled == 2
