"""enode URLs: how people write down where a node is and which key it must prove (overlay.md §1.2)."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qs

from pystatus import typed
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass

MAX_HOST_LENGTH = 253
"""Characters of a DNS name (RFC 1035)."""
SCHEME = "enode://"

_ID_DIGITS = 128
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_PORT = re.compile(r"0{0,20}[0-9]{1,5}")


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

        What both parsers of the reference take is taken (overlay.md §1.2): scheme and digits in any case, a path, a
        fragment, other parameters, an empty ``discport``. So is ``0x`` before the digits, which one of them takes, and
        white space around the whole. What they read in different ways, or a person cannot have meant, is refused: two
        ``discport``, its name in upper case, an IPv6 address without brackets.

        :raises LocalError: anything else; the sentence says what is wrong.
        """
        text = typed.token(text)
        has_scheme = text[: len(SCHEME)].lower() == SCHEME
        rest = text[len(SCHEME) :] if has_scheme else text
        if "@" not in rest:
            return cls(_public_key(rest, text))
        if not has_scheme:
            raise _refused(text, f'it does not begin with "{SCHEME}"')
        node_id, _, address = rest.partition("@")
        public_key = _public_key(node_id, text)
        address, _, query = address.partition("#")[0].partition("?")
        host_text, colon, port_text = address.partition("/")[0].rpartition(":")
        if not colon:
            raise _refused(text, "the port is missing")
        host, port = _host(host_text, text), _port(port_text, text)
        return cls(public_key, host, port, _discport(query, port, text))

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
    def bootnode_problem(self) -> str | None:
        """Why Discovery v5 cannot begin with this node, as the end of a sentence; ``None``: it can. A name as host is
        resolved first, and is not looked at here."""
        if self.host is None:
            return "it does not say where the node is"
        if not self.udp_port:
            return "its UDP port is 0"
        if not self.port:
            return "its TCP port is 0"
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return None
        if address.is_unspecified or address.is_multicast:
            return f"{address} is the address of no single host"
        return None

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
    digits = digits[2:] if digits[:2] in ("0x", "0X") else digits
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


def _discport(query: str, port: int, text: str) -> int:
    """The UDP port; ``port`` where the URL names none."""
    parameters = parse_qs(query, keep_blank_values=True)
    ports = [found for name, values in parameters.items() if name.lower() == "discport" for found in values]
    if not ports:
        return port
    if len(ports) != 1 or "discport" not in parameters:
        raise _refused(text, "the UDP port stands there once, as discport=<port> in lower case")
    return _port(ports[0], text) if ports[0] else port


def _host(host: str, text: str) -> str:
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise _refused(text, "an IPv6 address stands in brackets")
    try:
        address = ipaddress.ip_address(host)
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return str(mapped or address)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        is_name = len(host) <= MAX_HOST_LENGTH and all(_LABEL.fullmatch(label) for label in labels)
        # A name whose last label is a number would be taken for an IPv4 address by some resolvers.
        if not is_name or labels[-1].isdecimal():
            raise _refused(text, "the host is neither an IP address nor a name") from None
        return host
