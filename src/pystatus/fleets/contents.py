"""What stands in an invitation, version 1.

In this order: name, notice and password of the mailservers, each a text; hosts, of each its kind (4, 6, or 0 for a
name) and its bytes, of a name as a text; nodes, of each the compressed key, the number of its host, the TCP port and
the UDP port; the relays, the mailservers and the bootnodes, of each the number of a node; Rendezvous nodes, of each the
compressed key, the number of its host, the port, and a byte for how its address begins and ends; node lists, of each
the compressed key and the domain as a text. A text has its size in bytes in front (a varint), and so has each of the
lists the number of its entries (a byte). Numbers of hosts and nodes are bytes that count from 0; ports are two bytes,
the high one first.

There is nothing in it to compress: keys are chance, and a host and a node stand there once. A fleet has one form: what
is written otherwise is refused.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from pystatus.crypto.keys import COMPRESSED_SIZE, PublicKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.dns.entries import Link
from pystatus.errors import Refused, RemoteError
from pystatus.fleets.fleet import Fleet
from pystatus.libp2p.multiaddr import ETHV4, P2P, PeerAddress
from pystatus.libp2p.peer_id import PeerId
from pystatus.wire import varint

MAX_SIZE_BYTES = 2
"""Bytes of the varint in front of a text."""

_ROLES = ("relays", "mailservers", "bootnodes")
_NETWORKS = ("ip4", "ip6", "dns4")
_FORMS = (ETHV4, P2P)
_SIZES = {4: 4, 6: 16}
"""Bytes of an address, by its kind."""
_NAME = 0
"""The kind of a host that is a name."""


def written(fleet: Fleet) -> bytes:
    """The contents for a fleet.

    :raises Refused: it has more than a byte counts.
    """
    hosts: dict[bytes, int] = {}
    nodes: dict[bytes, int] = {}
    roles = b""
    for role in _ROLES:
        numbers = b"".join(_number(nodes, _node(Enode.parse(url), hosts)) for url in getattr(fleet, role))
        roles += _entries(len(numbers), numbers)
    points = [PeerAddress.parse(text) for text in fleet.rendezvous_nodes]
    meeting = b"".join(_point(point, hosts) for point in points)
    links = [Link.parse(text) for text in fleet.dns_lists]
    lists = b"".join(link.public_key.compressed + _text(link.domain) for link in links)
    return b"".join(
        (
            *(_text(one) for one in (fleet.name, fleet.notice, fleet.mailserver_password or "")),
            _entries(len(hosts), b"".join(hosts)),
            _entries(len(nodes), b"".join(nodes)),
            roles,
            _entries(len(points), meeting),
            _entries(len(links), lists),
        )
    )


def read(data: bytes) -> Fleet:
    """The fleet in these contents.

    :raises RemoteError: they are malformed, or not in the one form that the fleet has.
    :raises Refused: no fleet has such nodes.
    """
    reader = _Reader(data)
    name, notice, password = (reader.text() for _ in range(3))
    hosts = [reader.host() for _ in range(reader.byte())]
    nodes = [reader.node(hosts) for _ in range(reader.byte())]
    roles = {role: tuple(_at(nodes, reader.byte()) for _ in range(reader.byte())) for role in _ROLES}
    fleet = Fleet(
        name=name,
        notice=notice,
        mailserver_password=password or None,
        rendezvous_nodes=tuple(reader.point(hosts) for _ in range(reader.byte())),
        dns_lists=tuple(str(Link(reader.key(), reader.text())) for _ in range(reader.byte())),
        **roles,
    )
    if fleet.is_empty or written(fleet) != data:
        raise RemoteError("contents of an invitation are not in the form that their fleet has")
    return fleet


def _text(text: str) -> bytes:
    data = text.encode()
    return varint.encode(len(data)) + data


def _entries(count: int, entries: bytes) -> bytes:
    if count > 0xFF:
        raise Refused("An invitation names 255 nodes of a kind at most. Leave some out.")
    return bytes((count,)) + entries


def _number(known: dict[bytes, int], entry: bytes) -> bytes:
    """The number of an entry, which is added if need be."""
    number = known.setdefault(entry, len(known))
    if number > 0xFF:
        raise Refused("An invitation names 255 nodes at most. Leave some out.")
    return bytes((number,))


def _host(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bytes((_NAME,)) + _text(host)
    return bytes((address.version,)) + address.packed


def _node(enode: Enode, hosts: dict[bytes, int]) -> bytes:
    assert enode.host is not None, "the nodes of a fleet have a host"
    ports = enode.port.to_bytes(2, "big") + enode.udp_port.to_bytes(2, "big")
    return enode.public_key.compressed + _number(hosts, _host(enode.host)) + ports


def _point(point: PeerAddress, hosts: dict[bytes, int]) -> bytes:
    host = _number(hosts, bytes((_NAME,)) + _text(point.host) if point.network == "dns4" else _host(point.host))
    form = _NETWORKS.index(point.network) + len(_NETWORKS) * _FORMS.index(point.form)
    return point.peer.public_key.compressed + host + point.port.to_bytes(2, "big") + bytes((form,))


def _at(entries: list[str], number: int) -> str:
    if number >= len(entries):
        raise RemoteError("number in an invitation stands for nothing")
    return entries[number]


@dataclass(slots=True)
class _Reader:
    """Takes one thing after another from the beginning. Each raises :class:`RemoteError` where it is not there."""

    data: bytes

    def bytes(self, size: int) -> bytes:
        if len(self.data) < size:
            raise RemoteError("contents of an invitation end early")
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def byte(self) -> int:
        return self.bytes(1)[0]

    def port(self) -> int:
        return int.from_bytes(self.bytes(2), "big")

    def text(self) -> str:
        size, used = varint.decode(self.data, MAX_SIZE_BYTES)
        self.bytes(used)
        try:
            return self.bytes(size).decode()
        except UnicodeDecodeError as error:
            raise RemoteError("text in an invitation is not UTF-8") from error

    def key(self) -> PublicKey:
        return PublicKey.from_bytes(self.bytes(COMPRESSED_SIZE))

    def host(self) -> str:
        kind = self.byte()
        if kind == _NAME:
            return self.text()
        if kind not in _SIZES:
            raise RemoteError("host in an invitation is of an unknown kind")
        return str(ipaddress.ip_address(self.bytes(_SIZES[kind])))

    def node(self, hosts: list[str]) -> str:
        key, host = self.key(), _at(hosts, self.byte())
        return str(Enode(key, host, self.port(), self.port()))

    def point(self, hosts: list[str]) -> str:
        key, host, port, form = self.key(), _at(hosts, self.byte()), self.port(), self.byte()
        if form >= len(_NETWORKS) * len(_FORMS):
            raise RemoteError("Rendezvous node in an invitation is of an unknown form")
        written_as, network = divmod(form, len(_NETWORKS))
        return str(PeerAddress(_NETWORKS[network], host, port, PeerId(key), _FORMS[written_as]))
