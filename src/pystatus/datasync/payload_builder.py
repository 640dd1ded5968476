"""Payloads put together from parts that are encoded already, to exact sizes (datasync.md §7).

Written on raw bytes: a message is encoded once, when it is appended, and goes into every payload as it is. That makes
sizes exact without encoding anything twice. The tests hold the result against :meth:`Payload.encode`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from pystatus.datasync.ids import ID_SIZE
from pystatus.records import dataclass
from pystatus.wire import varint

_ACK = b"\xca\xb8\x02\x20"  # field 5001, length 32
_OFFER = b"\xd2\xb8\x02\x20"
_REQUEST = b"\xda\xb8\x02\x20"
_MESSAGE = b"\xe2\xb8\x02"  # field 5004

ID_COST = len(_ACK) + ID_SIZE
"""Bytes of one acknowledgement, offer or request in a payload."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """One of our messages: its data sync id, and the tag that the caller gave it."""

    id: bytes
    tag: bytes


@dataclass(frozen=True, slots=True)
class OutgoingPayload:
    """A payload to be sealed for a peer, and which of our messages are in it."""

    data: bytes
    messages: tuple[Tracked, ...] = ()


@dataclass(slots=True)
class Contents:
    """Everything that goes to one peer now."""

    acks: list[bytes] = field(default_factory=list)
    offers: list[bytes] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    messages: list[tuple[Tracked, bytes]] = field(default_factory=list)

    def pack(self, limit: int) -> list[OutgoingPayload]:
        """In as few payloads as this order allows, none of them empty.

        ``limit`` is the size of a payload in bytes. A message that is larger goes alone: whoever appended it knew.

        Implements: DS-7
        """
        payloads: list[OutgoingPayload] = []
        parts: list[bytes] = []
        inside: list[Tracked] = []
        size = 0
        for part, tracked in self._parts():
            if parts and size + len(part) > limit:
                payloads.append(OutgoingPayload(b"".join(parts), tuple(inside)))
                parts, inside, size = [], [], 0
            parts.append(part)
            size += len(part)
            if tracked is not None:
                inside.append(tracked)
        if parts:
            payloads.append(OutgoingPayload(b"".join(parts), tuple(inside)))
        return payloads

    def _parts(self) -> Iterable[tuple[bytes, Tracked | None]]:
        for prefix, ids in ((_ACK, self.acks), (_OFFER, self.offers), (_REQUEST, self.requests)):
            for message_id in ids:
                yield prefix + message_id, None
        for tracked, wire in self.messages:
            yield _MESSAGE + varint.encode(len(wire)) + wire, tracked


def message_cost(wire: bytes) -> int:
    """Bytes that an encoded message takes in a payload."""
    return len(_MESSAGE) + len(varint.encode(len(wire))) + len(wire)
