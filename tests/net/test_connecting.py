"""Names with several addresses, of which some are dead: whoever dials gets the one that works, in every part of it."""

from __future__ import annotations

import ast
import asyncio
import json
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp.abc
import pytest

from pystatus.apps.cli.commands import canary
from pystatus.apps.cli.output import Output
from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.net import connecting as module
from pystatus.net import dns as dns_module
from pystatus.net.connecting import AddressInfo, ConnectionAttempt
from pystatus.net.dns import DnsResolver
from pystatus.node import Node, NodeConfig
from pystatus.rpc.client import call_http
from tests.net.support import PATIENCE, TestNode, configured
from tests.rpc.support import TOKEN, served
from tests.support.dns_zone import DnsServer
from tests.support.unanswering import unanswering

GOOD, REFUSES, SILENT = "127.0.0.1", "127.0.0.2", "127.0.0.3"
NAME = "relay.example"


class Names:
    """Knows the addresses of one name."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        self.asked.append(host)
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (address, port, 0, 0) if ":" in address else (address, port),
            )
            for address in self.addresses
        ]


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a listener at the good address; the silent one has it, too."""
    with socket.create_server((GOOD, 0)) as listener:
        port = listener.getsockname()[1]
        with unanswering(SILENT, port):
            yield port


@pytest.mark.parametrize("dead", [(REFUSES,), (SILENT,), (SILENT, REFUSES), (REFUSES, SILENT, SILENT)])
async def test_the_first_address_that_answers_is_connected(dead: tuple[str, ...], port: int) -> None:
    names = Names(*dead, GOOD)
    async with asyncio.timeout(PATIENCE):
        with await ConnectionAttempt(NAME, port, names).connect() as connected:
            assert connected.getpeername() == (GOOD, port)
            assert not connected.getblocking()
    assert names.asked == [NAME]


async def test_the_families_take_turns(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many dead addresses of IPv6 do not come before the first one of IPv4."""
    monkeypatch.setattr(module, "ATTEMPT_DELAY", PATIENCE)
    attempt = ConnectionAttempt(NAME, port, Names("::1", *(f"100::{number}" for number in range(9)), GOOD))
    async with asyncio.timeout(PATIENCE / 2):
        with await attempt.connect() as connected:
            assert connected.getpeername() == (GOOD, port)


async def test_of_a_name_with_thousands_of_addresses_some_are_tried(port: int) -> None:
    """Whoever answers for it does not make us knock everywhere; of each family some are tried."""
    many = [f"127.1.{number >> 8}.{number & 255}" for number in range(4_000)]
    attempt = ConnectionAttempt(NAME, port, Names(*many, "::1"))
    with pytest.raises(OSError, match="onnect") as refused:
        await attempt.connect()
    told = attempt.failure(refused.value).split("; ")
    assert [one.partition(": ")[0] for one in told if one.startswith("127.")] == many[: module.MAX_ADDRESSES]
    assert len(told) == module.MAX_ADDRESSES + 1


async def test_all_addresses_and_their_reasons_are_told(port: int) -> None:
    attempt = ConnectionAttempt(NAME, port, Names(REFUSES, SILENT))
    with pytest.raises(TimeoutError) as told:
        async with asyncio.timeout(0.05):
            await attempt.connect()
    assert (
        attempt.failure(told.value, 0.05) == f"{REFUSES}: Connection refused; {SILENT}: no answer within 0.05 seconds"
    )
    attempt = ConnectionAttempt(NAME, port, Names(REFUSES, "127.0.0.4"))
    with pytest.raises(OSError, match="onnect") as refused:
        await attempt.connect()
    assert attempt.failure(refused.value) == f"{REFUSES}: Connection refused; 127.0.0.4: Connection refused"


async def test_of_one_address_the_reason_is_told() -> None:
    for names, reason in ((Names(REFUSES), "Connection refused"), (Names(SILENT), "no answer within 0.05 seconds")):
        with unanswering(SILENT) as port:
            attempt = ConnectionAttempt(NAME, port, names)
            with pytest.raises(OSError) as told:  # noqa: PT011 - what is told of it is looked at
                async with asyncio.timeout(0.05):
                    await attempt.connect()
        assert attempt.failure(told.value, 0.05) == reason


async def test_a_name_that_does_not_exist() -> None:
    async def unknown(host: str, port: int) -> Sequence[AddressInfo]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    attempt = ConnectionAttempt(NAME, 1, unknown)
    with pytest.raises(OSError) as told:  # noqa: PT011 - what is told of it is looked at
        await attempt.connect()
    assert attempt.failure(told.value) == f"there is no such name ({NAME}: Name or service not known)"


async def test_nothing_stays_open(port: int) -> None:
    """Neither of an attempt that is broken off, nor of the addresses that were too late: else a warning fails this."""
    for names in (Names(SILENT, SILENT), Names(SILENT, GOOD)):
        task = asyncio.create_task(ConnectionAttempt(NAME, port, names).connect())
        done, _ = await asyncio.wait([task], timeout=0.5)
        for one in done:
            one.result().close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_peer_whose_name_has_a_dead_address_first() -> None:
    """What counts for bans and limits is the address that really connected."""
    async with TestNode(1) as one, TestNode(2) as other:
        enode = Enode(one.enode.public_key, NAME, one.enode.port, one.enode.port)
        with unanswering(SILENT, one.enode.port or 0):
            other.resolve = Names(REFUSES, SILENT, GOOD)
            async with asyncio.timeout(PATIENCE):
                assert await other.dial(enode) is None
                (peer,) = other.peers
        assert str(peer.address) == GOOD
        assert peer.remote_address == f"{GOOD}:{one.enode.port}"


async def test_a_peer_that_no_address_reaches_within_the_deadline() -> None:
    async with TestNode(1, configured(dial_timeout=0.05)) as one, TestNode(2) as other:
        with unanswering(SILENT) as port:
            one.resolve = Names(REFUSES, SILENT)
            failure = await one.dial(Enode(other.enode.public_key, NAME, port, port))
    assert failure == f"{REFUSES}: Connection refused; {SILENT}: no answer within 0.05 seconds"


@pytest.mark.parametrize("dead", [True, False])
async def test_the_canary_tries_all_addresses(
    dead: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Node(NodeConfig(listen=f"{GOOD}:0")) as node:
        port = node.enode.port or 0
        monkeypatch.setattr(ConnectionAttempt.__init__, "__defaults__", (Names(SILENT, *(() if dead else (GOOD,))),))
        if dead:
            monkeypatch.setattr(ConnectionAttempt.__init__, "__defaults__", (Names(SILENT, REFUSES),))
        with unanswering(SILENT, port):
            code = await canary.check(
                Enode(node.enode.public_key, NAME, port, port),
                Output(as_json=True),
                timeout=1.0 if dead else PATIENCE,
                roundtrip=False,
            )
    result = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (code, result["ok"]) == ((1, False) if dead else (0, True))
    if dead:
        assert result["step"] == "connect"
        assert result["error"] == f"{SILENT}: no answer within 1 second; {REFUSES}: Connection refused"


class Addresses(aiohttp.abc.AbstractResolver):
    """The same for aiohttp."""

    def __init__(self, *addresses: str) -> None:
        self._names = Names(*addresses)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [
            {
                "hostname": host, "host": str(address[0]), "port": port, "family": family, "proto": proto,
                "flags": int(socket.AI_NUMERICHOST),
            }
            for family, _, proto, _, address in await self._names(host, port)
        ]  # fmt: skip

    async def close(self) -> None:
        return


async def test_a_call_of_the_rpc_tries_all_addresses() -> None:
    async with served() as one:
        url = f"http://localhost:{one.port}"
        with unanswering(SILENT, one.port):
            addresses = Addresses(SILENT, REFUSES, GOOD)
            assert await call_http(url, TOKEN, "net_version", [], PATIENCE, addresses) == "1"
            with pytest.raises(LocalError, match=r"There is no RPC at http://localhost.*127\.0\.0\.4"):
                await call_http(url, TOKEN, "net_version", [], PATIENCE, Addresses(REFUSES, "127.0.0.4"))
            with pytest.raises(LocalError, match=r"did not answer within 0\.05 seconds"):
                await call_http(url, TOKEN, "net_version", [], 0.05, Addresses(SILENT))


async def test_a_name_server_that_is_gone_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_module, "SERVER_TIMEOUT", 0.05)
    import dns.resolver

    async with DnsServer({"nodes.example.org": ["one"]}) as server:
        host, _, port = server.address.partition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind((SILENT, int(port)))

            def read(self: dns.resolver.BaseResolver, _: Any) -> None:
                self.nameservers, self.port = [SILENT, host], int(port)

            monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", read)
            assert await DnsResolver(timeout=1.0).texts("nodes.example.org") == [b"one"]


MAY = {
    "net/connecting.py": "the one that connects; without a proxy it asks the system for addresses",
    "net/socks.py": "speaks with the proxy, which the one above connects",
    "net/rendezvous_link.py": "asks the system for addresses of one family, without a proxy",
    "net/dns.py": "asks DNS over UDP, without a proxy",
    "net/dns_stream.py": "speaks DNS on a socket that is connected",
    "net/bootnodes.py": "looks names of bootnodes up, without a proxy",
    "net/udp_endpoint.py": "Discovery v5, without a proxy",
    "net/listening.py": "sockets that listen",
    "apps/web/running_servers.py": "asks a page of this machine, on loopback",
    "net/time_servers.py": "asks time servers, and the system for their addresses, without a proxy",
    "net/pmp_router.py": "asks a router, without a proxy",
    "net/upnp_router.py": "looks for a router, and asks it, without a proxy",
    "net/routes.py": "asks the system which way packets would go; none is sent",
    "net/http_front.py": "looks at a socket that listens",
    "devchain/server.py": "a socket that listens on loopback",
    "chain/gateway.py": "asks a gateway of IPFS over aiohttp, by the route",
    "chain/prices.py": "asks a service of prices over aiohttp, by the route",
    "chain/transports.py": "what carries aiohttp by the route: it connects nothing itself",
    "rpc/client.py": "a person's call of a node's RPC, which is that person's own",
    "rpc/ipc.py": "a Unix socket",
    "faces/attach/connection.py": "a Unix socket",
    "faces/attach/place.py": "a Unix socket",
    "storage/files.py": "a Unix socket",
    "workers/worker.py": "sockets that the supervisor hands over",
    "storage/archive/postgres.py": "the archive, on this machine where there is a proxy",
    "storage/archive/postgres_hosts.py": "likewise",
    "storage/archive/postgres_schema.py": "likewise",
}
"""The modules that may reach out, each with what for."""
CALLS = {
    "open_connection", "create_connection", "create_datagram_endpoint", "sock_connect", "start_connection", "socket",
    "getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo", "getfqdn", "sendto", "sock_sendto",
    "ClientSession", "TCPConnector", "urlopen",
}  # fmt: skip
LIBRARIES = {
    "aiohappyeyeballs", "python_socks", "asyncpg", "dns.asyncquery", "dns.asyncresolver", "dns.resolver", "dns.query",
    "urllib.request", "http.client", "smtplib", "ftplib", "xmlrpc", "httpx", "requests", "websockets",
}  # fmt: skip


def test_nobody_dials_in_another_way() -> None:
    """What opens connections, sends datagrams or looks up names is in few modules, which know of proxies."""
    sources = Path(module.__file__).parents[1]
    found = {str(path.relative_to(sources)) for path in sources.rglob("*.py") if _reaches_out(path)}
    assert found == set(MAY)


def _reaches_out(path: Path) -> bool:
    return any(map(_is_reaching, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))


def _is_reaching(node: ast.AST) -> bool:
    match node:
        case ast.Call(ast.Attribute(attr=name) | ast.Name(id=name), keywords=given):
            return name in CALLS and not any(one.arg == "sock" for one in given)
        case ast.Import(names):
            return any(one.name in LIBRARIES for one in names)
        case ast.ImportFrom(module=str(origin), names=names):
            return any(one in LIBRARIES for one in (origin, *(f"{origin}.{each.name}" for each in names)))
    return False
