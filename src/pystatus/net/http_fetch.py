"""Fetching one small document over HTTP, by the route that everything takes.

h11 reads and writes HTTP; it opens no connections, so nothing can pass by the proxy.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from pystatus import sanitise
from pystatus.errors import LocalError, RemoteError
from pystatus.net.listening import system_text
from pystatus.net.route import Route
from pystatus.wording import counted

if TYPE_CHECKING:
    import ssl

TIMEOUT = 30.0
"""Seconds for a document, redirections included: a new way through Tor takes some of them. Ours."""
MAX_REDIRECTIONS = 5
"""Places that a document may be sent for, one after the other; browsers follow 20. Ours."""
MAX_HEADERS = 64 << 10
"""Bytes of an answer that are not the document: headers, and the sizes of its pieces. Ours."""
READ_SIZE = 16 << 10
"""Bytes that are read at a time."""

_PORTS = {"http": 80, "https": 443}
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_QUOTED = "/?:@!$&'()*+,;=~%-._"
"""What stays as it is in the path of a URL."""


async def fetch(url: str, route: Route, *, max_bytes: int, timeout: float = TIMEOUT) -> bytes:
    """The document at ``url``. What leads from https leads to https alone.

    :param route: how its server is reached.
    :param max_bytes: of the document; with more of them nothing is returned.
    :param timeout: seconds for all of it.
    :raises LocalError: this is no URL that can be fetched.
    :raises RemoteError: it cannot be fetched; the sentence says why.
    """
    place = _Place.parse(url)
    try:
        async with asyncio.timeout(timeout):
            for _ in range(MAX_REDIRECTIONS + 1):
                answer = await _get(place, route, max_bytes)
                if isinstance(answer, bytes):
                    return answer
                place = answer
    except TimeoutError:
        raise RemoteError(f"{place.origin} has not sent all of it within {counted(timeout, 'second')}.") from None
    raise RemoteError(f"{url[:200]} leads from one place to the next, and after {MAX_REDIRECTIONS} is still elsewhere.")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a document is."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query, in ASCII."""

    @classmethod
    def parse(cls, url: str) -> _Place:
        """
        :raises LocalError: no URL that can be fetched.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
            if host is not None:
                host = host if ":" in host else host.encode("idna").decode("ascii")
        except ValueError:
            host = port = None
        if host is None or not host or parts.scheme not in _PORTS or port == 0:
            raise LocalError(f'"{sanitise.one_line(url[:200])}" is no address to fetch from. Give https://host/path.')
        if parts.username is not None:
            raise LocalError("Leave the user name and the password out of the address: nothing is fetched with them.")
        target = quote(parts.path or "/", _QUOTED) + (f"?{quote(parts.query, _QUOTED)}" if parts.query else "")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], target)

    @property
    def origin(self) -> str:
        """Scheme, host and port, as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    def next(self, location: str) -> _Place:
        """Where it is sent for.

        :raises RemoteError: not there.
        """
        try:
            following = _Place.parse(urljoin(self.origin + self.target, location))
        except (LocalError, ValueError):
            raise RemoteError(f"{self.origin} sends us to no address that can be fetched from.") from None
        if self.scheme == "https" and following.scheme != "https":
            raise RemoteError(f"{self.origin} sends us to an address without encryption: {following.origin}.")
        return following


async def _get(place: _Place, route: Route, max_bytes: int) -> bytes | _Place:
    """The document, or where to look for it.

    :raises RemoteError: neither of them came.
    """
    attempt = route.attempt(place.host, place.port)
    try:
        connected = await attempt.connect()
    except OSError as error:
        raise RemoteError(f"{place.origin} cannot be reached: {attempt.failure(error)}.") from error
    tls = _tls() if place.scheme == "https" else None
    try:
        reader, writer = await asyncio.open_connection(
            sock=connected, ssl=tls, server_hostname=None if tls is None else place.host
        )
    except OSError as error:
        raise RemoteError(f"{place.origin} cannot be trusted, or does not speak TLS: {_words(error)}.") from error
    try:
        return await _exchange(place, reader, writer, max_bytes)
    except OSError as error:
        raise RemoteError(f"{place.origin} has broken the connection: {_words(error)}.") from error
    finally:
        writer.transport.abort()


async def _exchange(
    place: _Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_bytes: int
) -> bytes | _Place:
    import h11

    connection = h11.Connection(h11.CLIENT)
    headers = [
        ("Host", place.origin.partition("://")[2]),
        ("User-Agent", "pystatus"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    writer.write(connection.send(h11.Request(method="GET", target=place.target, headers=headers)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    read, document = 0, bytearray()
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = await reader.read(READ_SIZE)
                read += len(data)
                if read > max_bytes + MAX_HEADERS:
                    raise _too_long(place, max_bytes)
                connection.receive_data(data)
            elif isinstance(event, h11.Response):
                if (answer := _judged(place, event)) is not None:
                    return answer
            elif isinstance(event, h11.Data):
                document += event.data
                if len(document) > max_bytes:
                    raise _too_long(place, max_bytes)
            elif isinstance(event, h11.EndOfMessage):
                return bytes(document)
    except h11.RemoteProtocolError as error:
        raise RemoteError(f"{place.origin} does not answer as HTTP does: {str(error)[:200]}.") from error


def _judged(place: _Place, response: object) -> _Place | None:
    """Where it is sent for; ``None``: the document follows.

    :raises RemoteError: it does not.
    """
    import h11

    assert isinstance(response, h11.Response), "nothing else is judged"
    named = {name.decode("ascii"): value for name, value in response.headers}
    if response.status_code in _REDIRECTED and "location" in named:
        return place.next(named["location"].decode("latin-1"))
    if response.status_code != 200:
        raise RemoteError(f"{place.origin} answers {response.status_code}: look whether the address is right.")
    if named.get("content-encoding", b"identity").lower() != b"identity":
        raise RemoteError(f"{place.origin} has packed the document, which nobody has asked for.")
    return None


def _too_long(place: _Place, max_bytes: int) -> RemoteError:
    return RemoteError(
        f"What {place.origin} sends is longer than {counted(max_bytes, 'byte')}: look whether the address is right."
    )


def _tls() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()


def _words(error: OSError) -> str:
    """What TLS or the system says."""
    reason = getattr(error, "verify_message", None) or getattr(error, "reason", None)
    return str(reason or system_text(error) or type(error).__name__)
