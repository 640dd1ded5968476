"""A link whose socket the event loop has closed behind its back, and one whose peer does not stop."""

from __future__ import annotations

import asyncio
import itertools
import socket
from typing import Any

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import PACKET_COST, TURN_BYTES, Work
from pystatus.errors import RemoteError
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.net.rlpx_protocol import RlpxProtocol
from tests.net.support import CONFIG, TOY, Application, TestNode, key, node


class SilentlyClosed(asyncio.Transport):
    """What uvloop leaves after a dial broken off: closed, but not said to be closing, and using it is an error."""

    def __init__(self) -> None:
        self.is_closed = False
        self.written = 0
        self._socket = socket.socket()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 30303), "socket": self._socket}[name]

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The limits do not matter here."""

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.is_closed:
            raise RuntimeError("the handler is closed")
        self.written += len(data)

    def close(self) -> None:
        if self.is_closed:
            raise RuntimeError("the handler is closed")

    def abort(self) -> None:
        self._socket.close()


async def test_the_socket_is_left_alone_after_a_dial_was_broken_off() -> None:
    loop = asyncio.get_running_loop()
    problems: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: problems.append(context))
    network = PeerManager(node(1), Application(), CONFIG)
    link = RlpxProtocol(network, loop, Enode(key(2).public_key, "127.0.0.1", 30303))
    transport = SilentlyClosed()
    link.connection_made(transport)
    greeting = transport.written
    assert greeting > 0

    link.disconnect(DisconnectReason.REQUESTED)  # is to be written at the end of this turn
    transport.is_closed = True
    link.drop()
    await asyncio.sleep(0)

    assert problems == []
    assert transport.written == greeting
    assert await link.outcome is not None


class Scheduler:
    """What was handed over in each turn of the event loop."""

    def __init__(self) -> None:
        self.turns = [(0, 0)]
        """Packets, and their bytes."""
        self.is_over = False
        self._next()

    def _next(self) -> None:
        self.turns.append((0, 0))
        if not self.is_over:
            asyncio.get_running_loop().call_soon(self._next)

    def note(self, peer: Peer, code: int, payload: bytes) -> None:
        packets, size = self.turns[-1]
        self.turns[-1] = packets + 1, size + len(payload)


async def test_a_peer_that_does_not_stop_is_heard_in_turns() -> None:
    """A18: what compresses well arrives by the megabyte in one read; everybody else is heard in between."""
    handed = Scheduler()
    packet = bytes(TURN_BYTES // 2)
    async with TestNode(1) as hears, TestNode(2) as floods:
        hears.app.on_packet = handed.note
        floods.add_static(hears.enode)
        peer = await floods.wait_for_peer()
        for burst in range(2):  # after the first it is read again
            for number in range(40):
                peer.send(TOY, number % 8, packet)
            for number in range(40):
                _, _, code, payload = await hears.app.packets.get()
                assert (code, payload) == (number % 8, packet), f"in order, in burst {burst}"
    handed.is_over = True
    assert sum(size for _, size in handed.turns) == 2 * 40 * len(packet)
    assert max(size for _, size in handed.turns) <= 2 * TURN_BYTES, (
        "one read and one turn of what was left may fall together"
    )


async def test_what_was_said_before_a_farewell_is_heard() -> None:
    packet = bytes(TURN_BYTES)
    async with TestNode(1) as hears, TestNode(2) as leaves:
        leaves.add_static(hears.enode)
        peer = await leaves.wait_for_peer()
        for number in range(8):
            peer.send(TOY, number, packet)
        await asyncio.sleep(0)  # written, in this turn; a Disconnect would drop what is not
        leaves.remove_static(hears.enode.node_id)
        assert [(await hears.app.packets.get())[2] for _ in range(8)] == list(range(8))
        _, reason = await hears.app.disconnected.get()
        assert "disconnected" in reason


async def handed_over(count: int) -> list[int]:
    """How many of so many empty packets that come at once are handed over in each turn of the event loop."""
    handed = Scheduler()
    async with TestNode(1) as hears, TestNode(2) as floods:
        hears.app.on_packet = handed.note
        floods.add_static(hears.enode)
        peer = await floods.wait_for_peer()
        for _ in range(count):
            peer.send(TOY, 0, b"")
        for _ in range(count):
            await hears.app.packets.get()
    handed.is_over = True
    packets = [packets for packets, _ in handed.turns]
    assert sum(packets) == count
    return packets


async def test_many_small_packets_are_heard_in_turns() -> None:
    """A20: one read brings thousands of empty packets."""
    assert max(await handed_over(2000)) <= 2 * TURN_BYTES // PACKET_COST


async def test_what_costs_more_than_its_bytes_is_heard_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A52: two milliseconds are a turn, whatever came in them. Here none are, so each packet is one."""
    monkeypatch.setattr("pystatus.devp2p.session.TURN_SECONDS", 0.0)
    assert max(await handed_over(200)) <= 2, "one read and one turn of what was left may fall together"


async def test_work_on_a_packet_is_done_in_turns_and_before_the_next() -> None:
    done: list[str] = []
    loop = asyncio.get_running_loop()

    def work(code: int) -> Work:
        for step in range(3):
            done.append(f"{code}.{step}")
            loop.call_soon(done.append, "another's turn")
            yield

    async with TestNode(1) as hears, TestNode(2) as says:
        hears.app.on_packet = lambda peer, code, payload: work(code)
        says.add_static(hears.enode)
        peer = await says.wait_for_peer()
        for code in (1, 2):
            peer.send(TOY, code, b"")
        await asyncio.sleep(0)  # written, in this turn
        says.remove_static(hears.enode.node_id)  # what was said before is gone through nevertheless
        _, reason = await hears.app.disconnected.get()
    assert "disconnected" in reason
    assert [entry for entry in done if entry != "another's turn"] == ["1.0", "1.1", "1.2", "2.0", "2.1", "2.2"]
    between = done[done.index("1.0") : done.index("2.2")]
    assert all(entry != following for entry, following in itertools.pairwise(between))


async def test_work_that_finds_the_peer_guilty_ends_the_connection() -> None:
    steps: list[int] = []

    def work() -> Work:
        steps.append(1)
        yield
        raise RemoteError("this is not what it should be")

    async with TestNode(1) as hears, TestNode(2) as says:
        hears.app.on_packet = lambda peer, code, payload: work()
        says.add_static(hears.enode)
        peer = await says.wait_for_peer()
        for _ in range(2):
            peer.send(TOY, 1, b"")
        _, reason = await hears.app.disconnected.get()
    assert reason == "this is not what it should be"
    assert steps == [1], "the second packet is not looked at"
