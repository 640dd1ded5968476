"""Under which address and ports others reach this node: what a person says, a router, the machine itself, and peers
(overlay.md §6.1)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence

from pystatus.crypto.random import RandomSource
from pystatus.discovery.addresses import IPAddress, is_loopback, is_public, parse_address
from pystatus.log_texts import about, get_logger
from pystatus.nat.belief import doubt
from pystatus.nat.method import NatMethod, Way
from pystatus.nat.ports import LocalPort, Protocol
from pystatus.net.listening import ExternalEndpoint
from pystatus.net.port_mapper import Find, MapperTimes, PortMapper
from pystatus.net.router_search import find_router
from pystatus.net.routes import is_translated, outward_address
from pystatus.net.tasks import report_crash
from pystatus.outage import Outage

log = get_logger(__name__)

LOOK_SECONDS = 60.0
"""Seconds between two looks at the addresses of this machine, which change when it is in another network. Ours."""
START_PATIENCE = 3.0
"""Seconds that a command waits at most for a router before it prints the address of its node. Ours: a router that
speaks NAT-PMP answers in milliseconds, one with UPnP within two seconds."""


class OwnAddress:
    """Knows it, follows it when it changes, and keeps the ports open meanwhile. A node whose sockets are all on
    loopback is reached by nobody outside, and so nothing is done for it."""

    def __init__(
        self,
        method: NatMethod,
        places: Sequence[tuple[str, int]],
        protocols: Sequence[Protocol],
        random: RandomSource,
        on_change: Callable[[], None],
        *,
        advertised: str | None = None,
        find: Find = find_router,
        times: MapperTimes | None = None,
        outward: Callable[[int], IPAddress | None] = outward_address,
    ) -> None:
        """
        :param places: the addresses at which the node listens, all with one port.
        :param protocols: in which it listens there.
        :param on_change: called in the event loop when :attr:`endpoint` has changed; must not block.
        :param advertised: the host that a person has given, which counts whatever others say. With an address of the
            local network no router is asked, unless the person has named a way to.
        :param find: finds a router.
        :param outward: the address of this machine towards the internet, by the version of IP.
        """
        listens = [parse_address(host.partition("%")[0]) for host, _ in places]
        self._open = [address for address in listens if not is_loopback(address)]
        self._port = places[0][1] if places else 0
        self._protocols = tuple(protocols)
        self._method = method
        self._on_change = on_change
        self._outward = outward
        extip = method.address if not method.asks_router else None
        self._given = advertised or (None if extip is None else str(extip))
        self._is_near = _is_near(self._given)
        self._disbelief = Outage(
            log, "the address that the router says is not used", "the address that the router says is used"
        )
        self._seen: dict[int, IPAddress] = {}
        self._task: asyncio.Task[None] | None = None
        self._mapper: PortMapper | None = None
        is_useful = method.way is not Way.ANY or not self._is_near  # who tells of no way from outside opens none
        if method.asks_router and is_useful and any(self._is_behind(address) for address in self._open):
            ports = [LocalPort(protocol, self._port) for protocol in protocols]
            self._mapper = PortMapper(method, ports, find, random, self._look, times=times)
        self.endpoint: ExternalEndpoint | None = None
        """Where others reach the node; ``None``: nothing is known, so it says where it listens."""
        self.doubt: str | None = None
        """Why the router is not believed, as a sentence; ``None``: it is, or says nothing."""

    async def start(self) -> None:
        """Begin."""
        self._look()
        if self._mapper is not None:
            self._mapper.start()
        if self._method.asks_router and self._open:
            self._task = asyncio.create_task(self._keep_looking())
            self._task.add_done_callback(report_crash("the address of this node is no longer followed"))

    async def close(self) -> None:
        """End, and close the ports of the router. Closing again changes nothing."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        if self._mapper is not None:
            await self._mapper.close()

    async def settled(self) -> None:
        """Wait until it is known whether a router opens ports, but not longer than :data:`START_PATIENCE`."""
        if self._mapper is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_PATIENCE):
                    await self._mapper.is_settled.wait()

    @property
    def is_settled(self) -> bool:
        """Whether it is known if a router opens ports."""
        return self._mapper is None or self._mapper.is_settled.is_set()

    def seen(self, address: IPAddress | None, version: int) -> None:
        """Peers of many networks see this address, or none any more.

        :param version: of IP.
        """
        if address is None:
            self._seen.pop(version, None)
        else:
            self._seen[version] = address
        self._look()

    @property
    def is_mapped(self) -> bool:
        """Whether ports of a router are open."""
        return self._mapper is not None and self._mapper.open_ports is not None

    @property
    def problem(self) -> str | None:
        """Why others may not reach this node, as a sentence; ``None``: nothing is known of a reason."""
        if self._mapper is None:
            return None
        if self._mapper.problem is not None:
            return f"No port is opened on a router: {self._mapper.problem}."
        return self.doubt

    @staticmethod
    def _is_behind(address: IPAddress) -> bool:
        return address.version == 4 and (address.is_unspecified or is_translated(address))

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        """Put together what is known now."""
        found = self._found()
        if found == self.endpoint:
            return
        self.endpoint = found
        if found is not None:
            where = ", ".join(found.hosts)
            ports = " and ".join(
                str(LocalPort(one, found.udp_port if one is Protocol.UDP else found.tcp_port))
                for one in self._protocols
            )
            log.info("others reach this node at %s, %s", where, ports, extra=about("nat"))
        self._on_change()

    def _found(self) -> ExternalEndpoint | None:
        if not self._open and self._given is None:
            return None
        hosts = (self._given,) if self._given is not None else tuple(str(one) for one in self._learnt())
        if not hosts:
            return None
        ports: Mapping[Protocol, int] = {}
        if self._mapper is not None and self._mapper.open_ports is not None and not self._is_near:
            ports = self._mapper.open_ports.ports  # of the router: this side of it they lead nowhere
        # A node that listens in one of the protocols says one number for both, as without a router.
        other = next(iter(ports.values()), self._port)
        return ExternalEndpoint(hosts, ports.get(Protocol.TCP, other), ports.get(Protocol.UDP, other))

    def _learnt(self) -> list[IPAddress]:
        """One address of each family at most."""
        found = (self._learnt_of(version) for version in (4, 6))
        return [address for address in found if address is not None]

    def _learnt_of(self, version: int) -> IPAddress | None:
        listens = [address for address in self._open if address.version == version]
        if not listens:
            return None
        if any(address.is_unspecified for address in listens):
            own = self._outward(version)
            if own is not None and is_public(own):
                return own
        elif any(is_public(address) for address in listens):
            return next(address for address in listens if is_public(address))
        if version == 4 and (said := self._said()) is not None:
            return said
        return self._seen.get(version)

    def _said(self) -> IPAddress | None:
        """What the router says, if it is believed."""
        opened = None if self._mapper is None else self._mapper.open_ports
        why = None if opened is None else doubt(opened.router, opened.address, self._seen.get(4))
        now = asyncio.get_running_loop().time()
        if why is not None:
            self._disbelief.failed(now, why)
        else:
            self._disbelief.worked(now)
        self.doubt = why
        return None if opened is None or why is not None else opened.address


def _is_near(host: str | None) -> bool:
    """Whether a host that a person has given is an address this side of the router."""
    if host is None:
        return False
    try:
        return not is_public(parse_address(host.partition("%")[0]))
    except ValueError:
        return False
