"""A10: out-of-range or unknown message id.

Expected: ignored or disconnected as specified, never an index error.
"""

from __future__ import annotations

import pytest

from pystatus.devp2p.capabilities import Subprotocol
from pystatus.devp2p.connection import State
from pystatus.devp2p.events import PacketReceived
from pystatus.waku import packets
from tests.devp2p.support import TOYS, WAKU, RawPeer, bob, closed, events
from tests.waku.network import Wire
from tests.waku.network import events as relay_events

PROTOCOLS = (*TOYS, Subprotocol(WAKU, 128))
LAST = 16 + 8 + 128 - 1


@pytest.fixture
def peer() -> RawPeer:
    peer = RawPeer(bob(PROTOCOLS))
    peer.say(0, peer.hello(version=4, capabilities=[subprotocol.capability for subprotocol in PROTOCOLS]))
    events(peer.connection)
    peer.heard()
    return peer


@pytest.mark.parametrize("message_id", [0, 3, *range(4, 16)])
def test_unused_ids_of_the_base_protocol_are_ignored(peer: RawPeer, message_id: int) -> None:
    peer.say(message_id, b"\xc0")
    assert (events(peer.connection), peer.heard(), peer.connection.state) == ([], [], State.OPEN)


def test_the_last_id_of_the_last_capability_is_one(peer: RawPeer) -> None:
    peer.say(LAST, b"payload")
    assert events(peer.connection) == [PacketReceived(WAKU, 127, b"payload")]


@pytest.mark.parametrize("message_id", [LAST + 1, 255, 256, 2**31, 2**32, 2**63, 2**64 - 1])
def test_ids_beyond_all_capabilities_end_the_connection(peer: RawPeer, message_id: int) -> None:
    peer.say(message_id, b"\xc0")
    assert closed(peer.connection).reason is None
    assert peer.heard() == []


@pytest.mark.parametrize("frame_data", [b"", b"\x00", b"\xc0", b"\x81\x01", b"\x89" + b"\x01" * 9])
def test_frames_without_a_message_id(frame_data: bytes) -> None:
    connection = bob()
    peer = RawPeer(connection)
    peer.say_hello()
    connection.receive_data(peer.writer.frame(b"", frame_data), 0.0)
    assert closed(connection).reason is None


@pytest.mark.parametrize("code", [2, 3, 10, 13, 20, 34, 124, 127, 128, -1, 2**64])
def test_unknown_codes_of_waku_are_ignored(code: int) -> None:
    wire = Wire()
    for payload in (b"", b"\xc0", b"\xff" * 100):
        wire.receive(code, payload)
    assert (wire.sent(), relay_events(wire.relay), wire.relay.ready_peers) == ([], [], ["peer"])
    assert code not in (packets.STATUS, packets.MESSAGES, packets.STATUS_UPDATE)
