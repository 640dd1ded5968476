"""Node lists as their owners publish them, and a DNS server on this machine that knows them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import Link, entry_name
from pystatus.errors import RemoteError
from pystatus.wire.base_text import to_base64url

Zone = dict[str, list[str]]
"""The TXT records of each name."""
FAN_OUT = 10
"""Names in a branch."""


def key(number: int) -> PrivateKey:
    """One of the test's private keys."""
    return PrivateKey(number.to_bytes(32, "big"))


def link(owner: PrivateKey, domain: str) -> Link:
    return Link(owner.public_key, domain)


def record(number: int, address: bytes = b"\x08\x08\x08\x08", port: int = 30303, seq: int = 1) -> NodeRecord:
    """The record of the node with that key."""
    return NodeRecord.sign(key(number), seq, {b"ip": address, b"tcp": port, b"udp": port})


def signed_root(owner: PrivateKey, nodes: str, links: str, seq: int) -> str:
    text = f"enrtree-root:v1 e={nodes} l={links} seq={seq}"
    return f"{text} sig={to_base64url(owner.sign(keccak256(text.encode())))}"


def tree(zone: Zone, domain: str, leaves: Sequence[str]) -> str:
    """Add the entries of a tree to ``zone``; the name of the first one."""
    names = [add(zone, domain, leaf) for leaf in leaves]
    while len(names) != 1:
        names = [
            add(zone, domain, "enrtree-branch:" + ",".join(names[start : start + FAN_OUT]))
            for start in range(0, max(1, len(names)), FAN_OUT)
        ]
    return names[0]


def add(zone: Zone, domain: str, text: str) -> str:
    """Add one entry; its name below the domain."""
    name = entry_name(text)
    zone[f"{name}.{domain}"] = [text]
    return name


def publish(
    owner: PrivateKey, domain: str, nodes: Iterable[NodeRecord | str], links: Iterable[Link | str] = (), seq: int = 1
) -> Zone:
    """A list as its owner would put it into DNS."""
    zone: Zone = {}
    e = tree(zone, domain, [str(one) for one in nodes])
    l = tree(zone, domain, [str(one) for one in links])  # noqa: E741 - as the root calls it
    zone[domain] = ["v=spf1 -all", signed_root(owner, e, l, seq)]
    return zone


class ZoneResolver:
    """Answers from a zone, without a network, and remembers what it was asked."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.asked: list[str] = []
        self.questions: asyncio.Queue[str] = asyncio.Queue()

    async def texts(self, name: str) -> list[bytes]:
        self.asked.append(name)
        self.questions.put_nowait(name)
        if name not in self.zone:
            raise RemoteError(f"there is no {name}")
        return [text.encode() for text in self.zone[name]]


class DnsServer(asyncio.DatagramProtocol):
    """A DNS server on a free UDP port of this machine::

    async with DnsServer(zone) as server:
        DnsResolver(server.address)
    """

    def __init__(self, zone: Zone) -> None:
        self.zone = {name.lower(): texts for name, texts in zone.items()}
        self.is_silent = False
        self.asked: list[str] = []
        self.rcode: int | None = None
        """What it answers instead."""
        self._transport: asyncio.DatagramTransport
        self._tcp: asyncio.Server | None = None

    async def __aenter__(self) -> DnsServer:
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._transport.close()
        if self._tcp is not None:
            self._tcp.close()

    @property
    def address(self) -> str:
        host, port = self._transport.get_extra_info("sockname")
        return f"{host}:{port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    async def serve_tcp(self) -> int:
        """Answer over TCP as well: the port."""
        self._tcp = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port: int = self._tcp.sockets[0].getsockname()[1]
        return port

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(2), "big")
        answer = self.answer(await reader.readexactly(size))
        if not self.is_silent:
            writer.write(len(answer).to_bytes(2, "big") + answer)
        writer.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self.is_silent:
            self._transport.sendto(self.answer(data), addr)

    def answer(self, data: bytes) -> bytes:
        query = dns.message.from_wire(data)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True)
        self.asked.append(name)
        response = dns.message.make_response(query, recursion_available=True)
        texts = self.zone.get(name.lower())
        if self.rcode is not None:
            response.set_rcode(dns.rcode.Rcode(self.rcode))
        elif texts is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif texts:
            records = [" ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255)) for text in texts]
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", "TXT", records))
        return response.to_wire()
