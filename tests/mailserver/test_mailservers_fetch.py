"""The fetcher as mailservers use it: all topics at once, and what is here already need not be asked for."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.mailserver.fetcher import Fetcher
from pystatus.mailserver.fetching import LONGEST_HISTORY, Action, Ask, Connect, FetchConfig, Found, Keep
from pystatus.mailserver.ledger import ALL_TOPICS, Entry, Ledger
from pystatus.mailserver.presence import SETTLED
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.spans import NOTHING, Span, Spans
from pystatus.waku.bloom import FULL_BLOOM
from pystatus.waku.data import unseal
from pystatus.waku.envelope import Envelope
from tests.mailserver.support import KEY, SIGNER, drawn
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, envelope

ANNE, OURSELVES = b"A" * 64, b"O" * 64
HOUR = 3_600
UNTIL = int(NOW) - SETTLED


def known(server: bytes, *spans: tuple[int, int]) -> Entry:
    return Entry(ALL_TOPICS, server, Spans(Span(*span) for span in spans))


class Mailserver:
    """One that keeps a day, and what it wants."""

    def __init__(self, *entries: Entry, reach: int = 24 * HOUR) -> None:
        self.now = NOW
        self.fetcher = Fetcher(
            {ANNE: KEY},
            SIGNER,
            drawn,
            FetchConfig(copies=1, reach=reach, delay=SETTLED),
            entries=entries,
            starts={ALL_TOPICS: 0},
            now=NOW,
        )
        self.fetcher.set_topics([ALL_TOPICS], NOW)

    def actions(self) -> list[Action]:
        found = []
        while (action := self.fetcher.next_action()) is not None:
            found.append(action)
        return found

    def asks(self) -> Envelope | None:
        """The request that it sends now, if any."""
        asked = [action.payload for action in self.actions() if isinstance(action, Ask)]
        assert len(asked) <= 1
        return Envelope.decode(asked[0]) if asked else None


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
    assert (asked.lower, asked.upper) == (UNTIL - HOUR, UNTIL - 1)
    found = [envelope(1, TOPIC, now=NOW - HOUR), envelope(2, OTHER_TOPIC, now=NOW - HOUR)]
    mailserver.fetcher.received(ANNE, found, NOW)
    mailserver.fetcher.completed(ANNE, request.hash + found[-1].hash, NOW)
    actions = mailserver.actions()
    assert Found(ANNE, tuple(found)) in actions
    assert Keep(known(ANNE, (UNTIL - HOUR, UNTIL))) in actions


def test_what_was_heard_is_not_asked_for_and_not_given_back() -> None:
    mailserver = Mailserver(known(ANNE, (0, UNTIL - HOUR)))
    mailserver.fetcher.server_ready(ANNE, NOW)
    assert (opened(mailserver.asks()).lower, mailserver.fetcher.missing) == (UNTIL - HOUR, HOUR)
    mailserver.fetcher.server_gone(ANNE, NOW)
    mailserver.fetcher.known([known(OURSELVES, (UNTIL - HOUR, UNTIL))], NOW)
    assert mailserver.fetcher.missing == 0
    mailserver.fetcher.server_ready(ANNE, NOW + 60)
    assert not any(isinstance(action, Ask | Keep) for action in mailserver.actions())


def test_minute_by_minute_nothing_is_lacking_and_nothing_is_forgotten() -> None:
    mailserver = Mailserver(known(ANNE, (0, UNTIL)))
    mailserver.fetcher.server_ready(ANNE, NOW)
    for minute in range(1, 120):
        now = NOW + 60 * minute
        mailserver.fetcher.known([known(OURSELVES, (UNTIL, int(now) - SETTLED))], now)
        assert mailserver.fetcher.missing == 0
        assert mailserver.asks() is None


def test_what_somebody_else_has_heard_on_the_same_archive_counts_as_well() -> None:
    mailserver = Mailserver(known(ANNE, (0, UNTIL - 600)))
    mailserver.fetcher.known([known(b"B" * 64, (UNTIL - 600, UNTIL - 60)), known(OURSELVES, (UNTIL - 90, UNTIL))], NOW)
    assert mailserver.fetcher.missing == 0


def test_a_mailserver_lacks_nothing_that_it_would_not_keep() -> None:
    for reach in (24 * HOUR, LONGEST_HISTORY):
        mailserver = Mailserver(reach=reach)
        assert mailserver.fetcher.missing == reach - SETTLED
        mailserver.fetcher.known([], NOW + HOUR)
        assert mailserver.fetcher.missing == reach - SETTLED


def test_a_clock_that_is_put_back_takes_back_what_was_said_of_the_future() -> None:
    mailserver = Mailserver(known(ANNE, (0, UNTIL)))
    mailserver.actions()
    mailserver.fetcher.known([known(OURSELVES, (UNTIL, UNTIL + HOUR))], NOW + HOUR)
    assert mailserver.fetcher.missing == 0
    mailserver.fetcher.known([], NOW)
    kept = {action.entry for action in mailserver.actions() if isinstance(action, Keep)}
    assert kept == {known(OURSELVES), known(ANNE)}, "of the last day nothing is believed"


def test_a_ledger_holds_no_more_than_anybody_asks_for() -> None:
    ledger = Ledger([known(ANNE, (0, 100), (200, 300))])
    ledger.add(known(ANNE, (300, 400)))
    ledger.forget_before(250)
    assert ledger.missing(ALL_TOPICS, Span(0, 500)) == Spans([Span(0, 250), Span(400, 500)])
    assert ledger.cover([ALL_TOPICS], ANNE, Span(400, 450)) == [known(ANNE, (250, 450))]
    ledger.forget_before(1_000)
    assert ledger.forget_after(2_000) == []
    assert ledger.cover([ALL_TOPICS], ANNE, Span(5, 5)) == []
    assert Spans([Span(5, 5)]) == NOTHING


@pytest.mark.parametrize(("reach", "delay"), [(LONGEST_HISTORY + 1, 0), (60, 61), (60, -1)])
def test_settings_that_make_no_sense_are_refused(reach: int, delay: int) -> None:
    with pytest.raises(LocalError, match="within the last 30 days"):
        FetchConfig(reach=reach, delay=delay)
