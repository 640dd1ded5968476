"""Which peers an envelope goes to.

Every envelope asks this, most peers of most nodes want everything, and nearly all envelopes of a packet are where the
others are. So the answer is kept: for each topic, and for those who have them already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from pystatus.waku.relay.events import PeerId
from pystatus.waku.relay.peer import Peer
from pystatus.waku.relay.pool import NOBODY

Share: TypeAlias = Callable[[frozenset[int]], frozenset[int]]

MAX_CACHED_TOPICS = 65_536
"""Topics for which we remember who wants them."""


class Recipients:
    """The peers that want the same topics."""

    __slots__ = ("_after", "_before", "_lacking", "_peers", "_share", "strictest")

    def __init__(self, peers: Sequence[Peer], share: Share) -> None:
        self._peers = peers
        self._share = share
        self.strictest = max((peer.min_pow for peer in peers), default=0.0)
        """The highest proof of work that one of them asks for."""
        self._before: frozenset[int] | None = None
        self._lacking: Sequence[Peer] = ()
        self._after = NOBODY

    def lacking(self, holders: frozenset[int], pow_value: float) -> tuple[Sequence[Peer], frozenset[int]]:
        """Those who take an envelope and are not among its ``holders``, and who has it when they have got it.

        :param pow_value: its proof of work; infinite, and not looked at, where it reaches :attr:`strictest`.

        Implements: WK-7, WK-30
        """
        if holders is not self._before:
            self._before = holders
            self._lacking = [peer for peer in self._peers if peer.number not in holders]
            self._after = self._share(holders.union([peer.number for peer in self._lacking]))
        if pow_value >= self.strictest:
            return self._lacking, self._after
        taking = [peer for peer in self._lacking if pow_value >= peer.min_pow]
        return taking, self._share(holders.union([peer.number for peer in taking]))


class RecipientsByTopic:
    """The answers for all topics. Whoever changes a peer's interest or proof of work calls :meth:`clear`."""

    def __init__(self, peers: Mapping[PeerId, Peer], share: Share) -> None:
        """
        :param share: finds a set of numbers that is in use already.
        """
        self._peers = peers
        self._share = share
        self._by_topic: dict[bytes, Recipients] = {}
        self._by_peers: dict[tuple[Peer, ...], Recipients] = {}

    def __len__(self) -> int:
        """Topics remembered."""
        return len(self._by_topic)

    def clear(self) -> None:
        """Forget everything: a peer has come or gone, or wants something else."""
        self._by_topic.clear()
        self._by_peers.clear()

    def of(self, topic: bytes) -> Recipients:
        """Who wants ``topic``.

        Implements: WK-4, WK-33
        """
        return self._by_topic.get(topic) or self._find(topic)

    def _find(self, topic: bytes) -> Recipients:
        if len(self._by_topic) >= MAX_CACHED_TOPICS:
            self.clear()
        peers = tuple(p for p in self._peers.values() if p.ready and not p.failed and p.interest.wants(topic))
        takers = self._by_peers.setdefault(peers, Recipients(peers, self._share))
        self._by_topic[topic] = takers
        return takers
