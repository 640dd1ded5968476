"""The timer of a fetcher: before it nothing can be done, and when it comes all that can be done is done."""

from __future__ import annotations

import copy

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pystatus.mailserver.client.actions import Connect, Disconnect, SendRequest
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.completion import Completed, Completion, Failed
from pystatus.mailserver.lacking import Pending
from pystatus.mailserver.time_ranges import TimeRange
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import KEY, SIGNER, drawn
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC

SERVERS = [bytes([number]) * 64 for number in range(1, 4)]
WHICH = st.integers(0, 2)
PARTS = st.floats(0, 1, exclude_min=True, exclude_max=True)
LONG = 400_000
"""Seconds: longer than any rest, and than a day and what is asked for after it."""


class Timed(RuleBasedStateMachine):
    """One fetcher, and all that mailservers may do. Its clock is read once for each input."""

    @initialize(
        servers=st.integers(1, 3),
        copies=st.integers(1, 2),
        connections=st.integers(1, 3),
        daily_bytes=st.sampled_from([None, 0, 1_000]),
    )
    def begin(self, servers: int, copies: int, connections: int, daily_bytes: int | None) -> None:
        self.now = NOW
        self.servers = SERVERS[:servers]
        self.requests: dict[bytes, bytes] = {}
        config = FetchConfig(copies=copies, connections=connections, daily_bytes=daily_bytes, look_back=7_200)
        self.fetcher = Fetcher(dict.fromkeys(self.servers, KEY), SIGNER, drawn, config, now=NOW)
        self.fetcher.set_topics([TOPIC], NOW)
        self.settle()

    def settle(self) -> None:
        while (action := self.fetcher.next_action()) is not None:
            match action:
                case SendRequest(server, payload):
                    self.requests[server] = Envelope.decode(payload).hash
                case Disconnect(server):
                    self.requests.pop(server, None)

    def server(self, which: int) -> bytes:
        return self.servers[which % len(self.servers)]

    @rule(which=WHICH)
    def comes(self, which: int) -> None:
        self.fetcher.server_ready(self.server(which), self.now)
        self.settle()

    @rule(which=WHICH)
    def goes(self, which: int) -> None:
        self.requests.pop(self.server(which), None)
        self.fetcher.server_gone(self.server(which), self.now)
        self.settle()

    @rule(which=WHICH, size=st.integers(0, 3))
    def sends(self, which: int, size: int) -> None:
        envelopes = [Envelope.create(int(self.now) - 100, 15, TOPIC, bytes([number]) * 400) for number in range(size)]
        self.fetcher.received(self.server(which), envelopes, self.now)
        self.settle()

    @rule(
        which=WHICH,
        how=st.sampled_from(["all", "all", "lacks", "awaits", "refuses", "lies"]),
        age=st.integers(0, 8_000),
        seconds=st.integers(1, 8_000),
        wait=st.integers(1, 4_000),
    )
    def answers(self, which: int, how: str, age: int, seconds: int, wait: int) -> None:
        server = self.server(which)
        request_id = self.requests.pop(server, bytes(32))
        span = TimeRange(int(self.now) - age - seconds, int(self.now) - age)
        completions: dict[str, Completion] = {
            "all": Completed(request_id),
            "lacks": Completed(request_id, lacking=(span,)),
            "awaits": Failed(request_id, Pending(span, wait).text),
            "refuses": Failed(request_id, "no"),
            "lies": Completed(bytes(32)),
        }
        self.fetcher.completed(server, packets.decode_request_complete(completions[how].encode()), self.now)
        self.settle()

    @rule()
    def wants_more(self) -> None:
        self.fetcher.set_topics([TOPIC, OTHER_TOPIC], self.now)
        self.settle()

    @rule()
    def looks(self) -> None:
        self.fetcher.check(self.now)
        self.settle()

    @rule(since=st.none() | st.integers(-100, 100))
    def hears(self, since: int | None) -> None:
        self.fetcher.known([], int(self.now) - 7_200, None if since is None else int(self.now) + since, self.now)
        self.settle()

    @rule(seconds=st.floats(0, 20) | st.floats(0, LONG))
    def time_passes(self, seconds: float) -> None:
        """Until the timer, at most."""
        self.now = min(self.now + seconds, max(self.now, self.fetcher.next_timer()))

    @rule()
    def timer_comes(self) -> None:
        self.now = max(self.now, self.fetcher.next_timer())
        self.fetcher.on_timer(self.now)
        self.settle()
        assert self.fetcher.next_timer() > self.now, "it would go round in circles"

    @rule(ahead=st.floats(-LONG, LONG))
    def clock_is_set(self, ahead: float) -> None:
        self.now += ahead
        self.fetcher.on_timer(self.now)
        self.settle()

    @invariant()
    def before_it_nothing_can_be_done(self) -> None:
        if not hasattr(self, "fetcher"):
            return
        due = self.fetcher.next_timer()
        for part in (0.001, 0.5, 0.999):
            early = self.now + part * (due - self.now)
            if not self.now < early < due:
                continue
            fetcher = copy.deepcopy(self.fetcher, {id(one): one for one in (KEY, SIGNER)})
            fetcher.on_timer(early)
            done = []
            while (action := fetcher.next_action()) is not None:
                done.append(action)
            assert not [action for action in done if isinstance(action, SendRequest | Connect | Disconnect)], (
                early,
                due,
            )


TestTimed = Timed.TestCase
TestTimed.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
