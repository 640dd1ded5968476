"""TXT records from a DNS server on this machine."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError, RemoteError
from pystatus.net.dns import DnsResolver, parse_server
from tests.support.dns_zone import DnsServer


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
