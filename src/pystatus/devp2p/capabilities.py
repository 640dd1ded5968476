"""Capabilities, and which message ids each one gets on a connection (overlay.md §2.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import NamedTuple

from pystatus.records import dataclass

BASE_PROTOCOL_LENGTH = 16
"""Message ids 0 to 15 belong to the base protocol."""


class Capability(NamedTuple):
    """A subprotocol by name and version, such as ``waku/1``. Sorted by name, then version.

    A tuple, because every packet is sent and received under one: it is compared and looked up twice as fast.
    """

    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True)
class Subprotocol:
    """A capability that we speak and how many message codes it has. Both sides know the length; it is never sent."""

    capability: Capability
    length: int
    max_sizes: Mapping[int, int] | None = field(default=None, compare=False)
    """Bytes of a packet that are taken, by its code, below the connection's own limit. Packets with other codes are
    ignored by us: they are handed on as they came, compressed or not. ``None``: the connection's limit for every code.
    """


@dataclass(frozen=True, slots=True)
class SharedCapability:
    """A capability of this connection. Its codes begin at 0 and travel as message ids beginning at ``offset``."""

    capability: Capability
    offset: int
    length: int
    max_sizes: Mapping[int, int] | None = field(default=None, compare=False)
    """As of :class:`Subprotocol`."""


def negotiate(ours: Iterable[Subprotocol], theirs: Iterable[Capability]) -> tuple[SharedCapability, ...]:
    """What both sides speak: the highest common version of each name, ids handed out in the order of the names.

    Implements: WK-56
    """
    remote = set(theirs)
    chosen: dict[str, Subprotocol] = {}
    for subprotocol in sorted(ours, key=lambda subprotocol: subprotocol.capability):
        if subprotocol.capability in remote:
            chosen[subprotocol.capability.name] = subprotocol  # sorted: a higher version comes later
    shared = []
    offset = BASE_PROTOCOL_LENGTH
    for subprotocol in chosen.values():
        shared.append(SharedCapability(subprotocol.capability, offset, subprotocol.length, subprotocol.max_sizes))
        offset += subprotocol.length
    return tuple(shared)
