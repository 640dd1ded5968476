"""Fetches a fleet file from the web: https alone, bounded in bytes and time."""

from __future__ import annotations

import asyncio
import ipaddress
from urllib.parse import urljoin, urlsplit

from pystatus.errors import LocalError, Refused
from pystatus.net.listening import system_text
from pystatus.wording import counted

TIMEOUT = 20.0
"""Seconds for all of it, redirections included. Ours: a person waits."""
MAX_REDIRECTIONS = 3
"""Places that send on to another one. Ours: from a short name to a page of a repository are two."""
MAX_URL = 2_048
"""Characters of an address. Ours: what browsers take without complaint."""
SHOWN = 200
"""Characters of an address in a sentence."""

_SCHEMES = ("https", "http")
_REDIRECTIONS = (301, 302, 303, 307, 308)
_NO_WEB_ADDRESS = "is no web address: it looks like https://host/fleet.toml"


def is_url(text: str) -> bool:
    """Whether ``text`` is meant as a web address."""
    return text[:8].lower().startswith(("https://", "http://"))


def check_url(url: str) -> None:
    """
    :raises Refused: it is not of https, and not of this machine; or it holds a user name, which would be shown.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Refused(f"{_shown(url)} {_NO_WEB_ADDRESS}.") from None
    if parts.scheme not in _SCHEMES or not host or len(url) > MAX_URL or not url.isprintable():
        raise Refused(f"{_shown(url)} {_NO_WEB_ADDRESS}.")
    if parts.username is not None or parts.password is not None:
        raise Refused("A fleet is fetched without a user name or password. Put it where it needs none, or give a file.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise Refused(
            f"{_shown(url)} is not encrypted, so that everybody on the way could put in nodes of their own. Use https, "
            "or give a file."
        )


async def fetch(url: str, limit: int, timeout: float = TIMEOUT) -> bytes:
    """The contents of a web address.

    :param url: see :func:`check_url`; so has each to which it sends on.
    :param limit: bytes.
    :param timeout: seconds.
    :raises LocalError: it cannot be fetched, or has more than ``limit`` bytes.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _fetched(url, limit)
    except TimeoutError:
        raise LocalError(f"{_shown(url)} did not answer within {counted(timeout, 'second')}. Try again.") from None


async def _fetched(url: str, limit: int) -> bytes:
    import aiohttp  # loaded late: few processes fetch one

    check_url(url)
    place = url
    headers = {"Accept-Encoding": "identity"}  # else few bytes on the way could be many here
    try:
        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, headers=headers
        ) as http:
            for _ in range(1 + MAX_REDIRECTIONS):
                async with http.get(place, allow_redirects=False) as response:
                    if response.status not in _REDIRECTIONS:
                        return await _contents(response, url, limit)
                    place = urljoin(place, response.headers.get("Location", ""))
                    _check_redirection(url, place)
    except aiohttp.InvalidURL:
        raise Refused(f"{_shown(url)} {_NO_WEB_ADDRESS}.") from None
    except aiohttp.ClientError as error:
        failed = getattr(error, "os_error", error)
        why = system_text(failed) if isinstance(failed, OSError) else str(failed)
        raise LocalError(f"{_shown(url)} cannot be fetched: {why[:SHOWN]}. Check the address.") from error
    raise LocalError(f"{_shown(url)} sends on to other places more than {MAX_REDIRECTIONS} times. Give the last one.")


def _check_redirection(url: str, place: str) -> None:
    try:
        check_url(place)
        if _is_loopback(urlsplit(place).hostname or "") and not _is_loopback(urlsplit(url).hostname or ""):
            raise Refused("It sends on to this machine.")
    except Refused as error:
        raise LocalError(f"{_shown(url)} sends on to another place, which is not followed. {error}") from error


async def _contents(response: object, url: str, limit: int) -> bytes:
    import aiohttp

    assert isinstance(response, aiohttp.ClientResponse)
    if response.status != 200:
        raise LocalError(f"{_shown(url)} cannot be fetched: the server says {response.status}. Check the address.")
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > limit:
            raise LocalError(
                f"What is at {_shown(url)} has more than {limit >> 10} KiB. Check that it is a fleet file."
            )
    return bytes(body)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _shown(url: str) -> str:
    return url if len(url) <= SHOWN else f"{url[:SHOWN]}…"
