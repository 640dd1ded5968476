"""The listening socket of several workers: what it accepts and nobody takes, and a system that has no room."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from pystatus.workers.entrance import Entrance
from tests.apps.support import PATIENCE


@asynccontextmanager
async def entrance(
    running: Sequence[int], hand_over: Callable[[int, socket.socket], bool]
) -> AsyncIterator[tuple[Entrance, tuple[str, int]]]:
    opened = Entrance(lambda: running, hand_over, pause=0.01)
    address = opened.bind(("127.0.0.1",), 0)
    try:
        yield opened, address
    finally:
        opened.close()


async def is_hung_up(address: tuple[str, int]) -> bool:
    reader, writer = await asyncio.open_connection(*address)
    async with asyncio.timeout(PATIENCE):
        try:
            ended = await reader.read(1) == b""
        except ConnectionResetError:
            ended = True
    writer.close()
    return ended


async def test_who_comes_early_waits_until_it_opens() -> None:
    taken: asyncio.Queue[int] = asyncio.Queue()

    def take(number: int, accepted: socket.socket) -> bool:
        taken.put_nowait(number)
        return True

    async with entrance([3], take) as (door, address):
        assert not door.is_open
        _, writer = await asyncio.open_connection(*address)
        assert taken.empty()
        door.open()
        assert await asyncio.wait_for(taken.get(), PATIENCE) == 3
        writer.close()
        assert door.refused == 0


@pytest.mark.parametrize("running", [[], [1]])
async def test_whom_nobody_takes_is_hung_up_on(running: list[int]) -> None:
    async with entrance(running, lambda number, accepted: False) as (door, address):
        door.open()
        assert await is_hung_up(address)
        assert door.refused == 1


async def test_a_system_without_room_is_asked_again_later(caplog: pytest.LogCaptureFixture) -> None:
    class Crowded(socket.socket):
        """Has no room for its first connection."""

        crowds = 1

        def accept(self) -> tuple[socket.socket, object]:
            if self.crowds:
                self.crowds -= 1
                raise OSError(errno.EMFILE, "x")
            return super().accept()

    with caplog.at_level(logging.ERROR):
        async with entrance([], lambda number, accepted: False) as (door, address):
            (listener,) = door._listeners
            door._listeners = [Crowded(fileno=listener.detach())]
            door._listeners[0].setblocking(False)
            door.open()
            assert await is_hung_up(address)
    assert caplog.messages == [
        f"no connection can be accepted: {os.strerror(errno.EMFILE)}",
        "connections are accepted again, after 0:00:00",
    ]


async def test_it_can_be_closed_while_it_waits_for_room() -> None:
    async with entrance([], lambda number, accepted: False) as (door, _):
        door._paused = asyncio.get_running_loop().call_later(PATIENCE, door.open)
        waiting = door._paused
    assert waiting.cancelled()
    assert not door.is_open
