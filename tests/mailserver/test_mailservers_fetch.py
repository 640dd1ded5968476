"""The fetcher as mailservers use it: all topics at once, and what is here already need not be asked for."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.mailserver.client.actions import Action, Connect, EnvelopesFound, SaveCoverage, SendRequest
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.coverage import ALL_TOPICS, FINAL, Coverage, CoverageEntry
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.mailserver.timing import BACK_AGAIN, BEGINNING, DAYS_LATER, LONGEST_HISTORY, SETTLING, day_of
from pystatus.waku.bloom import FULL_BLOOM
from pystatus.waku.data import unseal
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import KEY, SIGNER, drawn
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, envelope

ANNE, OURSELVES = b"A" * 64, FINAL
HOUR = 3_600
BACK = int(NOW) + BEGINNING
"""The first second that it hears everything of, when it begins to listen."""
LONG_SINCE = int(NOW) - HOUR
"""The same when it has listened for long."""
UNTIL = int(NOW) - SETTLING
"""What is settled when it begins."""
TODAY = day_of(NOW)


def known(server: bytes, *spans: tuple[int, int], day: int = 0) -> CoverageEntry:
    return CoverageEntry(ALL_TOPICS, server, TimeRanges(TimeRange(*span) for span in spans), day)


class Mailserver:
    """One that keeps a day and begins to listen, and what it wants."""

    def __init__(self, *entries: CoverageEntry, reach: int = 24 * HOUR) -> None:
        self.reach = reach
        assert all(not entry.covered or entry.covered.newest.upper <= UNTIL for entry in entries)
        self.fetcher = Fetcher(
            {ANNE: KEY}, SIGNER, drawn, FetchConfig(copies=1, reach=reach), entries=entries, starts={}, now=NOW
        )
        self.knows(NOW)
        self.fetcher.set_topics([ALL_TOPICS], NOW)

    def knows(self, now: float, *entries: CoverageEntry, since: int | None = BACK) -> None:
        self.fetcher.known(entries, int(now) - self.reach, since, now)

    def lacks(self, until: int = BACK) -> TimeRanges:
        """What it would say that it lacks of the last hours."""
        return self.fetcher.unsettled(TimeRange(int(NOW) - 2 * HOUR, until))

    def actions(self) -> list[Action]:
        found = []
        while (action := self.fetcher.next_action()) is not None:
            found.append(action)
        return found

    def asks(self) -> Envelope | None:
        """The request that it sends now, if any."""
        asked = [action.payload for action in self.actions() if isinstance(action, SendRequest)]
        assert len(asked) <= 1
        return Envelope.decode(asked[0]) if asked else None

    def is_answered(self, now: float, *envelopes: Envelope) -> list[Action]:
        """What comes of it when all is answered that it asks."""
        request = self.asks()
        assert request is not None
        if envelopes:
            self.fetcher.received(ANNE, envelopes, now)
        self.fetcher.completed(ANNE, request.hash + (envelopes[-1].hash if envelopes else bytes(32)), now)
        return self.actions()


def opened(request: Envelope | None) -> HistoryRequest:
    assert request is not None
    return HistoryRequest.decode(unseal(KEY, request.data).payload)


def test_everything_is_asked_for_and_every_topic_is_wanted() -> None:
    mailserver = Mailserver()
    assert Connect(ANNE) in mailserver.actions()
    mailserver.fetcher.server_ready(ANNE, NOW)
    request = mailserver.asks()
    assert request is not None
    asked = opened(request)
    assert (asked.topics, asked.bloom) == ((), FULL_BLOOM)
    assert asked.lower == int(NOW) - HOUR
    found = [envelope(1, TOPIC, now=NOW - HOUR), envelope(2, OTHER_TOPIC, now=NOW - HOUR)]
    mailserver.fetcher.received(ANNE, found, NOW)
    mailserver.fetcher.completed(ANNE, request.hash + found[-1].hash, NOW)
    actions = mailserver.actions()
    assert EnvelopesFound(ANNE, tuple(found)) in actions
    assert SaveCoverage(known(ANNE, (int(NOW) - HOUR, int(NOW) - SETTLING), day=TODAY)) in actions


def test_what_it_missed_is_asked_for_at_once_and_again_when_the_last_of_it_is_settled() -> None:
    mailserver = Mailserver(known(OURSELVES, (0, int(NOW) - 200)))
    mailserver.fetcher.server_ready(ANNE, NOW)
    assert mailserver.is_answered(NOW)
    assert not mailserver.fetcher.missing, "for the moment"
    assert mailserver.lacks() == TimeRanges([TimeRange(int(NOW) - SETTLING, BACK)]), (
        "what Anne said of it is not certain yet"
    )
    for seconds in (60, 120):
        mailserver.knows(NOW + seconds)
        assert mailserver.is_answered(NOW + seconds)
        assert mailserver.lacks() == TimeRanges([TimeRange(int(NOW) + seconds - SETTLING, BACK)])
    mailserver.knows(NOW + BACK_AGAIN)
    assert mailserver.is_answered(NOW + BACK_AGAIN)
    assert mailserver.lacks() == NOTHING


def test_while_it_hears_nothing_it_lacks_everything_up_to_now() -> None:
    mailserver = Mailserver(known(OURSELVES, (0, int(NOW) - SETTLING)))
    mailserver.knows(NOW + HOUR, since=None)
    assert mailserver.fetcher.missing == HOUR + SETTLING
    mailserver.knows(NOW + HOUR, since=BACK + HOUR)
    assert mailserver.fetcher.missing == HOUR + SETTLING
    mailserver.knows(NOW + HOUR + 60, since=BACK + HOUR)
    assert mailserver.fetcher.missing == HOUR + SETTLING + BEGINNING


def test_what_was_heard_is_not_asked_for_and_not_given_back() -> None:
    mailserver = Mailserver(known(ANNE, (0, UNTIL - HOUR // 2), day=TODAY))
    mailserver.fetcher.server_ready(ANNE, NOW)
    assert opened(mailserver.asks()).lower == UNTIL - HOUR // 2
    mailserver.fetcher.server_gone(ANNE, NOW)
    mailserver.knows(NOW, known(OURSELVES, (UNTIL - HOUR // 2, UNTIL)), since=UNTIL)
    assert mailserver.fetcher.missing == 0
    mailserver.actions()
    mailserver.fetcher.server_ready(ANNE, NOW + 60)
    assert not any(isinstance(action, SendRequest | SaveCoverage) for action in mailserver.actions())


def test_what_was_fetched_is_asked_for_once_more_and_what_was_heard_is_not() -> None:
    before, fetched, heard = (0, UNTIL - 2 * HOUR), (UNTIL - 2 * HOUR, UNTIL - HOUR), (UNTIL - HOUR, UNTIL)
    mailserver = Mailserver(known(ANNE, fetched, day=TODAY - DAYS_LATER), known(OURSELVES, before, heard))
    now = NOW + 6 * HOUR  # the questions of all mailservers are spread over some hours
    mailserver.knows(now, since=UNTIL)
    mailserver.fetcher.server_ready(ANNE, now)
    asked = opened(mailserver.asks())
    assert (asked.lower, asked.upper) == (fetched[0], fetched[1] - 1)


def test_minute_by_minute_nothing_is_lacking_and_nothing_is_asked() -> None:
    mailserver = Mailserver(known(OURSELVES, (0, UNTIL)))
    mailserver.knows(NOW, since=LONG_SINCE)
    mailserver.actions()
    mailserver.fetcher.server_ready(ANNE, NOW)
    for minute in range(1, 120):
        now = NOW + 60 * minute
        mailserver.knows(now, known(OURSELVES, (LONG_SINCE, int(now) - SETTLING)), since=LONG_SINCE)
        assert mailserver.fetcher.missing == 0
        assert mailserver.asks() is None


def test_what_somebody_else_has_heard_on_the_same_archive_counts_as_well() -> None:
    mailserver = Mailserver(known(ANNE, (0, UNTIL - 600)))
    heard = known(b"B" * 64, (UNTIL - 600, UNTIL - 60)), known(OURSELVES, (UNTIL - 90, UNTIL))
    mailserver.knows(NOW, *heard, since=UNTIL)
    assert mailserver.fetcher.missing == 0


def test_a_mailserver_lacks_nothing_that_it_would_not_keep() -> None:
    for reach in (24 * HOUR, LONGEST_HISTORY):
        mailserver = Mailserver(reach=reach)
        assert mailserver.fetcher.missing == reach
        mailserver.knows(NOW + HOUR, since=None)
        assert mailserver.fetcher.missing == reach


def test_what_gave_way_to_the_size_of_the_archive_is_not_wanted() -> None:
    mailserver = Mailserver(known(ANNE, (int(NOW) - 24 * HOUR, int(NOW) - 12 * HOUR)))
    mailserver.fetcher.known([], int(NOW) - 6 * HOUR, BACK, NOW)
    assert mailserver.fetcher.missing == 6 * HOUR


def test_a_clock_that_is_put_back_takes_back_what_was_said_of_the_future() -> None:
    mailserver = Mailserver(known(ANNE, (0, UNTIL), day=TODAY))
    mailserver.actions()
    mailserver.knows(NOW + HOUR, known(OURSELVES, (UNTIL, UNTIL + HOUR)), since=UNTIL + HOUR)
    assert mailserver.fetcher.missing == 0
    mailserver.knows(NOW, since=None)
    kept = {action.entry for action in mailserver.actions() if isinstance(action, SaveCoverage)}
    assert kept == {known(OURSELVES), known(ANNE, day=TODAY)}, "of the last day nothing is believed"


def test_a_ledger_holds_no_more_than_anybody_asks_for() -> None:
    ledger = Coverage([known(ANNE, (0, 100), (200, 300))])
    ledger.add(known(ANNE, (300, 400)))
    ledger.forget_before(250)
    assert ledger.missing(ALL_TOPICS, TimeRange(0, 500)) == TimeRanges([TimeRange(0, 250), TimeRange(400, 500)])
    assert ledger.cover([ALL_TOPICS], ANNE, TimeRanges([TimeRange(400, 450)])) == [known(ANNE, (250, 450))]
    ledger.forget_before(1_000)
    assert ledger.forget_after(2_000) == []
    assert list(ledger.topics()) == []
    assert ledger.latest == 0


@pytest.mark.parametrize("reach", [LONGEST_HISTORY + 1, -1])
def test_settings_that_make_no_sense_are_refused(reach: int) -> None:
    with pytest.raises(LocalError, match="within the last 30 days"):
        FetchConfig(reach=reach)
