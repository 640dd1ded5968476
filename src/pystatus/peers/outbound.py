"""The peers of our choice: those that are connected, those that are being dialled, and who is the next. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pystatus.peers.candidates import CandidateState, DialCandidate, DialCandidates
from pystatus.peers.diversity import Chosen, OutboundPeer
from pystatus.peers.limits import TopicLimits
from pystatus.peers.sources import Source

DIAL_PATIENCE = 2.0
"""Seconds for which a dial keeps the place of a peer. Then another candidate is dialled beside it, so that a node which
is gone costs no 15 seconds; of too many peers the newest is dismissed. Ours: both handshakes are three round trips."""
DIALS_PER_PLACE = 3
"""Dials under way at most for each peer of a topic that is missing. Ours."""


class OutboundPeers:
    """What is connected and what is being dialled, by topic and by source."""

    def __init__(self, candidates: DialCandidates, default: str) -> None:
        """
        :param default: the topic of peers that are no candidates.
        """
        self.connected: dict[bytes, OutboundPeer] = {}
        """By id, those that we have dialled."""
        self._candidates = candidates
        self._default = default

    def chosen(self) -> list[Chosen]:
        """Source and network of the peers that are connected or being dialled."""
        dialled = [(one.source, one.group) for one in self._dialled()]
        return [*((peer.source, peer.group) for peer in self.connected.values()), *dialled]

    def dialling(self) -> int:
        """Dials under way."""
        return len(self._dialled())

    def count(self, topic: str) -> int:
        """Peers of a topic."""
        topics = {one.enode.node_id: one.topic for one in self._of_state(CandidateState.CONNECTED)}
        leaving = {one.enode.node_id for one in self._candidates if one.is_leaving}
        return sum(topics.get(node_id, self._default) == topic for node_id in self.connected.keys() - leaving)

    def missing(self, topic: str, limits: TopicLimits, now: float) -> int:
        """How many more candidates of a topic may be dialled."""
        places = limits.max - self.count(topic)
        dialled = [one for one in self._dialled() if one.topic == topic]
        prompt = sum(now < one.dialled_at + DIAL_PATIENCE for one in dialled)
        return max(0, min(places - prompt, DIALS_PER_PLACE * places - len(dialled)))

    def next_timer(self, now: float) -> float | None:
        """When a dial keeps its place no more; ``None``: none does."""
        late = [one.dialled_at + DIAL_PATIENCE for one in self._dialled()]
        return min((at for at in late if at > now), default=None)

    def best(self, due: Sequence[DialCandidate]) -> DialCandidate:
        """Whom to dial of these candidates.

        The source of which fewest are connected comes first, then who has failed least, then a network drawn at random.
        Of those of the cache the ones of the best standing are preferred, but by every second choice only: who has been
        connected often enough to have it can be no more than half of them.
        """
        dialled = Counter(source for source, _ in self.chosen())
        least = min((dialled[one.source], one.failures) for one in due)
        best = [one for one in due if (dialled[one.source], one.failures) == least]
        cached = [one.standing for one in best if one.source is Source.CACHE]
        if cached and dialled[Source.CACHE] % 2 == 0:
            best = [one for one in best if one.source is not Source.CACHE or one.standing == min(cached)]
        return self._candidates.draw(best)

    def _dialled(self) -> list[DialCandidate]:
        return self._of_state(CandidateState.REQUESTED)

    def _of_state(self, state: CandidateState) -> list[DialCandidate]:
        return [one for one in self._candidates if one.state is state]
