"""A process that has a profile open and hangs: it takes who attaches, answers the first calls or none, and then nothing
any more."""

from __future__ import annotations

import json
import queue
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from pystatus import Profiles
from pystatus.faces.attach.place import socket_path
from pystatus.version import VERSION
from tests.support.listening import Listening

ANSWERS = {"daemon_hello": {"version": VERSION, "profile": "alice"}, "events_subscribe": "0x1"}
"""What it says as long as it answers."""


class MuteHolder(Listening):
    """Of alice's profile."""

    def __init__(self, data_dir: Path, password: str, answered: int = 0, *, dies: bool = False) -> None:
        """
        :param answered: calls of each connection that it answers.
        :param dies: it hangs up then, as one that was killed does.
        """
        self._dies = dies
        self._answered = answered
        self.heard: queue.Queue[str] = queue.Queue()
        """The methods that it leaves without an answer."""
        profiles = Profiles(data_dir)
        profile = profiles.find("alice")
        self._unlocking = profiles.unlock(profile, password)
        self._unlocking.__enter__()
        super().__init__(socket_path(profile))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._unlocking.__exit__(kind, error, trace)

    def hear(self, connection: socket.socket) -> None:
        for number, line in enumerate(connection.makefile("rb")):
            call = json.loads(line)
            if number < self._answered and call["method"] in ANSWERS:
                result = ANSWERS[call["method"]]
                connection.sendall(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}).encode() + b"\n")
            else:
                self.heard.put(call["method"])
                if self._dies:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
