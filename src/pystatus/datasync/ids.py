"""Identifiers of data sync (datasync.md §3)."""

from __future__ import annotations

import hashlib

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError

ID_SIZE = 32
"""Bytes of a message id and of a group id."""


def message_id(group_id: bytes, timestamp: int, body: bytes) -> bytes:
    """The 32-byte id of a message: SHA-256 of ``MESSAGE_ID``, group id, time (8 bytes, little-endian, signed) and body.

    :raises LocalError: ``timestamp`` (Unix seconds) is no 64-bit number.

    Implements: DS-2
    """
    try:
        time = timestamp.to_bytes(8, "little", signed=True)
    except OverflowError as error:
        raise LocalError("A data sync timestamp is a signed 64-bit number.") from error
    return hashlib.sha256(b"MESSAGE_ID" + group_id + time + body).digest()


def one_to_one_group_id(one: PublicKey, other: PublicKey) -> bytes:
    """The 32-byte id of the group of two identities, the same from both sides; paired devices: twice oneself.

    Implements: DS-3, DS-23
    """
    first, second = sorted((one, other), key=lambda key: (key.x, key.compressed))
    return keccak256(first.compressed + second.compressed)


def peer_id(signer: PublicKey) -> bytes:
    """How data sync names a peer: the 65-byte key that signed the envelope.

    Implements: DS-23
    """
    return signer.uncompressed
