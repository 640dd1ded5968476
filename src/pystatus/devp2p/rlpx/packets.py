"""The two packets of the encryption handshake, auth and ack, in both of their forms (overlay.md §2.2).

EIP-8: ``size(2) ‖ ecies(rlp(fields) ‖ padding)``. Before EIP-8: ``ecies(fixed layout)`` of a known length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from pystatus.crypto import ecies
from pystatus.crypto.keys import SIGNATURE_SIZE, PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.wire import rlp

HANDSHAKE_VERSION = 4
"""What we write into auth and ack. What others write is ignored, as EIP-8 asks."""
NONCE_SIZE = 32
NODE_ID_SIZE = 64
HASH_SIZE = 32
PLAIN_AUTH_SIZE = ecies.OVERHEAD + SIGNATURE_SIZE + HASH_SIZE + NODE_ID_SIZE + NONCE_SIZE + 1
"""307 bytes: an auth packet from before EIP-8."""
PLAIN_ACK_SIZE = ecies.OVERHEAD + NODE_ID_SIZE + NONCE_SIZE + 1
"""210 bytes: an ack packet from before EIP-8."""
MAX_PACKET_SIZE = 2048
"""Largest size that an EIP-8 prefix may announce, in bytes. No known client exceeds 600 (overlay.md §2.2, hardened)."""
MIN_PADDING = 100
"""Zero bytes behind the list of an EIP-8 packet: makes it longer than the older form, as EIP-8 asks."""
PADDING_RANGE = 200
"""MIN_PADDING … MIN_PADDING + this - 1 bytes are added, evenly, as the reference does."""

_SIZE_PREFIX = 2
_UNCOMPRESSED_POINT = 4


@dataclass(frozen=True, slots=True)
class Auth:
    """The initiator's packet. ``ephemeral_hash`` exists in the older form only."""

    signature: bytes
    public_key: bytes
    nonce: bytes
    ephemeral_hash: bytes | None = None

    def encode(self) -> bytes:
        """The RLP list of the EIP-8 form."""
        return rlp.encode([self.signature, self.public_key, self.nonce, HANDSHAKE_VERSION])

    @classmethod
    def decode(cls, data: bytes) -> Auth:
        """Read the EIP-8 form. Further list elements and bytes behind the list are ignored.

        :raises RemoteError: anything else out of place.
        """
        signature, public_key, nonce, version = _fields(data, 4)
        rlp.as_int(version)
        return cls(
            rlp.as_bytes(signature, SIGNATURE_SIZE),
            rlp.as_bytes(public_key, NODE_ID_SIZE),
            rlp.as_bytes(nonce, NONCE_SIZE),
        )

    @classmethod
    def decode_plain(cls, data: bytes) -> Auth:
        """Read the fixed layout: signature, hash of the ephemeral key, public key, nonce, a flag that means nothing."""
        hash_end = SIGNATURE_SIZE + HASH_SIZE
        key_end = hash_end + NODE_ID_SIZE
        return cls(
            data[:SIGNATURE_SIZE],
            data[hash_end:key_end],
            data[key_end : key_end + NONCE_SIZE],
            data[SIGNATURE_SIZE:hash_end],
        )


@dataclass(frozen=True, slots=True)
class Ack:
    """The responder's packet."""

    ephemeral: bytes
    nonce: bytes

    def encode(self) -> bytes:
        """The RLP list of the EIP-8 form."""
        return rlp.encode([self.ephemeral, self.nonce, HANDSHAKE_VERSION])

    def encode_plain(self) -> bytes:
        """The fixed layout; the last byte says that no session token is used."""
        return self.ephemeral + self.nonce + b"\x00"

    @classmethod
    def decode(cls, data: bytes) -> Ack:
        """Read the EIP-8 form. Further list elements and bytes behind the list are ignored.

        :raises RemoteError: anything else out of place.
        """
        ephemeral, nonce, version = _fields(data, 3)
        rlp.as_int(version)
        return cls(rlp.as_bytes(ephemeral, NODE_ID_SIZE), rlp.as_bytes(nonce, NONCE_SIZE))

    @classmethod
    def decode_plain(cls, data: bytes) -> Ack:
        """Read the fixed layout."""
        return cls(data[:NODE_ID_SIZE], data[NODE_ID_SIZE : NODE_ID_SIZE + NONCE_SIZE])


def _fields(data: bytes, count: int) -> list[rlp.Item]:
    item, _ = rlp.decode_first(data)
    fields = rlp.as_list(item)
    if len(fields) < count:
        raise RemoteError(f"handshake packet has {len(fields)} fields where {count} are needed")
    return fields[:count]


def seal(body: bytes, remote: PublicKey, random: RandomSource) -> bytes:
    """Pad ``body`` and encrypt it as an EIP-8 packet, size prefix included."""
    padding = MIN_PADDING + int.from_bytes(random(2), "big") % PADDING_RANGE
    size = (len(body) + padding + ecies.OVERHEAD).to_bytes(_SIZE_PREFIX, "big")
    return size + ecies.encrypt(remote, body + bytes(padding), random, mac_data=size)


M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Read(Generic[M]):
    """A handshake packet that was read: what it says, its own bytes, in which form it came, and the bytes behind it."""

    message: M
    packet: bytes
    is_eip8: bool
    rest: bytes


class PacketReader(Generic[M]):
    """Collects one handshake packet of unknown form; never holds more than one packet of :data:`MAX_PACKET_SIZE`."""

    __slots__ = ("_buffer", "_decode", "_decode_plain", "_key", "_may_be_plain", "_plain_size")

    def __init__(
        self, key: PrivateKey, plain_size: int, decode: Callable[[bytes], M], decode_plain: Callable[[bytes], M]
    ) -> None:
        self._key = key
        self._plain_size = plain_size
        self._decode = decode
        self._decode_plain = decode_plain
        self._buffer = b""
        self._may_be_plain = True

    def receive_data(self, data: bytes) -> Read[M] | None:
        """Take bytes from the wire; the packet once it is complete.

        :raises RemoteError: a size that no honest peer announces, or a packet that does not open or parse.
        """
        self._buffer = buffer = self._buffer + data
        if not buffer:
            return None
        if self._may_be_plain and buffer[0] == _UNCOMPRESSED_POINT:
            if len(buffer) < self._plain_size:
                return None
            packet = buffer[: self._plain_size]
            plaintext = self._open_plain(packet)
            if plaintext is not None:
                return Read(self._decode_plain(plaintext), packet, False, buffer[self._plain_size :])
        self._may_be_plain = False
        if len(buffer) < _SIZE_PREFIX:
            return None
        size = int.from_bytes(buffer[:_SIZE_PREFIX], "big")
        if not self._plain_size <= size <= MAX_PACKET_SIZE:
            raise RemoteError(f"handshake packet announces {size} bytes")
        end = _SIZE_PREFIX + size
        if len(buffer) < end:
            return None
        packet = buffer[:end]
        plaintext = ecies.decrypt(self._key, packet[_SIZE_PREFIX:], mac_data=packet[:_SIZE_PREFIX])
        return Read(self._decode(plaintext), packet, True, buffer[end:])

    def _open_plain(self, packet: bytes) -> bytes | None:
        try:
            return ecies.decrypt(self._key, packet)
        except RemoteError:  # then its first two bytes are a size between 0x0400 and 0x04ff of the EIP-8 form
            return None


def auth_reader(key: PrivateKey) -> PacketReader[Auth]:
    """A reader for the auth packet sent to ``key``."""
    return PacketReader(key, PLAIN_AUTH_SIZE, Auth.decode, Auth.decode_plain)


def ack_reader(key: PrivateKey) -> PacketReader[Ack]:
    """A reader for the ack packet sent to ``key``."""
    return PacketReader(key, PLAIN_ACK_SIZE, Ack.decode, Ack.decode_plain)
