"""Which time servers are asked: names and addresses as people give them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from pystatus import typed
from pystatus.errors import LocalError
from pystatus.records import dataclass

PORT = 123
"""Where NTP servers listen (RFC 5905)."""
POOL = ("0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org", "3.pool.ntp.org")
"""Servers of volunteers, other ones for each name: those that status-go v0.64.0 asks (``timesource``). They are asked
only where somebody has written :data:`POOL_WORD`."""
POOL_WORD = "pool"
"""What stands for all of :data:`POOL`."""
NONE_WORD = "none"
"""What stands alone for no server: where a file or a variable names some, and none is to be asked."""
MAX_SERVERS = 8
"""Time servers of one node: with more of them no more than three may lie. Ours."""

_LABEL = "[0-9A-Za-z_](?:[-0-9A-Za-z_]{0,61}[0-9A-Za-z_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class TimeServer:
    """One of them."""

    host: str
    """A name or an address."""
    port: int = PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORT else f"{host}:{self.port}"


def parse_time_servers(texts: Iterable[str]) -> tuple[TimeServer, ...]:
    """The servers that are meant by ``time.example.org``, ``192.0.2.1:1123``, ``[2001:db8::1]:123``, ``pool`` or
    ``none``, each once.

    :raises LocalError: one of them is none of these, there are very many, or ``none`` stands beside others.
    """
    words = [typed.token(text) for text in texts]
    if NONE_WORD in words:
        if set(words) != {NONE_WORD}:
            raise LocalError('"none" stands for no time server, and cannot stand beside others. Take one of them out.')
        return ()
    servers: dict[TimeServer, None] = {}
    for word in words:
        named = [TimeServer(name) for name in POOL] if word == POOL_WORD else [_parse(word)]
        servers.update(dict.fromkeys(named))
    if len(servers) > MAX_SERVERS:
        raise LocalError(f"{len(servers)} time servers are too many. Name {MAX_SERVERS} at most; four are enough.")
    return tuple(servers)


def _parse(text: str) -> TimeServer:
    host, port = text, str(PORT)
    if host.startswith("[") or host.count(":") == 1:
        host, colon, port = (text + (f":{PORT}" if text.endswith("]") else "")).rpartition(":")
        if host.startswith("[") != host.endswith("]") or not colon:
            raise _wrong(text)
        host = host.removeprefix("[").removesuffix("]")
    if not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) <= 0xFFFF:
        raise _wrong(text)
    try:
        return TimeServer(str(ipaddress.ip_address(host)), int(port))
    except ValueError:
        if not _NAME.fullmatch(host) or host.replace(".", "").isdigit():
            raise _wrong(text) from None
    return TimeServer(host.lower(), int(port))


def _wrong(text: str) -> LocalError:
    return LocalError(
        f'"{text[:200]}" is no time server. Give a host name or an IP address, with :port if it is not {PORT}; '
        '"pool" for pool.ntp.org; or "none".'
    )
