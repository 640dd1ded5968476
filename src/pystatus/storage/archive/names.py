"""What may name an archive: a file, or the URL of a database in PostgreSQL.

Looked at without the driver, which is an extra, and without asking a server: settings are checked on machines that have
neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from pystatus.mailserver.server.archive import ArchiveError

POSTGRES = ("postgresql://", "postgres://")
EXAMPLE = "postgresql://user:password@host/database"
HIGHEST_PORT = 0xFFFF
WORDS = {
    "target_session_attrs": ("any", "primary", "standby", "read-write", "read-only", "prefer-standby"),
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
}
"""Parameters of a URL that are one of a few words, as libpq and asyncpg have them."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_postgres(name: str) -> bool:
    """Whether it is the URL of a database; everything else is a file."""
    return name.startswith(POSTGRES)


def is_on_this_machine(name: str | None) -> bool:
    """Whether an archive is reached without the network: a file, a Unix socket, loopback. No name is looked up."""
    if name is None or not is_postgres(name):
        return True
    parts = urlsplit(name)
    hosts = parts.netloc.rpartition("@")[2].split(",")
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    hosts += parameters.get("host", "").split(",")
    return "service" not in parameters and all(_is_here(unquote(host)) for host in hosts)


def _is_here(host: str) -> bool:
    """
    :param host: perhaps with a port; nothing or the directory of a socket: the socket.
    """
    if not host or host.startswith("/"):
        return True
    bare = (
        host[1:].partition("]")[0] if host.startswith("[") else host if host.count(":") > 1 else host.partition(":")[0]
    )
    if not bare or bare.lower() == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def check_name(name: str) -> None:
    """See that ``name`` can be one of an archive. The sentence of an error has nothing of it but what is wrong, as a
    URL has a password in it.

    :raises ArchiveError: a URL is malformed, or of another kind.
    """
    scheme = _SCHEME.match(name)
    if scheme is None:
        return
    if not is_postgres(name):
        raise ArchiveError(f"There are no archives at {scheme[0]}… Give a file, or {EXAMPLE}.")
    try:
        parts = urlsplit(name)
        parameters = dict(parse_qsl(parts.query))
    except ValueError as error:  # brackets that do not match, for example
        raise malformed() from error
    for port in _ports(parts.netloc.rpartition("@")[2], parameters):
        if not (port.isascii() and port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
            raise ArchiveError(f"The archive's URL is malformed: {port!r} is not a port. Give {EXAMPLE}.")
    for parameter, allowed in WORDS.items():
        if parameters.get(parameter, allowed[0]) not in allowed:
            raise ArchiveError(f"The archive's URL is malformed: {parameter} must be {', '.join(allowed)}.")


def malformed() -> ArchiveError:
    """What to say of a URL that a parser refuses."""
    return ArchiveError(f"The archive's URL is malformed. Give {EXAMPLE}.")


def _ports(hosts: str, parameters: dict[str, str]) -> Iterator[str]:
    for host in hosts.split(","):
        _, colon, port = host.rpartition("]")[2].rpartition(":")
        if colon:
            yield port
    yield from filter(None, parameters.get("port", "").split(","))
