"""Several hosts on this machine: network namespaces, joined by a switch with a delay (:mod:`tests.support.switch`).

A host is a process that holds a network namespace and ends with its standard input, so that a test which is killed
leaves nothing behind. Nothing of it can reach the network outside. Making namespaces needs root.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
NETWORK_BITS = 8
"""The hosts are in one network of this many bits, each in a /24 of its own, as limits for a /24 see them."""


def why_not() -> str | None:
    """Why hosts cannot be made here, or ``None``."""
    if sys.platform != "linux":
        return "network namespaces are a feature of Linux"
    try:
        tried = subprocess.run(
            ["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return "unshare (util-linux) is not installed"
    if tried.returncode:
        return f"network namespaces need root and iproute2 ({tried.stderr.strip()})"
    return None


class _Held:
    """A process in a new network namespace, which begins when its standard input says so if ``waits``."""

    def __init__(self, *command: str, waits: bool = False) -> None:
        self._process = subprocess.Popen(
            [
                "unshare",
                "--net",
                "--",
                "sh",
                "-c",
                f'ip link set lo up && echo up && {"read go && " * waits}exec "$@"',
                "sh",
                *command,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "up\n"

    def begin(self) -> None:
        """The command may begin: what it needs is there."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, do: str, port: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, "port": port}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert answer["event"] == do
        said: str = answer["port"]
        return said

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


class Host:
    """One machine: its address, and the words that start a process on it."""

    def __init__(self, hosts: Hosts, number: int) -> None:
        self.address = f"45.{number}.0.1"
        self._hosts = hosts
        self._held = _Held("cat")
        self._port = f"port{number}"
        netns = str(self._held.pid)
        _cable((self._port, str(hosts.switch.pid)), ("eth0", netns))
        _inside(hosts.switch.pid, "ip", "link", "set", self._port, "up")
        _inside(self._held.pid, "ip", "address", "add", f"{self.address}/{NETWORK_BITS}", "dev", "eth0")
        _inside(self._held.pid, "ip", "link", "set", "eth0", "up")
        hosts.switch.tell("plug", self._port)

    @property
    def command(self) -> list[str]:
        """Put before a command, it runs on this host."""
        return ["nsenter", f"--net=/proc/{self._held.pid}/ns/net", "--"]

    def cut(self) -> None:
        """As when the cable is pulled: no frame arrives or leaves, and nobody is told."""
        self._hosts.switch.tell("cut", self._port)

    def mend(self) -> None:
        self._hosts.switch.tell("mend", self._port)

    def close(self) -> None:
        self._held.close()


class Home:
    """A host behind a router that translates addresses: see :mod:`tests.support.home_router`. What is outside knows the
    address of the router only."""

    def __init__(self, hosts: Hosts, number: int) -> None:
        self.address = f"45.{number}.0.1"
        outside, inside = f"port{number}", "lan0"
        self._router = _Held(
            *(sys.executable, "-m", "tests.support.home_router", "eth0", self.address, inside, "192.168.1.1"),
            waits=True,
        )
        self._held = _Held("cat")
        router, host = str(self._router.pid), str(self._held.pid)
        _cable((outside, str(hosts.switch.pid)), ("eth0", router))
        _cable((inside, router), ("eth0", host))
        _inside(hosts.switch.pid, "ip", "link", "set", outside, "up")
        for interface in ("eth0", inside):
            _inside(self._router.pid, "ip", "link", "set", interface, "up")
        _inside(self._held.pid, "ip", "address", "add", "192.168.1.10/24", "dev", "eth0")
        _inside(self._held.pid, "ip", "link", "set", "eth0", "up")
        _inside(self._held.pid, "ip", "route", "add", "default", "via", "192.168.1.1")
        hosts.switch.tell("plug", outside)
        self._router.begin()

    @property
    def command(self) -> list[str]:
        """Put before a command, it runs on the host behind the router."""
        return ["nsenter", f"--net=/proc/{self._held.pid}/ns/net", "--"]

    @property
    def open_ports(self) -> set[str]:
        """As the router has them, for example ``tcp:30303``."""
        return set(self._router.tell("show", "").split())

    def renumber(self, address: str) -> None:
        """The provider gives another address, and the router announces it."""
        self.address = address
        self._router.tell("renumber", address)

    def forget(self) -> None:
        """The router has lost its mappings, as after a power cut."""
        self._router.tell("forget", "")

    def close(self) -> None:
        self._held.close()
        self._router.close()


def _cable(one: tuple[str, str], other: tuple[str, str]) -> None:
    """A cable between interfaces of two namespaces: the name of each, and the process that holds the namespace."""
    _ip(
        *("link", "add", "name", one[0], "netns", one[1]),
        *("type", "veth", "peer", "name", other[0], "netns", other[1]),
    )


class Hosts:
    """A network of hosts; ``delay`` in seconds is from each host to each other, one way."""

    def __init__(self, delay: float) -> None:
        self.switch = _Held(sys.executable, "-m", "tests.support.switch", str(delay))
        self._all: list[Host | Home] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self) -> Host:
        host = Host(self, len(self._all) + 1)
        self._all.append(host)
        return host

    def add_home(self) -> Home:
        home = Home(self, len(self._all) + 1)
        self._all.append(home)
        return home

    def close(self) -> None:
        for host in self._all:
            host.close()
        self.switch.close()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def _inside(pid: int, *command: str) -> None:
    subprocess.run(["nsenter", f"--net=/proc/{pid}/ns/net", "--", *command], check=True)
