"""The double ratchet: messages encrypted and decrypted a second, in memory."""

import os
from collections.abc import Iterator

from bench.harness import Measurement, per_second
from pystatus.crypto.keys import PrivateKey
from pystatus.secure_transport import ratchet

PAYLOAD = bytes(200)
"""About the size of a wrapped chat message."""
BURST = 1_000


def measure() -> Iterator[Measurement]:
    pre_key = PrivateKey.generate(os.urandom)
    shared_key = os.urandom(32)
    alice = ratchet.initiator(shared_key, pre_key.public_key, os.urandom)
    bob = ratchet.responder(shared_key, pre_key)

    def message(sender: ratchet.RatchetState, receiver: ratchet.RatchetState) -> list[ratchet.RatchetState]:
        sender, header, ciphertext = ratchet.encrypt(sender, PAYLOAD)
        return [sender, ratchet.decrypt(receiver, header, ciphertext, os.urandom).state]

    def one_way() -> None:
        nonlocal alice, bob
        for _ in range(BURST):
            alice, bob = message(alice, bob)

    def ping_pong() -> None:
        nonlocal alice, bob
        for _ in range(BURST // 2):
            alice, bob = message(alice, bob)
            bob, alice = message(bob, alice)

    yield per_second("ratchet.one_way", one_way, batch=BURST, note="encrypted and decrypted, 200 bytes, no store")
    yield per_second("ratchet.ping_pong", ping_pong, batch=BURST, note="a Diffie-Hellman step with each message")
