"""The encryption layer as clients run it: every state change durable against power loss, commits shared by batches."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Measurement
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.secure_transport.secure_transport import SecureTransport
from pystatus.storage.database import Database
from pystatus.storage.encryption import SqlEncryptionStore

PAYLOAD = os.urandom(256)
"""About what a short message and its wrapper take."""
MESSAGES = 5_000
GROUP = 100
"""Messages that share one commit: what comes in during one turn of the event loop under load."""
FIRST_MESSAGES = 300


class Device:
    """One installation with an encrypted database on disk."""

    def __init__(self, directory: Path, name: str) -> None:
        self.database = Database.open(directory / f"{name}.db", os.urandom(32), create=True)
        self.identity = PrivateKey.generate(os.urandom)
        store = SqlEncryptionStore(self.database)
        self.transport = SecureTransport(self.identity, name, store, os.urandom)

    @property
    def key(self) -> PublicKey:
        return self.identity.public_key

    def meet(self, other: Device) -> None:
        """Learn the other's bundle."""
        with other.database.transaction():
            code = other.transport.seal_public(b"contact code", time.time())
        with self.database.transaction():
            self.transport.open(other.key, code, time.time())

    def send(self, other: Device, count: int) -> list[bytes]:
        with self.database.transaction():
            return [self.transport.seal_direct(other.key, PAYLOAD, time.time()).data for _ in range(count)]

    def receive(self, other: Device, messages: list[bytes]) -> None:
        with self.database.transaction():
            for message in messages:
                assert self.transport.open(other.key, message, time.time()).payload == PAYLOAD


def one_way(directory: Path) -> float:
    """Messages a second from one device to another, encrypted, decrypted and durable on both sides."""
    alice, bob = Device(directory, "alice"), Device(directory, "bob")
    alice.meet(bob)
    bob.receive(alice, alice.send(bob, 1))
    alice.receive(bob, bob.send(alice, 1))
    started = time.perf_counter()
    for _ in range(0, MESSAGES, GROUP):
        bob.receive(alice, alice.send(bob, GROUP))
    return MESSAGES / (time.perf_counter() - started)


def first_messages(directory: Path) -> float:
    """First messages a second: X3DH and a new session on both sides, each committed by itself."""
    receiver = Device(directory, "receiver")
    senders = [Device(directory, f"sender-{number}") for number in range(FIRST_MESSAGES)]
    for sender in senders:
        sender.meet(receiver)
    started = time.perf_counter()
    for sender in senders:
        receiver.receive(sender, sender.send(receiver, 1))
    return FIRST_MESSAGES / (time.perf_counter() - started)


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as directory:
        note = f"both ends on disk, full synchronisation, {GROUP} messages a commit"
        yield Measurement("ratchet.durable_one_way", round(one_way(Path(directory))), "1/s", note)
        yield Measurement(
            "session.first_message", round(first_messages(Path(directory))), "1/s", "X3DH, a commit each, both ends"
        )
