"""Watches what leaves a host (:mod:`tests.support.hosts`), loopback included, and tells of everything that is not TCP
to one place. Run on that host, as root::

    python -m tests.support.wire ADDRESS PORT

A line of JSON says that it watches, and one tells of each packet to elsewhere. A question for a hardware address counts
as one: it is how a packet to a neighbour begins. The kernel's own words about IPv6 (ICMPv6) do not.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import sys

EVERYTHING, IPV4, ARP, IPV6 = 3, 0x0800, 0x0806, 0x86DD
OUTGOING = 4
TCP, HOP_BY_HOP, ICMPV6 = 6, 0, 58
REQUEST = 1
MOST = 100


def elsewhere(protocol: int, packet: bytes, address: str, port: int) -> str | None:
    """Where a packet goes, unless it goes to ``address`` and ``port``."""
    if protocol == IPV4:
        header = (packet[0] & 15) * 4
        target, kind = str(ipaddress.ip_address(packet[16:20])), packet[9]
        to = int.from_bytes(packet[header + 2 : header + 4], "big")
        return None if (target, kind, to) == (address, TCP, port) else f"protocol {kind} to {target}:{to}"
    if protocol == ARP:
        target = str(ipaddress.ip_address(packet[24:28]))
        is_question = int.from_bytes(packet[6:8], "big") == REQUEST
        return f"who has {target}?" if is_question and target != address else None
    if protocol == IPV6:
        return None if packet[6] in (HOP_BY_HOP, ICMPV6) else f"to {ipaddress.ip_address(packet[24:40])}"
    return f"protocol {protocol:#06x}"


def main(address: str, port: str) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(EVERYTHING)) as tap:
        print(json.dumps({"event": "started"}), flush=True)
        told = 0
        while told < MOST:
            packet, (interface, protocol, direction, *_) = tap.recvfrom(1 << 16)
            where = None if direction != OUTGOING else elsewhere(protocol, packet, address, int(port))
            if where is not None:
                told += 1
                print(json.dumps({"event": "elsewhere", "what": f"{where} by {interface}"}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
