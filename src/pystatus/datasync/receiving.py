"""A payload of a peer: acknowledgements, requests, offers, messages, in this order (datasync.md §6.2).

Whatever a payload contains, its parts do not disturb each other: what is unknown or not ours is passed over singly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from pystatus.crypto.keys import PublicKey
from pystatus.datasync.codec import Payload, SyncMessage, read
from pystatus.datasync.config import SyncConfig
from pystatus.datasync.ids import ID_SIZE, one_to_one_group_id
from pystatus.datasync.payload_builder import Tracked
from pystatus.datasync.peers import Peers
from pystatus.datasync.store import Peer, Record, RecordType, SyncStore
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that a peer sent us."""

    id: bytes
    body: bytes
    timestamp: int
    """Unix seconds, as the peer says; nobody validates it."""
    new: bool
    """False: it came before, and was only acknowledged again. The application knows it too."""
    ephemeral: bool = False
    parents: tuple[bytes, ...] = ()
    missing: tuple[bytes, ...] = ()
    """Those of ``parents`` that have not arrived; they are requested. Always empty for a peer that did not opt in."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a payload contained."""

    messages: tuple[Incoming, ...] = ()
    acknowledged: tuple[Tracked, ...] = ()
    """Messages of ours that the peer holds, each told once; also such that were given up before."""
    unknown_acks: int = 0
    """Acknowledged messages that this node never sent: another device of ours did, or a copy of this one."""
    other_acks: tuple[bytes, ...] = ()
    """The ids that were acknowledged and are none of :attr:`acknowledged`: this node never sent them, or was told
    before."""
    refused: int = 0
    """Messages of groups that the signer does not share with us: ignored altogether (datasync.md §6.4)."""

    @property
    def bodies(self) -> tuple[bytes, ...]:
        """Every body, repeated ones included, as the reference hands them on."""
        return tuple(message.body for message in self.messages)


class Receiving:
    """The receiving half of a node."""

    def __init__(self, own: PublicKey, store: SyncStore, peers: Peers, config: SyncConfig) -> None:
        self._store = store
        self._peers = peers
        self._config = config
        # A function of its argument alone, so a rollback does not touch it.
        self._group_id = lru_cache(1_024)(lambda peer: one_to_one_group_id(own, peer))

    def receive(self, signer: PublicKey, data: bytes | Payload, now: float, known: bool) -> Received | None:
        """See :meth:`SyncNode.receive`.

        Implements: DS-24
        """
        payload = data if isinstance(data, Payload) else read(data)
        if payload is None:
            return None
        stored = self._peers.load(signer.compressed, now)
        if stored is None:
            # Of a stranger there is nothing to acknowledge or to request.
            peer = Peer(signer.compressed, heard_at=now, syncs=True)
            acknowledged: list[Tracked] = []
            unknown_acks, other_acks = 0, _ids(payload.acks)
        else:
            peer = self._peers.heard(replace(stored, syncs=True), now)
            acknowledged, unknown_acks, other_acks = self._acknowledged(peer, _ids(payload.acks))
            self._requested(peer, _ids(payload.requests), now)
        held, asked = self._offered(peer, _ids(payload.offers), now, known)
        looked_at = payload.messages if known else payload.messages[: self._config.max_messages_of_stranger]
        peer, messages, owed = self._take_messages(peer, signer, looked_at, now)
        if stored is not None or messages or held or asked:
            if held or owed:
                # The reference stops reading acknowledgements at the first that it does not know (any more).
                self._store.add_acks(peer.identity, held + [message_id for message_id, new in owed if new], again=False)
                self._store.add_acks(peer.identity, [message_id for message_id, new in owed if not new], again=True)
                if peer.acks_due_at is None:
                    peer = replace(peer, acks_due_at=now + self._config.ack_delay)
            self._peers.save(self._peers.scheduled(peer), stored)
        refused = len(looked_at) - len(messages)
        return Received(tuple(messages), tuple(acknowledged), unknown_acks, other_acks, refused)

    def _acknowledged(self, peer: Peer, ids: Sequence[bytes]) -> tuple[list[Tracked], int, tuple[bytes, ...]]:
        """An acknowledgement ends our message, or its offer; unknown ones are siblings' business, or old (datasync.md
        §9), and are counted.

        Implements: DS-9, DS-10, DS-27
        """
        ours = {
            record.message_id: record.tag
            for record in self._store.records(peer.identity, ids)
            if record.type is not RecordType.REQUEST
        }
        self._store.remove_records(peer.identity, list(ours))
        others = tuple(message_id for message_id in ids if message_id not in ours)
        unknown = len(others) - len(self._store.known(peer.identity, others)) if others else 0
        return [Tracked(message_id, ours[message_id]) for message_id in ids if message_id in ours], unknown, others

    def _requested(self, peer: Peer, ids: Sequence[bytes], now: float) -> None:
        """A requested offer becomes a message. A message is repeated at once, but only once for the asking.

        Implements: DS-9, DS-27
        """
        changed: list[Record] = []
        for record in self._store.records(peer.identity, ids):
            if record.deadline is None:
                continue
            if record.type is RecordType.OFFER:
                changed.append(replace(record, type=RecordType.MESSAGE, send_count=0, deadline=now))
            elif record.type is RecordType.MESSAGE and record.send_count == 1:
                changed.append(replace(record, deadline=min(record.deadline, now)))
        self._store.update_records(changed)

    def _offered(self, peer: Peer, ids: Sequence[bytes], now: float, known: bool) -> tuple[list[bytes], bool]:
        """What is held is acknowledged, what is not is requested, as far as there is room: the ids to acknowledge, and
        whether anything is requested.

        Implements: DS-9
        """
        if not ids:
            return [], False
        held = self._store.known(peer.identity, ids)
        asked = self._request(peer, [message_id for message_id in ids if message_id not in held], now, now, known)
        return [message_id for message_id in ids if message_id in held], asked

    def _request(self, peer: Peer, ids: Sequence[bytes], deadline: float, now: float, known: bool = True) -> bool:
        """Add what is not requested already: whether there was anything to add and room for it."""
        pending = {record.message_id for record in self._store.records(peer.identity, ids)}
        wanted = [message_id for message_id in ids if message_id not in pending]
        if not wanted:
            return False
        config = self._config
        room = min(
            (config.max_requests if known else config.max_requests_of_stranger)
            - self._store.count_requests(peer.identity),
            (config.max_requests_in_total if known else config.max_requests_of_strangers)
            - self._store.count_requests(None),
        )
        for message_id in wanted[: max(0, room)]:
            self._store.add_record(Record(peer.identity, message_id, RecordType.REQUEST, 0, deadline, now), None)
        return room > 0

    def _take_messages(
        self, peer: Peer, signer: PublicKey, messages: Sequence[SyncMessage], now: float
    ) -> tuple[Peer, list[Incoming], list[tuple[bytes, bool]]]:
        """The peer, the messages of our group, and the ids to acknowledge, each with whether it is new.

        Implements: DS-3, DS-10, DS-14, DS-21, DS-25, DS-26
        """
        group_id = self._group_id(signer)
        taken = [(message.id, message) for message in messages if message.group_id == group_id]
        if not taken:
            return peer, [], []
        identity = peer.identity
        known = self._store.known(identity, [message_id for message_id, _ in taken])
        incoming: list[Incoming] = []
        owed: dict[bytes, bool] = {}
        for message_id, message in taken:
            metadata = message.metadata
            ephemeral = metadata is not None and metadata.ephemeral
            new = message_id not in known
            known.add(message_id)
            if not ephemeral:
                owed.setdefault(message_id, new)
            parents = _ids(metadata.parents) if metadata else ()
            incoming.append(Incoming(message_id, message.body, message.timestamp, new, ephemeral, parents))
        self._store.add_known(identity, [message_id for message_id, new in owed.items() if new], now)
        came = [
            record.message_id
            for record in self._store.records(identity, [message_id for message_id, _ in taken])
            if record.type is RecordType.REQUEST
        ]
        self._store.remove_records(identity, came)
        if peer.opted_in:
            peer = _with_heads(peer, incoming, came)
            incoming = self._with_missing(peer, incoming, now)
        return peer, incoming, list(owed.items())

    def _with_missing(self, peer: Peer, messages: Sequence[Incoming], now: float) -> list[Incoming]:
        """With the parents that did not arrive; they are requested unless they come soon (4/MVDS-META).

        Implements: DS-20
        """
        parents = _ids(parent for message in messages for parent in message.parents)
        known = self._store.known(peer.identity, parents)
        missing = [parent for parent in parents if parent not in known]
        # Together with the acknowledgement: until then they may come by themselves, having been overtaken.
        self._request(peer, missing, now + self._config.ack_delay, now)
        lacking = frozenset(missing)
        return [
            replace(message, missing=tuple(parent for parent in message.parents if parent in lacking))
            for message in messages
        ]


def _with_heads(peer: Peer, messages: Iterable[Incoming], awaited: Sequence[bytes]) -> Peer:
    """The last message without a child of each side. One that was awaited has a child: it was somebody's parent."""
    for message in messages:
        if not message.new or message.ephemeral:
            continue
        own_head = b"" if peer.own_head in message.parents else peer.own_head
        peer_head = peer.peer_head if message.id in awaited else message.id
        peer = replace(peer, own_head=own_head, peer_head=peer_head)
    return peer


def _ids(ids: Iterable[bytes]) -> tuple[bytes, ...]:
    """Each id once, in order; what does not have the size of one is nothing (datasync.md §3)."""
    return tuple(dict.fromkeys(message_id for message_id in ids if len(message_id) == ID_SIZE))
