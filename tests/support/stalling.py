"""Between who is attached and the process that has a profile open: answers come, until they do not any more."""

from __future__ import annotations

import json
import queue
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from pystatus.faces.attach.place import usable
from tests.support.listening import Listening

SIZE = 65_536


class Stalling(Listening):
    """A socket in the place of another one, which goes on listening under another name."""

    def __init__(self, path: Path) -> None:
        """
        :param path: of the socket of a process that has a profile open.
        """
        self._stalled = threading.Event()
        self.heard: queue.Queue[str] = queue.Queue()
        """The methods that were called since nothing is answered any more."""
        self._behind = path.rename(path.with_name("behind"))
        super().__init__(path)
        path.chmod(0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._behind.rename(self.path)

    def stall(self) -> None:
        """Nothing is handed on any more, as if the process behind had stopped."""
        self._stalled.set()

    def hear(self, connection: socket.socket) -> None:
        behind = self._keep(socket.socket(socket.AF_UNIX))
        with usable(self._behind) as short:
            behind.connect(str(short))
        self._begin(self._hand_on, behind, connection, False)
        self._hand_on(connection, behind, True)

    def _hand_on(self, source: socket.socket, target: socket.socket, is_attached: bool) -> None:
        try:
            while data := source.recv(SIZE):
                if not self._stalled.is_set():
                    target.sendall(data)
                elif is_attached:
                    for line in data.splitlines():
                        self.heard.put(json.loads(line)["method"])
            target.shutdown(socket.SHUT_RDWR)
        except OSError:  # one of the ends is gone
            return
