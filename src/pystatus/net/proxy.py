"""The address of a SOCKS5 proxy (RFC 1928), with what it wants to know of who uses it (RFC 1929)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import field
from urllib.parse import unquote_to_bytes

from pystatus import typed
from pystatus.devp2p.enode import MAX_HOST_LENGTH
from pystatus.errors import LocalError
from pystatus.records import dataclass

SCHEMES = ("socks5", "socks5h")
"""Two names of one thing: names are always looked up by the proxy, which some programs call ``socks5h``."""
MAX_CREDENTIAL = 255
"""Characters of a user name, and of a password (RFC 1929 §2)."""
FORM = "socks5://HOST:PORT, or socks5://USER:PASSWORD@HOST:PORT"
"""How a proxy is written; that of Tor is ``socks5://127.0.0.1:9050``."""

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A SOCKS5 proxy. Neither its text nor its ``repr`` has the user name and the password."""

    host: str
    """An IP address, or a name: the one name that is looked up on this machine."""
    port: int
    user: str | None = field(default=None, repr=False)
    """``None``: the proxy is not told who we are; neither is there a password then."""
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Proxy:
        """Read ``socks5://[user:password@]host:port``; ``%40`` and the like stand for signs that a URL needs itself.

        :raises LocalError: it is none. The sentence repeats nothing of it, as it may hold a password.
        """
        text = typed.token(text)
        scheme, separator, rest = text.partition("://")
        if not separator or scheme.lower() not in SCHEMES:
            raise _refused("it begins with neither socks5:// nor socks5h://, and no other sort of proxy is spoken")
        credentials, at, place = rest.removesuffix("/").rpartition("@")
        user, password = _credentials(credentials) if at else (None, None)
        return cls(*_place(place), user, password)

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{SCHEMES[0]}://{self.address}"


def _credentials(text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not colon:
        raise _refused("a user name needs a password behind it (SOCKS5 knows no user without one)")
    found = []
    for one in (user, password):
        decoded = unquote_to_bytes(one) if not _ESCAPE.search(one) else b""
        if not 0 < len(decoded) <= MAX_CREDENTIAL or not all(0x20 <= byte < 0x7F for byte in decoded):
            raise _refused(
                f"user name and password are 1 to {MAX_CREDENTIAL} characters of ASCII each, where %40 stands for @, "
                "%3A for : and %25 for %"
            )
        found.append(decoded.decode("ascii"))
    return found[0], found[1]


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not _PORT.fullmatch(port) or not 0 < int(port) <= 0xFFFF:
        raise _refused("it ends with no port from 1 to 65535")
    if host.startswith("[") and host.endswith("]"):
        host, is_bracketed = host[1:-1], True
    else:
        is_bracketed = False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        is_name = len(host) <= MAX_HOST_LENGTH and _NAME.fullmatch(host) and not host.rpartition(".")[2].isdecimal()
        if is_bracketed or not is_name:
            raise _refused("its host is neither a name nor an IP address") from None
        return host.lower(), int(port)
    if is_bracketed != (address.version == 6):
        raise _refused("an IPv6 address, and nothing else, stands in brackets")
    return str(address), int(port)


def _refused(why: str) -> LocalError:
    return LocalError(f"This is no address of a proxy: {why}. Write {FORM}.")
