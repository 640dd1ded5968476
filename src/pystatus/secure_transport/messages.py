"""The records of this layer on the wire: ProtocolMessage and what a direct message is made of (secure-transport.md
§1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.secure_transport.bundles import Bundle
from pystatus.secure_transport.config import MAX_BUNDLES, MAX_DIRECT_ENTRIES, MAX_MESSAGE_FIELDS
from pystatus.secure_transport.ratchet import RatchetHeader
from pystatus.wire.proto import secure_transport_pb2 as pb
from pystatus.wire.protobuf import parse

ANY_DEVICE = "none"
"""The key of a direct message that every device of the recipient can open."""


@dataclass(frozen=True, slots=True)
class X3dhHeader:
    """Tells the responder how to come to the session's key.

    Implements: ST-20
    """

    key: bytes
    """The initiator's ephemeral key, 33 bytes."""
    bundle_id: bytes
    """The responder's prekey that was used, 33 bytes."""


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """The ciphertext for one installation, with the headers that open it. Each header may be absent.

    Implements: ST-20, ST-22
    """

    payload: bytes
    x3dh: X3dhHeader | None = None
    ratchet: RatchetHeader | None = None
    bundle_id: bytes = b""
    """Of a ratchet message: the prekey by which the session is known, always the X3DH responder's."""
    dh_key: bytes | None = None
    """Of a plain Diffie-Hellman message: the sender's ephemeral key."""

    @classmethod
    def decode(cls, data: bytes) -> DirectMessage:
        """
        :raises RemoteError: not a protobuf message of this kind.
        """
        return cls.from_protobuf(parse(pb.DirectMessageProtocol, data))

    @classmethod
    def from_protobuf(cls, message: pb.DirectMessageProtocol) -> DirectMessage:
        """The value of a parsed direct message."""
        x3dh = ratchet = dh_key = None
        if message.HasField("X3DH_header"):
            x3dh = X3dhHeader(message.X3DH_header.key, message.X3DH_header.id)
        if message.HasField("DR_header"):
            header = message.DR_header
            ratchet = RatchetHeader(header.key, header.n, header.pn)
        if message.HasField("DH_header"):
            dh_key = message.DH_header.key
        return cls(message.payload, x3dh, ratchet, message.DR_header.id, dh_key)

    def to_protobuf(self) -> pb.DirectMessageProtocol:
        """The form to be put into another message."""
        message = pb.DirectMessageProtocol(payload=self.payload)
        if self.x3dh is not None:
            message.X3DH_header.SetInParent()
            message.X3DH_header.key = self.x3dh.key
            message.X3DH_header.id = self.x3dh.bundle_id
        if self.ratchet is not None:
            message.DR_header.SetInParent()
            message.DR_header.key = self.ratchet.key
            message.DR_header.n = self.ratchet.n
            message.DR_header.pn = self.ratchet.pn
            message.DR_header.id = self.bundle_id
        if self.dh_key is not None:
            message.DH_header.SetInParent()
            message.DH_header.key = self.dh_key
        return message

    def encode(self) -> bytes:
        return self.to_protobuf().SerializeToString(deterministic=True)


@dataclass(frozen=True, slots=True)
class ProtocolMessage:
    """The payload of a Waku message: bundles, and either a public or a direct message.

    Implements: ST-24
    """

    installation_id: str
    """The sender's; vouched for by nobody but the signer of the Waku message."""
    bundles: tuple[Bundle, ...] = ()
    """Of one that was received, the first :data:`~pystatus.secure_transport.config.MAX_BUNDLES` and one more."""
    direct: Mapping[str, DirectMessage] = field(default_factory=dict)
    """By the recipient's installation id, or :data:`ANY_DEVICE`."""
    public: bytes = b""
    """Cleartext. Empty cannot be told from absent."""

    @classmethod
    def decode(cls, data: bytes) -> ProtocolMessage:
        """Parse; unknown fields are ignored, nothing is verified or decrypted.

        :raises RemoteError: not protobuf, text that is not UTF-8, more than 128 direct entries, or more fields than
            any message with so many has.
        """
        message = parse(pb.ProtocolMessage, data, MAX_MESSAGE_FIELDS)
        if len(message.direct_message) > MAX_DIRECT_ENTRIES:
            raise RemoteError(f"a direct message for {len(message.direct_message)} installations")
        return cls(
            message.installation_id,
            tuple(Bundle.from_protobuf(bundle) for bundle in message.bundles[: MAX_BUNDLES + 1]),
            {key: DirectMessage.from_protobuf(entry) for key, entry in message.direct_message.items()},
            message.public_message,
        )

    def encode(self) -> bytes:
        message = pb.ProtocolMessage(installation_id=self.installation_id, public_message=self.public)
        message.bundles.extend(bundle.to_protobuf() for bundle in self.bundles)
        for key, entry in self.direct.items():
            message.direct_message[key].CopyFrom(entry.to_protobuf())
        return message.SerializeToString(deterministic=True)
