"""Grants: what somebody signs so that others believe that a server may notify them (push-notifications.md §2)."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.wrapper import recover_author, sign


def _material(person: PublicKey, server: PublicKey, access_token: str) -> bytes:
    return person.compressed + server.compressed + access_token.encode()


def grant(person: PrivateKey, server: PublicKey, access_token: str) -> bytes:
    """The grant of ``person`` for one server and one token, 65 bytes.

    Implements: PN-11
    """
    return sign(_material(person.public_key, server, access_token), person)


def is_granted(signature: bytes, person: PublicKey, server: PublicKey, access_token: str) -> bool:
    """Whether ``signature`` is that grant.

    Implements: PN-11
    """
    try:
        return recover_author(_material(person, server, access_token), signature) == person
    except RemoteError:
        return False
