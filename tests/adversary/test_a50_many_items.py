"""A50: one small packet that inflates to millions of RLP items.

Expected: each packet code has its size before anything is decoded, lists have a budget of items, every large packet is
taken in steps; the sender is gone.
"""

from __future__ import annotations

import pytest

from pystatus.devp2p.compression import compress
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.events import PacketReceived
from pystatus.devp2p.messages import MAX_BASE_MESSAGE_SIZE, MessageId
from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.dialects.dialect import CODE_COUNT, Dialect
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import P2PReceived
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.steps import STEP_BYTES, STEP_ENVELOPES
from pystatus.waku.status import StatusOptions
from pystatus.waku_connection.capabilities import DIALECTS, subprotocols
from pystatus.wire import rlp
from tests.adversary.hostile import Memory, RelayPeer, filled
from tests.devp2p.support import WAKU, RawPeer, bob, closed, events
from tests.waku import network
from tests.waku.network import NOW, Wire, envelope

MEBIBYTE = 1 << 20
LARGEST = packets.MAX_PACKET_SIZE


BODIES = {
    "empty lists": filled(b"\xc0", LARGEST),
    "empty strings": filled(b"\x80", LARGEST),
    "single bytes": filled(b"\x01", LARGEST),
    "lists in lists": filled(rlp.encode_list([b"\xc0"] * 50), LARGEST),
    "no list at all": bytes(LARGEST),
}
ENVELOPE_CODES = (packets.MESSAGES, packets.P2P_MESSAGE)
SIZES = DIALECTS[WAKU].max_sizes
bodies = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())


def connected(version: int = 5) -> tuple[Connection, RawPeer]:
    """A connection that speaks Waku, and the peer on it. Waku's code 0 is message id 16."""
    connection = bob(subprotocols(bridge=False))
    peer = RawPeer(connection)
    peer.say(MessageId.HELLO, peer.hello(version, [WAKU]))
    events(connection)
    peer.heard()
    return connection, peer


def memory_of(connection: Connection, frame: bytes) -> int:
    """Bytes that it takes at most to receive a frame."""
    with Memory() as memory:
        connection.receive_data(frame, 0.0)
    return memory.peak


@bodies
def test_no_code_inflates_to_more_than_it_may_have(body: bytes) -> None:
    block = compress(body)
    for code in SIZES.keys() - set(ENVELOPE_CODES):
        connection, peer = connected()
        frame = peer.frame(16 + code, block)
        assert memory_of(connection, frame) < 6 * len(frame) + 100_000
        assert "at most" in closed(connection).error


@bodies
def test_what_nobody_reads_is_not_inflated(body: bytes) -> None:
    block = compress(body)
    for code in set(range(CODE_COUNT)) - SIZES.keys():
        connection, peer = connected()
        frame = peer.frame(16 + code, block)
        assert memory_of(connection, frame) < 6 * len(frame) + 100_000
        assert events(connection) == [PacketReceived(WAKU, code, block)]


@pytest.mark.parametrize("message_id", [MessageId.PING, MessageId.PONG, MessageId.HELLO, 15])
def test_messages_of_the_base_protocol_are_small(message_id: int) -> None:
    connection, peer = connected()
    frame = peer.frame(message_id, compress(BODIES["empty lists"]))
    assert memory_of(connection, frame) < 6 * len(frame) + 100_000
    assert f"at most {MAX_BASE_MESSAGE_SIZE}" in closed(connection).error


def test_without_compression_the_same_sizes_hold() -> None:
    for code, size in SIZES.items():
        if code not in ENVELOPE_CODES:
            connection, peer = connected(version=4)
            peer.say(16 + code, bytes(size))
            assert events(connection) == [PacketReceived(WAKU, code, bytes(size))]
            peer.say(16 + code, bytes(size + 1))
            assert "at most" in closed(connection).error


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=[dialect.title for dialect in DIALECTS.values()])
@bodies
def test_a_relay_decodes_no_more_than_its_budget(dialect: Dialect, body: bytes) -> None:
    """Over every code, whether the peer is trusted or not, before the Status and after it."""
    for trusted in (False, True):
        for status in (None, StatusOptions()):
            for code in range(CODE_COUNT):
                wire = Wire(RelayConfig(watched=None), status, dialect)
                wire.relay.set_trusted("peer", trusted)
                payload = body[: dialect.max_sizes.get(code, len(body))]
                ended = False
                with Memory() as memory:
                    try:
                        for _ in wire.relay.receive_in_steps("peer", code, payload, NOW):
                            pass
                    except RemoteError:
                        ended = True
                assert memory.peak < 16 * MEBIBYTE
                assert ended or not [event for event in network.events(wire.relay) if isinstance(event, P2PReceived)]


def test_who_repeats_it_is_gone() -> None:
    peer = RelayPeer(Relay(), NOW)
    body = rlp.encode_list([b"\xc0"] * 30_000)
    assert not all(peer.send(packets.MESSAGES, body) for _ in range(10))


def test_a_page_of_history_is_read_in_steps() -> None:
    """A trusted peer is not let to hold up others either."""
    page = [envelope(number, size=3_000) for number in range(300)]
    wire = Wire()
    wire.relay.set_trusted("peer", True)
    network.events(wire.relay)
    steps = 0
    for _ in wire.relay.receive_in_steps("peer", packets.P2P_MESSAGE, packets.encode_messages(page), NOW):
        assert network.events(wire.relay) == []
        steps += 1
    assert steps > max(len(page) // STEP_ENVELOPES, 300 * 3_000 // STEP_BYTES - 2)
    assert network.events(wire.relay) == [P2PReceived(tuple(page), "peer")]


def test_trust_that_ends_meanwhile() -> None:
    page = [envelope(number, size=3_000) for number in range(300)]
    wire = Wire()
    wire.relay.set_trusted("peer", True)
    network.events(wire.relay)
    steps = wire.relay.receive_in_steps("peer", packets.P2P_MESSAGE, packets.encode_messages(page), NOW)
    next(steps)
    wire.relay.set_trusted("peer", False)
    assert list(steps)
    assert network.events(wire.relay) == []
