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
    """A process in a new network namespace."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            ["unshare", "--net", "--", "sh", "-c", 'ip link set lo up && echo up && exec "$@"', "sh", *command],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "up\n"

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, do: str, port: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, "port": port}) + "\n")
        self._process.stdin.flush()
        assert json.loads(self._process.stdout.readline()) == {"event": do, "port": port}

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
        _ip(
            "link",
            "add",
            "name",
            self._port,
            "netns",
            str(hosts.switch.pid),
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            netns,
        )
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


class Hosts:
    """A network of hosts; ``delay`` in seconds is from each host to each other, one way."""

    def __init__(self, delay: float) -> None:
        self.switch = _Held(sys.executable, "-m", "tests.support.switch", str(delay))
        self._all: list[Host] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self) -> Host:
        self._all.append(Host(self, len(self._all) + 1))
        return self._all[-1]

    def close(self) -> None:
        for host in self._all:
            host.close()
        self.switch.close()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def _inside(pid: int, *command: str) -> None:
    subprocess.run(["nsenter", f"--net=/proc/{pid}/ns/net", "--", *command], check=True)
