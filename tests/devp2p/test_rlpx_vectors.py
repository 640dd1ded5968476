"""rlpx.json: handshakes and frames of the reference, as receiver and as sender."""

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.compression import compress, decompress
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.events import Connected, ConnectionClosed, PacketReceived
from pystatus.devp2p.limits import MEBIBYTE
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import Disconnect, Hello, encode_message_id, split_message
from pystatus.devp2p.rlpx.frames import MAX_FRAME_SIZE, FrameReader, FrameWriter
from pystatus.devp2p.rlpx.handshake import (
    Responder,
    Secrets,
    initiator_secrets,
    make_auth,
    proven_keys,
    responder_secrets,
)
from pystatus.devp2p.rlpx.packets import ack_reader, auth_reader
from pystatus.errors import RemoteError
from tests.devp2p.support import events
from tests.support.randomness import QueuedRandom
from tests.support.vectors import Case, case_id, cases, unhex

HANDSHAKES = cases("rlpx", "handshake")
WAKU = (Subprotocol(Capability("waku", 0), 128), Subprotocol(Capability("waku", 1), 128))


def key(case: Case, name: str) -> PrivateKey:
    return PrivateKey(unhex(case[name]))


def as_initiator(case: Case) -> Secrets:
    ack = ack_reader(key(case, "initiator_private_key")).receive_data(unhex(case["ack_packet"]))
    assert ack is not None
    assert ack.is_eip8 == (case["format"] == "EIP-8")
    assert ack.rest == b""
    return initiator_secrets(
        key(case, "responder_private_key").public_key,
        key(case, "initiator_ephemeral_private"),
        unhex(case["initiator_nonce"]),
        unhex(case["auth_packet"]),
        ack,
    )


def as_responder(case: Case) -> Secrets:
    private_key = key(case, "responder_private_key")
    auth = auth_reader(private_key).receive_data(unhex(case["auth_packet"]))
    assert auth is not None
    assert auth.is_eip8 == (case["format"] == "EIP-8")
    remote, remote_ephemeral = proven_keys(private_key, auth.message)
    assert remote.uncompressed == unhex(case["initiator_public_key"])
    assert remote_ephemeral == key(case, "initiator_ephemeral_private").public_key
    assert auth.message.nonce == unhex(case["initiator_nonce"])
    ephemeral, nonce = key(case, "responder_ephemeral_private"), unhex(case["responder_nonce"])
    return responder_secrets(remote, remote_ephemeral, ephemeral, nonce, auth, unhex(case["ack_packet"]))


def check_secrets(case: Case, secrets: Secrets, egress: str, ingress: str) -> None:
    assert secrets.aes == unhex(case["aes_secret"])
    assert secrets.mac == unhex(case["mac_secret"])
    assert secrets.egress.digest() == unhex(case[egress])
    assert secrets.ingress.digest() == unhex(case[ingress])


@pytest.mark.parametrize("case", HANDSHAKES, ids=case_id)
def test_both_sides_derive_the_secrets(case: Case) -> None:
    initiator = key(case, "initiator_private_key")
    responder = key(case, "responder_private_key").public_key
    assert initiator.agree(responder) == unhex(case["static_shared_secret"])
    auth = make_auth(initiator, responder, key(case, "initiator_ephemeral_private"), unhex(case["initiator_nonce"]))
    assert auth.signature == unhex(case["auth_signature"])
    ours, theirs = "initiator_egress_mac_digest", "initiator_ingress_mac_digest"
    check_secrets(case, as_initiator(case), ours, theirs)
    check_secrets(case, as_responder(case), theirs, ours)


@pytest.mark.parametrize("case", HANDSHAKES, ids=case_id)
def test_frames_of_both_sides_are_read_and_written(case: Case) -> None:
    initiator, responder = as_initiator(case), as_responder(case)
    writers = {"initiator": FrameWriter(initiator), "responder": FrameWriter(responder)}
    # The other side reads what one side sends.
    readers = {
        "initiator": FrameReader(responder, MAX_FRAME_SIZE),
        "responder": FrameReader(initiator, MAX_FRAME_SIZE),
    }
    for frame in case["frames"]:
        wire, payload, sender = unhex(frame["frame"]), unhex(frame["payload"]), frame["from"]
        readers[sender].receive_data(wire)
        data = readers[sender].next_frame()
        assert data is not None
        message_id, body = split_message(data)
        assert message_id == frame["code"]
        assert (decompress(body, MEBIBYTE) if frame["snappy"] else body) == payload
        if frame["snappy"]:
            # Compressors differ, so the reference's own bytes are framed again; ours must only be readable.
            assert decompress(compress(payload), MEBIBYTE) == payload
        assert writers[sender].frame(encode_message_id(message_id), body) == wire
        if frame["name"] == "hello":
            check_hello(frame["hello"], payload)
        if message_id == 1:
            assert Disconnect.decode(payload) == Disconnect(8)
            assert Disconnect(8).encode() == payload


def check_hello(expected: Case, payload: bytes) -> None:
    hello = Hello.decode(payload)
    assert hello.version == expected["version"]
    assert hello.client_id == expected["client"]
    assert [str(capability) for capability in hello.capabilities] == expected["capabilities"]
    assert hello.listen_port == expected["listen_port"]
    assert hello.node_id == unhex(expected["node_id"])
    assert hello.encode() == payload


@pytest.mark.parametrize("case", HANDSHAKES, ids=case_id)
def test_a_whole_connection_answers_the_recorded_initiator(case: Case) -> None:
    # The initiator's frames depend on our nonce and ephemeral key but not on the bytes of our ack.
    random = QueuedRandom([unhex(case["responder_nonce"]), unhex(case["responder_ephemeral_private"])])
    local = LocalNode(key(case, "responder_private_key"), "pystatus", WAKU)
    connection = Connection.respond(local, random, 0.0)
    connection.receive_data(unhex(case["auth_packet"]), 0.0)
    frames = [frame for frame in case["frames"] if frame["from"] == "initiator"]
    connection.receive_data(b"".join(unhex(frame["frame"]) for frame in frames), 1.0)

    connected, *received, last = events(connection)
    assert isinstance(connected, Connected)
    assert connected.remote_id == unhex(case["initiator_public_key"])[1:]
    assert [str(shared.capability) for shared in connected.shared] == ["waku/1"]
    expected = [
        PacketReceived(Capability("waku", 1), frame["code"] - 16, unhex(frame["payload"]))
        for frame in frames
        if frame["code"] >= 16
    ]
    assert received == expected
    assert isinstance(last, ConnectionClosed)
    assert (last.reason, last.by_peer) == (8, True)


@pytest.mark.parametrize("case", cases("rlpx", "auth_refused"), ids=case_id)
def test_auth_is_refused(case: Case) -> None:
    assert case["must_fail"]
    packet = unhex(case["auth_packet"])
    responder = Responder(key(case, "responder_private_key"), QueuedRandom())
    if case["name"] == "cut short":
        # Bytes are missing: we wait for them, until the transport ends.
        assert responder.receive_data(packet) is None
        local = LocalNode(key(case, "responder_private_key"), "pystatus", WAKU)
        connection = Connection.respond(local, QueuedRandom(), 0.0)
        connection.receive_data(packet, 0.0)
        connection.eof_received()
        (event,) = events(connection)
        assert isinstance(event, ConnectionClosed)
    else:
        with pytest.raises(RemoteError):
            responder.receive_data(packet)
    assert responder.data_to_send() == b""


@pytest.mark.parametrize("case", cases("rlpx", "auth_accepted"), ids=case_id)
def test_auth_of_a_later_version_is_accepted(case: Case) -> None:
    private_key = key(case, "responder_private_key")
    read = auth_reader(private_key).receive_data(unhex(case["auth_packet"]))
    assert read is not None
    assert read.message.nonce == unhex(case["initiator_nonce"])
    remote, ephemeral = proven_keys(private_key, read.message)
    assert remote.uncompressed == unhex(case["initiator_public_key"])
    assert ephemeral.uncompressed == unhex(case["initiator_ephemeral_public"])
