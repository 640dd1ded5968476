"""Peer ids: how libp2p names the holder of a key (libp2p specs, peer-ids; overlay.md §4.1)."""

from __future__ import annotations

from pystatus.crypto.keys import COMPRESSED_SIZE, PublicKey
from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.wire import multibase

KEY_PREFIX = bytes.fromhex("08021221")
"""What stands before the 33 bytes of a secp256k1 key: the protobuf of its type, 2, and of its size."""
KEY_SIZE = len(KEY_PREFIX) + COMPRESSED_SIZE
"""Bytes of a key with its type."""
IDENTITY_PREFIX = bytes((0, KEY_SIZE))
"""Multihash of the hash function that changes nothing, and its size: a key this short is its own name."""
PEER_ID_SIZE = len(IDENTITY_PREFIX) + KEY_SIZE
"""Bytes of a peer id."""

_BASE58_BTC = "z"


@dataclass(frozen=True, slots=True)
class PeerId:
    """The name of a peer whose key is of secp256k1. Peers with other keys have no name here."""

    public_key: PublicKey

    @classmethod
    def from_bytes(cls, data: bytes) -> PeerId:
        """Read the 39 bytes of an identity multihash.

        :raises RemoteError: anything else.
        """
        if not data.startswith(IDENTITY_PREFIX):
            raise RemoteError("peer id is not the identity multihash of a secp256k1 key")
        return cls.from_key(data[len(IDENTITY_PREFIX) :])

    @classmethod
    def from_key(cls, data: bytes) -> PeerId:
        """The id of the peer with a key in libp2p's form: the protobuf of its type and its bytes.

        :raises RemoteError: a key of another kind, or none.
        """
        if len(data) != KEY_SIZE or not data.startswith(KEY_PREFIX):
            raise RemoteError("key of a libp2p peer is not a secp256k1 key")
        return cls(PublicKey.from_bytes(data[len(KEY_PREFIX) :]))

    @classmethod
    def parse(cls, text: str) -> PeerId:
        """Read the base58 text, ``16Uiu2HA…``.

        :raises RemoteError: anything else.
        """
        return cls.from_bytes(multibase.decode(_BASE58_BTC + text))

    @property
    def key(self) -> bytes:
        """The key in libp2p's form, 37 bytes."""
        return KEY_PREFIX + self.public_key.compressed

    def __bytes__(self) -> bytes:
        return IDENTITY_PREFIX + self.key

    def __str__(self) -> str:
        return multibase.encode(_BASE58_BTC, bytes(self))[1:]
