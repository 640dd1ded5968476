"""What is inside an opened envelope: encryption between people, and data sync."""

from __future__ import annotations

from functools import cache, partial

from pystatus.crypto.keys import PrivateKey
from pystatus.datasync import codec
from pystatus.datasync.codec import Metadata, Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.secure_transport import plain_dh, ratchet
from pystatus.secure_transport.bundles import Bundle, BundleContainer
from pystatus.secure_transport.messages import DirectMessage, ProtocolMessage
from pystatus.secure_transport.ratchet import RatchetHeader, RatchetState
from tests.datasync import pair
from tests.devp2p.support import SeededRandom
from tests.fuzzing.corpus import hexes
from tests.fuzzing.target import Target, each
from tests.secure_transport.party import NOW, Party

ALICE, BOB = PrivateKey(bytes([3] * 32)), PrivateKey(bytes([4] * 32))
_COUNTER_BYTES = 2


@cache
def _ratchets() -> tuple[RatchetState, RatchetState]:
    """Bob, who has received nothing yet, and Bob in the middle of a conversation."""
    pre_key = PrivateKey(bytes([6] * 32))
    fresh = ratchet.responder(bytes(32), pre_key)
    theirs = ratchet.initiator(bytes(32), pre_key.public_key, SeededRandom(b"theirs"))
    _, header, ciphertext = ratchet.encrypt(theirs, b"hello")
    return fresh, ratchet.decrypt(fresh, header, ciphertext, SeededRandom(b"ours")).state


def _ratchet(data: bytes) -> None:
    """A header and a ciphertext: key, two counters of two bytes, the rest."""
    n, pn = (int.from_bytes(data[at : at + _COUNTER_BYTES], "little") for at in (33, 35))
    header, ciphertext = RatchetHeader(data[:33], n, pn), data[37:]
    decrypt = [partial(_decrypt, state, header, ciphertext) for state in _ratchets()]
    each(*decrypt, lambda _: ratchet.unseal(bytes(32), ciphertext, header.encode()))(data)


def _decrypt(state: RatchetState, header: RatchetHeader, ciphertext: bytes, _: bytes) -> None:
    ratchet.decrypt(state, header, ciphertext, SeededRandom(b"draw"))


def _ciphertexts() -> list[bytes]:
    state = ratchet.initiator(bytes(32), PrivateKey(bytes([6] * 32)).public_key, SeededRandom(b"theirs"))
    found = []
    for text in (b"hello", b"", bytes(200)):
        state, header, ciphertext = ratchet.encrypt(state, text)
        found.append(header.key + header.n.to_bytes(2, "little") + header.pn.to_bytes(2, "little") + ciphertext)
    return found


def _plain_dh(data: bytes) -> None:
    plain_dh.unseal(BOB, data[:33], data[33:])


def _sealed_plain() -> list[bytes]:
    sealed = plain_dh.seal(BOB.public_key, b"hello", SeededRandom(b"plain"))
    assert sealed.dh_key is not None
    return [sealed.dh_key + sealed.payload]


def _bundles(data: bytes) -> None:
    def verified(raw: bytes) -> None:
        bundle = Bundle.decode(raw)
        bundle.check_limits()
        bundle.verify()

    each(verified, BundleContainer.decode)(data)


@cache
def _people() -> tuple[Party, Party]:
    alice, bob = Party("a" * 36, identity=ALICE), Party("b" * 36, identity=BOB)
    bob.meets(alice)
    alice.meets(bob)
    bob.receive(alice, alice.send(bob, b"hello").data)
    return alice, bob


def _opened(data: bytes) -> None:
    """Bob is in the same state for each input."""
    _, bob = _people()
    before = bob.store.snapshot()
    try:
        for known in (True, False):
            bob.transport.open(ALICE.public_key, data, NOW, known=known)
    finally:
        bob.store.restore(before)


def _messages_to_bob() -> list[bytes]:
    alice, bob = _people()
    found = [alice.send(bob, text).data for text in (b"", b"hello", bytes(300))]
    return [*found, alice.transport.seal_public(b"all", NOW), *hexes("protocol_messages", "x3dh", longest=900)]


def _sync(data: bytes) -> None:
    each(
        lambda _: _same(SyncMessage.decode(data)),
        lambda _: Payload.decode(data),
        lambda _: codec.read(data),
        lambda _: codec.unwrap(data, ALICE.public_key, BOB.public_key),
    )(data)


def _same(message: SyncMessage) -> None:
    assert SyncMessage.decode(message.encode()) == message


def _sync_node(data: bytes) -> None:
    node = pair.Party(ALICE.public_key).node
    for known in (True, False):
        node.receive(BOB.public_key, data, pair.NOW, known=known)


def _sync_payloads() -> list[bytes]:
    group = one_to_one_group_id(ALICE.public_key, BOB.public_key)
    messages = (SyncMessage(group, 5, b"hi"), SyncMessage(group, 6, b"ho", Metadata((bytes(32),), True)))
    payload = Payload((bytes(32),), (bytes([1] * 32),), (bytes([2] * 32),), messages)
    return [payload.encode(), messages[1].encode(), *hexes("mvds", longest=900)]


TARGETS = (
    Target("ratchet", _ratchet, _ciphertexts,
           ("secure_transport/ratchet.py:decrypt", "secure_transport/ratchet.py:unseal")),
    Target("plain-dh", _plain_dh, _sealed_plain, ("secure_transport/plain_dh.py:unseal",)),
    Target(
        "bundle",
        _bundles,
        lambda: hexes("x3dh", shortest=50, longest=900),
        ("secure_transport/bundles.py:Bundle.decode", "secure_transport/bundles.py:BundleContainer.decode",
         "secure_transport/bundles.py:Bundle.verify", "secure_transport/bundles.py:Bundle.check_limits"),
    ),
    Target(
        "protocol-message",
        each(ProtocolMessage.decode, DirectMessage.decode),
        lambda: hexes("protocol_messages", "x3dh", longest=900),
        ("secure_transport/messages.py:ProtocolMessage.decode", "secure_transport/messages.py:DirectMessage.decode"),
    ),
    Target(
        "secure-transport",
        _opened,
        _messages_to_bob,
        ("secure_transport/secure_transport.py:SecureTransport.open", "secure_transport/sessions.py:Sessions.open"),
    ),
    Target(
        "datasync",
        _sync,
        _sync_payloads,
        ("datasync/codec.py:SyncMessage.decode", "datasync/codec.py:Payload.decode", "datasync/codec.py:read",
         "datasync/codec.py:unwrap"),
    ),
    Target("datasync-node", _sync_node, _sync_payloads, ("datasync/node.py:SyncNode.receive",)),
)  # fmt: skip
