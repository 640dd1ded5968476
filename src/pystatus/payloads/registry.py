"""From the type number of a wrapper to the typed payload. All that a new type needs is a module of this package that
declares it."""

from __future__ import annotations

from collections.abc import Mapping

from pystatus import payloads
from pystatus.crypto.keys import PublicKey
from pystatus.declarations import modules
from pystatus.payloads.checks import InvalidPayload
from pystatus.payloads.payload import REGISTERED, Author, Payload
from pystatus.payloads.wrapper import ApplicationMessage

tuple(modules(payloads))  # each is loaded, and has declared what is in it

PAYLOADS: Mapping[int, type[Payload]] = REGISTERED
"""Every payload that people and their devices exchange. Push traffic (types 16 to 21) belongs to its own layer."""


def decode_payload(payload_type: int, data: bytes) -> Payload | None:
    """The typed payload, or None for a type that is not known here: such messages are ignored (accretion rule).

    :raises RemoteError: the bytes are not the payload of this type.

    Implements: PL-19
    """
    payload = PAYLOADS.get(payload_type)
    return payload.decode(data) if payload else None


def check_author(message: ApplicationMessage, transport_signer: PublicKey, own: PublicKey) -> None:
    """Refuse a message whose author may not say such a thing through ``transport_signer`` to ``own`` (A38).

    :raises InvalidPayload: relayed although its type must come from its author, or a device message of somebody else.
    """
    payload = PAYLOADS.get(message.type)
    author = Author.ANYONE if payload is None else payload.AUTHOR
    if author is Author.SENDER and message.author != transport_signer:
        raise InvalidPayload("the author of the message is not the one who sent it")
    if author is Author.OURSELVES and message.author != own:
        raise InvalidPayload("only our own devices may send this")
