"""Fetches a fleet file from the web: https alone, bounded in bytes and time."""

from __future__ import annotations

import asyncio
import ipaddress
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from pystatus import sanitise
from pystatus.errors import LocalError, Refused, RemoteError
from pystatus.net import http_get
from pystatus.net.route import DIRECT, Route
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
        raise Refused(f"{_shown_malformed(url)} {_NO_WEB_ADDRESS}.") from None
    if parts.scheme not in _SCHEMES or not host or len(url) > MAX_URL or not url.isprintable():
        raise Refused(f"{_shown_malformed(url)} {_NO_WEB_ADDRESS}.")
    if parts.username is not None or parts.password is not None:
        raise Refused("A fleet is fetched without a user name or password. Put it where it needs none, or give a file.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise Refused(
            f"{_shown(url)} is not encrypted, so that everybody on the way could put in nodes of their own. Use https, "
            "or give a file."
        )


async def fetch(url: str, limit: int, route: Route = DIRECT, timeout: float = TIMEOUT) -> bytes:
    """The contents of a web address.

    :param url: see :func:`check_url`; so has each to which it sends on.
    :param limit: bytes.
    :param route: how it is reached.
    :param timeout: seconds.
    :raises LocalError: it cannot be fetched, or has more than ``limit`` bytes.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _fetched(url, limit, route)
    except TimeoutError:
        raise LocalError(f"{_shown(url)} did not answer within {counted(timeout, 'second')}. Try again.") from None


async def _fetched(url: str, limit: int, route: Route) -> bytes:
    check_url(url)
    place = url
    for _ in range(1 + MAX_REDIRECTIONS):
        try:
            answer = await http_get.get(place, route, max_bytes=limit)
        except RemoteError as error:
            raise LocalError(f"{_shown(url)} cannot be fetched: {str(error)[:SHOWN]}. Check the address.") from error
        if answer.status == HTTPStatus.OK:
            return answer.document
        if answer.status not in _REDIRECTIONS:
            raise LocalError(f"{_shown(url)} cannot be fetched: the server says {answer.status}. Check the address.")
        place = urljoin(place, answer.location or "")
        _check_redirection(url, place)
    raise LocalError(f"{_shown(url)} sends on to other places more than {MAX_REDIRECTIONS} times. Give the last one.")


def _check_redirection(url: str, place: str) -> None:
    try:
        check_url(place)
        if _is_loopback(urlsplit(place).hostname or "") and not _is_loopback(urlsplit(url).hostname or ""):
            raise Refused("It sends on to this machine.")
    except Refused as error:
        raise LocalError(f"{_shown(url)} sends on to another place, which is not followed. {error}") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _shown(url: str) -> str:
    """In a sentence; a server that sends on has written it, perhaps."""
    return sanitise.one_line(url if len(url) <= SHOWN else f"{url[:SHOWN]}…")


def _shown_malformed(url: str) -> str:
    """Where nobody can tell which part would be a password, nothing before the sign behind it is shown."""
    _, at, rest = url.rpartition("@")
    return _shown(f"…@{rest}" if at else url)
