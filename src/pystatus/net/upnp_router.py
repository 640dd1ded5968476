"""A router that speaks UPnP: found by multicast, asked by HTTP (overlay.md §6.1)."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Self

from pystatus.discovery.addresses import IPAddress
from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.nat import upnp
from pystatus.nat.ports import Lease, LocalPort
from pystatus.nat.upnp import ErrorCode, Service, UpnpError
from pystatus.nat.xml_text import MAX_BYTES
from pystatus.net.listening import system_text
from pystatus.net.router import PortTaken
from pystatus.net.routes import address_towards

log = get_logger(__name__)

SEARCH_PATIENCE = 1.5
"""Seconds that devices have to answer a search: the one in which they have to, and some for the way."""
MAX_ANSWERS = 32
"""Answers to a search that are looked at: a network has few devices, and each answers twice."""
MAX_DEVICES = 4
"""Descriptions that are asked for after a search."""
MAX_SERVICES = 4
"""Services of one device that are tried."""
CALL_TIMEOUT = 3.0
"""Seconds for one request, the answer included, however slowly it comes (overlay.md §6.1)."""
READ_AT_ONCE = 8_192
"""Bytes of an answer that are read at a time."""
DEVICE_TIMEOUT = 6.0
"""Seconds that one device has to show that it opens ports. Ours."""
TTL = 2
"""Routers that a search passes at most (UPnP Device Architecture 1.1, 1.3.2)."""


class UpnpRouter:
    """One service of one router."""

    def __init__(self, service: Service, host: ipaddress.IPv4Address) -> None:
        self.host = host
        self.name = f"router {host} (UPnP)"
        self._service = service
        self._own = address_towards(host)

    @classmethod
    async def at(cls, location: str, host: ipaddress.IPv4Address) -> Self:
        """The router whose description is there.

        :raises RemoteError: it does not answer as it should, or opens no ports.
        """
        name = f"router {host} (UPnP)"
        try:
            services = upnp.decode_description(await _fetched("GET", location, {}, b""), location, host)
        except RemoteError as error:
            raise RemoteError(f"{name}: {error}") from error
        why = f"{name} opens no ports"
        for service in services[:MAX_SERVICES]:
            router = cls(service, host)
            try:
                await router._check()
            except RemoteError as error:
                why = str(error)
            else:
                return router
        raise RemoteError(why)

    async def _check(self) -> None:
        """
        :raises RemoteError: it is not connected, or translates no addresses.
        """
        status = await self._call("GetNATRSIPStatus", {})
        if status.get("NewNATEnabled") not in ("1", "true", "yes"):
            raise RemoteError(f"{self.name} translates no addresses")
        await self.external_address()

    async def external_address(self) -> IPAddress:
        """See :class:`~pystatus.net.router.Router`."""
        result = await self._call("GetExternalIPAddress", {})
        try:
            return upnp.read_address(result)
        except RemoteError as error:
            raise RemoteError(f"{self.name} {error}") from error

    async def has_forgotten(self, leases: Mapping[LocalPort, Lease]) -> bool:
        """Likewise. A router that cannot say it has not: the ports are renewed in time."""
        own = address_towards(self.host)
        if own != self._own:
            self._own = own
            return True
        for port, lease in leases.items():
            try:
                if not await self._is_ours(port, lease.external_port):
                    return True
            except UpnpError as error:
                if error.code == ErrorCode.NO_SUCH_ENTRY:
                    return True
        return False

    async def open_port(self, port: LocalPort, external_port: int, lifetime: int) -> Lease:
        """Likewise."""
        try:
            return await self._add(port, external_port, lifetime)
        except UpnpError as error:
            if error.code == ErrorCode.NOT_AUTHORISED:
                raise RemoteError(f"{self.name} does not open ports by UPnP: switch it on in its settings") from error
            if error.code != ErrorCode.CONFLICT:
                raise RemoteError(f"{self.name} {error}") from error
        if await self._was_ours(port, external_port):  # of an earlier run; some routers want it deleted first
            await self._delete(port, external_port)
            try:
                return await self._add(port, external_port, lifetime)
            except UpnpError as error:
                raise PortTaken(f"{self.name} {error}") from error
        raise PortTaken(f"{self.name} has given port {external_port} to another machine")

    async def close_port(self, port: LocalPort, lease: Lease) -> None:
        """Likewise."""
        await self._delete(port, lease.external_port)

    def listen(self, on_announcement: Callable[[], None]) -> None:
        """Routers announce nothing of this by UPnP without a web server of ours: the next check has to do."""

    def close(self) -> None:
        """Nothing to do: each request has a connection of its own."""

    async def _add(self, port: LocalPort, external_port: int, lifetime: int) -> Lease:
        if self._own is None:
            raise RemoteError(f"{self.name} is in no network of this machine any more")
        arguments = {
            **_where(port, external_port),
            "NewInternalPort": port.number,
            "NewInternalClient": self._own,
            "NewEnabled": 1,
            "NewPortMappingDescription": port.description,
            "NewLeaseDuration": lifetime,
        }
        try:
            await self._call("AddPortMapping", arguments)
        except UpnpError as error:
            if error.code != ErrorCode.ONLY_PERMANENT:
                raise
            await self._call("AddPortMapping", arguments | {"NewLeaseDuration": 0})
            return Lease(external_port, math.inf)
        return Lease(external_port, lifetime)

    async def _delete(self, port: LocalPort, external_port: int) -> None:
        try:
            await self._call("DeletePortMapping", _where(port, external_port))
        except UpnpError as error:
            if error.code != ErrorCode.NO_SUCH_ENTRY:
                raise RemoteError(f"{self.name} {error}") from error

    async def _was_ours(self, port: LocalPort, external_port: int) -> bool:
        try:
            return await self._is_ours(port, external_port)
        except UpnpError:
            return False

    async def _is_ours(self, port: LocalPort, external_port: int) -> bool:
        """Whether a port leads to this node.

        :raises UpnpError: the router refuses to say it.
        """
        entry = upnp.read_entry(await self._call("GetSpecificPortMappingEntry", _where(port, external_port)))
        return entry == upnp.Entry(str(self._own), port.number)

    async def _call(self, action: str, arguments: Mapping[str, object]) -> dict[str, str]:
        headers, body = upnp.encode_action(self._service, action, arguments)
        try:
            return upnp.decode_result(await _fetched("POST", self._service.control_url, headers, body), action)
        except UpnpError:
            raise
        except RemoteError as error:
            raise RemoteError(f"{self.name}: {error}") from error


def _where(port: LocalPort, external_port: int) -> dict[str, object]:
    return {"NewRemoteHost": "", "NewExternalPort": external_port, "NewProtocol": port.protocol.value}


async def _fetched(method: str, url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The body of an answer, whatever its status says: errors of UPnP come with status 500.

    :raises RemoteError: no answer in time, or one that is too long.
    """
    import aiohttp  # a node in whose network nobody speaks UPnP does without it

    try:
        async with (
            asyncio.timeout(CALL_TIMEOUT),
            aiohttp.ClientSession(
                auto_decompress=False, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            ) as session,
            session.request(
                method,
                url,
                data=body or None,
                headers={**headers, "Accept-Encoding": "identity", "Connection": "close"},
                allow_redirects=False,
            ) as response,
        ):
            found = b""
            async for part in response.content.iter_chunked(READ_AT_ONCE):
                found += part
                if len(found) > MAX_BYTES:
                    raise RemoteError(f"answer of more than {MAX_BYTES} bytes")
            return found
    except TimeoutError:
        raise RemoteError("no answer in time") from None
    except OSError as error:
        raise RemoteError(f"it cannot be reached: {system_text(error)}") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise RemoteError(f"no answer of HTTP ({type(error).__name__})") from error


async def find_upnp_router(
    own: IPAddress,
    gateways: Collection[IPAddress] = (),
    *,
    target: tuple[str, int] = (upnp.SSDP_GROUP, upnp.SSDP_PORT),
    patience: float = SEARCH_PATIENCE,
) -> UpnpRouter:
    """The first router that answers a search and opens ports.

    :param own: our address in the network in which is searched.
    :param gateways: routers between us and the internet, as far as they are known. What else answers is asked after
        them: any machine of the network can say that it is a router.
    :param target: where the search is sent.
    :raises RemoteError: none.
    """
    why = "no router answers to UPnP"
    others: dict[str, ipaddress.IPv4Address] = {}
    tried: set[str] = set()
    async with aclosing(_found(own, target, patience)) as answers:
        async for location, host in answers:
            if host not in gateways:
                others[location] = host
            elif location not in tried and len(tried) < MAX_DEVICES:
                tried.add(location)
                try:
                    return await _tried(location, host)
                except RemoteError as error:
                    why = str(error)
    for location, host in list(others.items())[: MAX_DEVICES - len(tried)]:
        try:
            return await _tried(location, host)
        except RemoteError as error:
            why = str(error)
    raise RemoteError(why)


async def _tried(location: str, host: ipaddress.IPv4Address) -> UpnpRouter:
    """
    :raises RemoteError: it opens no ports, or takes too long to say so.
    """
    try:
        async with asyncio.timeout(DEVICE_TIMEOUT):
            return await UpnpRouter.at(location, host)
    except TimeoutError:
        raise RemoteError(f"router {host} (UPnP): no answer in time") from None


async def _found(
    own: IPAddress, target: tuple[str, int], patience: float
) -> AsyncGenerator[tuple[str, ipaddress.IPv4Address]]:
    """The descriptions that a search finds, and the machines that have them."""
    until = asyncio.get_running_loop().time() + patience
    async with _search(own, target) as answers:
        for _ in range(MAX_ANSWERS):
            try:
                async with asyncio.timeout_at(until):
                    data, sender = await answers.get()
            except TimeoutError:
                return
            try:
                yield upnp.decode_location(data, sender), sender
            except RemoteError as error:
                log.debug("%s sends what is no answer to a search by UPnP: %s", sender, error)


@asynccontextmanager
async def _search(
    own: IPAddress, target: tuple[str, int]
) -> AsyncIterator[asyncio.Queue[tuple[bytes, ipaddress.IPv4Address]]]:
    """Send a search; what comes back, as long as the context is open."""
    loop = asyncio.get_running_loop()
    answers = _Answers()
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, TTL)
        bound.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own.packed)
        bound.bind((str(own), 0))
        transport, _ = await loop.create_datagram_endpoint(lambda: answers, sock=bound)
    except OSError as error:
        bound.close()
        raise RemoteError(f"no router can be searched for by UPnP: {system_text(error)}") from error
    try:
        for device in upnp.DEVICES:
            transport.sendto(upnp.encode_search(device), target)
        yield answers.queue
    finally:
        transport.close()


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[bytes, ipaddress.IPv4Address]] = asyncio.Queue(MAX_ANSWERS)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self.queue.full():
            self.queue.put_nowait((data[: upnp.MAX_ANSWER + 1], ipaddress.IPv4Address(addr[0])))

    def error_received(self, exc: Exception) -> None:
        log.debug("a search by UPnP has an answer that is an error: %s", type(exc).__name__)
