"""Keys as text (account.md §11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.account import key_encoding
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.wire import multibase
from tests.account.reference import REFERENCE
from tests.support.vectors import Case, case_id, cases, unhex

EXAMPLE = PublicKey.from_bytes(
    bytes.fromhex(
        "04261c55675e55ff25edb50b345cfb3a3f35f60712d251cbaaab97bd50054c6ebc"
        "3cd4e22200c68daf7493e1f8da6a190a68a671e2d3977809612424c7c3888bc6"
    )
)
EXAMPLE_TEXT = "zQ3shPyZJnxZK4Bwyx9QsaksNKDYTPmpwPvGSjMYVHoXHeEgB"
SECRETS = st.integers(1, 2**255).map(lambda number: number.to_bytes(32, "big"))


@pytest.mark.requirement("AC-18", "AC-20", "AC-22")
@pytest.mark.parametrize("case", cases("identity", "identity"), ids=case_id)
def test_text_forms_of_a_key(case: Case) -> None:
    key = PublicKey.from_bytes(unhex(case["public_key"]))
    assert "0x" + key.compressed.hex() == case["compressed"]
    assert key_encoding.encode(key) == case["chat_key_base58"]
    assert key_encoding.deserialize(case["chat_key_base58"]) == case["multibase_input"]
    for base, text in case["multibase"].items():
        # The reference does not offer base 36 and has null there; ours is checked by reading it back.
        assert key_encoding.encode(key, base) == (text or key_encoding.encode(key, base))
        assert key_encoding.serialize(case["multibase_input"], base) == key_encoding.encode(key, base)
        assert key_encoding.decode(key_encoding.encode(key, base)) == key


@pytest.mark.parametrize("case", cases("identity", "multibase_refused"), ids=case_id)
def test_text_that_is_no_key(case: Case) -> None:
    for read in (key_encoding.decode, key_encoding.serialize, key_encoding.deserialize):
        with pytest.raises(RemoteError):
            read(case["text"])
    with pytest.raises(LocalError):
        key_encoding.parse_public_key(case["text"])


@pytest.mark.parametrize("case", REFERENCE["chat_keys"], ids=lambda case: case["alias"])
def test_chat_keys_of_the_account_reference(case: Case) -> None:
    assert key_encoding.encode(PublicKey.from_bytes(unhex(case["public_key"]))) == case["compressed_multibase"]


class TestTheExampleOfTheSpecification:
    @pytest.mark.requirement("AC-18", "AC-23")
    def test_serialize(self) -> None:
        plain = "fe701" + EXAMPLE.uncompressed.hex()
        assert key_encoding.serialize(plain) == EXAMPLE_TEXT
        assert key_encoding.serialize(plain, "0x") == "fe701" + EXAMPLE.compressed.hex()

    def test_deserialize(self) -> None:
        assert key_encoding.deserialize(EXAMPLE_TEXT) == "fe701" + EXAMPLE.uncompressed.hex()
        assert key_encoding.deserialize("0xe701" + EXAMPLE.compressed.hex(), "zebra") == key_encoding.deserialize(
            EXAMPLE_TEXT, "z"
        )

    @pytest.mark.requirement("AC-23")
    def test_its_other_prefix_is_another_curve(self) -> None:
        with pytest.raises(RemoteError, match="unsupported public key type 0xea"):
            key_encoding.serialize("fea01" + EXAMPLE.uncompressed.hex())

    @pytest.mark.requirement("AC-24")
    def test_what_is_serialised_cannot_be_serialised_and_the_other_way_round(self) -> None:
        with pytest.raises(RemoteError, match="serialised already"):
            key_encoding.serialize(EXAMPLE_TEXT)
        with pytest.raises(RemoteError, match="not serialised"):
            key_encoding.deserialize("fe701" + EXAMPLE.uncompressed.hex())

    @pytest.mark.parametrize("base", ["", "!", "p", "é"])
    def test_there_is_no_such_base(self, base: str) -> None:
        with pytest.raises(LocalError, match="There is no multibase"):
            key_encoding.deserialize(EXAMPLE_TEXT, base)


@pytest.mark.requirement("ST-47", "AC-19", "AC-20")
@pytest.mark.parametrize("base", sorted(multibase.BASES))
@given(secret=SECRETS)
def test_every_base_both_forms(base: str, secret: bytes) -> None:
    key = PrivateKey(secret).public_key
    text = key_encoding.encode(key, base)
    assert text[0] == base
    assert key_encoding.parse_public_key(text) == key
    assert key_encoding.serialize(key_encoding.deserialize(text, base), base) == text


@pytest.mark.parametrize(("base", "digits"), [("7", "01234567"), ("h", "ybndrfg8ejkmcpqxot1uwisza345h769")])
@given(secret=SECRETS)
def test_octal_and_z_base_32_written_as_one_number(base: str, digits: str, secret: bytes) -> None:
    # Older drafts of multibase and py-multibase align to the other end.
    key = PrivateKey(secret).public_key
    for data in (key.compressed, key.uncompressed):
        number, text = int.from_bytes(b"\xe7\x01" + data, "big"), ""
        while number:
            number, digit = divmod(number, len(digits))
            text = digits[digit] + text
        assert key_encoding.parse_public_key(base + text) == key


class TestWhatPeopleType:
    @pytest.mark.requirement("ST-47", "AC-21")
    @pytest.mark.parametrize(
        "text",
        [
            EXAMPLE_TEXT,
            f"  {EXAMPLE_TEXT}\n",
            EXAMPLE.hex,
            EXAMPLE.hex.replace("0x", "0X").upper().replace("0X", "0x"),
            "0x" + EXAMPLE.compressed.hex(),
            "0xe701" + EXAMPLE.compressed.hex(),
            "fe701" + EXAMPLE.uncompressed.hex(),
            key_encoding.encode(EXAMPLE, "m"),
        ],
    )
    def test_accepted(self, text: str) -> None:
        assert key_encoding.parse_public_key(text) == EXAMPLE

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "zQ3sh"),
            ("z", "zQ3sh"),
            ("0x", "zQ3sh"),
            ("somebody.stateofus.eth", "zQ3sh"),
            (EXAMPLE_TEXT[:-1], "zQ3sh"),
            (EXAMPLE_TEXT.lower(), "zQ3sh"),
            (EXAMPLE.hex[:-1], "128 more digits"),
            (EXAMPLE.hex[:-1] + "7", "no point of the curve"),
            ("0x02" + "00" * 31 + "05", "no point of the curve"),
            ("0x" + "5a" * 32, "looks like a private key"),
            ("5a" * 32, "looks like a private key"),
            ("0x9bE302b90D7d0BAF043EB8e78d73bE6d75BE827b", "Ethereum address"),
            ("0x04" + "00" * 64, "no point of the curve"),
            ("fe7", "zQ3sh"),
            ("f" * 100_000, "zQ3sh"),
        ],
        ids=lambda value: value[:24],
    )
    def test_refused_with_a_sentence(self, text: str, said: str) -> None:
        with pytest.raises(LocalError) as refusal:
            key_encoding.parse_public_key(text)
        assert said in str(refusal.value)
        assert not text.strip() or len(text) < 8 or text not in str(refusal.value)

    @given(st.text(max_size=100) | st.text(alphabet="0xfzmbe714", max_size=80))
    def test_any_text_is_a_key_or_an_error_of_the_right_family(self, text: str) -> None:
        with pytest.raises(LocalError):
            key_encoding.parse_public_key(text)
        with pytest.raises(RemoteError):
            key_encoding.decode(text)

    @pytest.mark.parametrize("text", ["5a" * 32, "0x" + "5A" * 32, f" {'5a' * 32}\n"])
    def test_private_key(self, text: str) -> None:
        assert key_encoding.parse_private_key(text).secret == b"Z" * 32

    @pytest.mark.parametrize("text", ["", "0x", "5a" * 31, "5a" * 33, "zz" * 32, EXAMPLE_TEXT, "0x0x" + "5a" * 31])
    def test_no_private_key(self, text: str) -> None:
        with pytest.raises(LocalError, match="64 hexadecimal digits"):
            key_encoding.parse_private_key(text)

    @pytest.mark.parametrize("text", ["00" * 32, "f" * 64])
    def test_private_key_out_of_range(self, text: str) -> None:
        with pytest.raises(LocalError, match="zero or too large") as refusal:
            key_encoding.parse_private_key(text)
        assert text not in str(refusal.value)
