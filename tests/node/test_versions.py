"""Which versions a node offers, what it speaks with whom, and whose P2P packets it reads: over real sockets."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from pystatus import LocalError, Node, NodeConfig
from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.enode import Enode
from pystatus.net.peer import Peer
from pystatus.node import SHH_6, WAKU_0, WAKU_1, PeerJoined
from pystatus.waku import packets
from pystatus.waku.bloom import EMPTY_BLOOM
from pystatus.waku.dialects import shh_6, waku_0, waku_1
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived
from pystatus.waku.status import RateLimits, StatusOptions
from tests.net.support import PATIENCE, RawClient, TestNode, node
from tests.node.test_node import Recorder

TOPIC = b"\x12\x34\x56\x78"
EVERYTHING = StatusOptions(pow_requirement=0.0)


def envelope() -> Envelope:
    return Envelope.mine(time.time(), 15, TOPIC, os.urandom(300), 0.002)


class Player:
    """A peer whose capabilities and words the test chooses."""

    def __init__(self, other: TestNode, peer: Peer, dialects: dict[Capability, Dialect]) -> None:
        self._other = other
        self._dialects = dialects
        self.peer = peer

    async def hear(self, capability: Capability, code: int) -> bytes:
        """The body of the next packet, which has to be this one."""
        async with asyncio.timeout(PATIENCE):
            _, *heard, payload = await self._other.app.packets.get()
        assert heard == [capability, code]
        assert isinstance(payload, bytes)
        return payload

    def greet(self, capability: Capability) -> None:
        self.peer.send(capability, packets.STATUS, self._dialects[capability].encode_status(EVERYTHING))

    def give(self, capability: Capability, one: Envelope) -> None:
        self.peer.send(capability, packets.MESSAGES, packets.encode_messages([one]))


DIALECTS: dict[Capability, Dialect] = {
    WAKU_1.capability: waku_1.WAKU_1,
    WAKU_0.capability: waku_0.WAKU_0,
    SHH_6.capability: shh_6.SHH_6,
}


async def meet(other: TestNode, ours: Node) -> Player:
    """Connect the node to the player."""
    ours.add_peer(str(other.enode))
    async with asyncio.timeout(PATIENCE):
        return Player(other, await other.app.connected.get(), DIALECTS)


async def offered(enode: Enode) -> tuple[Capability, ...]:
    """What the Hello of this node says."""
    client = await RawClient.dial(enode, 9, local=node(9, (WAKU_1,)))
    connected = await client.connected()
    client.transport.abort()
    await client.lost
    return connected.capabilities


@pytest.mark.requirement("WK-3", "WK-55")
async def test_every_node_offers_both_versions_of_waku() -> None:
    """And Whisper by no means, unless it is asked to bridge."""
    async with Node(NodeConfig(listen="127.0.0.1:0")) as ours:
        assert set(await offered(ours.enode)) == {Capability("waku", 1), Capability("waku", 0)}


@pytest.mark.requirement("WK-55")
async def test_a_bridge_offers_all_three() -> None:
    async with Node(NodeConfig(listen="127.0.0.1:0", bridge=True)) as ours:
        assert set(await offered(ours.enode)) == {*DIALECTS}


@pytest.mark.parametrize(("full_node", "light"), [(False, False), (True, True)])
def test_a_bridge_is_a_full_node(full_node: bool, light: bool) -> None:
    with pytest.raises(LocalError, match="full node"):
        NodeConfig(bridge=True, full_node=full_node, light=light)


@pytest.mark.requirement("WK-56")
@pytest.mark.parametrize(
    ("theirs", "spoken"),
    [
        ((WAKU_1,), WAKU_1),
        ((WAKU_0,), WAKU_0),
        ((WAKU_0, WAKU_1), WAKU_1),
        ((WAKU_1, WAKU_0, Subprotocol(Capability("waku", 2), 128)), WAKU_1),
        ((SHH_6, WAKU_0), WAKU_0),
        ((SHH_6,), SHH_6),
    ],
)
async def test_the_highest_common_version_is_spoken(theirs: tuple[Subprotocol, ...], spoken: Subprotocol) -> None:
    """With one capability below the other, too, when codes begin elsewhere (waku.md §1.1)."""
    recorder = Recorder()
    dialect = DIALECTS[spoken.capability]
    async with (
        TestNode(1, subprotocols=theirs) as other,
        Node(NodeConfig(bridge=SHH_6 in theirs), on_event=recorder) as ours,
    ):
        player = await meet(other, ours)
        if SHH_6 in theirs and spoken != SHH_6:
            assert await player.hear(SHH_6.capability, packets.STATUS) == shh_6.NOTHING
        status = await player.hear(spoken.capability, packets.STATUS)
        assert dialect.decode_status(status).confirmations_enabled is False
        player.greet(spoken.capability)
        await ours.wait_for_peer(PATIENCE)
        ours.watch([TOPIC])
        one, another = envelope(), envelope()
        player.give(spoken.capability, one)
        await recorder.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == one)
        ours.post(another)
        assert packets.decode_messages(await player.hear(spoken.capability, packets.MESSAGES)) == [another]
        assert ours.relay.counters.packets_by_dialect == {dialect.title: 4}


async def test_a_peer_of_both_networks_is_spoken_to_once() -> None:
    """It speaks Waku with us. In Whisper it hears a Status that asks for nothing, and what it says there is no news."""
    recorder = Recorder()
    async with (
        TestNode(1, subprotocols=(SHH_6, WAKU_1)) as other,
        Node(NodeConfig(bridge=True), on_event=recorder) as ours,
    ):
        player = await meet(other, ours)
        assert shh_6.SHH_6.decode_status(await player.hear(SHH_6.capability, 0)).bloom_filter == EMPTY_BLOOM
        await player.hear(WAKU_1.capability, packets.STATUS)
        player.greet(SHH_6.capability)
        player.greet(WAKU_1.capability)
        await ours.wait_for_peer(PATIENCE)
        ours.watch([TOPIC])
        in_whisper, in_waku, mine = envelope(), envelope(), envelope()
        player.give(SHH_6.capability, in_whisper)
        player.give(WAKU_1.capability, in_waku)
        await recorder.wait(lambda event: isinstance(event, EnvelopeReceived))
        ours.post(mine)
        assert packets.decode_messages(await player.hear(WAKU_1.capability, packets.MESSAGES)) == [mine]
        assert [e.envelope for e in recorder.events if isinstance(e, EnvelopeReceived)] == [in_waku]
        assert other.app.packets.empty()


@pytest.mark.requirement("WH-5")
async def test_whisper_and_waku_meet_in_a_bridge() -> None:
    async with (
        Node(NodeConfig(listen="127.0.0.1:0", bridge=True)) as bridge,
        TestNode(1, subprotocols=(SHH_6,)) as whisper,
        TestNode(2, subprotocols=(WAKU_1,)) as waku,
    ):
        players = {}
        for capability, other in ((SHH_6.capability, whisper), (WAKU_1.capability, waku)):
            players[capability] = player = await meet(other, bridge)
            await player.hear(capability, packets.STATUS)
            player.greet(capability)
        for source, target in (players, reversed(players)):
            one = envelope()
            players[source].give(source, one)
            assert packets.decode_messages(await players[target].hear(target, packets.MESSAGES)) == [one]


async def test_without_a_bridge_whisper_alone_is_no_language() -> None:
    async with TestNode(1, subprotocols=(SHH_6,)) as other, Node() as ours:
        ours.add_peer(str(other.enode))
        async with asyncio.timeout(PATIENCE):
            await other.lost.get()
        assert other.app.connected.empty()


# P2P


async def test_a_trusted_node_is_heard_whenever_it_is_connected() -> None:
    heard, joined = Recorder(), Recorder()
    async with (
        Node(NodeConfig(listen="127.0.0.1:0"), on_event=joined) as server,
        Node(NodeConfig(peers=(str(server.enode),)), on_event=heard) as ours,
    ):
        ours.watch([TOPIC])
        await ours.wait_for_peer(PATIENCE)
        await server.wait_for_peer(PATIENCE)
        unheard, first, second = envelope(), envelope(), envelope()
        (peer,) = server.peers
        server.send_p2p(peer, [unheard])
        last = envelope()
        server.post(last)
        await heard.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == last)
        ours.trust(str(server.enode))
        server.send_p2p(peer, [first])
        await heard.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == first)
        peer.disconnect()
        again = await joined.wait(lambda event: isinstance(event, PeerJoined) and event.peer is not peer)
        assert isinstance(again, PeerJoined)
        server.send_p2p(again.peer, [second])
        await heard.wait(lambda event: isinstance(event, EnvelopeReceived) and event.envelope == second)
        received = [e for e in heard.events if isinstance(e, EnvelopeReceived)]
        assert [(e.envelope, e.p2p) for e in received] == [(last, False), (first, True), (second, True)]
        assert len(server.relay.pool) == 1


async def test_a_trusted_node_is_not_rate_limited() -> None:
    """It is told so, too: what it sends at once is a page of history."""
    async with TestNode(1, subprotocols=(WAKU_1,)) as other, Node(NodeConfig(listen="127.0.0.1:0")) as ours:
        other.add_static(ours.enode)  # it dials us: whom we dial, we do not limit at all
        async with asyncio.timeout(PATIENCE):
            player = Player(other, await other.app.connected.get(), DIALECTS)
        first = StatusOptions.decode(await player.hear(WAKU_1.capability, packets.STATUS))
        assert first.packet_rate_limits == ours.config.packet_rates != RateLimits()
        player.greet(WAKU_1.capability)
        for trusted, told in ((True, RateLimits()), (False, ours.config.packet_rates)):
            await ours.wait_for_peer(PATIENCE)
            ours.trust(str(other.enode), trusted)
            update = StatusOptions.decode(await player.hear(WAKU_1.capability, packets.STATUS_UPDATE))
            assert update.packet_rate_limits == told


async def test_trust_is_taken_back() -> None:
    heard = Recorder()
    async with (
        Node(NodeConfig(listen="127.0.0.1:0")) as server,
        Node(NodeConfig(peers=(str(server.enode),)), on_event=heard) as ours,
    ):
        ours.trust(str(server.enode))
        ours.watch([TOPIC])
        await ours.wait_for_peer(PATIENCE)
        await server.wait_for_peer(PATIENCE)
        ours.trust(str(server.enode), False)
        (peer,) = server.peers
        server.send_p2p(peer, [envelope()])
        last = envelope()
        server.post(last)
        await heard.wait(lambda event: isinstance(event, EnvelopeReceived))
        assert [e.envelope for e in heard.events if isinstance(e, EnvelopeReceived)] == [last]
        with pytest.raises(LocalError):
            ours.trust("nobody")
