"""The ratchet alone: double_ratchet.json on both sides, the known answers of secure-transport.md §13, and its
limits."""

from __future__ import annotations

import os
from typing import Any

import pytest

from pystatus.crypto.ciphers import aes_ctr, hmac_sha256
from pystatus.crypto.kdf import hkdf_sha256
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.secure_transport import ratchet, x3dh
from pystatus.secure_transport.errors import TooManySkipped, Undecryptable
from pystatus.secure_transport.ratchet import RatchetHeader, RatchetState, SkippedKey
from tests.support.randomness import QueuedRandom
from tests.support.vectors import Case, case_id, cases, unhex

CONVERSATIONS = cases("double_ratchet")


class Gone(Exception):
    """The key of this message was used."""


class Side:
    """One end of a session, with its skipped keys: the least that a store does for the ratchet."""

    def __init__(self, state: RatchetState, random: QueuedRandom | None = None) -> None:
        self.state = state
        self.random = random or QueuedRandom()
        self.skipped: dict[tuple[bytes, int], SkippedKey] = {}

    def send(self, plaintext: bytes) -> tuple[RatchetHeader, bytes]:
        self.state, header, payload = ratchet.encrypt(self.state, plaintext)
        return header, payload

    def receive(self, header: RatchetHeader, payload: bytes) -> bytes:
        stored = self.skipped.get((header.key, header.n))
        if stored is not None:
            plaintext = ratchet.unseal(stored.message_key, payload, header.encode())
            del self.skipped[header.key, header.n]
            return plaintext
        if header.key == self.state.remote and header.n < self.state.receiving_n:
            raise Gone
        opened = ratchet.decrypt(self.state, header, payload, self.random)
        self.state = opened.state
        self.skipped.update({(key.ratchet_key, key.n): key for key in opened.skipped})
        return opened.plaintext


def state_of(values: dict[str, Any]) -> RatchetState:
    """A state of the vectors; they do not tell how many keys were derived."""
    return RatchetState(
        own_private=unhex(values["dhs_private"]),
        own_public=unhex(values["dhs_public"]),
        remote=unhex(values["dhr"] or "0x"),
        root_key=unhex(values["root_chain_key"]),
        sending_key=unhex(values["send_chain_key"]),
        sending_n=values["send_chain_n"],
        receiving_key=unhex(values["recv_chain_key"]),
        receiving_n=values["recv_chain_n"],
        previous_n=values["pn"],
        derived=0,
    )


def without_count(state: RatchetState) -> RatchetState:
    values = {name: getattr(state, name) for name in RatchetState.__slots__}
    return RatchetState(**{**values, "derived": 0})


def header_of(message: Case) -> RatchetHeader:
    header = message["dr_header"]
    return RatchetHeader(unhex(header["key"]), header["n"], header["pn"])


def private(text: str) -> PrivateKey:
    return PrivateKey(unhex(text))


class Person:
    """Somebody of the vectors, with the sessions that the headers name."""

    def __init__(self, values: Case) -> None:
        self.identity = private(values["identity_private_key"])
        self.pre_keys = {
            unhex(entry["signed_pre_key"]): private(entry["signed_pre_key_private"])
            for entry in [values, *values.get("later_signed_pre_keys", [])]
        }
        self.sides: dict[bytes, Side] = {}
        self.ephemerals: dict[bytes, bytes] = {}

    def begin(self, other: Person, bundle_id: bytes, random: QueuedRandom) -> None:
        ephemeral = PrivateKey.generate(random)
        pre_key = PublicKey.from_bytes(bundle_id)
        key = x3dh.shared_key(x3dh.initiator_agreements(self.identity, ephemeral, other.identity.public_key, pre_key))
        self.sides[bundle_id] = Side(ratchet.initiator(key, pre_key, random))
        self.ephemerals[bundle_id] = ephemeral.public_key.compressed

    def answer(self, other: Person, bundle_id: bytes, ephemeral: bytes) -> None:
        key = x3dh.shared_key(
            x3dh.responder_agreements(
                self.identity, self.pre_keys[bundle_id], other.identity.public_key, PublicKey.from_bytes(ephemeral)
            )
        )
        self.sides[bundle_id] = Side(ratchet.responder(key, self.pre_keys[bundle_id]))


@pytest.mark.parametrize("case", CONVERSATIONS, ids=case_id)
def test_conversation(case: Case) -> None:
    people = {name: Person(case[name]) for name in ("alice", "bob")}
    sent: dict[int, Case] = {}
    opened: set[int] = set()
    for event in case["events"]:
        if event["op"] == "send":
            sent[event["message"]] = event
            play_send(event, people[event["from"]], people[other(event["from"])])
        elif event["op"] == "receive":
            message = {**sent[event["message"]], **(event.get("tampered") or {})}
            # decisions.md, double_ratchet 6: the key is gone with the first opening; a confirmation changes nothing
            repeated = case["id"] == 6 and event["message"] in opened
            play_receive(event, message, people[event["to"]], people[other(event["to"])], repeated)
            opened.add(event["message"])


def other(name: str) -> str:
    return {"alice": "bob", "bob": "alice"}[name]


def play_send(event: Case, sender: Person, recipient: Person) -> None:
    bundle_id = unhex(event["dr_header"]["id"])
    random = QueuedRandom(map(unhex, event["generated_private_keys"]))
    if bundle_id not in sender.sides:
        sender.begin(recipient, bundle_id, random)
    assert random.left == 0
    if event["x3dh_header"]:
        assert unhex(event["x3dh_header"]["key"]) == sender.ephemerals[bundle_id]
        assert unhex(event["x3dh_header"]["id"]) == bundle_id
    side = sender.sides[bundle_id]
    while side.state.sending_n < event["dr_header"]["n"]:  # messages that the case does not list
        side.send(b"")
    header, payload = side.send(unhex(event["plaintext"]))
    assert header == header_of(event)
    assert payload == unhex(event["payload"])
    assert without_count(side.state) == state_of(event["sender_state_after"])


def play_receive(event: Case, message: Case, recipient: Person, sender: Person, repeated: bool) -> None:
    bundle_id = unhex(message["dr_header"]["id"])
    if bundle_id not in recipient.sides and message["x3dh_header"]:
        recipient.answer(sender, bundle_id, unhex(message["x3dh_header"]["key"]))
    side = recipient.sides.get(bundle_id)
    if side is None:
        assert event["must_fail"]  # "session not found"
        return
    side.random = QueuedRandom(map(unhex, event["generated_private_keys"]))
    before = side.state, dict(side.skipped)
    if event["must_fail"] or repeated:
        with pytest.raises((Undecryptable, Gone)):
            side.receive(header_of(message), unhex(message["payload"]))
        assert (side.state, side.skipped) == before
    else:
        assert side.receive(header_of(message), unhex(message["payload"])) == unhex(event["plaintext"])
        assert side.random.left == 0
    assert without_count(side.state) == state_of(event["receiver_state_after"])


# Known answers

SHARED_KEY = bytes.fromhex("a4e923d0af8fe78a056363be20e71c0a58e569ea8fc1f79289eca10d9f68133a")
PRE_KEY = PrivateKey(b"\x33" * 32)


@pytest.mark.requirement("ST-4")
def test_known_root_step() -> None:
    root, chain = ratchet.root_step(b"\x01" * 32, b"\x02" * 32)
    assert root.hex() == "92de6a362b4081fcc6e15e601e1abfc9d0135a2c0a0a1455f23ab3a795173d08"
    assert chain.hex() == "8a050824475ac4e2ce3651e7962ff385a853917e35e74de3e4970d159c789311"
    whole = hkdf_sha256(b"\x02" * 32, b"\x01" * 32, b"rsZUpEuXUqqwXBvSy3EcievAh4cMj6QL", 96)
    assert whole[:64] == root + chain
    assert whole[64:].hex() == "463a56970819c8c68ced90e74dc3a46a5b718997810a745e21cb6fd0af44f521"


def test_known_chain_step() -> None:
    chain, message = ratchet.chain_step(b"\x03" * 32)
    assert chain.hex() == "9330d05eac9e37efe8dbcbb7b7f1bbe574bd5e6bdf09cef8f74da520576fd2a3"
    assert message.hex() == "974e5dd49dc4aee11890b4455aa37a57901fe3fcb8abed6042e44bfa4420b593"


@pytest.mark.requirement("ST-4")
def test_known_authenticated_encryption() -> None:
    sealed = ratchet.seal(b"\x04" * 32, b"hello", b"ad")
    assert sealed.hex() == (
        "da2a2a8fc7639fa8ca80c475e7fb5fe16ca91e1be471c00d6ae4b14bdc850132d8b6d3602ca8b2224d81fb1a477f3e6b3825191e9c"
    )
    assert ratchet.unseal(b"\x04" * 32, sealed, b"ad") == b"hello"


KNOWN_PAYLOADS = {
    "a0": "15d786dd6417e81c21eec71f2b1b30b873e6a47dc4deee7f34ac76c8211de720c7ec04ad45ece0c6d458fc8ae096aca77931",
    "a1": "536a3509f361684fb8b839fc9c5c2cf2d3913a56998dce002b0cc6146c6c03722a8af8e9f1fa491a2b7ee5839b309d7705dd",
    "b0": "308ad0c05d3b69ebf7b797104c1f741f3f93e72b39e627dcd7d77e1bbb1c57cc96300bb59ec733e1b956b704ddcafdd24529",
    "a2": "a6b6b4164f258607585efea6ec595bb9867778314eb7bc7642100c970d5c75e4de24b69a95921b5fbc65ea79660f29d1929b",
    "b1": "c436c2544fbad37dcaa88b906901a83e88f069b9d02d7e6b5441bc435021754842984263adb28614393327d19f74e0bc3e44",
}
KNOWN_KEYS = {
    "a0": ("02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619", 0, 0),
    "a1": ("02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619", 1, 0),
    "b0": ("0324653eac434488002cc06bbfb7f10fe18991e35f9fe4302dbea6d2353dc0ab1c", 0, 0),
    "a2": ("027f31ebc5462c1fdce1b737ecff52d37d75dea43ce11c74d25aa297165faa2007", 0, 2),
    "b1": ("032c0b7cf95324a07d05398b240174dc0c2be444d96b159aa6c7f7b1e668680991", 0, 1),
}


def test_known_transcript() -> None:
    scalars = QueuedRandom(bytes([value]) * 32 for value in range(0x41, 0x46))
    alice = Side(ratchet.initiator(SHARED_KEY, PRE_KEY.public_key, scalars), scalars)
    bob = Side(ratchet.responder(SHARED_KEY, PRE_KEY), scalars)
    messages: dict[str, tuple[RatchetHeader, bytes]] = {}

    def send(side: Side, name: str) -> None:
        header, payload = messages[name] = side.send(name.encode())
        assert (header.key.hex(), header.n, header.pn) == KNOWN_KEYS[name]
        assert payload.hex() == KNOWN_PAYLOADS[name]

    def receive(side: Side, name: str) -> None:
        assert side.receive(*messages[name]) == name.encode()

    send(alice, "a0")
    send(alice, "a1")
    receive(bob, "a1")
    send(bob, "b0")
    receive(bob, "a0")
    with pytest.raises(Gone):  # the reference still opens it (decisions.md, double_ratchet 6)
        receive(bob, "a0")
    receive(alice, "b0")
    send(alice, "a2")
    receive(bob, "a2")
    send(bob, "b1")
    receive(alice, "b1")
    assert scalars.left == 0


@pytest.mark.requirement("ST-50")
def test_a_responder_can_send_before_it_has_received() -> None:
    alice = Side(ratchet.initiator(SHARED_KEY, PRE_KEY.public_key, QueuedRandom([b"\x51" * 32])))
    bob = Side(ratchet.responder(SHARED_KEY, PRE_KEY))
    header, payload = bob.send(b"r0")
    assert header == RatchetHeader(PRE_KEY.public_key.compressed, 0, 0)
    assert payload.hex() == (
        "6fd02ca96d3b7508acea9475039ce2bf7ccce64e5eadb8d5f2ebdfc98a0ab7c2723685b026fcebf633af894f445a41821879"
    )
    assert alice.receive(header, payload) == b"r0"
    assert bob.receive(*alice.send(b"and back")) == b"and back"
    assert alice.receive(*bob.send(b"and forth")) == b"and forth"


# Limits and damage


@pytest.fixture
def pair() -> tuple[Side, Side]:
    """Alice and Bob, who have exchanged one message each."""
    alice = Side(ratchet.initiator(SHARED_KEY, PRE_KEY.public_key, os.urandom))
    bob = Side(ratchet.responder(SHARED_KEY, PRE_KEY))
    bob.receive(*alice.send(b"hello"))
    alice.receive(*bob.send(b"hello back"))
    return alice, bob


@pytest.mark.requirement("ST-48")
def test_a_thousand_skipped_messages_are_the_limit_of_each_gap(pair: tuple[Side, Side]) -> None:
    alice, bob = pair
    old_chain = [bob.send(b"old") for _ in range(1_001)]
    bob.receive(*alice.send(b"turn"))
    new_chain = [bob.send(b"new") for _ in range(1_002)]
    before = alice.state
    with pytest.raises(TooManySkipped):
        alice.receive(*new_chain[1_001])
    assert alice.state == before
    assert alice.receive(*old_chain[0]) == b"old"  # now exactly 1000 of the old chain are missing
    assert alice.receive(*new_chain[1_000]) == b"new"
    assert len(alice.skipped) == 2_000
    assert [key.seq for key in alice.skipped.values()] == list(range(2, 2_002))
    assert alice.receive(*old_chain[1_000]) == b"old"
    assert alice.receive(*new_chain[0]) == b"new"


@pytest.mark.parametrize("size", [0, 1, 31, 32, 47])
def test_a_short_ciphertext_is_refused(pair: tuple[Side, Side], size: int) -> None:
    alice, bob = pair
    header, payload = bob.send(b"")
    for message in (header, RatchetHeader(PRE_KEY.public_key.compressed, 0, 1)):
        with pytest.raises(Undecryptable):
            alice.receive(message, payload[:size])
    with pytest.raises(Undecryptable):
        ratchet.unseal(bytes(32), payload[:size], b"")
    assert alice.receive(header, payload) == b""


@pytest.mark.parametrize("key", [b"", bytes(33), b"\x02" + b"\xff" * 32, PRE_KEY.public_key.uncompressed])
def test_a_ratchet_key_that_is_none_is_refused(pair: tuple[Side, Side], key: bytes) -> None:
    alice, bob = pair
    _, payload = bob.send(b"x")
    with pytest.raises(Undecryptable):
        alice.receive(RatchetHeader(key, 0, 1), payload)


@pytest.mark.requirement("ST-4")
def test_an_iv_that_was_not_derived_is_refused() -> None:
    keys = hkdf_sha256(b"\x04" * 32, bytes(32), b"pcwSByyx2CRdryCffXJwy7xgVZWtW5Sh", 80)
    body = bytes(16) + aes_ctr(keys[:32], bytes(16), b"hello")
    with pytest.raises(Undecryptable, match="iv"):
        ratchet.unseal(b"\x04" * 32, body + hmac_sha256(keys[32:64], b"ad" + body), b"ad")


def test_a_first_message_cannot_name_an_earlier_chain() -> None:
    alice = Side(ratchet.initiator(SHARED_KEY, PRE_KEY.public_key, os.urandom))
    header, payload = alice.send(b"x")
    with pytest.raises(Undecryptable, match="earlier chain"):
        Side(ratchet.responder(SHARED_KEY, PRE_KEY)).receive(RatchetHeader(header.key, 0, 1), payload)


def test_a_new_chain_cannot_shorten_the_old_one(pair: tuple[Side, Side]) -> None:
    alice, bob = pair
    _, payload = bob.send(b"x")
    with pytest.raises(Undecryptable, match="arrived at"):
        alice.receive(RatchetHeader(PrivateKey(b"\x07" * 32).public_key.compressed, 0, 0), payload)
