"""ECIES over secp256k1 as devp2p and Waku use it: AES-128-CTR and HMAC-SHA-256 (overlay.md §2.1, 7/WAKU-DATA).

``ephemeral key(65) ‖ iv(16) ‖ ciphertext ‖ tag(32)``
"""

import hashlib

from pystatus.crypto.ciphers import aes_ctr, equal, hmac_sha256
from pystatus.crypto.keys import UNCOMPRESSED_SIZE, PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError

IV_SIZE = 16
TAG_SIZE = 32
OVERHEAD = UNCOMPRESSED_SIZE + IV_SIZE + TAG_SIZE
"""What :func:`encrypt` adds to a plaintext, in bytes."""

_UNCOMPRESSED_POINT = 4


def _keys(shared: bytes) -> tuple[bytes, bytes]:
    material = hashlib.sha256(b"\x00\x00\x00\x01" + shared).digest()
    return material[:16], hashlib.sha256(material[16:]).digest()


def encrypt(recipient: PublicKey, plaintext: bytes, random: RandomSource, mac_data: bytes = b"") -> bytes:
    """Encrypt to ``recipient``. ``mac_data`` is authenticated and not sent."""
    ephemeral = PrivateKey.generate(random)
    encryption_key, mac_key = _keys(ephemeral.agree(recipient))
    body = random(IV_SIZE)
    body += aes_ctr(encryption_key, body, plaintext)
    return ephemeral.public_key.uncompressed + body + hmac_sha256(mac_key, body + mac_data)


def decrypt(key: PrivateKey, data: bytes, mac_data: bytes = b"") -> bytes:
    """Decrypt what was encrypted to ``key``. An empty plaintext is refused, as the reference does.

    :raises RemoteError: too short, a bad ephemeral point, or a tag that does not match.
    """
    if len(data) <= OVERHEAD:
        raise RemoteError(f"ECIES text of {len(data)} bytes holds no message")
    if data[0] != _UNCOMPRESSED_POINT:
        raise RemoteError("ECIES text does not begin with an uncompressed point")
    ephemeral = PublicKey.from_bytes(data[:UNCOMPRESSED_SIZE])
    encryption_key, mac_key = _keys(key.agree(ephemeral))
    body = data[UNCOMPRESSED_SIZE:-TAG_SIZE]
    if not equal(hmac_sha256(mac_key, body + mac_data), data[-TAG_SIZE:]):
        raise RemoteError("ECIES tag does not match")
    return aes_ctr(encryption_key, body[:IV_SIZE], body[IV_SIZE:])
