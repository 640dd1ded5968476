"""Messages under one Diffie-Hellman agreement, for people of whom no bundle is known (secure-transport.md §5).

Every device of the recipient can open them. No forward secrecy, and only the Waku signature vouches for the sender.

Implements: ST-23
"""

from pystatus.crypto.ciphers import GCM_NONCE_SIZE, GcmKey
from pystatus.crypto.keys import COMPRESSED_SIZE, PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.secure_transport.errors import Undecryptable
from pystatus.secure_transport.messages import DirectMessage


def seal(recipient: PublicKey, plaintext: bytes, random: RandomSource) -> DirectMessage:
    """Encrypt under a fresh ephemeral key: ``AES-256-GCM ciphertext ‖ tag(16) ‖ nonce(12)``."""
    ephemeral = PrivateKey.generate(random)
    sealed = GcmKey(ephemeral.agree(recipient)).seal(plaintext, random(GCM_NONCE_SIZE))
    return DirectMessage(sealed, dh_key=ephemeral.public_key.compressed)


def unseal(identity: PrivateKey, ephemeral_key: bytes, payload: bytes) -> bytes:
    """The plaintext of what :func:`seal` made for ``identity``.

    :raises Undecryptable: a bad ephemeral key, fewer than 28 bytes, or the tag does not match.
    """
    if len(ephemeral_key) != COMPRESSED_SIZE:
        raise Undecryptable(f"an ephemeral key has {COMPRESSED_SIZE} bytes, not {len(ephemeral_key)}")
    try:
        return GcmKey(identity.agree(PublicKey.from_bytes(ephemeral_key))).open(payload)
    except RemoteError as error:
        raise Undecryptable(f"a plain Diffie-Hellman message cannot be opened: {error}") from error
