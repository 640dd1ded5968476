"""Node records (EIP-778): what a node says about itself, signed (overlay.md §1.3)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

from pystatus import typed
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import COMPRESSED_SIZE, PrivateKey, PublicKey, is_low
from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.wire import rlp
from pystatus.wire.base_text import from_base64url, to_base64url

MAX_RECORD_SIZE = 300
"""Bytes of an encoded record (EIP-778)."""
TEXT_PREFIX = "enr:"
"""What the text form begins with."""
SCHEME = b"v4"
"""The only identity scheme: secp256k1 over Keccak-256."""
MAX_SEQUENCE = 2**64 - 1
"""The highest number of a record's version."""

_MAX_TEXT = len(TEXT_PREFIX) + MAX_RECORD_SIZE * 4 // 3
_SIGNATURE_SIZE = 64  # r ‖ s
_PORT_BYTES = 2

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotSigned(RemoteError):
    """A record that can be read, and that nobody has signed in a way that is known."""


@dataclass(frozen=True)
class NodeRecord:
    """A record whose signature is good. Keys that mean nothing here are kept as they are."""

    seq: int = field(compare=False)
    """The version: of two records of a node the higher one holds."""
    values: Mapping[bytes, rlp.Item] = field(compare=False, repr=False)
    """Sorted by key."""
    public_key: PublicKey = field(compare=False)
    encoded: bytes = field(repr=False)
    """The RLP, at most 300 bytes."""

    @classmethod
    def sign(cls, key: PrivateKey, seq: int, values: Mapping[bytes, rlp.Encodable]) -> NodeRecord:
        """Make a record of our own; ``id`` and ``secp256k1`` are added.

        :raises LocalError: too large, or a version or value that no record can have.
        """
        if not 0 <= seq <= MAX_SEQUENCE:
            raise LocalError("The version of a node record is a number of 64 bits.")
        every = {**values, b"id": SCHEME, b"secp256k1": key.public_key.compressed}
        content = [rlp.encode(seq)]
        for name in sorted(every):
            content += [rlp.encode(name), rlp.encode(every[name])]
        signature = key.sign(keccak256(rlp.encode_list(content)))[:_SIGNATURE_SIZE]
        try:
            return cls.decode(rlp.encode_list([rlp.encode(signature), *content]))
        except RemoteError as error:
            raise LocalError(f"Nobody would take this node record: {error}.") from error

    @classmethod
    def decode(cls, data: bytes) -> NodeRecord:
        """Read a record and verify its signature.

        :raises RemoteError: too large or malformed; :class:`NotSigned`: of an unknown identity scheme, or not signed
            by its own key.
        """
        if len(data) > MAX_RECORD_SIZE:
            raise RemoteError(f"node record of {len(data)} bytes: {MAX_RECORD_SIZE} are allowed")
        signature, *content = rlp.as_list(rlp.decode(data)) or [b""]
        if len(content) % 2 != 1:
            raise RemoteError("node record has a key without a value")
        keys = [rlp.as_bytes(key) for key in content[1::2]]
        if any(one >= following for one, following in pairwise(keys)):
            raise RemoteError("keys of a node record are not sorted, or not unique")
        values = dict(zip(keys, content[2::2], strict=True))
        if values.get(b"id") != SCHEME:
            raise NotSigned("node record is not of the identity scheme v4")
        public_key = PublicKey.from_bytes(rlp.as_bytes(values.get(b"secp256k1", b""), COMPRESSED_SIZE))
        digest = keccak256(rlp.encode(content))
        signed = rlp.as_bytes(signature, _SIGNATURE_SIZE)
        if not is_low(signed):  # anybody can make it of the right one: one record, two encodings
            raise NotSigned("signature of a node record has a high s")
        if not public_key.has_signed(digest, signed):
            raise NotSigned("node record is not signed by its own key")
        return cls(rlp.as_int(content[0]), MappingProxyType(values), public_key, data)

    @classmethod
    def parse(cls, text: str) -> NodeRecord:
        """Read the text form, ``enr:`` and base64.

        :raises RemoteError: not of that form, or see :meth:`decode`.
        """
        if not text.startswith(TEXT_PREFIX) or len(text) > _MAX_TEXT:
            raise RemoteError('text of a node record begins with "enr:" and has at most 404 characters')
        return cls.decode(from_base64url(text.removeprefix(TEXT_PREFIX)))

    @classmethod
    def from_person(cls, text: str) -> NodeRecord:
        """The same for what a person has pasted.

        :raises LocalError: the sentence says what is wrong.
        """
        try:
            return cls.parse(typed.token(text))
        except RemoteError as error:
            raise LocalError(
                f'"{text[:200]}" is not a node record: {error}. Copy it again, all of it, from what the node prints: '
                f"{TEXT_PREFIX} and about 180 characters."
            ) from error

    def changed(self, key: PrivateKey, changes: Mapping[bytes, rlp.Encodable | None]) -> NodeRecord:
        """The next version of a record of our own, with these values; ``None`` takes one out.

        :raises LocalError: see :meth:`sign`.
        """
        values: dict[bytes, rlp.Encodable | None] = {**self.values, **changes}
        return NodeRecord.sign(key, self.seq + 1, {name: value for name, value in values.items() if value is not None})

    def __str__(self) -> str:
        return TEXT_PREFIX + to_base64url(self.encoded)

    @property
    def node_id(self) -> bytes:
        """64 bytes X ‖ Y."""
        return self.public_key.xy

    @property
    def node_address(self) -> bytes:
        """Keccak-256 of :attr:`node_id`, 32 bytes."""
        return keccak256(self.node_id)

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """Where the node is: an IPv4 address, an IPv6 address, both in this order, or nowhere."""
        found: list[Address] = []
        for key, size in ((b"ip", 4), (b"ip6", 16)):
            value = self.values.get(key)
            if isinstance(value, bytes) and len(value) == size:
                address = ipaddress.ip_address(value)
                mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
                found.append(mapped or address)
        return tuple(found)

    @property
    def address(self) -> Address | None:
        """Where the node is: of two addresses the IPv4 one, as in the reference. ``None``: not said, or no address."""
        return self.addresses[0] if self.addresses else None

    @property
    def tcp_port(self) -> int:
        """0: not said, or no port."""
        return self._port(b"tcp")

    @property
    def udp_port(self) -> int:
        """0: not said, or no port."""
        return self._port(b"udp")

    @property
    def enode_by_ipv6(self) -> Enode | None:
        """How it is dialled over IPv6 by those who have no IPv4; ``None``: it has no second address, or no port."""
        if len(self.addresses) < 2:
            return None
        tcp_port = self._port(b"tcp", by_ipv6=True)
        if not tcp_port:
            return None
        return Enode(self.public_key, str(self.addresses[1]), tcp_port, self._port(b"udp", by_ipv6=True))

    def _port(self, key: bytes, *, by_ipv6: bool = False) -> int:
        by_version = key + b"6"
        if (by_ipv6 or b"ip" not in self.values) and by_version in self.values:
            key = by_version
        try:
            return rlp.as_int(self.values.get(key, b""), _PORT_BYTES)
        except RemoteError:  # whoever wrote it has signed it, so the record stands; there is only nothing to dial
            return 0

    @property
    def enode(self) -> Enode:
        """The same as an enode, which is incomplete where the record does not say where to dial."""
        if self.address is None or not self.tcp_port:
            return Enode(self.public_key)
        return Enode(self.public_key, str(self.address), self.tcp_port, self.udp_port)
