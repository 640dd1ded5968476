"""Files of IPFS over a gateway that the user names: in blocks, each of which is checked, so that it chooses nothing of
what is seen (ethereum.md §5, §9)."""

from __future__ import annotations

import asyncio

import aiohttp

from pystatus.chain.endpoint_url import EndpointUrl
from pystatus.chain.failures import EndpointFailed
from pystatus.chain.transports import READ_SIZE, RouteConnector
from pystatus.errors import Refused
from pystatus.ethereum import ipfs
from pystatus.ethereum.content_hash import Content
from pystatus.net.route import DIRECT, Route
from pystatus.wire import multibase
from pystatus.wording import counted

FILE_SECONDS = 30.0
"""For a file, all of its blocks together. Ours: content that nobody has asked for lately takes ten."""
MAX_PARALLEL = 4
"""Files that are fetched at a time. Ours."""
_RAW_BLOCK = "application/vnd.ipld.raw"
_OK, _MISSING = 200, (404, 410)
_NOT_RAW = (400, 405, 406, 415, 501)


class GatewayFailed(EndpointFailed):
    """A gateway could not be asked, or gives something else."""


class Gateway:
    """One gateway. There is a connection only while something is fetched."""

    def __init__(self, url: EndpointUrl, *, route: Route = DIRECT, seconds: float = FILE_SECONDS) -> None:
        """
        :param url: under which ``/ipfs/<content id>`` is asked for.
        :param seconds: for a file.
        """
        self.url = url
        self._route = route
        self._seconds = seconds
        self._places = asyncio.Semaphore(MAX_PARALLEL)

    @classmethod
    def at(cls, url: str, *, route: Route = DIRECT, seconds: float = FILE_SECONDS) -> Gateway:
        """
        :raises Refused: it is no address of a gateway.
        """
        return cls(gateway_url(url), route=route, seconds=seconds)

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
        blocks = ipfs.contents(cid, most)
        async with aiohttp.ClientSession(
            connector=RouteConnector(self.url, self._route),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # a kilobyte may inflate to a gigabyte
            headers={"User-Agent": "pystatus", "Accept": _RAW_BLOCK, "Accept-Encoding": "identity"},
        ) as session:
            try:
                wanted = next(blocks)
                while True:
                    wanted = blocks.send(await self._block(session, wanted))
            except StopIteration as done:
                found: bytes = done.value
                return found
            except ipfs.BadContent as error:
                raise GatewayFailed(
                    f"What the gateway {self.url} gives cannot be used: {error}. Name another gateway."
                ) from error
            except (aiohttp.ClientError, OSError) as error:
                raise GatewayFailed(
                    f"The gateway {self.url} has broken the connection ({type(error).__name__}). Try again later, or "
                    "name another gateway."
                ) from error

    async def _block(self, session: aiohttp.ClientSession, cid: bytes) -> bytes:
        """Redirections are not followed: they would lead to a host that nobody has named."""
        url = f"{self.url.whole.rstrip('/')}/ipfs/{ipfs.shown(cid)}"
        async with session.get(url, params={"format": "raw"}, allow_redirects=False) as response:
            if response.status in _NOT_RAW:
                raise GatewayFailed(
                    f"The gateway {self.url} gives no raw blocks (HTTP {response.status}), and what it gives cannot be "
                    "checked otherwise. Name another gateway."
                )
            if response.status != _OK:
                why = "does not have this" if response.status in _MISSING else "refuses to give this"
                raise GatewayFailed(
                    f"The gateway {self.url} {why} (HTTP {response.status}). Try again later, or name another gateway."
                )
            parts, size = [], 0
            async for part in response.content.iter_chunked(READ_SIZE):
                size += len(part)
                if size > ipfs.MAX_BLOCK:
                    response.close()
                    raise GatewayFailed(
                        f"The gateway {self.url} gives a block of more than {ipfs.MAX_BLOCK >> 20} MiB. Name another "
                        "gateway."
                    )
                parts.append(part)
            return b"".join(parts)


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
