"""enode URLs: how people write down where a node is and which key it must prove (overlay.md §1.2)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from pystatus import typed
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError

MAX_HOST_LENGTH = 253
"""Characters of a DNS name (RFC 1035)."""
SCHEME = "enode://"

_ID_DIGITS = 128
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Enode:
    """A node's public key and, if known, its address.

    ``host`` is an IPv4 or IPv6 address (without brackets) or a DNS name, which is resolved when dialling and not
    before, so that a changed address is picked up. An *incomplete* enode has no host and ports 0: it names a node that
    cannot be dialled.
    """

    public_key: PublicKey
    host: str | None = None
    port: int = 0
    udp_port: int = 0

    @classmethod
    def parse(cls, text: str) -> Enode:
        """Read ``enode://<128 hex>@host:port[?discport=n]``, or the incomplete form: the 128 digits alone.

        :raises LocalError: anything else; the sentence says what is wrong.
        """
        text = typed.token(text)
        if "@" not in text:
            return cls(_public_key(text.removeprefix(SCHEME), text))
        if not text.startswith(SCHEME):
            raise _refused(text, f'it does not begin with "{SCHEME}"')
        node_id, _, address = text.removeprefix(SCHEME).partition("@")
        public_key = _public_key(node_id, text)
        address, _, query = address.partition("?")
        host_text, colon, port_text = address.removesuffix("/").rpartition(":")
        if not colon:
            raise _refused(text, "the port is missing")
        host, port = _host(host_text, text), _port(port_text, text)
        return cls(public_key, host, port, _discport(query, text) if query else port)

    @property
    def node_id(self) -> bytes:
        """64 bytes X ‖ Y: how the overlay names a node on the wire."""
        return self.public_key.xy

    @property
    def node_address(self) -> bytes:
        """Keccak-256 of :attr:`node_id`, 32 bytes: what distances are measured on."""
        return keccak256(self.node_id)

    @property
    def is_complete(self) -> bool:
        """Whether it says where to dial."""
        return self.host is not None and self.port > 0

    @property
    def address(self) -> str:
        """``host:port``, an IPv6 address in brackets; empty of an incomplete one."""
        if self.host is None:
            return ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        node_id = SCHEME + self.node_id.hex()
        if self.host is None:
            return node_id
        discport = "" if self.udp_port == self.port else f"?discport={self.udp_port}"
        return f"{node_id}@{self.address}{discport}"


def _refused(text: str, why: str) -> LocalError:
    return LocalError(
        f'"{text[:200]}" is not an enode address: {why}. Copy it again, all of it, from what the node prints: '
        "enode://<128 hex digits>@host:port."
    )


def _public_key(digits: str, text: str) -> PublicKey:
    if len(digits) != _ID_DIGITS or not re.fullmatch(r"[0-9a-fA-F]+", digits):
        raise _refused(text, "the node id is not 128 hexadecimal digits")
    try:
        return PublicKey.from_xy(bytes.fromhex(digits))
    except RemoteError as error:
        raise _refused(text, "the node id is not a public key") from error


def _port(digits: str, text: str) -> int:
    if not _PORT.fullmatch(digits) or int(digits) > 0xFFFF:
        raise _refused(text, "a port is a number from 0 to 65535")
    return int(digits)


def _discport(query: str, text: str) -> int:
    ports = parse_qs(query, keep_blank_values=True).get("discport", [])
    if len(ports) != 1:
        raise _refused(text, "the only thing known after the question mark is one discport=<port>")
    return _port(ports[0], text)


def _host(host: str, text: str) -> str:
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise _refused(text, "an IPv6 address stands in brackets")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        labels = host.removesuffix(".").split(".")
        is_name = len(host) <= MAX_HOST_LENGTH and all(_LABEL.fullmatch(label) for label in labels)
        # A name whose last label is a number would be taken for an IPv4 address by some resolvers.
        if not is_name or labels[-1].isdecimal():
            raise _refused(text, "the host is neither an IP address nor a name") from None
        return host
