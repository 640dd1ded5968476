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

SIZE = 65_536


class Stalling:
    """A socket in the place of another one, which goes on listening under another name."""

    def __init__(self, path: Path) -> None:
        """
        :param path: of the socket of a process that has a profile open.
        """
        self._path = path
        self._stalled = threading.Event()
        self.heard: queue.Queue[str] = queue.Queue()
        """The methods that were called since nothing is answered any more."""

    def __enter__(self) -> Self:
        self._behind = self._path.rename(self._path.with_name("behind"))
        self._listener = socket.socket(socket.AF_UNIX)
        with usable(self._path) as short:
            self._listener.bind(str(short))
        self._path.chmod(0o600)
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
        self._behind.rename(self._path)

    def stall(self) -> None:
        """Nothing is handed on any more, as if the process behind had stopped."""
        self._stalled.set()

    def _accept(self) -> None:
        while True:
            try:
                attached, _ = self._listener.accept()
            except OSError:
                return
            behind = socket.socket(socket.AF_UNIX)
            with usable(self._behind) as short:
                behind.connect(str(short))
            self._connections += [attached, behind]
            for source, target in ((attached, behind), (behind, attached)):
                thread = threading.Thread(target=self._hand_on, args=(source, target, source is attached))
                self._threads.append(thread)
                thread.start()

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
