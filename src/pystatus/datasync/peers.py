"""The state of a peer: loaded, moved by time and traffic, and given its place in the schedule."""

from __future__ import annotations

from dataclasses import replace

from pystatus.datasync.config import SyncConfig
from pystatus.datasync.store import Peer, SyncStore


class Peers:
    """What sending and receiving share."""

    def __init__(self, store: SyncStore, config: SyncConfig) -> None:
        self._store = store
        self._config = config

    def load(self, identity: bytes, now: float) -> Peer | None:
        """The peer. If the clock has jumped backwards, it is mended first: nothing waits longer than it would today
        (datasync.md D5)."""
        stored = self._store.peer(identity)
        if stored is None:
            return None
        peer = stored
        horizon = now + self._config.max_delay
        if peer.retry_at > horizon or (peer.due_at is not None and peer.due_at > horizon):
            self._store.lower_deadlines(identity, horizon)
            due_at = None if peer.due_at is None else min(peer.due_at, horizon)
            peer = replace(peer, retry_at=min(peer.retry_at, horizon), due_at=due_at)
        latest = now + self._config.ack_delay
        if peer.acks_due_at is not None and peer.acks_due_at > latest:
            peer = replace(peer, acks_due_at=latest, due_at=_earlier(peer.due_at, latest))
        self.save(peer, stored)
        return peer

    def save(self, peer: Peer, before: Peer | None) -> None:
        """Store ``peer`` if it is not as it was ``before``."""
        if peer != before:
            self._store.save_peer(peer)

    def heard(self, peer: Peer, now: float) -> Peer:
        """Something came from ``peer``: it is there, so what waits for it is tried at once, or as soon as the first
        envelope with it is surely over (datasync.md §5).

        Implements: DS-13
        """
        unanswered = peer.unanswered + bool(peer.rounds and not peer.syncs)
        peer = replace(peer, rounds=0, retry_at=0.0, unanswered=unanswered)
        # abs: after a jump backwards the last time lies in the future.
        silence = abs(now - peer.heard_at)
        if silence < self._config.heard_noted:
            return peer
        if silence >= self._config.silence:
            self._store.bring_forward(peer.identity, now, now + self._config.first_retry, self._config.brought_forward)
        return replace(peer, heard_at=now)

    def scheduled(self, peer: Peer) -> Peer:
        """With ``due_at`` as records and acknowledgements ask for."""
        return replace(peer, due_at=_earlier(peer.acks_due_at, self._store.next_deadline(peer.identity)))


def _earlier(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)
