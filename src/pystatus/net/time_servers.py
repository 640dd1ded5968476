"""Asks time servers: one datagram to each, all at once, and waits for a moment."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.timekeeping import sntp
from pystatus.timekeeping.servers import TimeServer

log = get_logger(__name__)

ANSWER_TIMEOUT = 2.0
"""Seconds in which a server answers, the look-up of its name included (status-go v0.64.0: DefaultRPCTimeout)."""
MAX_DATAGRAMS = 8
"""Datagrams that are looked at while one answer is waited for. Somebody who floods the port is not read any longer."""
KISS_ROUNDS = 24
"""Rounds in which a server is not asked that wanted not to be asked: a day, an hour each (RFC 5905 §7.4)."""

TimeLookup: TypeAlias = Callable[[str, int], Awaitable[list[Any]]]
"""As :func:`socket.getaddrinfo` has it, for UDP."""


async def system_lookup(host: str, port: int) -> list[Any]:
    """Ask this system."""
    return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)


class TimeServers:
    """The servers of one node, and who of them is left alone for a while."""

    def __init__(
        self,
        servers: Sequence[TimeServer],
        random: RandomSource,
        machine: Callable[[], float],
        monotonic: Callable[[], float],
        *,
        lookup: TimeLookup = system_lookup,
        timeout: float = ANSWER_TIMEOUT,
    ) -> None:
        """
        :param servers: at least one.
        :param random: makes the cookies.
        :param machine: the clock that they are asked about, Unix seconds.
        :param monotonic: seconds of a clock that only goes forward, in which the way is measured.
        """
        self.servers = tuple(servers)
        self._random = random
        self._machine = machine
        self._monotonic = monotonic
        self._lookup = lookup
        self._timeout = timeout
        self._resting: dict[TimeServer, int] = {}
        """Rounds for which a server is not asked yet."""
        self._lookups: dict[TimeServer, asyncio.Future[list[Any]]] = {}
        """One of each server at most: a system that looks up names for minutes is not asked again meanwhile."""

    async def ask(self) -> tuple[list[sntp.Answer], list[str]]:
        """One round. It takes :data:`ANSWER_TIMEOUT` at most.

        :returns: the good answers, one of each address, and sentences without a full stop about the other servers.
        """
        asked = [server for server in self.servers if not self._rests(server)]
        taken: set[str] = set()
        results = await asyncio.gather(*(self._ask(server, taken) for server in asked))
        answers = [result for result in results if isinstance(result, sntp.Answer)]
        return answers, [result for result in results if isinstance(result, str)]

    def close(self) -> None:
        """Wait for no name any more."""
        for lookup in self._lookups.values():
            lookup.cancel()

    def _rests(self, server: TimeServer) -> bool:
        left = self._resting.pop(server, 0)
        if left > 1:
            self._resting[server] = left - 1
        return left > 0

    async def _ask(self, server: TimeServer, taken: set[str]) -> sntp.Answer | str:
        try:
            async with asyncio.timeout(self._timeout):
                address = await self._address(server, taken)
                if address is None:
                    return f"{server} is at the address of another one"
                return await self._exchange(*address)
        except TimeoutError:
            return f"{server} is silent"
        except sntp.KissOfDeath as error:
            self._resting[server] = KISS_ROUNDS
            return f"{server}: {error}"
        except (RemoteError, OSError) as error:
            return f"{server}: {str(error) or type(error).__name__}"

    async def _address(self, server: TimeServer, taken: set[str]) -> tuple[int, Any] | None:
        """An address at which no other server is asked in this round: two names for one server are one word."""
        lookup = self._lookups.get(server)
        if lookup is None:
            lookup = self._lookups[server] = asyncio.ensure_future(self._lookup(server.host, server.port))
            lookup.add_done_callback(lambda _: self._lookups.pop(server, None))
        for family, _, _, _, address in await asyncio.shield(lookup):
            place = f"{address[0]} {address[1]}"
            if place not in taken:
                taken.add(place)
                return family, address
        return None

    async def _exchange(self, family: int, address: Any) -> sntp.Answer:
        """Ask at one address.

        :raises Unusable: what comes from there says nothing.
        :raises OSError: nothing can be sent there, or nobody listens.
        """
        loop = asyncio.get_running_loop()
        cookie = self._random(sntp.COOKIE_SIZE)
        with socket.socket(family, socket.SOCK_DGRAM) as udp:
            udp.setblocking(False)
            udp.connect(address)  # the system drops what others send to this port
            sent, began = self._machine(), self._monotonic()
            await loop.sock_sendall(udp, sntp.question(cookie))
            for _ in range(MAX_DATAGRAMS):
                packet = await loop.sock_recv(udp, sntp.PACKET_SIZE)
                if sntp.is_answer(packet, cookie):
                    return sntp.read(packet, sent, sent + self._monotonic() - began)
        raise sntp.Unusable("it sends what nobody has asked for")
