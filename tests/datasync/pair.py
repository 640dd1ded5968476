"""Two nodes whose payloads are carried by hand."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.config import SyncConfig, payload_limit
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.datasync.node import SyncNode
from pystatus.datasync.receiving import Received
from pystatus.datasync.sending import Outgoing
from pystatus.datasync.store import Record
from tests.support.datasync_store import STORES

NOW = 1_600_000_000.0
ALICE = PrivateKey(b"\x30" * 32).public_key
BOB = PrivateKey(b"\x32" * 32).public_key
MALLORY = PrivateKey(b"\x66" * 32).public_key
LIMIT = payload_limit(1)

MIDDLE = b"\x80\x00\x00\x00"
"""Randomness that gives a jitter of exactly 1: waits are 15, 30, 60 … seconds."""


class Party:
    """One person's node with the clock of the test."""

    def __init__(self, key: PublicKey, store: str = "memory", config: SyncConfig | None = None) -> None:
        self.key = key
        self.store = STORES[store]()
        self.draws = 0
        self.node = SyncNode(key, self.store, self._draw, config)

    def _draw(self, size: int) -> bytes:
        self.draws += 1
        return MIDDLE[:size]

    def take(self, to: PublicKey, now: float, limit: int = LIMIT) -> Outgoing:
        return self.node.take(to, now, limit)

    def payloads(self, to: PublicKey, now: float, limit: int = LIMIT) -> list[Payload]:
        """What goes to somebody now."""
        return [Payload.decode(payload.data) for payload in self.take(to, now, limit).payloads]

    def payload(self, to: PublicKey, now: float) -> Payload:
        """The one payload that goes to somebody now."""
        (payload,) = self.payloads(to, now)
        return payload

    def receive(self, sender: PublicKey, payload: Payload, now: float) -> Received:
        received = self.node.receive(sender, payload.encode(), now)
        assert received is not None
        return received

    def record(self, peer: PublicKey, message_id: bytes) -> Record | None:
        found = self.store.records(peer.compressed, [message_id])
        return found[0] if found else None

    @property
    def timer(self) -> float:
        """When something is due next; there must be something."""
        timer = self.node.next_timer()
        assert timer is not None
        return timer

    @property
    def due_in(self) -> float | None:
        """Seconds from NOW until the next timer."""
        timer = self.node.next_timer()
        return None if timer is None else round(timer - NOW, 3)


def message(sender: PublicKey, receiver: PublicKey, body: bytes = b"hello", timestamp: int = 1) -> SyncMessage:
    return SyncMessage(one_to_one_group_id(sender, receiver), timestamp, body)
