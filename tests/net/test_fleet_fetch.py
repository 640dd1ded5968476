"""Fleet files from the web: what is fetched, how much of it, and from where alone."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from pystatus.errors import LocalError, Refused
from pystatus.net.fleet_fetch import MAX_REDIRECTIONS, check_url, fetch, is_url

Site = dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]


@pytest.fixture
async def site() -> AsyncIterator[tuple[str, Site]]:
    """A web server of this machine, and its pages."""
    pages: Site = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        return await pages[request.path](request)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}", pages
    await runner.cleanup()


def page(body: bytes, status: int = 200, /, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, status=status, headers=headers)

    return answer


async def test_a_file_is_fetched_whole(site: tuple[str, Site]) -> None:
    url, pages = site
    pages["/fleet.toml"] = page(b"x" * 100_000)
    assert await fetch(f"{url}/fleet.toml", 100_000) == b"x" * 100_000


async def test_nothing_is_read_beyond_the_limit(site: tuple[str, Site]) -> None:
    url, pages = site
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)
            sent += 65_536

    pages["/"] = endless
    with pytest.raises(LocalError, match="is longer than 262144 bytes"):
        await fetch(url, 256 << 10)
    assert sent < 64 << 20  # what fits into the buffers of the system, and no more


async def test_what_is_packed_is_refused(site: tuple[str, Site]) -> None:
    url, pages = site
    pages["/"] = page(b"as it came", 200, **{"Content-Encoding": "gzip"})
    with pytest.raises(LocalError, match="it has packed the document"):
        await fetch(url, 1_000)


async def test_one_that_is_silent_ends_in_time(site: tuple[str, Site]) -> None:
    url, pages = site

    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await request.content.read()
        await never.wait()
        return response

    import asyncio

    never = asyncio.Event()
    pages["/"] = silent
    with pytest.raises(LocalError, match=r"did not answer within 0\.2 seconds"):
        await fetch(url, 1_000, timeout=0.2)
    never.set()


async def test_a_place_that_sends_on_is_followed_a_few_times(site: tuple[str, Site]) -> None:
    url, pages = site
    for number in range(MAX_REDIRECTIONS):
        pages[f"/{number}"] = page(b"", 302, Location=f"/{number + 1}")
    pages[f"/{MAX_REDIRECTIONS}"] = page(b"here")
    assert await fetch(f"{url}/0", 1_000) == b"here"
    pages[f"/{MAX_REDIRECTIONS}"] = page(b"", 301, Location="/0")
    with pytest.raises(LocalError, match="sends on to other places more than 3 times"):
        await fetch(f"{url}/0", 1_000)


@pytest.mark.parametrize(
    "place", ["http://example.org/fleet.toml", "file:///etc/passwd", "ftp://127.0.0.1/", "https://a:b@example.org/"]
)
async def test_a_place_that_sends_on_to_where_nobody_may_be_sent_is_not_followed(
    site: tuple[str, Site], place: str
) -> None:
    url, pages = site
    pages["/"] = page(b"", 307, Location=place)
    with pytest.raises(LocalError, match="sends on to another place, which is not followed"):
        await fetch(url, 1_000)


async def test_a_page_that_is_not_there(site: tuple[str, Site]) -> None:
    url, pages = site
    pages["/"] = page(b"", 404)
    with pytest.raises(LocalError, match="the server says 404"):
        await fetch(url, 1_000)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        closed = reserved.getsockname()[1]
    with pytest.raises(LocalError, match="cannot be fetched: Connection refused"):
        await fetch(f"http://127.0.0.1:{closed}/", 1_000)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://example.org/fleet.toml", "is not encrypted, so that everybody on the way"),
        ("http://127.0.0.1.example.org/", "is not encrypted"),
        ("https://", "is no web address"),
        ("https://[::1/", "is no web address"),
        ("https://example.org:99999/", "is no web address"),
        ("https://example.org/" + "x" * 2_048, "is no web address"),
        ("https://example.org/\n", "is no web address"),
        ("ftp://example.org/", "is no web address"),
        ("https://me:secret@example.org:99999/", "is no web address"),
        ("https://me:se/secret@example.org/", "is no web address"),
        ("ftp://me:secret@example.org/", "is no web address"),
        ("https://me:secret@example.org/", "without a user name or password"),
    ],
)
def test_what_is_no_address_to_fetch_from(url: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as caught:
        check_url(url)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


def test_this_machine_needs_no_encryption() -> None:
    for url in ("http://127.0.0.1:8000/", "http://[::1]/a", "http://localhost/", "https://example.org/fleet.toml"):
        check_url(url)
        assert is_url(url)
    assert not is_url("fleet.toml")
