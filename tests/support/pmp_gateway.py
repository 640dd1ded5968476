"""A home router that speaks NAT-PMP, on a UDP socket of loopback. It does what the test says, also what is wrong."""

from __future__ import annotations

import asyncio
import ipaddress
import struct
from collections.abc import Callable
from typing import Self

HOST = "127.0.0.1"


class PmpGateway(asyncio.DatagramProtocol):
    """RFC 6886, written from the RFC and not with the codec that it tests."""

    def __init__(self, address: str = "45.9.0.1") -> None:
        self.address = address
        """On the internet, as it says."""
        self.epoch = 1_000
        self.lifetime: int | None = None
        """Seconds that it grants; ``None``: what is asked for."""
        self.mappings: dict[tuple[str, int], int] = {}
        """External port by protocol and internal port."""
        self.taken: set[int] = set()
        """External ports that another machine has."""
        self.is_silent = False
        self.result = 0
        self.requests: list[bytes] = []
        self.answer: Callable[[bytes], list[bytes]] | None = None
        """What it sends in place of the right answer."""
        self.came = asyncio.Event()
        self._transport: asyncio.DatagramTransport

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    @property
    def port(self) -> int:
        return int(self._transport.get_extra_info("sockname")[1])

    def forget(self) -> None:
        """As after a power cut."""
        self.mappings.clear()
        self.epoch = 0

    async def asked(self, count: int = 1) -> None:
        """Wait until it was asked so many times more."""
        until = len(self.requests) + count
        while len(self.requests) < until:
            self.came.clear()
            await self.came.wait()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.requests.append(data)
        self.came.set()
        if self.is_silent:
            return
        for datagram in [self.honest(data)] if self.answer is None else self.answer(data):
            self._transport.sendto(datagram, addr)

    def honest(self, request: bytes) -> bytes:
        opcode = request[1]
        head = bytes((0, 0x80 | opcode)) + struct.pack("!HI", self.result, self.epoch)
        if opcode == 0:
            return head + ipaddress.IPv4Address(self.address).packed
        internal, external, lifetime = struct.unpack("!HHI", request[4:])
        protocol = {1: "udp", 2: "tcp"}[opcode]
        if not lifetime:
            self.mappings.pop((protocol, internal), None)
            return head + struct.pack("!HHI", internal, 0, 0)
        while external in self.taken:
            external += 1
        self.mappings[protocol, internal] = external
        return head + struct.pack("!HHI", internal, external, self.lifetime or lifetime)
