"""Addresses of peers as libp2p writes them (github.com/multiformats/multiaddr; overlay.md §4.1)."""

from __future__ import annotations

import ipaddress
import re

from pystatus import typed
from pystatus.devp2p.enode import MAX_HOST_LENGTH
from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p.peer_id import PEER_ID_SIZE, PeerId
from pystatus.records import dataclass
from pystatus.wire import varint

ETHV4 = "ethv4"
"""How Status writes ``p2p``: another name and number, and no length before the peer id in binary."""
P2P = "p2p"

_CODES = {"ip4": 4, "tcp": 6, "ip6": 41, "dns4": 54, P2P: 421, ETHV4: 490}
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where a peer is, and who it must prove to be: ``/ip4/<address>/tcp/<port>/ethv4/<peer id>``.

    ``host`` is an IPv4 or IPv6 address, or a name (``dns4``) that is resolved to an IPv4 address when it is dialled.
    """

    network: str
    """``ip4``, ``ip6`` or ``dns4``."""
    host: str
    port: int
    peer: PeerId
    form: str = ETHV4
    """``ethv4`` or ``p2p``: how it was written."""

    @classmethod
    def parse(cls, text: str) -> PeerAddress:
        """Read the text form.

        :raises LocalError: anything else; the sentence says what is wrong.
        """
        text = typed.token(text)
        match text.split("/"):
            case ["", network, host, "tcp", port, form, peer]:
                pass
            case _:
                raise _refused(text, "its parts are not a place and a peer id")
        if not _PORT.fullmatch(port) or int(port) > 0xFFFF:
            raise _refused(text, "a port is a number from 0 to 65535")
        if form not in (ETHV4, P2P):
            raise _refused(text, f'"{form}" is neither "{ETHV4}" nor "{P2P}"')
        try:
            return cls(network, _host(network, host, text), int(port), PeerId.parse(peer), form)
        except RemoteError as error:
            raise _refused(text, f"what stands behind {form} is no peer id: {error}") from error

    @property
    def dialled(self) -> str:
        """The same without the peer id."""
        return f"/{self.network}/{self.host}/tcp/{self.port}"

    @property
    def encoded(self) -> bytes:
        """The binary form."""
        if self.network == "dns4":
            host = varint.encode(len(self.host)) + self.host.encode()
        else:
            host = ipaddress.ip_address(self.host).packed
        size = b"" if self.form == ETHV4 else varint.encode(PEER_ID_SIZE)
        parts = (_code(self.network), host, _code("tcp"), self.port.to_bytes(2, "big"), _code(self.form), size)
        return b"".join((*parts, bytes(self.peer)))

    def __str__(self) -> str:
        return f"{self.dialled}/{self.form}/{self.peer}"


def at_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int, peer: PeerId) -> PeerAddress:
    """The address of a peer that listens there."""
    return PeerAddress(f"ip{address.version}", str(address), port, peer)


def _host(network: str, host: str, text: str) -> str:
    if network == "dns4":
        if len(host) > MAX_HOST_LENGTH or not _NAME.fullmatch(host):
            raise _refused(text, "what stands behind dns4 is not a name")
        return host
    kinds = {"ip4": ipaddress.IPv4Address, "ip6": ipaddress.IPv6Address}
    if network not in kinds:
        raise _refused(text, "it begins with neither ip4, ip6 nor dns4")
    try:
        return str(kinds[network](host))
    except ValueError:
        raise _refused(text, f"what stands behind {network} is not such an address") from None


def _code(name: str) -> bytes:
    return varint.encode(_CODES[name])


def _refused(text: str, why: str) -> LocalError:
    return LocalError(
        f'"{text[:200]}" is not the address of a Rendezvous node: {why}. Copy it again, all of it, from what the node '
        "prints: /ip4/<address>/tcp/<port>/ethv4/<peer id>."
    )
