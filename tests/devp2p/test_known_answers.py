"""The known answers of EIP-8 and overlay.md §2.9."""

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.compression import compress, decompress
from pystatus.devp2p.messages import EMPTY_PAYLOAD, Disconnect, Hello, MessageId, encode_message_id
from pystatus.devp2p.rlpx.frames import MAX_FRAME_SIZE, FrameReader, FrameWriter
from pystatus.devp2p.rlpx.handshake import (
    Initiator,
    Responder,
    Secrets,
    initiator_secrets,
    proven_keys,
    responder_secrets,
)
from pystatus.devp2p.rlpx.packets import ack_reader, auth_reader
from tests.devp2p import known_answers as kat
from tests.devp2p.support import SeededRandom


def at_a(auth: bytes = kat.AUTH_VERSION_4, ack: bytes = kat.ACK_VERSION_4) -> Secrets:
    read = ack_reader(kat.STATIC_A).receive_data(ack)
    assert read is not None
    return initiator_secrets(kat.STATIC_B.public_key, kat.EPHEMERAL_A, kat.NONCE_A, auth, read)


def at_b(auth: bytes = kat.AUTH_VERSION_4, ack: bytes = kat.ACK_VERSION_4) -> Secrets:
    read = auth_reader(kat.STATIC_B).receive_data(auth)
    assert read is not None
    remote, ephemeral = proven_keys(kat.STATIC_B, read.message)
    return responder_secrets(remote, ephemeral, kat.EPHEMERAL_B, kat.NONCE_B, read, ack)


def test_agreements() -> None:
    assert kat.STATIC_A.agree(kat.STATIC_B.public_key) == kat.STATIC_AGREEMENT
    assert kat.EPHEMERAL_B.agree(kat.EPHEMERAL_A.public_key) == kat.EPHEMERAL_AGREEMENT


@pytest.mark.parametrize(
    ("packet", "is_eip8"),
    [(kat.AUTH_BEFORE_EIP8, False), (kat.AUTH_VERSION_4, True), (kat.AUTH_VERSION_56_WITH_EXTRAS, True)],
    ids=["before EIP-8", "version 4", "version 56 with extras"],
)
def test_auth_of_every_form(packet: bytes, is_eip8: bool) -> None:
    read = auth_reader(kat.STATIC_B).receive_data(packet + b"behind")
    assert read is not None
    assert (read.is_eip8, read.packet, read.rest) == (is_eip8, packet, b"behind")
    assert read.message.nonce == kat.NONCE_A
    assert proven_keys(kat.STATIC_B, read.message) == (kat.STATIC_A.public_key, kat.EPHEMERAL_A.public_key)


@pytest.mark.parametrize(
    ("packet", "is_eip8"),
    [(kat.ACK_BEFORE_EIP8, False), (kat.ACK_VERSION_4, True), (kat.ACK_VERSION_57_WITH_EXTRAS, True)],
    ids=["before EIP-8", "version 4", "version 57 with extras"],
)
def test_ack_of_every_form(packet: bytes, is_eip8: bool) -> None:
    read = ack_reader(kat.STATIC_A).receive_data(packet + b"behind")
    assert read is not None
    assert (read.is_eip8, read.packet, read.rest) == (is_eip8, packet, b"behind")
    assert read.message.nonce == kat.NONCE_B
    assert read.message.ephemeral == kat.EPHEMERAL_B.public_key.xy


def test_secrets() -> None:
    secrets = at_b()
    assert (secrets.aes, secrets.mac) == (kat.AES_SECRET, kat.MAC_SECRET)
    assert secrets.remote == kat.STATIC_A.public_key
    secrets.ingress.update(b"foo")
    assert secrets.ingress.digest() == kat.INGRESS_AFTER_FOO
    assert (at_a().aes, at_a().mac) == (kat.AES_SECRET, kat.MAC_SECRET)
    assert at_a().egress.digest() == at_b().ingress.digest()
    assert kat.AES_SECRET.hex() not in repr(secrets)


@pytest.mark.parametrize("key", [kat.STATIC_A, kat.STATIC_B], ids=["A", "B"])
def test_the_responder_answers_in_kind(key: PrivateKey) -> None:
    old, new = Responder(kat.STATIC_B, SeededRandom(b"1")), Responder(kat.STATIC_B, SeededRandom(b"2"))
    assert old.receive_data(kat.AUTH_BEFORE_EIP8) is not None
    assert new.receive_data(kat.AUTH_VERSION_56_WITH_EXTRAS) is not None
    old_ack, new_ack = old.data_to_send(), new.data_to_send()
    assert len(old_ack) == 210
    assert 2 + 113 + 101 + 100 <= len(new_ack) <= 2 + 113 + 102 + 299
    assert int.from_bytes(new_ack[:2], "big") == len(new_ack) - 2
    for ack, is_eip8 in ((old_ack, False), (new_ack, True)):
        read = ack_reader(kat.STATIC_A).receive_data(ack)
        assert read is not None
        assert read.is_eip8 == is_eip8


def test_we_initiate_in_the_eip8_form() -> None:
    packet = Initiator(kat.STATIC_A, kat.STATIC_B.public_key, SeededRandom(b"")).data_to_send()
    assert 2 + 113 + 169 + 100 <= len(packet) <= 2 + 113 + 169 + 299
    read = auth_reader(kat.STATIC_B).receive_data(packet)
    assert read is not None
    assert read.is_eip8


def test_hello_with_extra_elements() -> None:
    assert Hello.decode(kat.HELLO_WITH_EXTRAS) == Hello(
        version=55,
        client_id="kneth/v0.91/plan9",
        capabilities=(Capability("eth", 61), Capability("mork", 22)),
        listen_port=9999,
        node_id=kat.STATIC_A.public_key.xy,
    )


HELLO_A = Hello(5, "Status/v0.64.0/test", (Capability("waku", 1),), 0, kat.STATIC_A.public_key.xy)
HELLO_B = Hello(
    5, "Status/v0.64.0/test", (Capability("shh", 6), Capability("waku", 1)), 30303, kat.STATIC_B.public_key.xy
)
FRAMES_A = [
    (MessageId.HELLO, HELLO_A.encode(), kat.HELLO_A),
    (MessageId.PING, bytes.fromhex("0100c0"), kat.PING_A),
    (MessageId.DISCONNECT, bytes.fromhex("0204c108"), kat.DISCONNECT_A),
]
FRAMES_B = [
    (MessageId.HELLO, HELLO_B.encode(), kat.HELLO_B),
    (MessageId.PONG, bytes.fromhex("0100c0"), kat.PONG_B),
]


def test_frames_are_written() -> None:
    for writer, frames in ((FrameWriter(at_a()), FRAMES_A), (FrameWriter(at_b()), FRAMES_B)):
        for message_id, payload, wire in frames:
            assert writer.frame(encode_message_id(message_id), payload) == wire


def test_frames_are_read() -> None:
    for secrets, frames in ((at_b(), FRAMES_A), (at_a(), FRAMES_B)):
        reader = FrameReader(secrets, MAX_FRAME_SIZE)
        for message_id, payload, wire in frames:
            reader.receive_data(wire)
            assert reader.next_frame() == encode_message_id(message_id) + payload
            assert reader.next_frame() is None


def test_compressed_payloads() -> None:
    assert decompress(bytes.fromhex("0100c0"), 1) == EMPTY_PAYLOAD
    assert Disconnect.decode(decompress(bytes.fromhex("0204c108"), 2)) == Disconnect(8)
    assert compress(EMPTY_PAYLOAD) == bytes.fromhex("0100c0")
