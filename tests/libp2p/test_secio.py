"""SECIO: its keys, and peers that do not prove who they are."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from pystatus.crypto.agreement import P256Key
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.libp2p.framing import FrameBuffer
from pystatus.libp2p.limits import MAX_FRAME_SIZE, MAX_HANDSHAKE_MESSAGE
from pystatus.libp2p.peer_id import PeerId
from pystatus.libp2p.secio import MAX_PLAINTEXT, SecioChannel, agreed_secret, stretch
from pystatus.wire.proto import libp2p_pb2
from tests.devp2p.support import SeededRandom
from tests.libp2p.support import ALICE, BOB, CAROL


def channels(expected: PrivateKey | None = BOB) -> tuple[SecioChannel, SecioChannel]:
    peer = None if expected is None else PeerId(expected.public_key)
    return SecioChannel(ALICE, SeededRandom(b"alice"), peer), SecioChannel(BOB, SeededRandom(b"bob"), None)


def shake(alice: SecioChannel, bob: SecioChannel) -> None:
    for _ in range(3):
        bob.receive_data(alice.data_to_send())
        alice.receive_data(bob.data_to_send())


def test_stretched_keys() -> None:
    """P_hash of TLS (RFC 5246 §5) with HMAC-SHA-256, cut into two times 16, 32 and 20 bytes."""
    secret, seed = b"secret", b"key expansion"
    stream, state = b"", seed
    for _ in range(5):
        state = hmac.digest(secret, state, "sha256")
        stream += hmac.digest(secret, state + seed, "sha256")
    first, second = stretch(secret)
    assert b"".join(first) + b"".join(second) == stream[:136]
    assert [len(part) for part in first] == [16, 32, 20]


def test_the_agreed_secret_is_a_number() -> None:
    """One in 256 begins with a zero byte, which the reference does not write."""
    ours = P256Key(7)
    wanted = next(
        point for point in (P256Key(number).public for number in range(1, 5000)) if ours.agree(point).startswith(b"\0")
    )
    assert agreed_secret(ours, wanted) == ours.agree(wanted)[1:]
    assert len(agreed_secret(ours, P256Key(8).public)) == 32


@pytest.mark.parametrize("keys", [(ALICE, BOB), (BOB, ALICE)], ids=["one way", "the other way"])
@pytest.mark.parametrize("seed", [b"1", b"2", b"3"])
def test_a_conversation(keys: tuple[PrivateKey, PrivateKey], seed: bytes) -> None:
    """Whose keys are the first is drawn by lot."""
    one = SecioChannel(keys[0], SeededRandom(seed), PeerId(keys[1].public_key))
    other = SecioChannel(keys[1], SeededRandom(seed + b"x"), None)
    shake(one, other)
    assert one.remote == PeerId(keys[1].public_key)
    assert other.remote == PeerId(keys[0].public_key)
    sealed = one.seal(b"hello") + one.seal(b" world")
    assert (
        b"".join(other.receive_data(sealed[start : start + 7]) for start in range(0, len(sealed), 7)) == b"hello world"
    )
    long = bytes(range(256)) * 1000
    assert one.receive_data(other.seal(long)) == long
    assert len(other.seal(long)) == len(long) + -(-len(long) // MAX_PLAINTEXT) * 36
    assert MAX_PLAINTEXT + 32 == MAX_FRAME_SIZE


def test_somebody_else_answers() -> None:
    alice, bob = channels(CAROL)
    with pytest.raises(RemoteError, match="peer is 16Uiu2"):
        shake(alice, bob)


def test_a_changed_frame() -> None:
    alice, bob = channels()
    shake(alice, bob)
    sealed = bytearray(alice.seal(b"hello"))
    sealed[4] ^= 1
    with pytest.raises(RemoteError, match="was changed"):
        bob.receive_data(bytes(sealed))


def test_a_short_frame() -> None:
    alice, bob = channels()
    shake(alice, bob)
    with pytest.raises(RemoteError, match="was changed"):
        bob.receive_data(bytes(4))


def test_a_long_message_before_anybody_is_known() -> None:
    _, bob = channels()
    with pytest.raises(RemoteError, match="is announced"):
        bob.receive_data((MAX_HANDSHAKE_MESSAGE + 1).to_bytes(4, "big"))


def test_a_peer_that_says_what_we_say() -> None:
    alice, _ = channels(None)
    with pytest.raises(RemoteError, match="repeats"):
        alice.receive_data(alice.data_to_send())


class Mallory:
    """A peer that does all of it by hand, with what a test changes."""

    def __init__(self, key: PrivateKey = CAROL, nonce: bytes = bytes(16), **changes: Any) -> None:
        self.key = key
        self.frames = FrameBuffer(4, MAX_HANDSHAKE_MESSAGE)
        self.ephemeral = P256Key(12345)
        fields: dict[str, Any] = {
            "nonce": nonce, "public_key": PeerId(key.public_key).key,
            "exchanges": b"P-384,P-256", "ciphers": b"AES-128,AES-256", "hashes": b"SHA512,SHA256",
        }  # fmt: skip
        self.proposal = libp2p_pb2.SecioPropose(**{**fields, **changes}).SerializeToString()
        self.bob = SecioChannel(BOB, SeededRandom(b"bob"), None)
        self.frames.receive_data(self.bob.data_to_send())
        theirs = self.frames.next_frame()
        assert theirs is not None
        self.theirs = theirs

    def propose(self) -> None:
        self.bob.receive_data(self.frames.frame(self.proposal))

    def exchange(self, point: bytes | None = None, signed: bytes | None = None) -> None:
        point = self.ephemeral.public if point is None else point
        signature = self.key.sign_der(self.proposal + self.theirs + point if signed is None else signed)
        said = libp2p_pb2.SecioExchange(point=point, signature=signature)
        self.bob.receive_data(self.frames.frame(said.SerializeToString()))


def test_other_choices_are_left_out() -> None:
    mallory = Mallory()
    mallory.propose()
    mallory.exchange()
    assert mallory.bob.remote is None  # until it sends our nonce back


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": bytes(15)}, "nonce"),
        ({"nonce": b""}, "nonce"),
        ({"public_key": b""}, "secp256k1"),
        ({"exchanges": b"P-384,P-2560"}, "exchange P-256"),
        ({"ciphers": b""}, "cipher AES-256"),
        ({"hashes": b"SHA512"}, "hash SHA256"),
    ],
)
def test_proposals_that_are_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(RemoteError, match=why):
        Mallory(**changes).propose()


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\xff\xff\xff\x7f"])
def test_what_is_no_protobuf(data: bytes) -> None:
    mallory = Mallory()
    mallory.proposal = data
    with pytest.raises(RemoteError):
        mallory.propose()


def test_another_signature() -> None:
    mallory = Mallory()
    mallory.propose()
    with pytest.raises(RemoteError, match="not signed"):
        mallory.exchange(signed=mallory.theirs + mallory.proposal + mallory.ephemeral.public)


@pytest.mark.parametrize("point", [b"", b"\x04" + b"\x01" * 64, b"\x02" + bytes(32)], ids=["none", "off", "compressed"])
def test_points_that_are_none(point: bytes) -> None:
    mallory = Mallory()
    mallory.propose()
    with pytest.raises(RemoteError, match=r"P-256"):
        mallory.exchange(point=point)


def test_a_peer_that_does_not_send_our_nonce_back() -> None:
    """It has signed, and does not know the key that it has signed for: somebody else's point."""
    mallory = Mallory()
    mallory.propose()
    mallory.exchange()
    with pytest.raises(RemoteError, match="was changed"):
        mallory.bob.receive_data(mallory.frames.frame(bytes(48)))


def test_a_peer_that_knows_the_key_and_sends_another_nonce() -> None:
    alice, bob = channels()
    alice.receive_data(bob.data_to_send())
    alice._remote_nonce = bytes(16)  # what she will send back
    bob.receive_data(alice.data_to_send())
    alice.receive_data(bob.data_to_send())
    with pytest.raises(RemoteError, match="nonce back"):
        bob.receive_data(alice.data_to_send())
    assert bob.remote is None


def test_points_come_from_a_random_source() -> None:
    """In range, whatever it gives."""
    draws = iter((bytes(32), b"\xff" * 32, (5).to_bytes(32, "big")))
    key = P256Key.generate(lambda size: next(draws))
    expected = ec.derive_private_key(5, ec.SECP256R1()).public_key().public_numbers()
    assert key.public[1:] == expected.x.to_bytes(32, "big") + expected.y.to_bytes(32, "big")
