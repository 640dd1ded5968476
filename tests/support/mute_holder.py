"""A process that has a profile open and hangs: it takes who attaches, answers the first calls or none, and then nothing
any more."""

from __future__ import annotations

import json
import queue
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from pystatus import Profiles
from pystatus.faces.attach.place import socket_path, usable
from pystatus.version import VERSION

ANSWERS = {"daemon_hello": {"version": VERSION, "profile": "alice"}, "events_subscribe": "0x1"}
"""What it says as long as it answers."""


class MuteHolder:
    """Of alice's profile."""

    def __init__(self, data_dir: Path, password: str, answered: int = 0, *, dies: bool = False) -> None:
        """
        :param answered: calls of each connection that it answers.
        :param dies: it hangs up then, as one that was killed does.
        """
        self._dies = dies
        self._profiles = Profiles(data_dir)
        self._password = password
        self._answered = answered
        self.heard: queue.Queue[str] = queue.Queue()
        """The methods that it leaves without an answer."""

    def __enter__(self) -> Self:
        profile = self._profiles.find("alice")
        self._unlocking = self._profiles.unlock(profile, self._password)
        self._unlocking.__enter__()
        self._listener = socket.socket(socket.AF_UNIX)
        socket_path(profile).unlink(missing_ok=True)
        with usable(socket_path(profile)) as path:
            self._listener.bind(str(path))
        self._listener.listen(100)
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._listener, *self._connections):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other end was quicker
                continue
        for thread in self._threads:
            thread.join()
        for one in (self._listener, *self._connections):
            one.close()
        self._unlocking.__exit__(kind, error, trace)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            thread = threading.Thread(target=self._hear, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _hear(self, connection: socket.socket) -> None:
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
