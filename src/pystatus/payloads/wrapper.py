"""ApplicationMetadataMessage: the signed wrapper around every payload (6/PAYLOADS; payloads.md §2).

The signature covers the payload and nothing else: neither the type nor the recipient. What may therefore not be
believed is in :meth:`pystatus.payloads.payload.Payload.check_author`.

The id of a message is a hash of the whole wrapper. So who hands on the words of somebody else could change a byte that
the signature does not cover, and have another message of the same author, as often as they like. Only the author may
send a wrapper in any bytes; from everybody else the one form that follows from what is signed is taken.
"""

from __future__ import annotations

from typing import cast

from pystatus.crypto.hashing import keccak_state
from pystatus.crypto.keys import SIGNATURE_SIZE, PrivateKey, PublicKey, is_low
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass
from pystatus.wire.proto import payloads_pb2
from pystatus.wire.protobuf import parse


@dataclass(frozen=True, slots=True)
class ApplicationMessage:
    """A received wrapper, its author known but nothing of the payload believed yet.

    ``signed`` is False when the wrapper carried no signature and ``author`` is only who sent it: such a message is
    deniable and must not be relayed. ``id`` is 32 bytes. ``type`` is a :class:`~pystatus.payloads.kinds.PayloadType` or
    a newer number. ``signature`` is 65 bytes if there is one.
    """

    author: PublicKey
    signed: bool
    id: bytes
    type: int
    payload: bytes
    signature: bytes = b""
    is_altered: bool = False
    """Somebody else than the author has sent it, in other bytes than those that follow from what is signed: so its id
    may be one of many. It is no message of the author's."""


def message_id(wrapped: bytes, author: PublicKey | None) -> bytes:
    """The 32-byte id of the ``wrapped`` bytes exactly as sent; ``author`` is None for an unsigned wrapper.

    The whole wrapper is hashed, unknown fields included, so everybody must get and keep the same bytes: wrap once, and
    send those bytes to every recipient and at every repetition. Unsigned ones have no key in the hash (decisions.md,
    application 32).

    Implements: PL-4
    """
    return keccak_state(author.uncompressed + wrapped if author else wrapped).digest()


def wrap(payload: bytes, payload_type: int, author: PrivateKey | None) -> bytes:
    """Wrap an encoded payload, signed by ``author`` (None: unsigned). The same arguments give the same bytes.

    :raises LocalError: ``payload_type`` is not a 32-bit number.
    """
    return wrap_signed(payload, payload_type, sign(payload, author) if author else None)


def sign(payload: bytes, author: PrivateKey) -> bytes:
    """The signature of an encoded payload, 65 bytes; the same each time.

    Implements: PL-2
    """
    return author.sign(keccak_state(payload).digest())


def wrap_signed(payload: bytes, payload_type: int, signature: bytes | None) -> bytes:
    """The wrapper of an encoded payload with the signature that its author has made of it (``None``: it has none).

    :raises LocalError: ``payload_type`` is not a 32-bit number.

    Implements: PL-1
    """
    try:
        message = payloads_pb2.ApplicationMetadataMessage(
            signature=signature,
            payload=payload,
            type=cast("payloads_pb2.ApplicationMetadataMessage.Type.ValueType", payload_type),
        )
    except ValueError as error:
        raise LocalError(f"{payload_type} is not a payload type.") from error
    return message.SerializeToString()


def recover_author(material: bytes, signature: bytes) -> PublicKey:
    """The key that signed Keccak-256(``material``) (payloads.md §2 and §3.3).

    Only v = 0 or 1 counts: 27 and 28 belong to wallet signatures, and accepting both spellings would let a third person
    make a second message, with another id, out of one signature.

    :raises RemoteError: another length or v, or no key can have made this signature.

    Implements: PL-2
    """
    if len(signature) != SIGNATURE_SIZE or signature[-1] > 1:
        raise RemoteError("a payload signature has 65 bytes, the last of them 0 or 1")
    return PublicKey.recover(keccak_state(material).digest(), signature)


def _is_as_signed(wrapped: bytes, message: payloads_pb2.ApplicationMetadataMessage) -> bool:
    """Whether these are the bytes that :func:`wrap` makes of its fields, with the one signature that signers make: of
    two that verify the one with the lower s."""
    plain = payloads_pb2.ApplicationMetadataMessage(
        signature=message.signature, payload=message.payload, type=message.type
    )
    return is_low(message.signature) and plain.SerializeToString() == wrapped


def unwrap(wrapped: bytes, transport_signer: PublicKey) -> ApplicationMessage:
    """Open a wrapper that came in an envelope signed by ``transport_signer``, its author if it is unsigned itself.

    :raises RemoteError: not the protobuf, or a signature that is present (even if empty) and gives no author.

    Implements: PL-1, PL-2
    """
    message = parse(payloads_pb2.ApplicationMetadataMessage, wrapped)
    signed = message.HasField("signature")
    author = recover_author(message.payload, message.signature) if signed else transport_signer
    is_handed_on = author != transport_signer
    if not is_handed_on:
        author = transport_signer  # the same key, whose other forms are known by now
    return ApplicationMessage(
        author=author,
        signed=signed,
        id=message_id(wrapped, author if signed else None),
        type=int(message.type),
        payload=message.payload,
        signature=message.signature,
        is_altered=is_handed_on and not _is_as_signed(wrapped, message),
    )
