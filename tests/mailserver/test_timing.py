"""What one side promises the other side waits for: the times of history, and a few clocks that disagree."""

from __future__ import annotations

from itertools import product

import pytest

from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.server.uptime import Uptime
from pystatus.mailserver.timing import (
    BACK_AGAIN,
    BEGINNING,
    CHECK_SECONDS,
    CLOCK_SKEW,
    DAY,
    DAYS_LATER,
    DISTRUST,
    LACKING_REST,
    LONGEST_HISTORY,
    LONGEST_PAUSE,
    LONGEST_TTL,
    LOOK_SECONDS,
    PENDING_SECONDS,
    SETTLING,
    SHARE_SECONDS,
    SHORTEST_TTL,
    SPREAD,
    UNNOTICED,
    day_of,
)

SKEWS = (-CLOCK_SKEW, 0, CLOCK_SKEW)
NOON = 1_600_000_000


@pytest.mark.parametrize(("sender", "server", "client"), list(product(SKEWS, SKEWS, SKEWS)))
def test_what_is_settled_for_a_client_cannot_come_any_more(sender: int, server: int, client: int) -> None:
    """And the relay of the mailserver may have been gone for as long as nobody notices."""
    asked_at = NOON + client
    latest_settled = asked_at - SETTLING - 1
    # The envelope was sent in that second by the sender's clock, and the mailserver takes it as long as it lives by
    # its own.
    last_arrival = latest_settled + LONGEST_TTL - server
    assert last_arrival <= NOON - UNNOTICED
    assert latest_settled - sender <= last_arrival


@pytest.mark.parametrize(("sender", "server"), list(product(SKEWS, SKEWS)))
def test_what_was_sent_before_a_mailserver_began_is_not_counted_as_heard(sender: int, server: int) -> None:
    presence = Uptime()
    presence.look(NOON + server, ["a relay"], 0)
    assert presence.since is not None
    assert NOON - 1 + sender < presence.since, "sent a second before, and stamped by the sender's clock"
    assert presence.since == NOON + server + BEGINNING


def test_a_mailserver_says_that_it_has_heard_what_a_client_takes_as_settled_and_no_more() -> None:
    presence = Uptime()
    for look in range(100):
        heard = presence.look(NOON + LOOK_SECONDS * look, ["a relay"], 0)
    now = NOON + LOOK_SECONDS * 99
    assert heard is not None
    assert heard.upper == int(now) - SETTLING


def test_one_time_follows_from_another() -> None:
    assert SETTLING == LONGEST_TTL + 3 * CLOCK_SKEW + UNNOTICED
    assert BACK_AGAIN == BEGINNING + SETTLING, "when the last second that was missed is settled"
    assert PENDING_SECONDS >= 3 * BACK_AGAIN
    assert PENDING_SECONDS > BACK_AGAIN + SHARE_SECONDS, "it has time to fetch what it missed before it gives up"
    assert 2 * LOOK_SECONDS <= LONGEST_PAUSE <= SHORTEST_TTL, "a look may be late; what was missed is noticed"
    assert CHECK_SECONDS > SETTLING
    assert LACKING_REST > PENDING_SECONDS
    assert DISTRUST <= DAYS_LATER * DAY
    assert FetchConfig().check_seconds == CHECK_SECONDS
    assert FetchConfig().reach == LONGEST_HISTORY


def test_a_day_later_is_a_day_later_at_least_and_well_before_history_ends() -> None:
    for asked_at in (NOON, NOON - NOON % DAY, NOON - NOON % DAY + DAY - 1):
        due = (day_of(asked_at) + DAYS_LATER) * DAY
        assert DAY < due - asked_at <= DAYS_LATER * DAY
        assert due + SPREAD - asked_at < LONGEST_HISTORY
