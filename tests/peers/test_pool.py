"""overlay.md §7.2 and §7.4, row by row, and what replaces the reference's dead ends; the clock is the test's."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import parse_address
from pystatus.peers.backoff import Backoff
from pystatus.peers.cache import CachedPeer
from pystatus.peers.candidates import HANG_UP_PAUSE, CandidateState, DialCandidates
from pystatus.peers.dial_pace import DIALS_AT_ONCE, HOST_PAUSE
from pystatus.peers.diversity import Diversity
from pystatus.peers.events import DiscoveryStarted, DiscoveryStopped
from pystatus.peers.limits import MOBILE_RELAYS, ONE_MAILSERVER, TopicLimits
from pystatus.peers.outbound import DIAL_PATIENCE, DIALS_PER_PLACE
from pystatus.peers.pool import CACHE_PATIENCE, PAUSES, SEARCH_SECONDS, STABLE_SECONDS, PeerPool
from pystatus.peers.sources import WHISPER, WHISPERMAIL, Source
from pystatus.peers.topic_search import FAST_PERIOD, MAX_FAST_SECONDS, SLOW_PERIOD, STOP_DELAY
from tests.peers.support import anybody, drawn, enode, of

TWO = TopicLimits(2, 2)
MANY = 1000
"""Places of a node that has enough of them."""


class Cache:
    """What a node remembers of earlier runs."""

    def __init__(self, peers: Iterable[CachedPeer] = ()) -> None:
        self.peers = {(one.topic, one.enode.node_id): one for one in peers}

    def load(self, topic: str) -> Sequence[CachedPeer]:
        return [one for one in self.peers.values() if one.topic == topic]

    def connected(self, topic: str, enode: Enode, keep: int) -> None:
        former = self.peers.get((topic, enode.node_id))
        self.peers[topic, enode.node_id] = CachedPeer(topic, enode, 1 + (former.successes if former else 0))

    def failed(self, topic: str, enode: Enode) -> None:
        if (topic, enode.node_id) in self.peers:
            del self.peers[topic, enode.node_id]

    def forget(self, enode: Enode) -> None:
        for one in [one for one in self.peers if one[1] == enode.node_id]:
            del self.peers[one]

    def list_version(self, url: str) -> int:
        raise AssertionError("the pool reads no lists")

    def keep_list_version(self, url: str, seq: int) -> None:
        raise AssertionError("the pool reads no lists")


class World:
    """A pool, its clock, and a network that does what the test says."""

    def __init__(
        self,
        topics: Mapping[str, TopicLimits] | None = None,
        cached: Iterable[Enode] = (),
        places: int = MANY,
        *,
        is_started: bool = True,
        gathering: float = 0.0,
        seed: int = 1,
    ) -> None:
        self.now = 0.0
        self.places = places
        self.cache = Cache(CachedPeer(WHISPER, one, 1) for one in cached)
        self.candidates = DialCandidates(drawn(seed), Backoff(initial=60.0, maximum=3600.0, jitter=0.0))
        self.pool = PeerPool(
            topics or {WHISPER: TWO},
            drawn(2),
            candidates=self.candidates,
            cache=self.cache,
            diversity=Diversity(gathering),
        )
        self.connected: set[bytes] = set()
        if is_started:
            self.pool.start(self.now)

    def remember(self, *peers: CachedPeer) -> None:
        """The cache knows them, and the pool begins with them."""
        self.cache.peers = {(one.topic, one.enode.node_id): one for one in peers}
        self.pool.start(self.now)

    def find(self, *nodes: Enode, source: Source = Source.DISCV5, topic: str = WHISPER) -> list[bool]:
        return [self.pool.found(source, topic, one, self.now) for one in nodes]

    def may_dial(self, node: Enode) -> bool:
        return node.node_id not in self.connected

    def dial(self) -> list[Enode]:
        """Everybody whom the pool wants to dial now."""
        found = []
        while (one := self.pool.next_dial(self.now, self.places, self.may_dial)) is not None:
            found.append(one.enode)
        return found

    def connect(self, node: Enode, source: Source | None = None) -> None:
        assert node.host is not None
        self.connected.add(node.node_id)
        self.pool.connected(node, parse_address(node.host), self.now, source)
        self.pool.confirmed(node.node_id)

    def dial_and_connect(self) -> list[Enode]:
        dialled = self.dial()
        for one in dialled:
            self.connect(one)
        return dialled

    def leave(self, node: Enode, *, misbehaved: bool = False) -> None:
        self.connected.discard(node.node_id)
        self.pool.gone(node.node_id, self.now, misbehaved=misbehaved)

    def wait(self, seconds: float) -> None:
        """Time passes; every timer is served when it is due."""
        until = self.now + seconds
        while (at := self.timer()) is not None and at <= until:
            assert at > self.now, "a timer that is due again at once would never rest"
            self.now = at
            self.pool.on_timer(self.now)
        self.now = until
        self.pool.on_timer(self.now)

    def timer(self) -> float | None:
        """When the pool wants to be called; what may be dialled now is dialled and fails."""
        while dialled := self.dial():
            for one in dialled:
                self.pool.dial_failed(one.node_id, self.now)
            self.pool.on_timer(self.now)
        return self.pool.next_timer(self.now, self.places, self.may_dial)

    @property
    def period(self) -> float | None:
        return self.pool.searched[WHISPER]


# found (overlay.md §7.4)


@pytest.mark.requirement("CL-13", "CL-20")
def test_a_node_that_is_found_is_dialled_and_becomes_a_peer() -> None:
    world = World()
    assert world.find(enode(1)) == [True]
    assert world.dial() == [enode(1)]
    assert of(world.candidates, enode(1)).state is CandidateState.REQUESTED
    world.connect(enode(1))
    assert of(world.candidates, enode(1)).state is CandidateState.CONNECTED
    assert world.pool.missing(WHISPER, 1.0) == 1


def test_a_topic_that_the_pool_does_not_want_is_ignored() -> None:
    """Topics are how a node says what it can do: who is found under another one is no relay of ours."""
    world = World()
    assert world.find(enode(1), topic="LES2@d4e56740f876aef8") == [False]
    assert world.dial() == []


def test_a_connected_node_that_is_found_again_stays_as_it_is() -> None:
    world = World()
    world.find(enode(1))
    world.dial_and_connect()
    world.wait(5)
    world.find(enode(1))
    assert of(world.candidates, enode(1)).found_at == 5.0
    assert world.dial() == []


@pytest.mark.requirement("CL-24")
def test_no_more_are_dialled_than_are_missing() -> None:
    world = World()
    world.find(*(enode(number) for number in range(5)))
    assert len(world.dial()) == 2
    assert world.dial() == []


def test_no_more_are_dialled_than_there_are_places() -> None:
    world = World(places=1)
    world.find(enode(1), enode(2))
    assert len(world.dial()) == 1
    assert not world.pool.is_hungry(world.now, world.places, anybody)


# add


def test_an_inbound_peer_or_one_that_nobody_asked_for_is_no_peer_of_the_pool() -> None:
    world = World()
    world.find(enode(1))
    world.pool.confirmed(enode(1).node_id)
    world.leave(enode(2))
    world.pool.dial_failed(enode(1).node_id, 0.0)  # it was not dialled
    assert (world.pool.missing(WHISPER, 1.0), world.cache.peers) == (2, {})
    assert of(world.candidates, enode(1)).failures == 0


@pytest.mark.requirement("CL-28")
def test_a_peer_that_speaks_our_protocol_is_remembered() -> None:
    world = World()
    world.find(enode(1))
    world.dial_and_connect()
    assert [one.enode for one in world.cache.load(WHISPER)] == [enode(1)]


@pytest.mark.requirement("CL-15")
def test_static_peers_count_and_are_never_dismissed() -> None:
    world = World()
    world.connect(enode(1), Source.STATIC)
    world.find(enode(2), enode(3))
    assert len(world.dial_and_connect()) == 1
    world.connect(enode(4), Source.STATIC)
    assert world.pool.surplus() == []


def test_a_static_peer_that_leaves_is_left_to_its_dialler() -> None:
    world = World()
    world.connect(enode(1), Source.STATIC)
    world.leave(enode(1))
    assert enode(1).node_id not in world.candidates


def test_a_static_peer_that_was_found_as_well_is_left_to_its_dialler() -> None:
    world = World()
    world.find(enode(1))
    world.connect(enode(1), Source.STATIC)
    assert of(world.candidates, enode(1)).state is CandidateState.WAITING
    assert world.cache.peers == {}


def test_of_too_many_peers_the_newest_is_dismissed_and_is_not_worse_for_it() -> None:
    world = World({WHISPER: TopicLimits(1, 3)})
    world.find(enode(1), enode(2), enode(3))
    for _ in range(3):
        one = world.pool.next_dial(world.now, 1, world.may_dial)
        assert one is not None
        world.connect(one.enode)
        world.now += 1
        newest = one.enode
    world.pool.set_limits(WHISPER, TopicLimits(1, 2), world.now)
    assert world.pool.surplus() == [newest.node_id]
    assert world.pool.surplus() == []
    assert world.pool.missing(WHISPER, 1.0) == 0
    world.leave(newest)
    assert (of(world.candidates, newest).state, of(world.candidates, newest).failures) == (CandidateState.WAITING, 0)
    assert len(world.cache.load(WHISPER)) == 3  # it stays there


@pytest.mark.requirement("CL-26")
def test_with_enough_peers_discovery_rests_after_ten_seconds() -> None:
    world = World()
    assert world.period == FAST_PERIOD
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(STOP_DELAY - 0.1)
    assert world.period == SLOW_PERIOD
    world.wait(0.1)
    assert world.period is None
    assert world.pool.take_events() == [DiscoveryStarted((WHISPER,)), DiscoveryStopped(is_satisfied=True)]
    assert world.pool.next_timer(world.now, MANY, anybody) is None


# drop


def test_the_drop_of_a_stranger_changes_nothing() -> None:
    world = World()
    world.leave(enode(1))
    assert world.pool.missing(WHISPER, 1.0) == 2


@pytest.mark.requirement("CL-27")
def test_when_a_peer_drops_another_candidate_is_dialled_and_discovery_resumes() -> None:
    world = World()
    world.find(enode(1), enode(2), enode(3))
    dialled = world.dial_and_connect()
    world.wait(STABLE_SECONDS + 1)
    assert world.period is None
    world.leave(dialled[0])
    assert world.period == FAST_PERIOD
    (other,) = world.dial()
    assert other not in dialled
    assert world.pool.take_events()[-1] == DiscoveryStarted((WHISPER,))


@pytest.mark.requirement("CL-27")
def test_the_search_resumes_with_the_first_peer_that_is_missing_also_if_it_can_be_spared() -> None:
    world = World({WHISPER: TopicLimits(1, 3)})
    world.find(enode(1), enode(2), enode(3))
    world.dial_and_connect()
    world.wait(STABLE_SECONDS)
    assert world.period is None
    world.leave(enode(1))
    assert world.period == SLOW_PERIOD
    assert world.pool.take_events()[-1] == DiscoveryStarted((WHISPER,))


def test_a_peer_that_is_gone_and_counts_until_that_is_noticed_does_not_end_the_search_for_good() -> None:
    """Its replacement is found before, and both are enough for longer than a search goes on with enough peers."""
    world = World({WHISPER: MOBILE_RELAYS})
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.find(enode(3))
    world.dial_and_connect()
    world.wait(STOP_DELAY)
    assert world.period is None
    for number in range(1, 4):  # the next one is gone
        world.leave(enode(number))
        assert world.period is not None
        world.find(enode(number + 3))
        world.dial_and_connect()
        world.wait(STABLE_SECONDS)
        assert world.period is None


def test_a_peer_that_has_left_is_dialled_again_later_but_after_others() -> None:
    world = World()
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(STABLE_SECONDS)
    world.leave(enode(1))
    assert world.dial() == []
    assert world.candidates.next_due() == STABLE_SECONDS + 60
    assert len(world.cache.load(WHISPER)) == 2  # the reference forgets it


def test_a_peer_that_leaves_at_once_again_and_again_is_given_up() -> None:
    world = World()
    world.find(enode(1))
    for _ in range(5):
        assert world.dial_and_connect() == [enode(1)]
        world.leave(enode(1))
        world.now += 600.0
        world.find(enode(1))
    assert enode(1).node_id not in world.candidates
    assert world.find(enode(1)) == [False]


def test_a_peer_that_misbehaves_is_given_up_and_forgotten() -> None:
    world = World()
    world.find(enode(1))
    world.dial_and_connect()
    world.leave(enode(1), misbehaved=True)
    assert (enode(1).node_id in world.candidates, world.cache.peers) == (False, {})
    assert world.find(enode(1)) == [False]


@pytest.mark.requirement("CL-27")
def test_when_the_mailserver_leaves_another_is_looked_for() -> None:
    """In the reference its disconnect resumes nothing."""
    world = World({WHISPER: TWO, WHISPERMAIL: ONE_MAILSERVER})
    world.find(enode(1), enode(2))
    world.find(enode(3), topic=WHISPERMAIL)
    world.dial_and_connect()
    world.wait(STABLE_SECONDS)
    assert not world.pool.is_searching
    world.leave(enode(3))
    assert world.pool.searched == {WHISPER: None, WHISPERMAIL: FAST_PERIOD}


# 3 minutes, and then


def test_the_search_pauses_and_goes_on_after_growing_pauses() -> None:
    """The reference stays alone for ever after three minutes."""
    world = World()
    for pause in (*PAUSES, PAUSES[-1]):
        assert world.period == FAST_PERIOD
        world.wait(MAX_FAST_SECONDS)
        assert world.period == SLOW_PERIOD
        world.wait(SEARCH_SECONDS - MAX_FAST_SECONDS)
        assert world.period is None
        assert world.pool.take_events()[-1] == DiscoveryStopped(is_satisfied=False)
        world.wait(pause - 0.1)
        assert world.period is None
        world.wait(0.1)


def test_enough_peers_make_the_next_pause_short_again() -> None:
    world = World()
    for pause in PAUSES:
        world.wait(SEARCH_SECONDS + pause)
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(STABLE_SECONDS)
    world.leave(enode(1))
    world.leave(enode(2))
    world.wait(SEARCH_SECONDS)
    assert world.period is None
    world.wait(PAUSES[0])
    assert world.period == FAST_PERIOD


@pytest.mark.requirement("CL-27")
def test_a_peer_that_leaves_during_a_pause_ends_it() -> None:
    world = World()
    world.find(enode(1))
    world.dial_and_connect()
    world.wait(SEARCH_SECONDS)
    assert world.period is None
    world.leave(enode(1))
    assert world.period == FAST_PERIOD


def test_a_peer_that_can_be_spared_does_not_end_the_pause() -> None:
    world = World({WHISPER: TopicLimits(1, 3)})
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(SEARCH_SECONDS)
    world.leave(enode(1))
    assert world.period is None
    world.wait(PAUSES[0])
    assert world.period == SLOW_PERIOD


def test_a_peer_that_leaves_and_can_be_spared_makes_the_pause_short() -> None:
    """There may be another one in its place, and the long pauses are for networks in which there is no other."""
    world = World({WHISPER: TopicLimits(1, 4)})
    world.find(enode(1), enode(2), enode(3))
    world.dial_and_connect()
    for pause in PAUSES:
        world.wait(SEARCH_SECONDS + pause)
    world.wait(SEARCH_SECONDS + 1)
    world.leave(enode(1))
    world.wait(PAUSES[0] - 1)
    assert world.period is None
    world.wait(1)
    assert world.period == SLOW_PERIOD
    world.wait(SEARCH_SECONDS)
    world.find(enode(4))
    world.dial_and_connect()
    world.wait(1)
    world.leave(enode(4))  # it was none
    world.wait(PAUSES[0] - 2)
    assert world.period is None
    world.wait(1)
    assert world.period == SLOW_PERIOD


def test_a_pause_that_ends_for_one_topic_ends_for_all() -> None:
    world = World({WHISPER: TopicLimits(1, 3), WHISPERMAIL: ONE_MAILSERVER})
    world.find(enode(1), enode(2))
    world.find(enode(3), topic=WHISPERMAIL)
    world.dial_and_connect()
    world.wait(SEARCH_SECONDS)
    assert not world.pool.is_searching
    world.leave(enode(3))
    assert world.pool.searched == {WHISPER: SLOW_PERIOD, WHISPERMAIL: FAST_PERIOD}


def test_a_topic_that_lacks_a_peer_has_three_minutes_of_its_own() -> None:
    world = World({WHISPER: TWO, WHISPERMAIL: ONE_MAILSERVER})
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(SEARCH_SECONDS - 10)
    assert world.pool.searched == {WHISPER: None, WHISPERMAIL: SLOW_PERIOD}
    world.leave(enode(1))
    world.wait(SEARCH_SECONDS - 1)
    assert world.period == SLOW_PERIOD
    assert world.pool.take_events() == [DiscoveryStarted((WHISPER, WHISPERMAIL))]


def test_candidates_are_dialled_during_a_pause_as_well() -> None:
    world = World()
    world.wait(SEARCH_SECONDS + 1)
    assert world.period is None
    world.find(enode(1), source=Source.DNS)
    assert world.dial() == [enode(1)]


# limits


def test_higher_limits_resume_the_search() -> None:
    world = World()
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(STOP_DELAY)
    world.pool.set_limits(WHISPER, TopicLimits(4, 4), world.now)
    assert world.period == FAST_PERIOD
    with pytest.raises(KeyError):
        world.pool.set_limits("other", TWO, world.now)


def test_a_higher_limit_resumes_the_search_though_there_are_enough_for_the_lower_one() -> None:
    world = World()
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(STOP_DELAY)
    world.pool.set_limits(WHISPER, TopicLimits(1, 3), world.now)
    assert world.period == SLOW_PERIOD


def test_lower_limits_do_not_end_a_pause_and_higher_ones_do() -> None:
    world = World({WHISPER: TopicLimits(1, 3)})
    world.find(enode(1))
    world.dial_and_connect()
    world.wait(SEARCH_SECONDS)
    world.pool.set_limits(WHISPER, TopicLimits(1, 2), world.now)
    assert world.period is None
    world.pool.set_limits(WHISPER, TopicLimits(2, 3), world.now)
    assert world.period == FAST_PERIOD


def test_a_topic_of_which_no_peers_are_wanted_is_not_searched() -> None:
    world = World({WHISPER: TopicLimits(0, 0)})
    assert world.period is None
    world.find(enode(1))
    assert world.dial() == []


@pytest.mark.requirement("CL-25")
def test_a_mobile_node_has_three_relays_and_a_mailserver() -> None:
    world = World({WHISPER: MOBILE_RELAYS, WHISPERMAIL: ONE_MAILSERVER})
    world.find(*(enode(number) for number in range(10)))
    world.find(*(enode(number) for number in range(5, 15)), topic=WHISPERMAIL)
    dialled = world.dial_and_connect()
    assert len(dialled) == 4
    assert (world.pool.missing(WHISPER, 1.0), world.pool.missing(WHISPERMAIL, 1.0)) == (0, 0)


def test_a_relay_that_turns_out_to_be_a_mailserver_counts_as_one_where_none_is_there() -> None:
    world = World({WHISPER: TWO, WHISPERMAIL: ONE_MAILSERVER})
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    assert world.pool.missing(WHISPER, 1.0) == 0
    world.find(enode(1), topic=WHISPERMAIL)
    assert (world.pool.missing(WHISPER, 1.0), world.pool.missing(WHISPERMAIL, 1.0)) == (1, 0)
    world.find(enode(2), topic=WHISPERMAIL)  # one is enough
    assert world.pool.missing(WHISPER, 1.0) == 1


def test_a_relay_that_turns_out_to_be_a_mailserver_is_looked_for_again_as_a_relay() -> None:
    world = World({WHISPER: TopicLimits(1, 2), WHISPERMAIL: ONE_MAILSERVER})
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(STOP_DELAY)
    assert world.pool.searched == {WHISPER: None, WHISPERMAIL: FAST_PERIOD}
    world.find(enode(1), topic=WHISPERMAIL)
    assert world.period == SLOW_PERIOD


# What lacks a peer


@pytest.mark.requirement("CL-27")
@pytest.mark.parametrize("seed", range(40))
def test_whatever_lacks_a_peer_is_searched_sooner_or_later(seed: int) -> None:
    """Whatever happens, in whatever order."""
    chance = random.Random(seed)
    limits = [TopicLimits(least, most) for most in range(4) for least in range(most + 1)]
    world = World(
        {WHISPER: chance.choice(limits[1:]), WHISPERMAIL: chance.choice(limits)},
        [enode(number) for number in range(chance.randrange(3))],
    )
    for _ in range(30):
        node = enode(chance.randrange(12))
        match chance.randrange(7):
            case 0 | 1:
                world.find(node, topic=chance.choice([WHISPER, WHISPERMAIL]))
            case 2:
                world.dial_and_connect()
            case 3:
                world.connect(node, chance.choice([Source.STATIC, Source.DISCV5]))
            case 4 if world.connected:
                gone = chance.choice(sorted(world.connected))
                world.leave(next(one for one in map(enode, range(12)) if one.node_id == gone))
            case 5:
                world.pool.set_limits(chance.choice([WHISPER, WHISPERMAIL]), chance.choice(limits), world.now)
            case _:
                world.wait(chance.choice([1.0, STOP_DELAY, STABLE_SECONDS, SEARCH_SECONDS, PAUSES[1]]))
    lacking = {topic for topic, state in world.pool.topics.items() if state.peers < state.limits.max}
    searched: set[str] = set()
    until = world.now + SEARCH_SECONDS + PAUSES[-1]
    while world.now < until and not lacking <= searched:
        searched |= {topic for topic, period in world.pool.searched.items() if period is not None}
        world.wait(1.0)
    assert lacking <= searched


# The cache


@pytest.mark.requirement("CL-28")
def test_cached_peers_are_enough_without_any_discovery() -> None:
    world = World(cached=[enode(1), enode(2), enode(3)])
    assert not world.pool.is_searching
    assert len(world.dial_and_connect()) == 2
    world.wait(CACHE_PATIENCE + 100)
    assert world.pool.take_events() == []


def test_discovery_begins_when_cached_peers_take_too_long() -> None:
    world = World(cached=[enode(1), enode(2)])
    world.dial()
    world.now = CACHE_PATIENCE - 0.1
    world.pool.on_timer(world.now)
    assert world.period is None
    world.now = CACHE_PATIENCE
    world.pool.on_timer(world.now)
    assert world.period == FAST_PERIOD


def test_discovery_begins_at_once_when_all_cached_peers_have_failed() -> None:
    world = World(cached=[enode(1), enode(2)])
    for one in world.dial():
        assert world.period is None
        world.pool.dial_failed(one.node_id, world.now)
    world.pool.on_timer(world.now)
    assert world.period == FAST_PERIOD


def test_a_cached_peer_that_fails_while_others_are_connected_is_the_worse_for_it() -> None:
    world = World(cached=[enode(1), enode(2)])
    one, other = world.dial()
    world.connect(one)
    world.pool.dial_failed(other.node_id, world.now)
    assert [cached.enode for cached in world.cache.load(WHISPER)] == [one]


def test_without_a_connection_no_cached_peer_is_forgotten() -> None:
    """It is this node that is offline."""
    world = World(cached=[enode(1), enode(2)])
    for one in world.dial():
        world.pool.dial_failed(one.node_id, world.now)
    assert len(world.cache.load(WHISPER)) == 2


def test_a_search_that_begins_again_tries_the_cache_first() -> None:
    world = World()
    world.find(enode(1), enode(2))
    world.dial_and_connect()
    world.wait(STOP_DELAY)
    world.cache.connected(WHISPER, enode(7), 20)
    world.leave(enode(1))
    assert of(world.candidates, enode(7)).source is Source.CACHE


def test_of_cached_peers_the_good_ones_are_preferred() -> None:
    """Nine in ten are gone by now; the one that was connected most often comes first."""
    for seed in range(10):
        world = World({WHISPER: TopicLimits(1, 1)}, is_started=False, seed=seed)
        known = [CachedPeer(WHISPER, enode(number), successes=1, failures=number % 3) for number in range(1, 10)]
        world.remember(*known, CachedPeer(WHISPER, enode(99), successes=12))
        assert world.dial() == [enode(99)]


def test_whoever_was_connected_most_often_is_not_preferred_for_ever() -> None:
    """Eight connections are as good as a hundred, and every second choice is among all."""
    firsts, seconds = set(), set()
    for seed in range(200):
        world = World({WHISPER: TopicLimits(2, 2)}, is_started=False, seed=seed)
        best = [CachedPeer(WHISPER, enode(number), successes=8 * number) for number in (1, 2, 3)]
        world.remember(*best, *(CachedPeer(WHISPER, enode(number), successes=1) for number in range(10, 20)))
        first, second = world.dial()
        firsts.add(first)
        seconds.add(second)
    assert firsts == {one.enode for one in best}
    assert len(seconds) == 13


def test_beside_a_dial_that_takes_long_another_node_is_dialled() -> None:
    """A node that is gone answers nothing for 15 seconds."""
    world = World({WHISPER: TopicLimits(1, 1)}, cached=[enode(number) for number in range(10)])
    (gone,) = world.dial()
    assert world.pool.next_timer(world.now, world.places, world.may_dial) == DIAL_PATIENCE
    world.now = DIAL_PATIENCE - 0.1
    assert world.dial() == []
    world.now = DIAL_PATIENCE
    (other,) = world.dial()
    world.connect(other)
    world.pool.dial_failed(gone.node_id, world.now)
    world.now = 2 * DIAL_PATIENCE
    assert world.dial() == []


def test_dials_beside_each_other_are_not_without_number() -> None:
    world = World({WHISPER: TopicLimits(1, 1)}, cached=[enode(number) for number in range(10)])
    dialled = []
    for _ in range(7):
        dialled += world.dial()
        world.now += DIAL_PATIENCE
    assert len(dialled) == DIALS_PER_PLACE
    for one in dialled:
        world.connect(one)
        world.now += 1.0
    assert world.pool.surplus() == [one.node_id for one in dialled[1:]]


@pytest.mark.requirement("CL-28")
def test_a_client_that_restarts_at_once_finds_its_peers_busy_and_not_bad() -> None:
    """They let an address in every 30 seconds (overlay.md §6.3), so they hang up; after that they are dialled again."""
    world = World(cached=[enode(1), enode(2)])
    for one in world.dial():
        world.pool.dial_failed(one.node_id, world.now, is_answered=True, has_hung_up=True)
        assert of(world.candidates, one).failures == 0
    world.pool.on_timer(world.now)
    assert world.period == FAST_PERIOD, "others are looked for meanwhile"
    assert len(world.cache.load(WHISPER)) == 2
    world.now = HANG_UP_PAUSE - 0.1
    assert world.dial() == []
    world.now = HANG_UP_PAUSE
    assert set(world.dial_and_connect()) == {enode(1), enode(2)}


def test_a_node_that_always_hangs_up_is_bad() -> None:
    """Another key may be there by now."""
    world = World(cached=[enode(1)])
    for failures in range(3):
        (one,) = world.dial()
        world.pool.dial_failed(one.node_id, world.now, is_answered=True, has_hung_up=True)
        assert of(world.candidates, one).failures == failures
        assert bool(world.cache.load(WHISPER)) == (failures == 0)
        world.now = of(world.candidates, one).due
    world.connect(world.dial()[0])
    assert not of(world.candidates, enode(1)).has_hung_up


# Whom to dial


def test_the_source_with_the_fewest_peers_comes_first() -> None:
    """No source is the only one, whatever it finds (overlay.md §10.4)."""
    world = World({WHISPER: TopicLimits(4, 4)})
    world.find(*(enode(number) for number in range(50)), source=Source.DISCV5)
    world.find(*(enode(number) for number in range(100, 103)), source=Source.DNS)
    assert len(world.dial_and_connect()) == 4
    by_source = [of(world.candidates, node).source for node in map(enode, (*range(50), 100, 101, 102))
                 if of(world.candidates, node).is_busy]  # fmt: skip
    assert sorted(by_source) == [Source.DISCV5, Source.DISCV5, Source.DNS, Source.DNS]


def test_whoever_has_failed_least_comes_first() -> None:
    world = World({WHISPER: TopicLimits(1, 1)})
    world.find(enode(1))
    world.candidates.failed(of(world.candidates, enode(1)), 0.0)
    world.find(enode(2))
    world.now = 60.0
    assert world.dial() == [enode(2)]


@pytest.mark.parametrize(("slots", "in_one_network"), [(1, 1), (2, 1), (3, 1), (4, 1), (8, 2), (20, 5)])
def test_peers_are_in_several_networks(slots: int, in_one_network: int) -> None:
    world = World({WHISPER: TopicLimits(slots, slots)})
    world.find(*(enode(number, f"9.9.9.{number}") for number in range(1, 11)))
    assert len(world.dial_and_connect()) == in_one_network
    world.find(*(enode(number) for number in range(20, 60)))
    assert len(world.dial_and_connect()) == slots - in_one_network


def test_many_peers_may_be_on_this_machine() -> None:
    world = World({WHISPER: TopicLimits(4, 4)})
    world.find(*(enode(number, "127.0.0.1", 30000 + number) for number in range(1, 11)))
    assert len(world.dial_and_connect()) == 4


def test_one_address_is_dialled_every_35_seconds() -> None:
    """overlay.md §6.3: it lets one in every 30 seconds, and nobody can have us knock there without end."""
    world = World({WHISPER: TopicLimits(8, 8)})
    world.find(*(enode(number, "9.9.9.9", 30000 + number) for number in range(1, 11)))
    assert len(world.dial()) == 1
    assert world.pool.next_timer(world.now, MANY, anybody) is not None
    world.now = HOST_PAUSE
    assert len(world.dial()) == 1


def test_dials_are_not_without_number() -> None:
    """Somebody names dead nodes without end, and refuses each at once."""
    world = World()
    dials = 0
    for round_ in range(100):
        world.find(*(enode(100 * round_ + number) for number in range(100)))
        for one in world.dial():
            dials += 1
            world.pool.dial_failed(one.node_id, world.now, is_answered=True)
    assert dials <= DIALS_AT_ONCE
    timer = world.pool.next_timer(world.now, MANY, anybody)
    assert timer is not None
    assert timer > world.now


def test_a_pool_that_was_stopped_wants_nothing() -> None:
    world = World()
    world.find(enode(1))
    world.pool.stop()
    world.pool.stop()
    assert (world.dial(), world.period) == ([], None)
    assert not World(is_started=False).pool.is_searching


def test_a_node_that_may_not_be_dialled_is_passed_over() -> None:
    world = World()
    world.find(enode(1))
    world.connected.add(enode(1).node_id)
    assert world.dial() == []
    assert world.pool.is_hungry(world.now, MANY, world.may_dial)


def test_a_peer_that_leaves_while_cached_peers_are_tried_changes_nothing_yet() -> None:
    world = World(cached=[enode(1), enode(2)])
    world.dial()
    world.connect(enode(1))
    world.leave(enode(1))
    assert not world.pool.is_searching


def test_a_pool_without_a_cache_begins_with_discovery() -> None:
    pool = PeerPool({WHISPER: TWO}, drawn())
    pool.start(0.0)
    assert pool.is_searching
    pool.found(Source.DNS, WHISPER, enode(1), 0.0)
    assert pool.next_dial(0.0, MANY, anybody) is not None
    pool.connected(enode(1), parse_address("8.8.8.8"), 0.0)
    pool.confirmed(enode(1).node_id)
    pool.gone(enode(1).node_id, 1.0, misbehaved=True)
    assert pool.missing(WHISPER, 1.0) == 2


def test_who_is_heard_first_does_not_fill_all_slots() -> None:
    """Whoever sits at the place of a topic is heard first (A44)."""
    world = World({WHISPER: TopicLimits(2, 8)}, gathering=15.0)
    hostile = [enode(number, f"9.9.{number % 8}.{number}") for number in range(1, 60)]
    world.find(*hostile)
    assert len(world.dial()) == 1
    for one in hostile:
        if world.candidates.get(one.node_id) and of(world.candidates, one).state is CandidateState.REQUESTED:
            world.connect(one)
    world.find(*(enode(number) for number in range(100, 130)))
    assert world.dial() == []
    assert world.pool.next_timer(world.now, world.places, world.may_dial) == 15.0
    world.now = 15.0
    world.pool.on_timer(world.now)
    dialled = world.dial()
    assert len(dialled) == 7
    assert sum(one in hostile for one in dialled) <= 3
