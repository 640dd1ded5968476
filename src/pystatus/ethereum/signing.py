"""Who signs: a key in memory for the time of one call, or a card."""

from __future__ import annotations

from typing import Protocol

from pystatus.crypto.keys import PrivateKey, PublicKey


class Signer(Protocol):
    """Signs what it is given a hash of."""

    @property
    def public_key(self) -> PublicKey:
        """Of the account that signs."""

    def sign(self, digest: bytes) -> bytes:
        """A signature of 65 bytes, ``r ‖ s ‖ v`` with 0 or 1 at its end, over a hash of 32 bytes."""


class KeySigner:
    """Signs with a key."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> PublicKey:
        """See :class:`Signer`."""
        return self._key.public_key

    def sign(self, digest: bytes) -> bytes:
        """See :class:`Signer`."""
        return self._key.sign(digest)
