"""What an envelope's data field holds (7/WAKU-DATA, waku.md §3).

    flags(1) | size of the payload(0..3) | payload | padding | [signature(65)]

encrypted with AES-256-GCM under a shared key, or with ECIES to one recipient. The signature covers everything before
it, and nothing of the envelope around it: neither topic nor time.

Implements: WD-1
"""

from __future__ import annotations

from typing import TypeAlias

from pystatus.crypto import ecies
from pystatus.crypto.ciphers import GCM_NONCE_SIZE, GCM_OVERHEAD, WrongTag, aes_gcm
from pystatus.crypto.hashing import keccak_state
from pystatus.crypto.keys import SIGNATURE_SIZE, PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass

SYMMETRIC_KEY_SIZE = 32
"""Bytes in a shared key."""
MAX_PAYLOAD_SIZE = (1 << 24) - 1
"""Bytes; two flag bits count the bytes of the size field, and a fourth one would fall on the signature bit."""
PADDING_BLOCK = 256
"""Plaintexts are padded to a multiple of this many bytes, so that sizes tell less.

Implements: WD-8
"""

_SIZE_MASK = 0x03
_SIGNED = 0x04


class SymmetricKey:
    """A shared key of 32 bytes. Keep the object: setting the cipher up costs more than using it. Equal by its bytes."""

    __slots__ = ("_cipher", "raw")

    raw: bytes
    """The key. Never log it."""

    def __init__(self, raw: bytes) -> None:
        """
        :raises LocalError: not 32 bytes, or all of them zero, which the reference refuses.
        """
        if len(raw) != SYMMETRIC_KEY_SIZE or not any(raw):
            raise LocalError("A symmetric key is 32 bytes which are not all zero.")
        self.raw = bytes(raw)
        self._cipher = aes_gcm(self.raw)

    def seal(self, plaintext: bytes, random: RandomSource) -> bytes:
        """``ciphertext ‖ tag(16) ‖ nonce(12)``.

        Implements: WD-2
        """
        nonce = random(GCM_NONCE_SIZE)
        return self._cipher.encrypt(nonce, plaintext, None) + nonce

    def open(self, sealed: bytes) -> bytes:
        """
        :raises RemoteError: too short, or not sealed with this key.
        """
        if len(sealed) < GCM_OVERHEAD:
            raise RemoteError("AES-GCM text is shorter than its tag and nonce")
        try:
            return self._cipher.decrypt(sealed[-GCM_NONCE_SIZE:], sealed[:-GCM_NONCE_SIZE], None)
        except WrongTag as error:
            raise RemoteError("AES-GCM tag does not match") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SymmetricKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return "SymmetricKey(…)"


SealingKey: TypeAlias = SymmetricKey | PublicKey
"""What data is sealed with: a shared key, or the recipient's public key."""
OpeningKey: TypeAlias = SymmetricKey | PrivateKey
"""What data is opened with."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What was in an envelope."""

    payload: bytes
    padding: bytes = b""
    signature: bytes | None = None
    """65 bytes, or ``None`` if unsigned."""
    signer: PublicKey | None = None
    """Recovered from the signature. Altered contents recover to another signer, they do not fail by themselves."""


def encode_plaintext(
    payload: bytes, signer: PrivateKey | None, random: RandomSource, padding: bytes | None = None
) -> bytes:
    """Lay out, pad and sign. ``padding`` is used verbatim where given, else random bytes up to a multiple of 256.

    :raises LocalError: the payload has 2^24 bytes or more.

    Implements: WD-3, WD-4, WD-5, WD-7, WD-8, WD-9
    """
    size = len(payload)
    if size > MAX_PAYLOAD_SIZE:
        raise LocalError(f"A Waku payload has at most {MAX_PAYLOAD_SIZE} bytes, not {size}.")
    size_bytes = _size_bytes(size)
    signature_size = SIGNATURE_SIZE if signer else 0
    if padding is None:
        padding = random(PADDING_BLOCK - (1 + size_bytes + size + signature_size) % PADDING_BLOCK)
    flags = size_bytes | (_SIGNED if signer else 0)
    plaintext = b"".join((bytes((flags,)), size.to_bytes(size_bytes, "little"), payload, padding))
    return plaintext + signer.sign(keccak_state(plaintext).digest()) if signer else plaintext


def sealed_size(payload_size: int) -> int:
    """Bytes of the data field with a signed payload of that many bytes for one recipient, padded as usual."""
    unpadded = 1 + _size_bytes(payload_size) + payload_size + SIGNATURE_SIZE
    return unpadded + PADDING_BLOCK - unpadded % PADDING_BLOCK + ecies.OVERHEAD


def _size_bytes(payload_size: int) -> int:
    return max(1, (payload_size.bit_length() + 7) // 8)


def decode_plaintext(plaintext: bytes) -> Contents:
    """Take a plaintext apart and recover its signer. Size field and padding need not be of the usual length.

    :raises RemoteError: cut off, a size beyond the end, or a signature that nobody can have made.

    Implements: WD-3, WD-4, WD-5, WD-9
    """
    if not plaintext:
        raise RemoteError("Waku plaintext is empty")
    flags = plaintext[0]
    end = len(plaintext)
    signature = signer = None
    if flags & _SIGNED:
        end -= SIGNATURE_SIZE
        if end <= 1:
            raise RemoteError("Waku plaintext is shorter than its signature")
        signature = plaintext[end:]
        signer = PublicKey.recover(keccak_state(plaintext[:end]).digest(), signature)
    start = 1 + (flags & _SIZE_MASK)
    stop = start + int.from_bytes(plaintext[1:start], "little")
    if start > end or stop > end:
        raise RemoteError("Waku payload is longer than its plaintext")
    return Contents(plaintext[start:stop], plaintext[stop:end], signature, signer)


def seal(
    key: SealingKey, payload: bytes, signer: PrivateKey | None, random: RandomSource, padding: bytes | None = None
) -> bytes:
    """The data field with ``payload`` for the holders of ``key``.

    :raises LocalError: the payload has 2^24 bytes or more.

    Implements: WU-24
    """
    plaintext = encode_plaintext(payload, signer, random, padding)
    if isinstance(key, SymmetricKey):
        return key.seal(plaintext, random)
    return ecies.encrypt(key, plaintext, random)


def unseal(key: OpeningKey, data: bytes) -> Contents:
    """Open a data field and recover the signer.

    :raises RemoteError: not for this key, or not well-formed.
    """
    return decode_plaintext(key.open(data) if isinstance(key, SymmetricKey) else ecies.decrypt(key, data))
