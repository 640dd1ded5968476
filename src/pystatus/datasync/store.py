"""The storage that data sync needs, as a port, and the records in it.

Everything runs inside a transaction that the caller owns; the node keeps no state of its own besides. Identities are
compressed keys (33 bytes), message ids have 32 bytes, times are Unix seconds. An implementation stores what it is given
and decides nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from pystatus.records import dataclass


class RecordType(enum.IntEnum):
    """What a record makes us send (datasync.md §4.1). Acknowledgements are never records.

    Implements: DS-5
    """

    OFFER = 0
    REQUEST = 1
    MESSAGE = 2


@dataclass(frozen=True, slots=True)
class Record:
    """Something that is sent to a peer until the peer's answer removes it. Named by peer and message id.

    Implements: DS-4, DS-6
    """

    peer: bytes
    message_id: bytes
    type: RecordType
    send_count: int
    deadline: float | None
    """When to send it (again). None: given up, and kept only for an acknowledgement that comes late."""
    added_at: float
    ephemeral: bool = False
    """Sent once and dropped (4/MVDS-META)."""
    tag: bytes = b""
    """The caller's name for the message: its application id, which several peers may share."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What we know about data sync with one identity, our own included (paired devices)."""

    identity: bytes
    due_at: float | None = None
    """When something has to be sent, at the latest. The scheduler looks at nothing else."""
    acks_due_at: float | None = None
    """When the pending acknowledgements have to go, if nothing else goes before. None: there are none."""
    sent_at: float = 0.0
    """When a payload with messages went there last."""
    heard_at: float = 0.0
    """When traffic from there last brought our repetitions forward."""
    syncs: bool = False
    """Data sync came from it, so it does data sync."""
    unanswered: int = 0
    """How often it talked to us after a repetition, and had never acknowledged anything."""
    rounds: int = 0
    """Repetitions since anything came from there."""
    retry_at: float = 0.0
    """Nothing is repeated before: the back-off of the peer, beside that of each record."""
    opted_in: bool = False
    """Offers, requests of our own accord, parents and ephemeral messages are understood there."""
    own_head: bytes = b""
    """Our last message that has no child yet; empty if there is none."""
    peer_head: bytes = b""
    """The peer's last message that has no child yet."""


class SyncStore(Protocol):
    """The tables of data sync.

    Implements: DS-3, DS-4
    """

    # peers

    def peer(self, identity: bytes) -> Peer | None: ...

    def save_peer(self, peer: Peer) -> None:
        """Insert or replace, by identity."""

    def due_peers(self, now: float) -> Sequence[bytes]:
        """The identities whose ``due_at`` is ``now`` or before, the longest due first."""

    def peers_due_after(self, time: float) -> Sequence[bytes]:
        """The identities whose ``due_at`` is after ``time``."""

    def next_due(self) -> float | None:
        """The earliest ``due_at``."""

    def forget_peer(self, identity: bytes) -> None:
        """Delete the peer with its records, bodies and acknowledgements. What is known stays known."""

    # records

    def add_record(self, record: Record, wire: bytes | None) -> None:
        """Insert a new record, and of our own messages the encoded :class:`~pystatus.datasync.codec.SyncMessage`."""

    def records(self, peer: bytes, ids: Sequence[bytes]) -> Sequence[Record]:
        """Those of the records with these ids that exist, in any order."""

    def tagged_records(self, tag: bytes) -> Sequence[Record]:
        """The records with this tag, of all peers, in any order. For what people do by hand: all records are looked
        at."""

    def due_records(self, peer: bytes, until: float) -> Iterator[tuple[Record, bytes]]:
        """The records whose deadline is ``until`` or before, earliest first, then as they were added; each with its
        body if it is of type MESSAGE, else with nothing. Nothing is written while this is read."""

    def update_records(self, records: Collection[Record]) -> None:
        """Replace what changes: ``type``, ``send_count``, ``deadline``."""

    def remove_records(self, peer: bytes, ids: Sequence[bytes]) -> None:
        """Delete records with their bodies."""

    def drop_bodies(self, peer: bytes, ids: Sequence[bytes]) -> None:
        """Delete the bodies of records that stay."""

    def next_deadline(self, peer: bytes) -> float | None:
        """The earliest deadline of the peer's records."""

    def bring_forward(self, peer: bytes, now: float, soon: float, most: int) -> None:
        """Lower deadlines of what was sent less than ``most`` times: to ``now`` of messages and offers that were
        repeated before, of everything else to ``soon``."""

    def lower_deadlines(self, peer: bytes, to: float) -> None:
        """Set each deadline of the peer that is later to ``to``."""

    def begin_anew(self, peer: bytes, now: float) -> None:
        """Make what has a deadline due at ``now`` if it was later; offers and messages count as never sent."""

    def hold_repetitions(self, peer: bytes, after: float, to: float) -> None:
        """Set each deadline between ``after`` and ``to`` of a record that was sent before to ``to``."""

    def count_requests(self, peer: bytes | None) -> int:
        """How many records of type REQUEST there are, for one peer or altogether."""

    # known ids

    def holds(self, peer: bytes, message_id: bytes) -> bool:
        """Whether it was noted by :meth:`add_known`, or there is a record of it."""

    def known(self, peer: bytes, ids: Sequence[bytes]) -> set[bytes]:
        """Which of these were noted by :meth:`add_known`."""

    def add_known(self, peer: bytes, ids: Sequence[bytes], now: float) -> None:
        """Note messages that were received from the peer or written to it; none of ``ids`` is known."""

    # acknowledgements

    def add_acks(self, peer: bytes, ids: Sequence[bytes], *, again: bool) -> None:
        """Note that these have to be acknowledged, possibly ``again``. One that is noted already stays as it is."""

    def take_acks(self, peer: bytes, limit: int) -> Sequence[bytes]:
        """At most ``limit`` of them, which are deleted thereby: as they were added, those of ``again`` last."""

    def prune(self, before: float, max_known: int, max_idle_peers: int) -> None:
        """Delete what was noted before then: known ids, given-up records, peers with nothing pending that have neither
        opted in nor sent anything since. Of known ids keep the youngest ``max_known``, of peers with nothing pending
        the ``max_idle_peers`` heard last. Of very many known ids some are deleted, and the others the next time."""
