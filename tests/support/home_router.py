"""A home router, in a process of its own: it translates addresses, opens ports by NAT-PMP, and can be renumbered.

python -m tests.support.home_router OUTSIDE ADDRESS INSIDE ADDRESS      (an interface and its address, twice)

The translation of the kernel (netfilter) is not in every kernel, and cannot be told to forget. The interfaces have no
address of the kernel: this process answers ARP, and passes on UDP and TCP over IPv4, frame by frame. From outside it
lets in what belongs to a connection that was begun inside, from the same address and port, and what comes to a port
that was opened: the strictest kind of home router. Written from RFC 4787 and RFC 6886, and not with the code it tests.

Each line of standard input is an order: {"do": "renumber", "port": ADDRESS}, {"do": "forget", "port": ""}, or {"do":
"show", "port": ""}.
"""

from __future__ import annotations

import ipaddress
import json
import os
import selectors
import socket
import struct
import sys
import time
from dataclasses import dataclass, field

from tests.support.switch import EVERYTHING, LARGEST, PACKET_IGNORE_OUTGOING, PACKET_VNET_HDR, SOL_PACKET, VNET_HEADER

ETHERNET = 14
"""Bytes of a header: target, source, type."""
ARP, IPV4 = b"\x08\x06", b"\x08\x00"
TCP, UDP = 6, 17
CHECKSUM_AT = {TCP: 16, UDP: 6}
SUM_IS_PARTIAL = 1
"""A flag of ``struct virtio_net_hdr``: the sum holds the addresses only, and the kernel makes it when it is sent."""
BROADCAST = b"\xff" * 6
PMP_PORT, ANNOUNCED_TO, ANNOUNCED_AT = 5351, "224.0.0.1", 5350
FIRST_DRAWN_PORT = 50_000
RUNNING = 86_400.0
"""Seconds for which the router has run at the start. Of one that ran for three its answers cannot say that it began
anew, as RFC 6886 §3.6 allows the clocks two."""


@dataclass
class Side:
    """One interface."""

    name: str
    address: bytes
    socket: socket.socket
    hardware: bytes
    neighbours: dict[bytes, bytes] = field(default_factory=dict)
    waiting: dict[bytes, list[bytes]] = field(default_factory=dict)

    @classmethod
    def open(cls, name: str, address: str) -> Side:
        port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
        port.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        port.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        port.bind((name, 0))
        port.setblocking(False)
        return cls(name, ipaddress.IPv4Address(address).packed, port, port.getsockname()[4])

    def send(self, hardware: bytes, kind: bytes, content: bytes, offload: bytes = bytes(VNET_HEADER)) -> None:
        try:
            self.socket.send(offload + hardware + self.hardware + kind + content)
        except OSError:  # a full queue: a router drops the frame
            return

    def ask(self, address: bytes) -> None:
        self._arp(BROADCAST, 1, bytes(6), address)

    def take_arp(self, content: bytes) -> None:
        operation = int.from_bytes(content[6:8])
        hardware, address, target = content[8:14], content[14:18], content[24:28]
        if target != self.address:
            return
        self.neighbours[address] = hardware
        for frame in self.waiting.pop(address, []):
            self.send(hardware, IPV4, frame[VNET_HEADER:], frame[:VNET_HEADER])
        if operation == 1:
            self._arp(hardware, 2, hardware, address)

    def pass_on(self, packet: bytes, offload: bytes) -> None:
        """Send an IPv4 packet to its target, which is in the network of this interface."""
        target = packet[16:20]
        hardware = self.neighbours.get(target)
        if hardware is None:
            self.waiting.setdefault(target, []).append(offload + packet)
            self.ask(target)
        else:
            self.send(hardware, IPV4, packet, offload)

    def _arp(self, hardware: bytes, operation: int, target_hardware: bytes, target: bytes) -> None:
        head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
        self.send(hardware, ARP, head + self.hardware + self.address + target_hardware + target)


@dataclass(frozen=True)
class Inner:
    """Somebody inside: protocol, address, port."""

    protocol: int
    address: bytes
    port: int


class HomeRouter:
    def __init__(self, outside: Side, inside: Side) -> None:
        self._outside = outside
        self._inside = inside
        self._began = time.monotonic() - RUNNING
        self._open: dict[tuple[int, int], Inner] = {}
        """By protocol and external port: what was opened."""
        self._ports: dict[Inner, int] = {}
        self._users: dict[tuple[int, int], Inner] = {}
        self._connections: set[tuple[int, int, bytes, int]] = set()
        """Protocol, external port, and the other end."""
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ, None)
        for side in (outside, inside):
            self._selector.register(side.socket, selectors.EVENT_READ, side)
        self._commands = b""

    def run(self) -> None:
        """Until standard input ends."""
        while True:
            for key, _ in self._selector.select():
                if key.data is not None:
                    self._receive(key.data)
                elif not self._read_commands():
                    return

    # Orders

    def _read_commands(self) -> bool:
        data = os.read(sys.stdin.fileno(), 65_536)
        *lines, self._commands = (self._commands + data).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))
        return bool(data)

    def _obey(self, command: dict[str, str]) -> None:
        said = command["port"]
        match command["do"]:
            case "renumber":
                self._outside.address = ipaddress.IPv4Address(said).packed
                self._connections.clear()
                self._announce()
            case "forget":
                self._open.clear()
                self._began = time.monotonic()
                self._announce()
            case "show":
                said = " ".join(f"{'tcp' if kind == TCP else 'udp'}:{port}" for kind, port in sorted(self._open))
        print(json.dumps({"event": command["do"], "port": said}), flush=True)

    # Packets

    def _receive(self, side: Side) -> None:
        while True:
            try:
                frame = side.socket.recv(LARGEST)
            except (BlockingIOError, OSError):
                return
            offload, kind = frame[:VNET_HEADER], frame[VNET_HEADER:][12:14]
            content = frame[VNET_HEADER + ETHERNET :]
            if kind == ARP:
                side.take_arp(content)
            elif kind == IPV4 and content[9] in CHECKSUM_AT and frame[VNET_HEADER:][:6] == side.hardware:
                content = content[: int.from_bytes(content[2:4])]
                if side is self._inside:
                    side.neighbours[content[12:16]] = frame[VNET_HEADER:][6:12]
                    self._from_inside(content, offload)
                else:
                    self._from_outside(content, offload)

    def _from_inside(self, packet: bytes, offload: bytes) -> None:
        protocol, source, target = packet[9], packet[12:16], packet[16:20]
        source_port, target_port = _ports(packet)
        if target == self._inside.address:
            if protocol == UDP and target_port == PMP_PORT:
                self._answer(packet, source, source_port)
            return
        port = self._port_of(Inner(protocol, source, source_port))
        self._connections.add((protocol, port, target, target_port))
        self._outside.pass_on(_changed(packet, offload, source=self._outside.address, source_port=port), offload)

    def _from_outside(self, packet: bytes, offload: bytes) -> None:
        protocol, source, target = packet[9], packet[12:16], packet[16:20]
        source_port, port = _ports(packet)
        if target != self._outside.address:
            return
        inner = self._open.get((protocol, port))
        if inner is None and (protocol, port, source, source_port) in self._connections:
            inner = self._users.get((protocol, port))
        if inner is not None:
            changed = _changed(packet, offload, target=inner.address, target_port=inner.port)
            self._inside.pass_on(changed, offload)

    def _port_of(self, inner: Inner) -> int:
        """The external port of somebody inside. One that was opened is used for what goes out, too."""
        for (protocol, port), opened in self._open.items():
            if opened == inner and protocol == inner.protocol:
                return port
        port = self._ports.get(inner, 0)
        if not port:
            port = FIRST_DRAWN_PORT + len(self._ports)
            self._ports[inner] = port
            self._users[inner.protocol, port] = inner
        return port

    # NAT-PMP

    def _answer(self, packet: bytes, source: bytes, source_port: int) -> None:
        request = packet[(packet[0] & 15) * 4 + 8 :]
        self._send_pmp(self._answered(request, source), source, source_port)

    def _answered(self, request: bytes, source: bytes) -> bytes:
        opcode = request[1]
        head = struct.pack("!BBHI", 0, 128 + opcode, 0, self._epoch)
        if opcode == 0:
            return head + self._outside.address
        internal, external, lifetime = struct.unpack("!HHI", request[4:12])
        inner = Inner(UDP if opcode == 1 else TCP, source, internal)
        if lifetime:
            self._open[inner.protocol, external] = inner
        else:
            self._open = {key: opened for key, opened in self._open.items() if opened != inner}
        return head + struct.pack("!HHI", internal, external, lifetime)

    @property
    def _epoch(self) -> int:
        return int(time.monotonic() - self._began)

    def _announce(self) -> None:
        answer = struct.pack("!BBHI", 0, 128, 0, self._epoch) + self._outside.address
        self._send_pmp(answer, ipaddress.IPv4Address(ANNOUNCED_TO).packed, ANNOUNCED_AT)

    def _send_pmp(self, content: bytes, target: bytes, target_port: int) -> None:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 28 + len(content), 0, 0, 64, UDP, 0) + self._inside.address + target
        head = head[:10] + struct.pack("!H", 0xFFFF ^ _sum(head)) + head[12:]
        packet = head + struct.pack("!HHHH", PMP_PORT, target_port, 8 + len(content), 0) + content
        if target[0] == 224:
            self._inside.send(b"\x01\x00\x5e" + target[1:], IPV4, packet)
        else:
            self._inside.pass_on(packet, bytes(VNET_HEADER))


def _ports(packet: bytes) -> tuple[int, int]:
    at = (packet[0] & 15) * 4
    return int.from_bytes(packet[at : at + 2]), int.from_bytes(packet[at + 2 : at + 4])


def _changed(
    packet: bytes,
    offload: bytes,
    *,
    source: bytes | None = None,
    source_port: int | None = None,
    target: bytes | None = None,
    target_port: int | None = None,
) -> bytes:
    """The packet with another source or target, and its sums put right (RFC 1624)."""
    changed = bytearray(packet)
    at = (packet[0] & 15) * 4
    if source is not None:
        changed[12:16] = source
    if target is not None:
        changed[16:20] = target
    changed[10:12] = _adjusted(packet[10:12], packet[12:20], bytes(changed[12:20]))
    if source_port is not None:
        changed[at : at + 2] = source_port.to_bytes(2)
    if target_port is not None:
        changed[at + 2 : at + 4] = target_port.to_bytes(2)
    sum_at = at + CHECKSUM_AT[packet[9]]
    before = packet[sum_at : sum_at + 2]
    if offload[0] & SUM_IS_PARTIAL:  # the sum of the addresses alone, and not complemented
        changed[sum_at : sum_at + 2] = _flipped(_adjusted(_flipped(before), packet[12:20], bytes(changed[12:20])))
    elif any(before):  # UDP may go without
        changed[sum_at : sum_at + 2] = _adjusted(
            before, packet[12:20] + packet[at : at + 4], bytes(changed[12:20] + changed[at : at + 4])
        )
    return bytes(changed)


def _adjusted(checksum: bytes, old: bytes, new: bytes) -> bytes:
    total = 0xFFFF ^ int.from_bytes(checksum)
    for at in range(0, len(old), 2):
        total += 0xFFFF ^ int.from_bytes(old[at : at + 2])
        total += int.from_bytes(new[at : at + 2])
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return (0xFFFF ^ total).to_bytes(2)


def _flipped(checksum: bytes) -> bytes:
    return (0xFFFF ^ int.from_bytes(checksum)).to_bytes(2)


def _sum(data: bytes) -> int:
    total = sum(int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


if __name__ == "__main__":
    HomeRouter(Side.open(*sys.argv[1:3]), Side.open(*sys.argv[3:5])).run()
