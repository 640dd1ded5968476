"""Who signs packets and says who signed one. A simulation of thousands of nodes puts a cheap one in its place."""

from __future__ import annotations

from typing import Protocol

from pystatus.crypto.keys import SIGNATURE_SIZE, PrivateKey, PublicKey
from pystatus.discovery.discv5.node import NodeId
from pystatus.errors import RemoteError


class Identity(Protocol):
    """The key of a node, and what can be told of those of others."""

    node_id: NodeId
    """Our own."""

    def sign(self, digest: bytes) -> bytes:
        """65 bytes r ‖ s ‖ v with v 0 or 1 over 32 bytes."""
        ...

    def recover(self, digest: bytes, signature: bytes) -> bytes:
        """The 64 bytes of the signer's id.

        :raises RemoteError: no key made this signature.
        """
        ...

    def node_id_of(self, xy: bytes, *, proven: bool) -> NodeId:
        """The names of the node with that id.

        :param proven: it is the result of :meth:`recover`, so it is a key.
        :raises RemoteError: it is no key.
        """
        ...


class Secp256k1Identity:
    """An :class:`Identity` with a real key."""

    __slots__ = ("_key", "node_id")

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self.node_id = NodeId.of(key.public_key.xy)

    def sign(self, digest: bytes) -> bytes:
        return self._key.sign(digest)

    def recover(self, digest: bytes, signature: bytes) -> bytes:
        if len(signature) == SIGNATURE_SIZE and signature[64] > 1:
            raise RemoteError("recovery id of a packet's signature is 0 or 1")
        return PublicKey.recover(digest, signature).xy

    def node_id_of(self, xy: bytes, *, proven: bool) -> NodeId:
        if not proven:
            PublicKey.from_xy(xy)
        return NodeId.of(xy)
