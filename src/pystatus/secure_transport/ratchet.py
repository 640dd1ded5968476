"""The double ratchet as a pure state machine (secure-transport.md §4).

Variant: secp256k1, both chains of both sides seeded with the X3DH key, so that a responder can send before it has
received. States are values; whoever stores them replaces the old one only when a call has returned. Message keys of
skipped messages are handed out to be stored, never kept in the state.
"""

from __future__ import annotations

import struct

from pystatus.crypto.ciphers import aes_ctr, equal, hmac_sha256
from pystatus.crypto.kdf import hkdf_sha256
from pystatus.crypto.keys import COMPRESSED_SIZE, PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import RemoteError
from pystatus.records import dataclass
from pystatus.secure_transport.config import MAX_SKIP
from pystatus.secure_transport.errors import TooManySkipped, Undecryptable
from pystatus.wording import counted

IV_SIZE = 16
MAC_SIZE = 32
OVERHEAD = IV_SIZE + MAC_SIZE
"""What :func:`encrypt` adds to a plaintext, in bytes. Anything shorter is refused (secure-transport.md T4)."""

_ROOT_INFO = b"rsZUpEuXUqqwXBvSy3EcievAh4cMj6QL"
_MESSAGE_INFO = b"pcwSByyx2CRdryCffXJwy7xgVZWtW5Sh"
_ZERO_SALT = bytes(32)
_NEXT_CHAIN_KEY = b"\x0f"
_MESSAGE_KEY = b"\x10"
_COUNTERS = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class RatchetHeader:
    """What travels in clear beside a ciphertext, and is authenticated with it.

    Implements: ST-22
    """

    key: bytes
    """The sender's ratchet key, 33 bytes."""
    n: int
    """Number of the message in its chain, from 0."""
    pn: int
    """Length of the sender's previous chain."""

    def encode(self) -> bytes:
        """The associated data: ``LE32(n) ‖ LE32(pn) ‖ key``, 41 bytes."""
        return _COUNTERS.pack(self.n, self.pn) + self.key


@dataclass(frozen=True, slots=True)
class RatchetState:
    """One side of a session. All keys are 32 bytes, public ones 33."""

    own_private: bytes
    own_public: bytes
    remote: bytes
    """The peer's ratchet key; empty while a responder has received nothing."""
    root_key: bytes
    sending_key: bytes
    sending_n: int
    receiving_key: bytes
    receiving_n: int
    previous_n: int
    """Length of our previous sending chain."""
    derived: int
    """How many receiving keys were ever derived: the clock by which skipped keys age."""


@dataclass(frozen=True, slots=True)
class SkippedKey:
    """The key of a message that has not arrived (yet)."""

    ratchet_key: bytes
    n: int
    message_key: bytes
    seq: int
    """The value of :attr:`RatchetState.derived` when it was derived."""


@dataclass(frozen=True, slots=True)
class Decrypted:
    """What :func:`decrypt` yields: everything to be stored together, or not at all."""

    plaintext: bytes
    state: RatchetState
    skipped: list[SkippedKey]


def initiator(shared_key: bytes, pre_key: PublicKey, random: RandomSource) -> RatchetState:
    """The state of the side that did X3DH with the peer's ``pre_key``. Draws one ratchet key.

    Implements: ST-5, ST-21
    """
    own = PrivateKey.generate(random)
    root_key, sending_key = root_step(shared_key, own.agree(pre_key))
    return RatchetState(
        own_private=own.secret,
        own_public=own.public_key.compressed,
        remote=pre_key.compressed,
        root_key=root_key,
        sending_key=sending_key,
        sending_n=0,
        receiving_key=shared_key,
        receiving_n=0,
        previous_n=0,
        derived=0,
    )


def responder(shared_key: bytes, pre_key: PrivateKey) -> RatchetState:
    """The state of the side whose prekey was used. Its first ratchet key is the prekey itself.

    Implements: ST-21, ST-50
    """
    return RatchetState(
        own_private=pre_key.secret,
        own_public=pre_key.public_key.compressed,
        remote=b"",
        root_key=shared_key,
        sending_key=shared_key,
        sending_n=0,
        receiving_key=shared_key,
        receiving_n=0,
        previous_n=0,
        derived=0,
    )


def encrypt(state: RatchetState, plaintext: bytes) -> tuple[RatchetState, RatchetHeader, bytes]:
    """Encrypt the next message: new state, header, ciphertext (48 bytes longer than the plaintext).

    The new state must be durable before the ciphertext leaves: the iv comes from the message key, so a key used twice
    gives away both messages (secure-transport.md A1).
    """
    header = RatchetHeader(state.own_public, state.sending_n, state.previous_n)
    sending_key, message_key = chain_step(state.sending_key)
    ciphertext = seal(message_key, plaintext, header.encode())
    # Written out, here and below: dataclasses.replace() costs a tenth of a whole message.
    after = RatchetState(
        state.own_private,
        state.own_public,
        state.remote,
        state.root_key,
        sending_key,
        state.sending_n + 1,
        state.receiving_key,
        state.receiving_n,
        state.previous_n,
        state.derived,
    )
    return after, header, ciphertext


def decrypt(
    state: RatchetState, header: RatchetHeader, ciphertext: bytes, random: RandomSource, max_skip: int = MAX_SKIP
) -> Decrypted:
    """Decrypt a message whose key is not among the skipped ones. Draws one ratchet key if the peer's has changed.

    :raises TooManySkipped: a gap is longer than ``max_skip``; nothing was derived.
    :raises Undecryptable: too short, a bad ratchet key, a number that was used, or the MAC does not match.
    """
    if len(ciphertext) < OVERHEAD:
        raise Undecryptable(f"a ratchet message has at least {OVERHEAD} bytes, not {len(ciphertext)}")
    if header.key != state.remote:
        return _turn(state, header, ciphertext, random, max_skip)
    skipped: list[SkippedKey] = []
    chain_key = _skip(skipped, state, header.n, max_skip)
    receiving_key, message_key = chain_step(chain_key)
    plaintext = unseal(message_key, ciphertext, header.encode())
    after = RatchetState(
        state.own_private,
        state.own_public,
        state.remote,
        state.root_key,
        state.sending_key,
        state.sending_n,
        receiving_key,
        header.n + 1,
        state.previous_n,
        state.derived + len(skipped) + 1,
    )
    return Decrypted(plaintext, after, skipped)


def _turn(
    state: RatchetState, header: RatchetHeader, ciphertext: bytes, random: RandomSource, max_skip: int
) -> Decrypted:
    """Decrypt the first message that arrives of a new chain of the peer: the Diffie-Hellman step.

    The half of the step that opens the message comes first, our own new key only when the message has proved genuine.

    Implements: ST-5
    """
    if header.n > max_skip:  # before any work: the new chain begins at 0
        raise TooManySkipped(
            f"{counted(header.n, 'message')} missing at the beginning of a chain, more than {max_skip}"
        )
    skipped: list[SkippedKey] = []
    if state.remote:
        _skip(skipped, state, header.pn, max_skip)
    elif header.pn:  # the initiator cannot have turned before we ever answered (secure-transport.md §4.5)
        raise Undecryptable("a first message names an earlier chain")
    remote = _ratchet_key(header.key)
    root_key, chain_key = root_step(state.root_key, remote.multiply(state.own_private))
    for n in range(header.n):
        chain_key, message_key = chain_step(chain_key)
        skipped.append(SkippedKey(header.key, n, message_key, state.derived + len(skipped)))
    receiving_key, message_key = chain_step(chain_key)
    plaintext = unseal(message_key, ciphertext, header.encode())
    own = PrivateKey.generate(random)
    root_key, sending_key = root_step(root_key, own.agree(remote))
    after = RatchetState(
        own_private=own.secret,
        own_public=own.public_key.compressed,
        remote=header.key,
        root_key=root_key,
        sending_key=sending_key,
        sending_n=0,
        receiving_key=receiving_key,
        receiving_n=header.n + 1,
        previous_n=state.sending_n,
        derived=state.derived + len(skipped) + 1,
    )
    return Decrypted(plaintext, after, skipped)


def _ratchet_key(data: bytes) -> PublicKey:
    if len(data) != COMPRESSED_SIZE:
        raise Undecryptable(f"a ratchet key has {COMPRESSED_SIZE} bytes, not {len(data)}")
    try:
        return PublicKey.from_bytes(data)
    except RemoteError as error:
        raise Undecryptable("a ratchet key is not a point of secp256k1") from error


def _skip(skipped: list[SkippedKey], state: RatchetState, until: int, max_skip: int) -> bytes:
    """Append the keys of the receiving chain before number ``until``; return the chain key at ``until``.

    Implements: ST-48
    """
    gap = until - state.receiving_n
    if gap < 0:
        raise Undecryptable(f"message {until} of a chain that has arrived at {state.receiving_n}")
    if gap > max_skip:
        raise TooManySkipped(f"{counted(gap, 'message')} of a chain missing, more than {max_skip}")
    chain_key = state.receiving_key
    for offset in range(gap):
        chain_key, message_key = chain_step(chain_key)
        skipped.append(SkippedKey(state.remote, state.receiving_n + offset, message_key, state.derived + offset))
    return chain_key


def root_step(root_key: bytes, agreement: bytes) -> tuple[bytes, bytes]:
    """KDF_RK: the next root key and a chain key. The reference derives 32 bytes more and ignores them.

    Implements: ST-4
    """
    output = hkdf_sha256(agreement, root_key, _ROOT_INFO, 64)
    return output[:32], output[32:]


def chain_step(chain_key: bytes) -> tuple[bytes, bytes]:
    """KDF_CK: the next chain key and a message key.

    Implements: ST-4
    """
    return hmac_sha256(chain_key, _NEXT_CHAIN_KEY), hmac_sha256(chain_key, _MESSAGE_KEY)


def seal(message_key: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """``iv(16) ‖ AES-256-CTR ‖ HMAC-SHA-256(32)``. Deterministic: the iv is derived with the keys.

    Implements: ST-4
    """
    keys = hkdf_sha256(message_key, _ZERO_SALT, _MESSAGE_INFO, 80)
    iv = keys[64:]
    body = iv + aes_ctr(keys[:32], iv, plaintext)
    return body + hmac_sha256(keys[32:64], associated_data + body)


def unseal(message_key: bytes, ciphertext: bytes, associated_data: bytes) -> bytes:
    """The plaintext of what :func:`seal` made.

    :raises Undecryptable: too short, or the MAC or the iv does not match.
    """
    if len(ciphertext) < OVERHEAD:
        raise Undecryptable(f"a ratchet message has at least {OVERHEAD} bytes, not {len(ciphertext)}")
    keys = hkdf_sha256(message_key, _ZERO_SALT, _MESSAGE_INFO, 80)
    body = ciphertext[:-MAC_SIZE]
    if not equal(hmac_sha256(keys[32:64], associated_data + body), ciphertext[-MAC_SIZE:]):
        raise Undecryptable("the authentication code of a ratchet message does not match")
    iv = body[:IV_SIZE]
    if iv != keys[64:]:
        raise Undecryptable("the iv of a ratchet message is not the derived one")
    return aes_ctr(keys[:32], iv, body[IV_SIZE:])
