"""Files of IPFS over a gateway that the user names: in blocks, each of which is checked, so that it chooses nothing of
what is seen (ethereum.md §5, §9)."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import aiohttp

from pystatus.chain.endpoint_url import EndpointUrl
from pystatus.chain.failures import EndpointFailed, Unreachable
from pystatus.chain.transports import READ_SIZE, RouteConnector
from pystatus.errors import Refused
from pystatus.ethereum import ipfs
from pystatus.ethereum.content_hash import Content
from pystatus.net.route import DIRECT, Route
from pystatus.wire import multibase
from pystatus.wording import counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FILE_SECONDS = 30.0
"""For a file, all of its blocks together. Ours: content that nobody has asked for lately takes ten."""
MAX_PARALLEL = 4
"""Files that are fetched at a time. Ours."""
_RAW_BLOCK = "application/vnd.ipld.raw"
_OK, _MISSING, _NOT_RAW = 200, (404, 410), (400, 405, 406, 415, 501)


class GatewayFailed(EndpointFailed):
    """A gateway could not be asked, or gives something else."""


class Blocks(Protocol):
    """Gives blocks while a file is fetched."""

    async def block(self, cid: bytes) -> bytes:
        """What it says is the block.

        :raises GatewayFailed: it does not give it, or too much.
        """


class Gateway:
    """One gateway. There is a connection only while something is fetched."""

    def __init__(
        self,
        url: EndpointUrl | str,
        *,
        route: Route = DIRECT,
        seconds: float = FILE_SECONDS,
        blocks: Blocks | None = None,
    ) -> None:
        """
        :param url: what stands before ``/ipfs/``.
        :param seconds: for a file.
        :param blocks: what gives them, in place of HTTP.
        :raises Refused: it is no address of a gateway.
        """
        self.url = url if isinstance(url, EndpointUrl) else gateway_url(url)
        self._route = route
        self._seconds = seconds
        self._blocks = blocks
        self._places = asyncio.Semaphore(MAX_PARALLEL)

    async def file(self, content: Content, most: int) -> bytes:
        """A file of at most ``most`` bytes.

        :raises GatewayFailed: it cannot be had, it is not what its content hash says, or it is larger.
        """
        async with self._places:
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._file(multibase.decode(content.id), most)
            except TimeoutError as error:
                raise GatewayFailed(
                    f"The gateway {self.url} has not given this within {counted(self._seconds, 'second')}. Try again "
                    "later, or name another gateway."
                ) from error

    async def _file(self, cid: bytes, most: int) -> bytes:
        plan = ipfs.contents(cid, most)
        async with self._connected() as blocks:
            try:
                wanted = next(plan)
                while True:
                    wanted = plan.send(await blocks.block(wanted))
            except StopIteration as done:
                found: bytes = done.value
                return found
            except ipfs.BadContent as error:
                raise GatewayFailed(
                    f"What the gateway {self.url} gives cannot be used: {error}. Name another gateway."
                ) from error

    def _connected(self) -> AbstractAsyncContextManager[Blocks]:
        return _over_http(self.url, self._route) if self._blocks is None else _given(self._blocks)


class HttpBlocks:
    """Asks a gateway for raw blocks."""

    def __init__(self, url: EndpointUrl, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session

    async def block(self, cid: bytes) -> bytes:
        """See :class:`Blocks`. Redirections are not followed: they would lead to a host that nobody has named."""
        url = f"{self._url.whole.rstrip('/')}/ipfs/{ipfs.shown(cid)}"
        try:
            async with self._session.get(url, params={"format": "raw"}, allow_redirects=False) as response:
                self._check(response.status)
                return await self._read(response)
        except Unreachable as error:
            raise GatewayFailed(
                f"There is no gateway of IPFS at {self._url}: {error.why}. Check the address, or name another gateway."
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):  # of the whole file
                raise
            raise GatewayFailed(
                f"The gateway {self._url} has broken the connection ({type(error).__name__}). Try again later, or name "
                "another gateway."
            ) from error

    def _check(self, status: int) -> None:
        if status in _NOT_RAW:
            raise GatewayFailed(
                f"The gateway {self._url} gives no raw blocks (HTTP {status}), and what it gives cannot be checked "
                "otherwise. Name another gateway."
            )
        if status != _OK:
            why = "does not have this" if status in _MISSING else "refuses to give this"
            raise GatewayFailed(
                f"The gateway {self._url} {why} (HTTP {status}). Try again later, or name another gateway."
            )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        parts, size = [], 0
        async for part in response.content.iter_chunked(READ_SIZE):
            size += len(part)
            if size > ipfs.MAX_BLOCK:
                response.close()
                raise GatewayFailed(
                    f"The gateway {self._url} gives a block of more than {ipfs.MAX_BLOCK >> 20} MiB. Name another one."
                )
            parts.append(part)
        return b"".join(parts)


@asynccontextmanager
async def _over_http(url: EndpointUrl, route: Route) -> AsyncIterator[Blocks]:
    async with aiohttp.ClientSession(
        connector=RouteConnector(url, route),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # a kilobyte may inflate to a gigabyte
        headers={"User-Agent": "pystatus", "Accept": _RAW_BLOCK, "Accept-Encoding": "identity"},
    ) as session:
        yield HttpBlocks(url, session)


@asynccontextmanager
async def _given(blocks: Blocks) -> AsyncIterator[Blocks]:
    yield blocks


def gateway_url(text: str) -> EndpointUrl:
    """The address of a gateway: what stands before ``/ipfs/``.

    :raises Refused: it is none.
    """
    try:
        found = EndpointUrl.parse(text)
    except Refused:
        found = None
    if found is None or found.is_web_socket or "?" in found.whole or "#" in found.whole:
        raise Refused("This is no address of a gateway of IPFS. One looks like https://HOST, without /ipfs/ behind it.")
    return found
