"""The data field: opening the reference's, and writing what the reference would."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto import ecies
from pystatus.crypto.ciphers import GCM_OVERHEAD
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.waku.data import (
    MAX_PAYLOAD_SIZE,
    OpeningKey,
    SymmetricKey,
    decode_plaintext,
    encode_plaintext,
    seal,
    unseal,
)
from pystatus.waku.envelope import Envelope
from tests.support.vectors import Case, case_id, cases, unhex

opening_cases = [case for case in cases("envelopes") if case.get("fails_at") != "decode"]
ALICE = PrivateKey((1).to_bytes(32, "big"))
BOB = PrivateKey((2).to_bytes(32, "big"))


def opening_key(case: Case) -> OpeningKey:
    if case["encryption"] == "symmetric":
        return SymmetricKey(unhex(case["sym_key"]))
    return PrivateKey(unhex(case["recipient_private_key"]))


def opened_bytes(case: Case) -> bytes:
    """The decrypted plaintext."""
    key, data = opening_key(case), Envelope.decode(unhex(case["envelope"]["rlp"])).data
    return key.open(data) if isinstance(key, SymmetricKey) else ecies.decrypt(key, data)


@pytest.mark.requirement("WD-1", "WD-9")
@pytest.mark.parametrize("case", [c for c in opening_cases if not c["must_fail"]], ids=case_id)
def test_opening(case: Case) -> None:
    expected = case["expected"]
    contents = unseal(opening_key(case), Envelope.decode(unhex(case["envelope"]["rlp"])).data)
    assert contents.payload == unhex(expected["payload"])
    assert contents.padding == unhex(expected["padding"])
    assert contents.signature == (unhex(expected["signature"]) if "signature" in expected else None)
    assert (contents.signer.hex if contents.signer else None) == expected["signer"]
    plaintext = opened_bytes(case)
    if "plaintext" in expected:
        assert plaintext == unhex(expected["plaintext"])
    else:
        assert keccak256(plaintext) == unhex(expected["plaintext_keccak256"])


@pytest.mark.parametrize("case", [c for c in opening_cases if c["must_fail"]], ids=case_id)
def test_what_must_not_open(case: Case) -> None:
    with pytest.raises(RemoteError):
        unseal(opening_key(case), Envelope.decode(unhex(case["envelope"]["rlp"])).data)


@pytest.mark.requirement("WD-3", "WD-4", "WD-5")
@pytest.mark.parametrize(
    "case", [c for c in opening_cases if not c["must_fail"] and "hand_made_plaintext" not in c], ids=case_id
)
def test_writing_the_same_plaintext(case: Case) -> None:
    """With the sender's key and padding given, flags, size field, padding and signature come out byte for byte."""
    expected = case["expected"]
    signer = PrivateKey(unhex(case["author_private_key"])) if case["signed"] else None
    plaintext = encode_plaintext(unhex(expected["payload"]), signer, os.urandom, unhex(expected["padding"]))
    assert plaintext == opened_bytes(case)
    if "caller-supplied" not in case["name"]:
        assert len(encode_plaintext(unhex(expected["payload"]), signer, os.urandom)) == len(plaintext)


@pytest.mark.requirement("WD-2", "WD-5")
def test_known_answer() -> None:
    """waku.md §12."""
    plaintext = encode_plaintext(b"hello", ALICE, os.urandom, b"\x50" * 184)
    assert plaintext[:7] == b"\x05\x05hello"
    assert keccak256(plaintext[:-65]).hex() == "b8c8af0efc82153a4ed067a7bd6b8f8889a47dad28d312a7aa2a349234fd269d"
    signature = (
        "af7704af18d13db9b37f3d94db71f1c1b4298e6797fc6563ca890b2e195f173a"
        "4d4bd102f42159ea9e80aa33da0656beb5bace3cb73a8972fb698c58da30f37b01"
    )
    assert plaintext[-65:].hex() == signature
    key = SymmetricKey(bytes.fromhex("36224048e42c49e5c59c57bba5024fbb8822d6b4ee6ac5fbefd8b77f5323ecc4"))
    sealed = key.seal(plaintext, lambda size: bytes(range(size)))
    assert len(sealed) == 284
    assert keccak256(sealed).hex() == "4e345cd61119fe1d7a9bca3eca4879b331f86554367cbb4ce521c7f11bed4184"
    assert decode_plaintext(key.open(sealed)).signer == ALICE.public_key


@pytest.mark.requirement("WD-6")
@pytest.mark.parametrize("half", [0, 32], ids=["R", "S"])
def test_halves_of_a_signature_keep_their_leading_zeros(half: int) -> None:
    """One in 256 begins with a zero byte, and takes its 32 bytes all the same."""
    for number in range(100_000):
        plaintext = encode_plaintext(number.to_bytes(4, "big"), ALICE, os.urandom, b"x" * 185)
        assert len(plaintext) == 256
        if plaintext[-65 + half] == 0:
            assert decode_plaintext(plaintext).signer == ALICE.public_key
            return
    raise AssertionError("no such signature")


@pytest.mark.requirement("WD-7")
@pytest.mark.parametrize("added", [0, 27])
def test_both_forms_of_a_recovery_id_are_accepted(added: int) -> None:
    """7/WAKU-DATA asks for 27 or 28. The reference writes 0 or 1 and cannot verify the other form: written as the
    specification says, a signature would be lost on everybody. So we write 0 or 1, and accept all four (waku.md D6)."""
    seen = set()
    for number in range(100):
        plaintext = bytearray(encode_plaintext(number.to_bytes(4, "big"), ALICE, os.urandom))
        seen.add(plaintext[-1])
        plaintext[-1] += added
        assert decode_plaintext(bytes(plaintext)).signer == ALICE.public_key
    assert seen == {0, 1}


SIZES = [0, 1, 188, 189, 190, 253, 254, 255, 256, 65_534, 65_535, 65_536, 70_000]
SHARED = SymmetricKey(b"k" * 32)


@pytest.mark.requirement("WD-1", "WD-8", "WD-9")
@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SIZES) | st.integers(0, 70_000), st.booleans(), st.booleans())
def test_round_trip(size: int, signed: bool, symmetric: bool) -> None:
    payload = os.urandom(size)
    signer = ALICE if signed else None
    data = seal(SHARED if symmetric else BOB.public_key, payload, signer, os.urandom)
    contents = unseal(SHARED if symmetric else BOB, data)
    assert contents.payload == payload
    assert contents.signer == (ALICE.public_key if signed else None)
    assert 1 <= len(contents.padding) <= 256
    assert (len(data) - (28 if symmetric else 113)) % 256 == 0


@given(st.binary(max_size=400))
def test_any_plaintext(plaintext: bytes) -> None:
    try:
        contents = decode_plaintext(plaintext)
    except RemoteError:
        return
    assert contents.payload in plaintext
    assert plaintext.endswith(contents.padding + (contents.signature or b""))


@given(st.binary(max_size=300))
def test_any_data(data: bytes) -> None:
    for key in (SHARED, BOB):
        with pytest.raises(RemoteError):
            unseal(key, data)


def test_altered_contents_have_another_signer() -> None:
    plaintext = bytearray(encode_plaintext(b"hello", ALICE, os.urandom))
    plaintext[2] ^= 1
    assert decode_plaintext(bytes(plaintext)).signer != ALICE.public_key


def test_a_payload_that_needs_four_size_bytes() -> None:
    with pytest.raises(LocalError):
        encode_plaintext(bytes(MAX_PAYLOAD_SIZE + 1), None, os.urandom)


@pytest.mark.parametrize("raw", [b"", b"k" * 31, b"k" * 33, bytes(32)])
def test_bad_shared_keys(raw: bytes) -> None:
    with pytest.raises(LocalError):
        SymmetricKey(raw)


def test_shared_keys_are_values_and_keep_their_secret() -> None:
    assert SymmetricKey(b"k" * 32) == SHARED
    assert hash(SymmetricKey(b"k" * 32)) == hash(SHARED)
    assert SymmetricKey(b"l" * 32) != SHARED
    assert "kkk" not in repr(SHARED)


class TestSymmetricKey:
    KEY = SymmetricKey(b"k" * 32)

    @given(st.binary(max_size=300), st.binary(min_size=12, max_size=12))
    def test_round_trip(self, plaintext: bytes, nonce: bytes) -> None:
        sealed = self.KEY.seal(plaintext, lambda _: nonce)
        assert len(sealed) == len(plaintext) + GCM_OVERHEAD
        assert sealed.endswith(nonce)
        assert self.KEY.open(sealed) == plaintext

    @pytest.mark.parametrize("size", range(GCM_OVERHEAD))
    def test_too_short(self, size: int) -> None:
        with pytest.raises(RemoteError, match="shorter"):
            self.KEY.open(bytes(size))

    @given(st.integers(0, 32), st.integers(1, 255))
    def test_any_changed_byte(self, position: int, change: int) -> None:
        sealed = bytearray(self.KEY.seal(b"hello", bytes))
        sealed[position] ^= change
        with pytest.raises(RemoteError, match="tag"):
            self.KEY.open(bytes(sealed))

    @given(st.binary(min_size=28, max_size=80))
    def test_any_bytes(self, data: bytes) -> None:
        with pytest.raises(RemoteError, match="tag"):
            self.KEY.open(data)

    def test_empty_plaintext(self) -> None:
        assert self.KEY.open(self.KEY.seal(b"", bytes)) == b""
