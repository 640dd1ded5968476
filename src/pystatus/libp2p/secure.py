"""What SECIO and Noise are to a connection: a handshake, and then a channel."""

from __future__ import annotations

from typing import Protocol

from pystatus.errors import RemoteError
from pystatus.libp2p.peer_id import PeerId


class SecureChannel(Protocol):
    """Agrees on keys and proves who both are; after that it seals and opens what both send."""

    @property
    def remote(self) -> PeerId | None:
        """The peer, once it has proved its key and the keys are agreed; None before."""

    def data_to_send(self) -> bytes:
        """What the handshake wants written now."""

    def receive_data(self, data: bytes) -> bytes:
        """Take bytes from the transport, cut in any way: what the peer has said, empty during the handshake.

        :raises RemoteError: the peer does not prove what it says, or a frame is wrong or too large. No more is to be
            received then.
        """

    def seal(self, data: bytes) -> bytes:
        """What is to be written for the peer to read ``data``; only after the handshake."""


def check_peer(found: PeerId, expected: PeerId | None) -> None:
    """
    :raises RemoteError: it is another than the one that we dialled.
    """
    if expected is not None and found != expected:
        raise RemoteError(f"peer is {found}, and not the {expected} of its address")
