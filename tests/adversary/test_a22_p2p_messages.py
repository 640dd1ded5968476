"""A22: P2P message from a peer that is not trusted.

Expected: discarded.
"""

from __future__ import annotations

import pytest

from pystatus.waku import packets
from pystatus.waku.relay.events import P2PReceived
from tests.waku.network import NOW, Wire, envelope, events, watching


def test_p2p_messages_of_a_stranger() -> None:
    """A22: discarded."""
    wire = Wire(watching())
    wire.receive(packets.P2P_MESSAGE, packets.encode_messages([envelope()]))
    assert events(wire.relay) == []
    assert envelope().hash not in wire.relay.pool


@pytest.mark.parametrize("code", [packets.P2P_MESSAGE, packets.P2P_REQUEST, packets.P2P_REQUEST_COMPLETE])
def test_nothing_goes_on_to_others_and_nothing_is_answered(code: int) -> None:
    wire = Wire(watching())
    wire.join("other")
    wire.relay.packets_to_send(0.0)
    events(wire.relay)
    for payload in (packets.encode_messages([envelope()]), envelope().raw, b"\xff" * 1000, b""):
        for _ in range(100):
            wire.receive(code, payload)
    assert events(wire.relay) == []
    assert wire.relay.packets_to_send(0.0) == []
    assert wire.relay.ready_peers == ["peer", "other"]


def test_a_trusted_peer_is_heard_and_nobody_else() -> None:
    """A22, the other side: trust is one peer's, and what it sends reaches us alone."""
    wire = Wire(watching())
    wire.join("server")
    wire.relay.set_trusted("server", True)
    wire.sent(peer="server")
    events(wire.relay)
    payload = packets.encode_messages([envelope()])
    wire.receive(packets.P2P_MESSAGE, payload)
    assert events(wire.relay) == []
    wire.relay.receive_packet("server", packets.P2P_MESSAGE, payload, NOW)
    assert events(wire.relay) == [P2PReceived((envelope(),), "server")]
    assert envelope().hash not in wire.relay.pool
    assert wire.relay.packets_to_send(NOW) == []
