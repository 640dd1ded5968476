"""Prekey bundles: their bytes, their signature, and which of them may be stored (secure-transport.md §1.2-1.4, §2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import COMPRESSED_SIZE, SIGNATURE_SIZE, PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.secure_transport.config import (
    MAX_BUNDLE_ENTRIES,
    MAX_INSTALLATION_ID,
    MAX_PRE_KEY_VERSION,
    MIN_TIMESTAMP,
)
from pystatus.secure_transport.errors import BadBundle
from pystatus.wire.proto import secure_transport_pb2 as pb
from pystatus.wire.protobuf import parse

PROTOCOL_VERSION = 1
"""What we announce in our bundles: we can use a negotiated topic (secure-transport.md §6.6)."""


@dataclass(frozen=True, slots=True)
class SignedPreKey:
    """The entry of one installation in a bundle."""

    installation_id: str
    public: bytes
    """The prekey, 33 bytes, which is also the bundle id of every session begun with it."""
    version: int
    protocol_version: int = PROTOCOL_VERSION
    """Highest protocol version of the installation; not covered by the signature."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The prekeys of one identity's installations, signed by the identity.

    Implements: ST-7, ST-15, AC-4
    """

    identity: bytes
    """The identity key, 33 bytes."""
    signed_pre_keys: tuple[SignedPreKey, ...]
    """In byte order of the installation ids."""
    timestamp: int
    """Unix nanoseconds of signing; 0 in bundles of very old clients, which do not sign it."""
    signature: bytes
    """65 bytes ``r ‖ s ‖ v`` with ``v`` 0 or 1."""

    @classmethod
    def sign(cls, identity: PrivateKey, pre_keys: Iterable[SignedPreKey], timestamp: int) -> Bundle:
        """A bundle of ``pre_keys``, signed.

        Implements: ST-6, ST-7, AC-4
        """
        entries = _sorted(pre_keys)
        signature = identity.sign(keccak256(signature_material(entries, timestamp)))
        return cls(identity.public_key.compressed, entries, timestamp, signature)

    @classmethod
    def decode(cls, data: bytes) -> Bundle:
        """Parse a serialized bundle; nothing is verified yet.

        :raises RemoteError: not a protobuf bundle.
        """
        return cls.from_protobuf(parse(pb.Bundle, data))

    @classmethod
    def from_protobuf(cls, bundle: pb.Bundle) -> Bundle:
        """The value of a parsed bundle."""
        entries = _sorted(
            SignedPreKey(installation_id, entry.signed_pre_key, entry.version, entry.protocol_version)
            for installation_id, entry in bundle.signed_pre_keys.items()
        )
        return cls(bundle.identity, entries, bundle.timestamp, bundle.signature)

    def to_protobuf(self) -> pb.Bundle:
        """The form to be put into another message."""
        return pb.Bundle(
            identity=self.identity,
            signed_pre_keys={
                entry.installation_id: pb.SignedPreKey(
                    signed_pre_key=entry.public, version=entry.version, protocol_version=entry.protocol_version
                )
                for entry in self.signed_pre_keys
            },
            signature=self.signature,
            timestamp=self.timestamp,
        )

    def without_negotiation(self) -> Bundle:
        """The same bundle, of installations that do not say that they can use a negotiated topic (secure-transport.md
        §6.6)."""
        return replace(self, signed_pre_keys=tuple(replace(one, protocol_version=0) for one in self.signed_pre_keys))

    def encode(self) -> bytes:
        """The serialized form. With several entries their order in it is undefined, as in every protobuf map."""
        return self.to_protobuf().SerializeToString(deterministic=True)

    def verify(self) -> PublicKey:
        """The identity, if the signature is its own (secure-transport.md §2.3).

        :raises BadBundle: the identity is no key, or did not sign this.

        Implements: ST-17
        """
        if len(self.identity) != COMPRESSED_SIZE:
            raise BadBundle(f"a bundle's identity has {COMPRESSED_SIZE} bytes, not {len(self.identity)}")
        if len(self.signature) != SIGNATURE_SIZE or self.signature[-1] > 1:
            raise BadBundle("a bundle's signature has 65 bytes and the recovery id 0 or 1")
        digest = keccak256(signature_material(self.signed_pre_keys, self.timestamp))
        try:
            identity = PublicKey.from_bytes(self.identity)
            signer = PublicKey.recover(digest, self.signature)
        except RemoteError as error:
            raise BadBundle(f"a bundle cannot be verified: {error}") from error
        if signer != identity:
            raise BadBundle("a bundle is not signed by its identity")
        return identity

    def check_limits(self) -> None:
        """The limits of secure-transport.md §2.3 that do not depend on the time; what they refuse is never stored.

        :raises BadBundle: too many entries, or one of them is out of range.
        """
        if len(self.signed_pre_keys) > MAX_BUNDLE_ENTRIES:
            raise BadBundle(f"a bundle lists {len(self.signed_pre_keys)} installations, more than {MAX_BUNDLE_ENTRIES}")
        if self.timestamp != 0 and self.timestamp < MIN_TIMESTAMP:
            raise BadBundle("a bundle's timestamp is not in nanoseconds")
        for entry in self.signed_pre_keys:
            if not is_installation_id(entry.installation_id):
                raise BadBundle(f"an installation id has 1 to {MAX_INSTALLATION_ID} bytes")
            if entry.version > MAX_PRE_KEY_VERSION:
                raise BadBundle(f"prekey version {entry.version} leaves no room for the next ones")
            if len(entry.public) != COMPRESSED_SIZE:
                raise BadBundle(f"a prekey has {COMPRESSED_SIZE} bytes, not {len(entry.public)}")
            try:
                PublicKey.from_bytes(entry.public)
            except RemoteError as error:
                raise BadBundle("a prekey is not a point of secp256k1") from error

    def entry(self, installation_id: str) -> SignedPreKey | None:
        """The entry of one installation."""
        return next((entry for entry in self.signed_pre_keys if entry.installation_id == installation_id), None)


@dataclass(frozen=True, slots=True)
class BundleContainer:
    """A bundle with the private half of its prekey. Never on the wire; the reference stores this."""

    bundle: Bundle
    private_signed_pre_key: bytes

    @classmethod
    def decode(cls, data: bytes) -> BundleContainer:
        """
        :raises RemoteError: not a protobuf container.
        """
        container = parse(pb.BundleContainer, data)
        return cls(Bundle.from_protobuf(container.bundle), container.private_signed_pre_key)

    def encode(self) -> bytes:
        return pb.BundleContainer(
            bundle=self.bundle.to_protobuf(), private_signed_pre_key=self.private_signed_pre_key
        ).SerializeToString(deterministic=True)


def signature_material(entries: Iterable[SignedPreKey], timestamp: int) -> bytes:
    """The bytes that a bundle's identity signs (secure-transport.md §2.2): no separators, and the timestamp only if it
    is not 0.

    Implements: ST-16
    """
    material = b"".join(
        entry.installation_id.encode() + entry.public + str(entry.version).encode() for entry in _sorted(entries)
    )
    return material + str(timestamp).encode() if timestamp else material


def is_installation_id(text: str) -> bool:
    """Whether ``text`` has the 1 to 64 bytes of an installation id (secure-transport.md §2.3)."""
    return 0 < len(text.encode()) <= MAX_INSTALLATION_ID


def _sorted(entries: Iterable[SignedPreKey]) -> tuple[SignedPreKey, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.installation_id.encode()))
