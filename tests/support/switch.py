"""An Ethernet switch with a delay, in a process of its own. The kernel's own delay (netem) is not in every kernel.

python -m tests.support.switch SECONDS      (the delay from a port to another)

Each line of standard input is an order: {"do": "plug" | "cut" | "mend", "port": NAME OF AN INTERFACE}. The process runs
in a network namespace of its own, with one end of each host's cable. Frames keep the kernel's notes about sums and
segments that are still to be made (``PACKET_VNET_HDR``), so that they arrive whole.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass

SOL_PACKET = 263
PACKET_VNET_HDR = 15
PACKET_IGNORE_OUTGOING = 23
VNET_HEADER = 10
"""Bytes of ``struct virtio_net_hdr`` in front of each frame."""
LARGEST = VNET_HEADER + 14 + 65_536
"""Bytes: a frame that is still to be cut into segments."""
EVERYTHING = 3
"""``ETH_P_ALL``."""
MULTICAST = 1
"""The bit of a hardware address that means: to several."""


@dataclass(frozen=True, slots=True)
class _Delayed:
    due: float
    frame: bytes
    source: str


class Switch:
    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._selector = selectors.DefaultSelector()
        self._ports: dict[str, socket.socket] = {}
        self._cut: set[str] = set()
        self._places: dict[bytes, str] = {}
        self._on_the_way: deque[_Delayed] = deque()
        self._commands = b""
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ, None)

    def run(self) -> None:
        """Until standard input ends."""
        while True:
            wait = None if not self._on_the_way else max(0.0, self._on_the_way[0].due - time.monotonic())
            for key, _ in self._selector.select(wait):
                if key.data is not None:
                    self._receive(key.data)
                elif not self._read_commands():
                    return
            self._deliver(time.monotonic())

    def _read_commands(self) -> bool:
        data = os.read(sys.stdin.fileno(), 65_536)
        *lines, self._commands = (self._commands + data).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))
        return bool(data)

    def _obey(self, command: dict[str, str]) -> None:
        name = command["port"]
        match command["do"]:
            case "plug":
                port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
                port.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
                port.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
                port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
                port.bind((name, 0))
                port.setblocking(False)
                self._ports[name] = port
                self._selector.register(port, selectors.EVENT_READ, name)
            case "cut":
                self._cut.add(name)
            case "mend":
                self._cut.discard(name)
        print(json.dumps({"event": command["do"], "port": name}), flush=True)

    def _receive(self, name: str) -> None:
        now = time.monotonic()
        while True:
            try:
                frame = self._ports[name].recv(LARGEST)
            except BlockingIOError:
                return
            except OSError:  # the host has gone, and its cable with it
                self._selector.unregister(self._ports[name])
                self._ports.pop(name).close()
                return
            self._on_the_way.append(_Delayed(now + self._delay, frame, name))

    def _deliver(self, now: float) -> None:
        while self._on_the_way and self._on_the_way[0].due <= now:
            delayed = self._on_the_way.popleft()
            if delayed.source in self._cut:
                continue
            target, sender = delayed.frame[VNET_HEADER:][:6], delayed.frame[VNET_HEADER:][6:12]
            self._places[sender] = delayed.source
            place = None if target[0] & MULTICAST else self._places.get(target)
            for name in self._ports if place is None else [place]:
                if name != delayed.source and name not in self._cut:
                    self._send(name, delayed.frame)

    def _send(self, name: str, frame: bytes) -> None:
        port = self._ports.get(name)
        if port is None:
            return
        try:
            port.send(frame)
        except OSError:  # a full queue, or a host that has gone: a switch drops the frame
            return


if __name__ == "__main__":
    Switch(float(sys.argv[1])).run()
