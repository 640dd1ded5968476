"""Whatever happens to a link, in whatever order: its socket is not misused, and its end is told once."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.messages import DisconnectReason
from pystatus.devp2p.session import Work
from pystatus.net.link_state import GONE, LinkState
from pystatus.net.rlpx_protocol import RlpxProtocol
from tests.net.support import TOY, TestNode, configured, key, node

CONFIG = configured(max_unsent=100_000, disconnect_timeout=60.0, write_timeout=60.0)


class MemorySocket(asyncio.Transport):
    """A socket that takes what is written, and complains about what a socket does not allow."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.unsent = 0
        self.is_closed = False
        self.is_lost = False
        self.ended = False
        self.reads = True
        self.socket = socket.socket()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 30303), "socket": self.socket}[name]

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """They do not matter here."""

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return self.is_closed

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_closed
        assert not self.ended
        self.written.append(bytes(data))

    def write_eof(self) -> None:
        assert not self.is_closed
        assert not self.ended
        self.ended = True

    def close(self) -> None:
        assert not self.is_closed
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        assert self.reads
        self.reads = False

    def resume_reading(self) -> None:
        assert not self.reads
        self.reads = True


class Life:
    """A link, its socket, and the peer at the other end."""

    def __init__(self, *, dialled: bool) -> None:
        self.node = TestNode(1, CONFIG)
        self.closed = 0
        loop = asyncio.get_running_loop()
        close = self.node.link_closed

        def count(*arguments: Any) -> None:
            self.closed += 1
            close(*arguments)

        self.node.link_closed = count  # type: ignore[method-assign, assignment]
        self.node.app.on_packet = lambda peer, code, payload: self.work() if code == 1 else None
        self.link = RlpxProtocol(self.node, loop, Enode(key(2).public_key, "127.0.0.1", 30303) if dialled else None)
        self.socket = MemorySocket()
        self.peer = (
            Connection.respond(node(2), os.urandom, loop.time())
            if dialled
            else Connection.initiate(node(2), key(1).public_key, os.urandom, loop.time())
        )

    def work(self) -> Work:
        for _ in range(3):
            yield

    @property
    def has_socket(self) -> bool:
        return hasattr(self.link, "_transport")

    @property
    def is_on(self) -> bool:
        """Whether the socket carries something."""
        return self.has_socket and not self.socket.is_lost

    @property
    def is_admitted(self) -> bool:
        return hasattr(self.link, "connection")

    # What may happen

    def connect(self) -> None:
        if not self.has_socket:
            self.link.connection_made(self.socket)

    def exchange(self) -> None:
        """Bytes both ways, once."""
        if self.is_on:
            for data in self.socket.written:
                self.peer.receive_data(data, 0.0)
            self.socket.written.clear()
            data = self.peer.data_to_send()
            if data and self.socket.reads and not self.socket.is_closed:
                self.link.data_received(data)

    def shake_hands(self) -> None:
        self.connect()
        for _ in range(4):
            self.exchange()

    def packets(self, code: int, size: int) -> None:
        if self.peer.state is State.OPEN:
            for _ in range(3):
                self.peer.send(TOY, code, bytes(size))
            self.exchange()

    def small(self) -> None:
        self.packets(0, 10)

    def large(self) -> None:
        self.packets(0, 200_000)

    def lengthy(self) -> None:
        self.packets(1, 10)

    def peer_leaves(self) -> None:
        if self.peer.state is State.OPEN:
            self.peer.disconnect(DisconnectReason.REQUESTED)
            self.exchange()

    def garbage(self) -> None:
        if self.is_on and not self.socket.is_closed and self.socket.reads:
            self.link.data_received(bytes(500))

    def send(self) -> None:
        if self.link.peer is not None:
            self.link.peer.send(TOY, 0, os.urandom(60_000))

    def queue(self) -> None:
        if self.link.peer is not None:
            self.link.peer.queue(TOY, 0, b"queued")
            self.link.peer.flush()

    def disconnect(self) -> None:
        if self.is_admitted:
            self.link.disconnect(DisconnectReason.REQUESTED)

    def pause(self) -> None:
        if self.is_admitted:
            self.link.pause_reading()

    def resume(self) -> None:
        if self.is_admitted:
            self.link.resume_reading()

    def stall(self) -> None:
        if self.is_on and self.is_admitted and not self.socket.is_closed:
            self.socket.unsent = 1 << 20

    def give_up(self) -> None:
        """The peer has not read for too long; this timer is cancelled when the socket is lost."""
        if self.is_admitted and self.link._state not in GONE:
            self.link._give_up("the peer does not read")

    def lose(self) -> None:
        if self.is_on:
            self.socket.is_lost = self.socket.is_closed = True
            self.link.connection_lost(None)

    def drop(self) -> None:
        if self.link.dialled is not None and self.link._state is not LinkState.DROPPED:
            self.link.drop()


ACTIONS: list[Callable[[Life], None]] = [
    Life.connect,
    Life.exchange,
    Life.shake_hands,
    Life.small,
    Life.large,
    Life.lengthy,
    Life.peer_leaves,
    Life.garbage,
    Life.send,
    Life.queue,
    Life.disconnect,
    Life.pause,
    Life.resume,
    Life.stall,
    Life.give_up,
    Life.lose,
    Life.drop,
]


async def live(actions: list[Callable[[Life], None] | None], *, dialled: bool, begins: bool) -> None:
    """:param actions: None is a turn of the event loop."""
    problems: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    life = Life(dialled=dialled)
    if begins:
        life.shake_hands()
    for action in actions:
        if action is None:
            await asyncio.sleep(0)
        else:
            action(life)
    life.connect()
    for _ in range(3):
        await asyncio.sleep(0)
    life.lose()
    for _ in range(1_000):  # what came before it was lost is gone through in turns
        if life.link._state is LinkState.OVER:
            break
        await asyncio.sleep(0)
    life.socket.socket.close()
    assert problems == []
    assert life.link._state is LinkState.OVER
    assert life.node.lost.qsize() == 1
    assert life.closed == life.is_admitted
    assert life.node.app.connected.qsize() == life.node.app.disconnected.qsize() == (life.link.peer is not None)
    assert life.link.outcome.done()
    assert not life.node._links
    assert not life.node._connected


@settings(max_examples=300)
@given(st.lists(st.one_of(st.none(), st.sampled_from(ACTIONS)), max_size=25), st.booleans(), st.booleans())
def test_any_life_of_a_link(actions: list[Callable[[Life], None] | None], dialled: bool, begins: bool) -> None:
    asyncio.run(live(actions, dialled=dialled, begins=begins))
