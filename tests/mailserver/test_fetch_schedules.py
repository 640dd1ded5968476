"""Mailservers that come, go, are cut off, fall silent, archive and catch up late, and some that say nothing of it; a
client that crashes, clocks that are wrong: hypothesis looks for a schedule after which the client lacks something that
a mailserver of its own has, or takes something for complete that is not.

``make fuzz-inbox`` runs 10,000 of them.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from pystatus.mailserver.client import agenda
from pystatus.mailserver.lacking import EVER
from pystatus.mailserver.time_ranges import TimeRanges
from pystatus.mailserver.timing import CLOCK_SKEW, DAY, DAYS_LATER, PENDING_SECONDS, SETTLING, UNNOTICED
from pystatus.waku.envelope import Envelope
from tests.mailserver.world import Mailserver, OldMailserver, ReferenceMailserver, World

SCHEDULES = int(os.environ.get("PYSTATUS_INBOX_SCHEDULES", "120"))
STEPS = 30
TOPICS = [bytes([number]) * 4 for number in range(1, 5)]
LIFETIMES = (10, 15, 50)
FAIR_SECONDS = 2 * 3600.0
"""Until the longest rest of a mailserver is over, and everything was asked for that was missing."""
REDIAL_SECONDS = 300.0
DAYS = DAYS_LATER + 2
"""After which everything was asked for once more."""
KINDS = (Mailserver, Mailserver, OldMailserver, ReferenceMailserver)

SKEWS = st.floats(-CLOCK_SKEW, CLOCK_SKEW)
WHICH = st.integers(0, 2)


class Inbox(RuleBasedStateMachine):
    """One schedule."""

    @initialize(
        kinds=st.lists(st.tuples(st.sampled_from(KINDS), SKEWS), min_size=1, max_size=3),
        seed=st.integers(0, 999),
        skew=SKEWS,
        at_once=st.sampled_from([2, agenda.MAX_TOPICS_AT_ONCE]),
    )
    def begin(self, kinds: list[tuple[type[Mailserver], float]], seed: int, skew: float, at_once: int) -> None:
        self.patches = pytest.MonkeyPatch()
        self.patches.setattr(agenda, "MAX_TOPICS_AT_ONCE", at_once)  # so that four topics may take two questions
        servers = [kind(number, off) for number, (kind, off) in enumerate(kinds, 1)]
        self.world = World(servers, seed, copies=len(servers), skew=skew)
        self.servers = servers
        self.numbers = 0
        self.join(0)

    def server(self, which: int) -> Mailserver:
        return self.servers[which % len(self.servers)]

    @rule(which=st.integers(0, 3))
    def join(self, which: int) -> None:
        self.listen(self.world.topics | {TOPICS[which]})

    @rule(which=st.integers(0, 3))
    def leave(self, which: int) -> None:
        self.listen(self.world.topics - {TOPICS[which]})

    def listen(self, topics: frozenset[bytes]) -> None:
        world = self.world
        world.topics = topics
        world.do(lambda: world.fetcher.set_topics(topics, world.client_now))

    @rule(
        count=st.integers(1, 250),
        topic=st.sampled_from(TOPICS),
        lifetime=st.sampled_from(LIFETIMES),
        skew=SKEWS,
        lateness=st.lists(st.floats(0, 1), min_size=3, max_size=3),
    )
    def publish(self, count: int, topic: bytes, lifetime: int, skew: float, lateness: list[float]) -> None:
        """As late as it lives; how the senders' clocks are off does not change that."""
        world = self.world
        for _ in range(count):
            self.numbers += 1
            sent = int(world.now + skew)
            envelope = Envelope.create(sent + lifetime, lifetime, topic, self.numbers.to_bytes(4, "big"))
            world.publish(envelope, [late * lifetime for late in lateness[: len(self.servers)]])

    @rule(seconds=st.one_of(st.floats(0, 5), st.floats(0, 100_000)))
    def wait(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(which=WHICH)
    def stop(self, which: int) -> None:
        self.world.stop(self.server(which))

    @rule(which=WHICH, pending=st.sampled_from([0.0, PENDING_SECONDS]))
    def start(self, which: int, pending: float) -> None:
        self.world.start_server(self.server(which), pending)

    @rule(which=WHICH, hears=st.booleans(), unnoticed=st.floats(0, UNNOTICED))
    def hear(self, which: int, hears: bool, unnoticed: float) -> None:
        """It is cut off from the relays, or not."""
        self.world.hear(self.server(which), hears, unnoticed)

    @rule(which=WHICH, source=WHICH)
    def catch_up(self, which: int, source: int) -> None:
        """It fetches what it missed from another one; who says what it lacks, of one that does so, too."""
        server, other = self.server(which), self.server(source)
        if server.is_up and other.is_up and (other.states or not server.states):
            server.catches_up(other, self.world.now)

    @rule(which=WHICH, packets=st.integers(0, 6))
    def fall_silent(self, which: int, packets: int) -> None:
        self.server(which).packets_left = packets

    @rule(which=WHICH)
    def speak_again(self, which: int) -> None:
        self.server(which).packets_left = None

    @rule(actions=st.integers(0, 12))
    def crash(self, actions: int) -> None:
        self.world.actions_left = actions

    @rule(which=st.sets(WHICH, min_size=1))
    def switch(self, which: set[int]) -> None:
        self.world.know(self.server(number).id for number in which)

    @rule(skew=SKEWS, ahead=st.sampled_from([0.0, 0.0, 7200.0, 300_000.0]))
    def set_clock(self, skew: float, ahead: float) -> None:
        """The clock is put right, perhaps after it was far ahead for a moment."""
        world = self.world
        if ahead:
            world.skew = ahead
            world.do(lambda: world.fetcher.check(world.client_now))
        world.skew = skew

    @rule()
    def check(self) -> None:
        world = self.world
        world.do(lambda: world.fetcher.check(world.client_now))

    def teardown(self) -> None:
        if hasattr(self, "patches"):
            try:
                self.judge()
            finally:
                self.patches.undo()

    def judge(self) -> None:
        """After days in which everything works again, the client has what there is, and knows what there is not."""
        world = self.world
        for server in self.servers:
            world.start_server(server, 0.0)
            world.hear(server, True, 0.0)
            server.packets_left = None
        world.know(server.id for server in self.servers)
        for _ in range(DAYS):
            for _ in range(int(FAIR_SECONDS // REDIAL_SECONDS)):
                world.pass_time(REDIAL_SECONDS)
                world.redial()
            world.be_away(DAY - FAIR_SECONDS)
        world.pass_time(60.0)
        self.check()
        world.pass_time(60.0)
        until = world.client_now - SETTLING
        for server in self.servers:
            for envelope in server.archive.envelopes.values():
                if not world.is_wanted(envelope) or envelope.sent > until:
                    continue
                got_at = server.late.get(envelope.hash, 0.0)
                # One that got it late and does not say so is asked a day later; of several another one may be.
                if server.states or not got_at or (len(self.servers) == 1 and got_at < envelope.sent + DAY):
                    assert envelope.hash in world.kept.envelopes
        # What all say that they lack is a gap, and nothing else is.
        gaps = world.fetcher.gaps(world.topics)
        lacking = TimeRanges([EVER])
        for server in self.servers:
            lacking &= server.lacking
        assert not gaps - lacking
        every = {envelope_hash for server in self.servers for envelope_hash in server.archive.envelopes}
        assert world.kept.envelopes <= every


TestInbox = pytest.mark.long(Inbox.TestCase)
TestInbox.settings = settings(
    max_examples=SCHEDULES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
