"""Keeps ports of this machine open on its router, and says where the router is (overlay.md §6.1)."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress
from pystatus.errors import RemoteError
from pystatus.log_texts import about, get_logger
from pystatus.nat.method import NatMethod, Way
from pystatus.nat.ports import MAPPING_LIFETIME, RENEWAL_SECONDS, Lease, LocalPort, Protocol
from pystatus.net.router import PortTaken, Router
from pystatus.net.tasks import report_crash
from pystatus.outage import Outage
from pystatus.records import dataclass

log = get_logger(__name__)

LOWEST_PORT = 1_024
"""The lowest external port that is asked for in place of one that is taken."""
MAX_ATTEMPTS = 4
"""External ports that are tried, the wanted one first, until a router gives both protocols one (overlay.md §3.3)."""
_LAST = 0xFFFF


@dataclass(frozen=True, slots=True)
class MapperTimes:
    """All in seconds."""

    lifetime: int = MAPPING_LIFETIME
    """That a router is asked to keep a port open without hearing of us."""
    renewal: float = RENEWAL_SECONDS
    """Until it is asked again."""
    shortest_renewal: float = 30.0
    """The same at least, whatever lifetime a router grants. Ours."""
    check: float = 60.0
    """Between two questions for its address, which show that it has got another one, or has forgotten the ports. Ours.
    """
    first_pause: float = 30.0
    """Until a router is looked for again where none has answered; twice as long each time after that. Ours."""
    longest_pause: float = 900.0
    """The longest of these pauses. Ours: a router that was away comes back."""
    closing: float = 1.5
    """That closing all ports may take at the end. Ours."""


@dataclass(frozen=True, slots=True)
class OpenPorts:
    """What a router has opened, and where it is."""

    router: str
    """Its name, for sentences."""
    address: IPAddress
    """Its address on the internet, as it says: it may lie."""
    ports: Mapping[Protocol, int] = field(default_factory=dict)
    """The external port of each."""


Find: TypeAlias = Callable[[NatMethod], Awaitable[Router]]
"""Finds a router. Raises :class:`~pystatus.errors.RemoteError`, whose text says why there is none."""


class PortMapper:
    """Opens the ports, renews them, follows a router that forgets them or gets another address, and closes them."""

    def __init__(
        self,
        method: NatMethod,
        ports: Sequence[LocalPort],
        find: Find,
        random: RandomSource,
        on_change: Callable[[], None],
        *,
        times: MapperTimes | None = None,
    ) -> None:
        """
        :param method: one that asks a router.
        :param ports: at least one, all with one number (overlay.md §3.3).
        :param on_change: called in the event loop when :attr:`open_ports` has changed; must not block.
        """
        assert method.asks_router, "there is something to ask"
        assert len({port.number for port in ports}) == 1, "others take one port for the other"
        self._method = method
        self._ports = tuple(ports)
        self._find = find
        self._random = random
        self._on_change = on_change
        self._times = times or MapperTimes()
        self._leases: dict[LocalPort, Lease] = {}
        self._held_until = -math.inf
        """When the router closes the ports, if it is not asked again."""
        self._router: Router | None = None
        self._task: asyncio.Task[None] | None = None
        self._announced = asyncio.Event()
        self._problem: str | None = None
        # With `any` nobody has said that there is a router, and most servers have none.
        self._is_expected = method.way is not Way.ANY
        self._outage = Outage(log, "no port is opened on a router", "a router opens ports again")
        self.open_ports: OpenPorts | None = None
        """What is open now; ``None``: nothing."""
        self.is_settled = asyncio.Event()
        """Set when it is known whether there is a router that opens ports."""

    @property
    def problem(self) -> str | None:
        """Why no port is open, in words without a full stop; ``None``: they are, or nobody expects it."""
        return self._problem if self._is_expected else None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._keep())
        self._task.add_done_callback(report_crash("ports are no longer kept open"))

    async def close(self) -> None:
        """End, and close the ports. Closing again changes nothing."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        self.is_settled.set()
        router, self._router = self._router, None
        if router is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._times.closing):
                    await self._close_ports(router)
        self.open_ports = None

    # What it does all the time

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            try:
                router = await self._find(self._method)
                self._is_expected = True  # there is one, and its operator wants to know when it fails
                await self._use(router)
            except RemoteError as error:
                failures = 0 if self._leases else failures
                self._router = None
                self._failed(str(error), loop.time())
            self.is_settled.set()
            pause = min(self._times.first_pause * 2**failures, self._times.longest_pause)
            if self.open_ports is not None:
                pause = min(pause, max(self._times.first_pause, self._held_until - loop.time()))
            failures = min(failures + 1, 16)
            await asyncio.sleep(pause)

    def _failed(self, why: str, now: float) -> None:
        self._problem = why.rstrip(".")
        if now >= self._held_until and self.open_ports is not None:  # before that they are still open
            self.open_ports = None
            self._leases.clear()
            self._on_change()
        if self._is_expected:
            self._outage.failed(now, why)
        else:
            log.debug("no router opens ports: %s", why)

    async def _use(self, router: Router) -> None:
        """Until it fails.

        :raises RemoteError: the router fails.
        """
        loop = asyncio.get_running_loop()
        self._router = router
        router.listen(self._announced.set)
        try:
            await self._open(router)
            self._problem = None
            self._outage.worked(loop.time())
            self.is_settled.set()
            renew_at = loop.time() + self._renewal()
            while True:
                await self._pause(min(renew_at - loop.time(), self._times.check))
                address = await router.external_address()
                if await router.has_forgotten(self._leases):
                    log.info("%s has forgotten its ports, and is asked again", router.name, extra=about("nat"))
                    renew_at = loop.time()
                if loop.time() >= renew_at:
                    await self._open(router)
                    renew_at = loop.time() + self._renewal()
                elif self.open_ports is not None and address != self.open_ports.address:
                    self._tell(OpenPorts(router.name, address, self.open_ports.ports))
        finally:
            router.close()

    async def _pause(self, seconds: float) -> None:
        """Wait for so long, or until the router announces something."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._announced.wait()
        self._announced.clear()

    def _renewal(self) -> float:
        """Seconds until the ports are renewed."""
        granted = min(lease.lifetime for lease in self._leases.values())
        return max(min(self._times.renewal, granted * 3 / 4), self._times.shortest_renewal)

    # One round

    async def _open(self, router: Router) -> None:
        """Open all ports, and tell.

        :raises RemoteError: the router does not do it.
        """
        address = await router.external_address()
        number = next((lease.external_port for lease in self._leases.values()), self._ports[0].number)
        for left in reversed(range(MAX_ATTEMPTS)):
            try:
                if await self._open_all(router, number) or not left:
                    break
            except PortTaken:
                if not left:
                    raise
            await self._close_ports(router)
            number = LOWEST_PORT + int.from_bytes(self._random(4), "big") % (_LAST + 1 - LOWEST_PORT)
        granted = min(lease.lifetime for lease in self._leases.values())
        self._held_until = asyncio.get_running_loop().time() + granted
        ports = {port.protocol: lease.external_port for port, lease in self._leases.items()}
        self._tell(OpenPorts(router.name, address, ports))

    async def _open_all(self, router: Router, number: int) -> bool:
        """Open each port. Whether all have one external number."""
        for port in self._ports:
            self._leases[port] = await router.open_port(port, number, self._times.lifetime)
        return len({lease.external_port for lease in self._leases.values()}) == 1

    async def _close_ports(self, router: Router) -> None:
        leases, self._leases = self._leases, {}
        await asyncio.gather(*(self._close_port(router, port, lease) for port, lease in leases.items()))

    @staticmethod
    async def _close_port(router: Router, port: LocalPort, lease: Lease) -> None:
        try:
            await router.close_port(port, lease)
        except RemoteError as error:
            log.debug("%s stays open until its time is over: %s", port, error)

    def _tell(self, found: OpenPorts) -> None:
        if found == self.open_ports:
            return
        self.open_ports = found
        ports = ", ".join(f"{protocol.value} port {number}" for protocol, number in found.ports.items())
        log.info("%s has opened %s at %s", found.router, ports, found.address, extra=about("nat"))
        self._on_change()
