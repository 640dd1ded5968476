"""Keys derived from a seed: BIP-32, and the paths that Status uses (account.md §2.2, §2.3).

Implements: AC-1, EI-2
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import field
from enum import Enum

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.ripemd160 import ripemd160
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.wire import multibase

HARDENED = 1 << 31
"""Added to the index of a hardened child, which only the private key can derive."""
MAX_INDEX_DIGITS = 10
"""Decimal digits of 2^31 - 1; checked first because reading a number takes time quadratic in its digits."""
MAX_DEPTH = 255
"""Generations below the master key: the serialised form has one byte for it."""
MIN_SEED_SIZE = 16
MAX_SEED_SIZE = 64
"""Bytes of a seed (BIP-32)."""

_MASTER_SECRET = b"Bitcoin seed"
_PRIVATE_VERSION = bytes.fromhex("0488ade4")
_PUBLIC_VERSION = bytes.fromhex("0488b21e")
_SERIALISED_SIZE = 78
_CHECKSUM_SIZE = 4
_NO_PARENT = bytes(4)


class InvalidIndex(LocalError):
    """This one index has no key (a chance of 2^-127): take the next one."""


class Start(Enum):
    """Where a path starts."""

    MASTER = "m"
    CURRENT = "."
    PARENT = ".."


@dataclass(frozen=True, slots=True)
class Path:
    """A derivation path: where it starts and the child indexes that it goes down, hardened ones from 2^31."""

    start: Start
    indexes: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Path:
        """Read ``m/44'/60'/0'/0``: ``m``, ``..``, ``.`` or nothing, then numbers below 2^31, each perhaps with ``'``.

        :raises LocalError: anything else, with the position counted from 1.
        """

        def wrong(offset: int, why: str) -> LocalError:
            # As the reference counts: from 1, and the last character where the text ends too early.
            return LocalError(f"The derivation path {text!r} is wrong at position {min(offset + 1, len(text))}: {why}.")

        first, separator, rest = text.partition("/")
        start = next((start for start in Start if start.value == first), None)
        offset = len(first) + 1
        if start is None:
            start, rest, offset = Start.CURRENT, text, 0
        elif separator and not rest:
            raise wrong(offset, "a number is missing")
        indexes = []
        for component in rest.split("/") if rest else ():
            digits, hardened, behind = component.partition("'")
            for position, character in enumerate(digits, offset):
                if not "0" <= character <= "9":
                    raise wrong(position, f"{character!r} stands where a number is expected")
            if not digits:
                raise wrong(offset, "a number is missing")
            if behind:
                raise wrong(offset + len(digits) + 1, f"{behind[0]!r} stands where '/' is expected")
            significant = digits.lstrip("0") or "0"
            if len(significant) > MAX_INDEX_DIGITS or int(significant) >= HARDENED:
                raise wrong(offset, "an index must be below 2^31")
            indexes.append(int(significant) + (HARDENED if hardened else 0))
            offset += len(component) + 1
        return cls(start, tuple(indexes))

    def __str__(self) -> str:
        steps = [f"{index - HARDENED}'" if index >= HARDENED else str(index) for index in self.indexes]
        return "/".join([self.start.value, *steps])


MASTER = Path.parse("m")
WALLET_ROOT = Path.parse("m/44'/60'/0'/0")
"""From here wallet keys are derived without the phrase."""
DEFAULT_WALLET = Path.parse("m/44'/60'/0'/0/0")
EIP1581_ROOT = Path.parse("m/43'/60'/1581'")
"""From here keys that hold no money are derived without the phrase. The reference's path parser forgets the last
apostrophe and stores the key of ``m/43'/60'`` instead (tests/vectors/README.md fact 60); chat keys are the same either
way.

Implements: EI-20
"""
CHAT = Path.parse("m/43'/60'/1581'/0'/0")
"""The identity key.

Implements: ST-45, AC-2
"""
ENCRYPTION = Path.parse("m/43'/60'/1581'/1'/0")
"""The database key of Keycard accounts."""


def wallet_path(index: int) -> Path:
    """The path of wallet account ``index``, counted from 0.

    :raises LocalError: not below 2^31.

    Implements: AC-3
    """
    return Path.parse(f"{WALLET_ROOT}/{index}")


def key_uid(master: PublicKey) -> str:
    """The name of a multiaccount: ``0x`` and the SHA-256 of its uncompressed master public key.

    Implements: AC-29
    """
    return "0x" + hashlib.sha256(master.uncompressed).hexdigest()


@dataclass(frozen=True, slots=True)
class ExtendedPublicKey:
    """A public key with its chain code: derives the public keys of children that are not hardened."""

    key: PublicKey
    chain_code: bytes = field(repr=False)
    depth: int = 0
    parent_fingerprint: bytes = _NO_PARENT
    index: int = 0

    @property
    def fingerprint(self) -> bytes:
        """4 bytes that children name this key by."""
        return _fingerprint(self.key)

    def child(self, index: int) -> ExtendedPublicKey:
        """The public key of child ``index``.

        :raises LocalError: hardened, or too deep.
        :raises InvalidIndex: this index has no key.
        """
        if index >= HARDENED:
            raise LocalError("A hardened child key cannot be derived from a public key.")
        scalar, chain_code = _derive(self.chain_code, self.key.compressed, index, self.depth)
        try:
            key = self.key.add(scalar)
        except LocalError as error:
            raise InvalidIndex(f"There is no child key {index}. Take the next index.") from error
        return ExtendedPublicKey(key, chain_code, self.depth + 1, self.fingerprint, index)

    def derive(self, path: Path | str) -> ExtendedPublicKey:
        """The key at ``path`` below this one.

        :raises LocalError: as :meth:`child`; the path is wrong, or starts at the master key or the parent and this
            is not the master key.
        """
        key = self
        for index in _indexes_below(path, self.depth):
            key = key.child(index)
        return key

    def encode(self) -> str:
        """The ``xpub…`` text (BIP-32)."""
        return _serialise(_PUBLIC_VERSION, self, self.key.compressed)

    @classmethod
    def decode(cls, text: str) -> ExtendedPublicKey:
        """Read an ``xpub…`` text.

        :raises RemoteError: not one.
        """
        depth, fingerprint, index, chain_code, data = _deserialise(_PUBLIC_VERSION, text)
        return cls(PublicKey.from_bytes(data), chain_code, depth, fingerprint, index)


@dataclass(frozen=True, slots=True, repr=False)
class ExtendedKey:
    """A private key with its chain code: derives all of its children. Its ``repr`` never shows the secrets."""

    key: PrivateKey
    chain_code: bytes
    depth: int = 0
    parent_fingerprint: bytes = _NO_PARENT
    index: int = 0

    @classmethod
    def from_seed(cls, seed: bytes) -> ExtendedKey:
        """The master key of a seed of 16 to 64 bytes.

        :raises LocalError: another size, or (a chance of 2^-127) a seed without a key.
        """
        if not MIN_SEED_SIZE <= len(seed) <= MAX_SEED_SIZE:
            raise LocalError(f"A seed has {MIN_SEED_SIZE} to {MAX_SEED_SIZE} bytes, not {len(seed)}.")
        material = hmac.digest(_MASTER_SECRET, seed, "sha512")
        return cls(PrivateKey(material[:32]), material[32:])

    @property
    def public(self) -> ExtendedPublicKey:
        """The public half (in BIP-32's words: neutered)."""
        return ExtendedPublicKey(self.key.public_key, self.chain_code, self.depth, self.parent_fingerprint, self.index)

    def child(self, index: int) -> ExtendedKey:
        """Child ``index``; hardened from 2^31.

        :raises LocalError: an index outside 0 … 2^32 - 1, or too deep.
        :raises InvalidIndex: this index has no key.
        """
        data = b"\0" + self.key.secret if index >= HARDENED else self.key.public_key.compressed
        scalar, chain_code = _derive(self.chain_code, data, index, self.depth)
        try:
            key = self.key.add(scalar)
        except LocalError as error:
            raise InvalidIndex(f"There is no child key {index}. Take the next index.") from error
        return ExtendedKey(key, chain_code, self.depth + 1, _fingerprint(self.key.public_key), index)

    def derive(self, path: Path | str) -> ExtendedKey:
        """The key at ``path`` below this one.

        :raises LocalError: as :meth:`child`; the path is wrong, or starts at the master key or the parent and this
            is not the master key.
        """
        key = self
        for index in _indexes_below(path, self.depth):
            key = key.child(index)
        return key

    def encode(self) -> str:
        """The ``xprv…`` text (BIP-32). Never log it."""
        return _serialise(_PRIVATE_VERSION, self, b"\0" + self.key.secret)

    @classmethod
    def decode(cls, text: str) -> ExtendedKey:
        """Read an ``xprv…`` text.

        :raises RemoteError: not one.
        """
        depth, fingerprint, index, chain_code, data = _deserialise(_PRIVATE_VERSION, text)
        if data[0] != 0:
            raise RemoteError("an extended private key holds something else than a private key")
        try:
            key = PrivateKey(data[1:])
        except LocalError as error:
            raise RemoteError("an extended private key is out of range") from error
        return cls(key, chain_code, depth, fingerprint, index)

    def __repr__(self) -> str:
        return f"ExtendedKey(of {self.key.public_key!r}, depth={self.depth})"


def _fingerprint(key: PublicKey) -> bytes:
    return ripemd160(hashlib.sha256(key.compressed).digest())[:4]


def _derive(chain_code: bytes, data: bytes, index: int, depth: int) -> tuple[bytes, bytes]:
    if depth >= MAX_DEPTH:
        raise LocalError(f"Keys are derived at most {MAX_DEPTH} generations deep.")
    if not 0 <= index < 1 << 32:
        raise LocalError("The index of a child key is a number from 0 to 2^32 - 1.")
    material = hmac.digest(chain_code, data + index.to_bytes(4, "big"), "sha512")
    return material[:32], material[32:]


def _indexes_below(path: Path | str, depth: int) -> tuple[int, ...]:
    if isinstance(path, str):
        path = Path.parse(path)
    if path.start is Start.PARENT or (path.start is Start.MASTER and depth > 0):
        raise LocalError(f"The path {path} does not start at this key, but above it.")
    return path.indexes


def _serialise(version: bytes, key: ExtendedKey | ExtendedPublicKey, data: bytes) -> str:
    payload = b"".join(
        (
            version,
            bytes((key.depth,)),
            key.parent_fingerprint,
            key.index.to_bytes(4, "big"),
            key.chain_code,
            data,
        )
    )
    return multibase.encode("z", payload + _checksum(payload))[1:]


def _deserialise(version: bytes, text: str) -> tuple[int, bytes, int, bytes, bytes]:
    data = multibase.decode("z" + text)
    payload, checksum = data[:-_CHECKSUM_SIZE], data[-_CHECKSUM_SIZE:]
    if len(payload) != _SERIALISED_SIZE or checksum != _checksum(payload):
        raise RemoteError("an extended key is cut short or mistyped")
    if payload[:4] != version:
        raise RemoteError("an extended key of another kind")
    depth, fingerprint, index = payload[4], payload[5:9], int.from_bytes(payload[9:13], "big")
    if depth == 0 and (fingerprint != _NO_PARENT or index != 0):
        raise RemoteError("an extended master key has no parent and no index")
    return depth, fingerprint, index, payload[13:45], payload[45:]


def _checksum(payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:_CHECKSUM_SIZE]
