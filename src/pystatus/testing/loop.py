"""An event loop on a virtual clock: when everybody waits, the time is moved to what is due next."""

from __future__ import annotations

import asyncio
import math
import selectors
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

from pystatus.errors import LocalError
from pystatus.simulation.clock import VirtualClock
from pystatus.testing.stream import Dialled, MemoryTransport

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

RESOLUTION = 1e-6
"""Seconds: timers that are due so soon are due now. Unix seconds are exact to a quarter of it."""

Accept = Callable[[], Dialled | None]
"""Called for each connection to an address; None: nobody is there."""


class _VirtualSelector(selectors.BaseSelector):
    """Waits for nothing: where a loop would wait for a socket or the time, it moves the clock."""

    def __init__(self, clock: VirtualClock, until: float) -> None:
        self._clock = clock
        self._until = until
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)  # the loop's own wake-up, for signals
        if ready or (timeout is not None and timeout <= 0):
            return ready
        due, entered = None if timeout is None else self._clock.now() + timeout, self._clock.next_time()
        if due is None and entered is None:
            self._until = math.inf  # what is cleaned up now may take its time
            raise LocalError("The test waits, and nothing is left that could happen: everybody else waits, too.")
        if due is None or (entered is not None and entered <= due):
            self._clock.step()
        else:
            self._clock.run_until(due)
        if self._clock.now() > self._until:
            self._until = math.inf
            raise LocalError("The test waits for longer than it may: see the limit of run().")
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time is a virtual clock, and what it connects to is in memory. Functions for threads are called at once, so
    that the clock stands still meanwhile."""

    def __init__(self, clock: VirtualClock, limit: float = math.inf) -> None:
        """
        :param limit: seconds that may pass.
        """
        self._virtual = clock
        self._begin = clock.now()
        self._listening: dict[tuple[str, int], Accept] = {}
        self._dialled: WeakKeyDictionary[socket.socket, Dialled] = WeakKeyDictionary()
        super().__init__(_VirtualSelector(clock, self._begin + limit))
        self._clock_resolution = RESOLUTION

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._virtual.now() - self._begin

    def listen(self, host: str, port: int, accept: Accept) -> None:
        """Who connects to this address gets what ``accept`` returns."""
        self._listening[host, port] = accept

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Connect in memory.

        :raises ConnectionRefusedError: nobody listens there. That nobody in the world is reached from a test is meant.
        """
        accept = self._listening.get((address[0], address[1]))
        dialled = None if accept is None else accept()
        if dialled is None:
            raise ConnectionRefusedError(f"nobody listens at {address[0]}:{address[1]} in this test")
        self._dialled[sock] = dialled

    async def create_connection(  # type: ignore[override]  # of what the standard library takes, all is passed on
        self, protocol_factory: Callable[[], asyncio.Protocol], *arguments: Any, **options: Any
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """Run a protocol on a socket that :meth:`sock_connect` has connected."""
        sock = options.get("sock")
        if sock is None or sock not in self._dialled:
            raise ConnectionRefusedError("nobody can be connected to from this test but the relays of the network")
        protocol = protocol_factory()
        return MemoryTransport(self, protocol, sock, self._dialled.pop(sock)), protocol

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Call ``func`` at once."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future
