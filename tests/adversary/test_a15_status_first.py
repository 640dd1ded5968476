"""A15: packets before Status, second Status, no Status at all.

Expected: ignored/disconnected; Status timeout enforced.
"""

from __future__ import annotations

import pytest

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.relay.config import STATUS_TIMEOUT, RelayConfig
from pystatus.waku.relay.events import PeerFailed
from pystatus.waku.status import StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Wire, envelope, events, watching


@pytest.mark.requirement("WK-21", "WK-22")
@pytest.mark.parametrize(
    ("code", "payload"),
    [
        (packets.MESSAGES, packets.encode_messages([envelope()])),
        (packets.P2P_MESSAGE, packets.encode_messages([envelope()])),
        (packets.STATUS_UPDATE, StatusOptions(light_node=False).encode()),
        (77, StatusOptions().encode()),
    ],
)
def test_anything_before_the_status(code: int, payload: bytes) -> None:
    """A15, WK-21, WK-22: not even what would be a Status by its contents."""
    wire = Wire(watching(), status=None)
    with pytest.raises(RemoteError):
        wire.receive(code, payload)
    assert events(wire.relay) == []
    assert len(wire.relay.pool) == 0
    # Until the shell has disconnected it, nothing is taken from it or sent to it.
    wire.receive(packets.STATUS, StatusOptions().encode())
    assert events(wire.relay) == []
    assert wire.sent() == []
    assert wire.relay.ready_peers == []


@pytest.mark.requirement("WK-23")
def test_a_second_status_is_ignored() -> None:
    """WK-23."""
    wire = Wire(status=StatusOptions(topic_interest=(TOPIC,), pow_requirement=0.0))
    wire.receive(packets.STATUS, StatusOptions(topic_interest=(OTHER_TOPIC,)).encode())
    wire.receive(packets.STATUS, b"garbage")
    wire.relay.post(envelope(1, TOPIC), NOW)
    wire.relay.post(envelope(2, OTHER_TOPIC), NOW)
    ((_, payload),) = wire.sent()
    assert packets.decode_messages(payload) == [envelope(1, TOPIC)]


@pytest.mark.requirement("WK-19")
def test_no_status_at_all() -> None:
    """A15, WK-19: a silent peer does not hold its place."""
    wire = Wire(RelayConfig(status_timeout=7), status=None)
    assert wire.relay.next_timer() == NOW + 7
    wire.relay.on_timer(NOW + 6.9)
    assert events(wire.relay) == []
    wire.relay.on_timer(NOW + 7)
    assert events(wire.relay) == [PeerFailed("peer", "no Status in time")]
    wire.relay.on_timer(NOW + 8)
    assert events(wire.relay) == []
    assert wire.relay.next_timer() is None
    wire.receive(packets.STATUS, StatusOptions().encode(), NOW + 8)
    assert events(wire.relay) == []


def test_many_silent_peers_are_all_given_up_in_time() -> None:
    """By default after ten seconds, each at its own."""
    wire = Wire(status=None)
    wire.relay.peer_disconnected("peer", NOW)
    for number in range(100):
        wire.relay.peer_connected(number, NOW + number / 100)
    wire.relay.on_timer(NOW + STATUS_TIMEOUT + 0.495)
    assert events(wire.relay) == [PeerFailed(number, "no Status in time") for number in range(50)]
    wire.relay.on_timer(NOW + STATUS_TIMEOUT + 1)
    assert len(events(wire.relay)) == 50
    assert wire.relay.packets_to_send(NOW + 20) == []
