"""Messages under one Diffie-Hellman agreement, for people of whom no bundle is known (secure-transport.md §5).

Every device of the recipient can open them. No forward secrecy, and only the Waku signature vouches for the sender.

Implements: ST-23
"""

from pystatus.crypto.ciphers import GCM_NONCE_SIZE, GCM_OVERHEAD, WrongTag, aes_gcm
from pystatus.crypto.keys import COMPRESSED_SIZE, PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.secure_transport.errors import Undecryptable
from pystatus.secure_transport.messages import DirectMessage

_NOT_OPENED = "a plain Diffie-Hellman message cannot be opened"


def seal(recipient: PublicKey, plaintext: bytes, random: RandomSource) -> DirectMessage:
    """Encrypt under a fresh ephemeral key: ``AES-256-GCM ciphertext ‖ tag(16) ‖ nonce(12)``."""
    ephemeral = PrivateKey.generate(random)
    nonce = random(GCM_NONCE_SIZE)
    sealed = aes_gcm(ephemeral.agree(recipient)).encrypt(nonce, plaintext, None)
    return DirectMessage(sealed + nonce, dh_key=ephemeral.public_key.compressed)


def unseal(identity: PrivateKey, ephemeral_key: bytes, payload: bytes) -> bytes:
    """The plaintext of what :func:`seal` made for ``identity``.

    :raises Undecryptable: a bad ephemeral key, fewer than 28 bytes, or the tag does not match.
    """
    if len(ephemeral_key) != COMPRESSED_SIZE:
        raise Undecryptable(f"an ephemeral key has {COMPRESSED_SIZE} bytes, not {len(ephemeral_key)}")
    if len(payload) < GCM_OVERHEAD:
        raise Undecryptable(f"{_NOT_OPENED}: AES-GCM text is shorter than its tag and nonce")
    try:
        key = aes_gcm(identity.agree(PublicKey.from_bytes(ephemeral_key)))
        return key.decrypt(payload[-GCM_NONCE_SIZE:], payload[:-GCM_NONCE_SIZE], None)
    except RemoteError as error:
        raise Undecryptable(f"{_NOT_OPENED}: {error}") from error
    except WrongTag as error:
        raise Undecryptable(f"{_NOT_OPENED}: AES-GCM tag does not match") from error
