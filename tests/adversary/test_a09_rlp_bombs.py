"""A09: RLP bombs: depth 100,000, length 2^64-1, non-canonical, trailing bytes.

Expected: remote error; tolerance only where EIP-8 asks for it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus.devp2p.events import Connected
from pystatus.devp2p.messages import Disconnect, Hello
from pystatus.devp2p.rlpx.frames import split_message
from pystatus.devp2p.rlpx.packets import Ack, Auth
from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import MessageResponse, MessagesRequest
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.peer import BAN_SCORE, MALFORMED_PENALTY
from pystatus.waku.status import StatusOptions
from pystatus.wire import rlp
from tests.adversary.hostile import Memory
from tests.devp2p.support import CAROL, RawPeer, bob, closed, events
from tests.devp2p.test_handshake import HONEST, respond, seal_auth
from tests.support.effort import Effort
from tests.waku.network import TOPIC, Wire, envelope
from tests.waku.network import events as relay_events


def nested(depth: int) -> bytes:
    """Lists within lists, every length right."""
    data = b"\xc0"
    for _ in range(depth):
        size = len(data)
        if size < 56:
            data = bytes([0xC0 + size]) + data
        else:
            length = size.to_bytes((size.bit_length() + 7) // 8, "big")
            data = bytes([0xF7 + len(length)]) + length + data
            if len(data) > 400_000:
                break
    return data


BOMBS = {
    "depth 100,000, lengths right": nested(100_000),
    "depth 100,000, lengths wrong": b"\xc1" * 100_000,
    "list of 2^64-1 bytes": b"\xff" + b"\xff" * 8,
    "string of 2^64-1 bytes": b"\xbf" + b"\xff" * 8,
    "list of 2^64-1 bytes within a list": b"\xc9\xff" + b"\xff" * 8,
    "list of 2^32-1 bytes": b"\xfb" + b"\xff" * 4 + b"\xc0" * 100,
    "length with a leading zero": b"\xf9\x00\x38" + bytes(0x38),
    "length of a short list in the long form": b"\xf8\x01\x80",
    "small byte in the long form": b"\xc2\x81\x01",
    "length cut off": b"\xf9\x01",
}
DECODERS: dict[str, Callable[[bytes], object]] = {
    "generic": rlp.decode,
    "Hello": Hello.decode,
    "auth": Auth.decode,
    "ack": Ack.decode,
    "Status": StatusOptions.decode,
    "envelope": Envelope.decode,
    "batch": packets.decode_messages,
    "message response": MessageResponse.decode,
    "batch acknowledgement": packets.decode_batch_acknowledged,
    "history request": MessagesRequest.decode,
    "history completion": packets.decode_request_complete,
    "sealed history request": packets.decode_p2p_request,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS.keys())
def test_every_decoder_refuses_every_bomb(decode: Callable[[bytes], object], bomb: bytes) -> None:
    with Memory() as memory, Effort() as effort, pytest.raises(RemoteError):
        decode(bomb)
    assert effort.seconds < 0.5
    assert memory.peak < 1 << 20


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_disconnect_is_read_leniently_but_a_bomb_costs_nothing(bomb: bytes) -> None:
    """The connection ends anyway; only its reason may be lost."""
    with Memory() as memory:
        assert Disconnect.decode(bomb).reason >= 0
    assert memory.peak < 1 << 20


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_in_place_of_hello(bomb: bytes) -> None:
    connection = bob()
    RawPeer(connection).say(0, bomb)
    assert closed(connection).reason is None


@pytest.mark.parametrize("code", [packets.MESSAGES, packets.STATUS_UPDATE])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_in_waku_packets(code: int, bomb: bytes) -> None:
    """Each costs points, and nothing else happens until it was enough."""
    wire = Wire(RelayConfig(watched=None))
    for _ in range(BAN_SCORE // MALFORMED_PENALTY - 1):
        wire.receive(code, bomb)
    assert wire.sent() == []
    assert relay_events(wire.relay) == []
    with pytest.raises(RemoteError):
        wire.receive(code, bomb)
    assert wire.relay.pool.remembered == 0


NOT_TOLERATED = {
    "generic": (rlp.decode, b"\xc0"),
    "Hello": (Hello.decode, Hello(5, "", (), 0, CAROL.public_key.xy).encode()),
    "Status": (StatusOptions.decode, StatusOptions(topic_interest=(TOPIC,)).encode()),
    "envelope": (Envelope.decode, envelope().raw),
    "batch": (packets.decode_messages, packets.encode_messages([envelope()])),
    "batch acknowledgement": (packets.decode_batch_acknowledged, packets.encode_batch_acknowledged(bytes(32))),
    "message response": (MessageResponse.decode, MessageResponse(bytes(32)).encode()),
}


@pytest.mark.parametrize(("decode", "good"), NOT_TOLERATED.values(), ids=NOT_TOLERATED.keys())
def test_bytes_behind_the_item(decode: Callable[[bytes], object], good: bytes) -> None:
    decode(good)
    for tail in (b"\x00", b"\xc0", good):
        with pytest.raises(RemoteError):
            decode(good + tail)


def test_what_eip_8_asks_to_tolerate() -> None:
    """Further list elements and bytes behind the list in auth and ack, further list elements in Hello."""
    fields: list[rlp.Encodable] = [HONEST.signature, HONEST.public_key, HONEST.nonce, 5]
    assert Auth.decode(rlp.encode([*fields, b"new", [b"field"]]) + bytes(200)) == Auth.decode(HONEST.encode())
    ack = Ack(CAROL.public_key.xy, b"\x0e" * 32)
    assert Ack.decode(rlp.encode([ack.ephemeral, ack.nonce, 4, b"new"]) + b"\xff" * 50) == ack
    assert respond(seal_auth(HONEST)) is not None
    connection = bob()
    hello = rlp.encode([5, b"future", [[b"toy", 1]], 0, CAROL.public_key.xy, b"new", [b"field"]])
    RawPeer(connection).say(0, hello)
    (event,) = events(connection)
    assert isinstance(event, Connected)


def test_a_message_id_is_no_place_for_a_bomb() -> None:
    for data in (b"\xc0", b"\xbf" + b"\xff" * 8, b"\x81\x05", b"\x89" + b"\x01" * 9):
        with pytest.raises(RemoteError):
            split_message(data)
