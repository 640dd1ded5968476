"""Personal messages (EIP-191, version 0x45): what wallets sign that is no transaction (ethereum.md §7)."""

from __future__ import annotations

import re

from pystatus.account.address import address_of
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey
from pystatus.errors import RemoteError

V_OFFSET = 27
"""Added to the recovery id in what wallets return."""

_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_REQUESTED = re.compile(r"(?:0[xX](?:[0-9a-fA-F]{2})*)?")


def message_hash(message: bytes) -> bytes:
    """What is signed of a message, so that it can be no transaction.

    Implements: EI-10
    """
    return keccak256(b"\x19Ethereum Signed Message:\n%d" % len(message) + message)


def message_bytes(text: str) -> bytes:
    """The message that a text stands for: the bytes that it writes as ``0x…``, else the text itself."""
    return bytes.fromhex(text[2:]) if _HEX.fullmatch(text) else text.encode()


def requested_bytes(value: object) -> bytes:
    """The message of ``personal_sign``, which a program asks for: hexadecimal text, or nothing.

    :raises RemoteError: anything else. A text is not signed in its place: programs differ in what they mean by it.
    """
    if not isinstance(value, str) or not _REQUESTED.fullmatch(value):
        raise RemoteError("a message to sign is hexadecimal text that begins with 0x")
    return bytes.fromhex(value[2:])


def with_v27(signature: bytes) -> bytes:
    """A signature of 65 bytes with 27 or 28 at its end, as wallets return it, from one with 0 or 1."""
    return signature[:-1] + bytes([signature[-1] + V_OFFSET])


def recover(message: bytes, signature: bytes) -> bytes:
    """The address of the signer of a message. Every signature gives one, so compare it.

    :raises RemoteError: not 65 bytes with 27 or 28 at their end, or no key can have made it.

    Implements: EI-10
    """
    if len(signature) != SIGNATURE_SIZE or signature[-1] not in (V_OFFSET, V_OFFSET + 1):
        raise RemoteError("a signature of a message has 65 bytes, the last of them 27 or 28")
    return address_of(PublicKey.recover(message_hash(message), signature))
