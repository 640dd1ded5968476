"""auth and ack: what is refused, and when (overlay.md §2.2). Points that are none: tests/adversary, A03."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pystatus.crypto import ecies
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.rlpx.handshake import Initiator, Responder, Secrets, make_auth
from pystatus.devp2p.rlpx.packets import Ack, Auth, auth_reader, seal
from pystatus.errors import RemoteError
from pystatus.wire import rlp
from tests.devp2p import known_answers as kat
from tests.devp2p.support import ALICE, BOB, CAROL, SeededRandom

RANDOM = SeededRandom(b"handshake tests")
NONCE = b"\x0e" * 32
HONEST = make_auth(ALICE, BOB.public_key, CAROL, NONCE)


def test_two_sides_agree() -> None:
    initiator = Initiator(ALICE, BOB.public_key, SeededRandom(b"a"))
    responder = Responder(BOB, SeededRandom(b"b"))
    assert responder.data_to_send() == b""
    assert initiator.receive_data(b"") is None
    at_bob = responder.receive_data(initiator.data_to_send())
    at_alice = initiator.receive_data(responder.data_to_send() + b"first frame")
    assert at_bob is not None
    assert at_alice is not None
    (alice, rest), (bob, _) = at_alice, at_bob
    assert rest == b"first frame"
    assert (alice.remote, bob.remote) == (BOB.public_key, ALICE.public_key)
    assert (alice.aes, alice.mac) == (bob.aes, bob.mac)
    assert alice.egress.digest() == bob.ingress.digest()
    assert alice.ingress.digest() == bob.egress.digest()
    assert alice.egress.digest() != alice.ingress.digest()
    assert initiator.data_to_send() == responder.data_to_send() == b""


def seal_auth(auth: Auth) -> bytes:
    return seal(auth.encode(), BOB.public_key, RANDOM)


def respond(packet: bytes) -> Secrets | None:
    responder = Responder(BOB, RANDOM)
    agreed = responder.receive_data(packet)
    if agreed is None:
        assert responder.data_to_send() == b""
        return None
    return agreed[0]


@pytest.mark.parametrize("packet", [b"\x04" * 307, b"\x04\x00" + b"\x01" * 305], ids=["0x0404", "0x0400"])
def test_bytes_that_could_be_either_form(packet: bytes) -> None:
    # Read as the older form this opens to nothing, so it is an EIP-8 packet of more than 1 KiB, which is awaited.
    responder = Responder(BOB, RANDOM)
    assert responder.receive_data(packet[:306]) is None
    assert responder.receive_data(packet[306:]) is None
    with pytest.raises(RemoteError):
        responder.receive_data(bytes(2 + int.from_bytes(packet[:2], "big") - 307))


def test_an_eip8_packet_as_long_as_a_point_prefix_is_read() -> None:
    body = HONEST.encode()
    size = (0x0410).to_bytes(2, "big")
    packet = size + ecies.encrypt(BOB.public_key, body + bytes(0x0410 - 113 - len(body)), RANDOM, mac_data=size)
    responder = Responder(BOB, RANDOM)
    for byte in packet[:-1]:
        assert responder.receive_data(bytes([byte])) is None
    assert responder.receive_data(packet[-1:]) is not None


@pytest.mark.parametrize("signature", [bytes(65), b"\xff" * 64 + b"\x00", HONEST.signature[:64] + b"\x04"])
def test_signature_without_a_signer(signature: bytes) -> None:
    with pytest.raises(RemoteError):
        respond(seal_auth(Auth(signature, HONEST.public_key, NONCE)))


def test_zero_nonces() -> None:
    with pytest.raises(RemoteError, match="nonce"):
        respond(seal_auth(make_auth(ALICE, BOB.public_key, CAROL, bytes(32))))
    ack = seal(Ack(CAROL.public_key.xy, bytes(32)).encode(), ALICE.public_key, RANDOM)
    with pytest.raises(RemoteError, match="nonce"):
        Initiator(ALICE, BOB.public_key, RANDOM).receive_data(ack)


def plain_auth(ephemeral_hash: bytes) -> bytes:
    plain = HONEST.signature + ephemeral_hash + HONEST.public_key + NONCE + b"\x00"
    return ecies.encrypt(BOB.public_key, plain, RANDOM)


def test_the_hash_of_the_older_form_is_checked() -> None:
    secrets = respond(plain_auth(keccak256(CAROL.public_key.xy)))
    assert secrets is not None
    assert secrets.remote == ALICE.public_key
    with pytest.raises(RemoteError, match="another ephemeral key"):
        respond(plain_auth(keccak256(ALICE.public_key.xy)))


@pytest.mark.parametrize(
    "body",
    [
        rlp.encode([]),
        rlp.encode([HONEST.signature, HONEST.public_key, NONCE]),
        rlp.encode([HONEST.signature, HONEST.public_key, NONCE[1:], 4]),
        rlp.encode([HONEST.signature, HONEST.public_key + b"\x00", NONCE, 4]),
        rlp.encode([HONEST.signature[1:], HONEST.public_key, NONCE, 4]),
        rlp.encode([HONEST.signature, HONEST.public_key, NONCE, b"\x00\x04"]),
        rlp.encode([HONEST.signature, HONEST.public_key, NONCE, []]),
        rlp.encode([[], HONEST.public_key, NONCE, 4]),
        rlp.encode(b"text"),
        b"\xf9\xff\xff",
        b"\xc0" * 300,
    ],
)
def test_auth_body_that_is_none(body: bytes) -> None:
    with pytest.raises(RemoteError):
        respond(seal(body, BOB.public_key, RANDOM))


@given(st.binary(min_size=1, max_size=400))
def test_any_body_leads_to_secrets_or_a_remote_error(body: bytes) -> None:
    with contextlib.suppress(RemoteError):
        respond(seal(body, BOB.public_key, RANDOM))
    with contextlib.suppress(RemoteError):
        Initiator(ALICE, BOB.public_key, RANDOM).receive_data(seal(body, ALICE.public_key, RANDOM))


@given(st.binary(max_size=700))
@example(b"\x04" * 700)
@example(b"\x01\x34" + b"\x04" * 700)
def test_any_bytes_are_awaited_or_refused(data: bytes) -> None:
    with contextlib.suppress(RemoteError):
        assert respond(data) is None
    with contextlib.suppress(RemoteError):
        assert Initiator(ALICE, BOB.public_key, RANDOM).receive_data(data) is None


@given(st.lists(st.integers(1, 600), max_size=20))
@example([1] * 600)
def test_cutting_changes_nothing(sizes: list[int]) -> None:
    for packet in (kat.AUTH_BEFORE_EIP8, kat.AUTH_VERSION_4):
        reader = auth_reader(kat.STATIC_B)
        stream = packet + b"behind"
        read = None
        for size in sizes:
            assert read is None
            read = reader.receive_data(stream[:size])
            stream = stream[size:]
            if read is not None:
                break
        read = read or reader.receive_data(stream)
        assert read is not None
        assert read.packet == packet


@pytest.mark.parametrize("packet", [kat.AUTH_BEFORE_EIP8, kat.AUTH_VERSION_4], ids=["before EIP-8", "EIP-8"])
def test_every_flipped_bit_is_noticed(packet: bytes) -> None:
    for position in range(len(packet)):
        flipped = bytearray(packet)
        flipped[position] ^= 1 << position % 8
        responder = Responder(kat.STATIC_B, RANDOM)
        with contextlib.suppress(RemoteError):
            # A flipped size, or a first byte that turns one form into the other, may announce more than there is.
            assert responder.receive_data(bytes(flipped)) is None
        assert responder.data_to_send() == b""


def test_a_packet_for_somebody_else() -> None:
    packet = Initiator(ALICE, PrivateKey(b"\x55" * 32).public_key, RANDOM).data_to_send()
    with pytest.raises(RemoteError):
        respond(packet)
