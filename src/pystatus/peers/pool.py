"""The peer pool: keeps the right number of peers of each topic, whatever finds them (overlay.md §7). No I/O.

Nodes that were found, peers that come and go, and the time go in. Out come the node to dial next, the peers to
disconnect, and what is to be searched. The time is that of the event loop, in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pystatus.crypto.random import RandomSource
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, is_local, subnet_key
from pystatus.peers.cache import MAX_CACHED_FACTOR, NoCache, PeerCache
from pystatus.peers.candidates import CandidateState, DialCandidate, DialCandidates
from pystatus.peers.dial_pace import DialPace
from pystatus.peers.diversity import Diversity, OutboundPeer
from pystatus.peers.events import DiscoveryStarted, DiscoveryStopped, NodeDiscovered, PoolEvent
from pystatus.peers.limits import TopicLimits, TopicState
from pystatus.peers.outbound import OutboundPeers
from pystatus.peers.sources import WHISPER, Source
from pystatus.peers.topic_search import TopicSearch

SEARCH_SECONDS = 180.0
"""How long peers are looked for before the search pauses (overlay.md §7.1: three minutes)."""
PAUSES = (60.0, 120.0, 300.0, 900.0)
"""Seconds of the first pause and the next ones, and of all after them (overlay.md §7.4). They begin anew when there are
enough peers, or when one has left. A pause ends when there are fewer peers than the least number."""
CACHE_PATIENCE = 5.0
"""Seconds for which cached peers are dialled at the start before anything is searched, unless all have failed sooner.
Ours: longer than a handshake over a slow link, shorter than what people call waiting."""
STABLE_SECONDS = 30.0
"""A connection that lasted this long proves that dialling is welcome, as of static peers."""


class PeerPool:
    """Peers by topic, the candidates for them, and the search.

    Implements: CL-13, CL-15, CL-16, CL-20, CL-24, CL-26, CL-27
    """

    def __init__(
        self,
        topics: Mapping[str, TopicLimits],
        random: RandomSource,
        *,
        candidates: DialCandidates | None = None,
        cache: PeerCache | None = None,
        stable_after: float = STABLE_SECONDS,
        diversity: Diversity | None = None,
    ) -> None:
        """
        :param topics: what peers are wanted of. The first one is that of peers which were found otherwise: static ones
            count for it. A peer that was found under several counts for the last of them that lacks one.
        :param stable_after: seconds for which a connection has to last so that the node counts as good.
        """
        self.candidates = DialCandidates(random) if candidates is None else candidates
        self._stable_after = stable_after
        self._cache: PeerCache = NoCache() if cache is None else cache
        self._searches = {topic: TopicSearch(limits) for topic, limits in topics.items()}
        self._default = next(iter(topics), WHISPER)
        self._outbound = OutboundPeers(self.candidates, self._default)
        self._peers = self._outbound.connected
        self._pace = DialPace()
        self._diversity = diversity or Diversity()
        self._events: list[PoolEvent] = []
        self._is_started = False
        self._cache_until: float | None = None
        """Until when cached peers alone are tried; ``None``: not any more."""
        self._pause_at: float | None = None
        """When the search pauses, if peers are still missing."""
        self._resume_at: float | None = None
        """When it goes on after a pause."""
        self._pauses = 0

    # What is to be done

    @property
    def searched(self) -> Mapping[str, float | None]:
        """For each topic, seconds between two lookups of it; ``None``: it is not searched."""
        return {topic: search.mode.value for topic, search in self._searches.items()}

    @property
    def is_searching(self) -> bool:
        """Whether anything is searched."""
        return any(search.is_running for search in self._searches.values())

    def missing(self, topic: str, now: float) -> int:
        """How many more candidates of a topic may be dialled."""
        return self._outbound.missing(topic, self._searches[topic].limits, now)

    @property
    def topics(self) -> Mapping[str, TopicState]:
        """How it stands with each topic."""
        return {
            topic: TopicState(self._outbound.count(topic), search.limits, search.mode.value)
            for topic, search in self._searches.items()
        }

    def next_dial(self, now: float, places: int, may_dial: Callable[[Enode], bool]) -> DialCandidate | None:
        """Who is to be dialled now; :meth:`dial_failed` or :meth:`connected` is to be called for it. ``None``: nobody.

        :param places: how many more peers the node may have.
        :param may_dial: whether a node may be dialled as far as the connections know.
        """
        topics = self._topics_to_fill(places, now)
        if not topics:
            return None
        due = self._due(topics, now, may_dial)
        if not due or not self._pace.may_dial(now):
            return None
        best = self._outbound.best(due)
        best.state = CandidateState.REQUESTED
        best.dialled_at = now
        best.topic = next(topic for topic in topics if topic in best.topics)
        self._pace.dialled(best.enode, now)
        return best

    def is_hungry(self, now: float, places: int, may_dial: Callable[[Enode], bool]) -> bool:
        """Whether a peer is missing and nobody can be dialled but those that have failed."""
        topics = self._topics_to_fill(places, now)
        return bool(topics) and all(one.failures for one in self._due(topics, now, may_dial))

    def surplus(self) -> list[bytes]:
        """The peers, by id, to disconnect because there are too many of their topic. Each is named once."""
        found = []
        for topic, search in self._searches.items():
            ours = [one for one in self.candidates if one.state is CandidateState.CONNECTED and one.topic == topic]
            ours.sort(key=lambda one: self._peers[one.enode.node_id].since)
            for one in ours[search.limits.max :]:
                one.state = CandidateState.DISMISSED
                found.append(one.enode.node_id)
        return found

    def take_events(self) -> list[PoolEvent]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    def next_timer(self, now: float, places: int, may_dial: Callable[[Enode], bool]) -> float | None:
        """When there is something to do again, unless something happens; ``None``: not before."""
        times = [search.next_timer for search in self._searches.values()]
        times += [self._cache_until, self._pause_at, self._resume_at, self._diversity.next_timer(now)]
        times.append(self._outbound.next_timer(now))
        topics = self._topics_to_fill(places, now)
        if topics:
            is_of_use = self._is_of_use(topics, now)
            due = self.candidates.next_due(lambda one: is_of_use(one) and may_dial(one.enode))
            if due is not None:
                times.append(max(due, self._pace.next_dial(now)))
            times.append(self._pace.next_host(now))
        return min((at for at in times if at is not None), default=None)

    # What happens

    def start(self, now: float) -> None:
        """Begin with the cached peers; search if there are none, or not enough of them answer."""
        self._is_started = True
        self._cache_until = now + CACHE_PATIENCE
        if not self._load_cached(now):
            self._cache_until = None
            self._begin(now)

    def stop(self) -> None:
        """Search no more, and dial nobody."""
        self._is_started = False
        self._cache_until = None
        self._end_search()

    def found(self, source: Source, topic: str, enode: Enode, now: float) -> bool:
        """A source has found a node. Whether it is a candidate now.

        Implements: CL-20
        """
        if topic not in self._searches:
            return False
        is_known = self.candidates.add(source, topic, enode, now)
        if is_known and enode.node_id in self._peers:
            self._assign(now)
        return is_known

    def connected(self, enode: Enode, address: IPAddress, now: float, source: Source | None = None) -> None:
        """A node that we have dialled is connected: a candidate, or another, such as a static peer."""
        candidate = self.candidates.get(enode.node_id)
        group = None if is_local(address) else subnet_key(address)
        if candidate is not None and source is not Source.STATIC:
            candidate.state = CandidateState.CONNECTED
            candidate.has_hung_up = False
            candidate.topic = candidate.topic or self._default
            source = candidate.source
        self._peers[enode.node_id] = OutboundPeer(group, source, now)
        self._assign(now)

    def confirmed(self, node_id: bytes) -> None:
        """A peer is of use: it has said that it speaks our protocol. The cache remembers it if we have chosen it."""
        candidate = self.candidates.get(node_id)
        if candidate is not None and candidate.state is CandidateState.CONNECTED:
            keep = MAX_CACHED_FACTOR * self._searches[candidate.topic].limits.max
            self._cache.connected(candidate.topic, candidate.enode, keep)
            candidate.is_confirmed = True
            self._tell_discovered(candidate)

    def gone(self, node_id: bytes, now: float, *, misbehaved: bool = False) -> None:
        """A peer has disconnected. Nothing happens if we have not dialled it.

        :param misbehaved: it is banned.
        """
        peer = self._peers.pop(node_id, None)
        if peer is None:
            return
        candidate = self.candidates.get(node_id)
        if candidate is not None and candidate.is_busy:
            if misbehaved or candidate.state is CandidateState.REJECTED:
                self._cache.forget(candidate.enode)
                self.candidates.give_up(candidate, now)
            elif candidate.state is CandidateState.DISMISSED:
                self.candidates.dismissed(candidate, now)
            elif now - peer.since >= self._stable_after:
                self.candidates.left(candidate, now)
            else:
                self.candidates.failed(candidate, now)
            candidate.topic, candidate.is_confirmed = "", False
        if now - peer.since >= self._stable_after:  # there may be another one in its place
            self._pauses = 0
            self._resume_at = None if self._resume_at is None else min(self._resume_at, now + PAUSES[0])
        self._assign(now)
        self._end_pause_if_needed(now)

    def reject(self, node_id: bytes, topic: str) -> bool:
        """A peer is of no use for its topic, and given up when it is disconnected. False: it is no peer of it."""
        candidate = self.candidates.get(node_id)
        if candidate is None or candidate.state is not CandidateState.CONNECTED or candidate.topic != topic:
            return False
        candidate.state = CandidateState.REJECTED
        return True

    def dial_failed(self, node_id: bytes, now: float, *, is_answered: bool = False, has_hung_up: bool = False) -> None:
        """A candidate could not be connected. Nothing happens if it is, or was.

        :param is_answered: it was reached. Otherwise, and if no peer is connected, it may be this node that cannot
            reach anybody.
        :param has_hung_up: it was reached, and hung up before the key agreement: see :meth:`DialCandidates.hung_up`.
        """
        candidate = self.candidates.get(node_id)
        if candidate is None or candidate.state is not CandidateState.REQUESTED:
            return
        is_online = is_answered or bool(self._peers)
        if has_hung_up and not candidate.has_hung_up:
            self.candidates.hung_up(candidate, now)
        else:
            if is_online:
                self._cache.failed(candidate.topic, candidate.enode)
            self.candidates.failed(candidate, now, is_online=is_online)
        candidate.topic = ""
        self._end_cached_phase(now)

    def set_limits(self, topic: str, limits: TopicLimits, now: float) -> None:
        """Want another number of peers of a topic.

        :raises KeyError: the pool has no such topic.
        """
        self._searches[topic].limits = limits
        self._recount(now)
        self._end_pause_if_needed(now)

    def on_timer(self, now: float) -> None:
        """Time has passed."""
        was_searching = self.is_searching
        for search in self._searches.values():
            search.on_timer(now)
        if was_searching and not self.is_searching:
            self._stopped(is_satisfied=True)
        if self._cache_until is not None and now >= self._cache_until:
            self._cache_until = None
            self._begin(now)
        if self._pause_at is not None and now >= self._pause_at:
            self._pause(now)
        if self._resume_at is not None and now >= self._resume_at:
            self._resume_at = None
            self._begin(now)

    # Inside

    def _topics_to_fill(self, places: int, now: float) -> list[str]:
        """Topics of which peers are missing; the last ones, which fewer nodes have, come first."""
        if not self._is_started or self._outbound.dialling() >= places:
            return []
        return [topic for topic in reversed(self._searches) if self.missing(topic, now)]

    def _due(self, topics: list[str], now: float, may_dial: Callable[[Enode], bool]) -> list[DialCandidate]:
        is_of_use = self._is_of_use(topics, now)
        return [one for one in self.candidates.due(now) if is_of_use(one) and may_dial(one.enode)]

    def _is_of_use(self, topics: list[str], now: float) -> Callable[[DialCandidate], bool]:
        """Whether a candidate may be dialled when its time has come."""
        slots = sum(search.limits.max for search in self._searches.values())
        is_diverse = self._diversity.rule(now, self._outbound.chosen(), slots)
        return lambda one: (
            is_diverse(one) and not one.topics.isdisjoint(topics) and not self._pace.rests(one.enode, now)
        )

    def _assign(self, now: float) -> None:
        """Let peers that were found under several topics count for the one that lacks a peer, rarer topics first."""
        for topic in reversed(self._searches):
            for one in self.candidates:
                if (
                    one.state is CandidateState.CONNECTED
                    and topic in one.topics
                    and one.topic == self._default != topic
                    and self._outbound.count(topic) < self._searches[topic].limits.max
                ):
                    one.topic = topic
                    if one.is_confirmed:
                        self._tell_discovered(one)
        self._recount(now)

    def _tell_discovered(self, candidate: DialCandidate) -> None:
        if candidate.topic != self._default:
            self._events.append(NodeDiscovered(candidate.enode, candidate.topic))

    def _recount(self, now: float) -> None:
        for topic, search in self._searches.items():
            search.recount(self._outbound.count(topic), now)
        if self._is_satisfied():
            self._cache_until = None
            self._resume_at = None
            self._pauses = 0
        elif self._is_started and self._cache_until is None and self._resume_at is None:
            # Whatever lacks a peer is searched, now or after a pause. A search that ended with enough peers does not
            # wait until there are fewer than the least number: a peer that is gone counts until that is noticed, and
            # with it and the one in its place there were enough for a while.
            self._begin(now)

    def _is_satisfied(self) -> bool:
        return all(search.is_satisfied(self._outbound.count(topic)) for topic, search in self._searches.items())

    def _load_cached(self, now: float) -> bool:
        """Whether there are candidates from the cache."""
        is_any = False
        for topic, search in self._searches.items():
            if search.limits.max:
                for cached in self._cache.load(topic):
                    is_any |= self.found(Source.CACHE, topic, cached.enode, now)
                    self.candidates.rate(cached)
        return is_any

    def _end_cached_phase(self, now: float) -> None:
        """Search if no cached peer is left to try."""
        if self._cache_until is None:
            return
        cached = [one for one in self.candidates if one.source is Source.CACHE]
        if not any(one.state is CandidateState.REQUESTED or one.is_untried for one in cached):
            self._cache_until = now

    def _end_pause_if_needed(self, now: float) -> None:
        """A peer has left: search also while the search pauses, if too few are left (CL-27)."""
        counts = {topic: self._outbound.count(topic) for topic in self._searches}
        if self._resume_at is not None and any(one.is_below_min(counts[name]) for name, one in self._searches.items()):
            self._resume_at = None
            self._begin(now)

    def _begin(self, now: float) -> None:
        """Search all topics that lack peers, for another three minutes."""
        was_searching = self.is_searching
        begun = False
        for topic, search in self._searches.items():
            if not search.is_running:
                search.start(self._outbound.count(topic), now)
                begun |= search.is_running
        if not begun:
            return
        self._diversity.begin(now)
        self._resume_at = None
        self._pause_at = now + SEARCH_SECONDS
        self._load_cached(now)
        if not was_searching:
            topics = tuple(topic for topic, search in self._searches.items() if search.is_running)
            self._events.append(DiscoveryStarted(topics))

    def _pause(self, now: float) -> None:
        """Too few peers were found for too long."""
        self._end_search()
        self._resume_at = now + PAUSES[min(self._pauses, len(PAUSES) - 1)]
        self._pauses += 1

    def _end_search(self) -> None:
        was_searching = self.is_searching
        for search in self._searches.values():
            search.stop()
        self._pause_at = self._resume_at = None
        if was_searching:
            self._stopped(is_satisfied=False)

    def _stopped(self, *, is_satisfied: bool) -> None:
        self._pause_at = None
        self._events.append(DiscoveryStopped(is_satisfied))
