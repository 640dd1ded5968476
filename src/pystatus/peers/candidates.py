"""Nodes that may become peers, when each may be tried, and which of them give way (overlay.md §7.2, §10.4). No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, Key, is_local, parse_address, subnet_key
from pystatus.peers.backoff import Backoff
from pystatus.peers.bad_nodes import MAX_FAILURES, BadNodes
from pystatus.peers.cache import CachedPeer
from pystatus.peers.sources import Source

MAX_CANDIDATES = 200
"""Nodes that are remembered, several for each place that a node has for peers of its choice."""
SOURCE_SHARE = 2
"""One source has at most one in so many candidates (overlay.md §10.4): a half."""
MAX_CANDIDATES_PER_SUBNET = 10
"""Candidates of one /24 or /48, as many as one network may have in a table of discovery (overlay.md §10.2). This
machine and local networks are not counted."""
CANDIDATE_VALIDITY = 3600.0
"""Seconds for which a node that a topic search has found is a candidate, from the last time that it was found
(overlay.md §7.1: 60 minutes). Node lists and the cache name a node once, and theirs stay."""
CANDIDATE_BACKOFF = Backoff(initial=60.0, maximum=3600.0)
"""After a failure, and after a peer has left soon: others are tried first (overlay.md §10.4: up to an hour)."""
HANG_UP_PAUSE = 35.0
"""Seconds after a node has hung up: it lets an address in every 30 seconds, and a try in between does not make that
longer (overlay.md §6.3)."""
OFFLINE_PAUSE = 300.0
"""The longest pause in seconds while no peer is connected: then it is rather this node that cannot reach anybody, and
nobody is worse for it (overlay.md §10.4: as for static peers)."""

_T = TypeVar("_T")

_REPEATED = frozenset({Source.DISCV5, Source.RENDEZVOUS})
"""The sources that name a node again and again for as long as it is there."""


class CandidateState(Enum):
    """What happens to a candidate (overlay.md §7.2). Pending and queued are one state here: a candidate that waits is
    dialled as soon as its time has come and a peer is missing, and no candidate stays with the dialler."""

    WAITING = auto()
    REQUESTED = auto()
    """Being dialled."""
    CONNECTED = auto()
    DISMISSED = auto()
    """Connected, and about to be disconnected because there are too many."""
    REJECTED = auto()
    """Connected, and about to be disconnected because it is of no use."""


@dataclass(slots=True, eq=False)
class DialCandidate:
    """One node."""

    enode: Enode
    source: Source
    """What found it first."""
    topics: set[str]
    """What it was found under."""
    found_at: float
    """When it was found last, on the clock of the event loop."""
    due: float
    """Not to be dialled before."""
    group: Key | bytes
    """Its /24 or /48; of a local address the node itself."""
    failures: int = 0
    """Attempts since the last connection that lasted."""
    state: CandidateState = CandidateState.WAITING
    standing: tuple[int, int] = (0, 0)
    """What the cache says of it: :attr:`~pystatus.peers.cache.CachedPeer.standing`."""
    has_hung_up: bool = False
    """It has closed a connection before the key agreement, and was not connected since then."""
    dialled_at: float = 0.0
    """When it was dialled last."""
    topic: str = ""
    """The topic that it is a peer of, while it is dialled or connected."""
    is_confirmed: bool = False
    """Connected, and it speaks our protocol."""

    @property
    def is_busy(self) -> bool:
        """Whether it is being dialled, or connected."""
        return self.state is not CandidateState.WAITING

    @property
    def is_untried(self) -> bool:
        """Whether it waits for a dial that may be the first one."""
        return not (self.is_busy or self.failures or self.has_hung_up)

    @property
    def is_leaving(self) -> bool:
        """Whether it is about to be disconnected by us."""
        return self.state in (CandidateState.DISMISSED, CandidateState.REJECTED)

    def is_stale(self, now: float) -> bool:
        """Whether its source would have named it again if it were still there."""
        return not self.is_busy and self.source in _REPEATED and now - self.found_at > CANDIDATE_VALIDITY


class DialCandidates:
    """Nodes by id, at most :data:`MAX_CANDIDATES`, and at most half of that from one source.

    When there is no place, candidates whose time is over go first, then the one that has failed most, then one of the
    network that has most of them, drawn at random: an attacker who fills the places fills them with nodes of its own
    networks, and these give way.
    """

    def __init__(self, random: RandomSource, backoff: Backoff = CANDIDATE_BACKOFF, limit: int = MAX_CANDIDATES) -> None:
        self.bad = BadNodes()
        """Nodes that are not tried for a while."""
        self._random = random
        self._backoff = backoff
        self._limit = limit
        self._known: dict[bytes, DialCandidate] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[DialCandidate]:
        return iter(tuple(self._known.values()))

    def __contains__(self, node_id: bytes) -> bool:
        return node_id in self._known

    def get(self, node_id: bytes) -> DialCandidate | None:
        """The candidate of this id, if there is one."""
        return self._known.get(node_id)

    def add(self, source: Source, topic: str, enode: Enode, now: float) -> bool:
        """Remember a node, or that it was found again. False: it cannot be dialled, was bad lately, or there is no
        place.

        Where a node that has not failed is found at another address, that is not believed: else whoever is asked for
        nodes could send us away from any of them.
        """
        known = self._known.get(enode.node_id)
        if known is not None:
            known.found_at = now
            known.topics.add(topic)
            if enode.address != known.enode.address and known.failures and not known.is_busy:
                return self._move(known, enode, now)
            return True
        group = group_of(enode)
        if group is None or self.bad.holds(enode, now) or not self._make_place(source, group, now):
            return False
        self._known[enode.node_id] = DialCandidate(
            enode, source, {topic}, now, now, group, failures=self.bad.failures(enode)
        )
        return True

    def rate(self, cached: CachedPeer) -> None:
        """The cache knows a node. Nothing happens if it is no candidate."""
        if (known := self._known.get(cached.enode.node_id)) is not None:
            known.standing = cached.standing

    def due(self, now: float) -> list[DialCandidate]:
        """Those whose time has come. Those whose time is over are dropped."""
        self._drop_stale(now)
        return [one for one in self._known.values() if not one.is_busy and one.due <= now]

    def next_due(self, is_of_use: Callable[[DialCandidate], bool] = lambda one: True) -> float | None:
        """When the next one is due; ``None``: none waits.

        :param is_of_use: whether a candidate would be dialled then.
        """
        return min((one.due for one in self._known.values() if not one.is_busy and is_of_use(one)), default=None)

    def failed(self, candidate: DialCandidate, now: float, *, is_online: bool = True) -> None:
        """It could not be reached, or has left soon. After :data:`MAX_FAILURES` attempts it is given up for a while.

        :param is_online: whether another peer is connected, so that the failure is not our own.
        """
        candidate.state = CandidateState.WAITING
        if is_online:
            candidate.failures += 1
            if candidate.failures >= MAX_FAILURES:
                self.give_up(candidate, now)
                return
        else:
            candidate.failures = min(candidate.failures + 1, MAX_FAILURES - 1)
        pause = self._backoff.pause(candidate.failures, self._chance())
        candidate.due = now + (pause if is_online else min(pause, OFFLINE_PAUSE))

    def hung_up(self, candidate: DialCandidate, now: float) -> None:
        """It took our connection and closed it at once, as a node does that was dialled from here a moment ago, by a
        run of this client that has ended. That is no failure the first time; then it is to be :meth:`failed`."""
        candidate.state = CandidateState.WAITING
        candidate.has_hung_up = True
        candidate.due = now + HANG_UP_PAUSE

    def left(self, candidate: DialCandidate, now: float) -> None:
        """It was a peer for a good while."""
        candidate.failures = 0
        self.bad.forgive(candidate.enode)
        self.failed(candidate, now)

    def dismissed(self, candidate: DialCandidate, now: float) -> None:
        """It was disconnected because there were too many: it has done nothing wrong."""
        candidate.state = CandidateState.WAITING
        candidate.due = now + self._backoff.pause(1, self._chance())

    def give_up(self, candidate: DialCandidate, now: float) -> None:
        """Do not try it for a while, whatever finds it."""
        self.bad.add(candidate.enode, now)
        del self._known[candidate.enode.node_id]

    def draw(self, candidates: list[DialCandidate]) -> DialCandidate:
        """One of them: the network is drawn first, then the node, so that many nodes in one network do not count."""
        groups: dict[Key | bytes, list[DialCandidate]] = {}
        for one in candidates:
            groups.setdefault(one.group, []).append(one)
        return self._any(groups[self._any(list(groups))])

    def _move(self, known: DialCandidate, enode: Enode, now: float) -> bool:
        group = group_of(enode)
        if group is None or self.bad.holds(enode, now):
            return False
        known.enode, known.group, known.due, known.failures = enode, group, now, self.bad.failures(enode)
        return True

    def _make_place(self, source: Source, group: Key | bytes, now: float) -> bool:
        self._drop_stale(now)
        known = list(self._known.values())
        in_group = [one for one in known if one.group == group]
        if len(in_group) >= MAX_CANDIDATES_PER_SUBNET:
            return self._drop_worst(in_group, group)
        of_source = [one for one in known if one.source is source]
        if len(of_source) >= max(1, self._limit // SOURCE_SHARE):
            return self._drop_worst(of_source, group)
        return len(known) < self._limit or self._drop_worst(known, group)

    def _drop_worst(self, among: list[DialCandidate], newcomer: Key | bytes) -> bool:
        """Whether one of these made room for a newcomer of a network."""
        idle = [one for one in among if not one.is_busy]
        worst = max((one.failures for one in idle), default=0)
        if worst:
            idle = [one for one in idle if one.failures == worst]
        else:
            sizes = Counter(one.group for one in idle)
            largest = max(sizes.values(), default=0)
            if largest <= sizes[newcomer] + 1:
                return False  # with the newcomer its network would have as many
            idle = [one for one in idle if sizes[one.group] == largest]
        del self._known[self._any(idle).enode.node_id]
        return True

    def _drop_stale(self, now: float) -> None:
        for one in [one for one in self._known.values() if one.is_stale(now)]:
            del self._known[one.enode.node_id]

    def _any(self, things: list[_T]) -> _T:
        return things[int.from_bytes(self._random(8), "big") % len(things)]

    def _chance(self) -> float:
        return int.from_bytes(self._random(4), "big") / 2**32


def address_of(enode: Enode) -> IPAddress | None:
    """The IP address of a node that can be dialled; ``None``: it has none, or one that is no node's."""
    if enode.host is None or not enode.is_complete:
        return None
    try:
        address = parse_address(enode.host)
    except ValueError:
        return None
    return None if address.is_unspecified or address.is_multicast else address


def group_of(enode: Enode) -> Key | bytes | None:
    """What counts as one network: a /24 or /48; of a local address each node is one. ``None``: it cannot be dialled."""
    address = address_of(enode)
    if address is None:
        return None
    return enode.node_id if is_local(address) else subnet_key(address)
