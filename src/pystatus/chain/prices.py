"""Prices from a service that the user names, which is asked when somebody wants them and not before (ethereum.md §9).

It is asked for the same list of symbols every time, so that it does not learn what somebody has.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from pystatus.chain.endpoint_url import EndpointUrl
from pystatus.chain.failures import EndpointFailed, Unreachable
from pystatus.chain.transports import READ_SIZE, RouteConnector
from pystatus.errors import Refused
from pystatus.ethereum import prices
from pystatus.ethereum.quantities import BadAnswer
from pystatus.net.route import DIRECT, Route
from pystatus.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pystatus.ethereum.prices import TokenPrice

PRICES_SECONDS = 10.0
"""For all prices of one currency. Source: ethereum.md §9."""
MAX_ANSWER = 1 << 20
"""Bytes of an answer. Ours: of a hundred symbols CryptoCompare gives some 300,000."""
_PATH = "/data/pricemultifull"
_OK = 200


class PricesFailed(EndpointFailed):
    """A service of prices could not be asked, or gives something else."""


class PriceService:
    """One service. There is a connection only while it is asked."""

    def __init__(self, url: EndpointUrl | str, *, route: Route = DIRECT, seconds: float = PRICES_SECONDS) -> None:
        """
        :param url: what stands before ``/data/pricemultifull``; behind a ``?`` it may have the key of a user.
        :param seconds: for all prices of one currency.
        :raises Refused: it is no address of a service.
        """
        self.url = url if isinstance(url, EndpointUrl) else service_url(url)
        self._route = route
        self._seconds = seconds
        self._turn = asyncio.Lock()

    async def prices(self, currency: str) -> Sequence[TokenPrice]:
        """All that it knows of :func:`pystatus.ethereum.prices.priced`, in a currency of three capital letters.

        :raises PricesFailed: it cannot be had, or there are no prices in what it gives.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._prices(currency)
            except TimeoutError as error:
                raise PricesFailed(
                    f"The service of prices {self.url} has not answered within {counted(self._seconds, 'second')}. Try "
                    "again later, or name another one."
                ) from error

    async def _prices(self, currency: str) -> list[TokenPrice]:
        found: list[TokenPrice] = []
        async with aiohttp.ClientSession(
            connector=RouteConnector(self.url, self._route),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # a kilobyte may inflate to a gigabyte
            headers={"User-Agent": "pystatus", "Accept": "application/json", "Accept-Encoding": "identity"},
        ) as session:
            for symbols in prices.requests():
                answer = await self._ask(session, symbols, currency)
                try:
                    found += prices.read(answer, symbols, currency)
                except BadAnswer as error:
                    raise PricesFailed(
                        f"The service of prices {self.url} gives none in {currency}: {error}. Choose another currency, "
                        "or name another service."
                    ) from error
        return found

    async def _ask(self, session: aiohttp.ClientSession, symbols: Sequence[str], currency: str) -> bytes:
        """An answer. Redirections are not followed: they would lead to a host that nobody has named."""
        parts = urlsplit(self.url.whole)
        url = parts._replace(path=parts.path.rstrip("/") + _PATH).geturl()
        asked = {"fsyms": ",".join(symbols), "tsyms": currency}
        try:
            async with session.get(url, params=asked, allow_redirects=False) as response:
                if response.status != _OK:
                    raise PricesFailed(
                        f"The service of prices {self.url} refuses to answer (HTTP {response.status}). Try again "
                        "later, or name another one."
                    )
                return await self._read(response)
        except Unreachable as error:
            raise PricesFailed(
                f"There is no service of prices at {self.url}: {error.why}. Check the address, or name another one."
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error, TimeoutError):  # of all prices
                raise
            raise PricesFailed(
                f"The service of prices {self.url} has broken the connection ({type(error).__name__}). Try again "
                "later, or name another one."
            ) from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        parts, size = [], 0
        async for part in response.content.iter_chunked(READ_SIZE):
            size += len(part)
            if size > MAX_ANSWER:
                response.close()
                raise PricesFailed(
                    f"The service of prices {self.url} sends an answer of more than {MAX_ANSWER >> 20} MiB. Name "
                    "another one."
                )
            parts.append(part)
        return b"".join(parts)


def service_url(text: str) -> EndpointUrl:
    """The address of a service of prices: what stands before ``/data/pricemultifull``.

    :raises Refused: it is none.
    """
    try:
        found = EndpointUrl.parse(text)
    except Refused:
        found = None
    if found is None or found.is_web_socket or "#" in found.whole:
        raise Refused(
            "This is no address of a service of prices. One looks like https://HOST, without /data/pricemultifull "
            "behind it."
        )
    return found
