"""Relays and clients as processes, for tests that kill them."""

from __future__ import annotations

import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pystatus import Account, PrivateKey, Profiles
from tests.support.environment import clean_environment

PASSWORD = "correct horse"
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds until a test gives up waiting. Nothing is ever that slow; it only ends a test that hangs."""

Event = dict[str, Any]


class Process:
    """A child that writes one JSON object a line.

    ``at``: words before the command, such as those of a host (:mod:`tests.support.hosts`).
    """

    def __init__(self, *arguments: str, at: Sequence[str] = (), **environment: str) -> None:
        self._child = subprocess.Popen(
            [*at, sys.executable, *arguments],
            cwd=ROOT,
            env=clean_environment(PYSTATUS_PASSWORD=PASSWORD, **environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._child.pid
        atexit.register(self._child.kill)  # a test that fails must not leave it behind
        self.events: list[Event] = []
        self._ended = False
        self._incoming: queue.Queue[Event | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self._incoming.put(json.loads(line))
        self._incoming.put(None)

    def tell(self, do: str, **values: Any) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self._child.stdin.flush()

    def wait(self, wanted: Callable[[Event], bool], patience: float = PATIENCE) -> Event:
        """The first event from now on that is ``wanted``; all are kept in :attr:`events`."""
        deadline = time.monotonic() + patience
        while True:
            event = self._incoming.get(timeout=max(0.0, deadline - time.monotonic()))
            assert event is not None, f"the process ended; its last events: {self.events[-5:]}"
            self.events.append(event)
            if wanted(event):
                return event

    def wait_for(self, event: str, **values: Any) -> Event:
        """The first event of this name, with these values, from now on."""
        return self.wait(lambda e: e["event"] == event and all(e.get(key) == value for key, value in values.items()))

    def all(self, event: str) -> list[Event]:
        return [e for e in self.events if e["event"] == event]

    def kill(self) -> None:
        """As when the power goes."""
        self._child.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> int:
        """As when its user is done: end of input for a client, SIGTERM for a relay."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        if self.ends_by_signal:
            self._child.send_signal(signal.SIGTERM)
        return self._end()

    ends_by_signal = False

    def _end(self) -> int:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        code = self._child.wait(PATIENCE)
        if self._ended:
            return code
        self._ended = True
        while (event := self._incoming.get(timeout=PATIENCE)) is not None:
            self.events.append(event)
        self._child.stdout.close()
        self._child.stdin.close()
        return code


class Relay(Process):
    """``pystatus node``, or another command that serves others, on loopback if nothing else is said. Started again,
    it has the same key and port."""

    ends_by_signal = True

    def __init__(
        self,
        directory: Path,
        listen: str = "127.0.0.1:0",
        *options: str,
        command: str = "node",
        at: Sequence[str] = (),
        field: str = "enode",
    ) -> None:
        super().__init__(
            "-m", "pystatus", command, "--json", "--listen", listen, "--data-dir", str(directory), *options, at=at
        )
        self.directory = directory
        self.enode: str = self.wait_for("started")[field]

    @property
    def node_id(self) -> str:
        return self.enode.removeprefix("enode://").partition("@")[0]

    def again(self) -> Relay:
        return Relay(self.directory, self.enode.rpartition("@")[2])


class Agent(Process):
    """A client; see :mod:`tests.support.agent`.

    ``enode``: of its one relay; ``settings``: those of ``Client.open`` in place of it.
    """

    def __init__(
        self,
        directory: Path,
        profile: str,
        enode: str,
        *,
        settings: dict[str, Any] | None = None,
        at: Sequence[str] = (),
        **environment: str,
    ) -> None:
        self._settings, self._at = settings, at
        given = json.dumps({"peers": [enode]} if settings is None else settings)
        super().__init__("-m", "tests.support.agent", str(directory), profile, given, at=at, **environment)
        self.directory, self.profile, self.enode = directory, profile, enode
        self.key: str = self.wait_for("ready")["key"]
        self.wait_for("connected")

    @classmethod
    def new(
        cls,
        directory: Path,
        profile: str,
        enode: str,
        *,
        settings: dict[str, Any] | None = None,
        at: Sequence[str] = (),
    ) -> Agent:
        account = Account.from_private_key(PrivateKey.generate(os.urandom))
        Profiles(directory).create(account, PASSWORD, profile)
        return cls(directory, profile, enode, settings=settings, at=at)

    def again(self) -> Agent:
        return Agent(self.directory, self.profile, self.enode, settings=self._settings, at=self._at)

    @property
    def peers(self) -> set[str]:
        """The node ids that it is connected to, as far as its events were read."""
        connected: set[str] = set()
        for event in self.events:
            if event["event"] == "connected":
                connected.add(event["node"])
            elif event["event"] == "disconnected":
                connected.discard(event["node"])
        return connected

    def wait_for_peers(self, wanted: set[str], patience: float = PATIENCE) -> None:
        """Until it is connected to all of them."""
        if not wanted <= self.peers:
            try:
                self.wait(lambda _: wanted <= self.peers, patience)
            except queue.Empty:
                missing = {one[:8] for one in wanted - self.peers}
                tried = [event for event in self.events if event["event"] == "unreachable"]
                raise AssertionError(f"not connected: {missing}; what was tried last: {tried[-5:]}") from None

    def join(self, name: str) -> None:
        self.tell("join", name=name)
        self.wait_for("joined")

    def open(self, other: Agent) -> None:
        self.tell("open", key=other.key)
        self.wait_for("joined")

    def send(self, chat: str, text: str) -> Event:
        """Returns when the message is stored; it goes out by itself."""
        self.tell("send", chat=chat, text=text)
        return self.wait_for("stored", text=text)

    @property
    def device(self) -> str:
        """The installation id that it has now."""
        self.tell("device")
        device: str = self.wait_for("device-is")["device"]
        return device

    def history(self, chat: str) -> list[Event]:
        self.tell("history", chat=chat, limit=10_000)
        messages: list[Event] = self.wait_for("history")["messages"]
        return messages
