"""Conversations of a fetcher with mailservers: what it asks, whom, and what it holds to be complete."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest

from pystatus.errors import LocalError
from pystatus.mailserver.client.actions import Action, EnvelopesFound, SaveQuota, SendRequest
from pystatus.mailserver.client.agenda import LEAST_STEP, MAX_TOPICS_AT_ONCE, STEP_FACTOR, Agenda
from pystatus.mailserver.client.config import FIRST_STEP, FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.client.reputation import FIRST_LIMIT, FIRST_REST, LONGEST_REST, MAX_PENDING, PATIENCE
from pystatus.mailserver.completion import Completed, Failed
from pystatus.mailserver.config import MAX_LIMIT, MailserverConfig
from pystatus.mailserver.coverage import ALL_TOPICS, CoverageEntry
from pystatus.mailserver.lacking import Holdings, Pending
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.mailserver.timing import DAYS_LATER, LACKING_REST, LONGEST_HISTORY, LOOK_BACK, SETTLING, day_of
from pystatus.waku.bloom import FULL_BLOOM
from tests.mailserver.inbox import Asked, Inbox, Later, ReferenceSite, SilentSite, Site, failure, old
from tests.mailserver.servers import opened
from tests.mailserver.support import DAY, KEY, SIGNER
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, envelope

ONE = FetchConfig(copies=1, connections=1)
SILENT = "is connected, but does not answer requests. It may be a relay that keeps no history"
HOUR = 3600
MARGIN = 59
"""Seconds beyond the beginning that the newest span reaches to."""


class SlowSite(Site):
    seconds = 5.0


class OnceSlowSite(Site):
    """Makes one wait, and is as fast as others afterwards."""

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        slow = self.server.accepted == 0
        for seconds, part in super().answer(payload, now):
            yield 9.0 if slow else seconds, part


class FadingSite(Site):
    """Sends the first part of every page, and no more."""

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        yield next(iter(super().answer(payload, now)))


class BusySite(Site):
    """Refuses what it is asked first."""

    def __init__(self, name: str, refusals: int = 1) -> None:
        super().__init__(name)
        self.refusals = refusals

    def answer(self, payload: bytes, now: float) -> Iterable[Later]:
        if self.refusals:
            self.refusals -= 1
            yield self.seconds, failure(payload, "try again later")
        else:
            yield from super().answer(payload, now)


# What is asked for


@pytest.mark.requirement("WM-6", "WM-10", "WU-29")
def test_the_last_day_of_a_topic_comes_whole_from_a_real_server() -> None:
    inbox = Inbox("a")
    stored = [old(age, age=age) for age in range(5, DAY, 300)]
    inbox.store(*stored, old(1, age=DAY + 10), old(2, topic=OTHER_TOPIC))
    inbox.fetch()
    inbox.wait(10)
    assert sorted(one.hash for one in inbox.found) == sorted(one.hash for one in stored)
    assert inbox.is_complete
    assert inbox["a"].server.refused == 0
    last = inbox.told[-1]
    assert (last.missing, last.total, last.envelopes, last.problem) == (0, LOOK_BACK, len(stored), None)
    assert last.is_complete
    assert inbox.told[0].missing == inbox.told[0].total == LOOK_BACK
    assert not inbox.told[0].is_complete


def test_the_newest_comes_first_and_steps_grow_where_there_is_little() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    day = [(-HOUR, MARGIN), (-17 * HOUR, -HOUR - 1), (-24 * HOUR, -17 * HOUR - 1)]
    assert inbox.spans() == day


def test_a_month_takes_a_few_questions() -> None:
    inbox = Inbox("a", config=FetchConfig(copies=1, look_back=LONGEST_HISTORY))
    inbox.fetch()
    inbox.wait(5)
    assert inbox.is_complete
    assert len(inbox.asked) <= 5
    assert inbox.spans()[-1].lower == -LONGEST_HISTORY


def test_steps_shrink_where_there_is_much() -> None:
    inbox = Inbox("a", config=FetchConfig(copies=1, connections=1, look_back=3 * HOUR))
    inbox["a"].server = Server(KEY, MailserverConfig(max_page_bytes=20_000))  # some sixty envelopes
    inbox.store(*[old(age, age=age) for age in range(1, 3 * HOUR, 8)])
    inbox.fetch()
    inbox.wait(60)
    assert inbox.is_complete
    sizes = [span.upper - span.lower + 1 for span in inbox.spans()]
    assert sizes[0] == FIRST_STEP + 60
    assert sizes[1] == FIRST_STEP // 2
    assert min(sizes) >= LEAST_STEP
    assert len(inbox.found) == len(range(1, 3 * HOUR, 8))


def test_steps_grow_to_what_fits_a_page() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.store(*[old(age, age=age) for age in range(1, HOUR, 12)])
    inbox.fetch()
    inbox.wait(5)
    spans = [(-HOUR, MARGIN), (-4 * HOUR, -HOUR - 1), (-24 * HOUR, -4 * HOUR - 1)]
    assert inbox.spans() == spans


def test_that_little_came_in_a_short_span_says_nothing_about_a_long_one() -> None:
    """Ten minutes without news, again and again, and then a sleep of days."""
    inbox = Inbox("a", config=FetchConfig(copies=1, connections=1, look_back=2 * HOUR))
    inbox.fetch()
    inbox.wait(HOUR)
    before = len(inbox.asked)
    inbox.set_clock(3 * DAY)
    inbox.wait(600)
    first = inbox.spans()[before]
    assert first.upper - first.lower <= STEP_FACTOR * FIRST_STEP + 60


def test_pages_grow_on_the_way_through_one_span() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.store(*[old(age, age=age % HOUR) for age in range(1, 1_200)])
    inbox.fetch()
    inbox.wait(5)
    assert [asked.request.limit for asked in inbox.asked][:4] == [FIRST_LIMIT, 1000, 1000, 1000]
    assert [bool(asked.request.cursor) for asked in inbox.asked][:4] == [False, True, True, False]


def test_topics_of_which_the_same_is_missing_are_asked_for_together() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.store(old(1), old(2, topic=OTHER_TOPIC))
    inbox.fetch(TOPIC, OTHER_TOPIC)
    inbox.wait(5)
    assert len(inbox.asked) == 3
    assert all(asked.request.topics == (OTHER_TOPIC, TOPIC) for asked in inbox.asked)
    assert len(inbox.found) == 2


def test_a_topic_that_is_new_is_asked_for_alone() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch(TOPIC)
    inbox.wait(5)
    before = len(inbox.asked)
    inbox.fetch(TOPIC, OTHER_TOPIC)
    inbox.fetch(OTHER_TOPIC, TOPIC)  # the same
    inbox.wait(5)
    newest, *others = inbox.asked[before:]
    assert newest.request.topics == (OTHER_TOPIC, TOPIC)  # of both, the last moments
    assert others
    assert {asked.request.topics for asked in others} == {(OTHER_TOPIC,)}
    assert inbox.is_complete


def test_many_topics_are_asked_for_in_groups() -> None:
    inbox = Inbox("a", config=FetchConfig(copies=1, connections=1, look_back=FIRST_STEP))
    inbox.fetch(*[number.to_bytes(4, "big") for number in range(250)])
    inbox.wait(5)
    assert inbox.is_complete
    assert [len(asked.request.topics) for asked in inbox.asked] == [MAX_TOPICS_AT_ONCE, MAX_TOPICS_AT_ONCE, 50]
    assert len({topic for asked in inbox.asked for topic in asked.request.topics}) == 250


def test_a_mailserver_asks_another_for_everything() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.store(old(1), old(2, topic=OTHER_TOPIC))
    inbox.fetch(ALL_TOPICS)
    inbox.wait(5)
    assert {(asked.request.topics, asked.request.bloom) for asked in inbox.asked} == {((), FULL_BLOOM)}
    assert len(inbox.found) == 2
    assert inbox.is_complete


def test_what_is_not_wanted_any_more_is_not_asked_for() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch(TOPIC, OTHER_TOPIC)
    inbox.wait(0.1)
    inbox.fetch(TOPIC)
    inbox.wait(5)
    assert inbox.is_complete
    assert {asked.request.topics for asked in inbox.asked[1:]} == {(TOPIC,)}


def test_history_from_further_back_is_fetched_when_somebody_wants_it() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.store(old(1, age=5 * DAY), old(2, age=11 * DAY))
    inbox.fetch()
    inbox.wait(5)
    assert inbox.found == []
    inbox.do(lambda fetcher, now: fetcher.want([TOPIC], now - 10 * DAY, now))
    inbox.wait(5)
    assert [one.sent for one in inbox.found] == [int(NOW) - 5 * DAY]
    starts = dict(inbox.starts)
    inbox.do(lambda fetcher, now: fetcher.want([TOPIC], now - DAY, now))  # it is there
    assert inbox.starts == starts


def test_a_topic_can_be_wanted_from_a_day_before_it_is_set() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.do(lambda fetcher, now: fetcher.want([OTHER_TOPIC], now - HOUR, now))
    inbox.wait(1)
    assert inbox.asked == []
    inbox.fetch(OTHER_TOPIC)
    inbox.wait(1)
    assert inbox.spans()[-1].lower == -HOUR
    assert inbox.starts == {OTHER_TOPIC: int(NOW) - HOUR}


def test_no_more_is_wanted_than_mailservers_keep() -> None:
    inbox = Inbox("a", config=ONE, starts={TOPIC: 0})
    inbox.fetch()
    assert inbox.told[-1].total == LONGEST_HISTORY


# What is held to be complete


def test_a_span_is_covered_only_after_its_last_page() -> None:
    inbox = Inbox("a", config=FetchConfig(copies=1, connections=1, look_back=HOUR))
    inbox.store(*[old(age, age=age) for age in range(1, 150)])
    inbox.fetch()
    inbox.wait(0.2)  # connected, and the first of two pages
    assert len(inbox.found) == FIRST_LIMIT
    assert inbox.fetcher.missing == HOUR
    assert inbox.fetcher.gaps([TOPIC]) == TimeRanges([TimeRange(int(NOW) - HOUR, int(NOW))])
    assert inbox.kept == {}
    inbox.wait(0.2)
    assert len(inbox.found) == 149
    assert inbox.is_complete
    assert inbox.fetcher.gaps([TOPIC]) == NOTHING
    (entry,) = inbox.kept.values()
    assert entry == CoverageEntry(
        TOPIC, inbox["a"].id, TimeRanges([TimeRange(int(NOW) - HOUR, int(NOW) - SETTLING)]), day_of(NOW)
    )


def test_the_last_moments_are_asked_for_again_because_something_may_be_archived_late() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    late = envelope(1, now=NOW - 30)
    inbox.store(late)
    before = len(inbox.asked)
    inbox.wait(600)
    (again,) = inbox.asked[before:]
    assert again.request.lower == int(NOW) - SETTLING
    assert late in inbox.found


def test_what_is_sent_while_a_span_is_on_its_way_is_asked_for_afterwards() -> None:
    """The second look comes before the answer to the first one."""
    slow = SlowSite("a")
    slow.seconds = 9.0
    inbox = Inbox(slow, config=FetchConfig(copies=1, connections=1, look_back=HOUR, check_seconds=4))
    inbox.fetch()
    inbox.wait(9.5)
    assert inbox.covered("a") == TimeRanges([TimeRange(int(NOW) - HOUR, int(NOW) - SETTLING)])
    inbox.wait(60)
    assert inbox.covered("a").newest.upper > NOW - SETTLING + 20
    covered = inbox.covered("a")
    assert len(list(covered)) == 1  # without a hole


def test_a_new_look_begins_when_the_user_wants_it() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(100)
    inbox.do(lambda fetcher, now: fetcher.check(now))
    assert inbox.fetcher.missing == 100 + SETTLING
    inbox.wait(5)
    assert inbox.is_complete


def test_what_was_kept_is_not_asked_for_again() -> None:
    first = Inbox("a", config=ONE)
    first.fetch()
    first.wait(5)
    second = first.restarted(after=HOUR / 2)
    assert second.fetcher.missing == 0  # no topic is set
    second.fetch()
    second.wait(5)
    assert [asked.request.lower for asked in second.asked] == [int(NOW) - SETTLING]
    assert second.is_complete
    assert second.starts == first.starts


def test_an_answer_that_broke_off_with_the_program_is_asked_for_again() -> None:
    first = Inbox("a", config=ONE)
    first.store(*[old(age, age=age) for age in range(1, 150)])
    first.fetch()
    first.wait(0.2)
    assert first.found
    second = first.restarted()
    second.fetch()
    second.wait(5)
    assert len(second.found) == 149


def test_gaps_of_several_topics_together() -> None:
    inbox = Inbox("a", starts={TOPIC: int(NOW) - 100, OTHER_TOPIC: int(NOW) - 200})
    assert inbox.fetcher.gaps([TOPIC, OTHER_TOPIC]) == TimeRanges([TimeRange(int(NOW) - 200, int(NOW))])
    assert inbox.fetcher.gaps([]) == NOTHING


# A second copy


def test_another_server_is_asked_for_the_same_when_nothing_else_is_to_be_done() -> None:
    inbox = Inbox("a", "b", config=FetchConfig(look_back=HOUR))
    kept_back = old(1)
    inbox.store(old(2))
    inbox["b"].archive.envelopes[kept_back.hash] = kept_back  # the first one was away then
    inbox.fetch()
    inbox.wait(5)
    assert sorted(inbox.names()) == ["a", "b"]
    assert kept_back in inbox.found
    assert inbox.who_covers() == {"a", "b"}


def test_two_copies_are_enough() -> None:
    inbox = Inbox("a", "b", "c", config=FetchConfig(look_back=HOUR, connections=3))
    inbox.fetch()
    inbox.wait(5)
    assert len(inbox.asked) == 2
    assert len(set(inbox.names())) == 2


def test_one_copy_is_enough_where_that_is_set() -> None:
    inbox = Inbox("a", "b", config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(5)
    assert len(inbox.asked) == 1


def test_two_servers_share_the_work() -> None:
    inbox = Inbox("a", "b", config=FetchConfig(copies=1))
    inbox.fetch()
    inbox.wait(5)
    assert inbox.is_complete
    spans = sorted(inbox.spans())
    assert {"a", "b"} == set(inbox.names())
    assert all(before.upper < after.lower for before, after in pairwise(spans))


def test_whoever_is_slow_with_a_second_copy_keeps_nobody_busy() -> None:
    inbox = Inbox(OnceSlowSite("a"), OnceSlowSite("b"), config=FetchConfig(look_back=HOUR))
    inbox.fetch()
    inbox.wait(60)
    assert inbox.is_complete
    assert len(inbox.asked) <= 3


# Slow, silent and refusing servers


def test_a_slow_server_is_overtaken_by_another_one() -> None:
    inbox = Inbox(SlowSite("slow"), "fast", config=FetchConfig(copies=1, look_back=HOUR, connections=2))
    inbox["fast"].is_up = False
    inbox.store(old(1))
    inbox.fetch()
    inbox.wait(0.5)
    assert inbox.names() == ["slow"]
    inbox["fast"].is_up = True
    inbox.do(lambda fetcher, now: fetcher.server_ready(inbox["fast"].id, now))
    inbox["fast"].connection = 1
    assert inbox.names() == ["slow"]  # it may come yet
    inbox.wait(4)
    assert inbox.names() == ["slow", "fast"]
    assert inbox.spans("slow") == inbox.spans("fast")
    assert inbox.is_complete
    inbox.wait(10)
    assert len(inbox.asked) == 2
    assert inbox.left == []
    assert inbox.who_covers() == {"slow", "fast"}  # its answer was welcome, too


def test_one_alone_overtakes_a_slow_one() -> None:
    slow = [SlowSite("a"), SlowSite("b"), SlowSite("c")]
    inbox = Inbox(*slow, config=FetchConfig(copies=1, look_back=HOUR, connections=3))
    inbox.fetch()
    inbox.wait(2.9)
    assert len(inbox.asked) == 1
    inbox.wait(0.5)
    assert len(inbox.asked) == 2
    inbox.wait(1.5)
    assert len(inbox.asked) == 2


@pytest.mark.requirement("WM-9")
def test_a_silent_server_is_left_and_the_next_one_begins_anew() -> None:
    inbox = Inbox(FadingSite("a"), FadingSite("b"), config=ONE)
    inbox.store(*[old(age, age=age) for age in range(1, 150)])
    inbox.fetch()
    first = inbox.connects[0]
    other = {"a": "b", "b": "a"}[first]
    inbox.wait(PATIENCE + 1)
    assert inbox.left == [(first, "it does not answer")]
    assert inbox.connects == [first, other]
    assert inbox.names() == [first, other]
    assert not any(asked.request.cursor for asked in inbox.asked)
    assert inbox.kept == {}
    assert inbox.fetcher.missing == LOOK_BACK


def test_a_silent_server_rests_longer_each_time() -> None:
    inbox = Inbox(SilentSite("a"), config=ONE)
    inbox.fetch()
    inbox.wait(200)
    times = [asked.at for asked in inbox.asked]
    waits = [after - before for before, after in pairwise(times)]
    assert waits == [pytest.approx(PATIENCE + FIRST_REST * 2**number + 0.05) for number in range(3)]
    assert SILENT in str(inbox.problem)


def test_one_that_is_connected_and_never_answers_is_named_within_its_patience() -> None:
    """A plain relay that is named as a mailserver by mistake, beside one that is none."""
    inbox = Inbox(SilentSite("a"), config=ONE)
    inbox.fetch()
    inbox.wait(PATIENCE - 1)
    assert inbox.problem is None
    inbox.wait(2)
    assert SILENT in str(inbox.problem)
    next(iter(inbox.sites.values())).is_up = False  # later it cannot even be reached
    inbox.wait(FIRST_REST + PATIENCE + 1)
    assert inbox.problem == "No mailserver can be reached at present."


def test_one_that_has_answered_before_is_no_relay_without_history() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    assert inbox.is_complete
    assert inbox.fetcher._servers[next(iter(inbox.fetcher._servers)).id].has_answered
    assert not any(standing.keeps_silent for standing in inbox.fetcher._servers)


def test_nobody_can_be_reached() -> None:
    inbox = Inbox("a", "b")
    for site in inbox.sites.values():
        site.is_up = False
    inbox.fetch()
    assert inbox.problem is None  # nobody was tried yet
    inbox.wait(PATIENCE + 1)
    assert inbox.problem == "No mailserver can be reached at present."
    assert sorted(inbox.left) == [("a", "it cannot be reached"), ("b", "it cannot be reached")]
    for site in inbox.sites.values():
        site.is_up = True
    inbox.wait(FIRST_REST)
    assert inbox.is_complete
    assert inbox.problem is None


def test_a_server_that_goes_away_in_the_middle_of_an_answer() -> None:
    inbox = Inbox(SlowSite("a"), SlowSite("b"), config=ONE)
    inbox.fetch()
    inbox.wait(1)
    first = inbox.names()[0]
    inbox.lose(first)
    assert inbox.left == [(first, "it went away in the middle of an answer")]
    inbox.wait(10)
    assert set(inbox.names()[1:]) == {"a", "b"} - {first}


def test_a_connection_that_breaks_while_nothing_is_asked_may_come_back() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    inbox.lose("a", is_up=True)
    inbox.wait(PATIENCE + 1)
    assert inbox.left == []
    inbox.lose("a")
    inbox.wait(PATIENCE + 1)
    assert inbox.left == [("a", "it cannot be reached")]
    inbox.lose("a")  # is known
    assert len(inbox.left) == 1


def test_who_comes_back_after_a_while_is_asked_what_was_missed() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    inbox.lose("a", is_up=False)
    before = len(inbox.asked)
    inbox["a"].is_up = True
    inbox.sleep(300)
    inbox["a"].connection = 1
    inbox.do(lambda fetcher, now: fetcher.server_ready(inbox["a"].id, now))
    assert len(inbox.asked) == before + 1
    assert inbox.asked[-1].request.upper >= NOW + 300


def test_a_refusal_is_told_and_another_server_is_asked() -> None:
    inbox = Inbox(BusySite("a"), BusySite("b", 0), config=FetchConfig(copies=1, look_back=HOUR))
    inbox["b"].is_up = False
    inbox.fetch()
    inbox.wait(1)
    assert inbox.problem == "A mailserver refuses to answer: try again later"
    assert inbox.left == []
    inbox.wait(FIRST_REST)
    assert inbox.names() == ["a", "a"]
    assert inbox.is_complete
    assert inbox.problem is None


def test_a_server_that_answers_one_request_in_ten_seconds_is_asked_for_what_fits_a_page() -> None:
    """It refuses every second page; spans of two pages would never come to their end (waku.md D17)."""
    inbox = Inbox("a", config=FetchConfig(copies=1, look_back=2 * HOUR))
    inbox["a"].server = Server(KEY, MailserverConfig(interval=10.0))
    stored = [old(age, age=age) for age in range(1, 2 * HOUR, 20)]
    inbox.store(*stored)
    inbox.fetch()
    inbox.wait(300)
    assert inbox.is_complete
    assert {one.hash for one in inbox.found} == {one.hash for one in stored}
    assert inbox.left == []
    sizes = [span.upper - span.lower for span in inbox.spans()]
    assert min(sizes) >= FIRST_STEP // 2 - 1  # a refusal of a first page is none of the span's


def test_who_always_refuses_makes_room_for_somebody_else() -> None:
    """Two that want another password hold the two places, and a third one would answer."""
    inbox = Inbox(Site("a"), Site("b"), Site("c"), config=FetchConfig(copies=1, look_back=HOUR))
    inbox.fetch()
    for name in set(inbox.connects):
        inbox[name].server = Server(KEY, MailserverConfig(min_pow=5.0))
    inbox.wait(60)
    assert inbox.is_complete
    assert {name for name, _ in inbox.left} == set(inbox.connects[:2])
    assert all("it refuses to answer: PoW too low" in reason for _, reason in inbox.left)


def test_a_server_that_is_connected_anyway_is_the_first_choice_and_is_trusted_before_it_is_asked() -> None:
    """A mailserver that is a relay of ours, too: it is connected before anybody asks for it."""
    inbox = Inbox("a", "b", "c", config=ONE)
    inbox["c"].connection = 1
    inbox.do(lambda fetcher, now: fetcher.server_ready(inbox["c"].id, now))
    inbox.fetch()
    assert inbox.connects == ["c"]
    assert inbox.names() == ["c"]


def test_who_is_no_mailserver_is_ignored() -> None:
    inbox = Inbox("a")
    inbox.fetch()
    stranger = Site("z")
    inbox.sites[stranger.id] = stranger
    inbox.do(lambda fetcher, now: fetcher.server_ready(stranger.id, now))
    inbox.give("z", (old(1),))
    inbox.give("z", Completed(bytes(32)))
    inbox.lose("z")
    inbox.wait(5)
    assert inbox.found == []
    assert set(inbox.names()) == {"a"}
    assert inbox.left == []


def test_what_was_on_its_way_when_a_server_was_left_is_no_lie() -> None:
    inbox = Inbox(SilentSite("a"), config=ONE)
    inbox.fetch()
    inbox.wait(PATIENCE + 1)
    assert inbox.left == [("a", "it does not answer")]
    inbox.give("a", (old(1),))
    inbox.give("a", Completed(bytes(32)))
    assert len(inbox.left) == 1
    assert inbox.found == []
    inbox.wait(FIRST_REST)
    assert len(inbox.asked) == 2


def test_only_the_pinned_server_is_asked() -> None:
    inbox = Inbox("a", "b", "c", pinned="b", config=FetchConfig(look_back=HOUR))
    inbox.fetch()
    inbox.wait(5)
    assert inbox.connects == inbox.names() == ["b"]
    assert inbox.is_complete  # and no second copy is missed
    with pytest.raises(LocalError, match="list of mailservers"):
        Inbox("a", pinned="b")


def test_servers_are_tried_in_an_order_of_chance() -> None:
    first = {next(iter(Inbox("a", "b", "c", "d", config=ONE).fetcher._servers)).id for _ in range(50)}
    assert len(first) > 1


def test_without_any_mailserver_it_says_so() -> None:
    inbox = Inbox()
    inbox.fetch()
    inbox.wait(1_000)
    assert inbox.problem == "No mailserver can be reached at present."


def test_paging_through_the_reference() -> None:
    """The oldest first, by bloom filter, with a cursor whenever a page is full."""
    inbox = Inbox(ReferenceSite("a"), config=FetchConfig(copies=1, look_back=HOUR))
    other = bytes([TOPIC[1], TOPIC[0]]) + TOPIC[2:]
    wanted = [old(age, age=age) for age in range(1, FIRST_LIMIT + 1)]
    inbox.store(*wanted, *[old(age, age=age, topic=other) for age in range(1, 201)], old(1, topic=OTHER_TOPIC))
    inbox.fetch()
    inbox.wait(5)
    assert inbox.is_complete
    assert sorted(one.hash for one in inbox.found) == sorted(one.hash for one in wanted)
    assert [asked.request.limit for asked in inbox.asked] == [FIRST_LIMIT, MAX_LIMIT]
    assert inbox.told[-1].envelopes == 300


# The day's bytes


def test_the_bytes_of_a_day_are_kept_to_and_it_goes_on_the_next_day() -> None:
    stored = [old(age, age=age, size=1000) for age in range(1, 6 * HOUR, 60)]
    config = FetchConfig(copies=1, connections=1, look_back=6 * HOUR, daily_bytes=100_000, check_seconds=600)
    inbox = Inbox("a", config=config)
    inbox.store(*stored)
    inbox.fetch()
    inbox.wait(600)
    assert 100_000 <= sum(len(one.raw) for one in inbox.found) < 400_000
    assert inbox.problem == "Today's limit for history is used up; it goes on tomorrow."
    assert not inbox.is_complete
    assert inbox.spent is not None
    assert inbox.spent.bytes >= 100_000
    asked = len(inbox.asked)
    inbox.wait(HOUR)
    assert len(inbox.asked) == asked
    inbox.wait(4 * DAY)
    assert {one.hash for one in stored} <= {one.hash for one in inbox.found}


def test_a_day_that_was_used_up_stays_so_after_a_restart() -> None:
    first = Inbox("a", config=FetchConfig(daily_bytes=1_000))
    first.store(*[old(age, age=age) for age in range(1, 100)])
    first.fetch()
    first.wait(5)
    second = first.restarted()
    second.fetch()
    second.wait(5)
    assert second.asked == []
    assert second.problem == "Today's limit for history is used up; it goes on tomorrow."
    third = first.restarted(after=DAY)
    third.fetch()
    third.wait(1)
    assert third.asked


def test_a_span_that_was_too_large_for_the_day_is_asked_for_in_smaller_parts() -> None:
    inbox = Inbox("a", config=FetchConfig(copies=1, connections=1, daily_bytes=50_000))
    inbox.store(*[old(age, age=age, size=1000) for age in range(1, HOUR, 10)])
    inbox.fetch()
    inbox.wait(5)
    assert len(inbox.asked) == 1
    assert inbox.kept == {}
    inbox.wait(DAY)
    first, second = inbox.spans()[:2]
    assert first.upper - first.lower == FIRST_STEP + MARGIN
    assert second.upper - second.lower == FIRST_STEP // 2 + MARGIN


def test_bytes_of_pages_that_broke_off_count() -> None:
    inbox = Inbox(FadingSite("a"), config=FetchConfig(copies=1, daily_bytes=5_000))
    inbox.store(*[old(age, age=age, size=1000) for age in range(1, 10)])
    inbox.fetch()
    inbox.wait(PATIENCE + 1)
    assert inbox.spent == SaveQuota(int(NOW) // DAY, sum(len(one.raw) for one in inbox.found))
    inbox.wait(HOUR)
    assert len(inbox.asked) == 1


def test_while_the_day_is_used_up_nobody_is_asked_in_place_of_the_slow() -> None:
    inbox = Inbox(SlowSite("a"), SlowSite("b"), config=FetchConfig(copies=1, daily_bytes=1))
    inbox["a"].seconds = 1.5
    inbox["b"].seconds = 9.0
    inbox.store(*[old(age, age=age) for age in range(1, 3 * HOUR, 10)])
    inbox.fetch()
    inbox.wait(8)
    assert sorted(inbox.names()) == ["a", "b"]


def test_no_bytes_at_all() -> None:
    inbox = Inbox("a", config=FetchConfig(daily_bytes=0))
    inbox.fetch()
    inbox.wait(DAY * 2)
    assert inbox.asked == []


# Clocks


def test_after_a_long_sleep_everything_since_is_asked_for() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    before = len(inbox.asked)
    inbox.set_clock(3 * DAY)
    inbox.wait(600)
    assert inbox.asked[before].request.upper > NOW + 3 * DAY
    asked = [asked.request for asked in inbox.asked[before:]]
    assert min(one.lower for one in asked if one.upper > NOW) == int(NOW) - SETTLING
    assert inbox.is_complete


def test_a_clock_that_was_in_the_future_leaves_no_hole() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    inbox.set_clock(3 * DAY)
    inbox.wait(600)
    inbox.set_clock(-3 * DAY)  # it is right again
    inbox.wait(600)
    assert inbox.covered().newest.upper <= inbox.now
    missed = envelope(7, now=inbox.now + HOUR)
    inbox.store(missed)
    inbox.wait(2 * HOUR)
    assert missed in inbox.found
    assert inbox.is_complete


def test_a_clock_that_is_set_back_while_a_page_is_on_its_way() -> None:
    """The answer is of a future that is still to come."""
    inbox = Inbox(SlowSite("a"), config=FetchConfig(copies=1, connections=1, look_back=HOUR), now=NOW + DAY)
    inbox.fetch()
    inbox.wait(1)
    inbox.set_clock(-DAY)
    inbox.do(lambda fetcher, now: fetcher.on_timer(now))
    inbox.wait(5)
    assert all(entry.covered.newest.upper <= NOW for entry in inbox.kept.values())
    assert inbox.left == []  # its answer was taken
    assert len(inbox.asked) == 2
    missed = envelope(7, now=NOW + DAY - HOUR // 2)
    inbox.store(missed)
    inbox.wait(DAY)
    assert missed in inbox.found


def test_a_clock_that_is_set_back_holds_nobody_up() -> None:
    inbox = Inbox(SilentSite("a"), "b", config=ONE, now=NOW + DAY)
    inbox["b"].is_up = False
    inbox.fetch()
    inbox.wait(1)
    inbox.set_clock(-DAY)
    inbox["b"].is_up = True
    inbox.do(lambda fetcher, now: fetcher.on_timer(now))
    inbox.wait(LONGEST_REST)
    assert "b" in inbox.names()


@pytest.mark.parametrize("restarts", [False, True])
def test_a_topic_that_was_joined_in_the_future_is_wanted_from_now_on(restarts: bool) -> None:
    """Its start would lie ahead until the true time has come there, and nothing be missing before."""
    inbox = Inbox("a", config=FetchConfig(copies=1, look_back=HOUR), now=NOW + 10 * DAY)
    inbox.fetch()
    inbox.wait(5)
    if restarts:
        inbox = inbox.restarted(after=-10 * DAY)
        inbox.fetch()
    else:
        inbox.set_clock(-10 * DAY)
        inbox.do(Fetcher.check)
    assert inbox.starts == {TOPIC: int(inbox.now) - HOUR}
    assert inbox.fetcher.missing == HOUR


def test_what_was_kept_of_the_future_is_not_believed_after_a_restart() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    restarted = inbox.restarted(after=-HOUR)
    assert restarted.kept == {}
    restarted.fetch()
    assert restarted.fetcher.missing == LOOK_BACK - HOUR + 5


def test_an_answer_that_was_asked_for_by_a_clock_of_the_future_covers_nothing() -> None:
    """It was asked for too early, and comes when the clock is right again."""
    inbox = Inbox(SlowSite("a"), config=ONE, now=NOW + 2 * HOUR)
    inbox.fetch()
    inbox.wait(1)
    assert inbox.asked
    inbox.set_clock(-2 * HOUR)
    inbox.wait(5)
    inbox.do(Fetcher.check)
    assert [entry for entry in inbox.kept.values() if entry.covered] == []


def test_that_the_clock_was_put_right_is_noticed_with_the_next_envelopes() -> None:
    inbox = Inbox(SlowSite("a"), config=ONE, now=NOW + 2 * HOUR)
    inbox.fetch()
    inbox.wait(1)
    inbox.set_clock(-2 * HOUR)
    inbox.do(lambda fetcher, now: fetcher.received(inbox["a"].id, (), now))
    assert inbox.fetcher.gaps([TOPIC]).newest.upper == int(inbox.now)


# Settings


@pytest.mark.parametrize(
    "settings",
    [
        {"look_back": -1},
        {"look_back": LONGEST_HISTORY + 1},
        {"copies": 0},
        {"connections": 0},
        {"check_seconds": 0.5},
        {"first_step": 0},
        {"daily_bytes": -1},
    ],
)
def test_settings_out_of_range(settings: dict[str, int]) -> None:
    with pytest.raises(LocalError):
        FetchConfig(**settings)


def test_a_refusal_that_nobody_can_read_is_a_lie() -> None:
    inbox = Inbox(SlowSite("a"), config=ONE)
    inbox.fetch()
    inbox.wait(1)
    inbox.do(lambda fetcher, now: fetcher.completed(inbox["a"].id, b"ERROR=what?", now))
    assert inbox.left == [("a", "a completion of 11 bytes")]


# What nobody asked for: more of it in tests/adversary/test_a26_lying_mailservers.py


def test_envelopes_that_nobody_asked_for_are_a_lie_and_are_not_taken() -> None:
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    inbox.give("a", (old(1),))
    assert inbox.found == []
    assert inbox.left == [("a", "it sends what nobody asked for")]


def test_an_answer_to_something_else_is_a_lie() -> None:
    inbox = Inbox(SlowSite("a"), config=ONE)
    inbox.fetch()
    inbox.wait(1)
    inbox.give("a", Completed(bytes(32)))
    assert inbox.left == [("a", "it answers what nobody asked")]
    assert inbox.fetcher.missing == LOOK_BACK


def test_a_second_refusal_of_the_same_is_no_lie() -> None:
    twice = BusySite("a")
    inbox = Inbox(twice, config=ONE)
    requests: list[bytes] = []
    answer = twice.answer

    def noting(payload: bytes, now: float) -> Iterable[Later]:
        requests.append(payload)
        return answer(payload, now)

    twice.answer = noting  # type: ignore[method-assign]  # the same, and it notes what it was asked
    inbox.fetch()
    inbox.wait(1)
    inbox.give("a", failure(requests[0], "as I said"))
    assert inbox.left == []
    inbox.wait(FIRST_REST + 5)
    assert inbox.is_complete


def test_a_relay_that_is_no_longer_asked_may_come_and_go() -> None:
    """It is a mailserver, too, and had failed as one: that it is connected is the relay's business."""
    inbox = Inbox(SilentSite("a"), "b", config=ONE)
    inbox["b"].is_up = False
    inbox.fetch()
    inbox.wait(2 * PATIENCE + 1)
    assert ("a", "it does not answer") in inbox.left
    inbox.do(lambda fetcher, now: fetcher.server_ready(inbox["a"].id, now))
    asked = len(inbox.asked)
    inbox.lose("a")
    assert len(inbox.asked) == asked


def test_a_topic_that_is_given_up_while_it_is_asked_for_holds_up_no_other() -> None:
    inbox = Inbox(SlowSite("a"), "b", config=FetchConfig(copies=1, connections=2, look_back=HOUR))
    inbox["b"].is_up = False
    inbox.fetch(TOPIC)
    inbox.wait(0.5)
    inbox["b"].is_up = True
    inbox.fetch(OTHER_TOPIC)
    inbox["b"].connection = 1
    inbox.do(lambda fetcher, now: fetcher.server_ready(inbox["b"].id, now))
    inbox.wait(0.5)
    assert inbox.is_complete
    assert inbox.asked[-1].request.topics == (OTHER_TOPIC,)
    inbox.wait(10)
    assert inbox.fetcher.gaps([TOPIC]) == NOTHING  # it had begun


# What a mailserver lacks, and what it is fetching itself


class HolderSite(Site):
    """Says what it lacks: seconds before the beginning."""

    def __init__(self, name: str, *lacking: tuple[int, int]) -> None:
        super().__init__(name)
        self.lacking = TimeRanges(TimeRange(int(NOW) - begin, int(NOW) - end) for begin, end in lacking)
        self.wait: float | None = None
        """Seconds to wait, if it is fetching that."""
        self.server.holdings = lambda _now: Holdings(
            self.lacking, NOTHING if self.wait is None else self.lacking, self.wait or 0.0
        )


def test_what_the_only_one_lacks_is_a_gap_and_is_asked_for_again_after_a_while() -> None:
    site = HolderSite("a", (1_800, 900))
    inbox = Inbox(site, config=FetchConfig(copies=1, connections=1, look_back=HOUR))
    inbox.store(*[old(age, age=age) for age in (100, 2_000)])
    inbox.fetch()
    inbox.wait(5)
    assert len(inbox.found) == 2, "of the rest everything came"
    assert inbox.fetcher.gaps([TOPIC]) == site.lacking
    last = inbox.told[-1]
    assert (last.missing, last.lacking, last.problem, last.is_asking) == (0, 900, None, False)
    assert last.is_complete
    assert inbox.covered("a") == TimeRanges([TimeRange(int(NOW) - HOUR, int(NOW) - SETTLING)]) - site.lacking
    before = len(inbox.asked)
    inbox.wait(LACKING_REST - 10)
    assert all(asked.request.lower >= int(NOW) - SETTLING for asked in inbox.asked[before:])
    site.lacking = NOTHING
    late = old(1_000, age=1_000)
    inbox.store(late)
    inbox.wait(20)
    assert late in inbox.found
    assert inbox.fetcher.gaps([TOPIC]) == NOTHING


def test_the_user_need_not_wait_to_have_it_asked_for_again() -> None:
    site = HolderSite("a", (1_800, 900))
    inbox = Inbox(site, config=FetchConfig(copies=1, connections=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(5)
    site.lacking = NOTHING
    inbox.do(Fetcher.check)
    inbox.wait(5)
    assert inbox.fetcher.lacking == 900
    inbox.do(Fetcher.ask_again)
    assert inbox.fetcher.missing > 0
    inbox.wait(5)
    assert inbox.fetcher.gaps([TOPIC]) == NOTHING


def test_what_one_lacks_another_one_is_asked_for() -> None:
    lacking, whole = HolderSite("a", (1_800, 900)), Site("b")
    inbox = Inbox(lacking, whole, config=FetchConfig(look_back=HOUR))
    missed = old(1, age=1_000)
    whole.archive.envelopes[missed.hash] = missed
    inbox.fetch()
    inbox.wait(5)
    assert missed in inbox.found
    assert inbox.fetcher.gaps([TOPIC]) == NOTHING
    assert not inbox.covered("a") & lacking.lacking
    assert not lacking.lacking - inbox.covered("b")


def test_what_one_lacks_is_asked_for_all_the_same_for_topics_that_it_was_not_asked_for() -> None:
    """What it lacks of a time need not be all of it. More topics than one question holds, and one that comes while the
    first answer is under way."""
    site = HolderSite("a", (1_800, 900))
    inbox = Inbox(site, config=FetchConfig(copies=1, look_back=HOUR))
    topics = [number.to_bytes(4, "big") for number in range(MAX_TOPICS_AT_ONCE + 50)]
    late = b"late"
    stored = [old(number, topic=topic, age=1_000) for number, topic in enumerate([*topics, late])]
    inbox.store(*stored)
    inbox.fetch(*topics)
    inbox.fetch(*topics, late)
    inbox.wait(10)
    assert {one.hash for one in inbox.found} == {one.hash for one in stored}
    assert inbox.fetcher.gaps([*topics, late]) == site.lacking
    assert (inbox.told[-1].missing, inbox.told[-1].lacking) == (0, 900 * (len(topics) + 1))


def test_what_is_being_fetched_is_asked_for_again_when_the_server_says() -> None:
    site = HolderSite("a", (1_800, 900))
    site.wait = 45.0
    inbox = Inbox(site, config=FetchConfig(copies=1, connections=1, look_back=HOUR))
    inbox.store(*[old(age, age=age) for age in (100, 2_000)])
    inbox.fetch()
    inbox.wait(5)
    assert len(inbox.found) == 2, "what is younger, and what is older"
    assert inbox.fetcher.missing == 900
    assert inbox.problem == "A mailserver does not have all of it yet: it is asked again in 45 seconds."
    assert inbox.left == []
    site.lacking = NOTHING
    inbox.store(old(1_000, age=1_000))
    before = len(inbox.asked)
    inbox.wait(39)
    assert len(inbox.asked) == before
    inbox.wait(5)
    assert len(inbox.found) == 3
    assert inbox.is_complete


def test_one_that_names_ever_more_that_it_is_fetching_is_left() -> None:
    """It would be asked again and again otherwise, second by second."""

    class Stalling(Site):
        def answer(self, payload: bytes, now: float) -> Iterable[Later]:
            request_id, request = opened(payload)
            end = min(request.upper + 1, int(now) - 10)
            yield self.seconds, Failed(request_id, Pending(TimeRange(end - 2, end - 1), 3_600).text)

    inbox = Inbox(Stalling("a"), config=FetchConfig(copies=1, connections=1, look_back=HOUR))
    inbox.fetch()
    inbox.wait(600)
    assert len(inbox.asked) < 2 * MAX_PENDING
    assert any("it refuses to answer: history from" in reason for _, reason in inbox.left)


# A day later


def test_what_was_answered_is_asked_for_once_more_a_day_later_in_one_question() -> None:
    """Of the one that has it by then, though it did not say that it lacked it."""
    inbox = Inbox("a", config=ONE)
    inbox.fetch()
    inbox.wait(5)
    late = old(1, age=10 * HOUR)
    inbox.store(late)
    inbox.wait(DAY)
    assert late not in inbox.found
    before = len(inbox.asked)
    inbox.wait(DAYS_LATER * DAY)
    assert late in inbox.found
    once_more = [asked for asked in inbox.asked[before:] if asked.request.lower < int(NOW)]
    assert len(once_more) == 1
    before = len(inbox.asked)
    inbox.wait(DAY)
    assert all(asked.request.upper > inbox.now - DAY for asked in inbox.asked[before:] if not _is_daily(asked))


def _is_daily(asked: Asked) -> bool:
    """Whether it is a question of a whole day, as those a day later are."""
    return asked.request.upper - asked.request.lower > 6 * HOUR


def test_after_a_month_no_more_is_kept_than_after_three_days() -> None:
    inbox = Inbox("a", "b", config=FetchConfig(check_seconds=HOUR))
    inbox.fetch(TOPIC, OTHER_TOPIC)
    inbox.wait(4 * DAY)
    few = len(inbox.kept)
    inbox.fetch(TOPIC)
    inbox.wait(36 * DAY)
    assert len(inbox.kept) <= few
    assert {topic for topic, _, _ in inbox.kept} == {TOPIC, OTHER_TOPIC}, "the shell forgets what is told"
    assert inbox.forgotten[-1].before == pytest.approx(inbox.now - LONGEST_HISTORY, abs=DAY)
    assert (OTHER_TOPIC,) in {forgotten.topics for forgotten in inbox.forgotten}
    spans = sum(len(list(entry.covered)) for (topic, *_), entry in inbox.kept.items() if topic == TOPIC)
    assert spans < 20


def test_half_of_the_days_bytes_are_for_what_is_new() -> None:
    inbox = Inbox("a", "b", config=FetchConfig(daily_bytes=40_000, look_back=HOUR))
    inbox.store(*[old(age, age=age, size=1000) for age in range(200, 3_200, 150)])  # some 20,000 bytes
    inbox.fetch()
    inbox.wait(60)
    assert len(inbox.asked) == 1
    fresh = envelope(7, now=NOW + 30, size=1000)
    inbox.store(fresh)
    inbox.wait(660)
    assert fresh in inbox.found


# What an answer costs


def test_packets_of_a_page_do_not_make_us_look_what_is_missing_of_all_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be thousands of both, and others who could be asked are idle meanwhile."""
    fetcher = Fetcher(dict.fromkeys([b"a" * 64, b"b" * 64], KEY), SIGNER, bytes, FetchConfig(look_back=600), now=NOW)
    fetcher.set_topics([TOPIC], NOW)
    actions = taken(fetcher)
    for server in (b"a" * 64, b"b" * 64):
        fetcher.server_ready(server, NOW)
    (ask,) = (action for action in (*actions, *taken(fetcher)) if isinstance(action, SendRequest))
    looks: list[Agenda] = []

    def look(agenda: Agenda) -> dict[bytes, TimeRanges]:
        looks.append(agenda)
        return {}

    monkeypatch.setattr(Agenda, "all_unanswered", look)
    for number in range(50):
        fetcher.received(ask.server, [old(number, age=60)], NOW + 1)
    assert [type(action) for action in taken(fetcher)] == [EnvelopesFound] * 50
    assert looks == []


def taken(fetcher: Fetcher) -> list[Action]:
    """What the fetcher wants to be done."""
    return list(iter(fetcher.next_action, None))
