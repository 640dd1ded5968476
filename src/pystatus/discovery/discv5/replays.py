"""Which packets came before: a copy that somebody else sends is not answered (overlay.md §10.2)."""

from __future__ import annotations

from pystatus.discovery.discv5.limits import REPLAY_SECONDS

PARTS = 5
"""Parts of the memory, of which the oldest is forgotten at once: a packet is remembered for 40 to 50 seconds, and a
reference node repeats a topicQuery, which has no expiration, after 60 at the earliest."""
PART_SECONDS = REPLAY_SECONDS / (PARTS - 1)
MAX_REMEMBERED = 40_000
"""Packets in each part, about 110 bytes each: 4,000 a second. Beyond that the oldest part is forgotten sooner."""


class _Part:
    """The packets of ten seconds."""

    __slots__ = ("began", "seen")

    def __init__(self, began: float) -> None:
        self.began = began
        self.seen: dict[int, int] = {}


class ReplayMemory:
    """Remembers packets by sender and signed hash, which covers the type: the packet's own hash would not do, since
    anybody can turn a signature into its twin with another s."""

    __slots__ = ("_parts",)

    def __init__(self, now: float) -> None:
        self._parts = [_Part(now)]
        """The newest first."""

    def __len__(self) -> int:
        return sum(len(part.seen) for part in self._parts)

    def seen_from(self, sender: bytes, signed_hash: bytes, source: int, now: float) -> int | None:
        """Remember a packet, and from where it came first. ``None``: it is new. Else what ``source`` was then.

        :param sender: its id, 64 bytes.
        :param source: any number that stands for an address and port.
        """
        parts = self._parts
        if now - parts[0].began >= PART_SECONDS or len(parts[0].seen) >= MAX_REMEMBERED:
            parts.insert(0, _Part(now))
            del parts[PARTS:]
        while now - parts[-1].began > PART_SECONDS + REPLAY_SECONDS:
            parts.pop()
        key = int.from_bytes(sender[:8], "big") ^ int.from_bytes(signed_hash[:8], "big")
        for part in parts:
            first = part.seen.get(key)
            if first is not None:
                return first
        parts[0].seen[key] = source
        return None
