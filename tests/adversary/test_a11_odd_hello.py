"""A11: Hello with 10,000 capabilities, duplicates, wrong version, our own node id.

Expected: bounded work, right disconnect reason.
"""

from __future__ import annotations

import pytest

from pystatus.devp2p.capabilities import Capability, SharedCapability
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.events import Connected, ConnectionClosed
from pystatus.devp2p.messages import DisconnectReason, Hello
from pystatus.wire import rlp
from tests.devp2p.support import (
    ALICE,
    BOB,
    CAROL,
    TOY,
    RawPeer,
    SeededRandom,
    alice,
    bob,
    closed,
    dialled_by,
    events,
    exchange,
    node,
    raw_disconnect,
)
from tests.support.effort import Effort


def said(payload: bytes) -> tuple[ConnectionClosed, list[bytes]]:
    """How a connection ends after this Hello, and what it sends."""
    connection = bob()
    peer = RawPeer(connection)
    peer.heard()
    peer.say(0, payload)
    return closed(connection), peer.heard()


def hello(
    capabilities: tuple[Capability, ...] = (TOY,), version: int = 4, node_id: bytes = CAROL.public_key.xy
) -> bytes:
    return Hello(version, "odd", capabilities, 0, node_id).encode()


def test_10000_capabilities_are_refused_by_their_size() -> None:
    many = hello(tuple(Capability("c", version) for version in range(10_000)))
    with Effort() as effort:
        event, frames = said(many)
    assert effort.seconds < 0.5
    assert (event.reason, frames) == (None, [])
    assert "announced" in event.error


def test_as_many_as_fit() -> None:
    event, frames = said(hello(tuple(Capability("c", version) for version in range(65))))
    assert event.reason == DisconnectReason.BREACH_OF_PROTOCOL
    assert frames == [raw_disconnect(2)]


def test_duplicates_count_once() -> None:
    connection = bob()
    peer = RawPeer(connection)
    peer.say(0, peer.hello(version=4, capabilities=[TOY] * 64))
    (event,) = events(connection)
    assert isinstance(event, Connected)
    assert event.shared == (SharedCapability(TOY, 16, 8),)


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_a_version_before_rlpx(version: int) -> None:
    event, frames = said(hello(version=version))
    assert event.reason == DisconnectReason.INCOMPATIBLE_VERSION
    assert frames == [raw_disconnect(6)]


@pytest.mark.parametrize("version", [2**64, 2**200])
def test_a_version_that_is_no_number_of_ours(version: int) -> None:
    event, frames = said(rlp.encode([version, b"", [[b"toy", 1]], 0, CAROL.public_key.xy]))
    assert (event.reason, frames) == (None, [])


@pytest.mark.parametrize("node_id", [bytes(64), b"\x01" * 63, b"\x01" * 65, b""])
def test_an_id_that_is_none(node_id: bytes) -> None:
    event, frames = said(rlp.encode([4, b"", [[b"toy", 1]], 0, node_id]))
    assert event.reason == DisconnectReason.INVALID_IDENTITY
    assert frames == [raw_disconnect(7)]


@pytest.mark.parametrize("key", [ALICE, BOB], ids=["of somebody else", "ours"])
def test_an_id_that_was_not_proven(key: object) -> None:
    event, frames = said(hello(node_id=(ALICE if key is ALICE else BOB).public_key.xy))
    assert event.reason == DisconnectReason.UNEXPECTED_IDENTITY
    assert frames == [raw_disconnect(9)]


def test_the_side_that_dialled_checks_it_as_well() -> None:
    connection = alice()
    peer = dialled_by(connection)
    peer.say(0, hello())
    assert closed(connection).reason == DisconnectReason.UNEXPECTED_IDENTITY
    assert peer.heard()[-1] == raw_disconnect(9)


@pytest.mark.parametrize("role", ["initiator", "responder"])
def test_our_own_key_proven(role: str) -> None:
    """Somebody sends us to ourselves."""
    mine = node(BOB)
    initiator = Connection.initiate(mine, BOB.public_key, SeededRandom(b"1"), 0.0)
    responder = Connection.respond(mine, SeededRandom(b"2"), 0.0)
    exchange(initiator, responder)
    assert closed(initiator if role == "initiator" else responder).reason == DisconnectReason.SELF


def test_nothing_in_common() -> None:
    event, frames = said(hello((Capability("eth", 63), Capability("toy", 2))))
    assert event == ConnectionClosed(
        3, False, "it is a node of another network: it speaks eth/63, toy/2, and not toy/1"
    )
    assert frames == [raw_disconnect(3)]
