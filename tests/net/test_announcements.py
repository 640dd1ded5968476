"""A router that speaks NAT-PMP announces by multicast that something has changed, here on loopback."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pystatus.nat import pmp
from pystatus.net import pmp_router
from pystatus.net.pmp_router import EAR_AT_ONCE, PmpRouter

ANNOUNCED = bytes.fromhex("0080 0000 00000102 2d090001")


class World:
    """Who hears, and whoever speaks on this machine."""

    def __init__(self, router: str = "127.0.0.1") -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("", 0))
            self._port = free.getsockname()[1]
        self.heard = 0
        self._came = asyncio.Event()
        self._speaker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._speaker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, ipaddress.ip_address("127.0.0.1").packed)
        self._speaker.bind(("127.0.0.1", 0))
        self.router = PmpRouter(ipaddress.ip_address(router))
        self.router._own = ipaddress.ip_address("127.0.0.1")
        self.router.listen(self._announced, self._port)

    def _announced(self) -> None:
        self.heard += 1
        self._came.set()

    def say(self, datagram: bytes) -> None:
        self._speaker.sendto(datagram, (pmp.ANNOUNCEMENT_GROUP, self._port))

    async def until_heard(self) -> None:
        self._came.clear()
        async with asyncio.timeout(20):
            await self._came.wait()

    def close(self) -> None:
        self.router.close()
        self.router.close()  # changes nothing
        self._speaker.close()


@contextmanager
def world(router: str = "127.0.0.1") -> Iterator[World]:
    made = World(router)
    try:
        yield made
    finally:
        made.close()


async def test_an_announcement_is_heard() -> None:
    with world() as made:
        made.say(ANNOUNCED)
        await made.until_heard()


async def test_a_flood_of_announcements_causes_one_question_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    with world() as made:
        for _ in range(50):
            made.say(ANNOUNCED)
        await made.until_heard()
        for _ in range(50):
            made.say(ANNOUNCED)
        for _ in range(20):
            await asyncio.sleep(0)
        assert made.heard == 1, "then it rests"
    monkeypatch.setattr(pmp_router, "EAR_REST", 0.01)
    with world() as made:
        for _ in range(3):
            made.say(ANNOUNCED)
            await made.until_heard()


async def test_what_is_none_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pmp_router, "EAR_REST", 0.01)
    with world() as made:
        for _ in range(2 * EAR_AT_ONCE):
            made.say(b"nonsense")
        made.say(bytes.fromhex("0082 0000 00000102 765f 7660 000004b0"))
        made.say(ANNOUNCED)
        await made.until_heard()
        assert made.heard == 1


async def test_who_is_not_the_router_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pmp_router, "EAR_REST", 0.001)
    with world("192.168.1.1") as made:
        for _ in range(5):
            made.say(ANNOUNCED)
            await asyncio.sleep(0.002)
        assert made.heard == 0
