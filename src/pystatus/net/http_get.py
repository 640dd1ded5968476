"""One question over HTTP, by the route that everything takes.

h11 reads and writes HTTP; it opens no connections, so nothing can pass by the proxy. Where to go when a server sends
on to another place is left to the caller.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from pystatus import sanitise
from pystatus.errors import LocalError, RemoteError
from pystatus.net.listening import system_text
from pystatus.net.route import Route
from pystatus.records import dataclass
from pystatus.wording import counted

if TYPE_CHECKING:
    import ssl

    import h11

MAX_HEADERS = 64 << 10
"""Bytes of an answer that are not the document: headers, and the sizes of its pieces. Ours."""
READ_SIZE = 16 << 10
"""Bytes that are read at a time."""

_PORTS = {"http": 80, "https": 443}
_QUOTED = "/?:@!$&'()*+,;=~%-._"
"""What stays as it is in the path of a URL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    location: str | None
    """Where it sends on to, as it wrote it."""
    document: bytes
    """Nothing unless the status is 200."""


async def get(url: str, route: Route, *, max_bytes: int) -> Answer:
    """Ask for one document. The caller limits the time.

    :param url: ``http`` or ``https``; the certificate of the latter is checked.
    :param route: how the server is reached.
    :param max_bytes: of the document; with more of them nothing is returned.
    :raises LocalError: this is no URL that can be asked for.
    :raises RemoteError: there is no answer, or one that cannot be used; the words say why, without a full stop.
    """
    place = _Place.parse(url)
    attempt = route.attempt(place.host, place.port)
    try:
        connected = await attempt.connect()
    except OSError as error:
        raise RemoteError(attempt.failure(error)) from error
    tls = _tls() if place.scheme == "https" else None
    try:
        reader, writer = await asyncio.open_connection(
            sock=connected, ssl=tls, server_hostname=None if tls is None else place.host
        )
    except OSError as error:
        raise RemoteError(f"its certificate cannot be trusted, or it does not speak TLS: {_words(error)}") from error
    try:
        return await _exchange(place, reader, writer, max_bytes)
    except OSError as error:
        raise RemoteError(f"it has broken the connection: {_words(error)}") from error
    finally:
        writer.transport.abort()


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
        :raises LocalError: no URL that can be asked for.
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
    def authority(self) -> str:
        """Host and port, as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


async def _exchange(
    place: _Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_bytes: int
) -> Answer:
    import h11

    connection = h11.Connection(h11.CLIENT)
    headers = [
        ("Host", place.authority),
        ("User-Agent", "pystatus"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]
    writer.write(connection.send(h11.Request(method="GET", target=place.target, headers=headers)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    read, document = 0, bytearray()
    too_long = f"what it sends is longer than {counted(max_bytes, 'byte')}"
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = await reader.read(READ_SIZE)
                read += len(data)
                if read > max_bytes + MAX_HEADERS:
                    raise RemoteError(too_long)
                connection.receive_data(data)
            elif isinstance(event, h11.Response):
                if (answer := _without_document(event)) is not None:
                    return answer
            elif isinstance(event, h11.Data):
                document += event.data
                if len(document) > max_bytes:
                    raise RemoteError(too_long)
            elif isinstance(event, h11.EndOfMessage):
                return Answer(200, None, bytes(document))
    except h11.RemoteProtocolError as error:
        raise RemoteError(f"it does not answer as HTTP does ({str(error)[:200]})") from error


def _without_document(response: h11.Response) -> Answer | None:
    """The whole answer; ``None``: the document follows.

    :raises RemoteError: the document is of no use.
    """
    named = {name.decode("ascii"): value for name, value in response.headers}
    if response.status_code != 200:
        location = named.get("location")
        return Answer(response.status_code, None if location is None else location.decode("latin-1"), b"")
    if named.get("content-encoding", b"identity").lower() != b"identity":
        raise RemoteError("it has packed the document, which nobody has asked for")
    return None


def _tls() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()


def _words(error: OSError) -> str:
    """What TLS or the system says."""
    reason = getattr(error, "verify_message", None) or getattr(error, "reason", None)
    return str(reason or system_text(error) or type(error).__name__)
