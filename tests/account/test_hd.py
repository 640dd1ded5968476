"""Derived keys (account.md §2.2, §2.3; BIP-32)."""

import contextlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.account import hd, mnemonic
from pystatus.account.address import address_of, checksummed
from pystatus.account.hd import HARDENED, ExtendedKey, ExtendedPublicKey, InvalidIndex, Path, Start
from pystatus.crypto.keys import CURVE_ORDER, PrivateKey, PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.wire import multibase
from tests.account.bip32_vectors import CHAINS, INVALID_KEYS
from tests.account.reference import REFERENCE
from tests.support.vectors import Case, case_id, cases, unhex

DERIVED = [case for case in cases("hd") if "derived" in case]
NAMED_PATHS = {
    "master": hd.MASTER,
    "wallet_root": hd.WALLET_ROOT,
    "wallet": hd.DEFAULT_WALLET,
    "wallet_second": hd.wallet_path(1),
    "eip1581": hd.EIP1581_ROOT,
    "chat": hd.CHAT,
}


def key_of(extended: ExtendedKey) -> dict[str, str]:
    public = extended.key.public_key
    return {
        "private_key": "0x" + extended.key.secret.hex(),
        "public_key": public.hex,
        "address": checksummed(address_of(public)),
    }


def test_every_case_is_tested() -> None:
    without_keys = [case for case in cases("hd") if "derived" not in case]
    assert len(DERIVED) + len(without_keys) == 31
    assert not any(case["checksum_valid"] for case in without_keys)  # tests/account/test_mnemonic.py


@pytest.mark.requirement("AC-1", "AC-2", "AC-3")
@pytest.mark.parametrize("case", DERIVED, ids=case_id)
def test_keys_of_a_phrase(case: Case) -> None:
    master = ExtendedKey.from_seed(unhex(case["seed"]))
    assert master.encode() == case["master_extended_private_key"]
    assert ExtendedKey.decode(case["master_extended_private_key"]) == master
    assert master.key.public_key.hex == case["master_public_key"]
    assert checksummed(address_of(master.key.public_key)) == case["master_address"]
    assert hd.key_uid(master.key.public_key) == case["key_uid"]
    assert case["derived"]
    for name, expected in case["derived"].items():
        derived = master.derive(expected["path"])
        for field, value in key_of(derived).items():
            assert value == expected[field], (name, field)
        if name in NAMED_PATHS:
            assert str(NAMED_PATHS[name]) == expected["path"]
        if "reference_account_api_address" in expected:
            # The reference's text parser forgets a hardened last segment; this is what it answers instead.
            other = master.derive(expected["path_parsed_by_reference_account_api"]).key.public_key
            assert other.hex == expected["reference_account_api_public_key"]
            assert checksummed(address_of(other)) == expected["reference_account_api_address"]


@pytest.mark.requirement("EI-20")
@pytest.mark.parametrize("case", REFERENCE["multiaccounts"], ids=lambda case: case["seed"][:8])
def test_keys_of_the_account_reference(case: Case) -> None:
    master = ExtendedKey.from_seed(mnemonic.seed(case["mnemonic"], case["bip39_passphrase"]))
    assert hd.key_uid(master.key.public_key) == case["key_uid"]
    assert checksummed(address_of(master.key.public_key)) == case["master_address"]
    paths = [name for name in case if name.startswith("m/")]
    assert str(hd.ENCRYPTION) in paths
    for path in paths:
        assert key_of(master.derive(path)) == case[path], path


@pytest.mark.requirement("EI-2")
@pytest.mark.parametrize(("seed", "path", "xpub", "xprv"), CHAINS, ids=lambda value: str(value)[:12])
def test_bip32(seed: str, path: str, xpub: str, xprv: str) -> None:
    derived = ExtendedKey.from_seed(bytes.fromhex(seed)).derive(path)
    assert derived.encode() == xprv
    assert derived.public.encode() == xpub
    assert ExtendedKey.decode(xprv) == derived
    assert ExtendedPublicKey.decode(xpub) == derived.public


@pytest.mark.parametrize("text", INVALID_KEYS)
def test_bip32_invalid_keys(text: str) -> None:
    with pytest.raises(RemoteError):
        ExtendedKey.decode(text)
    with pytest.raises(RemoteError):
        ExtendedPublicKey.decode(text)


def test_public_and_private_derivation_agree() -> None:
    wallet_root = ExtendedKey.from_seed(bytes(range(32))).derive(hd.WALLET_ROOT)
    for index in (0, 1, 7, HARDENED - 1):
        assert wallet_root.public.child(index) == wallet_root.child(index).public
    assert wallet_root.public.derive("./3/4") == wallet_root.derive("3/4").public
    assert wallet_root.public.derive(Path(Start.CURRENT, ())) == wallet_root.public


def test_key_with_leading_zeros_keeps_its_32_bytes() -> None:
    # BIP-32's vectors 3 and 4 exist for this; here the intermediate key itself begins with zeros.
    parent = ExtendedKey(PrivateKey((5).to_bytes(32, "big")), bytes(32))
    material = hmac.digest(bytes(32), bytes(33 - 1) + b"\5" + HARDENED.to_bytes(4, "big"), "sha512")
    assert parent.child(HARDENED).chain_code == material[32:]
    assert ExtendedKey.decode(parent.encode()).key.secret == bytes(31) + b"\5"


class TestPaths:
    @pytest.mark.parametrize(
        ("text", "start", "indexes"),
        [
            # The table of the reference (account/generator/path_decoder_test.go).
            ("", Start.CURRENT, ()),
            ("1", Start.CURRENT, (1,)),
            ("..", Start.PARENT, ()),
            ("m", Start.MASTER, ()),
            ("m/1", Start.MASTER, (1,)),
            ("m/1/2", Start.MASTER, (1, 2)),
            ("m/1/2'/3", Start.MASTER, (1, 2 + HARDENED, 3)),
            # What its grammar allows besides.
            (".", Start.CURRENT, ()),
            ("./7'", Start.CURRENT, (7 + HARDENED,)),
            ("../0", Start.PARENT, (0,)),
            ("m/2147483647'", Start.MASTER, (2**32 - 1,)),
            ("m/43'/60'/1581'", Start.MASTER, (43 + HARDENED, 60 + HARDENED, 1581 + HARDENED)),
            ("m/" + "0" * 5000 + "7", Start.MASTER, (7,)),
        ],
    )
    def test_read(self, text: str, start: Start, indexes: tuple[int, ...]) -> None:
        assert Path.parse(text) == Path(start, indexes)

    @pytest.mark.parametrize(
        ("text", "position", "why"),
        [
            ("m/", 2, "a number is missing"),
            ("m/1//2", 5, "a number is missing"),
            ("m/1'2", 5, "'2' stands where '/' is expected"),
            ("m/'/2", 3, "a number is missing"),
            ("m/2147483648", 3, "below 2^31"),
            ("m/1/", 4, "a number is missing"),
            ("/1", 1, "a number is missing"),
            ("1/x", 3, "'x' stands where a number"),
            ("m1", 1, "'m' stands where a number"),
            ("M/1", 1, "'M' stands where a number"),
            (".../1", 1, "'.' stands where a number"),
            ("m/-1", 3, "'-' stands where a number"),
            ("m/1h", 4, "'h' stands where a number"),
            ("m/1''", 5, "stands where '/' is expected"),
            ("m/ 1", 3, "' ' stands where a number"),
            ("m/\u0661", 3, "stands where a number"),
            ("m/" + "9" * 100_000, 3, "below 2^31"),
        ],
        ids=lambda value: str(value)[:16],
    )
    def test_refused_with_the_position(self, text: str, position: int, why: str) -> None:
        with pytest.raises(LocalError) as refusal:
            Path.parse(text)
        assert f"position {position}: " in str(refusal.value)
        assert why in str(refusal.value)

    @given(st.sampled_from(Start), st.lists(st.integers(0, 2**32 - 1), max_size=8))
    def test_what_is_written_is_read(self, start: Start, indexes: list[int]) -> None:
        path = Path(start, tuple(indexes))
        assert Path.parse(str(path)) == path

    @given(st.text(alphabet="m./'0123456789x", max_size=20) | st.text(max_size=20))
    def test_any_text_is_a_path_or_a_local_error(self, text: str) -> None:
        with contextlib.suppress(LocalError):
            Path.parse(text)

    def test_a_path_must_start_here(self) -> None:
        child = ExtendedKey.from_seed(bytes(16)).child(0)
        for path in ("m/0", "m", "../0"):
            with pytest.raises(LocalError, match="above it"):
                child.derive(path)
            with pytest.raises(LocalError, match="above it"):
                child.public.derive(path)

    def test_wallet_index_out_of_range(self) -> None:
        assert hd.wallet_path(0) == hd.DEFAULT_WALLET
        for index in (HARDENED, -1):
            with pytest.raises(LocalError):
                hd.wallet_path(index)


class TestLimits:
    @pytest.mark.parametrize("size", [0, 15, 65])
    def test_seed_of_a_wrong_size(self, size: int) -> None:
        with pytest.raises(LocalError, match="16 to 64 bytes"):
            ExtendedKey.from_seed(bytes(size))

    @pytest.mark.parametrize("size", [16, 64])
    def test_seed_of_a_good_size(self, size: int) -> None:
        assert ExtendedKey.from_seed(bytes(size)).depth == 0

    @pytest.mark.parametrize("index", [-1, 2**32])
    def test_index_out_of_range(self, index: int) -> None:
        with pytest.raises(LocalError, match="2\\^32 - 1"):
            ExtendedKey.from_seed(bytes(16)).child(index)

    def test_no_hardened_child_of_a_public_key(self) -> None:
        with pytest.raises(LocalError, match="hardened"):
            ExtendedKey.from_seed(bytes(16)).public.child(HARDENED)

    def test_depth_ends_at_255(self) -> None:
        deepest = ExtendedKey(PrivateKey(bytes(31) + b"\1"), bytes(32), depth=255, index=1)
        assert ExtendedKey.decode(deepest.encode()) == deepest
        for parent in (deepest, deepest.public):
            with pytest.raises(LocalError, match="255 generations"):
                parent.child(0)

    @pytest.mark.parametrize(
        "scalar",
        [CURVE_ORDER, 2**256 - 1, CURVE_ORDER - 5],  # not below the order, and the opposite of the parent key
        ids=["order", "largest", "opposite"],
    )
    def test_an_index_without_a_key(self, scalar: int, monkeypatch: pytest.MonkeyPatch) -> None:
        parent = ExtendedKey(PrivateKey((5).to_bytes(32, "big")), bytes(32))
        monkeypatch.setattr(hmac, "digest", lambda *_: scalar.to_bytes(32, "big") + bytes(32))
        for key in (parent, parent.public):
            with pytest.raises(InvalidIndex, match="Take the next index"):
                key.child(1)

    @pytest.mark.parametrize("scalar", [0, CURVE_ORDER], ids=["zero", "order"])
    def test_a_seed_without_a_key(self, scalar: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hmac, "digest", lambda *_: scalar.to_bytes(32, "big") + bytes(32))
        with pytest.raises(LocalError):
            ExtendedKey.from_seed(bytes(16))


class TestText:
    master = ExtendedKey.from_seed(bytes(16))

    @given(st.text(max_size=200) | st.text(alphabet="123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
    def test_any_text_is_a_key_or_a_remote_error(self, text: str) -> None:
        for kind in (ExtendedKey, ExtendedPublicKey):
            with pytest.raises(RemoteError):
                kind.decode(text)

    @given(st.integers(0, 110), st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
    def test_one_wrong_character_is_noticed(self, position: int, character: str) -> None:
        text = self.master.encode()
        mistyped = text[:position] + character + text[position + 1 :]
        if mistyped != text:
            with pytest.raises(RemoteError):
                ExtendedKey.decode(mistyped)

    def test_secrets_do_not_show(self) -> None:
        for shown in (repr(self.master), str(self.master), f"{[self.master]}"):
            assert self.master.key.secret.hex() not in shown
            assert self.master.chain_code.hex() not in shown
            assert repr(self.master.chain_code) not in shown
        assert repr(self.master.chain_code) not in repr(self.master.public)

    @given(st.binary(min_size=33, max_size=33))
    def test_any_key_material(self, data: bytes) -> None:
        text = self.with_key_material(ExtendedKey, data)
        try:
            assert ExtendedKey.decode(text).encode() == text
        except RemoteError:
            assert data[0] != 0 or not 0 < int.from_bytes(data[1:], "big") < CURVE_ORDER
        with contextlib.suppress(RemoteError):
            public = ExtendedPublicKey.decode(self.with_key_material(ExtendedPublicKey, data))
            assert public.key == PublicKey.from_bytes(data)

    def with_key_material(self, kind: type, data: bytes) -> str:
        key = self.master if kind is ExtendedKey else self.master.public
        payload = multibase.decode("z" + key.encode())[:45] + data
        return multibase.encode("z", payload + hd._checksum(payload))[1:]
