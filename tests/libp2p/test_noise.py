"""Noise: the published vector, and peers that do not prove who they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pystatus.crypto.agreement import X25519Key
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.libp2p.framing import FrameBuffer
from pystatus.libp2p.limits import MAX_FRAME_SIZE, MAX_HANDSHAKE_MESSAGE
from pystatus.libp2p.noise import MAX_PLAINTEXT, SIGNATURE_PREFIX, XX, NoiseChannel
from pystatus.libp2p.peer_id import PeerId
from pystatus.wire.proto import libp2p_pb2
from tests.devp2p.support import SeededRandom
from tests.libp2p import noise_vector as vector
from tests.libp2p.support import ALICE, BOB, CAROL


def x25519(secret: str) -> X25519Key:
    return X25519Key(bytes.fromhex(secret))


def test_the_vector() -> None:
    prologue = bytes.fromhex(vector.PROLOGUE)
    one = XX(x25519(vector.INITIATOR_STATIC), x25519(vector.INITIATOR_EPHEMERAL), prologue, initiates=True)
    other = XX(x25519(vector.RESPONDER_STATIC), x25519(vector.RESPONDER_EPHEMERAL), prologue, initiates=False)
    messages = [(bytes.fromhex(payload), bytes.fromhex(sealed)) for payload, sealed in vector.MESSAGES]
    for payload, sealed in messages[:3]:
        writer, reader = (one, other) if one.writes else (other, one)
        assert not reader.writes
        assert writer.write(payload) == sealed
        assert reader.read(sealed) == payload
    assert one.is_over
    assert other.is_over
    assert not one.writes
    assert one.remote_static == x25519(vector.RESPONDER_STATIC).public
    assert other.remote_static == x25519(vector.INITIATOR_STATIC).public
    (one_sends, one_reads), (other_sends, other_reads) = one.split(), other.split()
    for number, (payload, sealed) in enumerate(messages[3:]):
        sends, reads = (other_sends, one_reads) if number % 2 == 0 else (one_sends, other_reads)
        assert sends.encrypt(payload) == sealed
        assert reads.decrypt(sealed) == payload


def channels(expected: PrivateKey | None = BOB) -> tuple[NoiseChannel, NoiseChannel]:
    peer = None if expected is None else PeerId(expected.public_key)
    alice = NoiseChannel(ALICE, SeededRandom(b"alice"), peer, initiates=True)
    return alice, NoiseChannel(BOB, SeededRandom(b"bob"), None, initiates=False)


def shake(alice: NoiseChannel, bob: NoiseChannel) -> None:
    for _ in range(2):
        bob.receive_data(alice.data_to_send())
        alice.receive_data(bob.data_to_send())


@pytest.mark.parametrize("expected", [BOB, None])
def test_a_conversation(expected: PrivateKey | None) -> None:
    alice, bob = channels(expected)
    assert alice.remote is None
    shake(alice, bob)
    assert alice.remote == PeerId(BOB.public_key)
    assert bob.remote == PeerId(ALICE.public_key)
    sealed = alice.seal(b"hello") + alice.seal(b" ") + alice.seal(b"world")
    assert b"".join(bob.receive_data(sealed[start : start + 7]) for start in range(0, len(sealed), 7)) == b"hello world"
    long = bytes(range(256)) * 1000
    assert alice.receive_data(bob.seal(long)) == long
    assert len(bob.seal(long)) == len(long) + -(-len(long) // MAX_PLAINTEXT) * 18


def test_somebody_else_answers() -> None:
    alice, bob = channels(CAROL)
    with pytest.raises(RemoteError, match="peer is 16Uiu2"):
        shake(alice, bob)
    assert alice.remote is None


def test_a_changed_frame() -> None:
    alice, bob = channels()
    shake(alice, bob)
    sealed = bytearray(alice.seal(b"hello"))
    sealed[-1] ^= 1
    with pytest.raises(RemoteError, match="was changed"):
        bob.receive_data(bytes(sealed))


def test_a_frame_that_comes_twice() -> None:
    alice, bob = channels()
    shake(alice, bob)
    sealed = alice.seal(b"hello")
    assert bob.receive_data(sealed) == b"hello"
    with pytest.raises(RemoteError, match="was changed"):
        bob.receive_data(sealed)


def test_a_long_message_before_anybody_is_known() -> None:
    _, bob = channels()
    with pytest.raises(RemoteError, match="4097 bytes is announced"):
        bob.receive_data((MAX_HANDSHAKE_MESSAGE + 1).to_bytes(2, "big"))


def test_after_the_handshake_frames_may_be_long() -> None:
    alice, bob = channels()
    shake(alice, bob)
    assert len(bob.receive_data(alice.seal(bytes(MAX_PLAINTEXT)))) == MAX_PLAINTEXT
    assert MAX_FRAME_SIZE == 0xFFFF


def forge(payload: Callable[[bytes], bytes]) -> bytes:
    """The third message of a peer that says ``payload`` of its static key, and everything else as it should, as bob
    reads it."""
    _, bob = channels(None)
    static = X25519Key.generate(SeededRandom(b"static"))
    mallory = XX(static, X25519Key.generate(SeededRandom(b"ephemeral")), initiates=True)
    frames = FrameBuffer(2, MAX_HANDSHAKE_MESSAGE)
    bob.receive_data(frames.frame(mallory.write(b"")))
    frames.receive_data(bob.data_to_send())
    answer = frames.next_frame()
    assert answer is not None
    mallory.read(answer)
    bob.receive_data(frames.frame(mallory.write(payload(static.public))))
    assert bob.remote is not None
    return bytes(bob.remote)


def said(key: PrivateKey, signed: bytes) -> bytes:
    return libp2p_pb2.NoisePayload(
        identity_key=PeerId(key.public_key).key, identity_signature=key.sign_der(signed)
    ).SerializeToString()


def test_what_a_peer_must_prove() -> None:
    proved = forge(lambda static: said(CAROL, SIGNATURE_PREFIX + static))
    assert proved == bytes(PeerId(CAROL.public_key))


@pytest.mark.parametrize(
    "payload",
    [
        lambda static: said(CAROL, static),
        lambda static: said(CAROL, SIGNATURE_PREFIX + bytes(32)),
        lambda static: b"",
        lambda static: b"\xff\xff",
        lambda static: said(CAROL, SIGNATURE_PREFIX + static).replace(
            PeerId(CAROL.public_key).key, PeerId(ALICE.public_key).key
        ),
        lambda static: libp2p_pb2.NoisePayload(
            identity_key=PeerId(CAROL.public_key).key, identity_signature=b"\x30\x06\x02\x01\x00\x02\x01\x00"
        ).SerializeToString(),
    ],
    ids=["no prefix", "another static key", "nothing", "no protobuf", "another's key", "zero signature"],
)
def test_a_peer_that_does_not_prove_it(payload: Callable[[bytes], bytes]) -> None:
    with pytest.raises(RemoteError):
        forge(payload)


@pytest.mark.parametrize("size", [0, 31])
def test_messages_that_are_cut_short(size: int) -> None:
    _, bob = channels()
    with pytest.raises(RemoteError, match="cut short"):
        bob.receive_data(size.to_bytes(2, "big") + bytes(size))


def test_a_key_of_small_order() -> None:
    """With it everybody agrees on zero."""
    alice, _ = channels()
    with pytest.raises(RemoteError, match="small order"):
        alice.receive_data((96).to_bytes(2, "big") + bytes(96))
