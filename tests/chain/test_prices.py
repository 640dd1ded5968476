"""A service of prices may give anything, or nothing; it hears nothing of who asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from pystatus.chain.prices import PriceService, PricesFailed
from pystatus.errors import Refused
from pystatus.ethereum import prices
from pystatus.net.proxy import Proxy
from pystatus.net.route import Route
from tests.support.prices import answer

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answering: Answering) -> AsyncIterator[str]:
    """A service on this machine."""
    app = web.Application()
    app.router.add_get("/{tail:.*}", answering)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.requirement("ET-14")
async def test_it_is_asked_for_the_same_list_each_time() -> None:
    asked: list[tuple[str, dict[str, str], bool]] = []

    async def give(request: web.Request) -> web.Response:
        asked.append((request.path, dict(request.query), "Cookie" in request.headers))
        wanted = request.query["fsyms"].split(",")
        body = answer({symbol: 210 for symbol in ("ETH", "DAI", "UNI", "WETH") if symbol in wanted}, "USD")
        return web.Response(body=body, headers={"Set-Cookie": "who=you"})

    async with serving(give) as url:
        service = PriceService(f"{url}/key/?api_key=a%2Bb")
        found = await service.prices("USD")
        assert {one.symbol: (one.price, one.change) for one in found} == dict.fromkeys(
            ("ETH", "DAI", "UNI", "WETH"), ("210", "5.00")
        )
        assert await service.prices("USD") == found
    first, second, *again = asked
    assert again == [first, second]
    assert {path for path, _, _ in asked} == {"/key/data/pricemultifull"}
    assert [query["fsyms"] for _, query, _ in (first, second)] == [",".join(one) for one in prices.requests()]
    assert {(query["tsyms"], query["api_key"], *sorted(query)) for _, query, _ in asked} == {
        ("USD", "a+b", "api_key", "fsyms", "tsyms")
    }
    assert not any(has_cookie for _, _, has_cookie in asked)


async def test_ten_gigabytes_are_not_read() -> None:
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Length": str(10 << 30)})
        await response.prepare(request)
        while request.transport is not None and not request.transport.is_closing():
            await response.write(bytes(64 << 10))
            sent += 64 << 10
        return response

    async with serving(flood) as url:
        with pytest.raises(PricesFailed, match="an answer of more than 1 MiB"):
            await PriceService(url).prices("EUR")
    assert sent < 64 << 20  # what the buffers of the two systems hold is written, too


async def test_a_service_that_is_slow() -> None:
    is_over = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        await is_over.wait()
        return response

    async with serving(drip) as url:
        with pytest.raises(PricesFailed, match=r"has not answered within 0\.2 seconds"):
            await PriceService(url, seconds=0.2).prices("EUR")
        is_over.set()


@pytest.mark.parametrize("status", [302, 307, 401, 404, 429, 500])
async def test_what_a_service_says_instead(status: int) -> None:
    asked = 0

    async def refuse(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=status, body=answer({"ETH": 1}), headers={"Location": str(request.url)})

    async with serving(refuse) as url:
        with pytest.raises(PricesFailed, match=f"refuses to answer \\(HTTP {status}\\)"):
            await PriceService(url).prices("EUR")
    assert asked == 1, "redirections are not followed"


@pytest.mark.parametrize("body", [b"<html>", b'{"Response":"Error","Message":"You are over your rate limit"}'])
async def test_nonsense(body: bytes) -> None:
    async def give(_: web.Request) -> web.Response:
        return web.Response(body=body)

    async with serving(give) as url:
        with pytest.raises(PricesFailed, match=f"The service of prices {url} gives none in EUR: it .*Choose another"):
            await PriceService(url).prices("EUR")


async def test_what_is_compressed_is_not_unpacked() -> None:
    async def give(request: web.Request) -> web.Response:
        response = web.Response(body=answer({"ETH": 1}) + bytes(1 << 20))
        response.enable_compression(web.ContentCoding.gzip)
        assert request.headers["Accept-Encoding"] == "identity"
        return response

    async with serving(give) as url:
        with pytest.raises(PricesFailed, match="no list of prices"):
            await PriceService(url).prices("EUR")


async def test_a_service_that_breaks_off_and_one_that_is_not_there() -> None:
    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serving(hang_up) as url:
        with pytest.raises(PricesFailed, match="has broken the connection"):
            await PriceService(url).prices("EUR")
    with pytest.raises(PricesFailed, match=f"There is no service of prices at {url}"):
        await PriceService(url).prices("EUR")


async def test_behind_a_proxy_nobody_is_asked_past_it() -> None:
    asked = 0

    async def give(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(body=answer({"ETH": 1}))

    async with serving(give) as url:
        service = PriceService(url, route=Route(Proxy.parse("socks5://127.0.0.1:1")))
        with pytest.raises(PricesFailed, match="There is no service of prices"):
            await service.prices("EUR")
    assert asked == 0


@pytest.mark.parametrize("text", ["", "ftp://a", "wss://a", "https://a/#b", "https://u:p@a", "min-api.example"])
def test_addresses_of_no_service(text: str) -> None:
    with pytest.raises(Refused, match="no address of a service of prices"):
        PriceService(text)


def test_an_address_with_a_key_is_shown_without() -> None:
    assert str(PriceService("https://prices.example/key?api_key=s3cret").url) == "https://prices.example"
