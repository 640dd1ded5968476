"""Diffie-Hellman on the curves that are not secp256k1: ephemeral keys of transports that others have designed."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError

X25519_SIZE = 32
"""Bytes of a public key, a secret and an agreed secret of X25519 (RFC 7748)."""
P256_POINT_SIZE = 65
"""Bytes ``04 ‖ X ‖ Y`` of a point of P-256."""

_P256 = ec.SECP256R1()
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P256_SECRET_SIZE = 32


class X25519Key:
    """A secret of X25519 and its public key."""

    __slots__ = ("_key", "public")

    public: bytes
    """32 bytes."""

    def __init__(self, secret: bytes) -> None:
        """
        :param secret: 32 random bytes.
        """
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @classmethod
    def generate(cls, random: RandomSource) -> X25519Key:
        """A new one."""
        return cls(random(X25519_SIZE))

    def agree(self, public: bytes) -> bytes:
        """The agreed secret, 32 bytes.

        :raises RemoteError: not 32 bytes, or a point of small order, with which everybody would agree on zero.
        """
        try:
            return self._key.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError as error:
            raise RemoteError("public key of X25519 has no 32 bytes, or is of small order") from error


class P256Key:
    """A secret of P-256 (secp256r1) and its public point."""

    __slots__ = ("_key", "public")

    public: bytes
    """65 bytes ``04 ‖ X ‖ Y``."""

    def __init__(self, secret: int) -> None:
        """
        :param secret: from 1 to the order of the curve.
        """
        self._key = ec.derive_private_key(secret, _P256)
        self.public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def generate(cls, random: RandomSource) -> P256Key:
        """A new one: 32 bytes of ``random`` at a time until they are in range."""
        while True:
            secret = int.from_bytes(random(_P256_SECRET_SIZE), "big")
            if 0 < secret < _P256_ORDER:
                return cls(secret)

    def agree(self, point: bytes) -> bytes:
        """The x coordinate of the shared point, 32 bytes.

        :raises RemoteError: not a point of the curve, or not in the form of :attr:`public`.
        """
        if len(point) != P256_POINT_SIZE or point[0] != 4:
            raise RemoteError(f"a point of P-256 has {P256_POINT_SIZE} bytes and begins with 04")
        try:
            return self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_P256, point))
        except ValueError as error:
            raise RemoteError("public key is not a point of P-256") from error
