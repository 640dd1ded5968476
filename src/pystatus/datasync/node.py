"""The data sync node of one identity (2/MVDS; parents and ephemeral messages of 4/MVDS-META).

    append ──► take ──► (sealed, sent) ──► receive ──► the application
                 ▲                            │
                 └──── acknowledgement ◄──────┘

Every method runs inside a transaction of the caller's; all state is in the store, so what is rolled back never was.
What ``take`` hands out is sealed and queued in the same transaction, and sent after it has committed.

    node.append(peer, body, now)                      # and after every receive:
    for peer in node.due(now):
        outgoing = node.take(peer, now, payload_limit(devices of peer))
        seal and queue each of outgoing.payloads; show outgoing.unconfirmed as not confirmed

Without a relay nothing should be taken: the attempts would be spent on nobody. What is due then stays due.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.datasync.codec import Payload
from pystatus.datasync.config import MAX_PAYLOAD, SyncConfig
from pystatus.datasync.peers import Peers
from pystatus.datasync.receiving import Received, Receiving
from pystatus.datasync.sending import Mode, Outgoing, Sending
from pystatus.datasync.store import Peer, SyncStore

LOOK_SHARE = 8
"""An eighth of the ids that may be known is noted until it is looked whether there are too many: in one payload there
may be thousands."""
LEAST_REMOVED = 500
"""Ids that a store removes at once at least, where there are too many. So many payloads are a reason to remove some as
this goes into those that were noted. Ours: some 20 ms."""

_public_key = lru_cache(1_024)(PublicKey.from_bytes)


class SyncNode:
    """One identity's end of all its groups of two. Times are Unix seconds, message ids 32 bytes."""

    def __init__(
        self, own: PublicKey, store: SyncStore, random: RandomSource, config: SyncConfig | None = None
    ) -> None:
        self._store = store
        self._config = config or SyncConfig()
        self._noted = 0
        self._removals = 0
        """Payloads to come with each of which ids that are too many are removed."""
        self._peers = Peers(store, self._config)
        self._sending = Sending(own, store, self._peers, random, self._config)
        self._receiving = Receiving(own, store, self._peers, self._config)

    # messages

    def append(
        self,
        peer: PublicKey,
        body: bytes,
        now: float,
        *,
        tag: bytes = b"",
        mode: Mode = Mode.BATCH,
        ephemeral: bool = False,
        parents: Sequence[bytes] = (),
        max_payload: int = MAX_PAYLOAD,
    ) -> bytes:
        """Store a message for ``peer`` until it is acknowledged; it is due at once, or milliseconds after the last.

        :param body: the wrapped application message, the same bytes for every peer that gets it.
        :param tag: comes back with every word about the message; its application id, say. At most 64 bytes.
        :param ephemeral: send once, expect no acknowledgement (4/MVDS-META).
        :param parents: messages that it answers, see :meth:`heads`.
        :param max_payload: as in :meth:`take`.
        :return: the message id.
        :raises LocalError: it does not fit, the peer has not opted in to what is asked, or a parent is unknown.
        """
        return self._sending.append(peer, body, now, mode, ephemeral, parents, tag, max_payload)

    def receive(self, signer: PublicKey, data: bytes | Payload, now: float, *, known: bool = True) -> Received | None:
        """A decrypted payload came from ``signer``, who signed the envelope. None: it is not data sync and goes on
        unchanged. Call :meth:`due` afterwards: something may have been asked for.

        :param data: as it came, or read and cut in parts by :meth:`~pystatus.datasync.codec.Payload.steps`, each of
            which may have a transaction of its own: what is in the others is not acknowledged by this one.
        :param known: whether the application knows them; of what strangers offer less is requested, and of what they
            send at once less is taken.
        :raises RemoteError: more ids or messages than any honest payload has. Nothing of it is taken.
        """
        received = self._receiving.receive(signer, data, now, known)
        if received is not None:
            self._noted += len(received.messages)
            if self._noted > self._config.max_known // LOOK_SHARE:
                self._removals += 1 + self._noted // LEAST_REMOVED
                self._noted = 0
            if self._removals:
                self._removals -= 1
                self._prune(-math.inf)  # of any age
        return received

    def heard_from(self, peer: PublicKey, now: float) -> None:
        """Something that is not data sync came from ``peer``: it is there, so what waits for it is tried soon."""
        stored = self._peers.load(peer.compressed, now)
        if stored is not None:
            self._peers.save(self._peers.scheduled(self._peers.heard(stored, now)), stored)

    def hurry(self, peer: PublicKey, now: float) -> None:
        """Another device of ``peer`` is known from now on, which has missed everything so far: what waits is due, and
        begins anew. What was sent before says nothing about whether this device will answer."""
        stored = self._peers.load(peer.compressed, now)
        if stored is not None:
            self._store.begin_anew(stored.identity, now)
            self._peers.save(self._peers.scheduled(replace(stored, unanswered=0, rounds=0, retry_at=0.0)), stored)

    def begin_anew(self, now: float) -> None:
        """This node is on a new device from now on: what waits for anybody is due, and begins anew. What was sent
        before may never have been sent, or in a form that nobody can open."""
        for identity in self._store.due_peers(math.inf):
            self.hurry(_public_key(identity), now)

    # the schedule

    def due(self, now: float, most: int | None = None) -> list[PublicKey]:
        """The peers that :meth:`take` has something for, the longest waiting first: ``most`` of them, or all."""
        for identity in self._store.peers_due_after(now + self._config.max_delay):
            self._peers.load(identity, now)  # the clock has jumped backwards
        return [_public_key(identity) for identity in self._store.due_peers(now)[:most]]

    def take(self, peer: PublicKey, now: float, max_payload: int, *, until: float | None = None) -> Outgoing:
        """Everything that is due for ``peer``, together with all acknowledgements that wait for a ride. It counts as
        sent. Of very much some is left, and stays due.

        :param max_payload: bytes, see :func:`~pystatus.datasync.config.payload_limit`.
        :param until: Unix time to count the age of what is given up from, see
            :class:`pystatus.vouched_time.VouchedTime`; None: ``now``.
        """
        return self._sending.take(peer, now, max_payload, now if until is None else until)

    def postpone(self, peer: PublicKey, now: float) -> None:
        """Nothing can be sent to ``peer`` at the moment (its messages cannot be sealed): look again later. The other
        peers are not concerned. To be called after the :meth:`take` has been rolled back.

        Implements: DS-28
        """
        stored = self._peers.load(peer.compressed, now)
        if stored is not None and stored.due_at is not None:
            self._peers.save(replace(stored, due_at=max(stored.due_at, now + self._config.first_retry)), stored)

    def next_timer(self) -> float | None:
        """When :meth:`due` has something next, which may be in the past; None: nothing waits."""
        return self._store.next_due()

    # what the user decides

    def abandon(self, peer: PublicKey, message_id: bytes) -> None:
        """Stop sending a message of ours."""
        stored = self._store.peer(peer.compressed)
        if stored is not None:
            self._store.remove_records(stored.identity, [message_id])
            self._peers.save(self._peers.scheduled(stored), stored)

    def is_sent(self, tag: bytes) -> bool:
        """Whether a message that was appended with ``tag`` was handed out for somebody, and waits for them still."""
        return any(record.send_count for record in self._store.tagged_records(tag))

    def withdraw(self, tag: bytes) -> None:
        """Stop sending the messages that were appended with ``tag`` to anybody for whom one waits."""
        for record in self._store.tagged_records(tag):
            self.abandon(_public_key(record.peer), record.message_id)

    def forget(self, peer: PublicKey) -> None:
        """Stop sending anything to ``peer``: blocked, or removed. Received messages stay known."""
        self._store.forget_peer(peer.compressed)

    # 4/MVDS-META and interactive mode, between two that agreed on it

    def opt_in(self, peer: PublicKey, enabled: bool = True) -> None:
        """Allow offers, parents and ephemeral messages towards ``peer``, who has said that it understands them.

        The reference does not (datasync.md §14), so nothing of the kind is ever begun with others.
        """
        stored = self._store.peer(peer.compressed)
        changed = replace(stored or Peer(peer.compressed), opted_in=enabled, own_head=b"", peer_head=b"")
        self._peers.save(changed, stored)

    def heads(self, peer: PublicKey) -> tuple[bytes, ...]:
        """The messages that the next one should name as ``parents``: the last of each side that has no child yet."""
        stored = self._store.peer(peer.compressed)
        return tuple(head for head in (stored.own_head, stored.peer_head) if head) if stored else ()

    # housekeeping

    def prune(self, until: float) -> None:
        """Forget what is older than any mailserver keeps, and what is too much, or some of it. Now and then, say once
        in ten minutes.

        :param until: Unix time to count ages from, see :class:`pystatus.vouched_time.VouchedTime`.
        """
        self._prune(until - self._config.known_retention)

    def _prune(self, before: float) -> None:
        self._store.prune(before, self._config.max_known, self._config.max_idle_peers)
