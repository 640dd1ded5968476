"""A socket for those who attach to a profile, in the hand of a test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

from pystatus.faces.attach.place import usable


class Listening:
    """It takes who connects, and has each heard in a thread."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.path = path
        self._listener = socket.socket(socket.AF_UNIX)
        with usable(path) as short:
            self._listener.bind(str(short))
        self._listener.listen(100)
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def hear(self, connection: socket.socket) -> None:
        """Somebody has connected."""
        raise NotImplementedError  # what is done then is for those below

    def _begin(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _keep(self, connection: socket.socket) -> socket.socket:
        """It is closed in the end."""
        self._connections.append(connection)
        return connection

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._begin(self.hear, self._keep(connection))

    def stop(self) -> None:
        for one in (self._listener, *self._connections):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other end was quicker
                continue
        for thread in self._threads:
            thread.join()
        for one in (self._listener, *self._connections):
            one.close()
