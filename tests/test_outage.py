"""What the log says of a thing that is away."""

from __future__ import annotations

import logging

import pytest

from pystatus.outage import REST_SECONDS, Outage

LOG = logging.getLogger("pystatus.test")


@pytest.fixture
def outage(caplog: pytest.LogCaptureFixture) -> Outage:
    caplog.set_level(logging.INFO, LOG.name)
    return Outage(LOG, "no letters can be sent", "letters can be sent again")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_it_says_one_line_when_it_begins_and_one_when_it_is_over(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    outage.worked(1.0)
    assert not outage.is_on
    for second in range(100):
        outage.failed(10.0 + second, "The post office is closed.")
    assert outage.is_on
    outage.worked(110.4, "; 12 letters waited")
    outage.worked(111.0)
    assert lines(caplog) == [
        "no letters can be sent: The post office is closed",
        "letters can be sent again, after 0:01:40; 12 letters waited",
    ]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_what_comes_and_goes_says_two_lines_a_minute(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    for second in range(600):
        outage.failed(second, "closed")
        outage.worked(second + 0.5)
    assert 2 * 9 <= len(caplog.records) <= 2 * 10
    assert lines(caplog)[2] == "no letters can be sent: closed (60 more times since the last line)"


def test_an_outage_that_begins_soon_after_another_is_told_when_it_lasts(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    outage.failed(0.0, "closed")
    outage.worked(1.0)
    outage.failed(2.0, "a strike")
    assert len(caplog.records) == 2
    outage.failed(1.0 + REST_SECONDS, "still a strike")
    assert lines(caplog)[2:] == ["no letters can be sent: still a strike"]
    outage.worked(100.0)
    assert lines(caplog)[3:] == ["letters can be sent again, after 0:01:38"]
