"""The encrypted transport, and what nodes say of themselves."""

from __future__ import annotations

from pystatus.crypto.hashing import keccak256, keccak_state
from pystatus.devp2p.connection import State
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.enr import NodeRecord
from pystatus.devp2p.messages import Disconnect, Hello
from pystatus.devp2p.rlpx.frames import FrameReader, FrameWriter, compress, decompress, split_message
from pystatus.devp2p.rlpx.handshake import Initiator, Responder, Secrets, initiator_secrets, proven_keys
from pystatus.devp2p.rlpx.packets import Ack, Auth, Read, ack_reader, auth_reader
from pystatus.errors import LocalError
from pystatus.wire import rlp
from tests.devp2p.support import ALICE, BOB, RawPeer, SeededRandom, bob
from tests.fuzzing.corpus import hexes, texts
from tests.fuzzing.target import RUNS, Target, as_text, each, every

MAX_SIZE = 1 << 20
"""Bytes that a compressed packet may become here."""


def _secrets() -> Secrets:
    return Secrets(BOB.public_key, bytes(32), bytes([1] * 32), keccak_state(b"out"), keccak_state(b"in"))


def _frames(data: bytes) -> None:
    reader = FrameReader(_secrets(), 1 << 16)
    for start in range(0, len(data), 100):
        reader.receive_data(data[start : start + 100])
        while reader.next_frame() is not None:
            pass


def _some_frames() -> list[bytes]:
    mine = _secrets()
    writer = FrameWriter(Secrets(mine.remote, mine.aes, mine.mac, mine.ingress, mine.egress))
    frames = [writer.frame(b"\x10", bytes(size)) for size in (0, 1, 40, 400)]
    return [b"".join(frames[:count]) for count in range(1, 5)]


def _handshake(data: bytes) -> None:
    """The side that has dialled reads it, or the other one, as a whole or in parts."""
    match len(data) % 4:
        case 0:
            auth_reader(BOB).receive_data(data)
        case 1:
            ack_reader(ALICE).receive_data(data)
        case 2:
            _in_parts(Responder(BOB, SeededRandom(b"b")), data)
        case _:
            _in_parts(Initiator(ALICE, BOB.public_key, SeededRandom(b"a")), data)


def _in_parts(side: Initiator | Responder, data: bytes) -> None:
    for part in (data[:1], data[1:3], data[3:]):
        side.receive_data(part)


def _sealed_auth(data: bytes) -> None:
    """What is in an auth packet that opens: anybody can seal one for us."""
    every(lambda: proven_keys(BOB, Auth.decode(data)), lambda: proven_keys(BOB, Auth.decode_plain(data)))


def _sealed_ack(data: bytes) -> None:
    def agree(ack: Ack) -> None:
        initiator_secrets(BOB.public_key, ALICE, bytes([3] * 32), b"auth", Read(ack, b"ack", True, b""))

    each(lambda plain: agree(Ack.decode(plain)), lambda plain: agree(Ack.decode_plain(plain)))(data)


def _packets() -> list[bytes]:
    dialled = Initiator(ALICE, BOB.public_key, SeededRandom(b"alice"))
    answering = Responder(BOB, SeededRandom(b"bob"))
    auth = dialled.data_to_send()
    answering.receive_data(auth)
    return [auth, answering.data_to_send(), *hexes("rlpx", shortest=100, longest=700)]


def _plain_packets() -> list[bytes]:
    auth = Auth(ALICE.sign(bytes(32)), ALICE.public_key.xy, bytes([5] * 32))
    ack = Ack(BOB.public_key.xy, bytes([6] * 32))
    plain = auth.signature + bytes(32) + auth.public_key + auth.nonce + b"\0"
    return [auth.encode(), ack.encode(), ack.encode_plain(), plain]


def _session(data: bytes) -> None:
    """Frames of a peer with whom keys are agreed: each begins with its size and its message id."""
    peer = RawPeer(bob())
    while data and peer.connection.state is not State.CLOSED:
        size = data[0]
        peer.say(data[1] if len(data) > 1 else 0, data[2 : 2 + size])
        data = data[2 + size :]


def _some_sessions() -> list[bytes]:
    hello = Hello(4, "fuzz", (), 0, BOB.public_key.xy).encode()
    said = [(0, hello), (1, rlp.encode([8])), (2, rlp.EMPTY_LIST), (16, compress(b"x" * 40)), (17, b"")]
    return [b"".join(bytes([len(what), code]) + what for code, what in said[: n + 1]) for n in range(len(said))]


def _signed_record(data: bytes) -> None:
    """A record with a good signature over whatever its content is."""
    content = rlp.as_list(rlp.decode(data))
    key = ALICE.public_key.compressed
    with_key = content if b"secp256k1" in content else [*content, b"secp256k1", key]
    signature = ALICE.sign(keccak256(rlp.encode(with_key)))[:64]
    record = NodeRecord.decode(rlp.encode([signature, *with_key]))
    assert NodeRecord.parse(str(record)) == record
    assert record.enode is not None
    assert record.udp_port >= 0


def _record_contents() -> list[bytes]:
    values: list[dict[bytes, rlp.Encodable]] = [{}, {b"ip": bytes(4), b"tcp": 1}, {b"ip6": bytes(16), b"tcp6": 70000}]
    records = [NodeRecord.sign(ALICE, 1, one).encoded for one in values]
    return [rlp.encode(rlp.as_list(rlp.decode(record))[1:]) for record in records]


def _record_of_person(text: str) -> None:
    NodeRecord.from_person(text)


def _enode(text: str) -> None:
    enode = Enode.parse(text)
    assert Enode.parse(str(enode)) == enode
    assert enode.bootnode_problem != ""


TARGETS = (
    Target(
        "rlpx-handshake",
        _handshake,
        _packets,
        (
            "devp2p/rlpx/packets.py:PacketReader.receive_data", "devp2p/rlpx/handshake.py:Initiator.receive_data",
            "devp2p/rlpx/handshake.py:Responder.receive_data",
        ),
    ),
    Target(
        "rlpx-auth",
        _sealed_auth,
        _plain_packets,
        ("devp2p/rlpx/packets.py:Auth.decode", "devp2p/rlpx/packets.py:Auth.decode_plain",
         "devp2p/rlpx/handshake.py:proven_keys"),
    ),
    Target(
        "rlpx-ack",
        _sealed_ack,
        _plain_packets,
        ("devp2p/rlpx/packets.py:Ack.decode", "devp2p/rlpx/packets.py:Ack.decode_plain",
         "devp2p/rlpx/handshake.py:initiator_secrets"),
    ),
    Target("rlpx-frames", _frames, _some_frames, ("devp2p/rlpx/frames.py:FrameReader.receive_data",)),
    Target(
        "snappy",
        lambda data: decompress(data, MAX_SIZE),
        lambda: [compress(one) for one in (b"", b"x", b"x" * 5000, bytes(range(256)))],
        ("devp2p/rlpx/frames.py:decompress",),
    ),
    Target(
        "base-protocol",
        each(Hello.decode, Disconnect.decode, split_message),
        lambda: [Hello(5, "x", (), 0, BOB.public_key.xy).encode(), rlp.encode([4]), *hexes("rlpx", longest=400)],
        ("devp2p/messages.py:Hello.decode", "devp2p/messages.py:Disconnect.decode",
         "devp2p/rlpx/frames.py:split_message"),
    ),
    Target(
        "devp2p-session",
        _session,
        _some_sessions,
        ("devp2p/connection.py:Connection.receive_data", "devp2p/opening.py:Opening.receive_data",
         "devp2p/session.py:Session.receive_data"),
        max_input=600,
        runs=RUNS // 10,  # an input has some ten packets, and two handshakes before them
    ),
    Target(
        "enr",
        each(NodeRecord.decode, as_text(NodeRecord.parse)),
        lambda: [*hexes("enr", shortest=60, longest=310), *texts("enr", prefix="enr:", longest=420)],
        ("devp2p/enr.py:NodeRecord.decode", "devp2p/enr.py:NodeRecord.parse"),
    ),
    Target("enr-signed", _signed_record, _record_contents, ("devp2p/enr.py:NodeRecord.decode",), max_input=200),
    Target(
        "enode",
        each(as_text(_enode), as_text(_record_of_person), allowed=LocalError),
        lambda: [*texts("enode", longest=300), *texts("enr", prefix="enr:", longest=420)],
        ("devp2p/enode.py:Enode.parse", "devp2p/enr.py:NodeRecord.from_person"),
        allowed=(LocalError,),
    ),
)  # fmt: skip
