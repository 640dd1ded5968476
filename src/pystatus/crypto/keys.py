"""secp256k1 keys: the one curve of every layer, the ratchet included.

Signatures are 65 bytes ``r ‖ s ‖ v`` with ``v`` 0 or 1, deterministic (RFC 6979) and with low ``s``. Agreement is the
raw x coordinate of the shared point, 32 bytes, not hashed.
"""

from __future__ import annotations

import hmac

import coincurve
from coincurve.utils import GROUP_ORDER_INT

from pystatus.arguments import checked
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError

PRIVATE_KEY_SIZE = 32
COMPRESSED_SIZE = 33
UNCOMPRESSED_SIZE = 65
SIGNATURE_SIZE = 65
CURVE_ORDER = GROUP_ORDER_INT
"""Order of secp256k1; private keys are 1 … ``CURVE_ORDER`` - 1."""


@checked
class PublicKey:
    """A point on secp256k1. Equal when the points are equal; hashable; ordered by nothing."""

    __slots__ = ("_compressed", "_parsed", "uncompressed")

    uncompressed: bytes
    """65 bytes ``04 ‖ X ‖ Y``."""

    def __init__(self, point: coincurve.PublicKey) -> None:
        self._parsed: coincurve.PublicKey | None = point
        self._compressed: bytes | None = None
        self.uncompressed = point.format(compressed=False)

    @property
    def _point(self) -> coincurve.PublicKey:
        if self._parsed is None:
            self._parsed = coincurve.PublicKey(self.uncompressed)
        return self._parsed

    @classmethod
    def from_bytes(cls, data: bytes) -> PublicKey:
        """Parse a point of 33 bytes (compressed) or 65 bytes (``04 ‖ X ‖ Y``).

        :raises RemoteError: another length or format byte, or not on the curve.
        """
        size = len(data)
        known = (size == COMPRESSED_SIZE and data[0] in (2, 3)) or (size == UNCOMPRESSED_SIZE and data[0] == 4)
        if not known:
            raise RemoteError(f"a public key has 33 or 65 bytes with a matching prefix, not {size} bytes")
        try:
            return cls(coincurve.PublicKey(bytes(data)))
        except ValueError as error:
            raise RemoteError("public key is not a point of secp256k1") from error

    @classmethod
    def from_xy(cls, data: bytes) -> PublicKey:
        """Parse the 64 bytes ``X ‖ Y``, the form of devp2p node ids.

        :raises RemoteError: not 64 bytes, or not on the curve.
        """
        return cls.from_bytes(b"\x04" + data)

    @classmethod
    def recover(cls, digest: bytes, signature: bytes) -> PublicKey:
        """The signer of the 32-byte ``digest``. ``v`` may be 0, 1, 27 or 28.

        :raises RemoteError: wrong sizes, or no key can have made this signature.

        Implements: WD-5, WD-7
        """
        if len(signature) != SIGNATURE_SIZE or len(digest) != 32:
            raise RemoteError("a recoverable signature has 65 bytes over a digest of 32")
        v = signature[64]
        if v >= 27:
            v -= 27
            signature = signature[:64] + bytes([v & 0xFF])
        if v > 1:
            raise RemoteError("recovery id of a signature is 0, 1, 27 or 28")
        try:
            return cls(coincurve.PublicKey.from_signature_and_message(bytes(signature), digest, hasher=None))
        except Exception as error:  # coincurve raises bare Exception when recovery fails
            raise RemoteError("no public key can be recovered from this signature") from error

    @property
    def compressed(self) -> bytes:
        """33 bytes, ``02`` or ``03`` and X."""
        if self._compressed is None:
            self._compressed = bytes([2 + (self.uncompressed[64] & 1)]) + self.uncompressed[1:33]
        return self._compressed

    @property
    def xy(self) -> bytes:
        """64 bytes ``X ‖ Y``: the node id of devp2p."""
        return self.uncompressed[1:]

    @property
    def x(self) -> int:
        """The x coordinate."""
        return int.from_bytes(self.uncompressed[1:33], "big")

    @property
    def hex(self) -> str:
        """``0x04…``, 132 characters: how the messenger names a person."""
        return "0x" + self.uncompressed.hex()

    def has_signed(self, digest: bytes, signature: bytes) -> bool:
        """Whether this key has made the 64 bytes ``r ‖ s`` over a 32-byte digest: where no ``v`` is sent, or is not
        to be relied on."""
        for v in range(2):
            try:
                if PublicKey.recover(digest, signature + bytes([v])) == self:
                    return True
            except RemoteError:
                continue  # there may be a key for the other v
        return False

    def has_signed_der(self, message: bytes, signature: bytes) -> bool:
        """Whether this key has made the ECDSA signature (ASN.1 DER, low ``s``) over the SHA-256 of ``message``: what
        other software means by a secp256k1 signature."""
        try:
            return self._point.verify(signature, message)
        except ValueError:  # not DER
            return False

    def multiply(self, scalar: bytes) -> bytes:
        """The x coordinate of ``scalar`` (a private key's 32 bytes) times this point, 32 bytes.

        :raises LocalError: not the secret of a private key.
        """
        try:
            return self._point.multiply(scalar).format(compressed=True)[1:]
        except ValueError as error:
            raise LocalError("A scalar to multiply with is the secret of a private key.") from error

    def add(self, scalar: bytes) -> PublicKey:
        """This point plus ``scalar`` (32 bytes) times the generator: the public half of :meth:`PrivateKey.add`.

        :raises LocalError: the scalar is not below the curve order, or the sum is the point at infinity.
        """
        if len(scalar) != PRIVATE_KEY_SIZE:
            raise LocalError("A scalar to add has 32 bytes.")
        try:
            return PublicKey(self._point.add(scalar))
        except ValueError as error:
            raise LocalError("This scalar cannot be added to this public key.") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.uncompressed == other.uncompressed

    def __hash__(self) -> int:
        return hash(self.uncompressed)

    def __repr__(self) -> str:
        return f"PublicKey({self.compressed.hex()})"


def stored_key(uncompressed: bytes) -> PublicKey:
    """A key of 65 bytes that was one when it was stored. It is not parsed until it is worked with: a list of thousands
    of people is only shown."""
    made = PublicKey.__new__(PublicKey)
    made._parsed = made._compressed = None
    made.uncompressed = uncompressed
    return made


def is_low(signature: bytes) -> bool:
    """Whether the ``s`` of a signature (``r ‖ s ‖ v``) is the lower one of the two that verify. Signers make no other;
    anybody can turn one into the other."""
    return 2 * int.from_bytes(signature[32:64], "big") < CURVE_ORDER


@checked
class PrivateKey:
    """A secp256k1 scalar. Equal when the scalars are equal; its ``repr`` never shows the secret."""

    __slots__ = ("_key", "_public", "secret")

    secret: bytes
    """The 32-byte scalar. Never log it."""

    def __init__(self, secret: bytes) -> None:
        """
        :raises LocalError: not 32 bytes, zero, or not below the curve order.
        """
        if len(secret) != PRIVATE_KEY_SIZE or not 0 < int.from_bytes(secret, "big") < CURVE_ORDER:
            raise LocalError("A private key is 32 bytes between 1 and the order of secp256k1.")
        self.secret = bytes(secret)
        self._key = coincurve.PrivateKey(self.secret)
        self._public: PublicKey | None = None

    @classmethod
    def generate(cls, random: RandomSource) -> PrivateKey:
        """A new key: 32 bytes of ``random`` at a time until they are in range."""
        while True:
            secret = random(PRIVATE_KEY_SIZE)
            if 0 < int.from_bytes(secret, "big") < CURVE_ORDER:
                return cls(secret)

    @property
    def public_key(self) -> PublicKey:
        if self._public is None:
            self._public = PublicKey(self._key.public_key)
        return self._public

    def sign(self, digest: bytes) -> bytes:
        """65 bytes ``r ‖ s ‖ v`` (v 0 or 1) over a 32-byte digest, which is not hashed again.

        Implements: WD-5, WD-6
        """
        if len(digest) != 32:
            raise LocalError("A signature is of a digest of 32 bytes.")
        return self._key.sign_recoverable(digest, hasher=None)

    def sign_der(self, message: bytes) -> bytes:
        """ECDSA over the SHA-256 of ``message``, deterministic, ASN.1 DER: at most 72 bytes."""
        return self._key.sign(message)

    def agree(self, public_key: PublicKey) -> bytes:
        """Diffie-Hellman: the x coordinate of the shared point, 32 bytes, leading zeros kept, not hashed."""
        return public_key.multiply(self.secret)

    def add(self, scalar: bytes) -> PrivateKey:
        """The key whose secret is this one plus ``scalar`` (32 bytes), modulo the curve order.

        :raises LocalError: the scalar is not below the curve order, or the sum is zero.
        """
        if len(scalar) != PRIVATE_KEY_SIZE:
            raise LocalError("A scalar to add has 32 bytes.")
        try:
            return PrivateKey(self._key.add(scalar).secret)
        except ValueError as error:
            raise LocalError("This scalar cannot be added to this private key.") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PrivateKey) and hmac.compare_digest(self.secret, other.secret)

    def __hash__(self) -> int:
        return hash(self.public_key)

    def __repr__(self) -> str:
        return f"PrivateKey(of {self.public_key!r})"
