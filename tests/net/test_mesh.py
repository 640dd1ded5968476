"""Two processes of one node, joined by a pair of sockets: packets in order, no limits, a clean end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import Work
from pystatus.errors import RemoteError
from pystatus.net import mesh
from pystatus.net.mesh import MAX_FRAME_SIZE
from pystatus.net.peer import Peer
from tests.net.support import TOY, TestNode, configured

ALONE = configured(listen_hosts=(), max_peers=0)


def ends() -> tuple[socket.socket, socket.socket]:
    pair = socket.socketpair()
    for end in pair:
        end.setblocking(False)
    return pair


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[TestNode, Peer, TestNode, Peer]]:
    one, two = TestNode(1, ALONE), TestNode(1, ALONE)  # the same key: they are one node
    async with one, two:
        first, second = ends()
        await one.join(first, TOY, "worker 2")
        await two.join(second, TOY, "worker 1")
        yield one, await one.app.connected.get(), two, await two.app.connected.get()


async def test_they_are_peers_without_a_place_among_the_peers() -> None:
    async with joined() as (one, peer, two, other):
        assert peer.client_id == "worker 2"
        assert peer.is_within_node
        assert other.is_within_node
        assert peer.id != other.id
        assert peer.is_connected
        assert one.peers == two.peers == ()
        assert "worker 2" in repr(peer)


async def test_packets_of_any_size_arrive_in_order() -> None:
    async with joined() as (_, peer, two, other):
        payloads = [b"", b"x", bytes(3_000_000), b"last"]
        for code, payload in enumerate(payloads):
            peer.send(TOY, code, payload)
        assert peer.pending_bytes == sum(len(payload) + 5 for payload in payloads)
        for code, payload in enumerate(payloads):
            assert await two.app.packets.get() == (other, TOY, code, payload)
        assert peer.pending_bytes == 0


async def test_whoever_leaves_is_noticed_and_what_was_sent_before_arrives() -> None:
    async with joined() as (one, peer, two, other):
        peer.send(TOY, 1, b"before")
        peer.disconnect()
        peer.send(TOY, 1, b"after")
        peer.disconnect()
        assert await two.app.packets.get() == (other, TOY, 1, b"before")
        assert await two.app.disconnected.get() == (other, "the other process has ended")
        gone, reason = await one.app.disconnected.get()
        assert gone is peer
        assert reason.startswith("we disconnected")
        assert two.app.packets.empty()
        assert not peer.is_connected


async def test_what_another_process_passes_on_is_gone_through_in_turns() -> None:
    """A52: it is as much work as what peers bring, and others must not wait for all of it."""
    done: list[str] = []
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(code: int) -> Work:
        for step in range(3):
            done.append(f"{code}.{step}")
            loop.call_soon(done.append, "another's turn")
            yield
        if code == 2:
            over.set()

    async with joined() as (_, peer, two, _):
        two.app.on_packet = lambda _, code, payload: work(code)
        for code in (1, 2):
            peer.send(TOY, code, b"")
        await over.wait()
    assert [each for each in done if "." in each] == [f"{code}.{step}" for code in (1, 2) for step in range(3)]
    assert all(not ("." in one and "." in other) for one, other in pairwise(done)), done


async def test_of_many_packets_some_are_handed_over_in_one_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mesh, "TURN_SECONDS", 0.0)
    async with joined() as (_, peer, two, _):
        turn = 0
        heard: list[int] = []
        two.app.on_packet = lambda _, code, payload: heard.append(turn)
        for _ in range(200):
            peer.send(TOY, 1, b"")
        while len(heard) < 200:
            turn += 1
            await asyncio.sleep(0)
    assert max(Counter(heard).values()) <= 2, "one read and one turn of what was left may fall together"


async def test_what_the_application_refuses_ends_it() -> None:
    def refuse(peer: Peer, code: int, payload: bytes) -> None:
        raise RemoteError("never heard of that")

    async with joined() as (one, peer, two, other):
        two.app.on_packet = refuse
        peer.send(TOY, 1, b"odd")
        peer.send(TOY, 2, b"not looked at")
        assert await two.app.disconnected.get() == (other, "never heard of that")
        await one.app.disconnected.get()
        assert two.app.packets.empty()


@pytest.mark.parametrize("length", [0, MAX_FRAME_SIZE + 1])
async def test_a_length_that_cannot_be(length: int) -> None:
    async with TestNode(1, ALONE) as one:
        first, second = ends()
        with second:
            await one.join(first, TOY, "worker 2")
            second.send(length.to_bytes(4, "big") + b"\x01")
            peer, reason = await one.app.disconnected.get()
            assert reason == f"a frame of {length} bytes between processes"
            assert not peer.is_connected


async def test_who_is_joined_again_leaves_the_former_end() -> None:
    async with joined() as (one, peer, two, other):
        first, second = ends()
        await one.join(first, TOY, "worker 2")
        await two.join(second, TOY, "worker 1")
        again, _ = await one.app.connected.get(), await two.app.connected.get()
        assert {(await one.app.disconnected.get())[0], (await two.app.disconnected.get())[0]} == {peer, other}
        again.send(TOY, 3, b"hello")
        assert (await two.app.packets.get())[2:] == (3, b"hello")


async def test_closing_does_not_wait_for_one_that_hangs() -> None:
    async with TestNode(1, configured(listen_hosts=(), disconnect_timeout=0.01)) as one:
        first, second = ends()
        with second:  # and nobody reads here
            await one.join(first, TOY, "worker 2")
            peer = await one.app.connected.get()
            peer.send(TOY, 1, bytes(8_000_000))
            await asyncio.sleep(0)
            assert peer.pending_bytes > 0
            await one.close()
            assert (await one.app.disconnected.get())[0] is peer


async def test_the_reason_of_the_application_is_kept() -> None:
    async with joined() as (one, peer, _, _):
        peer.disconnect(DisconnectReason.SUBPROTOCOL_ERROR)
        assert "subprotocol" in (await one.app.disconnected.get())[1]


async def test_peers_wait_for_a_process_that_is_behind() -> None:
    async with TestNode(1) as one, TestNode(2) as peer, TestNode(1, ALONE) as two:
        peer.add_static(one.enode)
        sender = await peer.app.connected.get()
        await one.app.connected.get()
        first, second = ends()
        await one.join(first, TOY, "worker 2")
        link = await one.app.connected.get()
        one.app.on_packet = lambda _, code, payload: link.send(TOY, code, payload) if code else None
        count = 0
        while sender.pending_bytes < 8_000_000:  # as much as the system takes, and more
            sender.send(TOY, 1, os.urandom(100_000))
            count += 1
            await asyncio.sleep(0)
        assert link.pending_bytes < 4_000_000  # the rest has stayed with the peer
        await two.join(second, TOY, "worker 1")
        for _ in range(count):
            assert len((await two.app.packets.get())[3]) == 100_000
        sender.send(TOY, 0, b"done")
        while (await one.app.packets.get())[2]:
            pass
        assert link.pending_bytes == 0


async def test_peers_do_not_wait_for_ever() -> None:
    config = configured(mesh_patience=0.01)
    async with TestNode(1, config) as one, TestNode(2) as peer:
        peer.add_static(one.enode)
        sender = await peer.app.connected.get()
        await one.app.connected.get()
        first, second = ends()
        with second:  # and nobody reads here
            await one.join(first, TOY, "worker 2")
            link = await one.app.connected.get()
            link.send(TOY, 1, bytes(4_000_000))
            await asyncio.sleep(0)
            assert link.pending_bytes > 0
            sender.send(TOY, 3, b"still there?")
            assert (await one.app.packets.get())[2:] == (3, b"still there?")
            assert link.pending_bytes > 0
