"""A gateway of IPFS may give anything, or nothing: what is not what its content hash says is not used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from pystatus.chain import stickers
from pystatus.chain.gateway import Gateway, GatewayFailed
from pystatus.chain.stickers import NotASticker
from pystatus.devchain import files
from pystatus.devchain.stickers import description, picture
from pystatus.errors import Refused, RemoteError
from pystatus.ethereum import content_hash, ipfs
from pystatus.ethereum.content_hash import Content
from pystatus.ethereum.sticker_market import PackData
from tests.support.gateways import gateway

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(answering: Answering) -> AsyncIterator[str]:
    """A gateway on this machine."""
    app = web.Application()
    app.router.add_get("/ipfs/{cid}", answering)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def stored(data: bytes, chunk: int = files.CHUNK) -> tuple[dict[str, bytes], Content]:
    blocks: dict[str, bytes] = {}
    found = content_hash.parse(files.add(blocks, data, chunk))
    assert found is not None
    return blocks, found


@pytest.mark.requirement("ET-10", "ET-14")
async def test_a_file_comes_in_raw_blocks() -> None:
    data = bytes(range(256)) * 100
    blocks, content = stored(data, 10_000)
    asked: list[tuple[str, str, bool]] = []

    async def give(request: web.Request) -> web.Response:
        asked.append((request.query_string, request.headers["Accept"], "Cookie" in request.headers))
        return web.Response(body=blocks[request.match_info["cid"]], headers={"Set-Cookie": "who=you"})

    async with serving(give) as url:
        assert await Gateway(url).file(content, len(data)) == data
        with pytest.raises(GatewayFailed, match="it has more than 9999 bytes"):
            await Gateway(url).file(content, 9_999)
    assert set(asked) == {("format=raw", "application/vnd.ipld.raw", False)}


@pytest.mark.requirement("ET-10")
async def test_other_content_than_the_hash_says() -> None:
    _, content = stored(b"what was asked for")

    async def lie(_: web.Request) -> web.Response:
        return web.Response(body=next(iter(stored(b"something else")[0].values())))

    async with serving(lie) as url:
        with pytest.raises(GatewayFailed, match=r"something else than its content hash says\. Name another"):
            await Gateway(url).file(content, 1_000)


async def test_ten_gigabytes_are_not_read() -> None:
    _, content = stored(b"a")
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
        with pytest.raises(GatewayFailed, match="a block of more than 1 MiB"):
            await Gateway(url).file(content, 1_000)
    assert sent < 64 << 20  # what the buffers of the two systems hold is written, too


async def test_a_gateway_that_is_slow() -> None:
    _, content = stored(b"a")
    is_over = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"a")
        await is_over.wait()
        return response

    async with serving(drip) as url:
        with pytest.raises(GatewayFailed, match=r"has not given this within 0\.2 seconds"):
            await Gateway(url, seconds=0.2).file(content, 1_000)
        is_over.set()


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (404, "does not have this"),
        (403, "refuses to give this"),
        (500, "refuses to give this"),
        (302, "refuses to give this"),
        (406, "gives no raw blocks"),
    ],
)
async def test_what_a_gateway_says_instead(status: int, why: str) -> None:
    _, content = stored(b"a")

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"})

    async with serving(refuse) as url:
        with pytest.raises(GatewayFailed, match=f"{why} \\(HTTP {status}\\)"):
            await Gateway(url).file(content, 1_000)


async def test_a_gateway_that_breaks_off_and_one_that_is_not_there() -> None:
    _, content = stored(b"a")

    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with serving(hang_up) as url:
        with pytest.raises(GatewayFailed, match="has broken the connection"):
            await Gateway(url).file(content, 1_000)
    with pytest.raises(GatewayFailed, match=f"There is no gateway of IPFS at {url}"):
        await Gateway(url).file(content, 1_000)


@pytest.mark.parametrize("text", ["", "ftp://a", "wss://a", "https://a/?key=1", "https://a/#b", "https://u:p@a"])
def test_addresses_of_no_gateway(text: str) -> None:
    with pytest.raises(Refused, match="no address of a gateway"):
        Gateway(text)


async def test_an_address_with_a_key_is_shown_without() -> None:
    made = Gateway("https://gateway.example/key", blocks=gateway({})._blocks)
    assert str(made.url) == "https://gateway.example"


PNG = picture((1, 2, 3), 512)


@pytest.mark.requirement("ET-10")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg onload=alert(1)>", "no JPEG, PNG, GIF or WEBP"),
        (PNG[:100], "it is damaged"),
        (PNG.replace((512).to_bytes(4, "big") * 2, (60_000).to_bytes(4, "big") * 2), "damaged|are allowed in all"),
    ],
)
async def test_pictures_that_are_none_or_bombs(data: bytes, why: str) -> None:
    blocks, content = stored(data)
    with pytest.raises(NotASticker, match=f"This sticker cannot be shown: .*(?:{why})"):
        await stickers.picture_of(gateway(blocks), content)


async def test_a_picture_that_is_too_large() -> None:
    blocks, content = stored(PNG + bytes(300_000))
    with pytest.raises(GatewayFailed, match="more than 300000 bytes"):
        await stickers.picture_of(gateway(blocks), content)


async def test_a_pack_that_cannot_be_used() -> None:
    blocks, content = stored(b"{meta #inst 1}")
    with pytest.raises(RemoteError, match=r"The pack 3 cannot be used: .* a tagged literal, and none is read\."):
        await stickers.text_of(gateway(blocks), PackData(3, bytes(20), True, 1, content))
    with pytest.raises(RemoteError, match="The pack 3 is not kept in IPFS"):
        await stickers.text_of(gateway(blocks), PackData(3, bytes(20), True, 1, None))


async def test_a_pack_and_its_picture() -> None:
    blocks: dict[str, bytes] = {}
    pictured = files.add(blocks, PNG)
    described = content_hash.parse(files.add(blocks, description("Kit", [pictured])))
    text = await stickers.text_of(gateway(blocks), PackData(3, bytes(20), True, 1, described))
    content = content_hash.parse(bytes.fromhex(text.stickers[0]))
    assert content is not None
    data, found = await stickers.picture_of(gateway(blocks), content)
    assert (data, found.width, found.height) == (PNG, 512, 512)
    assert ipfs.cid_of(blocks[content.id]) == pictured[2:]
