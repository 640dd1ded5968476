"""A router that speaks NAT-PMP, on a UDP socket (RFC 6886, overlay.md §6.1)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Mapping
from typing import TypeVar

from pystatus.discovery.addresses import IPAddress
from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.nat import pmp
from pystatus.nat.ports import Lease, LocalPort
from pystatus.net.listening import system_text
from pystatus.net.routes import address_towards

log = get_logger(__name__)

FIRST_PAUSE = 0.25
"""Seconds until a request is sent again; twice as long each time after that (overlay.md §6.1)."""
PATIENCE = 8.0
"""Seconds for one request: six times. RFC 6886 has two minutes; the next check is sooner than that."""
MAX_NONSENSE = 64
"""Datagrams of the router that are no answer to a request, with which it counts as failed."""
EAR_AT_ONCE = 8
"""Announcements that are read at a time."""
EAR_REST = 1.0
"""Seconds for which no announcement is read after some were: a router repeats each for two minutes, and who pretends
to be one must not keep us busy."""

T = TypeVar("T")


class PmpRouter:
    """One router. Each request has a socket of its own, so that nothing is read in between. A connected socket takes
    datagrams of the router alone, as RFC 6886 §3.1 demands."""

    def __init__(self, gateway: IPAddress, port: int = pmp.PORT, *, patience: float = PATIENCE) -> None:
        self.gateway = gateway
        self.name = f"router {gateway} (NAT-PMP)"
        self._port = port
        self._patience = patience
        self._epochs = pmp.EpochWatch()
        self._has_forgotten = False
        self._own = address_towards(gateway)
        self._ear: _Ear | None = None

    async def external_address(self, patience: float | None = None) -> IPAddress:
        """Where the router is, as the internet sees it. It may lie.

        :param patience: seconds; ``None``: the usual ones.
        :raises RemoteError: no answer, or it does not say it.
        """

        def fitting(answer: pmp.Answer) -> ipaddress.IPv4Address | None:
            if isinstance(answer, pmp.RefusedAnswer) and answer.protocol is None:
                raise RemoteError(f"{self.name} {answer.result.words}")
            return answer.address if isinstance(answer, pmp.AddressAnswer) else None

        return await self._ask(pmp.encode_address_request(), fitting, patience or self._patience)

    async def has_forgotten(self, leases: Mapping[LocalPort, Lease]) -> bool:
        """Whether the ports have to be opened anew: the router has started anew, as its last answer has shown, or this
        machine has got another address."""
        own = address_towards(self.gateway)
        forgotten = self._has_forgotten or own != self._own
        self._has_forgotten, self._own = False, own
        return forgotten

    async def open_port(self, port: LocalPort, external_port: int, lifetime: int) -> Lease:
        """Open a port, or keep it open.

        :param external_port: the one that is wanted; the router may give another one.
        :raises RemoteError: no answer, or it refuses.
        """

        def fitting(answer: pmp.Answer) -> Lease | None:
            if isinstance(answer, pmp.RefusedAnswer) and answer.protocol is port.protocol:
                raise RemoteError(f"{self.name} {answer.result.words}")
            if not isinstance(answer, pmp.MappingAnswer) or not _is_of(answer, port):
                return None
            if not answer.external_port or not answer.lifetime:
                raise RemoteError(f"{self.name} has not opened {port}, and says that it has")
            return Lease(answer.external_port, answer.lifetime)

        request = pmp.encode_mapping_request(port.protocol, port.number, external_port, lifetime)
        return await self._ask(request, fitting, self._patience)

    async def close_port(self, port: LocalPort, lease: Lease) -> None:
        """Close it, the sooner the better: this node ends.

        :raises RemoteError: no answer, or it refuses.
        """

        def fitting(answer: pmp.Answer) -> bool | None:
            if isinstance(answer, pmp.RefusedAnswer) and answer.protocol is port.protocol:
                raise RemoteError(f"{self.name} {answer.result.words}")
            return True if isinstance(answer, pmp.MappingAnswer) and _is_of(answer, port) else None

        await self._ask(pmp.encode_mapping_request(port.protocol, port.number, 0, 0), fitting, self._patience)

    def listen(self, on_announcement: Callable[[], None], port: int = pmp.ANNOUNCEMENT_PORT) -> None:
        """Call this when the router announces that something has changed, which it does at once (RFC 6886 §3.2.1). What
        it says is not used: it has to be asked. Where the system has no ear for that, the next check has to do."""
        if self._ear is None and self._own is not None:
            self._ear = _Ear.open(self.gateway, self._own, on_announcement, port)

    def close(self) -> None:
        """Hear nothing more."""
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    async def _ask(self, request: bytes, fitting: Callable[[pmp.Answer], T | None], patience: float) -> T:
        """Send a request until it is answered.

        :param fitting: what an answer says; ``None``: it answers something else, as an earlier request.
        """
        loop = asyncio.get_running_loop()
        exchange = _Exchange(self.name)
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: exchange, remote_addr=(str(self.gateway), self._port)
            )
        except OSError as error:
            raise RemoteError(f"{self.name} cannot be reached: {system_text(error)}") from error
        try:
            async with asyncio.timeout(patience):
                pause = FIRST_PAUSE
                while True:
                    transport.sendto(request)
                    until = loop.time() + pause
                    while (answer := await exchange.next_answer(until)) is not None:
                        if self._epochs.is_new(answer.epoch, loop.time()):
                            self._has_forgotten = True
                        if (found := fitting(answer)) is not None:
                            return found
                    pause *= 2
        except TimeoutError:
            raise RemoteError(f"{self.name} does not answer") from None
        finally:
            transport.close()


def _is_of(answer: pmp.MappingAnswer, port: LocalPort) -> bool:
    return answer.protocol is port.protocol and answer.internal_port == port.number


class _Exchange(asyncio.DatagramProtocol):
    """What comes back while one request is under way."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._answers: list[pmp.Answer] = []
        self._nonsense = 0
        self._failure: str | None = None
        self._came = asyncio.Event()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if self._failure is not None:
            return
        try:
            answer = pmp.decode_answer(data)
        except RemoteError as error:
            self._count(str(error))
            return
        if len(self._answers) < MAX_NONSENSE:
            self._answers.append(answer)
        self._came.set()

    def error_received(self, exc: Exception) -> None:
        """As from a router that has nothing at this port: there is no need to wait."""
        self._fail(f"{self._name} does not speak it: {system_text(exc) if isinstance(exc, OSError) else exc}")

    async def next_answer(self, until: float) -> pmp.Answer | None:
        """The next one; ``None``: none came until then.

        :raises RemoteError: nothing will come.
        """
        while not self._answers:
            if self._failure is not None:
                raise RemoteError(self._failure)
            self._came.clear()
            try:
                async with asyncio.timeout_at(until):
                    await self._came.wait()
            except TimeoutError:
                return None
        answer = self._answers.pop(0)
        self._count("answers to what was not asked")  # unless it fits, after which nobody asks
        return answer

    def _count(self, why: str) -> None:
        self._nonsense += 1
        if self._nonsense >= MAX_NONSENSE:
            self._fail(f"{self._name} answers nonsense: {why}")

    def _fail(self, why: str) -> None:
        self._failure = why
        self._came.set()


class _Ear:
    """Hears the announcements of one router, on a socket that is bound to their group: what is sent to this machine
    alone does not reach it."""

    def __init__(self, bound: socket.socket, gateway: IPAddress, on_announcement: Callable[[], None]) -> None:
        self._socket = bound
        self._gateway = str(gateway)
        self._on_announcement = on_announcement
        self._loop = asyncio.get_running_loop()
        self._resting: asyncio.TimerHandle | None = None
        self._loop.add_reader(bound, self._read)

    @classmethod
    def open(cls, gateway: IPAddress, own: IPAddress, on_announcement: Callable[[], None], port: int) -> _Ear | None:
        """``None``: the system does not let us."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            bound.setblocking(False)
            for option in ("SO_REUSEADDR", "SO_REUSEPORT"):  # other programs on this machine listen there, too
                if hasattr(socket, option):
                    bound.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
            bound.bind((pmp.ANNOUNCEMENT_GROUP, port))
            membership = socket.inet_aton(pmp.ANNOUNCEMENT_GROUP) + own.packed
            bound.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        except OSError as error:
            bound.close()
            log.debug("announcements of the router are not heard: %s", system_text(error))
            return None
        return cls(bound, gateway, on_announcement)

    def close(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        self._loop.remove_reader(self._socket)
        self._resting = self._loop.call_later(EAR_REST, self._loop.add_reader, self._socket, self._read)
        for _ in range(EAR_AT_ONCE):
            try:
                data, (host, _) = self._socket.recvfrom(pmp.MAX_SIZE + 1)
                answer = pmp.decode_answer(data)
            except OSError:
                return
            except RemoteError:
                continue
            if host == self._gateway and isinstance(answer, pmp.AddressAnswer):
                self._on_announcement()
                return
