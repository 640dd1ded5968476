"""Outgoing TCP connections: all addresses of a name are tried, a little after each other (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias, cast

from pystatus.net.listening import system_text
from pystatus.wording import counted

ATTEMPT_DELAY = 0.25
"""Seconds from one address to the next, unless one fails sooner (RFC 8305 §5). The two families take turns (RFC 8305
§4)."""

MAX_ADDRESSES = 8
"""Addresses of each family that are tried of one name. Ours: an answer of DNS has room for thousands, and who gives
it could have us knock at a whole network, and tell of each address why it failed."""

AddressInfo: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]
"""As :func:`socket.getaddrinfo` has it."""
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[AddressInfo]]]
"""The addresses of a host name, or of an IP address, in the order in which they should be tried."""

_NO_ANSWER = "no answer"
_NO_SUCH_NAME = "there is no such name"
_NO_NAMES = "the name cannot be looked up at present"
_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}  # not everywhere is there the latter


async def resolve(host: str, port: int) -> Sequence[AddressInfo]:
    """Ask the system.

    :raises OSError: it knows no address.
    """
    return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _some(found: Sequence[AddressInfo]) -> list[AddressInfo]:
    """The first addresses of each family."""
    count: Counter[int] = Counter()
    some = []
    for info in found:
        count[info[0]] += 1
        if count[info[0]] <= MAX_ADDRESSES:
            some.append(info)
    return some


class ConnectionAttempt:
    """One attempt to connect to a host and a port, and what became of each of its addresses. For a proxy see
    :class:`~pystatus.net.route.Route`."""

    beyond: Final = None
    """There is nobody behind the one who answers."""

    def __init__(self, host: str, port: int, resolve: Resolve = resolve) -> None:
        self._host = host
        self._port = port
        self._resolve = resolve
        self._tried: dict[str, str] = {}

    async def connect(self) -> socket.socket:
        """A socket, not blocking, that is connected to the first address that answers. A timeout of the caller may
        break it off.

        :raises OSError: there is no address, or none of them can be connected.
        """
        from aiohappyeyeballs import start_connection  # a node that dials nobody does not load it

        found = _some(await self._resolve(self._host, self._port))
        # uvloop has no happy eyeballs of its own, so both loops get a socket that is connected.
        loop = cast(asyncio.AbstractEventLoop, _Recorder(self._tried))
        try:
            return await start_connection(cast(Any, found), happy_eyeballs_delay=ATTEMPT_DELAY, loop=loop)
        except RuntimeError as error:  # uvloop has some in place of the system's
            raise OSError(str(error)) from error

    def failure(self, error: OSError, seconds: float | None = None) -> str:
        """Why there is no connection: the reason, or of several addresses each with its own.

        :param error: what :meth:`connect` raised, or the timeout that broke it off.
        :param seconds: after which that was.
        """
        if isinstance(error, socket.gaierror):
            return f"{_NO_SUCH_NAME if error.errno in _UNKNOWN else _NO_NAMES} ({self._host}: {system_text(error)})"
        late = _NO_ANSWER if seconds is None else f"{_NO_ANSWER} within {counted(seconds, 'second')}"
        if len(self._tried) > 1:
            return "; ".join(f"{address}: {why or late}" for address, why in self._tried.items())
        return late if isinstance(error, TimeoutError) and error.errno is None else system_text(error)


class _Recorder:
    """What is needed of an event loop, with notes of what was tried."""

    def __init__(self, tried: dict[str, str]) -> None:
        self._tried = tried
        self._loop = asyncio.get_running_loop()

    async def sock_connect(self, connecting: socket.socket, address: tuple[Any, ...]) -> None:
        name = str(address[0])
        self._tried[name] = ""
        try:
            await self._loop.sock_connect(connecting, address)
        except OSError as error:
            self._tried[name] = system_text(error)
            raise
