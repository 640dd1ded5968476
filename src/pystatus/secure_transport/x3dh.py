"""X3DH as Status uses it (secure-transport.md §3): three agreements on secp256k1, one Keccak, no one-time keys.

Implements: ST-3, ST-8
"""

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey, PublicKey


def initiator_agreements(
    identity: PrivateKey, ephemeral: PrivateKey, their_identity: PublicKey, their_pre_key: PublicKey
) -> tuple[bytes, bytes, bytes]:
    """DH1, DH2 and DH3 of the active side, 32 bytes each."""
    return identity.agree(their_pre_key), ephemeral.agree(their_identity), ephemeral.agree(their_pre_key)


def responder_agreements(
    identity: PrivateKey, pre_key: PrivateKey, their_identity: PublicKey, their_ephemeral: PublicKey
) -> tuple[bytes, bytes, bytes]:
    """DH1, DH2 and DH3 of the passive side: the same three values."""
    return pre_key.agree(their_identity), identity.agree(their_ephemeral), pre_key.agree(their_ephemeral)


def shared_key(agreements: tuple[bytes, bytes, bytes]) -> bytes:
    """SK, 32 bytes: Keccak-256 over the agreements, without HKDF, info or padding (unlike Signal's)."""
    return keccak256(b"".join(agreements))
