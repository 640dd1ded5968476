"""Through a SOCKS5 proxy: what it is asked for, and what is said when it does not do it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from ipaddress import ip_address

import pytest

from pystatus.discovery.addresses import may_dial
from pystatus.errors import LocalError
from pystatus.net import rendezvous_client
from pystatus.net.dialling import Unreachable
from pystatus.net.proxy import Proxy
from pystatus.net.rendezvous_client import RendezvousSource
from pystatus.net.rendezvous_link import RendezvousLink
from pystatus.net.rendezvous_server import RendezvousServer
from pystatus.net.route import DIRECT, Route
from pystatus.net.socks import SOMEWHERE
from tests.net.support import CONFIG, PATIENCE, TestNode, key
from tests.net.test_rendezvous import until
from tests.support.socks import SocksProxy
from tests.support.unanswering import unanswering

RELAY = "relay.example"


# Its address


@pytest.mark.parametrize(
    ("text", "shown", "credentials"),
    [
        ("socks5://127.0.0.1:9050", "socks5://127.0.0.1:9050", (None, None)),
        ("  SOCKS5H://Proxy.Example:1080/ ", "socks5://proxy.example:1080", (None, None)),
        ("socks5://[::1]:9050", "socks5://[::1]:9050", (None, None)),
        ("socks5://me:s%40cret%3A@127.0.0.1:9050", "socks5://127.0.0.1:9050", ("me", "s@cret:")),
    ],
)
def test_the_address_of_a_proxy(text: str, shown: str, credentials: tuple[str | None, str | None]) -> None:
    proxy = Proxy.parse(text)
    assert str(proxy) == shown
    assert (proxy.user, proxy.password) == credentials
    assert "cret" not in repr(proxy)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "begins with neither"),
        ("127.0.0.1:9050", "begins with neither"),
        ("http://s3cret@127.0.0.1:8080", "no other sort of proxy"),
        ("socks5://127.0.0.1", "no port"),
        ("socks5://127.0.0.1:0", "no port"),
        ("socks5://127.0.0.1:99999", "no port"),
        ("socks5://:9050", "neither a name nor an IP address"),
        ("socks5://a b:9050", "neither a name nor an IP address"),
        ("socks5://1.2.3:9050", "neither a name nor an IP address"),
        ("socks5://::1:9050", "brackets"),
        ("socks5://[127.0.0.1]:9050", "brackets"),
        ("socks5://[s3cret]:9050", "neither a name nor an IP address"),
        ("socks5://s3cret@127.0.0.1:9050", "needs a password"),
        ("socks5://s3cret:@127.0.0.1:9050", "1 to 255 characters"),
        ("socks5://:s3cret@127.0.0.1:9050", "1 to 255 characters"),
        (f"socks5://me:{'s3cret' * 50}@127.0.0.1:9050", "1 to 255 characters"),
        ("socks5://me:s3cret%@127.0.0.1:9050", "1 to 255 characters"),
        ("socks5://me:s3cr%C3%A9t@127.0.0.1:9050", "1 to 255 characters"),
    ],
)
def test_what_is_no_proxy_is_refused_without_repeating_it(text: str, why: str) -> None:
    with pytest.raises(LocalError, match=why) as refused:
        Proxy.parse(text)
    assert "s3cret" not in str(refused.value)
    assert "socks5://HOST:PORT" in str(refused.value)


def test_a_proxy_carries_tcp_and_looks_names_up() -> None:
    assert (DIRECT.has_udp, DIRECT.has_names) == (True, True)
    through = Route(Proxy("127.0.0.1", 9050))
    assert (through.has_udp, through.has_names) == (False, False)


# What it is asked for


@pytest.mark.parametrize("host", [RELAY, "127.0.0.1"])
@pytest.mark.parametrize("credentials", [None, ("me", "s@cret")])
async def test_it_is_asked_for_names_and_addresses(
    host: str, credentials: tuple[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", only_addresses(socket.getaddrinfo))
    async with SocksProxy({RELAY: "127.0.0.1"}, credentials) as proxy, listener() as port:
        attempt = Route(Proxy("127.0.0.1", proxy.port, *(credentials or ()))).attempt(host, port)
        with await attempt.connect() as connected:
            assert not connected.getblocking()
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(connected, b"hello")
            assert await loop.sock_recv(connected, 100) == b"HELLO"
    assert proxy.asked == [(host, port)]
    assert attempt.beyond == (SOMEWHERE if host == RELAY else ip_address(host), f"{host}:{port}")


def only_addresses(ask: Callable[..., object]) -> Callable[..., object]:
    """A resolver that nobody may ask for names."""

    def asked(host: str | None, *more: object, **options: object) -> object:
        assert host is None or host.replace(".", "").isdecimal(), f"{host} was looked up here"
        return ask(host, *more, **options)

    return asked


class listener:  # noqa: N801 - reads as a function
    """A port on this machine that answers in capitals."""

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data.upper())
        writer.close()


# What is said when it does not do it


async def told(
    proxy: Proxy, host: str = RELAY, seconds: float = PATIENCE, given_up: asyncio.Event | None = None
) -> str:
    """Why an attempt to connect through it failed.

    ``given_up``: when it is broken off, however long that takes, as if the seconds were over.
    """
    attempt = Route(proxy).attempt(host, 30303)
    with pytest.raises(OSError) as error:  # noqa: PT011 - what is told of it is looked at
        async with asyncio.timeout(PATIENCE if given_up else seconds) as limit:
            watching = asyncio.ensure_future(_break_off(limit, given_up or asyncio.Event()))
            try:
                await attempt.connect()
            finally:
                watching.cancel()
    return attempt.failure(error.value, seconds)


async def _break_off(limit: asyncio.Timeout, given_up: asyncio.Event) -> None:
    await given_up.wait()
    for _ in range(20):  # turns of the event loop, in which what was said is heard
        await asyncio.sleep(0)
    limit.reschedule(asyncio.get_running_loop().time())


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (1, "could not connect to it"),
        (2, "choose another port, 443 for example"),
        (3, "knows no way to its network"),
        (4, "does not find its name"),
        (5, "nobody listens at that port"),
        (6, "had no answer from it in time"),
        (7, "use another one"),
        (8, "does not take this kind of address"),
        (9, "does not answer as SOCKS5 does"),
    ],
)
async def test_a_proxy_that_refuses(reply: int, words: str) -> None:
    async with SocksProxy(refuses=reply) as proxy:
        said = await told(Proxy("127.0.0.1", proxy.port))
    assert said.startswith(f"the proxy at 127.0.0.1:{proxy.port} ")
    assert words in said


async def test_a_proxy_that_is_away_or_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert await told(Proxy("127.0.0.1", port)) == (
        f"the proxy at 127.0.0.1:{port} cannot be reached (Connection refused): start it, or correct its address"
    )
    with unanswering("127.0.0.1") as port:
        assert await told(Proxy("127.0.0.1", port), seconds=0.05) == (
            f"the proxy at 127.0.0.1:{port} cannot be reached (no answer within 0.05 seconds): start it, or correct "
            "its address"
        )


async def test_a_proxy_that_wants_a_password() -> None:
    async with SocksProxy(credentials=("me", "s3cret")) as proxy:
        said = await told(Proxy("127.0.0.1", proxy.port))
        assert "wants a user name and password: give them as socks5://USER:PASSWORD@HOST:PORT" in said
        said = await told(Proxy("127.0.0.1", proxy.port, "me", "gu3ssed"))
        assert "does not take this user name and password" in said
        assert "gu3ssed" not in said
    assert proxy.asked == []


async def _say(data: bytes, said: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As if it did not read, and then be silent."""
    writer.write(data)
    said.set()
    await asyncio.Event().wait()


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


GRANTED = b"\x05\x00"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "does not answer as SOCKS5 does: correct its address"),
        (b"\x05\x01", "wants a user name and password"),  # GSSAPI, which was not offered
        (b"\x05\x07", "wants a user name and password"),  # nor was this, whatever it is
        (GRANTED + b"\x04\x00\x00\x01", "does not answer as SOCKS5 does"),
        (GRANTED + b"\x05\x00\x07\x01", "does not answer as SOCKS5 does"),
        (GRANTED + b"\x05\x00\x00\x09" + bytes(99), "does not answer as SOCKS5 does"),
        (GRANTED + b"\x05\x00\x00\x03\x02\xff\xfe\x00\x00", "does not answer as SOCKS5 does"),
        (b"\x05", "has not connected to it within 20 seconds"),
        (GRANTED + b"\x05\x00\x00\x03\xff" + bytes(99), "has not connected to it within 20 seconds"),
    ],
)
async def test_a_proxy_that_answers_nonsense(data: bytes, words: str) -> None:
    said = asyncio.Event()
    async with SocksProxy(instead=partial(_say, data, said)) as proxy:
        assert words in await told(Proxy("127.0.0.1", proxy.port), given_up=said if "within" in words else None)


async def test_a_proxy_that_hangs_up() -> None:
    async with SocksProxy(instead=_hang_up) as proxy:
        said = await told(Proxy("127.0.0.1", proxy.port))
    assert "hung up" in said or "broken the connection" in said


async def test_a_name_that_no_proxy_could_look_up() -> None:
    async with SocksProxy() as proxy:
        assert "no name that a proxy could look up" in await told(Proxy("127.0.0.1", proxy.port), host="a..b")
    assert proxy.asked == []


async def test_nothing_stays_open() -> None:
    """Of attempts that are broken off at any moment; else a warning of Python fails this."""
    for said in (b"", GRANTED, b"\x05\x00\x05\x00"):
        async with SocksProxy(instead=partial(_say, said, asyncio.Event())) as proxy:
            task = asyncio.create_task(Route(Proxy("127.0.0.1", proxy.port)).attempt(RELAY, 1).connect())
            await asyncio.wait([task], timeout=0.02)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()


# Peers and servers behind it


async def test_a_peer_is_where_it_was_dialled_and_not_where_the_proxy_is() -> None:
    """Limits and bans are for its address; a name that the proxy looked up is nowhere, least of all here."""
    async with SocksProxy({RELAY: "127.0.0.1"}) as proxy, TestNode(1) as one:
        through = replace(CONFIG, listen_hosts=(), route=Route(Proxy("127.0.0.1", proxy.port)))
        for host, address in (("127.0.0.1", ip_address("127.0.0.1")), (RELAY, SOMEWHERE)):
            async with TestNode(2, through) as two, asyncio.timeout(PATIENCE):
                assert await two.dial(replace(one.enode, host=host)) is None
                (peer,) = two.peers
                assert (peer.address, peer.remote_address) == (address, f"{host}:{one.enode.port}")
        assert proxy.asked == [(RELAY if host == RELAY else host, one.enode.port) for host in ("127.0.0.1", RELAY)]


async def test_a_dial_says_what_is_wrong_with_the_proxy() -> None:
    async with SocksProxy(refuses=2) as proxy, TestNode(1) as one:
        route = Route(Proxy("127.0.0.1", proxy.port))
        async with TestNode(2, replace(CONFIG, listen_hosts=(), route=route)) as two:
            failure = await two.dial(one.enode)
    assert isinstance(failure, Unreachable)
    assert "choose another port, 443 for example" in failure


async def test_a_rendezvous_node_behind_a_proxy_has_the_time_of_the_way_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendezvous_client, "REQUEST_TIMEOUT", 0.0)
    server = RendezvousServer(key(1), ("127.0.0.1",), 0, os.urandom)
    await server.start()
    try:
        async with SocksProxy() as proxy, asyncio.timeout(PATIENCE):
            for route, is_reached in ((Route(Proxy("127.0.0.1", proxy.port)), True), (DIRECT, False)):
                source = RendezvousSource(
                    key(2), [server.address()], lambda: None, os.urandom, lambda *found: None, route
                )
                await source.start()
                source.search("whisper", 0.01)
                if is_reached:
                    await until(lambda: server.counters.answered.get(("discover", 0)))
                else:
                    await until(partial(getattr, source, "problem"))
                assert (source.problem is None) == is_reached
                await source.close()
    finally:
        await server.close()


async def test_a_rendezvous_node_behind_a_proxy_sends_nobody_into_the_own_network() -> None:
    """Where it is by name, it may be anywhere; the address of the proxy, which is on this machine, says nothing."""
    server = RendezvousServer(key(1), ("127.0.0.1",), 0, os.urandom)
    await server.start()
    try:
        async with SocksProxy({RELAY: "127.0.0.1"}) as proxy:
            route = Route(Proxy("127.0.0.1", proxy.port))
            for node in (server.address(), replace(server.address(), network="dns4", host=RELAY)):
                async with asyncio.timeout(PATIENCE):
                    link = await RendezvousLink.open(key(2), node, os.urandom, route)
                assert link.address == (SOMEWHERE if node.host == RELAY else ip_address("127.0.0.1"))
                await link.close()
            proxy.refuses = 5
            with pytest.raises(OSError, match=r"the proxy at .* was refused there"):
                await RendezvousLink.open(key(2), server.address(), os.urandom, route)
    finally:
        await server.close()
    assert not may_dial(ip_address("127.0.0.1"), SOMEWHERE)
    assert not may_dial(ip_address("192.168.0.1"), SOMEWHERE)
    assert may_dial(ip_address("8.8.8.8"), SOMEWHERE)
