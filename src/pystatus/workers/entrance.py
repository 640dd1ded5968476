"""The listening sockets of a node in several processes, and who gets what they accept."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Sequence

from pystatus.discovery.addresses import parse_address
from pystatus.log_texts import get_logger
from pystatus.net.listening import listening_sockets, system_text
from pystatus.net.steering import SECRET_SIZE, Steering
from pystatus.outage import Outage

MAX_ACCEPTED = 64
"""Connections that are accepted from one socket before others have their turn."""

log = get_logger(__name__)

HandOver = Callable[[int, socket.socket], bool]
"""Gives worker ``number`` a connection; whether it took it."""


class Entrance:
    """Accepts, and never reads: the handshake is the worker's."""

    def __init__(self, running: Callable[[], Sequence[int]], hand_over: HandOver, pause: float) -> None:
        """
        :param running: the numbers of the workers that take connections, ascending.
        :param pause: seconds before trying again when nothing more can be accepted.
        """
        self._running = running
        self._hand_over = hand_over
        self._pause = pause
        self._steering = Steering(os.urandom(SECRET_SIZE))
        self._listeners: list[socket.socket] = []
        self._outage = Outage(log, "no connection can be accepted", "connections are accepted again", logging.ERROR)
        self._paused: asyncio.TimerHandle | None = None
        self.is_open = False
        """Whether connections are let in, though perhaps not at this moment."""
        self.refused = 0
        """Connections that no worker took."""

    def bind(self, hosts: Sequence[str], port: int) -> tuple[str, int]:
        """Listen; connections wait until :meth:`open`. The address and the port.

        :raises LocalError: see :func:`~pystatus.net.listening.listening_sockets`.
        """
        self._listeners = listening_sockets(hosts, port)
        address, bound = self._listeners[0].getsockname()[:2]
        return address, bound

    def open(self) -> None:
        """Let in who waits, and who comes."""
        self.is_open = True
        self._paused = None
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            loop.add_reader(listener, self._accept, listener)

    def close(self) -> None:
        """Let in nobody any more."""
        self.is_open = False
        self._stop_accepting()
        if self._paused is not None:
            self._paused.cancel()
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()

    def _stop_accepting(self) -> None:
        for listener in self._listeners:
            asyncio.get_running_loop().remove_reader(listener)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(MAX_ACCEPTED):
            try:
                accepted, address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                loop = asyncio.get_running_loop()
                self._outage.failed(loop.time(), system_text(error))
                self._stop_accepting()
                self._paused = loop.call_later(self._pause, self.open)
                return
            self._outage.worked(asyncio.get_running_loop().time())
            with accepted:
                running = self._running()
                if not running or not self._hand_over(
                    self._steering.choose(parse_address(address[0]), running), accepted
                ):
                    self.refused += 1
