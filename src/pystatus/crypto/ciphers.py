"""AES and HMAC in the forms that the protocol uses."""

import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from pystatus.errors import RemoteError

GCM_NONCE_SIZE = 12
GCM_TAG_SIZE = 16
GCM_OVERHEAD = GCM_TAG_SIZE + GCM_NONCE_SIZE
"""Bytes that a tag and a nonce add to a plaintext."""


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


WrongTag = InvalidTag
"""What an :func:`aes_gcm` key raises for a text that was sealed with another key or nonce, or was changed since."""


def aes_gcm(key: bytes) -> AESGCM:
    """An AES-256-GCM key: ``encrypt`` and ``decrypt`` take a nonce of 12 bytes that is never used twice, the text, and
    data that is authenticated besides, or None. The tag of 16 bytes is behind the ciphertext.

    Keep the object where there is more than one text: setting the key up costs more than one use of it.
    """
    return AESGCM(key)


def chacha20_poly1305(key: bytes) -> ChaCha20Poly1305:
    """A ChaCha20-Poly1305 key (RFC 8439), to be used as :func:`aes_gcm` is."""
    return ChaCha20Poly1305(key)
