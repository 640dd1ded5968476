"""Who signed: recovery of an author from a 65-byte signature over Keccak-256 (payloads.md §2 and §3.3)."""

from __future__ import annotations

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey
from pystatus.errors import RemoteError


def recover_author(material: bytes, signature: bytes) -> PublicKey:
    """The key that signed Keccak-256(``material``).

    Only v = 0 or 1 counts: 27 and 28 belong to wallet signatures, and accepting both spellings would let a third person
    make a second message, with another id, out of one signature.

    :raises RemoteError: another length or v, or no key can have made this signature.

    Implements: PL-2
    """
    if len(signature) != SIGNATURE_SIZE or signature[-1] > 1:
        raise RemoteError("a payload signature has 65 bytes, the last of them 0 or 1")
    return PublicKey.recover(keccak256(material), signature)
