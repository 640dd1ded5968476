"""A29: payload-size field overruns (`01`, `01 01`, flags 3), wrong padding, truncated signature, ECIES ciphertext of
0..112 bytes.

Expected: remote error. Nobody else notices: a relay passes such envelopes on unseen, a client drops them.
"""

from __future__ import annotations

import os

import pytest

from pystatus.crypto import ecies
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.transport import channels
from pystatus.waku.data import SymmetricKey, decode_plaintext, encode_plaintext, unseal
from pystatus.waku.envelope import Envelope
from tests.adversary.hostile import contents
from tests.support.people import Network
from tests.waku.network import Network as Relays
from tests.waku.network import topics, watching
from tests.waku.test_data import ALICE, BOB, SHARED

SIGNED = encode_plaintext(b"hello", ALICE, os.urandom)
BROKEN = {
    "empty": b"",
    "size field cut off": b"\x01",
    "size beyond the end": b"\x01\x01",
    "size field of three bytes cut off": b"\x03\xff\xff",
    "size field of three bytes beyond the end": b"\x03\xff\xff\xff" + bytes(100),
    "signed, but shorter than a signature": b"\x05\x00" + bytes(63),
    "signature cut off": SIGNED[:40],
    "payload where the signature has to be": b"\x05\xff" + bytes(255),
    "signature with an impossible recovery id": SIGNED[:-1] + b"\x05",
    "signature of zeros": SIGNED[:-65] + bytes(65),
    "signature of ones": SIGNED[:-65] + b"\xff" * 65,
}


@pytest.mark.parametrize("plaintext", ["", "01", "0101", "03", "03ffff", "03000000" + "00", "04" + "00" * 65, "0500"])
def test_overruns(plaintext: str) -> None:
    """A29: fields that reach beyond the end."""
    raw = bytes.fromhex(plaintext)
    if raw == bytes.fromhex("0300000000"):
        assert decode_plaintext(raw).payload == b""
        return
    with pytest.raises(RemoteError):
        decode_plaintext(raw)


@pytest.mark.parametrize("size", range(114))
def test_short_ecies_texts(size: int) -> None:
    """A29: 0 to 112 bytes are no message, and neither is an empty plaintext (113)."""
    data = ecies.encrypt(BOB.public_key, b"", os.urandom)[:size]
    with pytest.raises(RemoteError):
        unseal(BOB, data)


@pytest.mark.parametrize("plaintext", BROKEN.values(), ids=BROKEN.keys())
def test_plaintexts_that_are_none(plaintext: bytes) -> None:
    with pytest.raises(RemoteError):
        decode_plaintext(plaintext)
    with pytest.raises(RemoteError):
        unseal(SHARED, SHARED.seal(plaintext, os.urandom))
    with pytest.raises(RemoteError):
        unseal(BOB, ecies.encrypt(BOB.public_key, plaintext, os.urandom))


@pytest.mark.parametrize("padding", [b"", b"\x01", bytes(255), b"\xff" * 70_000], ids=len)
def test_padding_is_anything(padding: bytes) -> None:
    """Its length and bytes mean nothing, so there is no wrong one; what is cut from it changes the signer."""
    plaintext = encode_plaintext(b"hello", ALICE, os.urandom, padding)
    assert decode_plaintext(plaintext).signer == ALICE.public_key
    if padding:
        shorter = decode_plaintext(plaintext[:-66] + plaintext[-65:])
        assert (shorter.payload, shorter.signer == ALICE.public_key) == (b"hello", False)


def damaged(network: Network, recipient: PrivateKey) -> list[Envelope]:
    """Every broken content, on a public chat and on the recipient's own channel; and texts too short to be sealed."""
    public, private = channels.public_chat("status"), channels.partitioned(recipient.public_key)
    assert isinstance(public.key, SymmetricKey)
    contents = [(public.topic, public.key.seal(plaintext, os.urandom)) for plaintext in BROKEN.values()]
    contents += [
        (private.topic, ecies.encrypt(recipient.public_key, plaintext, os.urandom)) for plaintext in BROKEN.values()
    ]
    whole = ecies.encrypt(recipient.public_key, b"", os.urandom)
    contents += [(topic, whole[:size]) for size in range(113) for topic in (public.topic, private.topic)]
    return [Envelope.mine(network.now, 15, topic, data, 0.0) for topic, data in contents]


def test_a_client_drops_them_and_reads_on(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.join("status")
    bob.join("status")
    events, chats = list(alice.events), alice.store.chats()
    before = contents(alice)
    for envelope in damaged(network, alice.identity):
        alice.receive(envelope)
    assert (alice.events, alice.store.chats()) == (events, chats)
    assert contents(alice) == before
    bob.say("status", "hello")
    assert alice.heard == ["hello"]


def test_a_relay_passes_them_on_unseen(network: Network) -> None:
    envelopes = damaged(network, ALICE)
    wanted = {envelope.topic for envelope in envelopes}
    relays = Relays(alice=topics(*wanted), relay=watching(), bob=topics(*wanted))
    relays.connect("alice", "relay")
    relays.connect("relay", "bob")
    relays.post("alice", *envelopes)
    assert all(relays.deliveries(envelope) == {("alice", "relay"): 1, ("relay", "bob"): 1} for envelope in envelopes)
