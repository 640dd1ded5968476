"""Time servers on this machine: honest ones, and others."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeAlias

from pystatus.timekeeping import sntp
from pystatus.timekeeping.servers import TimeServer

Reply: TypeAlias = Callable[[bytes, float], Sequence[bytes]]
"""What a server sends when it is asked: the question, and the true time, Unix seconds."""


def answer(
    question: bytes,
    now: float,
    *,
    first: int = 4 << 3 | 4,
    stratum: int = 2,
    root_delay: float = 0.01,
    root_dispersion: float = 0.01,
    reference: bytes = b"\x7f\0\0\1",
    origin: bytes | None = None,
    received: float | None = None,
    transmit: bytes | None = None,
) -> bytes:
    """The answer of a server whose clock says ``now``."""
    return struct.pack(
        ">BBbbII4s8s8s8s8s",
        first,
        stratum,
        6,
        -20,
        int(root_delay * 65_536),
        int(root_dispersion * 65_536),
        reference,
        sntp.timestamp(now - 60),
        question[40:48] if origin is None else origin,
        sntp.timestamp(now if received is None else received),
        sntp.timestamp(now) if transmit is None else transmit,
    )


def honest(question: bytes, now: float) -> list[bytes]:
    return [answer(question, now)]


def silent(question: bytes, now: float) -> list[bytes]:
    return []


def ahead(seconds: float) -> Reply:
    """A server whose clock is ahead, and that does not know or say it."""
    return lambda question, now: [answer(question, now + seconds)]


class _Server(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.asked = 0
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.asked += 1
        for packet in self.reply(data, time.time()):
            self.transport.sendto(packet, addr)


class Servers:
    """Several of them, each on a port of its own."""

    def __init__(self, servers: Sequence[_Server]) -> None:
        self._servers = servers

    @property
    def names(self) -> tuple[str, ...]:
        """As they are given to a client."""
        places = [one.transport.get_extra_info("sockname") for one in self._servers]
        return tuple(str(TimeServer(place[0], place[1])) for place in places)

    @property
    def asked(self) -> list[int]:
        """How often each was asked."""
        return [one.asked for one in self._servers]

    def now_reply(self, *replies: Reply) -> None:
        """From now on they answer so."""
        for one, reply in zip(self._servers, replies, strict=True):
            one.reply = reply


@asynccontextmanager
async def time_servers(*replies: Reply, host: str = "127.0.0.1") -> AsyncIterator[Servers]:
    """Servers that answer so until the end of the block."""
    loop = asyncio.get_running_loop()
    made = [(await loop.create_datagram_endpoint(partial(_Server, reply), (host, 0)))[1] for reply in replies]
    try:
        yield Servers(made)
    finally:
        for one in made:
            one.transport.close()
