"""A node and the UPnP router before it, on sockets of loopback: what is asked, and what a router may not do to us."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
from collections.abc import AsyncIterator, Callable

import pytest

from pystatus.discovery.addresses import IPAddress
from pystatus.errors import RemoteError
from pystatus.nat.method import NatMethod
from pystatus.nat.ports import Lease, LocalPort, Protocol
from pystatus.net import upnp_router
from pystatus.net.port_mapper import MapperTimes, PortMapper
from pystatus.net.router import PortTaken, Router
from pystatus.net.upnp_router import UpnpRouter, find_upnp_router
from tests.support.upnp_router import HOST, SERVICE, UpnpHomeRouter, http

OWN: IPAddress = ipaddress.ip_address(HOST)
TCP, UDP = LocalPort(Protocol.TCP, 30303), LocalPort(Protocol.UDP, 30303)


@pytest.fixture
async def home() -> AsyncIterator[UpnpHomeRouter]:
    async with UpnpHomeRouter() as home:
        yield home


async def found(home: UpnpHomeRouter, patience: float = 0.05) -> UpnpRouter:
    return await find_upnp_router(OWN, [OWN], target=home.ssdp, patience=patience)


async def test_it_is_searched_for_and_asked_for_its_address(home: UpnpHomeRouter) -> None:
    router = await found(home, 20.0)
    assert str(await router.external_address()) == "45.9.0.1"
    assert home.searches[0] == (
        b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
        b"ST: urn:schemas-upnp-org:device:WANConnectionDevice:1\r\n"
        b'MAN: "ssdp:discover"\r\nMX: 1\r\n\r\n'
    )
    assert home.actions == ["description", "GetNATRSIPStatus", "GetExternalIPAddress", "GetExternalIPAddress"]
    assert router.name == "router 127.0.0.1 (UPnP)"


async def test_a_port_is_opened_and_closed(home: UpnpHomeRouter) -> None:
    router = await found(home)
    lease = await router.open_port(TCP, 30303, 1_200)
    assert lease == Lease(30303, 1_200)
    assert home.entries["TCP", 30303] == {
        "NewRemoteHost": "",
        "NewExternalPort": "30303",
        "NewProtocol": "TCP",
        "NewInternalPort": "30303",
        "NewInternalClient": HOST,
        "NewEnabled": "1",
        "NewPortMappingDescription": "ethereum p2p",
        "NewLeaseDuration": "1200",
    }
    assert not await router.has_forgotten({TCP: lease})
    await router.close_port(TCP, lease)
    assert home.entries == {}
    assert await router.has_forgotten({TCP: lease})
    await router.close_port(TCP, lease)  # it is closed already


async def test_another_machine_has_the_port(home: UpnpHomeRouter) -> None:
    home.entries["TCP", 30303] = {"NewInternalClient": "192.168.1.77", "NewInternalPort": "30303"}
    home.entries["TCP", 30303] |= {"NewPortMappingDescription": "game", "NewLeaseDuration": "0"}
    router = await found(home)
    with pytest.raises(PortTaken, match="has given port 30303 to another machine"):
        await router.open_port(TCP, 30303, 1_200)
    assert home.entries["TCP", 30303]["NewInternalClient"] == "192.168.1.77"
    assert await router.has_forgotten({TCP: Lease(30303, 1_200)})


async def test_an_entry_of_an_earlier_run_is_replaced(home: UpnpHomeRouter) -> None:
    """Some routers refuse what is there already, even to the same machine."""
    router = await found(home)
    await router.open_port(TCP, 30303, 1_200)

    def refuses(action: str) -> bytes:
        home.errors = {"AddPortMapping": 718} if ("TCP", 30303) in home.entries else {}
        return b""

    home.page = refuses
    assert await router.open_port(TCP, 30303, 600) == Lease(30303, 600)
    assert home.entries["TCP", 30303]["NewLeaseDuration"] == "600"


async def test_a_router_that_knows_no_leases(home: UpnpHomeRouter) -> None:
    home.only_permanent = True
    router = await found(home)
    assert await router.open_port(UDP, 30303, 1_200) == Lease(30303, float("inf"))
    assert home.entries["UDP", 30303]["NewLeaseDuration"] == "0"


@pytest.mark.parametrize(
    ("code", "why"), [(606, "switch it on in its settings"), (501, "refuses AddPortMapping with error 501")]
)
async def test_a_router_that_refuses(home: UpnpHomeRouter, code: int, why: str) -> None:
    home.errors["AddPortMapping"] = code
    router = await found(home)
    with pytest.raises(RemoteError, match=why):
        await router.open_port(TCP, 30303, 1_200)


async def test_a_router_that_cannot_say_what_is_open_has_forgotten_nothing(home: UpnpHomeRouter) -> None:
    home.errors["GetSpecificPortMappingEntry"] = 401
    router = await found(home)
    assert not await router.has_forgotten({TCP: Lease(30303, 1_200)})


async def test_the_whole_way(home: UpnpHomeRouter) -> None:
    """Opened, forgotten, opened again, at another address, closed."""
    changed = asyncio.Event()

    async def find(method: NatMethod) -> Router:
        return await found(home)

    times = MapperTimes(check=0.01, first_pause=0.01, longest_pause=0.01)
    mapper = PortMapper(NatMethod.parse("upnp"), [TCP, UDP], find, lambda size: bytes(size), changed.set, times=times)
    mapper.start()
    async with asyncio.timeout(20):
        await changed.wait()
        assert set(home.entries) == {("TCP", 30303), ("UDP", 30303)}
        home.entries.clear()
        while len(home.entries) < 2:
            home.came.clear()
            await home.came.wait()
        changed.clear()
        home.address = "45.9.0.77"
        await changed.wait()
    assert mapper.open_ports is not None
    assert str(mapper.open_ports.address) == "45.9.0.77"
    await mapper.close()
    assert home.entries == {}


class TestWhatCannotBeUsed:
    async def test_nobody_answers(self, home: UpnpHomeRouter) -> None:
        home.search_answer = lambda answer: []
        with pytest.raises(RemoteError, match="no router answers to UPnP"):
            await found(home)

    async def test_no_translation(self, home: UpnpHomeRouter) -> None:
        home.nat_enabled = "0"
        with pytest.raises(RemoteError, match="translates no addresses"):
            await found(home)

    async def test_no_service_that_opens_ports(self, home: UpnpHomeRouter) -> None:
        home.services = [("urn:schemas-upnp-org:service:Layer3Forwarding:1", "/control")]
        with pytest.raises(RemoteError, match="opens no ports"):
            await found(home)

    async def test_the_second_service_is_the_one(self, home: UpnpHomeRouter) -> None:
        """As of a router with a modem and a cable: only one of them is connected."""
        ppp = SERVICE.replace("WANIP", "WANPPP")
        home.services = [(ppp, "/ppp"), (SERVICE, f"http://{HOST}:1/nobody")]
        router = await found(home)
        assert str(await router.external_address()) == "45.9.0.1"

    @pytest.mark.parametrize("address", ["", "home", "45.9.0.1.5", "::1", "4509000001"])
    async def test_no_address(self, home: UpnpHomeRouter, address: str) -> None:
        home.address = address
        with pytest.raises(RemoteError, match=r"no address on the internet|an address that is none"):
            await found(home)


class TestHostileRouters:
    @pytest.mark.parametrize(
        "location",
        [
            "http://192.168.1.1/root.xml",
            "http://127.0.0.1.example.org/root.xml",
            "http://user@127.0.0.1/root.xml",
            "https://127.0.0.1/root.xml",
            "file:///etc/passwd",
            "http://127.0.0.1:0/root.xml",
            "http://127.0.0.1:99999/root.xml",
            "http://[::1]/root.xml",
            "http://127.0.0.1/" + "a" * 300,
            "http://127.0.0.1/\x01",
            "",
        ],
    )
    async def test_nobody_is_sent_elsewhere(self, home: UpnpHomeRouter, location: str) -> None:
        home.search_answer = lambda answer: [answer.replace(f"{home.url}/root.xml".encode(), location.encode())]
        with pytest.raises(RemoteError, match="no router answers"):
            await found(home)
        assert home.actions == []

    @pytest.mark.parametrize("url", ["http://45.9.0.1/control", "//45.9.0.1/control", "ftp://127.0.0.1/control"])
    async def test_a_service_elsewhere_is_not_asked(self, home: UpnpHomeRouter, url: str) -> None:
        home.services = [(SERVICE, url)]
        with pytest.raises(RemoteError, match="leads elsewhere"):
            await found(home)
        assert home.actions == ["description"]

    async def test_a_redirection_is_not_followed(self, home: UpnpHomeRouter) -> None:
        home.page = lambda name: b"HTTP/1.1 302 Found\r\nLocation: http://45.9.0.1/\r\nContent-Length: 0\r\n\r\n"
        with pytest.raises(RemoteError, match="no XML"):
            await found(home)

    @pytest.mark.parametrize(
        "answers",
        [[b""], [b"\xff" * 100], [b"HTTP/1.1 404 Not Found\r\n\r\n"], [b"HTTP/1.1 200 OK\r\n\r\n"], [bytes(60_000)]],
        ids=["nothing", "bytes", "404", "no location", "60 kB"],
    )
    async def test_nonsense_counts_for_nothing(self, home: UpnpHomeRouter, answers: list[bytes]) -> None:
        home.search_answer = lambda answer: [*answers, answer]
        assert str(await (await found(home)).external_address()) == "45.9.0.1"

    async def test_a_flood_of_answers(self, home: UpnpHomeRouter) -> None:
        home.search_answer = lambda answer: [b"x"] * 200
        with pytest.raises(RemoteError, match="no router answers"):
            await found(home, 600.0)

    async def test_few_devices_are_asked(self, home: UpnpHomeRouter) -> None:
        home.nat_enabled = "0"
        home.search_answer = lambda answer: [answer.replace(b"root.xml", b"%d.xml" % n) for n in range(20)]
        with pytest.raises(RemoteError, match="translates no addresses"):
            await found(home)
        assert home.actions.count("description") == upnp_router.MAX_DEVICES

    async def test_whom_the_routes_name_comes_first(self, home: UpnpHomeRouter) -> None:
        """Another machine of the network that says that it is a router is asked after all that answer in time."""
        asked_before = 0

        def answer(text: bytes) -> list[bytes]:
            nonlocal asked_before
            asked_before = len(home.actions)
            return [text]

        home.search_answer = answer
        router = await find_upnp_router(OWN, [ipaddress.ip_address("192.168.1.1")], target=home.ssdp, patience=0.05)
        assert str(await router.external_address()) == "45.9.0.1"
        assert len(home.searches) == 2
        assert asked_before == 0

    @pytest.mark.parametrize(
        ("page", "why"),
        [
            (lambda: http(b"<a>" + b"x" * 10_000_000 + b"</a>"), "more than 65536 bytes"),
            (lambda: b"HTTP/1.1 200 OK\r\n\r\n" + b"<a/>" * 3_000_000, "more than 65536 bytes"),
            (lambda: http("<a>" * 1_000), "elements within each other"),
            (lambda: http("<a>" + "<b/>" * 5_000 + "</a>"), "more than 2000 elements"),
            (lambda: http("<a>" + "x" * 5_000 + "</a>"), "more than 1024 characters"),
            (lambda: http('<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'), "document type"),
            (lambda: http('<!DOCTYPE a SYSTEM "http://45.9.0.1/a.dtd"><a/>'), "document type"),
            (lambda: http("<a>&b;</a>"), "no XML"),
            (lambda: http("<a>"), "no XML"),
            (lambda: http('<?xml version="1.0" encoding="utf-99"?><a/>'), "no XML"),
            (lambda: http(b"\xff\xfe\xfd"), "no XML"),
            (lambda: http(gzip.compress(bytes(1_000_000))), "no XML"),
            (lambda: http("nonsense"), "no XML"),
            (lambda: b"nonsense\r\n\r\n", "no answer of HTTP"),
            (lambda: b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "no answer of HTTP"),
            (lambda: b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n", "no answer of HTTP"),
            (lambda: b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a", "no answer of HTTP"),
        ],
    )
    async def test_pages(self, home: UpnpHomeRouter, page: Callable[[], bytes], why: str) -> None:
        made = page()
        home.page = lambda name: made
        with pytest.raises(RemoteError, match=why):
            await found(home)

    async def test_a_page_that_never_ends_is_not_waited_for(
        self, home: UpnpHomeRouter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(upnp_router, "CALL_TIMEOUT", 0.05)
        home.page = lambda name: b"HTTP/1.1 200 OK\r\n"
        with pytest.raises(RemoteError, match="no answer in time"):
            await found(home)

    @pytest.mark.parametrize("code", ["", "x", "-1", "9" * 400, "²"])
    async def test_an_error_that_is_none(self, home: UpnpHomeRouter, code: str) -> None:
        router = await found(home)
        home.page = lambda name: http(
            f"<s:Envelope xmlns:s='s'><UPnPError><errorCode>{code}</errorCode></UPnPError></s:Envelope>"
        )
        with pytest.raises(RemoteError, match="number of a router that is none"):
            await router.external_address()

    async def test_the_answer_to_something_else(self, home: UpnpHomeRouter) -> None:
        router = await found(home)
        home.page = lambda name: http("<a/>")
        with pytest.raises(RemoteError, match="answer to GetExternalIPAddress that is none"):
            await router.external_address()
