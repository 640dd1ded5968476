"""A23: light node connects to light node.

Expected: disconnect.
"""

from __future__ import annotations

import pytest

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.status import StatusOptions
from tests.waku.network import Wire, envelope, events


@pytest.mark.requirement("WK-52")
def test_light_nodes_part() -> None:
    """A23, WK-52."""
    light = RelayConfig(light=True)
    with pytest.raises(RemoteError):
        Wire(light, StatusOptions(light_node=True))
    Wire(RelayConfig(), StatusOptions(light_node=True))
    wire = Wire(light, StatusOptions(light_node=False))
    with pytest.raises(RemoteError):
        wire.receive(packets.STATUS_UPDATE, StatusOptions(light_node=True).encode())


def test_nothing_is_said_to_it_any_more() -> None:
    wire = Wire(RelayConfig(light=True), status=None)
    wire.sent()
    with pytest.raises(RemoteError):
        wire.receive(packets.STATUS, StatusOptions(light_node=True).encode())
    wire.relay.post(envelope(), 1_600_000_000.0)
    assert wire.sent() == []
    assert events(wire.relay) == []
    assert wire.relay.ready_peers == []
