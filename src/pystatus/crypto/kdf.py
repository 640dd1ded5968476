"""Keys out of secrets and passwords."""

from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pystatus.errors import LocalError, library_missing

_SHA256 = hashes.SHA256()

PBKDF2_HASHES = {
    "sha1": hashes.SHA1(),  # noqa: S303 - within HMAC nothing is known against it
    "sha224": hashes.SHA224(),
    "sha256": _SHA256,
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
"""Hash functions that PBKDF2 is used with, by name."""
MAX_HKDF_SIZE = 255 * 32
"""Bytes that HKDF-SHA-256 gives at most (RFC 5869 §2.3)."""


def hkdf_sha256(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """HKDF (RFC 5869) with SHA-256; ``size`` bytes.

    :raises LocalError: more than 8,160 bytes are asked for.
    """
    if size > MAX_HKDF_SIZE:
        raise LocalError(f"HKDF gives at most {MAX_HKDF_SIZE} bytes.")
    return HKDF(_SHA256, size, salt, info).derive(secret)


def pbkdf2_sha256(password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
    """PBKDF2-HMAC-SHA-256. The library's build of OpenSSL is three times as fast as the interpreter's."""
    return pbkdf2("sha256", password, salt, iterations, size)


def pbkdf2(hash_name: str, password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
    """PBKDF2 with HMAC and the hash function ``hash_name``, one of :data:`PBKDF2_HASHES`."""
    return PBKDF2HMAC(PBKDF2_HASHES[hash_name], size, salt, iterations).derive(password)


def scrypt(password: bytes, salt: bytes, *, n: int, r: int, p: int, size: int) -> bytes:
    """scrypt (RFC 7914): ``n`` a power of two above 1; takes 128 × ``r`` × (``n`` + ``p``) bytes of memory, so bound
    them first.

    OpenSSL computes it, and the library's build of it needs a sixth to a quarter less time than the interpreter's. It
    refuses ``n`` from 2^(16 × ``r``) on, as RFC 7914 §2 wants. Others never looked: eth-account writes n = 2^18 with
    r = 1, and so does the test vector of Web3 Secret Storage. For these there has to be another library.

    :raises LocalError: it is one of these, and the other library is not installed.
    """
    derived: bytes
    if n.bit_length() <= 16 * r:
        derived = Scrypt(salt=salt, length=size, n=n, r=r, p=p).derive(password)
        _give_memory_back()
        return derived
    try:
        from Crypto.Protocol.KDF import scrypt
    except ImportError as error:
        what = f"A key file with parameters of scrypt that OpenSSL does not compute (n = {n}, r = {r}; of eth-account)"
        raise library_missing(what, "pycryptodome") from error
    unrestricted: Any = scrypt  # its stubs say that passwords are text
    derived = bytes(unrestricted(password, salt, size, N=n, r=r, p=p))
    return derived


def _give_memory_back() -> None:
    """Once some megabytes were freed, the allocator of glibc keeps as much for a next time: of a client that has opened
    its profile, a quarter of all its memory. Other allocators have no such function."""
    from ctypes import CDLL

    trim = getattr(CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
