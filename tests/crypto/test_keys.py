"""Keys, signatures and agreement on secp256k1."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import CURVE_ORDER, PrivateKey, PublicKey
from pystatus.errors import LocalError, RemoteError
from tests.support.randomness import QueuedRandom
from tests.support.vectors import Case, case_id, cases, unhex

FIELD = 2**256 - 2**32 - 977
GENERATOR = bytes.fromhex(
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)
ONE = PrivateKey((1).to_bytes(32, "big"))
TWO = PrivateKey((2).to_bytes(32, "big"))
DIGEST = keccak256(b"digest")
SECRETS = st.integers(1, CURVE_ORDER - 1).map(lambda number: number.to_bytes(32, "big"))


def scalar(number: int) -> bytes:
    return number.to_bytes(32, "big")


class TestPublicKeys:
    def test_generator(self) -> None:
        key = ONE.public_key
        assert key.uncompressed == GENERATOR
        assert key.compressed == b"\2" + GENERATOR[1:33]
        assert key.xy == GENERATOR[1:]
        assert key.x == int.from_bytes(GENERATOR[1:33], "big")
        assert key.hex == "0x" + GENERATOR.hex()

    @given(SECRETS)
    def test_every_form_leads_back(self, secret: bytes) -> None:
        key = PrivateKey(secret).public_key
        for other in (
            PublicKey.from_bytes(key.compressed),
            PublicKey.from_bytes(key.uncompressed),
            PublicKey.from_xy(key.xy),
        ):
            assert other == key
            assert hash(other) == hash(key)
            assert other.compressed == key.compressed

    def test_keys_are_equal_by_their_points(self) -> None:
        assert ONE.public_key != TWO.public_key
        assert ONE.public_key != GENERATOR
        assert len({ONE.public_key, TWO.public_key, PublicKey.from_bytes(GENERATOR)}) == 2
        assert repr(ONE.public_key) == f"PublicKey({ONE.public_key.compressed.hex()})"

    @pytest.mark.parametrize("case", cases("identity", "identity"), ids=case_id)
    def test_compressed_form(self, case: Case) -> None:
        key = PublicKey.from_bytes(unhex(case["public_key"]))
        assert key.compressed == unhex(case["compressed"])
        assert PublicKey.from_bytes(key.compressed) == key

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\2",
            GENERATOR[:-1],
            GENERATOR + b"\0",
            GENERATOR[1:],  # 64 bytes without their prefix
            GENERATOR[:33],  # the prefix of 65 bytes on 33
            b"\2" + GENERATOR[1:],
            b"\0" + GENERATOR[1:33],
            b"\5" + GENERATOR[1:33],
            b"\6" + GENERATOR[1:],  # the hybrid forms, which OpenSSL knows
            b"\7" + GENERATOR[1:],
            GENERATOR[:-1] + b"\xb9",  # not on the curve
            b"\2" + scalar(5),  # no point has this x
            b"\4" + bytes(64),  # infinity as some write it
            b"\0" * 33,
            b"\2" + scalar(FIELD),  # coordinates that are not reduced
            b"\2" + scalar(FIELD + 1),
            b"\4" + scalar(FIELD) + scalar(0),
            b"\xff" * 65,
        ],
        ids=lambda data: f"{len(data)}-{data[:2].hex()}",
    )
    def test_bad_points(self, data: bytes) -> None:
        """Attack A03."""
        with pytest.raises(RemoteError):
            PublicKey.from_bytes(data)
        if data[:1] == b"\4":
            with pytest.raises(RemoteError):
                PublicKey.from_xy(data[1:])

    @given(st.binary(max_size=70) | st.binary(min_size=33, max_size=33).map(lambda data: b"\2" + data[1:]))
    def test_any_bytes(self, data: bytes) -> None:
        try:
            key = PublicKey.from_bytes(data)
        except RemoteError:
            return
        assert data in (key.compressed, key.uncompressed)


class TestPrivateKeys:
    @pytest.mark.parametrize(
        "secret",
        [b"", bytes(31), bytes(33), bytes(32), scalar(CURVE_ORDER), b"\xff" * 32],
        ids=lambda secret: secret.hex(),
    )
    def test_out_of_range(self, secret: bytes) -> None:
        with pytest.raises(LocalError):
            PrivateKey(secret)

    def test_largest(self) -> None:
        key = PrivateKey(scalar(CURVE_ORDER - 1))
        assert key.public_key.xy[:32] == ONE.public_key.xy[:32]  # the opposite of the generator
        assert key.public_key.compressed[0] == 3

    def test_new_keys_take_random_bytes_until_they_are_in_range(self) -> None:
        random = QueuedRandom([bytes(32), b"\xff" * 32, scalar(CURVE_ORDER), scalar(7)])
        assert PrivateKey.generate(random).secret == scalar(7)
        assert random.left == 0
        assert PrivateKey.generate(os.urandom) != PrivateKey.generate(os.urandom)

    def test_keys_are_equal_by_their_secrets(self) -> None:
        assert PrivateKey(scalar(1)) == ONE
        assert len({PrivateKey(scalar(1)), ONE, TWO}) == 2
        assert ONE != TWO
        assert scalar(1) != ONE

    @given(SECRETS)
    def test_secret_does_not_show(self, secret: bytes) -> None:
        key = PrivateKey(secret)
        shown = f"{key!r} {key} {[key]} { {'key': key} }"
        assert secret.hex() not in shown
        assert repr(secret) not in shown
        assert key.public_key.compressed.hex() in shown


class TestSignatures:
    @pytest.mark.parametrize("case", [c for c in cases("x3dh", "bundle") if not c["must_fail"]], ids=case_id)
    def test_the_reference_signs_the_same(self, case: Case) -> None:
        digest, signature = unhex(case["signature_hash"]), unhex(case["signature"])
        key = PrivateKey(unhex(case["identity_private_key"]))
        assert key.sign(digest) == signature
        assert PublicKey.recover(digest, signature) == key.public_key

    @given(SECRETS, st.binary(min_size=32, max_size=32))
    def test_round_trip(self, secret: bytes, digest: bytes) -> None:
        key = PrivateKey(secret)
        signature = key.sign(digest)
        assert len(signature) == 65
        assert signature == key.sign(digest)
        assert 0 < int.from_bytes(signature[32:64], "big") <= CURVE_ORDER // 2
        assert signature[64] in (0, 1)
        assert PublicKey.recover(digest, signature) == key.public_key

    def test_v_may_be_27_or_28(self) -> None:
        seen = set()
        for number in range(1, 20):
            key = PrivateKey(scalar(number))
            signature = key.sign(DIGEST)
            seen.add(signature[64])
            ethereum = signature[:64] + bytes([signature[64] + 27])
            assert PublicKey.recover(DIGEST, ethereum) == key.public_key
            flipped = signature[:64] + bytes([1 - signature[64]])
            assert PublicKey.recover(DIGEST, flipped) != key.public_key
        assert seen == {0, 1}

    @pytest.mark.parametrize("v", [2, 3, 4, 26, 29, 30, 31, 128, 255])
    def test_no_other_v(self, v: int) -> None:
        with pytest.raises(RemoteError, match="recovery id"):
            PublicKey.recover(DIGEST, ONE.sign(DIGEST)[:64] + bytes([v]))

    @pytest.mark.parametrize("size", [0, 1, 64, 66, 130])
    def test_signature_of_another_size(self, size: int) -> None:
        with pytest.raises(RemoteError, match="65 bytes"):
            PublicKey.recover(DIGEST, (ONE.sign(DIGEST) * 2)[:size])

    @pytest.mark.parametrize("size", [0, 31, 33])
    def test_digest_of_another_size(self, size: int) -> None:
        with pytest.raises(RemoteError, match="digest of 32"):
            PublicKey.recover(bytes(size), ONE.sign(DIGEST))
        with pytest.raises(LocalError, match="digest of 32"):
            ONE.sign(bytes(size))

    @pytest.mark.parametrize(
        ("r", "s"),
        [(0, 1), (1, 0), (0, 0), (CURVE_ORDER, 1), (1, CURVE_ORDER), (2**256 - 1, 2**256 - 1), (5, 1)],
        ids=["r-0", "s-0", "both-0", "r-order", "s-order", "largest", "no-point-has-this-r"],
    )
    def test_numbers_that_no_key_makes(self, r: int, s: int) -> None:
        for v in (0, 1, 27, 28):
            with pytest.raises(RemoteError, match="no public key"):
                PublicKey.recover(DIGEST, scalar(r) + scalar(s) + bytes([v]))

    @given(st.binary(min_size=64, max_size=66), st.sampled_from([0, 1, 27, 28]))
    def test_any_bytes(self, data: bytes, v: int) -> None:
        with contextlib.suppress(RemoteError):
            assert isinstance(PublicKey.recover(DIGEST, data[:64] + bytes([v]) + data[65:]), PublicKey)


class TestAgreement:
    @pytest.mark.parametrize("case", cases("topics", "negotiated"), ids=case_id)
    def test_negotiated_secrets(self, case: Case) -> None:
        a, b = PrivateKey(unhex(case["private_key_a"])), PrivateKey(unhex(case["private_key_b"]))
        shared = unhex(case["shared_secret"])
        assert a.public_key == PublicKey.from_bytes(unhex(case["public_key_a"]))
        assert a.agree(b.public_key) == b.agree(a.public_key) == shared
        assert case["leading_zero_byte"] == (shared[0] == 0)

    @pytest.mark.parametrize("case", cases("x3dh", "dh"), ids=case_id)
    def test_agreements_of_the_encryption_layer(self, case: Case) -> None:
        # "public_key" is the one to agree with, that of "other_private_key".
        for side, peer in (("private_key", "public_key"), ("other_private_key", "other_public_key")):
            key = PrivateKey(unhex(case[side]))
            assert key.agree(PublicKey.from_bytes(unhex(case[peer]))) == unhex(case["shared"])

    def test_leading_zeros_are_kept(self) -> None:
        assert any(case["leading_zero_byte"] for case in cases("topics", "negotiated"))
        for number in range(1, 2000):
            shared = PrivateKey(scalar(number)).agree(ONE.public_key)
            assert len(shared) == 32
            if shared[0] == 0:
                break
        else:
            pytest.fail("no agreement with a leading zero among 2,000")

    @given(SECRETS, SECRETS)
    def test_both_sides_agree(self, a: bytes, b: bytes) -> None:
        assert PrivateKey(a).agree(PrivateKey(b).public_key) == PrivateKey(b).agree(PrivateKey(a).public_key)

    def test_multiply_is_agreement(self) -> None:
        assert ONE.public_key.multiply(scalar(2)) == TWO.public_key.xy[:32]


class TestAddition:
    @given(SECRETS, SECRETS)
    def test_private_and_public_halves_fit(self, secret: bytes, other: bytes) -> None:
        key = PrivateKey(secret)
        total = (int.from_bytes(secret, "big") + int.from_bytes(other, "big")) % CURVE_ORDER
        if total == 0:
            return
        assert key.add(other) == PrivateKey(scalar(total))
        assert key.public_key.add(other) == PrivateKey(scalar(total)).public_key

    def test_zero_changes_nothing(self) -> None:
        assert ONE.add(bytes(32)) == ONE
        assert ONE.public_key.add(bytes(32)) == ONE.public_key

    def test_the_key_itself_does_not_change(self) -> None:
        key = PrivateKey(scalar(5))
        key.add(scalar(7))
        key.public_key.add(scalar(7))
        assert key.secret == scalar(5)
        assert key.public_key == PrivateKey(scalar(5)).public_key

    @pytest.mark.parametrize(
        "number",
        [scalar(CURVE_ORDER), b"\xff" * 32, scalar(CURVE_ORDER - 1), b"", bytes(31), bytes(33)],
        ids=lambda n: n.hex()[:9],
    )
    def test_what_cannot_be_added(self, number: bytes) -> None:
        with pytest.raises(LocalError):
            ONE.add(number)
        with pytest.raises(LocalError):
            ONE.public_key.add(number)
