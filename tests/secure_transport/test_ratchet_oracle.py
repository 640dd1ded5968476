"""Our ratchet beside an unrelated one: PyPI ``doubleratchet`` with Status' primitives plugged in.

Both hold the same conversation with the same random keys, over every schedule that hypothesis can think of. Headers and
ciphertexts must be the same bytes, and each opens what the other has sealed. What the oracle cannot express (chains
seeded with the X3DH key, retention) is covered by the vectors.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Coroutine
from typing import Any, TypeVar, cast

import coincurve
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from doubleratchet import AEAD, DiffieHellmanRatchet, DoubleRatchet, EncryptedMessage, Header
from doubleratchet.recommended import HashFunction, kdf_hkdf, kdf_separate_hmacs
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey
from pystatus.secure_transport import ratchet
from pystatus.secure_transport.ratchet import RatchetHeader
from tests.secure_transport.test_ratchet import Side
from tests.support.randomness import QueuedRandom

Result = TypeVar("Result")
SHARED_KEY = b"\x11" * 32
PRE_KEY = PrivateKey(b"\x22" * 32)
LIMITS = {"dos_protection_threshold": 1_000, "max_num_skipped_message_keys": 2_000}


def now(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return cast(Result, stop.value)
    raise AssertionError("the oracle waits for something")


def scalars(name: str) -> list[bytes]:
    """The ratchet keys that one side draws, in their order."""
    return [hashlib.sha256(f"{name} {number}".encode()).digest() for number in range(200)]


class RootKdf(kdf_hkdf.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"rsZUpEuXUqqwXBvSy3EcievAh4cMj6QL"


class ChainKdf(kdf_separate_hmacs.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256


class Aead(AEAD):
    @staticmethod
    async def encrypt(plaintext: bytes, key: bytes, associated_data: bytes) -> bytes:
        cipher_key, mac_key, iv = message_keys(key)
        body = iv + Cipher(algorithms.AES(cipher_key), modes.CTR(iv)).encryptor().update(plaintext)
        return body + hmac.digest(mac_key, associated_data + body, "sha256")

    @staticmethod
    async def decrypt(ciphertext: bytes, key: bytes, associated_data: bytes) -> bytes:
        cipher_key, mac_key, iv = message_keys(key)
        body, mac = ciphertext[:-32], ciphertext[-32:]
        assert mac == hmac.digest(mac_key, associated_data + body, "sha256")
        assert body[:16] == iv
        return Cipher(algorithms.AES(cipher_key), modes.CTR(iv)).decryptor().update(body[16:])


def message_keys(key: bytes) -> tuple[bytes, bytes, bytes]:
    derived = HKDF(hashes.SHA256(), 80, bytes(32), b"pcwSByyx2CRdryCffXJwy7xgVZWtW5Sh").derive(key)
    return derived[:32], derived[32:64], derived[64:]


class Ratchet(DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: Header) -> bytes:
        counters = struct.pack("<II", header.sending_chain_length, header.previous_sending_chain_length)
        return associated_data + counters + bytes(header.ratchet_pub)


class Oracle:
    """One side of the conversation, in the other implementation."""

    def __init__(self, name: str) -> None:
        drawn = iter(scalars(name))

        class Secp256k1(DiffieHellmanRatchet):
            @staticmethod
            def _generate_priv() -> bytes:
                return next(drawn)

            @staticmethod
            def _derive_pub(priv: bytes) -> bytes:
                return coincurve.PrivateKey(priv).public_key.format()

            @staticmethod
            def _perform_diffie_hellman(own_priv: bytes, other_pub: bytes) -> bytes:
                return coincurve.PublicKey(other_pub).multiply(own_priv).format()[1:]

        self._arguments: dict[str, Any] = {
            "diffie_hellman_ratchet_class": Secp256k1,
            "root_chain_kdf": RootKdf,
            "message_chain_kdf": ChainKdf,
            "message_chain_constant": b"\x0f\x10",
            "aead": Aead,
            "shared_secret": SHARED_KEY,
            "associated_data": b"",
            **LIMITS,
        }
        self._ratchet: DoubleRatchet | None = None

    def send(self, plaintext: bytes) -> tuple[RatchetHeader, bytes]:
        if self._ratchet is None:
            self._ratchet, message = now(
                Ratchet.encrypt_initial_message(
                    recipient_ratchet_pub=PRE_KEY.public_key.compressed, message=plaintext, **self._arguments
                )
            )
        else:
            message = now(self._ratchet.encrypt_message(plaintext, b""))
        key, pn, n = message.header
        return RatchetHeader(key, n, pn), message.ciphertext

    def receive(self, header: RatchetHeader, payload: bytes) -> bytes:
        message = EncryptedMessage(Header(header.key, header.pn, header.n), payload)
        if self._ratchet is None:
            self._ratchet, plaintext = now(
                Ratchet.decrypt_initial_message(own_ratchet_priv=PRE_KEY.secret, message=message, **self._arguments)
            )
            return plaintext
        return now(self._ratchet.decrypt_message(message, b""))


@pytest.mark.requirement("ST-4", "ST-5")
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_both_implementations_hold_the_same_conversation(data: st.DataObject) -> None:
    alice_random, bob_random = QueuedRandom(scalars("alice")), QueuedRandom(scalars("bob"))
    ours = {
        "alice": Side(ratchet.initiator(SHARED_KEY, PRE_KEY.public_key, alice_random), alice_random),
        "bob": Side(ratchet.responder(SHARED_KEY, PRE_KEY), bob_random),
    }
    theirs = {"alice": Oracle("alice"), "bob": Oracle("bob")}
    on_the_way: dict[str, list[tuple[bytes, RatchetHeader, bytes]]] = {"alice": [], "bob": []}
    talking = {"alice"}  # the oracle cannot answer before it has received

    for number in range(data.draw(st.integers(1, 40), label="steps")):
        deliverable = sorted(name for name, messages in on_the_way.items() if messages)
        receiver = data.draw(st.sampled_from([None, *deliverable]), label="receiver")
        if receiver is not None:
            at = data.draw(st.integers(0, len(on_the_way[receiver]) - 1), label="which")
            plaintext, header, payload = on_the_way[receiver].pop(at)
            assert ours[receiver].receive(header, payload) == plaintext
            assert theirs[receiver].receive(header, payload) == plaintext
            talking.add(receiver)
        else:
            sender = data.draw(st.sampled_from(sorted(talking)), label="sender")
            plaintext = b"x" * number
            message = ours[sender].send(plaintext)
            assert message == theirs[sender].send(plaintext)
            on_the_way["bob" if sender == "alice" else "alice"].append((plaintext, *message))
