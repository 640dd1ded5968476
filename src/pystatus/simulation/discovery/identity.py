"""Identities that cost nothing: a signature that is the name of its signer.

Most of a real node's time goes into signatures, of which a network in one process would make and check millions. What
nodes decide does not depend on them: :mod:`tests.simulation.discovery.test_identity` has the proof.
"""

from __future__ import annotations

from pystatus.crypto.keys import PublicKey
from pystatus.discovery.discv5.node import NodeId


class Directory:
    """The names of all nodes of a simulation, each made once."""

    def __init__(self) -> None:
        self._ids: dict[bytes, NodeId] = {}

    def node_id(self, xy: bytes) -> NodeId:
        """The names of the node with that id.

        :raises RemoteError: it is no key.
        """
        found = self._ids.get(xy)
        if found is None:
            PublicKey.from_xy(xy)
            found = self._ids[xy] = NodeId.of(xy)
        return found


class CheapIdentity:
    """An :class:`~pystatus.discovery.discv5.identity.Identity` that everybody could forge. Signatures have the size of
    real ones."""

    __slots__ = ("_directory", "_signature", "node_id")

    def __init__(self, public_key: PublicKey, directory: Directory) -> None:
        self.node_id = directory.node_id(public_key.xy)
        self._signature = public_key.xy + b"\0"
        self._directory = directory

    def sign(self, digest: bytes) -> bytes:
        """The same for every digest."""
        return self._signature

    def recover(self, digest: bytes, signature: bytes) -> bytes:
        """Whose signature it is: it says so."""
        return signature[:64]

    def node_id_of(self, xy: bytes, *, proven: bool) -> NodeId:
        """See :class:`~pystatus.discovery.discv5.identity.Identity`. All nodes of a simulation share the values."""
        return self._directory.node_id(xy)
