"""A person with one device, for conversations."""

from __future__ import annotations

import os

from pystatus.crypto.keys import PrivateKey
from pystatus.secure_transport.config import EncryptionConfig
from pystatus.secure_transport.secure_transport import Opened, SealedMessage, SecureTransport
from pystatus.secure_transport.store import Session
from tests.support.encryption_store import STORES, SnapshotStore
from tests.support.randomness import QueuedRandom

NOW = 1_700_000_000.0


class Party:
    """A :class:`SecureTransport` with a store, a clock and a random source of its own."""

    def __init__(
        self,
        name: str,
        kind_of_store: str = "memory",
        *,
        identity: PrivateKey | None = None,
        config: EncryptionConfig | None = None,
        now: float = NOW,
    ) -> None:
        self.kind_of_store = kind_of_store
        self.store: SnapshotStore = STORES[kind_of_store]()
        self.random = QueuedRandom()
        self.identity = identity or PrivateKey.generate(os.urandom)
        self.config = config
        self.name = name
        self.now = now
        self.transport = self.restarted()

    def restarted(self) -> SecureTransport:
        """The same device after a restart: only the store has survived."""
        self.transport = SecureTransport(self.identity, self.name, self.store, self.random, self.config)
        return self.transport

    @property
    def public_key(self) -> bytes:
        return self.identity.public_key.compressed

    def meets(self, other: Party) -> None:
        """Get the other's bundle, as from the contact code."""
        opened = self.receive(other, other.transport.seal_public(b"contact code", other.now))
        assert opened.payload == b"contact code"
        assert opened.rejected_bundles == ()

    def send(self, other: Party, payload: bytes) -> SealedMessage:
        return self.transport.seal_direct(other.identity.public_key, payload, self.now)

    def receive(self, sender: Party, data: bytes) -> Opened:
        return self.transport.open(sender.identity.public_key, data, self.now)

    def refuse(self, sender: Party, data: bytes) -> Exception:
        """Receive what cannot be opened; nothing but bundles may have changed."""
        before = self.store.snapshot()
        opened = self.receive(sender, data)
        assert opened.payload is None
        assert opened.problem is not None
        assert self.store.snapshot() == before
        return opened.problem

    def sessions(self, other: Party, *bundle_ids: bytes) -> list[Session]:
        return list(self.store.sessions(other.public_key, other.name, bundle_ids))
