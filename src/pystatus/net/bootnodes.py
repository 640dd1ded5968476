"""Bootnodes that are named by DNS: their addresses are looked up when discovery starts, and again later."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.net.listening import system_text
from pystatus.outage import Outage
from pystatus.peers.backoff import Backoff

log = get_logger(__name__)

MAX_BOOTNODES = 64
"""Bootnodes that the settings may name: ten times those of the production network (overlay.md §8.2)."""
LOOKED_UP_AGAIN = Backoff(initial=5.0, maximum=1800.0)
"""When names are looked up again: every half an hour, as an address may change; sooner as long as one has none."""
LOOKUP_TIMEOUT = 10.0
"""Seconds for one name."""

Lookup = Callable[[str], Awaitable[list[str]]]
"""The IP addresses of a host name.

:raises OSError: it has none, or no server answers."""


def parse_bootnodes(texts: Iterable[str]) -> tuple[Enode, ...]:
    """The bootnodes of the settings, each once. Those without a TCP port, ``…@host:0?discport=30301``, are as good as
    others: a bootnode has no use for one.

    :raises LocalError: one is malformed or does not say where it is, or there are very many.
    """
    found = tuple(dict.fromkeys(Enode.parse(text) for text in texts))
    for enode in found:
        if enode.host is None or not enode.udp_port:
            raise LocalError(
                f'"{str(enode)[:200]}" does not say where to send to. Add @host:port to the node id, with the UDP port.'
            )
    if len(found) > MAX_BOOTNODES:
        raise LocalError(f"{len(found)} bootnodes are too many: name {MAX_BOOTNODES} at most.")
    return found


async def system_lookup(host: str) -> list[str]:
    """What the system says."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return [str(address[0]) for _, _, _, _, address in found]


class Bootnodes:
    """Hands on the bootnodes that have an address, as soon as they have it and whenever that changes."""

    def __init__(
        self,
        nodes: Sequence[Enode],
        deliver: Callable[[list[Enode]], None],
        chance: Callable[[], float],
        *,
        versions: frozenset[int] = frozenset((4, 6)),
        lookup: Lookup = system_lookup,
        pauses: Backoff = LOOKED_UP_AGAIN,
    ) -> None:
        """
        :param deliver: called in the event loop with all that have an address, each with an IP address as its host.
        :param chance: random in 0 … 1.
        :param versions: of IP, that can be sent to.
        """
        self._nodes = list(nodes)
        self._deliver = deliver
        self._chance = chance
        self._versions = versions
        self._lookup = lookup
        self._pauses = pauses
        self._addresses: dict[str, str] = {}
        self._delivered: list[Enode] | None = None
        self._task: asyncio.Task[None] | None = None
        self._outage = Outage(log, "names of bootnodes cannot be resolved", "names of bootnodes are resolved again")
        self._unnamed: str | None = None
        """Why a name has no address."""
        self._unreached: str | None = None
        """Why bootnodes with an IP address are of no use."""

    @property
    def problem(self) -> str | None:
        """Why a bootnode cannot be sent to, as the end of a sentence; None: nothing is known against any."""
        return self._unreached or self._unnamed

    def start(self) -> None:
        """Deliver those with an IP address, and look up the names of the others."""
        self._hand_on()
        hosts = [node.host for node in self._nodes if node.host is not None and _is_address(node.host)]
        others = [host for host in hosts if not self._is_reached(host)]
        if others:
            ours = " and ".join(f"IPv{version}" for version in sorted(self._versions))
            count, all_ = len(others), len(self._nodes)
            which = f"no bootnode has an {ours} address" if count == all_ else f"{count} of {all_} are not at {ours}"
            self._unreached = f"{which}, and this node sends by {ours} only; let it listen on 0.0.0.0 and on ::"
            level = logging.WARNING if count == all_ else logging.INFO
            log.log(level, "bootnodes cannot be reached: %s", self._unreached)
        if any(not _is_address(node.host) for node in self._nodes):
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(_report_crash)

    async def close(self) -> None:
        """Look up no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            self._task = None

    async def _run(self) -> None:
        failures = 0
        while True:
            self._unnamed = None
            for host in dict.fromkeys(node.host for node in self._nodes if not _is_address(node.host)):
                if host is not None:
                    await self._look_up(host)
            failures = failures + 1 if self._unnamed is not None else 64
            now = asyncio.get_running_loop().time()
            if self._unnamed is None:
                self._outage.worked(now)
            else:
                self._outage.failed(now, self._unnamed)
            self._hand_on()
            await asyncio.sleep(self._pauses.pause(failures, self._chance()))
            if self._unnamed is None:
                failures = 0

    async def _look_up(self, host: str) -> None:
        """The first address of a version that can be sent to; one that was found before stays if there is none."""
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                found = await self._lookup(host)
        except TimeoutError:
            self._unnamed = f"{host} was not found within {LOOKUP_TIMEOUT:g} seconds"
        except OSError as error:
            self._unnamed = f"{host}: {system_text(error)}"
        else:
            fitting = [one for one in found if self._is_reached(one)]
            if fitting:
                self._addresses[host] = fitting[0].partition("%")[0]
            else:
                self._unnamed = f"{host} has no address of a kind that this node can send to"

    def _is_reached(self, address: str) -> bool:
        return ipaddress.ip_address(address.partition("%")[0]).version in self._versions

    def _hand_on(self) -> None:
        known: list[Enode] = []
        for node in self._nodes:
            if node.host is None:
                continue
            host = node.host if _is_address(node.host) else self._addresses.get(node.host)
            if host is not None and self._is_reached(host):
                known.append(replace(node, host=host, port=node.port or node.udp_port))
        if known != self._delivered:
            self._delivered = known
            self._deliver(known)


def _is_address(host: str | None) -> bool:
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host or "")
        return True
    return False


def _report_crash(task: asyncio.Task[None]) -> None:
    """A task that ends with an error is a bug of ours; asyncio would tell of it only when the task is collected."""
    if not task.cancelled() and task.exception() is not None:
        task.get_loop().call_exception_handler({"message": "bootnodes crashed", "exception": task.exception()})
