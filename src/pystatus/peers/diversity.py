"""Peers of our choice are in several networks (A44). No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

from pystatus.discovery.addresses import Key
from pystatus.peers.candidates import DialCandidate
from pystatus.peers.sources import Source
from pystatus.records import dataclass

SUBNET_SHARE = 4
"""At most one in so many peers of our choice, and always one, is in the same /24 or /48 (A44): whoever owns a network
cannot be all of them. Ours: a mobile node has four, each in another one."""
GATHERING_SECONDS = 15.0
"""From the beginning of the search: so long one peer at most is chosen among nodes that strangers name. Ours: five
lookups. Whoever sits at the place of a topic answers the first one, and with eight networks would fill all slots before
anybody else was heard (``pystatus simulate eclipse``)."""
STRANGERS = frozenset({Source.DISCV5, Source.RENDEZVOUS})
"""The sources that hand on what anybody tells them."""


@dataclass(frozen=True, slots=True)
class OutboundPeer:
    """A connection that we have dialled."""

    group: Key | None
    """``None``: this machine or a local network."""
    source: Source | None
    since: float


Chosen: TypeAlias = tuple[Source | None, Key | bytes | None]
"""Source and network of a peer that is connected or being dialled, or of a candidate."""


class Diversity:
    """Which nodes may be chosen beside those that are."""

    def __init__(self, gathering: float = GATHERING_SECONDS) -> None:
        self._gathering = gathering
        self._ends: float | None = None
        """When the first search has gathered candidates; ``None``: none has begun."""

    def begin(self, now: float) -> None:
        """A search begins. Only the first one gathers: later ones have candidates from before."""
        if self._ends is None:
            self._ends = now + self._gathering

    def next_timer(self, now: float) -> float | None:
        """When more may be chosen; ``None``: time changes nothing."""
        return self._ends if self._ends is not None and now < self._ends else None

    def rule(self, now: float, chosen: Sequence[Chosen], slots: int) -> Callable[[DialCandidate], bool]:
        """Whether a candidate may be chosen, too.

        :param slots: peers that are wanted.
        """
        counts = Counter(group for _, group in chosen if group is not None)
        share = max(1, slots // SUBNET_SHARE)
        is_early = self.next_timer(now) is not None and any(_is_named_by_strangers(*one) for one in chosen)
        return lambda one: (
            counts[one.group] < share and not (is_early and _is_named_by_strangers(one.source, one.group))
        )


def _is_named_by_strangers(source: Source | None, group: Key | bytes | None) -> bool:
    """Whether anybody may have put this node into our way; nodes of the local network are exempt."""
    return source in STRANGERS and isinstance(group, tuple)
