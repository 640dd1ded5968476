"""A03: off-curve, zero and infinity public keys in auth and ack.

Expected: remote error.
"""

from __future__ import annotations

import pytest

from pystatus.crypto import ecies
from pystatus.devp2p.rlpx.handshake import Initiator, Responder
from pystatus.devp2p.rlpx.packets import Ack, Auth, seal
from pystatus.errors import RemoteError
from tests.devp2p.support import ALICE, BOB, alice, bob, closed
from tests.devp2p.test_handshake import HONEST, NONCE, RANDOM, respond, seal_auth

FIELD_PRIME_MINUS_1 = (2**256 - 2**32 - 978).to_bytes(32, "big")

BAD_POINTS = {
    "zero": bytes(64),
    "off the curve": b"\x11" * 64,
    "x is the field's prime": (2**256 - 2**32 - 977).to_bytes(32, "big") + b"\x01" * 32,
    "all ones": b"\xff" * 64,
    "x without a y": FIELD_PRIME_MINUS_1 + bytes(32),
}


@pytest.mark.parametrize("point", BAD_POINTS.values(), ids=BAD_POINTS.keys())
def test_bad_points_in_auth(point: bytes) -> None:
    with pytest.raises(RemoteError):
        respond(seal_auth(Auth(HONEST.signature, point, NONCE)))
    plain = HONEST.signature + bytes(32) + point + NONCE + b"\x00"
    with pytest.raises(RemoteError):
        respond(ecies.encrypt(BOB.public_key, plain, RANDOM))


@pytest.mark.parametrize("point", BAD_POINTS.values(), ids=BAD_POINTS.keys())
@pytest.mark.parametrize("is_eip8", [True, False], ids=["EIP-8", "before EIP-8"])
def test_bad_points_in_ack(point: bytes, is_eip8: bool) -> None:
    ack = Ack(point, NONCE)
    sealed = seal(ack.encode(), ALICE.public_key, RANDOM)
    packet = sealed if is_eip8 else ecies.encrypt(ALICE.public_key, ack.encode_plain(), RANDOM)
    with pytest.raises(RemoteError):
        Initiator(ALICE, BOB.public_key, RANDOM).receive_data(packet)


@pytest.mark.parametrize("point", BAD_POINTS.values(), ids=BAD_POINTS.keys())
def test_bad_points_around_the_packet(point: bytes) -> None:
    packet = b"\x01\xb4\x04" + point + bytes(0x01B4 - 65)
    with pytest.raises(RemoteError):
        respond(packet)


@pytest.mark.parametrize("point", BAD_POINTS.values(), ids=BAD_POINTS.keys())
def test_both_sides_close_without_a_word(point: bytes) -> None:
    responder = bob()
    responder.receive_data(seal_auth(Auth(HONEST.signature, point, NONCE)), 0.0)
    initiator = alice()
    initiator.data_to_send()
    initiator.receive_data(seal(Ack(point, NONCE).encode(), ALICE.public_key, RANDOM), 0.0)
    for connection in (responder, initiator):
        event = closed(connection)
        assert (event.reason, event.by_peer) == (None, False)
        assert connection.data_to_send() == b""
    assert Responder(BOB, RANDOM).data_to_send() == b""
