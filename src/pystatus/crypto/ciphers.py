"""AES and HMAC in the forms that the protocol uses."""

import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pystatus.errors import RemoteError

GCM_NONCE_SIZE = 12
GCM_TAG_SIZE = 16
GCM_OVERHEAD = GCM_TAG_SIZE + GCM_NONCE_SIZE
"""What :meth:`GcmKey.seal` adds to a plaintext, in bytes."""


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256, 32 bytes."""
    return hmac.digest(key, data, "sha256")


equal: Callable[[bytes, bytes], bool] = hmac.compare_digest
"""Compare two secrets in constant time."""


def aes_ctr(key: bytes, initial_counter: bytes, data: bytes) -> bytes:
    """AES-CTR with a full 128-bit counter: encrypts and decrypts. The key's length chooses AES-128 or AES-256."""
    return Cipher(algorithms.AES(key), modes.CTR(initial_counter)).encryptor().update(data)


def aes_ctr_stream(key: bytes, initial_counter: bytes) -> CipherContext:
    """A running AES-CTR key stream; ``update`` encrypts and decrypts."""
    return Cipher(algorithms.AES(key), modes.CTR(initial_counter)).encryptor()


def aes_cbc_decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Decrypt AES-CBC with PKCS #7 padding; read only, for key files of version 1.

    :raises RemoteError: not whole blocks, or bad padding.
    """
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(algorithms.AES.block_size).unpadder()
    try:
        padded = decryptor.update(data) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise RemoteError("AES-CBC text is cut short or wrongly padded") from error


def aes_ecb_stream(key: bytes) -> CipherContext:
    """AES on single blocks, as the RLPx MAC uses it; ``update`` takes 16 bytes."""
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - one block, asked for by RLPx


class GcmKey:
    """AES-256-GCM without additional data, in Status' layout ``ciphertext ‖ tag(16) ‖ nonce(12)``.

    Keep the object: setting up the key costs more than one use of it.
    """

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plaintext: bytes, nonce: bytes) -> bytes:
        """Encrypt under ``nonce`` (12 bytes, never used twice with one key)."""
        return self._aead.encrypt(nonce, plaintext, None) + nonce

    def open(self, sealed: bytes) -> bytes:
        """Decrypt what :meth:`seal` made.

        :raises RemoteError: too short, or not sealed with this key.
        """
        if len(sealed) < GCM_OVERHEAD:
            raise RemoteError("AES-GCM text is shorter than its tag and nonce")
        try:
            return self._aead.decrypt(sealed[-GCM_NONCE_SIZE:], sealed[:-GCM_NONCE_SIZE], None)
        except InvalidTag as error:
            raise RemoteError("AES-GCM tag does not match") from error
