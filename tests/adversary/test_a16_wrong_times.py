"""A16: expired, future (> 10 s), expiry - ttl overflow, ttl = 0 envelopes.

Expected: dropped as decisions.md says (a time error only where it says so); honest skew is not banned.
"""

from __future__ import annotations

import pytest

from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import OTHER_ERROR, TIME_NOT_SYNCED, MessageResponse
from pystatus.waku.relay.admission import Refusal
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeReceived
from tests.waku.network import NOW, TOPIC, Wire, envelope, events, watching

SECOND = int(NOW)


def made(expiry: int, ttl: int) -> Envelope:
    return Envelope.create(expiry, ttl, TOPIC, b"data")


@pytest.mark.parametrize(
    ("bad", "reported"),
    [
        pytest.param(made(SECOND - 1, 15), [], id="expired a second ago"),
        pytest.param(made(SECOND - 20, 15), [], id="expired 20 seconds ago"),
        pytest.param(made(SECOND - 21, 15), [TIME_NOT_SYNCED], id="expired 21 seconds ago"),
        pytest.param(made(1, 15), [TIME_NOT_SYNCED], id="expired in 1970"),
        pytest.param(made(SECOND + 26, 15), [TIME_NOT_SYNCED], id="11 seconds ahead"),
        pytest.param(made(2**32 - 1, 15), [TIME_NOT_SYNCED], id="sent in 2106"),
        pytest.param(made(10, 20), [TIME_NOT_SYNCED], id="sent before 1970: the difference wraps around"),
        pytest.param(made(SECOND, 2**32 - 1), [TIME_NOT_SYNCED], id="a life longer than all time"),
        pytest.param(made(SECOND, 0), [OTHER_ERROR], id="no life"),
        pytest.param(made(SECOND + 5, 0), [OTHER_ERROR], id="no life, still to come"),
    ],
)
def test_dropped(bad: Envelope, reported: list[int]) -> None:
    wire = Wire(RelayConfig(confirmations=True, watched=None, min_pow=0.0))
    wire.join("other")
    wire.sent()
    events(wire.relay)
    wire.give(bad, envelope())
    (code, payload), _ = wire.sent()
    response = MessageResponse.decode(payload)
    assert code == packets.MESSAGE_RESPONSE
    assert response is not None
    assert [error.code for error in response.errors] == reported
    assert [event.envelope for event in events(wire.relay) if isinstance(event, EnvelopeReceived)] == [envelope()]
    assert bad.hash not in wire.relay.pool
    wire.give(*[bad] * 100)
    assert wire.relay.ready_peers == ["peer", "other"]


@pytest.mark.parametrize("skew", [-14, -5, 0, 5, 10])
def test_honest_clocks_may_differ(skew: int) -> None:
    wire = Wire(watching())
    wire.give(envelope(now=NOW + skew, pow_target=0.002))
    assert len(events(wire.relay)) == 1


def test_errors_of_time_cost_nothing() -> None:
    """A16: honest skew is not banned."""
    assert {Refusal.FROM_FUTURE.penalty, Refusal.EXPIRED.penalty, Refusal.VERY_OLD.penalty} == {0}


def test_honest_skew_is_not_banned() -> None:
    """A16: whatever a wrong clock makes of envelopes, it is no reason to part."""
    wire = Wire(watching())
    for number in range(2000):
        wire.give(envelope(number, now=NOW + 30), envelope(number, now=NOW - 30), envelope(number, now=NOW - 60))
    assert events(wire.relay) == []
    wire.give(envelope(1))
    assert len(events(wire.relay)) == 1
