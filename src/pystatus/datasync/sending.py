"""What goes to a peer, and when it goes again (datasync.md §5, §6.3, §7)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.datasync.codec import MAX_PARENTS, Metadata, SyncMessage
from pystatus.datasync.config import (
    MAX_REQUEST_ATTEMPTS,
    MAX_TAG,
    MAX_TAKE_PAYLOADS,
    MAX_TAKE_RECORDS,
    SyncConfig,
)
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.datasync.payload_builder import ID_COST, Contents, OutgoingPayload, Tracked, message_cost
from pystatus.datasync.peers import Peers
from pystatus.datasync.schedule import delay, draw_jitter
from pystatus.datasync.store import Peer, Record, RecordType, SyncStore
from pystatus.errors import LocalError
from pystatus.records import dataclass


class Mode(enum.Enum):
    """How a message is sent (datasync.md §6.1).

    Implements: DS-8
    """

    BATCH = enum.auto()
    """At once. Costs bandwidth where the peer has it already."""
    INTERACTIVE = enum.auto()
    """Offered first, sent when the peer asks for it. Costs two more trips."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a peer is sent now."""

    payloads: tuple[OutgoingPayload, ...] = ()
    unconfirmed: tuple[Tracked, ...] = ()
    """Messages that are given up: sent often enough, or too old, and never acknowledged. They may have arrived all the
    same, and an acknowledgement that comes late is still told."""


class Sending:
    """The sending half of a node."""

    def __init__(
        self, own: PublicKey, store: SyncStore, peers: Peers, random: RandomSource, config: SyncConfig
    ) -> None:
        self._own = own
        self._store = store
        self._peers = peers
        self._random = random
        self._config = config

    def append(
        self,
        to: PublicKey,
        body: bytes,
        now: float,
        mode: Mode,
        ephemeral: bool,
        parents: Sequence[bytes],
        tag: bytes,
        max_payload: int,
    ) -> bytes:
        """See :meth:`SyncNode.append`.

        Implements: DS-8, DS-9, DS-10
        """
        identity = to.compressed
        stored = self._peers.load(identity, now)
        peer = stored or Peer(identity)
        self._check(peer, mode, ephemeral, parents, tag)
        metadata = Metadata(tuple(parents), ephemeral) if parents or ephemeral else None
        message = SyncMessage(one_to_one_group_id(self._own, to), int(now), body, metadata)
        message_id = message.id
        # Two of the same in one second would be one message (datasync.md §10).
        while self._store.holds(identity, message_id):
            message = replace(message, timestamp=message.timestamp + 1)
            message_id = message.id
        wire = message.encode()
        if message_cost(wire) > max_payload:
            raise LocalError(f"The message has {len(wire)} bytes; {max_payload} fit into one. Make it smaller.")

        # A first message never waits; those that follow within a blink share a payload.
        deadline = peer.sent_at + self._config.pacing if 0 <= now - peer.sent_at < self._config.pacing else now
        kind = RecordType.OFFER if mode is Mode.INTERACTIVE else RecordType.MESSAGE
        self._store.add_record(Record(identity, message_id, kind, 0, deadline, now, ephemeral, tag), wire)
        if not ephemeral:
            self._store.add_known(identity, [message_id], now)
            if peer.opted_in:
                peer_head = b"" if peer.peer_head in parents else peer.peer_head
                peer = replace(peer, own_head=message_id, peer_head=peer_head)
        if peer.due_at is None or deadline < peer.due_at:
            peer = replace(peer, due_at=deadline)
        self._peers.save(peer, stored)
        return message_id

    def _check(self, peer: Peer, mode: Mode, ephemeral: bool, parents: Sequence[bytes], tag: bytes) -> None:
        """Refuse what the peer has not opted in to, and what cannot be.

        Implements: DS-19, DS-22
        """
        if len(tag) > MAX_TAG:
            raise LocalError(f"A tag has at most {MAX_TAG} bytes.")
        if not peer.opted_in and (mode is Mode.INTERACTIVE or ephemeral or parents):
            # The reference hangs or crashes on what comes of it (datasync.md §14 E4, E5).
            raise LocalError("This peer has not opted in to offers, parents and ephemeral messages.")
        if ephemeral and mode is Mode.INTERACTIVE:
            raise LocalError("An ephemeral message is sent at once; it cannot be offered first.")
        # Ephemeral messages are never known, so they cannot become parents either (DS-19).
        if len(parents) > MAX_PARENTS or len(self._store.known(peer.identity, parents)) != len(set(parents)):
            raise LocalError("A parent is a message that was exchanged with this peer, and not an ephemeral one.")

    def take(self, to: PublicKey, now: float, max_payload: int, until: float) -> Outgoing:
        """See :meth:`SyncNode.take`.

        Implements: DS-7
        """
        identity = to.compressed
        stored = self._peers.load(identity, now)
        if stored is None or stored.due_at is None or stored.due_at > now:
            return Outgoing()
        peer = stored
        budget = MAX_TAKE_PAYLOADS * max_payload
        most = max(1, budget // ID_COST)
        contents = Contents(acks=list(self._store.take_acks(identity, most)))
        peer = replace(peer, acks_due_at=now if len(contents.acks) == most else None)
        sent, spent = self._choose(peer, contents, budget, now, until)

        jitter = draw_jitter(self._config, self._random)
        if any(record.send_count for record in sent) and now >= peer.retry_at:
            peer = self._next_round(peer, jitter, now)
        self._count(peer, sent, jitter, now)
        if peer.retry_at > stored.retry_at:
            self._store.hold_repetitions(identity, now, peer.retry_at)
        unconfirmed = self._give_up(identity, spent)
        if contents.messages or contents.offers:
            peer = replace(peer, sent_at=now)
        self._peers.save(self._peers.scheduled(peer), stored)
        return Outgoing(tuple(contents.pack(max_payload)), unconfirmed)

    def _choose(
        self, peer: Peer, contents: Contents, budget: int, now: float, age_until: float
    ) -> tuple[list[Record], list[Record]]:
        """Fill ``contents`` with what is due: the records that are sent, and those that were sent often enough.

        When anything goes at all, what would go within the next moment goes with it.

        Implements: DS-7, DS-11
        """
        until = now + max(self._config.pacing, self._config.ack_delay)
        sent: list[Record] = []
        spent: list[Record] = []
        size = len(contents.acks) * ID_COST
        for record, wire in islice(self._store.due_records(peer.identity, until), MAX_TAKE_RECORDS):
            if self._is_spent(record, peer, age_until):
                spent.append(record)
                continue
            cost = message_cost(wire) if record.type is RecordType.MESSAGE else ID_COST
            if size and size + cost > budget:
                break
            size += cost
            sent.append(record)
            if record.type is RecordType.MESSAGE:
                contents.messages.append((Tracked(record.message_id, record.tag), wire))
            elif record.type is RecordType.OFFER:
                contents.offers.append(record.message_id)
            else:
                contents.requests.append(record.message_id)
        return sent, spent

    def _is_spent(self, record: Record, peer: Peer, until: float) -> bool:
        """Whether a record was sent often enough, or is too old.

        Implements: DS-29
        """
        config = self._config
        if until - record.added_at > config.max_age:
            return True
        if record.type is RecordType.REQUEST:
            return record.send_count >= MAX_REQUEST_ATTEMPTS
        answers = peer.syncs or peer.unanswered < config.unanswered
        return record.send_count >= (config.max_attempts if answers else config.max_attempts_unanswered)

    def _next_round(self, peer: Peer, jitter: float, now: float) -> Peer:
        """Something is repeated. If nothing came since the last time, the peer is away: its records wait together."""
        retry_at = now + delay(self._config, peer.rounds, jitter) if peer.rounds else 0.0
        return replace(peer, rounds=peer.rounds + 1, retry_at=retry_at)

    def _count(self, peer: Peer, sent: Sequence[Record], jitter: float, now: float) -> None:
        """Counters and deadlines move when a payload is handed over: a crash at worst repeats it (datasync.md D3).

        Implements: DS-12, DS-22
        """
        self._store.update_records(
            [
                replace(
                    record,
                    send_count=record.send_count + 1,
                    deadline=max(now + delay(self._config, record.send_count + 1, jitter), peer.retry_at),
                )
                for record in sent
                if not record.ephemeral
            ]
        )
        self._store.remove_records(peer.identity, [record.message_id for record in sent if record.ephemeral])

    def _give_up(self, identity: bytes, spent: Sequence[Record]) -> tuple[Tracked, ...]:
        """Requests are dropped; our messages lose body and deadline, and wait for a late acknowledgement."""
        ours = [record for record in spent if record.type is not RecordType.REQUEST]
        self._store.remove_records(
            identity, [record.message_id for record in spent if record.type is RecordType.REQUEST]
        )
        self._store.update_records([replace(record, deadline=None) for record in ours])
        self._store.drop_bodies(identity, [record.message_id for record in ours])
        return tuple(Tracked(record.message_id, record.tag) for record in ours)
