"""TXT records from a DNS server on this machine."""

from __future__ import annotations

import asyncio

import pytest

from pystatus.errors import LocalError, RemoteError
from pystatus.net.dns import DnsResolver, parse_server
from pystatus.net.dns_stream import MAX_RECORDS
from pystatus.net.proxy import Proxy
from pystatus.net.route import Route
from tests.support.dns_zone import DnsServer
from tests.support.socks import SocksProxy
from tests.support.unanswering import unanswering


async def test_the_strings_of_a_record_are_joined() -> None:
    long = "x" * 600
    async with DnsServer({"nodes.example.org": ["one", long]}) as server:
        resolver = DnsResolver(server.address)
        assert sorted(await resolver.texts("nodes.example.org")) == [b"one", long.encode()]
        assert len(await resolver.texts("NODES.example.org")) == 2
        assert len(server.asked) == 2  # nothing else was asked, such as the name below the domain of this machine


async def test_a_name_that_does_not_exist() -> None:
    async with DnsServer({}) as server:
        with pytest.raises(RemoteError, match=r"no TXT record of nodes\.example\.org"):
            await DnsResolver(server.address).texts("nodes.example.org")


async def test_a_server_that_says_nothing() -> None:
    async with DnsServer({}) as server:
        server.is_silent = True
        with pytest.raises(RemoteError, match=r"no TXT record of nodes\.example\.org"):
            await DnsResolver(server.address, timeout=0.05).texts("nodes.example.org")


async def test_a_name_that_is_none() -> None:
    async with DnsServer({}) as server:
        with pytest.raises(RemoteError, match="no TXT record"):
            await DnsResolver(server.address).texts("a" * 64 + ".example.org")
        assert server.asked == []


async def test_the_servers_of_this_system(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    def read(self: dns.resolver.BaseResolver, _: object) -> None:
        self.nameservers, self.port = [server.address.partition(":")[0]], int(server.address.partition(":")[2])

    monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", read)
    async with DnsServer({"nodes.example.org": ["one"]}) as server:
        assert await DnsResolver().texts("nodes.example.org") == [b"one"]


async def test_through_a_proxy_it_is_asked_over_tcp() -> None:
    long = "x" * 60_000
    zone = {"nodes.example.org": ["one", long], "empty.example.org": []}
    async with DnsServer(zone) as server, SocksProxy() as proxy:
        route = Route(Proxy("127.0.0.1", proxy.port))
        port = await server.serve_tcp()
        resolver = DnsResolver(f"127.0.0.1:{port}", route=route)
        assert sorted(await resolver.texts("nodes.example.org")) == [b"one", long.encode()]
        assert proxy.asked == [("127.0.0.1", port)]
        with pytest.raises(RemoteError, match=r"no TXT record of gone\.example\.org: there is no such name"):
            await resolver.texts("gone.example.org")
        with pytest.raises(RemoteError, match="the DNS server knows none"):
            await resolver.texts("empty.example.org")
        server.rcode = 5
        with pytest.raises(RemoteError, match="the DNS server answers REFUSED"):
            await resolver.texts("nodes.example.org")
        server.is_silent = True
        with pytest.raises(RemoteError, match="the DNS server has hung up"):
            await resolver.texts("nodes.example.org")
        with pytest.raises(RemoteError, match="no TXT record"):
            await resolver.texts("a" * 64 + ".example.org")
        proxy.refuses = 2
        with pytest.raises(RemoteError, match=r"the proxy at .* does not allow connections to it"):
            await resolver.texts("nodes.example.org")


async def test_through_a_proxy_an_answer_of_very_many_records_is_not_decoded() -> None:
    zone = {"nodes.example.org": [str(number) for number in range(MAX_RECORDS)]}
    async with DnsServer(zone) as server, SocksProxy() as proxy:
        resolver = DnsResolver(f"127.0.0.1:{await server.serve_tcp()}", route=Route(Proxy("127.0.0.1", proxy.port)))
        with pytest.raises(RemoteError, match="the DNS server answers with more than 128 records"):
            await resolver.texts("nodes.example.org")  # and the question counts
        zone["fewer.example.org"] = zone["nodes.example.org"][1:]
        server.zone = zone
        assert len(await resolver.texts("fewer.example.org")) == MAX_RECORDS - 1


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0", b"\0\0", b"\0\4abcd", b"\0\x0c" + bytes(12), b"\0\x0c\0\0\x80\0" + bytes(8), b"\0\x20" + bytes(12)],
)
async def test_through_a_proxy_a_server_that_answers_nonsense(answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2)
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server, SocksProxy() as proxy:
        port = server.sockets[0].getsockname()[1]
        resolver = DnsResolver(f"127.0.0.1:{port}", route=Route(Proxy("127.0.0.1", proxy.port)))
        with pytest.raises(RemoteError, match=r"no TXT record of nodes\.example\.org"):
            await resolver.texts("nodes.example.org")


async def test_through_a_proxy_a_server_has_its_time() -> None:
    with unanswering("127.0.0.1") as port:
        resolver = DnsResolver("192.0.2.1", 0.05, Route(Proxy("127.0.0.1", port)))
        with pytest.raises(RemoteError, match=r"cannot be reached \(no answer within 0\.05 seconds\)"):
            await resolver.texts("nodes.example.org")


def test_with_a_proxy_a_server_has_to_be_named() -> None:
    with pytest.raises(LocalError, match="name a DNS server that the proxy reaches"):
        DnsResolver(route=Route(Proxy("127.0.0.1", 9050)))


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        (" 192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_servers(text: str, server: tuple[str, int]) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text",
    ["", "dns.example.org", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:70000", "[2001:db8::1]", "::1:x", "1.2.3.4:٣"],
)
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(LocalError, match="is no DNS server"):
        parse_server(text)
