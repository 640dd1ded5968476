"""What is sealed between two keys: registrations for a server, tokens for contacts (push-notifications.md §2)."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.crypto.ciphers import GCM_NONCE_SIZE, WrongTag, aes_gcm
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError


def seal(own: PrivateKey, other: PublicKey, text: bytes, random: RandomSource) -> bytes:
    """``nonce ‖ ciphertext ‖ tag``, which both keys open."""
    nonce = random(GCM_NONCE_SIZE)
    return nonce + aes_gcm(own.agree(other)).encrypt(nonce, text, None)


def unsealer(own: PrivateKey, other: PublicKey) -> Callable[[bytes], bytes]:
    """What opens texts that are sealed between two keys: the keys are agreed on once, however many texts there are. It
    raises what :func:`unseal` does.

    Implements: PN-4
    """
    key = aes_gcm(own.agree(other))

    def unseal_one(sealed: bytes) -> bytes:
        if len(sealed) < GCM_NONCE_SIZE:
            raise RemoteError("what is sealed begins with a nonce of 12 bytes")
        try:
            return key.decrypt(sealed[:GCM_NONCE_SIZE], sealed[GCM_NONCE_SIZE:], None)
        except WrongTag as error:
            raise RemoteError("sealed between other keys, or changed since") from error

    return unseal_one


def unseal(own: PrivateKey, other: PublicKey, sealed: bytes) -> bytes:
    """
    :raises RemoteError: too short, or sealed between other keys, or changed since.
    """
    return unsealer(own, other)(sealed)
